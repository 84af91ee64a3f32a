"""What is written beside the rest of a trail, by whoever left it or wants more of it than they have."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promoter.messages import message
from promoter.model.entry import KeyCompromised, Unreadable
from promoter.model.roster import ROSTER_ADMIN, Key, PersonClass
from promoter.trail.facts import CommitFacts, Found
from promoter.trail.trust import judge
from tests.support.git_repositories import Signer
from tests.support.trail_commits import commit, outcome_of, someone, verdicts
from tests.support.trail_histories import entry, genesis, id_of, roster_change, sign_off
from tests.support.trail_histories import person as member

ALICE, BOB, CAROL, DAVE, EVE = map(someone, ("alice", "bob", "carol", "dave", "eve"))
ADMIN = member(ALICE, ROSTER_ADMIN)
ENDS = datetime(2026, 6, 1, tzinfo=UTC)
LEAVING = replace(member(CAROL, ROSTER_ADMIN), valid_until=ENDS)
MAY, JUNE, NOVEMBER = "2026-05-30T10:00:00Z", "2026-06-02T10:00:00Z", "2026-11-20T10:00:00Z"
ROOT = commit(genesis(ALICE, ADMIN, member(BOB), member(DAVE), LEAVING, at="2026-01-05T10:00:00Z"))


def signed(by: Signer, at: str, *after: CommitFacts) -> CommitFacts:
    return commit(sign_off(by, at=at), after=list(after))


def test_who_left_does_not_come_back_by_a_date_and_an_old_parent() -> None:
    one = signed(ALICE, NOVEMBER, ROOT)
    two = signed(BOB, NOVEMBER, one)
    more = (ADMIN, member(BOB), member(DAVE), member(CAROL, ROSTER_ADMIN), member(EVE, ROSTER_ADMIN))
    takes_over = commit(roster_change(CAROL, *more, at=MAY), after=ROOT)
    backdated = signed(CAROL, MAY, takes_over)
    merge = commit(after=[two, backdated])
    by_eve = commit(sign_off(EVE), after=merge)
    commits = [ROOT, one, two, takes_over, backdated, merge, by_eve]

    judgement = judge(commits)

    assert {
        two.commit: "counted",
        takes_over.commit: "ended-meanwhile",
        backdated.commit: "ended-meanwhile",
        by_eve.commit: "unknown-key",
    }.items() <= verdicts(judgement).items()
    assert [each.id for each in judgement.state.roster.people] == ["alice", "bob", "dave", "carol"]
    assert judgement.state.roster.end_of("carol") == ENDS


def test_what_was_written_and_joined_within_a_membership_goes_on_to_count() -> None:
    beside = signed(CAROL, MAY, ROOT)
    other = signed(BOB, MAY, ROOT)
    merge = commit(after=[other, beside])
    one = signed(ALICE, NOVEMBER, merge)
    two = signed(BOB, NOVEMBER, one)

    said = verdicts(judge([ROOT, beside, other, merge, one, two]))

    assert said[beside.commit] == "counted"


def test_what_somebody_else_followed_in_time_counts_whenever_a_stale_clone_is_joined() -> None:
    early = signed(CAROL, MAY, ROOT)
    witness = signed(DAVE, MAY, early)
    one = signed(ALICE, NOVEMBER, ROOT)
    two = signed(BOB, NOVEMBER, one)
    merge = commit(after=[two, witness])
    unseen = signed(CAROL, MAY, witness)
    second = commit(after=[merge, unseen])

    said = verdicts(judge([ROOT, early, witness, one, two, merge, unseen, second]))

    assert said[early.commit] == "counted"
    assert said[unseen.commit] == "ended-meanwhile"


@pytest.mark.parametrize("by", [CAROL, BOB])
def test_a_witness_is_somebody_else_who_wrote_in_time(by: Signer) -> None:
    early = signed(CAROL, MAY, ROOT)
    follows = signed(by, MAY if by is CAROL else JUNE, early)
    one = signed(ALICE, NOVEMBER, ROOT)
    two = signed(DAVE, NOVEMBER, one)
    merge = commit(after=[two, follows])

    assert verdicts(judge([ROOT, early, follows, one, two, merge]))[early.commit] == "ended-meanwhile"


def test_an_end_that_is_set_ends_what_is_beside_it() -> None:
    root = commit(genesis(ALICE, ADMIN, member(CAROL, ROSTER_ADMIN), at="2026-01-05T10:00:00Z"))
    ended = commit(roster_change(ALICE, ADMIN, LEAVING, at=NOVEMBER), after=root)
    more = (ADMIN, member(CAROL, ROSTER_ADMIN), member(EVE, ROSTER_ADMIN))
    for at in (NOVEMBER, MAY):
        beside = commit(roster_change(CAROL, *more, at=at), after=root)
        merge = commit(after=[ended, beside])

        judgement = judge([root, ended, beside, merge])

        assert verdicts(judgement)[beside.commit] == "removed-meanwhile"
        assert [each.id for each in judgement.state.roster.people] == ["alice", "carol"]


def test_an_end_to_come_leaves_what_is_beside_it_until_then() -> None:
    root = commit(genesis(ALICE, ADMIN, member(BOB), member(CAROL), at="2026-01-05T10:00:00Z"))
    leaving = replace(member(CAROL), valid_until=ENDS)
    sets_end = commit(roster_change(ALICE, ADMIN, member(BOB), leaving, at=MAY), after=root)
    in_time, after = signed(CAROL, MAY, root), signed(CAROL, JUNE, root)
    merge = commit(after=[sets_end, in_time])
    again = commit(after=[merge, after])

    said = verdicts(judge([root, sets_end, in_time, after, merge, again]))

    assert said[in_time.commit] == "counted"
    assert said[after.commit] == "ended-meanwhile"


def test_an_end_that_is_put_off_takes_nothing_away() -> None:
    longer = replace(LEAVING, valid_until=datetime(2027, 1, 1, tzinfo=UTC))
    renewed = commit(roster_change(ALICE, ADMIN, member(BOB), member(DAVE), longer, at=MAY), after=ROOT)
    beside = signed(CAROL, MAY, ROOT)
    merge = commit(after=[renewed, beside])

    assert verdicts(judge([ROOT, renewed, beside, merge]))[beside.commit] == "counted"


def test_nobody_takes_a_key_from_whom_a_roster_admin_gave_it_to_beside() -> None:
    root = commit(genesis(ALICE, ADMIN, member(BOB)))
    given = commit(roster_change(ALICE, ADMIN, member(BOB), member(DAVE, ROSTER_ADMIN)), after=root)
    keys = (*member(BOB).keys, Key(DAVE.id, "ssh-ed25519", DAVE.public))
    taken = commit(roster_change(BOB, ADMIN, replace(member(BOB), keys=keys)), after=root)
    merge = commit(after=[given, taken])
    by_dave = commit(sign_off(DAVE), after=merge)

    said = verdicts(judge([root, given, taken, merge, by_dave]))

    assert said[taken.commit] == "roster-takes-key"
    assert said[by_dave.commit] == "counted"


def test_one_key_changes_the_roster_only_so_often_beside_itself() -> None:
    root = commit(genesis(ALICE, ADMIN, member(BOB)))
    more = [someone(f"spare{number}") for number in range(30)]
    beside = [
        commit(
            roster_change(
                BOB,
                ADMIN,
                replace(member(BOB), keys=(*member(BOB).keys, Key(each.id, "ssh-ed25519", each.public))),
            ),
            after=root,
        )
        for each in more
    ]
    merge = commit(after=beside)
    by_alice = commit(roster_change(ALICE, ADMIN, member(DAVE)), after=merge)

    judgement = judge([root, *beside, merge, by_alice])

    said = [verdicts(judgement)[each.commit] for each in beside]
    assert said.count("counted") == 10
    assert said.count("roster-repeated") == 20
    assert [each.id for each in judgement.state.roster.people] == ["alice", "dave"]


def test_only_a_key_that_somebody_had_is_declared_compromised() -> None:
    root = commit(genesis(ALICE, ADMIN, member(BOB), member(CAROL)))
    since = root.commit

    def declared(by: Signer, whose: Signer, key: Signer) -> str:
        said = KeyCompromised(id_of(whose), key.id, since, "stolen")
        one = commit(entry(said, by), after=root)
        return outcome_of(one, root, one)

    assert declared(BOB, BOB, EVE) == declared(ALICE, BOB, CAROL) == "key-not-theirs"
    assert declared(BOB, BOB, BOB) == declared(ALICE, CAROL, CAROL) == "counted"


@pytest.mark.parametrize(
    ("kind", "machine", "until", "blocks"),
    [
        ("signed-off", False, None, True),
        ("signed-off", True, None, False),
        ("checked", True, None, True),
        ("signed-off", False, ENDS, False),
    ],
)
def test_only_who_may_write_such_an_entry_blocks_with_one_that_is_too_new(
    kind: str, machine: bool, until: datetime | None, blocks: bool
) -> None:
    bob = replace(
        member(BOB),
        person_class=PersonClass.MACHINE if machine else PersonClass.PERSON,
        valid_until=until,
    )
    root = commit(genesis(ALICE, ADMIN, bob, member(DAVE)))
    first = signed(ALICE, NOVEMBER, root)
    before = signed(DAVE, NOVEMBER, first)
    newer = Found(f"p/00/p1/{1:026}.{kind}.json", None, message("written-by-newer", what="x"))
    written = replace(commit(after=[before], key=BOB), found=(newer,), email=BOB.email)

    judged = judge([root, first, before, written]).judged

    assert [each.blocks for each in judged if isinstance(each, Unreadable)] == [blocks]


_STEP = st.tuples(
    st.sampled_from(["sign", "sign", "merge"]),
    st.sampled_from([ALICE, BOB, CAROL, DAVE]),
    st.sampled_from([MAY, JUNE, NOVEMBER]),
    st.integers(0, 99),
    st.integers(0, 99),
)


@settings(max_examples=200, deadline=None)
@given(steps=st.lists(_STEP, max_size=14))
def test_nothing_counts_that_was_joined_late_and_that_nobody_followed(steps: list[Any]) -> None:
    """Against the rule as it is told, looked up commit by commit in the whole history."""
    commits, above = [ROOT], {ROOT.commit: {ROOT.commit}}
    about: dict[str, tuple[Signer, str]] = {ROOT.commit: (ALICE, "2026-01-05T10:00:00Z")}
    for what, by, at, one, other in steps:
        parents = list(
            dict.fromkeys((commits[one % len(commits)].commit, commits[other % len(commits)].commit))
        )
        there = {each.commit: each for each in commits}
        after = [there[each] for each in parents]
        made = commit(after=after) if what == "merge" and len(after) > 1 else signed(by, at, after[0])
        about |= {made.commit: (by, at)} if made.found else {}
        commits.append(made)
        above[made.commit] = {made.commit}.union(*(above[each] for each in made.parents))
    said = verdicts(judge(commits))

    for each in commits:
        if about.get(each.commit, (None, ""))[0] is not CAROL or said[each.commit] != "counted":
            continue
        assert about[each.commit][1] == MAY
        followed = any(
            each.commit in above[name] and by is not CAROL and at < JUNE for name, (by, at) in about.items()
        )
        for merge in commits:
            for parent in merge.parents:
                if len(merge.parents) > 1 and each.commit in above[merge.commit] - above[parent]:
                    past = {by.id for name, (by, at) in about.items() if name in above[parent] and at >= JUNE}
                    assert followed or len(past - {CAROL.id}) < 2
