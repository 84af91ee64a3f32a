"""What the engine asks a person before anything happens."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest

from promoter.model.checklist import CheckSpec
from promoter.model.outcome import Verdict
from promoter.model.reference import CommandOutput, ProcessVariable, Value
from promoter.place import Place
from promoter.redaction import Secret
from promoter.run import Planned, Surroundings, asks, try_check
from tests.support.kinds import Promising, installed

SECRET = "correct-horse-battery-staple"


@pytest.fixture(autouse=True)
def _kinds(tmp_path_factory: pytest.TempPathFactory) -> object:
    with installed(Promising, folder=tmp_path_factory.mktemp("kinds")):
        yield


def plan(**fields: Value) -> tuple[Planned, ...]:
    return (Planned("item", "sha256:0", CheckSpec("promising", "promising", fields, Place("c.yaml"))),)


def surroundings(root: Path, **more: object) -> Surroundings:
    return Surroundings(root=root, process_environment={"KEY": SECRET, "PATH": "/usr/bin:/bin"}, **more)  # type: ignore[arg-type]


def asked(root: Path, fields: Mapping[str, Value], known_hosts: frozenset[str] | None = None) -> list[str]:
    return [each.id for each in asks(plan(**fields), surroundings(root, known_hosts=known_hosts))]


def test_a_command_that_prints_a_secret_runs_only_once_it_is_agreed_to(tmp_path: Path) -> None:
    fields = {"key": CommandOutput(("sh", "-c", "echo ran >> log; echo value"))}
    (digest,) = asked(tmp_path, fields)
    refused = asyncio.run(try_check("promising", fields, surroundings(tmp_path)))
    assert (refused.verdict, refused.reason.code) == (Verdict.SKIPPED, "command-not-agreed-to")
    assert refused.reason.parameters["consent"] == digest
    assert not (tmp_path / "log").exists()
    agreed = asyncio.run(try_check("promising", fields, surroundings(tmp_path, consents={digest})))
    assert agreed.verdict is Verdict.PASSED
    assert (tmp_path / "log").read_text() == "ran\n"


def test_another_command_or_a_changed_script_is_asked_about_anew(tmp_path: Path) -> None:
    script = tmp_path / "print.sh"
    script.write_text("echo one")
    first = asked(tmp_path, {"key": CommandOutput(("sh", "print.sh"))})
    assert first == asked(tmp_path, {"key": CommandOutput(("sh", "print.sh"))})
    assert first != asked(tmp_path, {"key": CommandOutput(("sh", "print.sh", "-x"))})
    script.write_text("echo two")
    assert first != asked(tmp_path, {"key": CommandOutput(("sh", "print.sh"))})


@pytest.mark.parametrize("command", [("false",), ("no-such-program-here",), ("true",), ("printf", "\\377")])
def test_a_command_that_prints_no_value_is_could_not_tell(command: tuple[str, ...], tmp_path: Path) -> None:
    fields = {"key": CommandOutput(command)}
    consents = set(asked(tmp_path, fields))
    outcome = asyncio.run(try_check("promising", fields, surroundings(tmp_path, consents=consents)))
    assert (outcome.verdict, outcome.reason.code) == (Verdict.ERRORED, "command-gave-nothing")


def test_a_secret_goes_to_a_host_that_the_work_tree_does_not_name_only_with_consent(tmp_path: Path) -> None:
    fields = {"url": "https://evil.example/x", "key": ProcessVariable("KEY")}
    known = frozenset({"good.example"})
    (digest,) = asked(tmp_path, fields, known)
    assert asked(tmp_path, {**fields, "url": "https://good.example/x"}, known) == []
    assert asked(tmp_path, {"url": "https://evil.example/x"}, known) == []
    assert asked(tmp_path, fields) == []
    refused = asyncio.run(try_check("promising", fields, surroundings(tmp_path, known_hosts=known)))
    assert refused.reason.code == "secrets-not-agreed-to"
    assert refused.reason.parameters["names"] == ("KEY",)
    assert refused.reason.parameters["hosts"] == ("evil.example",)
    there = surroundings(tmp_path, known_hosts=known, consents={digest})
    assert asyncio.run(try_check("promising", fields, there)).verdict is Verdict.PASSED


def test_a_detour_to_a_known_host_is_asked_about(tmp_path: Path) -> None:
    fields = {"url": "https://good.example/", "key": ProcessVariable("KEY"), "connect_to": "127.0.0.1:1"}
    assert len(asked(tmp_path, fields, frozenset({"good.example"}))) == 1


def test_a_secret_knows_what_it_is_called(tmp_path: Path) -> None:
    assert Secret("x", "KEY").name == "KEY"
