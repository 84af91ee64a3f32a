"""The trail as it was at a commit or a time, and beside a tip that was written down elsewhere."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from promoter.errors import ExitCode, UsageError
from promoter.model.entry import KeyCompromised, Trust
from promoter.model.roster import ROSTER_ADMIN, Person
from promoter.trail.as_of import AsOf, EarlierTrail, as_of
from promoter.trail.repository import Repository
from promoter.trail.trail import Trail
from promoter.trail.verify import Verification, verify
from tests.support.git_repositories import Signer, git
from tests.support.trail_histories import (
    BRANCH,
    History,
    entry,
    genesis,
    opened,
    person,
    roster_change,
    sign_off,
)


class Dated:
    """Commits each entry an hour after the one before, from noon on."""

    def __init__(self, history: History, monkeypatch: pytest.MonkeyPatch) -> None:
        self.history = history
        self._patch = monkeypatch
        self._hour = 12

    def add(self, *arguments: object, **options: object) -> str:
        self.dated(self._hour)
        self._hour += 1
        return self.history.add(*arguments, **options)  # type: ignore[arg-type]

    def dated(self, hour: int) -> None:
        for who in ("AUTHOR", "COMMITTER"):
            self._patch.setenv(f"GIT_{who}_DATE", f"2026-11-22T{hour:02}:00:00Z")

    def begin(self, by: Signer, *people: Person) -> str:
        """A trail with an open promotion; where it was opened."""
        beginning = genesis(by, *people)
        self.add(beginning, by=by)
        return self.add(opened(by, beginning), by=by)


@pytest.fixture
def days(repository_of_alice: Path, monkeypatch: pytest.MonkeyPatch) -> Dated:
    return Dated(History(repository_of_alice), monkeypatch)


def trail_of(history: History) -> Trail:
    return Trail(Repository.discover(history.directory), BRANCH)


def hour(at: int) -> datetime:
    return datetime(2026, 11, 22, at, tzinfo=UTC)


def verified(history: History, at: AsOf | None = None, anchor: str | None = None) -> Verification:
    return verify(Repository.discover(history.directory), BRANCH, full=False, at=at, anchor=anchor)


def codes(verification: Verification) -> list[str]:
    return [each.message.code for each in verification.findings]


def test_a_time_is_the_last_commit_that_nothing_before_it_is_later_than(days: Dated, alice: Signer) -> None:
    beginning = genesis(alice, person(alice, ROSTER_ADMIN))
    first = days.add(beginning, by=alice)
    second = days.add(opened(alice, beginning), by=alice)
    third = days.add(sign_off(alice), by=alice)
    days.dated(9)
    days.history.add(sign_off(alice), by=alice)
    trail = trail_of(days.history)

    assert as_of(trail, "2026-11-22T12:30:00Z") == AsOf(first, datetime(2026, 11, 22, 12, 30, tzinfo=UTC))
    assert as_of(trail, "2026-11-22T14:00:00+01:00") == AsOf(second, hour(13))
    assert as_of(trail, "2026-11-22T13:30:00").commit == second
    assert as_of(trail, "2026-11-22").commit == days.history.tip
    assert as_of(trail, third[:10]) == AsOf(third, hour(14))
    assert as_of(trail, "2026-11-22T09:30:00Z".replace("09", "14")).commit == days.history.tip


@pytest.mark.parametrize(
    "asked",
    ["2026-11-21", "yesterday", "0000000", "deadbeef", "", "9999-99-99", "HEAD", "--all", "2026-11-22T99:00"],
)
def test_what_is_no_moment_of_the_trail_is_refused(days: Dated, alice: Signer, asked: str) -> None:
    days.add(genesis(alice, person(alice, ROSTER_ADMIN)), by=alice)

    with pytest.raises(UsageError):
        as_of(trail_of(days.history), asked)


def test_a_commit_of_another_branch_is_no_moment_of_the_trail(days: Dated, alice: Signer) -> None:
    days.add(genesis(alice, person(alice, ROSTER_ADMIN)), by=alice)
    git(days.history.directory, "commit", "-q", "--allow-empty", "--no-gpg-sign", "-m", "code")

    with pytest.raises(UsageError):
        as_of(trail_of(days.history), git(days.history.directory, "rev-parse", "HEAD"))


def test_histories_that_were_not_joined_then_are_said_and_the_longest_is_taken(
    days: Dated, alice: Signer, bob: Signer
) -> None:
    base = days.begin(alice, person(alice, ROSTER_ADMIN), person(bob))
    short = days.add(sign_off(bob), by=bob, after=[base])
    days.add(sign_off(alice), by=alice, after=[base])
    long = days.add(sign_off(alice), by=alice)
    days.dated(18)
    days.history.merge(short, long, by=alice)

    at = as_of(trail_of(days.history), "2026-11-22T17:00:00Z")
    assert (at.commit, at.histories) == (long, 2)
    assert codes(verified(days.history, at)) == ["not-joined-then"]


def test_then_is_judged_by_the_roster_and_the_keys_of_then(days: Dated, alice: Signer, bob: Signer) -> None:
    begun = days.begin(alice, person(alice, ROSTER_ADMIN), person(bob))
    signed = days.add(sign_off(bob), by=bob)
    days.add(entry(KeyCompromised("bob", bob.id, begun, "stolen"), alice), by=alice)
    days.add(roster_change(alice, person(alice, ROSTER_ADMIN)), by=alice)
    days.add(sign_off(bob), by=bob)
    trail = trail_of(days.history)

    then = EarlierTrail(trail.repository, BRANCH, signed)
    assert [each.trust for each in then.all_records().recorded] == [Trust.COUNTED] * 3
    assert {each.id for each in then.state.roster.people} == {"alice", "bob"}
    assert codes(verified(days.history, as_of(trail, signed))) == []
    assert "verify-as-of-then" in [each.code for each in verified(days.history, as_of(trail, signed)).limits]
    assert sorted(codes(verified(days.history))) == ["compromised-key", "retired-key"]


def test_a_tip_that_is_in_the_history_is_enough_where_nothing_is_remembered(
    days: Dated, alice: Signer
) -> None:
    first = days.begin(alice, person(alice, ROSTER_ADMIN))
    tip = days.add(sign_off(alice), by=alice)

    for known in (first, tip):
        answer = verified(days.history, anchor=known)
        assert (answer.exit_code, answer.anchor, codes(answer)) == (ExitCode.YES, known, [])
        assert [each.code for each in answer.limits] == ["verify-limits"]
    assert [each.code for each in verified(days.history).limits] == ["verify-limits", "verify-without-memory"]


def test_a_tip_that_is_gone_is_an_altered_trail(days: Dated, alice: Signer) -> None:
    first = days.begin(alice, person(alice, ROSTER_ADMIN))
    tip = days.add(sign_off(alice), by=alice)
    days.history.point(first)
    cut = verified(days.history, anchor=tip)
    days.add(sign_off(alice), by=alice)
    rewritten = verified(days.history, anchor=tip)
    unknown = verified(days.history, anchor="f" * 40)

    assert [codes(each) for each in (cut, rewritten, unknown)] == [
        ["trail-rewound"],
        ["anchor-not-there"],
        ["anchor-not-there"],
    ]
    assert {each.exit_code for each in (cut, rewritten, unknown)} == {ExitCode.UNTRUSTED}


def test_a_truncated_clone_cannot_tell_whether_a_tip_is_in_the_history(
    days: Dated, alice: Signer, tmp_path: Path
) -> None:
    first = days.add(genesis(alice, person(alice, ROSTER_ADMIN)), by=alice)
    for _ in range(3):
        days.add(sign_off(alice), by=alice)
    shallow = tmp_path / "shallow"
    source = days.history.directory.as_uri()
    git(tmp_path, "clone", "-q", "--depth=2", "--branch", BRANCH, source, str(shallow))

    answer = verify(Repository.discover(shallow), BRANCH, full=False, anchor=first)
    assert answer.exit_code is ExitCode.COULD_NOT_TELL
    assert "anchor-not-reached" in codes(answer)


def test_a_verification_that_holds_is_remembered_and_one_that_does_not_is_not(
    days: Dated, alice: Signer
) -> None:
    days.add(genesis(alice, person(alice, ROSTER_ADMIN)), by=alice)
    held = days.add(sign_off(alice), by=alice)
    assert trail_of(days.history).verify(full=True).anchor is None
    assert trail_of(days.history).verify(full=True).anchor == held

    days.history.commit(
        {}, by=alice, without=[git(days.history.directory, "ls-tree", "-r", "--name-only", held, "p/")]
    )
    assert trail_of(days.history).verify().exit_code is ExitCode.UNTRUSTED
    assert trail_of(days.history).verify().anchor == held
