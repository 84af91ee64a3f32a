import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promoter.checks.junit_results import read_results
from promoter.checks.tree_paths import TooMany, matching
from promoter.model.outcome import Outcome, Verdict
from promoter.model.release import Release
from promoter.net.trouble import Trouble
from promoter.trail.repository import Repository
from tests.support.checks import code, context, observe, seen_of, words
from tests.support.git_repositories import commit_file, isolate_git, make_repository, make_signer
from tests.support.junit_files import GO, JEST, PYTEST, SUREFIRE, results

COMMITTED = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Repository]:
    isolate_git(monkeypatch, tmp_path.parent / f"{tmp_path.name}-home")
    monkeypatch.setenv("GIT_COMMITTER_DATE", COMMITTED.isoformat())
    person = make_signer(tmp_path.parent / f"{tmp_path.name}-keys", "Alice", "alice@shop.example")
    make_repository(tmp_path, person=person, signing=False)
    commit_file(tmp_path, "README.md", "# Shop\n")
    with Repository.discover(tmp_path) as found:
        yield found


@pytest.fixture(params=["UTC", "Europe/Paris", "America/New_York"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


def bring(root: Path, text: str, name: str = "out.xml", at: datetime = NOW) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, (at.timestamp(), at.timestamp()))


async def junit(root: Path, repository: Repository | None, *, bound: bool = True, **fields: Any) -> Outcome:
    commit = repository.commit_of("HEAD") if repository and bound else None
    seen = context(root, repository=repository, release=Release("2.4.0", commit), now=NOW)
    return await observe("junit", {"path": "out*.xml"} | fields, seen)


def stamped(stamp: str) -> str:
    return results("a", attributes=f'timestamp="{stamp}"')


@pytest.mark.parametrize(
    ("text", "fields", "expected"),
    [
        (PYTEST, {}, "passed all-passed"),
        (PYTEST, {"must_include": ["creation_marche", "webhook"]}, "passed all-passed"),
        (PYTEST, {"must_include": ["candidature"]}, "failed not-included"),
        (PYTEST, {"skipped": 0}, "failed too-many-skipped"),
        (JEST, {}, "failed tests-failed"),
        (SUREFIRE, {}, "warned flaky"),
        (GO, {"must_include": ["erreurs", "timeouts"]}, "passed all-passed"),
        (results(skipped=["a"]), {}, "failed no-tests"),
        (results("a", attributes='tests="9"'), {}, "errored tests-missing"),
        (results("a", "b", attributes='tests="1"'), {}, "warned counts-differ"),
        (results("a", attributes='errors="1"'), {}, "failed counted-failures"),
        (results("a", attributes='failures="two"'), {}, "errored counts-unreadable"),
        (results("a", failing=["b"], attributes='failures="two"'), {}, "failed tests-failed"),
        (results("a", attributes='status="aborted"'), {}, "errored states-unknown"),
        ('<testsuite><testcase status="timeout"/></testsuite>', {}, "errored states-unknown"),
        (
            '<testsuite><testcase/><testcase name="webhook"><aborted/></testcase></testsuite>',
            {"must_include": ["webhook"]},
            "errored states-unknown",
        ),
        (results("a", "b", attributes='skipped="2"'), {}, "failed no-tests"),
        (results("a", "b", attributes='skipped="1"'), {}, "warned counts-differ"),
        (results("a", "b", attributes='skipped="1"'), {"skipped": 0}, "failed too-many-skipped"),
        (results("a", attributes='disabled="1"'), {}, "failed no-tests"),
        (results("a", "b", attributes='disabled="1"'), {}, "warned counts-differ"),
        (results("a", attributes='aborted="1"'), {}, "warned counts-differ"),
        (results("a", attributes='failure="1"'), {}, "failed counted-failures"),
        ("<testsuites/>", {}, "failed no-tests"),
        ("not xml", {}, "errored not-junit"),
        ("<!DOCTYPE a><testsuite/>", {}, "errored not-junit"),
    ],
)
async def test_results_are_judged(
    tmp_path: Path, repository: Repository, text: str, fields: Mapping[str, Any], expected: str
) -> None:
    bring(tmp_path, text)
    outcome = await junit(tmp_path, repository, **fields)
    assert code(outcome) == expected
    if outcome.verdict is Verdict.FAILED:
        assert Verdict.FAILED in {each.verdict for each in outcome.evidence}


async def test_a_pass_says_how_many_and_since_when(tmp_path: Path, repository: Repository) -> None:
    bring(tmp_path, PYTEST)
    outcome = await junit(tmp_path, repository)
    assert words(outcome.reason) == (
        "2 tests passed (1 skipped); the oldest results are of 20 Nov 2026 10:00 UTC"
    )
    assert seen_of(outcome, "tests") == ["2 ran, 0 failed, 1 skipped"]
    assert seen_of(outcome, "ran-at") == ["20 Nov 2026 10:00 UTC, by its own timestamp"]
    assert seen_of(outcome, "release-commit")[0].endswith("of 20 Nov 2026 09:00 UTC")


async def test_failing_tests_are_named(tmp_path: Path, repository: Repository) -> None:
    bring(tmp_path, results("a", failing=[f"test_{n}" for n in range(30)]))
    outcome = await junit(tmp_path, repository)
    assert words(outcome.reason) == "30 tests of 31 failed: test_0, test_1, test_2, …"
    assert seen_of(outcome, "failing") == [f"test_{n}" for n in range(20)]


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [
        ("2026-11-20T09:00:00Z", "passed all-passed"),
        ("2026-11-20T10:00:01+01:00", "passed all-passed"),
        ("2026-11-20T09:59:59+01:00", "failed older-than-release"),
        ("2026-11-20T08:59:59.999Z", "failed older-than-release"),
        ("2026-11-19T09:00:00", "failed older-than-release"),
        ("2026-11-21T09:00:00", "passed all-passed"),
        ("2026-11-24T09:00:00Z", "errored from-the-future"),
        ("2026-11-22T12:02:00Z", "errored from-the-future"),
        ("2026-11-22T12:00:30Z", "passed all-passed"),
        ("2026-11-22T23:30:00", "passed all-passed"),
        ("2026-11-23T03:30:00", "errored from-the-future"),
        ("no time at all", "warned timestamp-unreadable"),
        ("0001-01-01T00:00:00Z", "warned timestamp-unreadable"),
        ("9999-12-31T23:59:59", "warned timestamp-unreadable"),
        ("", "warned no-timestamp"),
    ],
)
async def test_results_must_be_from_after_the_commit_of_the_release(
    tmp_path: Path, repository: Repository, zone: str, stamp: str, expected: str
) -> None:
    bring(tmp_path, stamped(stamp))
    assert code(await junit(tmp_path, repository)) == expected


