"""Who counts, and from where to where on the trail: typed commits in, judgement out."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from promoter.messages import message
from promoter.model.entry import (
    Checked,
    EntryType,
    Genesis,
    KeyCompromised,
    KeyRetired,
    Recorded,
    Reserved,
    Revoked,
    RosterChanged,
    Trust,
)
from promoter.model.outcome import CheckOutcome
from promoter.model.roster import ROSTER_ADMIN, Key, Person, PersonClass, Roster
from promoter.trail.ancestry import fold_order
from promoter.trail.facts import CommitFacts, Found, Severity
from promoter.trail.signature import Seal, SealState
from promoter.trail.trust import Judgement, State, judge, looks_back
from tests.support.git_repositories import Signer
from tests.support.trail_commits import commit, one_by_one, outcome_of, someone, verdicts
from tests.support.trail_histories import actor, entry, genesis, id_of, roster_change, sign_off
from tests.support.trail_histories import person as member

ALICE, BOB, CAROL, MALLORY = map(someone, ("alice", "bob", "carol", "mallory"))
ADMIN = member(ALICE, ROSTER_ADMIN)


def begin(*people: Person) -> CommitFacts:
    return commit(genesis(ALICE, ADMIN, *people))


def test_without_a_roster_everyone_claims_whoever_they_are() -> None:
    root = commit(genesis(ALICE), seal=Seal(SealState.NONE))
    claim = commit(sign_off(MALLORY), after=root)

    judgement = judge([root, claim])

    assert list(verdicts(judgement).values()) == ["claimed", "claimed"]
    assert MALLORY.id == judgement.judged[1].key  # type: ignore[union-attr]


def test_a_genesis_counts_only_when_a_member_of_its_roster_signed_it() -> None:
    forged = commit(genesis(MALLORY, ADMIN))
    later = commit(sign_off(ALICE), after=forged)

    judgement = judge([forged, later])

    assert list(verdicts(judgement).values()) == ["genesis-not-by-member", "no-genesis"]
    assert State() == judgement.state


def test_a_genesis_of_a_newer_format_begins_nothing() -> None:
    newer = commit(entry(Genesis(2, Roster((ADMIN,))), ALICE))

    assert outcome_of(newer, newer) == "written-by-newer"


def test_after_an_empty_roster_the_first_is_by_an_admin_it_lists_itself() -> None:
    root = commit(genesis(ALICE), seal=Seal(SealState.NONE))
    by_outsider = commit(roster_change(MALLORY, ADMIN), after=root)
    by_admin = commit(roster_change(ALICE, ADMIN, member(BOB)), after=by_outsider)
    plain = commit(sign_off(CAROL), after=by_admin)

    judgement = judge([root, by_outsider, by_admin, plain])

    assert list(verdicts(judgement).values()) == ["claimed", "unknown-key", "counted", "unknown-key"]
    assert by_admin.commit == judgement.state.founding


def test_first_rosters_written_beside_each_other_do_not_count_either_of_them() -> None:
    root = commit(genesis(ALICE), seal=Seal(SealState.NONE))
    one = commit(roster_change(ALICE, ADMIN), after=root)
    other = commit(roster_change(MALLORY, member(MALLORY, ROSTER_ADMIN)), after=root)
    merge = commit(after=[one, other])
    third = commit(roster_change(ALICE, ADMIN), after=merge)

    judgement = judge([root, one, other, merge, third])

    assert list(verdicts(judgement).values())[1:] == ["roster-crossed", "roster-crossed", "counted"]
    assert (ALICE.email,) == judgement.state.roster.people[0].emails


def test_a_member_who_is_no_admin_cannot_change_the_roster() -> None:
    root = begin(member(BOB))
    change = commit(roster_change(BOB, member(BOB, ROSTER_ADMIN)), after=root)

    assert outcome_of(change, root, change) == "not-roster-admin"


def test_what_is_beside_a_removal_does_not_count_and_what_came_before_does() -> None:
    root = begin(member(BOB))
    before = commit(sign_off(BOB), after=root)
    removal = commit(roster_change(ALICE, ADMIN), after=before)
    beside = commit(sign_off(BOB), after=before)
    merge = commit(after=[removal, beside])
    after = commit(sign_off(BOB), after=merge)

    assert {
        before.commit: "counted",
        removal.commit: "counted",
        beside.commit: "removed-meanwhile",
        after.commit: "unknown-key",
    }.items() <= verdicts(judge([root, before, removal, beside, merge, after])).items()


def test_a_change_of_roster_beside_the_removal_of_its_author_does_not_count() -> None:
    root = begin(member(BOB, ROSTER_ADMIN))
    removal = commit(roster_change(ALICE, ADMIN), after=root)
    revenge = commit(
        roster_change(BOB, member(BOB, ROSTER_ADMIN), ADMIN, id="00000000000000000000000000"), after=root
    )
    merge = commit(after=[removal, revenge])

    judgement = judge([root, removal, revenge, merge])

    assert verdicts(judgement)[revenge.commit] == "removed-meanwhile"
    assert [each.id for each in judgement.state.roster.people] == ["alice"]


def untrusted(judgement: Judgement) -> dict[str | None, str]:
    return {
        each.commit: each.message.code for each in judgement.findings if each.severity is Severity.UNTRUSTED
    }


def test_two_admins_who_remove_each_other_leave_a_trail_nothing_is_decided_on() -> None:
    root = begin(member(BOB, ROSTER_ADMIN))
    one = commit(roster_change(ALICE, ADMIN), after=root)
    other = commit(roster_change(BOB, member(BOB, ROSTER_ADMIN)), after=root)
    merge = commit(after=[one, other])

    judgement = judge([root, one, other, merge])

    assert list(verdicts(judgement).values())[1:] == ["removed-meanwhile"] * 2
    assert untrusted(judgement) == dict.fromkeys((one.commit, other.commit), "removed-each-other")


def test_nobody_voids_their_removal_through_someone_they_let_in_beside_it() -> None:
    mallory, carol = member(MALLORY, ROSTER_ADMIN), member(CAROL, ROSTER_ADMIN)
    root = begin(mallory)
    fired = commit(roster_change(ALICE, ADMIN), after=root)
    early = [f"{number:026}" for number in range(2)]
    lets_in = commit(roster_change(MALLORY, ADMIN, mallory, carol, id=early[0]), after=root)
    for_them = commit(roster_change(CAROL, mallory, carol, id=early[1]), after=lets_in)
    merge = commit(after=[fired, for_them])

    judgement = judge([root, fired, lets_in, for_them, merge])

    assert {fired.commit, lets_in.commit} == set(untrusted(judgement))


def test_who_is_removed_voids_no_removal_by_another() -> None:
    admins = {each.id: member(each, ROSTER_ADMIN) for each in (BOB, CAROL, MALLORY)}
    bob, carol, mallory = admins.values()
    root = begin(*admins.values())
    fired = commit(roster_change(ALICE, ADMIN, bob, carol), after=root)
    first = "00000000000000000000000000"
    against_carol = commit(roster_change(MALLORY, ADMIN, bob, mallory, id=first), after=root)
    against_bob = commit(roster_change(CAROL, ADMIN, carol), after=fired)
    merge = commit(after=[against_bob, against_carol])

    judgement = judge([root, fired, against_carol, against_bob, merge])

    assert {
        fired.commit: "counted",
        against_carol.commit: "removed-meanwhile",
        against_bob.commit: "counted",
    }.items() <= verdicts(judgement).items()
    assert [each.id for each in judgement.state.roster.people] == ["alice", "carol"]
    assert untrusted(judgement) == {}


def test_a_roster_beside_a_removal_gives_what_it_adds_and_not_what_the_other_took_away() -> None:
    carol = member(CAROL, ROSTER_ADMIN)
    root = begin(member(BOB), carol)
    removal = commit(roster_change(ALICE, ADMIN, carol), after=root)
    adds = commit(roster_change(CAROL, ADMIN, member(BOB), carol, member(MALLORY)), after=root)
    merge = commit(after=[removal, adds])
    by_bob = commit(sign_off(BOB), after=merge)
    by_mallory = commit(sign_off(MALLORY), after=by_bob)

    judgement = judge([root, removal, adds, merge, by_bob, by_mallory])

    assert {
        removal.commit: "counted",
        adds.commit: "counted",
        by_bob.commit: "unknown-key",
        by_mallory.commit: "counted",
    }.items() <= verdicts(judgement).items()
    assert [each.id for each in judgement.state.roster.people] == ["alice", "carol", "mallory"]
    assert judgement.state.conflicts == ()


def test_a_retired_key_no_longer_counts_and_the_new_one_does() -> None:
    newer = someone("bob2")
    renewed = replace(member(BOB), keys=(Key(newer.id, "ssh-ed25519", newer.public),))
    root = begin(member(BOB))
    old = commit(sign_off(BOB), after=root)
    rotation = commit(roster_change(ALICE, ADMIN, renewed), after=old)
    with_old = commit(sign_off(BOB), after=rotation)
    with_new = commit(sign_off(BOB), after=with_old, key=newer)

    assert list(verdicts(judge([root, old, rotation, with_old, with_new])).values()) == [
        "counted",
        "counted",
        "counted",
        "unknown-key",
        "counted",
    ]


def test_a_machine_records_runs_and_decides_nothing() -> None:
    machine = member(BOB, person_class=PersonClass.MACHINE)
    robot = actor(BOB, PersonClass.MACHINE)
    outcomes: tuple[CheckOutcome, ...] = ()
    root = begin(machine)
    run = commit(entry(Checked(outcomes, "1"), BOB, kind=EntryType.CHECKED, actor=robot), after=root)
    decides = commit(sign_off(BOB, actor=robot), after=run)
    poses = commit(sign_off(BOB), after=decides)

    assert list(verdicts(judge([root, run, decides, poses])).values()) == [
        "counted",
        "counted",
        "machine-decides",
        "class-differs",
    ]


def test_signer_author_and_actor_must_be_one_person_at_one_address() -> None:
    home = "bob@home.example"
    two = replace(member(BOB), emails=(BOB.email, home))
    root = begin(two)
    alike = commit(sign_off(BOB, actor=replace(actor(BOB), email=home)), after=root)
    differ = commit(sign_off(BOB, actor=replace(actor(BOB), email=home)), after=alike, email=BOB.email)
    foreign = commit(sign_off(BOB), after=differ, email="bob@elsewhere.example")
    both_foreign = commit(sign_off(BOB, actor=replace(actor(BOB), email="x@y.example")), after=foreign)
    named_otherwise = commit(sign_off(CAROL), after=both_foreign, key=BOB)

    assert list(verdicts(judge([root, alike, differ, foreign, both_foreign, named_otherwise])).values()) == [
        "counted",
        "counted",
        "author-not-signer",
        "author-not-signer",
        "author-not-signer",
        "signer-not-actor",
    ]


def test_an_id_that_counts_is_taken() -> None:
    root = begin(member(BOB))
    first = commit(sign_off(BOB), after=root)
    found = first.found[0].entry
    assert found is not None
    second = commit(sign_off(BOB, "another", id=found.id), after=first)

    assert outcome_of(second, root, first, second) == "duplicate-entry"


def test_nobody_counts_outside_the_time_the_roster_gives_them() -> None:
    until = replace(member(BOB), valid_until=datetime(2026, 1, 1, tzinfo=UTC))
    root = begin(until)
    late = commit(sign_off(BOB), after=root)

    assert outcome_of(late, root, late) == "outside-membership"


def test_an_earlier_date_does_not_bring_back_a_membership_that_history_shows_has_ended() -> None:
    ends = datetime(2026, 11, 22, 12, tzinfo=UTC)
    bob = replace(member(BOB, ROSTER_ADMIN), valid_until=ends)
    root = commit(genesis(ALICE, ADMIN, bob, at="2026-11-22T10:00:00Z"))
    in_time = commit(sign_off(BOB, at="2026-11-22T11:00:00Z"), after=root)
    later = commit(sign_off(ALICE, at="2026-11-22T13:00:00Z"), after=in_time)
    backdated = commit(sign_off(BOB, at="2026-11-22T11:30:00Z"), after=later)
    takes_over = commit(roster_change(BOB, bob, at="2026-11-22T11:30:00Z"), after=backdated)
    after = commit(sign_off(ALICE), after=takes_over)
    history = [root, in_time, later, backdated, takes_over, after]

    judgement = judge(history)

    assert {
        in_time.commit: "counted",
        backdated.commit: "outside-membership",
        takes_over.commit: "outside-membership",
        after.commit: "counted",
    }.items() <= verdicts(judgement).items()
    assert [each.id for each in judgement.state.roster.people] == ["alice", "bob"]
    assert (judgement.judged, judgement.state) == one_by_one(history)


def test_an_entry_of_another_trail_or_pipeline_does_not_count() -> None:
    root = begin(member(BOB))
    other_trail = commit(sign_off(BOB, trail="f" * 32), after=root)
    other_pipeline = commit(sign_off(BOB, pipeline="another"), after=other_trail)

    assert list(verdicts(judge([root, other_trail, other_pipeline])).values()) == [
        "counted",
        "other-trail",
        "other-pipeline",
    ]


def test_what_an_entry_refers_to_must_be_there_and_count() -> None:
    root = begin(member(BOB))
    unsigned = commit(sign_off(BOB), after=root, seal=Seal(SealState.NONE))

    def revoking(what: CommitFacts, after: CommitFacts) -> CommitFacts:
        found = what.found[0].entry
        assert found is not None
        fields: dict[str, Any] = {"item": found.item, "refers_to": (found.id,)}
        return commit(entry(Revoked("no"), BOB, kind=EntryType.REVOKED, **fields), after=after)

    of_nothing = revoking(unsigned, unsigned)
    voice = commit(sign_off(BOB), after=of_nothing)
    of_voice = revoking(voice, voice)

    assert list(verdicts(judge([root, unsigned, of_nothing, voice, of_voice])).values()) == [
        "counted",
        "unsigned",
        "refers-to-missing",
        "counted",
        "counted",
    ]


def test_a_type_known_by_name_only_counts_so_that_it_blocks() -> None:
    root = begin(member(BOB))
    held = commit(entry(Reserved({}), BOB, kind=EntryType.FROZEN), after=root)

    assert outcome_of(held, root, held) == "counted"


def test_a_root_beside_the_genesis_begins_nothing() -> None:
    root = begin()
    other = commit(genesis(MALLORY, member(MALLORY, ROSTER_ADMIN)))
    own = commit(sign_off(MALLORY), after=other)
    merge = commit(after=[root, own])

    judgement = judge([root, other, own, merge])

    assert {other.commit: "second-genesis", own.commit: "no-genesis"}.items() <= verdicts(judgement).items()
    assert root.commit == judgement.state.origin
    assert {root.commit, other.commit} == {
        each.commit for each in judgement.findings if each.message.code == "several-beginnings"
    }


def test_a_broken_signature_is_no_claim_either() -> None:
    root = commit(genesis(ALICE), seal=Seal(SealState.NONE))
    broken = commit(sign_off(BOB), after=root, seal=Seal(SealState.BROKEN))

    assert outcome_of(broken, root, broken) == "bad-signature"


def test_what_could_not_be_checked_is_never_counted() -> None:
    root = begin(member(BOB))
    unchecked = commit(sign_off(BOB), after=root, seal=Seal(SealState.UNCHECKED, BOB.id))

    assert outcome_of(unchecked, root, unchecked) == "unchecked-signature"


_PEOPLE = (ALICE, BOB, CAROL, MALLORY)
_ROSTERS = (
    (ADMIN, member(BOB), member(CAROL, ROSTER_ADMIN)),
    (ADMIN, member(BOB)),
    (ADMIN, member(CAROL, ROSTER_ADMIN)),
    (member(CAROL, ROSTER_ADMIN), member(BOB)),
)
_EXTRA = someone("extra")
_STEP = st.tuples(
    st.sampled_from(
        ["sign", "sign", "sign", "roster", "merge", "unsigned", "garbage", "retire", "compromise", "extra"]
    ),
    st.sampled_from(_PEOPLE),
    st.sampled_from([None, None, None, *_PEOPLE]),
    st.integers(0, 99),
    st.integers(0, 99),
    st.sampled_from(_ROSTERS),
)


def step(
    number: int, what: str, by: Signer, key: Signer | None, after: list[CommitFacts], people: Any
) -> CommitFacts:
    """One commit of a random history."""
    if what == "merge":
        return commit(after=after)
    if what == "garbage":
        path = f"p/00/p1/{number:026}.signed-off.json"
        bad = Found(path, None, message("malformed-entry"))
        return replace(commit(after=after[:1], key=key), found=(bad,))
    if what == "roster":
        return commit(roster_change(by, *people), after=after[:1], key=key)
    if what == "extra":
        more = Key(_EXTRA.id, "ssh-ed25519", _EXTRA.public)
        own = [replace(who, keys=(*who.keys, more)) if who.id == id_of(by) else who for who in people]
        return commit(roster_change(by, *own), after=after[:1], key=key)
    whose = _PEOPLE[number % len(_PEOPLE)]
    if what == "retire":
        return commit(entry(KeyRetired(id_of(whose), whose.id), by), after=after[:1], key=key)
    if what == "compromise":
        since = after[-1].commit
        content = KeyCompromised(id_of(whose), whose.id, since, "stolen")
        return commit(entry(content, by), after=after[:1], key=key)
    seal = Seal(SealState.NONE) if what == "unsigned" else None
    return commit(sign_off(by), after=after[:1], key=key, seal=seal)


def history_of(steps: Sequence[Any], *, linear: bool = False, empty: bool = False) -> list[CommitFacts]:
    """Commits that follow each other as the numbers of the steps say; without branches, nobody looks back."""
    commits = [commit(genesis(ALICE, *(() if empty else _ROSTERS[0])))]
    for number, (what, by, key, one, other, people) in enumerate(steps):
        if linear:
            after = [commits[-1]]
        else:
            after = list(
                {
                    each.commit: each for each in (commits[one % len(commits)], commits[other % len(commits)])
                }.values()
            )
        what = "sign" if what == "merge" and len(after) < 2 else what
        what = "retire" if what == "compromise" and linear else what
        commits.append(step(number, what, by, key, after, people))
    return commits


@settings(max_examples=150)
@given(steps=st.lists(_STEP, max_size=14), randomness=st.randoms(use_true_random=False), empty=st.booleans())
def test_judgement_depends_on_the_commits_and_not_on_their_order(
    steps: list[Any], randomness: Any, empty: bool
) -> None:
    commits = history_of(steps, empty=empty)
    shuffled = list(commits)
    randomness.shuffle(shuffled)

    assert judge(commits) == judge(shuffled)


@settings(max_examples=150)
@given(steps=st.lists(_STEP, max_size=14), empty=st.booleans())
def test_judging_commit_by_commit_is_the_same_as_judging_the_whole(steps: list[Any], empty: bool) -> None:
    commits = history_of(steps, linear=True, empty=empty)
    whole = judge(commits)

    assert (whole.judged, whole.state) == one_by_one(commits)


@settings(max_examples=150)
@given(steps=st.lists(_STEP, max_size=14))
def test_entries_fold_after_everything_in_their_ancestry(steps: list[Any]) -> None:
    order = fold_order(history_of(steps))
    place = {each.commit: number for number, each in enumerate(order)}

    assert all(place[parent] < place[each.commit] for each in order for parent in each.parents)


def above(commits: Sequence[CommitFacts]) -> dict[str, set[str]]:
    """The whole ancestry of every commit, itself included."""
    found: dict[str, set[str]] = {}
    for each in commits:
        found[each.commit] = {each.commit}.union(*(found[parent] for parent in each.parents))
    return found


def keys_of(roster: Roster) -> set[tuple[str, str]]:
    return {(who.id, key.id) for who in roster.people for key in who.keys}


@settings(max_examples=200, deadline=None)
@given(steps=st.lists(_STEP, max_size=14))
def test_nobody_counts_beside_or_after_what_took_their_key(steps: list[Any]) -> None:
    commits = history_of(steps)
    ancestry = above(commits)
    judged = [each for each in judge(commits).judged if isinstance(each, Recorded)]
    heard = [each for each in judged if each.roles is not None]
    void = {each.commit for each in judged} - {each.commit for each in heard}
    told = [replace(each, found=()) if each.commit in void else each for each in commits]
    known = {
        each.commit: judge(one for one in told if one.commit in ancestry[each.commit] - {each.commit})
        for each in heard[1:]
    }

    for each in heard[1:]:
        own, said = (each.entry.actor.id, each.key or ""), each.entry.content
        if isinstance(said, KeyRetired | KeyCompromised) and said.person == own[0]:
            continue  # whoever gives up a key of their own is believed wherever they do
        assert own in keys_of(known[each.commit].state.roster) or known[each.commit].state.conflicts
        for change in heard[1:]:
            content = change.entry.content
            before = keys_of(known[change.commit].state.roster)
            if isinstance(content, RosterChanged) and own in before - keys_of(content.roster):
                assert each.commit in ancestry[change.commit] or change.commit in ancestry[each.commit]
            if isinstance(content, KeyRetired) and own == (content.person, content.key):
                takes_away = isinstance(each.entry.content, KeyRetired | KeyCompromised)
                assert each.commit in ancestry[change.commit] or (
                    takes_away and each.entry.actor.id == own[0]
                )


@settings(max_examples=200, deadline=None)
@given(steps=st.lists(_STEP, max_size=14))
def test_nothing_counts_that_a_compromised_key_signed_after_what_is_believed_of_it(steps: list[Any]) -> None:
    commits = history_of(steps)
    ancestry = above(commits)
    judged = [each for each in judge(commits).judged if isinstance(each, Recorded)]
    counted = [each for each in judged if each.trust is Trust.COUNTED]
    declared = [each for each in counted if isinstance(each.entry.content, KeyCompromised)]

    for each in declared:
        content = each.entry.content
        assert isinstance(content, KeyCompromised)
        for other in counted:
            of_it = (other.entry.actor.id, other.key) == (content.person, content.key)
            if of_it and not isinstance(other.entry.content, KeyRetired | KeyCompromised):
                assert other.commit in ancestry[content.since]
    for each in judged:
        assert each.disowned_by in {None, *(one.entry.id for one in declared)}
        assert each.disowned_by is None or each.trust is Trust.QUARANTINED


@settings(max_examples=150, deadline=None)
@given(steps=st.lists(_STEP, max_size=14))
def test_taking_a_declaration_away_never_lets_fewer_entries_count(steps: list[Any]) -> None:
    """What a declaration does is to take away: nothing counts because of one."""
    commits = history_of(steps)
    last = next((each for each in reversed(commits) if looks_back(each)), None)
    if last is None or any(last.commit in each.parents for each in commits):
        return
    with_it = verdicts(judge(commits))
    without = verdicts(judge(each for each in commits if each is not last))

    assert {commit for commit, said in with_it.items() if said == "counted"} - {last.commit} <= {
        commit for commit, said in without.items() if said == "counted"
    }


@settings(max_examples=100)
@given(steps=st.lists(_STEP, min_size=1, max_size=12), place=st.integers(0, 99), what=st.integers(0, 2))
def test_what_outsiders_add_changes_nothing_for_anyone_else(steps: list[Any], place: int, what: int) -> None:
    commits = history_of(steps)
    honest = verdicts(judge(commits))
    noise = (
        sign_off(MALLORY, id="00000000000000000000000000"),
        roster_change(MALLORY, member(MALLORY, ROSTER_ADMIN), id="00000000000000000000000000"),
        genesis(MALLORY, member(MALLORY, ROSTER_ADMIN)),
    )[what]
    beside = commit(noise, after=commits[place % len(commits)])
    merged = commit(after=[commits[-1], beside])

    after = verdicts(judge([*commits, beside, merged]))

    assert honest == {key: value for key, value in after.items() if key != beside.commit}
    assert after[beside.commit] not in ("counted", "claimed")
