"""Keys that are retired, compromised or added, and rosters that are changed at the same time."""

from dataclasses import replace
from typing import Any

import pytest

from promoter.model.entry import (
    Checked,
    Content,
    Entry,
    EntryType,
    Genesis,
    KeyCompromised,
    KeyRetired,
    Recorded,
    Reserved,
    RosterChanged,
)
from promoter.model.roster import ROSTER_ADMIN, Key, Person, PersonClass, Roster
from promoter.trail import contents
from promoter.trail.entry import read_entry
from promoter.trail.facts import CommitFacts, Severity
from promoter.trail.trust import Judgement, judge
from tests.support.git_repositories import Signer
from tests.support.trail_commits import commit, outcome_of, someone, verdicts
from tests.support.trail_histories import actor, entry, genesis, id_of, roster_change, sign_off
from tests.support.trail_histories import person as member

ALICE, BOB, CAROL, MALLORY, NEWER = map(someone, ("alice", "bob", "carol", "mallory", "newer"))
ADMIN = member(ALICE, ROSTER_ADMIN)
EARLY = "00000000000000000000000000"


def begin(*people: Person) -> CommitFacts:
    return commit(genesis(ALICE, ADMIN, *people))


def retired(by: Signer, whose: Signer, after: Any, key: Signer | None = None, **fields: Any) -> CommitFacts:
    return commit(entry(KeyRetired(id_of(whose), whose.id), by, **fields), after=after, key=key)


def compromised(
    by: Signer, whose: Signer, since: CommitFacts, after: Any, key: Signer | None = None
) -> CommitFacts:
    content = KeyCompromised(id_of(whose), whose.id, since.commit, "stolen")
    return commit(entry(content, by), after=after, key=key)


def with_keys(who: Signer, *more: Signer) -> Person:
    keys = tuple(Key(each.id, "ssh-ed25519", each.public) for each in (who, *more))
    return replace(member(who), keys=keys)


def keys_of(judgement: Judgement, person: str) -> list[str]:
    found = judgement.state.roster.person(person)
    return [key.id for key in found.keys] if found else []


def test_what_a_retired_key_signed_counts_only_before_its_retirement_in_history() -> None:
    root = begin(member(BOB))
    before = commit(sign_off(BOB), after=root)
    retirement = retired(BOB, BOB, before)
    after = commit(sign_off(BOB), after=retirement)
    beside = commit(sign_off(BOB, at="2020-01-01T00:00:00Z"), after=before)
    merge = commit(after=[retirement, beside])

    judgement = judge([root, before, retirement, after, beside, merge])

    assert {
        before.commit: "counted",
        retirement.commit: "counted",
        after.commit: "retired-key",
        beside.commit: "retired-key",
    }.items() <= verdicts(judgement).items()


def test_a_retired_key_never_comes_back_whatever_a_later_roster_lists() -> None:
    root = begin(with_keys(BOB, NEWER))
    retirement = retired(BOB, BOB, root, key=NEWER)
    again = commit(roster_change(ALICE, ADMIN, with_keys(BOB, NEWER)), after=retirement)
    old = commit(sign_off(BOB), after=again)
    new = commit(sign_off(BOB, actor=replace(actor(BOB), key=NEWER.id)), after=old, key=NEWER)

    judgement = judge([root, retirement, again, old, new])

    assert list(verdicts(judgement).values())[3:] == ["retired-key", "counted"]
    assert keys_of(judgement, "bob") == [NEWER.id]


@pytest.mark.parametrize("kind", [KeyRetired, KeyCompromised])
@pytest.mark.parametrize(
    ("by", "whose", "says"),
    [
        (BOB, BOB, "counted"),
        (ALICE, BOB, "counted"),
        (BOB, ALICE, "not-ones-own-key"),
        (MALLORY, BOB, "unknown-key"),
    ],
)
def test_a_key_is_taken_away_by_its_person_or_a_roster_admin(
    kind: type, by: Signer, whose: Signer, says: str
) -> None:
    root = begin(member(BOB))
    taken = retired(by, whose, root) if kind is KeyRetired else compromised(by, whose, root, root)

    assert outcome_of(taken, root, taken) == says


def test_a_key_that_is_nobodys_is_not_retired_for_them() -> None:
    root = begin(member(BOB))

    assert outcome_of(there := retired(ALICE, CAROL, root), root, there) == "key-not-theirs"