@pytest.mark.parametrize("stamp", ["2026-11-20T09:30:00", "2026-11-20T08:30:00"])
async def test_a_timestamp_without_a_zone_that_decides_is_a_warning(
    tmp_path: Path, repository: Repository, zone: str, stamp: str
) -> None:
    bring(tmp_path, stamped(stamp))
    outcome = await junit(tmp_path, repository)
    late = stamp > "2026-11-20T09:00:00"
    here = {"UTC": late, "Europe/Paris": False, "America/New_York": True}[zone]
    both = {True: "passed all-passed", False: "failed older-than-release"}
    assert code(outcome) == (both[late] if here is late else "warned time-zone-unclear")


async def test_without_a_timestamp_the_time_of_the_file_counts(
    tmp_path: Path, repository: Repository
) -> None:
    bring(tmp_path, results("a"), at=COMMITTED - timedelta(minutes=1))
    outcome = await junit(tmp_path, repository)
    assert code(outcome) == "failed older-than-release"
    assert seen_of(outcome, "ran-at")[0].endswith("when the file was written: it has no timestamp")
    bring(tmp_path, results("a"), at=COMMITTED + timedelta(minutes=1))
    outcome = await junit(tmp_path, repository)
    assert code(outcome) == "warned no-timestamp"
    assert "may be a copy of older results" in words(outcome.reason)


