"""What the engine asks a person before anything happens."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from promoter.model.checklist import CheckSpec
from promoter.model.consent import Ask
from promoter.model.environment import (
    DotenvSource,
    Environment,
    Network,
    ProcessSource,
    VariableRule,
    Variables,
)
from promoter.model.outcome import Verdict
from promoter.model.reference import CommandOutput, Fact, FileContent, ProcessVariable, Value, Variable
from promoter.place import Place
from promoter.redaction import Secret
from promoter.run import Planned, Surroundings, Vouched, asks, try_check
from tests.support.checks import environment
from tests.support.kinds import Executing, Promising, installed

SECRET = "correct-horse-battery-staple"


@pytest.fixture(autouse=True)
def _kinds(tmp_path_factory: pytest.TempPathFactory) -> object:
    with installed(Promising, Executing, folder=tmp_path_factory.mktemp("kinds")):
        yield


def plan(**fields: Value) -> tuple[Planned, ...]:
    return (Planned("item", "sha256:0", CheckSpec("promising", "promising", fields, Place("c.yaml"))),)


def surroundings(root: Path, **more: Any) -> Surroundings:
    return Surroundings(root=root, process_environment={"KEY": SECRET, "PATH": "/usr/bin:/bin"}, **more)


def asked(root: Path, fields: Mapping[str, Value], vouched: Vouched | None = None, **more: Any) -> list[str]:
    return [each.id for each in asks(plan(**fields), surroundings(root, vouched=vouched, **more))]


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


GOOD = Vouched(frozenset({"https://good.example:443"}), frozenset({("preprod", "OPEN")}))
RULES = (VariableRule("TOKEN", secret=True), VariableRule("OPEN"), VariableRule("UNSAID"))


def preprod(root: Path, **more: Any) -> Environment:
    (root / ".env").write_text(f"TOKEN={SECRET}\nOPEN=plain-value\nUNSAID=another-value\n")
    return replace(
        environment(variables=Variables(sources=(DotenvSource(".env"),), rules=RULES)), name="preprod", **more
    )


def test_a_secret_of_the_environment_goes_without_asking_only_where_the_work_tree_says(
    tmp_path: Path,
) -> None:
    there: dict[str, Any] = {"environment": preprod(tmp_path)}
    fields = {"url": "https://evil.example/x", "key": Variable("TOKEN")}
    (digest,) = asked(tmp_path, fields, GOOD, **there)
    assert asked(tmp_path, {**fields, "url": "https://good.example/x"}, GOOD, **there) == []
    assert asked(tmp_path, {"url": "https://evil.example/x"}, GOOD, **there) == []
    assert asked(tmp_path, fields, **there) == []
    refused = asyncio.run(try_check("promising", fields, surroundings(tmp_path, vouched=GOOD, **there)))
    assert refused.reason.code == "secrets-not-agreed-to"
    assert refused.reason.parameters["names"] == ("TOKEN",)
    assert refused.reason.parameters["hosts"] == ("https://evil.example:443",)
    agreed = surroundings(tmp_path, vouched=GOOD, consents={digest}, **there)
    assert asyncio.run(try_check("promising", fields, agreed)).verdict is Verdict.PASSED


@pytest.mark.parametrize(
    "url", ["http://good.example/", "https://good.example:8443/", "https://good.example.evil.example/"]
)
def test_another_port_and_plain_http_are_other_places(url: str, tmp_path: Path) -> None:
    fields = {"url": url, "key": Variable("TOKEN")}
    assert len(asked(tmp_path, fields, GOOD, environment=preprod(tmp_path))) == 1


@pytest.mark.parametrize("key", [ProcessVariable("KEY"), FileContent(".env")])
def test_what_belongs_to_no_environment_is_asked_about_wherever_it_goes(key: Value, tmp_path: Path) -> None:
    fields = {"url": "https://good.example/", "key": key}
    assert len(asked(tmp_path, fields, GOOD, environment=preprod(tmp_path))) == 1


def test_a_detour_to_a_known_place_is_asked_about(tmp_path: Path) -> None:
    fields = {"url": "https://good.example/", "key": Variable("TOKEN"), "connect_to": "127.0.0.1:1"}
    assert len(asked(tmp_path, fields, GOOD, environment=preprod(tmp_path))) == 1


def test_consent_to_a_place_is_bound_to_the_way_there_and_to_where_the_secret_is_from(tmp_path: Path) -> None:
    fields = {"url": "https://evil.example/x", "key": Variable("TOKEN")}
    first = asked(tmp_path, fields, GOOD, environment=preprod(tmp_path))
    detour = preprod(tmp_path, network=Network({"evil.example:443": "127.0.0.1:1"}))
    other = replace(preprod(tmp_path).variables, sources=(DotenvSource(".env"), ProcessSource("AWS_")))
    assert first != asked(tmp_path, fields, GOOD, environment=detour)
    assert first != asked(tmp_path, fields, GOOD, environment=preprod(tmp_path, variables=other))


def test_a_variable_that_only_the_pinned_pipeline_calls_open_is_a_secret(tmp_path: Path) -> None:
    there = surroundings(tmp_path, vouched=GOOD, environment=preprod(tmp_path))
    said = {
        name: asyncio.run(try_check("promising", {"note": Variable(name)}, there)).reason.code
        for name in ("OPEN", "UNSAID", "TOKEN")
    }
    assert said == {"OPEN": "promising.kept", "UNSAID": "secret-in-the-open", "TOKEN": "secret-in-the-open"}


def test_consent_to_a_command_is_bound_to_what_its_references_stand_for(tmp_path: Path) -> None:
    def ask(app: str) -> Ask:
        there = replace(environment(urls={"app": app}), name="preprod")
        fields = {"run": ["echo", Fact("urls.app")]}
        planned = (Planned("item", "", CheckSpec("executing", "executing", fields, Place(""))),)
        (only,) = asks(planned, surroundings(tmp_path, environment=there))
        return only

    first = ask("https://a.example")
    assert first.about.parameters["command"] == "echo https://a.example"
    assert first.id == ask("https://a.example").id != ask("https://b.example").id


def test_a_command_is_shown_with_all_that_it_is_given(tmp_path: Path) -> None:
    fields = {
        "run": ["a b", "c"],
        "directory": "my scripts",
        "environment": ["AWS_KEY"],
        "variables": "TOKEN",
        "shell": True,
    }
    planned = (Planned("item", "", CheckSpec("executing", "executing", fields, Place(""))),)
    (only,) = asks(planned, surroundings(tmp_path))
    assert only.about.parameters["command"] == "cd 'my scripts' && AWS_KEY=… TOKEN=… sh -c 'a b' c"


@pytest.mark.parametrize(
    "command",
    [
        "cd scripts && ./smoke.sh",
        "'./scripts/smoke.sh'",
        "sh scripts/smoke.sh;true",
        "sh -c 'exec scripts/smoke.sh;'",
        "env --chdir=scripts ./smoke.sh",
    ],
)
def test_a_script_is_found_however_the_shell_is_led_to_it(command: str, tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    script = tmp_path / "scripts" / "smoke.sh"
    script.write_text("echo one")
    fields = {"key": CommandOutput(("sh", "-c", command))}
    first = asked(tmp_path, fields)
    script.write_text("echo two")
    assert first != asked(tmp_path, fields)


def test_a_secret_knows_what_it_is_called(tmp_path: Path) -> None:
    assert Secret("x", "KEY").name == "KEY"
