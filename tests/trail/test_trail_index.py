"""The index says what the history says, however it came to be, and is never missed."""

import sqlite3
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import lists, sampled_from, tuples

from promoter.errors import CannotAct
from promoter.model.entry import (
    Abandoned,
    Adopted,
    Content,
    Deployed,
    Entry,
    EntryType,
    KeyCompromised,
    KeyRetired,
    Promoted,
    Recorded,
    RolledBack,
    Subject,
    Trust,
)
from promoter.model.release import Release
from promoter.model.roster import ROSTER_ADMIN
from promoter.promotion import AsOf, Promotion, fold_trail
from promoter.promotion import fold as fold_promotion
from promoter.trail.index import Index, Indexed
from promoter.trail.index_rows import IndexDamaged
from promoter.trail.projection import InMemory, Projection, from_history
from promoter.trail.repository import Repository
from promoter.trail.trust import State
from tests.support.git_repositories import Signer, git, make_repository
from tests.support.trail_histories import (
    BRANCH,
    History,
    entry,
    files_of,
    genesis,
    opened,
    person,
    roster_change,
    sign_off,
    subject,
)


@pytest.fixture
def history(repository_of_alice: Path) -> History:
    return History(repository_of_alice)


@pytest.fixture
def begun(history: History, alice: Signer, bob: Signer) -> History:
    beginning = genesis(alice, person(alice, ROSTER_ADMIN), person(bob))
    history.add(beginning, by=alice)
    history.add(opened(alice, beginning), by=alice)
    return history


def index_of(history: History) -> Index:
    return Index(Repository.discover(history.directory), BRANCH)


def said(projection: Projection) -> tuple[object, ...]:
    """Everything a projection answers."""
    findings = sorted(map(repr, projection.findings()))
    promotions = tuple(projection.of_promotion(each) for each in ("p1", "p2"))
    state: State = projection.state
    return (
        projection.tip,
        projection.entries,
        state,
        projection.of_trail(),
        promotions,
        projection.everything(),
        findings,
    )


def agrees(history: History) -> None:
    """The index, as it is now, answers what the history does."""
    projection = index_of(history).at(history.tip)
    assert isinstance(projection, Indexed)
    assert said(from_history(Repository.discover(history.directory), history.tip)) == said(projection)
    brief_is_enough(projection)


def brief_is_enough(projection: Projection) -> None:
    """What is left out of the brief changes nothing for a promotion that is still open."""
    brief, whole = projection.brief(), projection.of_trail()
    of_brief = fold_trail(brief.records.recorded, brief.records.unreadable)
    of_whole = fold_trail(whole.recorded, whole.unreadable)
    for each in (
        "trail",
        "roster",
        "roster_entry",
        "runs_in",
        "open_promotions",
        "newer",
        "declared",
        "stops",
        "grounds",
        "addresses",
    ):
        assert getattr(of_whole, each) == getattr(of_brief, each), each
    known = brief.settled.union(of_brief.promotions)
    assert of_whole.promotions == tuple(each for each in brief.promotions if each in known)
    assert brief.settled <= set(of_whole.promotions) - set(of_whole.open_promotions)
    for name in of_whole.promotions:
        promotion = fold_promotion(projection.of_promotion(name).recorded)
        if promotion is None:
            continue
        asked = projection.brief([name]).records
        closed = name not in of_whole.open_promotions
        state = fold_trail(asked.recorded, asked.unreadable) if closed else of_brief
        same_for_the_gate(of_whole.as_of(promotion), state.as_of(promotion), promotion)


def same_for_the_gate(one: AsOf, other: AsOf, promotion: Promotion) -> None:
    """Of what got anywhere, a gate asks for what is of its release, and what came last."""
    for each in ("roster", "declared", "stops", "ground", "addresses"):
        assert getattr(one, each) == getattr(other, each), (promotion.id, each)
    assert one.reached[-1:] == other.reached[-1:], promotion.id
    ours, theirs = (
        [each for each in reached if each.release.is_same_as(promotion.release)]
        for reached in (one.reached, other.reached)
    )
    assert ours == theirs, promotion.id