def test_a_compromised_key_is_believed_up_to_the_entry_named_and_not_after() -> None:
    root = begin(member(BOB), member(CAROL))
    good = commit(sign_off(BOB), after=root)
    believed = commit(sign_off(BOB), after=good)
    reopened = commit(sign_off(BOB), after=believed)
    other = commit(sign_off(CAROL), after=reopened)
    declared = compromised(ALICE, BOB, believed, other)
    late = commit(sign_off(BOB), after=declared)
    beside = commit(sign_off(BOB, id=EARLY), after=root)
    merge = commit(after=[late, beside])

    judgement = judge([root, good, believed, reopened, other, declared, late, beside, merge])

    assert {
        good.commit: "counted",
        believed.commit: "counted",
        reopened.commit: "compromised-key",
        other.commit: "counted",
        late.commit: "retired-key",
        beside.commit: "compromised-key",
    }.items() <= verdicts(judgement).items()
    by_id = {each.commit: each for each in judgement.judged if isinstance(each, Recorded)}
    assert by_id[reopened.commit].disowned_by == by_id[declared.commit].entry.id
    assert by_id[reopened.commit].roles == ()


def test_the_last_entry_believed_must_come_before_the_declaration() -> None:
    root = begin(member(BOB))
    beside = commit(sign_off(BOB), after=root)
    declared = compromised(ALICE, BOB, beside, root)
    nowhere = commit(entry(KeyCompromised("bob", BOB.id, "f" * 40, "x"), ALICE), after=declared)
    merge = commit(after=[beside, nowhere])

    said = verdicts(judge([root, beside, declared, nowhere, merge]))

    assert [said[declared.commit], said[nowhere.commit]] == ["since-not-before"] * 2
    assert said[beside.commit] == "counted"


def test_a_compromise_can_be_declared_of_a_key_that_was_retired_before() -> None:
    root = begin(member(BOB))
    signed = commit(sign_off(BOB), after=root)
    retirement = retired(BOB, BOB, signed)
    declared = compromised(ALICE, BOB, root, retirement)

    assert outcome_of(signed, root, signed, retirement, declared) == "compromised-key"


def test_whom_a_compromised_key_let_in_has_no_say_until_a_roster_is_applied_again() -> None:
    carol = member(CAROL, ROSTER_ADMIN)
    root = begin(carol)
    lets_in = commit(roster_change(ALICE, ADMIN, carol, member(MALLORY)), after=root)
    by_mallory = commit(sign_off(MALLORY), after=lets_in)
    unaware = commit(roster_change(CAROL, ADMIN, carol, member(MALLORY), member(BOB)), after=by_mallory)
    declared = compromised(CAROL, ALICE, root, unaware)
    still = commit(sign_off(MALLORY), after=declared)
    by_bob = commit(sign_off(BOB), after=still)
    history = [root, lets_in, by_mallory, unaware, declared, still, by_bob]

    judgement = judge(history)

    assert {
        lets_in.commit: "compromised-key",
        by_mallory.commit: "let-in-by-compromised",
        unaware.commit: "counted",
        still.commit: "unknown-key",
        by_bob.commit: "counted",
    }.items() <= verdicts(judgement).items()
    assert [each.id for each in judgement.state.roster.people] == ["alice", "carol", "bob"]

    applied = commit(roster_change(CAROL, carol, member(MALLORY), member(BOB)), after=by_bob)
    again = commit(sign_off(MALLORY), after=applied)
    said = verdicts(judge([*history, applied, again]))
    assert said[again.commit] == "counted"
    assert said[by_mallory.commit] == "let-in-by-compromised"


def test_whom_a_compromised_key_removed_stays_removed() -> None:
    carol = member(CAROL, ROSTER_ADMIN)
    root = begin(carol, member(BOB))
    removes = commit(roster_change(ALICE, ADMIN, carol), after=root)
    declared = compromised(CAROL, ALICE, root, removes)

    judgement = judge([root, removes, declared])

    assert [each.id for each in judgement.state.roster.people] == ["alice", "carol"]


def test_a_removal_beside_the_declaration_of_its_key_stands_and_what_it_adds_does_not() -> None:
    carol = member(CAROL, ROSTER_ADMIN)
    root = begin(carol, member(BOB))
    change = commit(roster_change(ALICE, ADMIN, carol, member(MALLORY)), after=root)
    declared = compromised(CAROL, ALICE, root, root)
    merge = commit(after=[change, declared])
    history = [root, change, declared, merge]

    judgement = judge(history)

    assert verdicts(judgement)[change.commit] == "compromised-key"
    assert [each.id for each in judgement.state.roster.people] == ["alice", "carol"]
    assert untrusted(judgement) == set()


def untrusted(judgement: Judgement) -> set[str]:
    return {each.message.code for each in judgement.findings if each.severity is Severity.UNTRUSTED}


