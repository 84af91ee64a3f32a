"""Whatever three clones append and whenever they sync: in the end they have the same entries, the same state, and the
same answer at the gate."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from hypothesis.strategies import integers, sampled_from

from promoter.checklist.loading import load_checklist
from promoter.errors import Refused
from promoter.gate import decide
from promoter.model.entry import (
    Content,
    Entry,
    EntryType,
    ItemBinding,
    KeyRetired,
    Rejected,
    Revoked,
    SignedOff,
)
from promoter.model.roster import ROSTER_ADMIN
from promoter.promotion import fold, fold_trail
from promoter.trail.projection import from_history
from promoter.trail.repository import Repository
from promoter.trail.trail import Trail
from tests.support.git_repositories import Signer, git, make_repository, make_signer
from tests.support.nouns import environment
from tests.support.trail_histories import (
    BRANCH,
    CHECKLIST,
    START,
    definition_of,
    digest_of,
    entry,
    genesis,
    opened,
    person,
    roster_change,
)

WHO = integers(0, 2)
WORDS: dict[EntryType, Content] = {
    EntryType.SIGNED_OFF: SignedOff("seen"),
    EntryType.REJECTED: Rejected("it does not answer"),
}


def answer(trail: Trail) -> tuple[object, ...]:
    """Everything a clone says of its trail: the entries, the state, and whether the gate is open, with why not."""
    records = trail.records_of_trail()
    state = fold_trail(records.recorded, records.unreadable)
    of_one = trail.records_of("p1")
    promotion = fold(of_one.recorded, of_one.unreadable, declared=state.declared)
    checklist, problems = load_checklist(CHECKLIST, "checklists/it.yaml", None, pinned=True)
    assert checklist is not None, problems
    assert promotion is not None
    decision = decide(
        checklist,
        promotion,
        environment=environment(),
        roster=state.roster,
        reached=state.reached.get("staging", ()),
        now=START + timedelta(days=1),
        newer=state.newer,
        stops=state.stops,
    )
    return trail.tip, trail.all_records(), state, promotion, decision


class Clones:
    """Three people with a clone each and one bare remote; what each was told is recorded."""

    def __init__(self, place: Path, people: list[Signer]) -> None:
        self.people = people
        self.server = make_repository(place / "server.git", bare=True)
        self.trails = []
        for who in people:
            directory = make_repository(place / who.email, person=who)
            git(directory, "remote", "add", "origin", str(self.server))
            self.trails.append(Trail(Repository.discover(directory), BRANCH))
        roster = [person(each, *([ROSTER_ADMIN] if each is people[0] else [])) for each in people]
        beginning = genesis(people[0], *roster)
        opening = opened(people[0], beginning)
        self.trails[0].append(beginning)
        self.trails[0].append(opening, {digest_of(CHECKLIST): CHECKLIST})
        self.acknowledged = {beginning.id, opening.id}
        self.said: list[list[Entry]] = [[], [], []]
        for each in self.trails:
            each.sync()

    def say(self, who: int, content: Content, kind: EntryType | None = None, **fields: object) -> None:
        made = entry(content, self.people[who], kind=kind, **fields)
        try:
            self.trails[who].append(made)
        except Refused:
            return
        self.acknowledged.add(made.id)
        self.said[who].append(made)

    def converge(self) -> None:
        for each in (*self.trails, *self.trails):
            each.sync()
        answers = [answer(each) for each in self.trails]
        assert answers[0] == answers[1] == answers[2]
        alone = from_history(self.trails[0].repository, self.trails[0].tip).everything()
        assert alone == self.trails[0].all_records()
        assert {each.entry.id for each in alone.recorded} == self.acknowledged
        for place in (self.server, *(trail.repository.root for trail in self.trails)):
            assert git(place, "fsck", "--strict", "--no-dangling") == ""
        assert self.trails[2].verify(full=True).exit_code == 0


def interleaved(place: Path, people: list[Signer], examples: int) -> None:
    class Interleaving(RuleBasedStateMachine):
        number = 0

        def __init__(self) -> None:
            super().__init__()
            Interleaving.number += 1
            self.clones = Clones(place / str(Interleaving.number), people)

        @rule(who=WHO, kind=sampled_from(sorted(WORDS)))
        def answers(self, who: int, kind: EntryType) -> None:
            item = ItemBinding("webhook", definition_of("webhook"))
            self.clones.say(who, WORDS[kind], kind, item=item)

        @rule(who=WHO)
        def takes_back(self, who: int) -> None:
            said = [each for each in self.clones.said[who] if each.type in WORDS]
            if said:
                revoked = Revoked("a mistake")
                self.clones.say(who, revoked, EntryType.REVOKED, item=said[-1].item, refers_to=(said[-1].id,))

        @rule(who=WHO)
        def leaves(self, who: int) -> None:
            """An administrator takes a colleague, or the colleague's key, away; others may sign meanwhile."""
            admin, *others = people
            if who:
                self.clones.say(
                    0, KeyRetired(others[who - 1].email.partition("@")[0], others[who - 1].id, "lost")
                )
            else:
                self.clones.say(
                    0, roster_change(admin, person(admin, ROSTER_ADMIN), person(others[0])).content
                )

        @rule(who=WHO)
        def syncs(self, who: int) -> None:
            self.clones.trails[who].sync()

        def teardown(self) -> None:
            self.clones.converge()
            for each in self.clones.trails:
                each.repository.close()

    run_state_machine_as_test(
        Interleaving,
        settings=settings(
            max_examples=examples,
            stateful_step_count=10,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize("examples", [3, pytest.param(10, marks=pytest.mark.soak)])
def test_any_interleaving_of_appends_and_syncs_converges(
    tmp_path: Path, alice: Signer, bob: Signer, examples: int
) -> None:
    carol = make_signer(tmp_path / "keys", "Carol Petit", "carol@example.org")
    interleaved(tmp_path, [alice, bob, carol], examples)