def test_the_index_agrees_with_history_step_by_step(history: History, alice: Signer, bob: Signer) -> None:
    beginning = genesis(alice)
    everyone = (person(alice, ROSTER_ADMIN), person(bob))
    for each in (
        beginning,
        roster_change(alice, *everyone),
        opened(alice, beginning),
        sign_off(bob),
        opened(alice, beginning, subject=subject("p2")),
        sign_off(alice, subject=subject("p2")),
    ):
        history.add(each, by=alice if each.actor.id == "alice" else bob)
        agrees(history)
    base = history.tip
    removal = history.add(roster_change(alice, everyone[0]), by=alice)
    agrees(history)
    beside = history.add(sign_off(bob), by=bob, after=[base])
    history.merge(removal, beside, by=bob)
    agrees(history)
    history.add(sign_off(bob), by=bob)
    history.commit({"README": b"", "r/00000000000000000000000001.held.json": b"{}"}, by=bob)
    agrees(history)

    reasons = [each.why.code for each in index_of(history).at(history.tip).everything().recorded if each.why]
    assert reasons == ["removed-meanwhile", "unknown-key"]


def test_the_index_agrees_with_history_about_keys_and_rosters_joined(
    history: History, alice: Signer, bob: Signer
) -> None:
    admin, carol = (
        person(alice, ROSTER_ADMIN),
        replace(person(bob, "security"), id="carol", keys=(), emails=()),
    )
    beginning = genesis(alice, admin, person(bob))
    history.add(beginning, by=alice)
    base = history.add(opened(alice, beginning), by=alice)
    signed = history.add(sign_off(bob), by=bob)
    reopened = history.add(sign_off(bob), by=bob)
    agrees(history)
    one = history.add(roster_change(alice, admin, person(bob), carol), by=alice, after=[base])
    other = history.add(roster_change(alice, admin, person(bob, "security")), by=alice, after=[base])
    joined = history.merge(one, other, by=alice)
    history.merge(joined, reopened, by=alice)
    agrees(history)
    history.add(sign_off(alice), by=alice)
    agrees(history)
    history.add(entry(KeyRetired("bob", bob.id, "lost"), alice), by=alice)
    agrees(history)
    history.add(sign_off(bob), by=bob)
    agrees(history)
    history.add(entry(KeyCompromised("bob", bob.id, signed, "stolen"), alice), by=alice)
    agrees(history)
    history.add(sign_off(alice), by=alice)
    history.add(roster_change(alice, admin, person(bob), carol), by=alice)
    agrees(history)

    recorded = index_of(history).at(history.tip).everything().recorded
    assert [each.why.code for each in recorded if each.why] == ["compromised-key", "retired-key"]
    (disowned,) = [each for each in recorded if each.disowned_by]
    assert disowned.commit == reopened


def subject_of(promotion: str) -> Subject:
    """Two releases go into preprod, each of them twice, and one of them further."""
    release = (
        Release("v2", "c" * 40, "d" * 40) if promotion in ("p2", "p5") else Release("v1", "a" * 40, "b" * 40)
    )
    further = {"from_environment": "preprod", "to_environment": "production"} if promotion == "p4" else {}
    return replace(subject(promotion), release=release, **further)


def closing(by: Signer, promotion: str, *, abandoned: bool = False, **fields: Any) -> Entry:
    """What ends a promotion."""
    if abandoned:
        return entry(
            Abandoned("no longer wanted"),
            by,
            kind=EntryType.ABANDONED,
            subject=subject_of(promotion),
            **fields,
        )
    return entry(
        Promoted("0" * 40, 3, "open", claimed=False),
        by,
        kind=EntryType.PROMOTED,
        subject=subject_of(promotion),
        **fields,
    )


def step_of(step: str, promotion: str, alice: Signer, bob: Signer, beginning: Entry) -> Entry:
    """An entry that opens or ends a promotion, as it should or as it should not."""
    other = replace(subject_of(promotion), release=Release("v3", "1" * 40, "2" * 40))
    match step:
        case "opened":
            return opened(alice, beginning, subject=subject_of(promotion))
        case "of another release":
            return replace(closing(alice, promotion), subject=other)
        case "by nobody":
            return closing(bob, promotion)
        case "deployed":
            content: Content = Deployed("2026-11-22T12:00:00Z")
            return entry(content, alice, kind=EntryType.DEPLOYED, subject=subject_of(promotion))
        case "rolled back":
            content = RolledBack(subject_of("p1").release, "2026-11-22T12:00:00Z", "loses events")
            return entry(content, alice, kind=EntryType.ROLLED_BACK, subject=subject_of(promotion))
        case "adopted":
            release = Release(promotion, "e" * 40, "f" * 40)
            return entry(Adopted("staging", release, "declared"), alice, kind=EntryType.ADOPTED)
    return closing(alice, promotion, abandoned=step == "abandoned")


STEPS = (
    "opened",
    "promoted",
    "abandoned",
    "of another release",
    "by nobody",
    "adopted",
    "deployed",
    "rolled back",
)