def test_a_role_given_back_in_one_clone_and_taken_away_in_another_is_gone_and_named() -> None:
    carol, bob = member(CAROL, ROSTER_ADMIN), member(BOB, "security")
    root = begin(carol, bob)
    taken = commit(roster_change(ALICE, ADMIN, carol, member(BOB)), after=root)
    back = commit(roster_change(ALICE, ADMIN, carol, bob), after=taken)
    beside = commit(roster_change(CAROL, ADMIN, carol, member(BOB)), after=root)
    merge = commit(after=[back, beside])

    state = judge([root, taken, back, beside, merge]).state

    assert state.roster.person("bob") == member(BOB)
    assert [each.parameters["person"] for each in state.conflicts] == ["bob"]


def test_somebody_adds_keys_of_their_own_and_nothing_else() -> None:
    root = begin(member(BOB), member(CAROL))
    base = (ADMIN, with_keys(BOB), member(CAROL))
    own = commit(roster_change(BOB, ADMIN, with_keys(BOB, NEWER), member(CAROL)), after=root)
    with_new = commit(sign_off(BOB), after=own, key=NEWER)

    assert list(verdicts(judge([root, own, with_new])).values()) == ["counted"] * 3

    for people in (
        (ADMIN, with_keys(BOB), with_keys(CAROL, NEWER)),
        (ADMIN, replace(with_keys(BOB, NEWER), roles=("security",)), member(CAROL)),
        (ADMIN, replace(with_keys(BOB, NEWER), name="Boss"), member(CAROL)),
        (ADMIN, with_keys(BOB, CAROL), member(CAROL)),
        (ADMIN, with_keys(BOB, NEWER)),
        (*base, member(MALLORY)),
        (ADMIN, replace(member(BOB), keys=with_keys(BOB, NEWER).keys[1:]), member(CAROL)),
        (
            ADMIN,
            replace(member(BOB), keys=(*member(BOB).keys, Key(NEWER.id, "x", CAROL.public))),
            member(CAROL),
        ),
        base,
    ):
        change = commit(roster_change(BOB, *people), after=root)
        assert outcome_of(change, root, change) == "not-roster-admin"


def test_a_key_that_a_compromised_one_added_is_worth_nothing() -> None:
    root = begin(member(BOB))
    added = commit(roster_change(BOB, ADMIN, with_keys(BOB, NEWER)), after=root)
    signed = commit(sign_off(BOB), after=added, key=NEWER)
    declared = compromised(ALICE, BOB, root, signed)

    judgement = judge([root, added, signed, declared])

    assert verdicts(judgement)[signed.commit] == "let-in-by-compromised"
    assert keys_of(judgement, "bob") == []


def test_giving_up_the_same_key_in_two_clones_is_no_quarrel() -> None:
    root = begin(member(BOB))
    here, there = retired(BOB, BOB, root), retired(BOB, BOB, root)
    merge = commit(after=[here, there])

    judgement = judge([root, here, there, merge])

    assert list(verdicts(judgement).values())[1:] == ["counted"] * 2
    assert judgement.findings == ()


def test_a_thief_voids_no_declaration_by_removing_who_makes_it() -> None:
    carol = member(CAROL, ROSTER_ADMIN)
    root = begin(carol)
    declared = compromised(CAROL, ALICE, root, root)
    revenge = commit(roster_change(ALICE, ADMIN, id=EARLY), after=root)
    merge = commit(after=[declared, revenge])

    judgement = judge([root, declared, revenge, merge])

    assert untrusted(judgement) == {"removed-each-other"}


def test_what_two_rosters_add_beside_each_other_counts_and_both_are_named() -> None:
    carol = member(CAROL, ROSTER_ADMIN)
    root = begin(carol)
    one = commit(roster_change(ALICE, ADMIN, carol, member(BOB, "security")), after=root)
    other = commit(
        roster_change(CAROL, ADMIN, replace(carol, roles=(ROSTER_ADMIN, "operations")), member(MALLORY)),
        after=root,
    )
    merge = commit(after=[one, other])

    judgement = judge([root, one, other, merge])

    assert [(each.id, each.roles) for each in judgement.state.roster.people] == [
        ("alice", (ROSTER_ADMIN,)),
        ("carol", (ROSTER_ADMIN, "operations")),
        ("bob", ("security",)),
        ("mallory", ()),
    ]
    assert judgement.state.conflicts == ()
    assert [each.message.code for each in judgement.findings] == ["roster-joined"]


