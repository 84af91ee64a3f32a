import asyncio
import os
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from promoter.checks import registry
from promoter.model.checklist import CheckSpec
from promoter.model.consent import Ask
from promoter.model.context import Context, VariableValues
from promoter.model.environment import Data, VariableRule, Variables
from promoter.model.outcome import Outcome, Verdict
from promoter.model.release import Release
from promoter.place import Place
from promoter.redaction import Secret
from promoter.run import Planned, Surroundings, asks, try_check
from promoter.trail.repository import Repository
from tests.support.checks import code, context, environment, observe, seen_of, words
from tests.support.git_repositories import commit_file, isolate_git, make_repository, make_signer
from tests.support.junit_files import results
from tests.support.processes import ended, pids_in

SECRET = "0123456789abcdef0123456789abcdef"
PROCESS = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "CI": "true", "DEPLOY_TOKEN": "tok-" + SECRET}


def seen_from(root: Path, *, within: float = 30.0, **changes: Any) -> Context:
    target = environment(
        variables=Variables((), (VariableRule("URL"), VariableRule("CLIENT_SECRET", secret=True)))
    )
    values: dict[str, str | Secret] = {
        "URL": "https://preprod.example",
        "CLIENT_SECRET": Secret(SECRET, "CLIENT_SECRET"),
    }
    settings: dict[str, Any] = {
        "process_environment": PROCESS,
        "variables": {target.name: VariableValues(source=".env.preprod", values=values)},
    }
    return context(root, at=target, timeout=within, **(settings | changes))


async def shell(root: Path, text: str, seen: Context | None = None, **fields: Any) -> Outcome:
    return await observe("command", {"run": [text], "shell": True, **fields}, seen or seen_from(root))


async def python(root: Path, text: str, **fields: Any) -> Outcome:
    return await observe("command", {"run": [sys.executable, "-c", text], **fields}, seen_from(root))


def asked_for(fields: Mapping[str, Any], surroundings: Surroundings) -> tuple[Ask, ...]:
    return asks((Planned("tests", "", CheckSpec("command", "command", fields, Place(""))),), surroundings)


def script(root: Path, content: str, mode: int = 0o755) -> str:
    (root / "it.sh").write_text(content)
    (root / "it.sh").chmod(mode)
    return "./it.sh"


def last_lines(outcome: Outcome) -> list[str]:
    return [line for each in seen_of(outcome, "last-lines") for line in each]


def environment_of(outcome: Outcome) -> set[str]:
    return {line.partition("=")[0] for line in last_lines(outcome)} - {"PWD", "SHLVL", "_", "OLDPWD"}


async def test_a_command_that_ends_with_status_0_passes_and_says_what_it_printed(tmp_path: Path) -> None:
    outcome = await shell(tmp_path, "echo all; echo good >&2")
    assert code(outcome) == "passed succeeded"
    assert last_lines(outcome) == ["all", "good"]
    assert seen_of(outcome, "output")[0].startswith("9 bytes, sha256:")
    assert seen_of(outcome, "status") == [0]
    assert seen_of(outcome, "by-hand") == ["echo all; echo good >&2"]


async def test_arguments_are_passed_as_they_are_without_a_shell(tmp_path: Path) -> None:
    outcome = await observe("command", {"run": ["printf", "%s\n", "$HOME; * `id`"]}, seen_from(tmp_path))
    assert last_lines(outcome) == ["$HOME; * `id`"]
    assert seen_of(outcome, "by-hand") == ["printf '%s\n' '$HOME; * `id`'"]


@pytest.mark.parametrize(
    ("text", "fields", "expected"),
    [
        ("exit 1", {}, "failed wrong-status"),
        ("exit 3", {"status": [0, 3]}, "passed succeeded"),
        ("exit 0", {"status": 1}, "failed wrong-status"),
        ("kill -KILL $$", {}, "errored killed"),
        ("no-such-program-here", {}, "errored not-found"),
        ("echo a; echo b", {"contains": ["b\n", "a"]}, "passed succeeded"),
        ("echo a", {"contains": ["a", "b"]}, "failed text-missing"),
        ("echo WARN", {"lacks": "WARN"}, "failed text-present"),
        ("echo OK", {"lacks": ["WARN", "ERROR"]}, "passed succeeded"),
        ("echo 12 passed", {"matches": r"\b[1-9]\d* passed"}, "passed succeeded"),
        ("echo 0 passed", {"matches": r"\b[1-9]\d* passed"}, "failed pattern-missing"),
        ("exit 1; echo never", {"contains": "never"}, "failed wrong-status"),
    ],
)
async def test_status_and_output_are_judged(
    tmp_path: Path, text: str, fields: Mapping[str, Any], expected: str
) -> None:
    outcome = await shell(tmp_path, text, **fields)
    assert code(outcome) == expected
    if expected.startswith("failed"):
        assert Verdict.FAILED in {each.verdict for each in outcome.evidence}