async def test_when_git_wrote_a_file_does_not_say_when_the_tests_ran(
    tmp_path: Path, repository: Repository
) -> None:
    commit_file(tmp_path, "out.xml", results("a"))
    bring(tmp_path, results("a"))
    assert code(await junit(tmp_path, repository)) == "errored age-unknown"
    bring(tmp_path, stamped("soon"))
    assert code(await junit(tmp_path, repository)) == "errored age-unknown"
    bring(tmp_path, stamped("2026-11-21T09:00:00Z"))
    assert code(await junit(tmp_path, repository)) == "passed all-passed"
    bring(tmp_path, results(failing=["a"]))
    assert code(await junit(tmp_path, repository)) == "failed tests-failed"


async def test_the_oldest_of_several_files_decides(tmp_path: Path, repository: Repository) -> None:
    bring(tmp_path, results("a"), "ci/1/new.xml")
    bring(tmp_path, results("b"), "ci/2/deep/old.xml", at=COMMITTED - timedelta(days=3))
    assert code(await junit(tmp_path, repository, path="ci/**/*.xml")) == "failed older-than-release"
    assert code(await junit(tmp_path, repository, path="ci/1/*.xml")) == "warned no-timestamp"


async def test_the_oldest_of_several_suites_of_a_file_decides(tmp_path: Path, repository: Repository) -> None:
    suites = stamped("2026-11-21T09:00:00Z") + stamped("2026-11-19T09:00:00Z")
    bring(tmp_path, f"<testsuites>{suites}</testsuites>")
    outcome = await junit(tmp_path, repository)
    assert code(outcome) == "failed older-than-release"
    assert seen_of(outcome, "ran-at") == ["19 Nov 2026 09:00 UTC, by its own timestamp"]


async def test_the_last_of_very_many_suites_is_judged_as_the_first_is(
    tmp_path: Path, repository: Repository
) -> None:
    many = stamped("2026-11-21T09:00:00Z") * 1000
    bring(tmp_path, f"<testsuites>{many}{stamped('2026-11-19T09:00:00Z')}</testsuites>")
    assert code(await junit(tmp_path, repository)) == "failed older-than-release"
    hiding = results("a", suite="last", attributes='failures="1"')
    bring(tmp_path, f"<testsuites>{many}{hiding}</testsuites>")
    outcome = await junit(tmp_path, repository)
    assert code(outcome) == "failed counted-failures"
    assert words(outcome.reason) == "last says that 1 test failed, and shows 0"
    bring(tmp_path, f"<testsuites>{hiding * 50}</testsuites>")
    assert seen_of(await junit(tmp_path, repository), "results")[-1] == (
        "and 30 more numbers that are not what was counted"
    )


async def test_one_suite_of_a_time_yet_to_come_is_enough(tmp_path: Path, repository: Repository) -> None:
    suites = stamped("2026-11-21T09:00:00Z") + stamped("2027-11-21T09:00:00Z")
    bring(tmp_path, f"<testsuites>{suites}</testsuites>")
    assert code(await junit(tmp_path, repository)) == "errored from-the-future"


async def test_a_timestamp_that_cannot_be_read_is_shown_as_it_is(
    tmp_path: Path, repository: Repository
) -> None:
    bring(tmp_path, stamped("soon") + "\n")
    outcome = await junit(tmp_path, repository)
    assert words(outcome.reason) == (
        "no test failed, but out.xml says “soon” where the time of the tests must stand: it may be too old"
    )
    assert seen_of(outcome, "unreadable-timestamps") == [("soon",)]
    assert seen_of(outcome, "ran-at")[0].endswith(
        "when the file was written: none of its timestamps can be read"
    )
    bring(tmp_path, stamped("soon"), at=COMMITTED - timedelta(days=1))
    assert code(await junit(tmp_path, repository)) == "failed older-than-release"
    bring(tmp_path, f"<testsuites>{stamped('soon')}{stamped('2026-11-21T09:00:00Z')}</testsuites>")
    assert code(await junit(tmp_path, repository)) == "warned timestamp-unreadable"


async def test_tests_of_which_nobody_knows_what_became_are_shown(
    tmp_path: Path, repository: Repository
) -> None:
    bring(tmp_path, '<testsuite><testcase name="a"/><testcase name="b" status="aborted"/></testsuite>')
    outcome = await junit(tmp_path, repository)
    assert words(outcome.reason) == ('what became of 1 test cannot be told: it is marked status="aborted"')
    assert seen_of(outcome, "tests") == ["1 ran, 0 failed, 0 skipped, 1 not known"]
    assert seen_of(outcome, "unknown-state") == ['status="aborted"']