def goes_through(directory: Path, steps: list[tuple[str, str]], alice: Signer, bob: Signer) -> None:
    history = History(make_repository(directory, person=alice))
    beginning = genesis(alice, person(alice, ROSTER_ADMIN))
    first = history.add(beginning, by=alice)
    for step, promotion in steps:
        made = step_of(step, promotion, alice, bob, beginning)
        history.add(made, by=bob if step == "by nobody" else alice)
        brief_is_enough(index_of(history).at(history.tip))
    agrees(history)
    base = history.tip
    history.merge(history.add(sign_off(alice), by=alice, after=[first]), base, by=alice)
    agrees(history)


@pytest.mark.parametrize(
    "steps",
    [
        "opened promoted opened promoted",
        "opened by-nobody adopted promoted",
        "opened of-another-release abandoned promoted",
        "opened promoted deployed rolled-back deployed",
        "opened deployed promoted deployed deployed",
    ],
)
def test_only_what_is_plainly_over_is_left_out(
    tmp_path: Path, alice: Signer, bob: Signer, steps: str
) -> None:
    listed = [
        (each.replace("-", " "), promotion) for each in steps.split() for promotion in ("p1", "p2", "p4")
    ]
    goes_through(tmp_path / "h", listed, alice, bob)


def test_what_ran_before_a_promotion_that_is_not_plain_is_not_left_out(
    tmp_path: Path, alice: Signer, bob: Signer
) -> None:
    listed = [("opened", "p1"), ("promoted", "p1"), ("opened", "p2"), ("by nobody", "p2"), ("promoted", "p2")]
    goes_through(tmp_path / "h", [*listed, ("opened", "p3"), ("promoted", "p3")], alice, bob)


def test_what_ran_before_something_was_rolled_back_is_not_left_out(
    tmp_path: Path, alice: Signer, bob: Signer
) -> None:
    listed = [(step, promotion) for promotion in ("p2", "p1", "p5") for step in ("opened", "promoted")]
    goes_through(tmp_path / "h", [*listed, ("rolled back", "p1")], alice, bob)


@pytest.mark.soak
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(
    steps=lists(
        tuples(sampled_from(STEPS), sampled_from(("p1", "p2", "p3", "p4", "p5"))), min_size=4, max_size=14
    )
)
def test_nothing_is_missed_of_promotions_that_end_in_any_way(
    tmp_path_factory: pytest.TempPathFactory, alice: Signer, bob: Signer, steps: list[tuple[str, str]]
) -> None:
    goes_through(tmp_path_factory.mktemp("h") / "r", steps, alice, bob)


def test_a_promotion_that_is_over_is_left_out(begun: History, alice: Signer) -> None:
    first = index_of(begun).at(begun.tip).everything().recorded[0].entry
    begun.add(closing(alice, "p1"), by=alice)
    for promotion in ("p2", "p3", "p4"):
        begun.add(opened(alice, first, subject=subject_of(promotion)), by=alice)
        begun.add(closing(alice, promotion, abandoned=promotion == "p3"), by=alice)
    begun.add(opened(alice, first, subject=subject("p5")), by=alice)
    agrees(begun)
    brief = index_of(begun).at(begun.tip).brief()
    assert brief.settled == {"p1", "p2", "p3", "p4"}
    there = [each.entry.subject.promotion for each in brief.records.recorded if each.entry.subject]
    assert there == ["p2", "p2", "p4", "p4", "p5"]
    begun.add(opened(alice, first, subject=subject_of("p2")), by=alice)
    agrees(begun)
    assert index_of(begun).at(begun.tip).brief().settled == {"p1", "p3", "p4"}


def test_only_new_commits_are_walked(begun: History, bob: Signer) -> None:
    [path] = files_of(index_of(begun).at(begun.tip).everything().recorded[0].entry)
    oid = git(begun.directory, "rev-parse", f"{begun.tip}:{path}")
    begun.add(sign_off(bob), by=bob)
    (begun.directory / ".git" / "objects" / oid[:2] / oid[2:]).unlink()

    assert index_of(begun).at(begun.tip).entries == 3


def damage_bytes(path: Path) -> None:
    path.write_bytes(b"not a database at all, and longer than a header would be" * 100)