@pytest.mark.parametrize(
    ("content", "mode", "expected"),
    [
        (None, 0, "errored not-found"),
        ("#!/bin/sh\n", 0o644, "errored not-executable"),
        ("not a program", 0o755, "errored not-executable"),
        ("#!/no/such/interpreter\n", 0o755, "errored interpreter-missing"),
        ("#!/bin/sh\nexit 0\n", 0o755, "passed succeeded"),
    ],
)
async def test_why_a_command_does_not_start_is_told_apart(
    tmp_path: Path, content: str | None, mode: int, expected: str
) -> None:
    if content is not None:
        script(tmp_path, content, mode)
    outcome = await observe("command", {"run": ["./it.sh"]}, seen_from(tmp_path))
    assert code(outcome) == expected
    assert "it.sh" in words(outcome.reason)


@pytest.mark.parametrize(
    ("content", "mode", "expected"),
    [
        ("#!/bin/sh\n", 0o644, "./it.sh cannot be executed: it is not marked as a program that you may run"),
        (
            "not a program",
            0o755,
            "./it.sh cannot be executed: it is no program, and its first line names no interpreter",
        ),
    ],
)
async def test_why_a_program_cannot_be_executed_is_said_in_our_own_words(
    tmp_path: Path, content: str, mode: int, expected: str
) -> None:
    script(tmp_path, content, mode)
    outcome = await observe("command", {"run": ["./it.sh"]}, seen_from(tmp_path))
    assert words(outcome.reason) == expected


async def test_what_the_shell_cannot_execute_is_told_apart(tmp_path: Path) -> None:
    script(tmp_path, "#!/bin/sh\n", 0o644)
    assert code(await shell(tmp_path, "./it.sh")) == "errored not-executable"


async def test_the_environment_is_what_is_named_and_no_more(tmp_path: Path) -> None:
    fields: dict[str, Any] = {"environment": ["CI", "DEPLOY_TOKEN"], "variables": ["URL", "CLIENT_SECRET"]}
    assert environment_of(await shell(tmp_path, "env")) == {"PATH", "LANG"}
    outcome = await shell(tmp_path, "env", **fields)
    assert environment_of(outcome) == {"PATH", "LANG", "CI", "DEPLOY_TOKEN", "URL", "CLIENT_SECRET"}
    assert seen_of(outcome, "passed-on") == [("CI", "CLIENT_SECRET", "DEPLOY_TOKEN", "LANG", "PATH", "URL")]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"environment": ["CI", "NOT_SET"]}, "errored environment-not-set"),
        ({"variables": ["URL", "NOT_SET"]}, "errored variables-not-set"),
        ({"variables": ["URL"], "of": "staging"}, "errored variables-not-set"),
        ({"directory": "no/such"}, "errored directory-unusable"),
    ],
)
async def test_what_is_named_and_not_there_is_said(
    tmp_path: Path, fields: Mapping[str, Any], expected: str
) -> None:
    assert code(await shell(tmp_path, "env", **fields)) == expected


async def test_variables_may_be_those_of_another_environment(tmp_path: Path) -> None:
    staging = VariableValues(source=".env.staging", values={"URL": "https://staging.example"})
    seen = seen_from(tmp_path, variables={"staging": staging})
    outcome = await shell(tmp_path, "echo $URL", seen, variables=["URL"], of="staging")
    assert last_lines(outcome) == ["https://staging.example"]


async def test_secrets_that_are_passed_on_are_never_shown(tmp_path: Path) -> None:
    shop = environment(variables=Variables((), (VariableRule("CLIENT_SECRET", secret=True),)))
    surroundings = Surroundings(
        root=tmp_path,
        environment=shop,
        environments={shop.name: shop},
        process_environment=PROCESS,
    )
    (tmp_path / "print.py").write_text(
        "import os\nsecret = os.environ['DEPLOY_TOKEN']\nprint(secret, secret[::1])\n"
        "print('x' * 200_000)\nprint('half', secret[:10] + '\\x1b[31m' + secret[10:])\n"
    )
    fields = {"run": [sys.executable, "print.py"], "environment": ["DEPLOY_TOKEN"]}
    (asked,) = asked_for(fields, surroundings)
    assert asked.lasting
    unasked = await try_check("command", fields, surroundings)
    assert unasked.reason.code == "command-not-agreed-to"
    outcome = await try_check("command", fields, replace(surroundings, consents={asked.id}))
    assert code(outcome) == "passed succeeded"
    assert SECRET not in repr(outcome)
    assert "tok-01" not in repr(outcome)
    assert seen_of(outcome, "last-lines")