async def test_the_file_that_is_wrong_is_shown_first_of_many(tmp_path: Path, repository: Repository) -> None:
    for each in range(30):
        bring(tmp_path, results("a"), f"out{each:02}.xml")
    bring(tmp_path, results("a"), "out99.xml", at=COMMITTED - timedelta(days=3))
    outcome = await junit(tmp_path, repository)
    assert code(outcome) == "failed older-than-release"
    (first,) = [each for each in outcome.evidence if each.verdict is Verdict.FAILED]
    assert words(first.fact) == "out99.xml is of"


async def test_an_old_failure_is_a_failure_first(tmp_path: Path, repository: Repository) -> None:
    bring(tmp_path, results(failing=["a"]), at=COMMITTED - timedelta(days=3))
    assert code(await junit(tmp_path, repository)) == "failed tests-failed"


async def test_what_is_old_is_no_mere_warning(tmp_path: Path, repository: Repository) -> None:
    bring(tmp_path, SUREFIRE, at=COMMITTED - timedelta(days=3))
    assert code(await junit(tmp_path, repository)) == "failed older-than-release"


async def test_a_release_without_a_commit_needs_to_know_how_old_results_may_be(
    tmp_path: Path, repository: Repository
) -> None:
    bring(tmp_path, results("a"), at=NOW - timedelta(hours=30))
    assert code(await junit(tmp_path, repository, bound=False)) == "errored unbound"
    assert code(await junit(tmp_path, repository, bound=False, ran_within="2d")) == "warned no-timestamp"
    assert code(await junit(tmp_path, repository, bound=False, ran_within="1d")) == "failed too-old"
    assert code(await junit(tmp_path, repository, ran_within="1d")) == "failed too-old"


async def test_outside_of_a_repository_a_bound_release_cannot_be_judged(tmp_path: Path) -> None:
    bring(tmp_path, results("a"))
    seen = context(tmp_path, release=Release("2.4.0", "a" * 40), now=NOW)
    assert code(await observe("junit", {"path": "out.xml"}, seen)) == "errored no-repository"


async def test_tried_by_itself_it_compares_with_head_or_says_that_it_does_not(
    tmp_path: Path, repository: Repository
) -> None:
    bring(tmp_path, results("a"))
    outcome = await observe("junit", {"path": "out.xml"}, context(tmp_path, now=NOW))
    assert code(outcome) == "passed all-passed"
    assert seen_of(outcome, "release-commit")
    bring(tmp_path, results("a"), at=COMMITTED - timedelta(days=1))
    outcome = await observe("junit", {"path": "out.xml"}, context(tmp_path, now=NOW, repository=repository))
    assert code(outcome) == "failed older-than-release"
    assert seen_of(outcome, "head")


async def test_a_commit_that_is_not_here_is_said(tmp_path: Path, repository: Repository) -> None:
    bring(tmp_path, results("a"))
    seen = context(tmp_path, release=Release("2.4.0", "a" * 40), now=NOW, repository=repository)
    assert code(await observe("junit", {"path": "out.xml"}, seen)) == "errored commit-unknown"


@pytest.mark.parametrize("path", ["nowhere.xml", "no/**/where.xml", "*.nothing"])
async def test_results_that_are_not_there_are_could_not_tell(
    tmp_path: Path, repository: Repository, path: str
) -> None:
    bring(tmp_path, results("a"))
    assert code(await junit(tmp_path, repository, path=["out.xml", path])) == "errored no-results"


async def test_files_that_are_no_files_of_the_tree_are_not_read(
    tmp_path: Path, repository: Repository
) -> None:
    outside = tmp_path.parent / f"{tmp_path.name}-outside.xml"
    outside.write_text(results("a"))
    (tmp_path / "out.xml").symlink_to(outside)
    assert code(await junit(tmp_path, repository)) == "errored results-unreadable"
    (tmp_path / "out.xml").unlink()
    os.mkfifo(tmp_path / "out.xml")
    assert code(await junit(tmp_path, repository)) == "errored results-unreadable"


