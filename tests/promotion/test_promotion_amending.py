"""What a promotion is of and judged by, whatever anyone amends, in whatever order."""

import json
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from promoter.model.entry import Amended, EntryType, Pinned, PinnedRules, Recorded, Trust
from promoter.model.roster import PersonClass
from promoter.promotion import AmendmentState, Promotion, Stage, fold, fold_trail
from promoter.trail.entry import entry_bytes, promotion_directory, read_entry
from promoter.trail.projection import swift_entry
from tests.support.entries import TRAIL, Story
from tests.support.nouns import ALICE, BOB, CAROL, CI, V1, V2, roster

PEOPLE = roster(alice="roster-admin", bob="roster-admin", carol="operations", ci="operations")
ADMINS = {"alice", "bob"}
V3 = replace(V2, name="v3", commit="c" * 40)
ACTORS = st.sampled_from([ALICE, BOB, CAROL, CI])
OTHER = PinnedRules(
    Pinned("pipeline.yaml", "sha256:other"), Pinned("c.yaml", "sha256:looser"), "sha256:pipeline"
)
AGAIN = PinnedRules(
    Pinned("pipeline.yaml", "sha256:again"), Pinned("c.yaml", "sha256:loosest"), "sha256:other"
)


def folded(records: list[Recorded]) -> Promotion:
    of_promotion = [each for each in records if each.entry.subject is not None]
    found = fold(of_promotion, admins=fold_trail(records).admins)
    assert found is not None
    return found


def why(records: list[Recorded]) -> list[str]:
    return [each.why.code for each in folded(records).quarantined if each.why]


def story(**about: Any) -> Story:
    return Story(roster=PEOPLE, **about)


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """Whatever anyone who is heard, or is not, amends, agrees to, signs and promotes."""
    told = story()
    for _ in range(draw(st.integers(0, 9))):
        by, trust = draw(ACTORS), draw(st.sampled_from([Trust.COUNTED, Trust.COUNTED, Trust.QUARANTINED]))
        proposals = [each for each in told.records if isinstance(each.entry.content, Amended)]
        release = draw(st.sampled_from([V1, V1, V2, V3]))
        known = draw(st.sampled_from(["sha256:checklist", "sha256:checklist", "sha256:looser"]))
        bound = replace(told.subject(release), checklist_digest=known)
        match draw(
            st.sampled_from(
                [
                    "release",
                    "rules",
                    "rules",
                    "agree",
                    "agree",
                    "agree",
                    "both",
                    "withdraw",
                    "sign",
                    "promote",
                ]
            )
        ):
            case "release":
                told.amended(by, release=draw(st.sampled_from([V1, V2, V3])), subject=bound, trust=trust)
            case "rules":
                told.amended(by, rules=draw(st.sampled_from([OTHER, AGAIN])), subject=bound, trust=trust)
            case "both":
                told.amended(by, release=V2, rules=OTHER, subject=bound, trust=trust)
            case "agree" if proposals:
                what = draw(st.sampled_from(proposals))
                told.amended(by, agrees_to=what, subject=what.entry.subject, trust=trust)
            case "withdraw" if proposals:
                what = draw(st.sampled_from(proposals))
                told.add(Amended("no"), by, refers_to=[what.entry.id], subject=bound, trust=trust)
            case "promote":
                told.release = release
                told.promoted(by)
            case _:
                told.signed("webhook", by, release=release, trust=trust)
    return told


@settings(max_examples=200)
@given(stories())
def test_rules_are_never_changed_by_fewer_than_two_people_or_without_a_roster_admin(told: Story) -> None:
    promotion = folded(told.records)
    in_force = [each for each in promotion.amendments if each.rules]
    for each in in_force:
        assert each.proposed.trust is Trust.COUNTED
        assert each.proposed.entry.actor.person_class is PersonClass.PERSON
        if each.content.rules is not None:
            assert each.agreed is not None
            assert each.agreed.trust is Trust.COUNTED
            assert each.agreed.entry.actor.id != each.proposed.entry.actor.id
            assert each.agreed.entry.actor.id in ADMINS
    rules = [each.content.rules for each in in_force if each.content.rules]
    assert promotion.checklist_digest == (rules[-1].checklist.digest if rules else "sha256:checklist")
    assert promotion.pinned.checklist.digest == promotion.checklist_digest
    moved = [each.content.release for each in in_force if each.content.release]
    assert promotion.release == (moved[-1] if moved else V1)


@settings(max_examples=200)
@given(stories())
def test_the_trail_as_a_whole_and_the_promotion_agree_on_what_was_promoted(told: Story) -> None:
    state, promotion = fold_trail(told.records), folded(told.records)
    assert (promotion.id in state.promoted) is (promotion.stage is Stage.PROMOTED)
    if promotion.stage is Stage.PROMOTED:
        assert state.runs_in["preprod"].release == promotion.release
    for each in promotion.outcomes.values():
        assert each


@settings(max_examples=150)
@given(stories(), st.randoms(use_true_random=False))
def test_what_is_said_beside_an_amendment_may_come_in_any_order(told: Story, random: Any) -> None:
    beside = [each for each in told.records if each.entry.type is EntryType.SIGNED_OFF]
    others = [each for each in told.records if each.entry.type is not EntryType.SIGNED_OFF]
    shuffled = list(others)
    for each in beside:
        shuffled.insert(random.randint(2, len(shuffled)), each)
    one, other = folded(told.records), folded(shuffled)
    assert (one.release, one.pinned, one.checklist_digest) == (
        other.release,
        other.pinned,
        other.checklist_digest,
    )
    assert one.amendments == other.amendments