async def test_a_command_runs_in_its_directory(tmp_path: Path) -> None:
    (tmp_path / "sub dir").mkdir()
    outcome = await shell(tmp_path, "pwd", directory="sub dir")
    assert last_lines(outcome) == [str((tmp_path / "sub dir").resolve())]
    assert seen_of(outcome, "by-hand") == ["(cd 'sub dir' && pwd)"]


async def test_a_directory_that_leads_out_of_the_tree_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "out").symlink_to(tmp_path)
    assert code(await shell(tmp_path / "tree", "pwd", directory="out")) == "errored directory-unusable"


async def test_a_command_that_does_not_end_is_stopped_and_its_last_lines_are_shown(tmp_path: Path) -> None:
    seen = seen_from(tmp_path, within=2.0)
    outcome = await shell(tmp_path, "echo waiting for godot; sleep 300 & echo $! > pid; wait", seen)
    assert code(outcome) == "errored stopped"
    assert last_lines(outcome) == ["waiting for godot"]
    assert await ended(await pids_in(tmp_path / "pid", 1))


async def test_a_run_that_is_cancelled_leaves_nothing_running(tmp_path: Path) -> None:
    running = asyncio.create_task(shell(tmp_path, "sleep 300 & echo $! > pid; wait"))
    pids = await pids_in(tmp_path / "pid", 1)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert await ended(pids)


FLOOD = "print('begin'); print(('x' * 99 + '\\n') * 20_000 + 'middle\\n' + ('y' * 99 + '\\n') * 20_000); print('end')"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "passed succeeded"),
        ({"contains": "middle"}, "passed succeeded"),
        ({"lacks": "middle"}, "failed text-present"),
        ({"matches": "begin"}, "passed succeeded"),
        ({"matches": "^end$|end"}, "passed succeeded"),
        ({"matches": "middle"}, "errored pattern-not-judged"),
    ],
)
async def test_of_a_flood_the_ends_are_kept_and_all_of_it_is_searched(
    tmp_path: Path, fields: Mapping[str, Any], expected: str
) -> None:
    outcome = await python(tmp_path, FLOOD, **fields)
    assert code(outcome) == expected
    assert len(repr(outcome)) < 20_000
    assert seen_of(outcome, "output")[1].endswith("bytes in the middle were not kept")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"lacks": "1 failed"}, "failed text-present"),
        ({"contains": "1 failed"}, "passed succeeded"),
        ({"matches": "[1-9] failed"}, "passed succeeded"),
        ({"matches": "^1"}, "passed succeeded"),
        ({"lacks": "2 failed"}, "passed succeeded"),
    ],
)
async def test_colours_hide_no_text(tmp_path: Path, fields: Mapping[str, Any], expected: str) -> None:
    outcome = await shell(tmp_path, r"printf '\033[31m1\033[0m \033[1mfail\033[0med\n'", **fields)
    assert code(outcome) == expected


async def test_a_pattern_without_end_is_given_up(tmp_path: Path) -> None:
    seen = seen_from(tmp_path, within=4.0)
    outcome = await shell(tmp_path, "printf %05000d", seen, matches="(0+)+b")
    assert code(outcome) == "errored pattern-without-end"


async def test_with_real_data_no_output_is_shown(tmp_path: Path) -> None:
    seen = seen_from(tmp_path)
    seen = replace(seen, environment=replace(seen.environment, data=Data.REAL))
    outcome = await shell(tmp_path, "echo Jeanne Martin; exit 1", seen)
    assert code(outcome) == "failed wrong-status"
    assert not seen_of(outcome, "last-lines")
    assert seen_of(outcome, "output")[0].startswith("withheld, because the data is real: 14 bytes, sha256:")


def writing(*content: str, after: str = "") -> str:
    lines = [f"open('out/{n}.xml', 'w').write('''{each}''')" for n, each in enumerate(content)]
    return "\n".join(["import os, sys", "os.makedirs('out', exist_ok=True)", *lines, after])