def test_results_that_are_written_while_they_are_read_are_not_believed(tmp_path: Path) -> None:
    texts = [results(*(f"test_{n}_{each}" for n in range(2000))) for each in ("a", "bb")]
    stop = threading.Event()

    def replacing() -> None:
        while not stop.is_set():
            for each in texts:
                (tmp_path / "new.xml").write_text(each)
                (tmp_path / "new.xml").replace(tmp_path / "out.xml")

    (tmp_path / "out.xml").write_text(texts[0])
    writer = threading.Thread(target=replacing)
    writer.start()
    codes = set()
    try:
        for _ in range(500):
            try:
                (file,) = read_results(["out.xml"], tmp_path)
                assert len(file.content.cases) == 2000
            except Trouble as trouble:
                codes.add(trouble.code)
                break
    finally:
        stop.set()
        writer.join()
    assert codes == {"results-in-motion"}


def test_a_pattern_does_not_enter_git_nor_follow_links_in_circles(tmp_path: Path) -> None:
    make_repository(tmp_path)
    bring(tmp_path, "x", "a/b/r.xml")
    bring(tmp_path, "x", "a/.hidden/r.xml")
    (tmp_path / "a" / "b" / "up").symlink_to(tmp_path)
    (tmp_path / ".git" / "r.xml").write_text("x")
    assert matching(tmp_path, "**/*.xml") == ["a/.hidden/r.xml", "a/b/r.xml"]
    assert matching(tmp_path, "**/**/**/**/r.xml") == ["a/.hidden/r.xml", "a/b/r.xml"]
    assert matching(tmp_path, "a/?/r.x[m]l") == ["a/b/r.xml"]
    assert matching(tmp_path, "./a//b/r.xml") == ["a/b/r.xml"]
    assert matching(tmp_path, "a/**") == ["a/.hidden/r.xml", "a/b/r.xml"]


def test_a_directory_that_cannot_be_looked_into_is_not_passed_over(tmp_path: Path) -> None:
    bring(tmp_path, "x", "a/b/r.xml")
    tried = (
        "import resource, sys; from pathlib import Path; from promoter.checks.tree_paths import *;"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))\n"
        "try: print(matching(Path(sys.argv[1]), 'a/**/*.xml'))\n"
        "except NotSearched as wrong: print(wrong.path, wrong.detail)"
    )
    said = subprocess.run([sys.executable, "-c", tried, tmp_path], capture_output=True, text=True, check=True)
    assert said.stdout == "a EMFILE\n"


@pytest.mark.parametrize("pattern", ["a" * 300 + "/r.xml", "b" * 300])
async def test_what_cannot_be_looked_for_is_could_not_tell(
    tmp_path: Path, repository: Repository, pattern: str
) -> None:
    assert code(await junit(tmp_path, repository, path=pattern)) == "errored results-not-searched"


async def test_one_file_of_several_without_a_test_is_warned_of(
    tmp_path: Path, repository: Repository
) -> None:
    bring(tmp_path, results("a"), "out1.xml")
    bring(tmp_path, "<testsuites/>", "out2.xml")
    outcome = await junit(tmp_path, repository)
    assert words(outcome.reason) == "no test failed, but out2.xml shows no test at all"
    assert code(outcome) == "warned file-without-tests"
    assert Verdict.WARNED in {each.verdict for each in outcome.evidence}


def test_too_many_files_are_not_read(tmp_path: Path) -> None:
    for each in range(1001):
        (tmp_path / f"{each}.xml").touch()
    with pytest.raises(TooMany):
        matching(tmp_path, "*.xml")


@given(st.text("ab*?[]./", min_size=1, max_size=12))
def test_no_pattern_breaks_the_search_or_leaves_the_tree(
    tmp_path_factory: pytest.TempPathFactory, pattern: str
) -> None:
    root = tmp_path_factory.getbasetemp() / "patterns" / "root"
    if not root.exists():
        bring(root, "x", "a/b/ab")
        bring(root.parent, "x", "ab")
    if ".." not in pattern.split("/"):
        assert set(matching(root, pattern)) <= {"a/b/ab"}
