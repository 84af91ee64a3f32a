"""An open promotion is amended: a release by anyone who is heard, other rules once a second person agrees."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from promoter.errors import Refused, UsageError
from promoter.gate import Answer
from promoter.model.entry import Amended, Entry, EntryType, Pinned, PinnedRules, Recorded
from promoter.model.roster import ROSTER_ADMIN
from promoter.promotion import AmendmentState
from promoter.trail.ulid import new_ulid
from promoter.usecases.amending import Plan, agreed, amend, proposed
from promoter.usecases.emergency import break_glass
from promoter.usecases.exempting import waive
from promoter.usecases.opening import open_promotion
from promoter.usecases.reporting import report
from promoter.usecases.standing import Standing, status
from promoter.usecases.stopping import hold
from promoter.usecases.voices import sign
from tests.support.command_line import promoter
from tests.support.git_repositories import Signer, become, commit_file, git, make_signer
from tests.support.shop_floor import at_work
from tests.support.small_shop import make_shop
from tests.support.trail_histories import History, actor, files_of

CHECKLIST = """\
checklist: staging-to-preprod
from: staging
to: preprod
requires: none
items:
  - id: rollback
    title: The way back is written down
    sign_off: {roles: [operations]}
  - id: training
    title: The teams are trained
    survives: release
    sign_off: {roles: [operations]}