@pytest.mark.parametrize(
    ("content", "after", "fields", "expected"),
    [
        ([results("a", "b")], "", {}, "passed tests-passed"),
        ([results("a"), results("b")], "", {}, "passed tests-passed"),
        ([results("a", failing=["b"])], "", {}, "failed tests-failed"),
        ([results("a", failing=["b"])], "sys.exit(1)", {}, "failed tests-failed"),
        ([results("a")], "sys.exit(1)", {}, "failed wrong-status"),
        ([], "", {}, "errored no-results"),
        ([], "sys.exit(1)", {}, "failed wrong-status"),
        ([results()], "", {}, "failed no-tests"),
        ([results(skipped=["a"])], "", {}, "failed no-tests"),
        ([results("a", skipped=["b", "c"])], "", {"skipped": 1}, "failed too-many-skipped"),
        ([results("a", skipped=["b"])], "", {"skipped": 1}, "passed tests-passed"),
        (["<testsuite>"], "", {}, "errored not-junit"),
        ([results("test_webhook_ok")], "", {"must_include": ["webhook"]}, "passed tests-passed"),
        ([results("test_webhook")], "", {"must_include": ["webhook", "erreurs"]}, "failed not-included"),
        ([results("a", skipped=["webhook"])], "", {"must_include": "webhook"}, "failed not-included"),
        ([results("a", attributes='tests="2"')], "", {}, "errored tests-missing"),
        ([results("a", attributes='failures="1"')], "", {}, "failed counted-failures"),
        ([results("a")], "print('WARN')", {"lacks": "WARN"}, "failed text-present"),
    ],
)
async def test_the_results_a_command_writes_are_judged(
    tmp_path: Path, content: list[str], after: str, fields: Mapping[str, Any], expected: str
) -> None:
    outcome = await python(tmp_path, writing(*content, after=after), junit="out/*.xml", **fields)
    assert code(outcome) == expected


async def test_results_of_an_earlier_run_do_not_count(tmp_path: Path) -> None:
    (tmp_path / "out.xml").write_text(results("a"))
    os.utime(tmp_path / "out.xml", (1_700_000_000, 1_700_000_000))
    outcome = await shell(tmp_path, "true", junit="out.xml")
    assert code(outcome) == "failed stale-results"
    assert seen_of(outcome, "written")
    outcome = await shell(tmp_path, "mv out.xml new.xml", junit="new.xml")
    assert code(outcome) == "failed stale-results"
    outcome = await shell(tmp_path, "cp new.xml new2.xml; touch new.xml", junit="new*.xml")
    assert code(outcome) == "passed tests-passed"


async def test_results_written_a_moment_before_the_run_do_not_count(tmp_path: Path) -> None:
    (tmp_path / "out.xml").write_text(results("a"))
    assert code(await shell(tmp_path, "true", junit="out.xml")) == "failed stale-results"


async def test_a_failure_of_an_earlier_run_is_not_told_as_one_of_this(tmp_path: Path) -> None:
    (tmp_path / "out.xml").write_text(results(failing=["a"]))
    assert code(await shell(tmp_path, "true", junit="out.xml")) == "failed stale-results"


AN_HOUR_AGO = datetime.now(UTC) - timedelta(hours=1)


@pytest.fixture
def released(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Repository]:
    """A repository whose only commit was made an hour ago."""
    isolate_git(monkeypatch, tmp_path.parent / f"{tmp_path.name}-home")
    monkeypatch.setenv("GIT_COMMITTER_DATE", AN_HOUR_AGO.isoformat())
    person = make_signer(tmp_path.parent / f"{tmp_path.name}-keys", "Alice", "alice@shop.example")
    make_repository(tmp_path, person=person, signing=False)
    commit_file(tmp_path, "README.md", "# Shop\n")
    with Repository.discover(tmp_path) as found:
        yield found


def stamped(moment: datetime) -> str:
    return results("a", attributes=f'timestamp="{moment.isoformat()}"')


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (results("a"), "passed tests-passed"),
        (stamped(datetime.now(UTC) + timedelta(seconds=30)), "passed tests-passed"),
        (stamped(AN_HOUR_AGO - timedelta(minutes=1)), "failed older-than-release"),
        (stamped(AN_HOUR_AGO + timedelta(minutes=1)), "failed stale-results"),
        (stamped(datetime.now(UTC) + timedelta(days=2)), "errored from-the-future"),
        (results("a", attributes='timestamp="soon"'), "warned timestamp-unreadable"),
        (results("a", attributes='status="aborted"'), "errored states-unknown"),
        (results("a", attributes='failures="two"'), "errored counts-unreadable"),
    ],
)
async def test_results_are_held_to_the_release_and_to_this_run_by_what_they_say(
    tmp_path: Path, released: Repository, content: str, expected: str
) -> None:
    (tmp_path / "kept.xml").write_text(content)
    release = Release("2.4.0", released.commit_of("HEAD"))
    seen = seen_from(tmp_path, repository=released, release=release)
    outcome = await shell(tmp_path, "cp kept.xml out.xml", seen, junit="out.xml")
    assert code(outcome) == expected
    assert seen_of(outcome, "ran-at") or "unknown" in expected or "counts" in expected
    assert seen_of(outcome, "release-commit") or not seen_of(outcome, "ran-at")