def test_one_id_for_two_people_gives_only_what_both_give_until_it_is_applied_again() -> None:
    carol = member(CAROL, ROSTER_ADMIN)
    root = begin(carol)
    robert = replace(member(MALLORY, "security"), id="bob")
    one = commit(roster_change(ALICE, ADMIN, carol, member(BOB, "security", "operations")), after=root)
    other = commit(roster_change(CAROL, ADMIN, carol, robert), after=root)
    merge = commit(after=[one, other])
    judgement = judge([root, one, other, merge])

    bob = judgement.state.roster.person("bob")
    assert bob is not None
    assert (bob.roles, bob.keys, bob.emails) == (("security",), (), ())
    assert [each.parameters["person"] for each in judgement.state.conflicts] == ["bob"]

    settled = commit(roster_change(ALICE, ADMIN, carol, member(BOB, "operations")), after=merge)
    after = judge([root, one, other, merge, settled])
    assert after.state.conflicts == ()
    assert after.state.roster.person("bob") == member(BOB, "operations")


def test_a_key_given_to_two_people_at_once_is_nobodys() -> None:
    carol = member(CAROL, ROSTER_ADMIN)
    root = begin(carol)
    mine, theirs = member(BOB), replace(member(BOB), id="robert", emails=("robert@example.org",))
    one = commit(roster_change(ALICE, ADMIN, carol, mine), after=root)
    other = commit(roster_change(CAROL, ADMIN, carol, theirs), after=root)
    merge = commit(after=[one, other])
    signed = commit(sign_off(BOB), after=merge)

    judgement = judge([root, one, other, merge, signed])

    assert verdicts(judgement)[signed.commit] == "unknown-key"
    assert {"bob", "robert"} == {each.parameters["person"] for each in judgement.state.conflicts}


def test_a_role_taken_away_beside_a_sign_off_credits_it_no_more_and_one_taken_later_does() -> None:
    root = begin(member(BOB, "security", "operations"))
    before = commit(sign_off(BOB), after=root)
    beside = commit(sign_off(BOB), after=before)
    taken = commit(roster_change(ALICE, ADMIN, member(BOB, "operations")), after=before)
    merge = commit(after=[taken, beside])

    judged = judge([root, before, beside, taken, merge]).judged
    roles = {each.commit: each.roles for each in judged if isinstance(each, Recorded)}

    assert roles[before.commit] == ("security", "operations")
    assert roles[beside.commit] == ("operations",)


_SAMPLES: dict[EntryType, Content] = {
    EntryType.GENESIS: Genesis(1, Roster((ADMIN,))),
    EntryType.ROSTER: RosterChanged(Roster((ADMIN,))),
    EntryType.KEY_RETIRED: KeyRetired("bob", BOB.id),
    EntryType.KEY_COMPROMISED: KeyCompromised("bob", BOB.id, "0" * 40, "x"),
    EntryType.CHECKED: Checked((), "1"),
}


@pytest.mark.parametrize("kind", EntryType)
def test_a_machine_decides_nothing_of_any_type(kind: EntryType) -> None:
    root = begin(member(BOB, ROSTER_ADMIN, person_class=PersonClass.MACHINE))
    content = _SAMPLES.get(kind, Reserved({}))
    robot = actor(BOB, PersonClass.MACHINE)
    decides = commit(entry(content, BOB, kind=kind, actor=robot, refers_to=()), after=root)
    expected = {EntryType.CHECKED: "counted", EntryType.GENESIS: "second-genesis"}

    assert outcome_of(decides, root, decides) == expected.get(kind, "machine-decides")


def test_key_entries_read_back_from_the_bytes_of_the_first_version_that_wrote_them() -> None:
    written = b"""{
  "actor": {
    "class": "person",
    "email": "alice@example.org",
    "id": "alice",
    "key": "SHA256:a8K2yRWoVPZS1h0o+wByMVtAYTW7UYjrk5b9N+glZ0E",
    "name": "Alice"
  },
  "at": "2026-11-22T12:00:00Z",
  "content": {
    "key": "SHA256:crLGQfASadjXHi0xdyAKNplPqh6jeXSI/iox4peXonE",
    "person": "bob",
    "reason": "laptop stolen",
    "since": "0000000000000000000000000000000000000001"
  },
  "id": "01JD8X0000000000000000000A",
  "item": null,
  "pipeline": "passe-marche",
  "promotion": null,
  "refers_to": [
    "01JD8X00000000000000000009"
  ],
  "schema": "promoter/entry/1",
  "trail": "0123456789abcdef0123456789abcdef",
  "type": "key-compromised"
}
"""
    read: Entry = read_entry(written, "r/01JD8X0000000000000000000A.key-compromised.json")
    assert read.content == KeyCompromised("bob", BOB.id, "0" * 39 + "1", "laptop stolen")
    assert contents.content_of(EntryType.KEY_RETIRED)[0] is KeyRetired