"""
ROLLBACK = CHECKLIST[CHECKLIST.index("  - id: rollback") : CHECKLIST.index("  - id: training")]
PATH = "checklists/staging-to-preprod.yaml"


@pytest.fixture
def carol(tmp_path: Path) -> Signer:
    return make_signer(tmp_path / "keys", "Carol Petit", "carol@example.com")


@pytest.fixture
def team(tmp_path: Path, alice: Signer, bob: Signer, carol: Signer) -> Path:
    """Alice, a release manager, opened v1; Bob is a roster-admin, as is Alice; Carol signs as operations and did."""
    made = make_shop(
        tmp_path / "shop",
        (alice, (ROSTER_ADMIN,)),
        (bob, (ROSTER_ADMIN,)),
        (carol, ("operations",)),
        checklist=CHECKLIST,
    )
    with at_work(made) as workspace:
        open_promotion(workspace, "staging-to-preprod", "v1")
    become(made, carol)
    with at_work(made) as workspace:
        for item in ("rollback", "training"):
            sign(workspace, None, item)
    become(made, alice)
    return made


def now(directory: Path) -> Standing:
    with at_work(directory) as workspace:
        return status(workspace)


def gut(directory: Path) -> None:
    """Takes the item away that asks for the way back."""
    (directory / PATH).write_text(CHECKLIST.replace(ROLLBACK, ""), encoding="utf-8")


def moved(directory: Path, name: str = "v2", by: Signer | None = None) -> Recorded:
    if by is not None:
        become(directory, by)
    with at_work(directory) as workspace:
        return amend(workspace, proposed(workspace, None, "it lacked the migration", release=name))


def rules_proposed(directory: Path, by: Signer) -> Recorded:
    become(directory, by)
    with at_work(directory) as workspace:
        return amend(workspace, proposed(workspace, None, "asked for twice", rules=True))


def agree(directory: Path, by: Signer, to: Recorded) -> Recorded:
    become(directory, by)
    with at_work(directory) as workspace:
        return amend(workspace, agreed(workspace, None, to.entry.id[:20], "so it is"))


def planned(directory: Path, **what: object) -> Plan:
    with at_work(directory) as workspace:
        return proposed(workspace, None, "why", **what)  # type: ignore[arg-type]


def codes(standing: Standing) -> set[str]:
    return {each.code for each in (*standing.warnings, *standing.decision.warnings)}


def test_what_a_new_release_makes_stale_is_shown_before_it_is_moved_and_so_it_is(team: Path) -> None:
    commit_file(team, "code.txt", "v2\n")
    plan = planned(team, release="v2")
    assert plan.brought is not None
    assert [each.subject for each in plan.brought.listed] == ["Add code.txt"] or plan.brought.count == 1
    assert [(each.item, each.name) for each in plan.stale] == [("rollback", "Carol Petit")]
    assert plan.survives == (("training", "Carol Petit"),)
    assert not plan.waits
    assert now(team).promotion.release.name == "v1"
    moved(team)
    after = now(team)
    assert (after.promotion.release.name, after.promotion.release.commit) == (
        "v2",
        git(team, "rev-parse", "HEAD"),
    )
    assert [each.item.id for each in after.decision.items if each.holds] == ["rollback"]
    assert "amended-release" in codes(after)


def test_the_new_release_is_signed_promoted_and_runs_there(team: Path, carol: Signer) -> None:
    commit_file(team, "code.txt", "v2\n")
    moved(team)
    become(team, carol)
    assert promoter("-C", team, "sign", "rollback").code == 0
    assert promoter("-C", team, "promote").code == 0
    after = now(team)
    assert (after.decision.answer, after.runs_in["preprod"].release.name) == (Answer.PROMOTED, "v2")
    with pytest.raises(UsageError, match=r"open|closed"):
        moved(team, "v3")
    assert promoter("-C", team, "deployed", "preprod").code == 0
    assert promoter("-C", team, "verify", "--full").code == 0
    assert now(team).runs_in["preprod"].how == "deployed"


def test_other_rules_wait_for_a_second_roster_admin_and_the_old_ones_judge_until_then(
    team: Path, alice: Signer, bob: Signer, carol: Signer
) -> None:
    gut(team)
    said = next(each for each in now(team).warnings if each.code == "files-changed")
    assert said.parameters["path"] == PATH
    plan = planned(team, rules=True)
    assert [each.code for each in plan.looser] == ["item-gone"]
    assert [(each.item, each.name, each.why) for each in plan.stale] == [("rollback", "Carol Petit", None)]
    assert plan.waits
    waiting = rules_proposed(team, alice)
    before = now(team)
    assert [each.id for each in before.checklist.items] == ["rollback", "training"]
    assert "amendment-waits" in codes(before)
    for single in (alice, carol):
        with pytest.raises(Refused):
            agree(team, single, waiting)
    agree(team, bob, waiting)
    after = now(team)
    assert [each.id for each in after.checklist.items] == ["training"]
    assert codes(after) >= {"amended-rules"}
    assert "files-changed" not in codes(after)
    [made] = after.promotion.amendments
    assert made.agreed is not None
    assert made.agreed.entry.actor.name == "Bob Durand"
    with at_work(team) as workspace:
        page = report(workspace, None, language="en").markdown
    assert "in force: Bob Durand agreed" in page
    assert promoter("-C", team, "verify", "--full").code == 0


def test_earlier_the_trail_answers_by_the_rules_of_then(team: Path, alice: Signer, bob: Signer) -> None:
    gut(team)
    waiting = rules_proposed(team, alice)
    there = agree(team, bob, waiting)
    then = promoter("-C", team, "status", "--at", waiting.commit, "--json").document
    since = promoter("-C", team, "status", "--at", there.commit, "--json").document
    assert [each["state"] for each in then["promotion"]["amendments"]] == ["waiting"]
    assert [len(each["items"]) for each in (then, since)] == [2, 1]
    assert since["promotion"]["amendments"][0]["agreed_by"] == "Bob Durand"


def test_whoever_moves_a_release_is_one_of_those_who_ask_for_it(
    team: Path, alice: Signer, bob: Signer, carol: Signer
) -> None:
    path = team / "checklists" / "pipeline.yaml"
    stricter = "    data: real\n    separation: {opener: on}\n"
    path.write_text(path.read_text().replace("    data: real\n", stricter), encoding="utf-8")
    agree(team, bob, rules_proposed(team, alice))
    moved(team, "v2", by=carol)
    with at_work(team) as workspace:
        standing = status(workspace)
    [training] = [each for each in standing.decision.items if each.item.id == "training"]
    assert [each.why.code if each.why else "" for each in training.sign_offs] == ["sign-off-by-opener"]


def test_somebody_made_a_roster_admin_meanwhile_cannot_be_the_second_person(
    team: Path, alice: Signer, carol: Signer
) -> None:
    gut(team)
    waiting = rules_proposed(team, alice)
    path = team / "checklists" / "pipeline.yaml"
    text = path.read_text().replace("roles: [operations]", "roles: [operations, roster-admin]")
    path.write_text(text, encoding="utf-8")
    assert promoter("-C", team, "roster", "apply", "--yes").code == 0
    with pytest.raises(Refused, match="agrees-without-role"):
        agree(team, carol, waiting)


def test_two_amendments_made_apart_come_to_the_same_on_both_sides(
    team: Path, tmp_path: Path, alice: Signer, bob: Signer
) -> None:
    remote = tmp_path / "remote.git"
    git(tmp_path, "init", "-q", "--bare", str(remote))
    git(team, "remote", "add", "origin", str(remote))
    assert promoter("-C", team, "sync").code == 0
    other = Path(shutil.copytree(team, tmp_path / "other"))
    commit_file(team, "code.txt", "v2\n")
    commit_file(other, "code.txt", "v3\n")
    first = moved(team, "v2")
    moved(other, "v3", by=bob)
    for each in (team, other, team):
        assert promoter("-C", each, "sync").code == 0
    here, there = now(team).promotion, now(other).promotion
    assert here.release == there.release == first.entry.content.release  # type: ignore[union-attr]
    assert [each.entry.id for each in here.history] == [each.entry.id for each in there.history]
    aside = [each for each in here.quarantined if each.entry.type is EntryType.AMENDED]
    assert [each.why.code for each in aside if each.why] == ["amends-other-release"]


def test_what_was_proposed_before_other_rules_came_in_is_overtaken(
    team: Path, alice: Signer, bob: Signer
) -> None:
    gut(team)
    one = rules_proposed(team, alice)
    (team / PATH).write_text(CHECKLIST.replace("are trained", "were trained"), encoding="utf-8")
    two = rules_proposed(team, alice)
    agree(team, bob, two)
    states = {each.proposed.entry.id: each.state for each in now(team).promotion.amendments}
    assert states == {
        one.entry.id: AmendmentState.OVERTAKEN,
        two.entry.id: AmendmentState.IN_FORCE,
    }
    with pytest.raises(UsageError):
        agree(team, bob, one)


def test_without_a_roster_it_takes_two_names_and_is_said_to_be_claimed(
    tmp_path: Path, alice: Signer, bob: Signer
) -> None:
    made = make_shop(tmp_path / "claimed", checklist=CHECKLIST)
    with at_work(made) as workspace:
        open_promotion(workspace, "staging-to-preprod", "v1")
    gut(made)
    waiting = rules_proposed(made, alice)
    with pytest.raises(Refused, match="agrees-alone"):
        agree(made, alice, waiting)
    agree(made, bob, waiting)
    after = now(made)
    assert (len(after.checklist.items), after.decision.claimed) == (1, True)


def test_nothing_is_amended_to_what_it_is_already_nor_without_a_reason(team: Path) -> None:
    for what in ({"release": "v1"}, {"rules": True}, {}, {"commit": "HEAD"}):
        with pytest.raises(UsageError):
            planned(team, **what)
    with at_work(team) as workspace, pytest.raises(UsageError, match="reason"):
        proposed(workspace, None, " ", release="v2")


def test_what_was_looked_at_is_what_is_amended(team: Path, alice: Signer) -> None:
    with at_work(team) as workspace:
        plan = proposed(workspace, None, "why", release="v3")
    moved(team, "v2")
    with at_work(team) as workspace, pytest.raises(Refused, match="since you looked"):
        amend(workspace, plan)


def forged(directory: Path, by: Signer, content: Amended, *refers_to: str) -> None:
    """Puts an amendment on the trail, past promoter."""
    with at_work(directory) as workspace:
        first = status(workspace).promotion.opened.entry
        moment = workspace.now()
    entry: Entry = replace(
        first,
        id=new_ulid(moment),
        type=EntryType.AMENDED,
        actor=actor(by),
        at=moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        content=content,
        refers_to=refers_to,
    )
    History(directory).commit(files_of(entry), by=by)


def test_a_stranger_amends_nothing(team: Path, tmp_path: Path, alice: Signer) -> None:
    mallory = make_signer(tmp_path / "keys", "Mallory", "mallory@example.com")
    forged(team, mallory, Amended("mine", replace(now(team).promotion.release, name="v9")))
    gut(team)
    waiting = rules_proposed(team, alice)
    forged(team, mallory, _content(waiting), waiting.entry.id)
    after = now(team)
    assert (after.promotion.release.name, len(after.checklist.items)) == ("v1", 2)
    assert len([each for each in after.promotion.quarantined if each.entry.type is EntryType.AMENDED]) == 2


def test_one_person_past_promoter_is_no_second_person(
    team: Path, alice: Signer, bob: Signer, carol: Signer
) -> None:
    gut(team)
    waiting = rules_proposed(team, alice)
    forged(team, alice, _content(waiting), waiting.entry.id)
    forged(team, carol, _content(waiting), waiting.entry.id)
    other = replace(_content(waiting), release=replace(now(team).promotion.release, name="v9"))
    forged(team, bob, other, waiting.entry.id)
    after = now(team).promotion
    why = [each.why.code for each in after.quarantined if each.why]
    assert why == ["agrees-alone", "agrees-without-role", "agrees-to-other"]
    assert len(now(team).checklist.items) == 2


def test_a_copy_that_an_amendment_names_and_the_trail_has_not_is_found(
    team: Path, alice: Signer, bob: Signer
) -> None:
    pipeline = now(team).promotion.pinned.pipeline
    rules = PinnedRules(pipeline, Pinned(PATH, "sha256:" + "0" * 64), pipeline.digest)
    forged(team, alice, Amended("mine", None, rules))
    said = promoter("-C", team, "verify", "--full", "--json")
    assert said.code == 4
    assert "pinned-missing" in {each["code"] for each in said.document["findings"]}
    assert now(team).decision.answer is not Answer.PROMOTED


def test_a_copy_that_an_amendment_pinned_and_somebody_altered_is_not_believed(
    team: Path, alice: Signer, bob: Signer
) -> None:
    gut(team)
    waiting = rules_proposed(team, alice)
    agree(team, bob, waiting)
    rules = _content(waiting).rules
    assert rules is not None
    digest = rules.checklist.digest.removeprefix("sha256:")
    emptier = (team / PATH).read_bytes().replace(b"sign_off: {roles: [operations]}", b"sign_off: {}")
    History(team).commit({f"a/{digest[:2]}/{digest}": emptier}, by=bob)
    assert promoter("-C", team, "status").code == 4
    assert promoter("-C", team, "verify").code == 4


def _content(recorded: Recorded) -> Amended:
    assert isinstance(recorded.entry.content, Amended)
    return recorded.entry.content


def test_an_amendment_shows_the_exemptions_and_the_emergency_that_it_ends_and_the_holds_that_it_leaves_behind(
    tmp_path: Path, alice: Signer, bob: Signer, carol: Signer
) -> None:
    people = ((alice, (ROSTER_ADMIN,)), (bob, (ROSTER_ADMIN, "waiver-approver")), (carol, ("operations",)))
    shop = make_shop(tmp_path / "shop", *people, checklist=CHECKLIST)
    pipeline = shop / "checklists" / "pipeline.yaml"
    glass = "    data: real\n    break_glass: {roles: [operations]}\n"
    pipeline.write_text(pipeline.read_text().replace("    data: real\n", glass), encoding="utf-8")
    git(shop, "commit", "-qam", "Break the glass", "--no-gpg-sign")
    with at_work(shop) as workspace:
        open_promotion(workspace, "staging-to-preprod", "v1")
        hold(workspace, "it loses events", release="v1")
        hold(workspace, "an incident", environment="preprod")
    become(shop, bob)
    with at_work(shop) as workspace:
        waive(workspace, None, "rollback", "agreed with the board", until="2d")
    become(shop, carol)
    with at_work(shop) as workspace:
        sign(workspace, None, "training")
        break_glass(workspace, None, "payments fail")
    commit_file(shop, "code.txt", "v2\n")
    plan = planned(shop, release="v2")
    assert [(each.item, each.why and each.why.code) for each in plan.stale] == [
        ("rollback", "waiver-stale-release")
    ]
    assert plan.survives == (("training", carol.name),)
    ended, behind = (each for each in plan.warnings if each.code in ("glass-ended", "hold-left-behind"))
    assert getattr(ended.parameters["why"], "code", None) == "glass-moved"
    assert behind.parameters["reason"] == "it loses events"