@pytest.fixture(params=["UTC", "Europe/Paris", "America/New_York"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("clock", ["utcnow", "now"])
async def test_results_of_this_run_may_be_in_utc_or_in_local_time_without_saying_so(
    tmp_path: Path, released: Repository, zone: str, clock: str
) -> None:
    release = Release("2.4.0", released.commit_of("HEAD"))
    process = PROCESS | {"TZ": zone}
    seen = seen_from(tmp_path, repository=released, release=release, process_environment=process)
    text = f"import datetime as d, sys; open('out.xml', 'w').write(sys.argv[1] % d.datetime.{clock}().isoformat())"
    run = [sys.executable, "-c", text, results("a", attributes='timestamp="%s"')]
    outcome = await observe("command", {"run": run, "junit": "out.xml"}, seen)
    assert code(outcome) == "passed tests-passed"


async def test_a_release_whose_commit_cannot_be_asked_for_is_could_not_tell(tmp_path: Path) -> None:
    (tmp_path / "kept.xml").write_text(results("a"))
    seen = seen_from(tmp_path, release=Release("2.4.0", "a" * 40))
    assert (
        code(await shell(tmp_path, "cp kept.xml out.xml", seen, junit="out.xml")) == "errored no-repository"
    )


async def test_results_for_a_release_without_a_commit_must_be_of_this_run(tmp_path: Path) -> None:
    seen = seen_from(tmp_path, release=Release("2.4.0", None))
    (tmp_path / "kept.xml").write_text(stamped(AN_HOUR_AGO))
    assert code(await shell(tmp_path, "cp kept.xml out.xml", seen, junit="out.xml")) == "failed stale-results"
    (tmp_path / "kept.xml").write_text(stamped(datetime.now(UTC)))
    assert code(await shell(tmp_path, "cp kept.xml out.xml", seen, junit="out.xml")) == "passed tests-passed"


@pytest.mark.parametrize(
    ("fields", "about"),
    [
        ({"run": ["npm test"]}, "run"),
        ({"run": ["npm", "test"], "shell": True}, "run"),
        ({"run": ["make"], "matches": "("}, "matches"),
        ({"run": ["make"], "environment": ["A=b"]}, "environment"),
        ({"run": ["make"], "must_include": ["a"]}, "must_include"),
        ({"run": ["make"], "skipped": 1}, "skipped"),
        ({"run": ["make"], "of": "staging"}, "of"),
    ],
)
def test_fields_that_cannot_stand_together_are_named(fields: Mapping[str, Any], about: str) -> None:
    assert [name for name, _ in registry.kind("command").contradictions(fields)] == [about]


async def test_what_a_reference_brings_is_judged_too(tmp_path: Path) -> None:
    outcome = await observe("command", {"run": ["npm test"]}, seen_from(tmp_path))
    assert code(outcome) == "errored not-usable"


async def test_output_cannot_steer_a_terminal(tmp_path: Path) -> None:
    surroundings = Surroundings(root=tmp_path, process_environment=PROCESS)
    text = r"printf '\033[31mred\033[0m \033]0;title\007ok\r\n\033[2Jx\200\n'"
    fields = {"run": [text], "shell": True}
    consents = {each.id for each in asked_for(fields, surroundings)}
    outcome = await try_check("command", fields, replace(surroundings, consents=consents))
    assert "\x1b" not in str(seen_of(outcome, "last-lines"))
    assert last_lines(outcome) == ["red ok", "x\ufffd"]


def test_a_changed_script_of_the_directory_is_another_command_to_agree_to(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    script(tmp_path / "sub", "#!/bin/sh\nexit 0\n")
    fields = {"run": ["./it.sh"], "directory": "sub"}
    surroundings = Surroundings(root=tmp_path)
    before = asked_for(fields, surroundings)
    assert asked_for(fields, surroundings) == before
    script(tmp_path / "sub", "#!/bin/sh\nrm -rf ~\n")
    assert asked_for(fields, surroundings) != before