@settings(max_examples=100)
@given(stories(), st.integers(0, 12))
def test_of_each_beginning_the_terms_are_those_that_the_whole_had_there(told: Story, until: int) -> None:
    first = told.records[: 2 + until]
    before, after = folded(first), folded(told.records)
    made = {each.proposed.commit: each for each in after.amendments}
    for each in before.amendments:
        assert made[each.proposed.commit].before == each.before or not each.rules
        assert not each.rules or made[each.proposed.commit].rules


def test_a_machine_amends_nothing() -> None:
    told = story()
    told.amended(CI, release=V2)
    assert (folded(told.records).release, why(told.records)) == (V1, ["amends-as-machine"])


def test_what_comes_after_it_was_promoted_is_set_aside() -> None:
    told = story()
    told.promoted()
    told.amended(BOB, release=V2)
    assert (folded(told.records).release, why(told.records)) == (V1, ["amends-closed"])
    assert fold_trail(told.records).runs_in["preprod"].release == V1


def test_what_promotes_another_release_than_it_was_amended_to_has_no_say() -> None:
    told = story()
    told.amended(BOB, release=V2)
    told.promoted()
    assert (folded(told.records).stage, why(told.records)) == (Stage.OPEN, ["not-this-release"])
    assert "preprod" not in fold_trail(told.records).runs_in


def test_of_two_that_were_made_apart_the_first_is_in_force() -> None:
    told = story()
    told.amended(BOB, release=V2)
    told.amended(CAROL, release=V3)
    assert (folded(told.records).release, why(told.records)) == (V2, ["amends-other-release"])


def test_a_release_and_rules_are_amended_apart_and_both_come_in() -> None:
    told = story()
    waiting = told.amended(CAROL, rules=OTHER)
    told.amended(ALICE, release=V2)
    told.amended(BOB, agrees_to=waiting)
    promotion = folded(told.records)
    assert (promotion.release, promotion.checklist_digest) == (V2, "sha256:looser")


def test_a_key_that_was_in_other_hands_amended_nothing() -> None:
    told = story()
    moved = told.amended(BOB, release=V2)
    at = told.records.index(moved)
    told.records[at] = replace(moved, trust=Trust.QUARANTINED, disowned_by="01KEY")
    assert folded(told.records).release == V1
    assert fold_trail(told.records).admins


def test_one_person_is_no_second_person_and_agrees_to_nothing_else_than_was_proposed() -> None:
    told = story()
    waiting = told.amended(ALICE, rules=OTHER)
    told.amended(ALICE, agrees_to=waiting)
    told.amended(replace(BOB, email="Alice@example.com"), agrees_to=waiting)
    told.add(Amended("", V2, OTHER), BOB, refers_to=[waiting.entry.id])
    assert why(told.records) == ["agrees-alone", "agrees-alone", "agrees-to-other"]
    told.amended(BOB, agrees_to=waiting)
    told.amended(BOB, agrees_to=waiting)
    assert why(told.records)[3:] == ["agrees-to-nothing"]


def test_who_proposed_it_takes_it_back_and_nobody_agrees_to_it_any_more() -> None:
    told = story()
    waiting = told.amended(ALICE, rules=OTHER)
    told.add(Amended("no"), BOB, refers_to=[waiting.entry.id])
    told.add(Amended("no"), ALICE, refers_to=[waiting.entry.id])
    told.amended(BOB, agrees_to=waiting)
    told.add(Amended("no"), ALICE, refers_to=[waiting.entry.id])
    assert why(told.records) == ["withdraws-another", "agrees-to-nothing", "agrees-to-nothing"]
    [made] = folded(told.records).amendments
    assert made.state is AmendmentState.WITHDRAWN
    assert folded(told.records).pinned.checklist.digest == "sha256:checklist"


def test_what_was_agreed_to_is_not_taken_back() -> None:
    told = story()
    waiting = told.amended(ALICE, rules=OTHER)
    told.amended(BOB, agrees_to=waiting)
    told.add(Amended("no"), ALICE, refers_to=[waiting.entry.id])
    assert why(told.records) == ["agrees-to-nothing"]
    assert folded(told.records).pinned.checklist.digest == "sha256:looser"


def test_one_who_was_no_roster_admin_when_it_was_proposed_does_not_agree_to_it() -> None:
    told = story()
    waiting = told.amended(ALICE, rules=OTHER)
    told.roster = roster(alice="roster-admin", bob="roster-admin", carol="roster-admin")
    told.amended(CAROL, agrees_to=waiting)
    assert why(told.records) == ["agrees-without-role"]
    [made] = folded(told.records).amendments
    assert made.state is AmendmentState.WAITING


def test_a_claim_is_not_agreed_to_by_a_member_nor_the_other_way_round() -> None:
    told = story()
    waiting = told.amended(CAROL, rules=OTHER)
    told.amended(BOB, agrees_to=waiting, trust=Trust.CLAIMED)
    assert why(told.records) == ["agrees-without-role"]


@given(st.sampled_from([None, V2]), st.booleans())
def test_an_amendment_is_read_back_swiftly_as_strictly(release: Any, both: bool) -> None:
    digest = "sha256:" + "0" * 64
    pin = Pinned("checklists/pipeline.yaml", digest, "a" * 40, "b" * 40)
    rules = PinnedRules(pin, pin, digest, pin if both else None) if both or release is None else None
    entry = Story().amended(BOB, release=release, rules=rules).entry
    whole = replace(
        entry,
        id="01M82933TN4GXZ8TH2D9RBSV8Q",
        trail=TRAIL,
        subject=replace(Story().subject(), promotion="p1", checklist_digest=digest),
    )
    written = entry_bytes(whole)
    path = f"{promotion_directory('p1')}/{whole.id}.amended.json"
    assert read_entry(written, path) == swift_entry(json.loads(written)) == whole