def damage_version(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("UPDATE meta SET value = 'other' WHERE key = 'version'")
    connection.commit()
    connection.close()


def damage_tables(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("DROP TABLE meta")
    connection.commit()
    connection.close()


def damage_tip(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("UPDATE meta SET value = ? WHERE key = 'tip'", ("f" * 40,))
    connection.commit()
    connection.close()


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


@pytest.mark.parametrize(
    "damage", [damage_bytes, damage_version, damage_tables, damage_tip, truncate, Path.unlink]
)
def test_an_index_that_is_damaged_or_of_another_trail_is_made_anew(
    begun: History, bob: Signer, damage: Callable[[Path], None]
) -> None:
    index_of(begun).at(begun.tip)
    damage(index_of(begun).path)
    begun.add(sign_off(bob), by=bob)

    agrees(begun)


def test_rows_that_cannot_be_read_are_known_as_damage(begun: History) -> None:
    projection = index_of(begun).at(begun.tip)
    connection = sqlite3.connect(index_of(begun).path)
    connection.execute("UPDATE files SET content = x'ff'")
    connection.commit()
    connection.close()

    with pytest.raises(IndexDamaged):
        projection.everything()


def test_where_nothing_can_be_written_the_trail_is_read_all_the_same(begun: History) -> None:
    (begun.directory / ".git" / "promoter").write_text("in the way")

    projection = index_of(begun).at(begun.tip)

    assert isinstance(projection, InMemory)
    assert projection.entries == 2


def test_an_earlier_tip_than_the_indexs_is_answered_from_history(begun: History, bob: Signer) -> None:
    before = begun.tip
    begun.add(sign_off(bob), by=bob)
    index_of(begun).at(begun.tip)

    assert (before, 2) == ((earlier := index_of(begun).at(before)).tip, earlier.entries)
    agrees(begun)


def test_a_projection_whose_index_moved_on_says_so(begun: History, bob: Signer) -> None:
    earlier = index_of(begun).at(begun.tip)
    begun.add(sign_off(bob), by=bob)
    index_of(begun).at(begun.tip)

    with pytest.raises(IndexDamaged):
        earlier.everything()


def test_a_rewritten_branch_makes_the_index_anew(begun: History, bob: Signer) -> None:
    base = begun.tip
    begun.add(sign_off(bob, "one"), by=bob)
    index_of(begun).at(begun.tip)
    begun.add(sign_off(bob, "another"), by=bob, after=[base])

    agrees(begun)


def test_two_branches_have_an_index_each(begun: History, alice: Signer) -> None:
    other = History(begun.directory, "promoter/other")
    other.add(genesis(alice, person(alice, ROSTER_ADMIN)), by=alice)
    second = Index(Repository.discover(begun.directory), other.branch)

    assert (index_of(begun).at(begun.tip).entries, second.at(other.tip).entries) == (2, 1)
    assert index_of(begun).path != second.path


def test_several_readers_at_once_bring_it_up_to_date_once(begun: History, bob: Signer) -> None:
    for _ in range(5):
        begun.add(sign_off(bob), by=bob)
    counts: list[int] = []
    threads = [
        threading.Thread(target=lambda: counts.append(index_of(begun).at(begun.tip).entries))
        for _ in range(8)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert counts == [7] * 8
    agrees(begun)


def test_a_clone_without_the_whole_history_is_told_what_to_fetch(begun: History, tmp_path: Path) -> None:
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "-q", "--depth=1", "--branch", BRANCH, begun.directory.as_uri(), str(shallow))
    clone = History(shallow)

    with pytest.raises(CannotAct) as cannot:
        index_of(clone).at(clone.tip)
    assert cannot.value.remedy is not None


def test_a_signature_that_could_not_be_checked_is_checked_again_once_it_can_be(
    begun: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, alice: Signer
) -> None:
    import os
    import subprocess

    from promoter.model.roster import Key, Person
    from promoter.trail.sshsig import fingerprint_of_line

    key = tmp_path / "dave"
    subprocess.run(["ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-f", str(key)], check=True)
    public = " ".join(key.with_suffix(".pub").read_text().split()[:2])
    dave = Signer("Dave", "dave@example.org", key, public, str(fingerprint_of_line(public)))
    known = Person("dave", "Dave", (dave.email,), (), (Key(dave.id, "ecdsa", public),))
    begun.add(roster_change(alice, person(alice, ROSTER_ADMIN), known), by=alice)
    begun.add(sign_off(dave), by=dave)
    without = tmp_path / "bin"
    without.mkdir()
    (without / "git").symlink_to(
        next(Path(each, "git") for each in os.environ["PATH"].split(":") if Path(each, "git").exists())
    )

    def last() -> Recorded:
        return index_of(begun).at(begun.tip).everything().recorded[-1]

    with monkeypatch.context() as poorer:
        poorer.setenv("PATH", str(without))
        assert Trust.QUARANTINED is last().trust
    assert Trust.COUNTED is last().trust
