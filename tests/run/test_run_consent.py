"""What the engine asks a person before anything happens."""

import asyncio
import os
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from promoter.checks import rulings
from promoter.messages import Language
from promoter.model.checklist import CheckSpec
from promoter.model.consent import Ask, Asker
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
from promoter.model.text import plain
from promoter.place import Place
from promoter.redaction import Secret
from promoter.run import Planned, Surroundings, Vouched, asks, run_checks, try_check
from promoter.usecases.language import phrasebook
from promoter.usecases.news import observed_anything
from tests.support.checks import environment
from tests.support.kinds import Executing, Promising, installed

ENGLISH = Language("en", phrasebook=phrasebook)
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


def test_a_command_that_prints_a_secret_ends_with_the_run_and_all_it_started(tmp_path: Path) -> None:
    fields = {"key": CommandOutput(("sh", "-c", "sleep 600 & echo $! > child; sleep 600"))}
    (digest,) = asked(tmp_path, fields)
    started = time.monotonic()
    around = surroundings(tmp_path, consents={digest})
    (done,) = asyncio.run(run_checks(plan(**fields), around, lambda event: None, within=1.0))
    assert (done.outcome.verdict, done.outcome.reason.code) == (Verdict.ERRORED, "command-gave-nothing")
    assert time.monotonic() - started < 20
    child = int((tmp_path / "child").read_text())
    while psutil.pid_exists(child) and psutil.Process(child).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() - started < 40
        time.sleep(0.05)


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


@pytest.mark.parametrize(
    "word",
    [
        "tests/test_a.py::test_x",
        "tests/test_a.py:12",
        "@tests/test_a.py",
        "-ftests/test_a.py",
        "tests/test_a.py[one]",
        "tests.test_a",
        "python3 -m tests.test_a",
        "for each in ./tests/*.py; do python3 $each; done",
        "cd tests; for each in *_?.py; do python3 $each; done",
    ],
)
def test_a_file_is_found_however_a_test_runner_has_it_named(word: str, tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    script = tmp_path / "tests" / "test_a.py"
    script.write_text("assert True")
    fields = {"key": CommandOutput(("pytest", word))}
    first = asked(tmp_path, fields)
    script.write_text("assert False")
    assert first != asked(tmp_path, fields)


def test_a_secret_knows_what_it_is_called(tmp_path: Path) -> None:
    assert Secret("x", "KEY").name == "KEY"


@pytest.mark.parametrize("spoil", ["too large", "a circle", "a pipe"])
def test_a_script_whose_content_cannot_be_had_is_agreed_to_for_one_run_only(
    spoil: str, tmp_path: Path
) -> None:
    script = tmp_path / "smoke"
    if spoil == "too large":
        with script.open("wb") as large:
            large.truncate(32 * 1024 * 1024 + 1)
    elif spoil == "a circle":
        script.symlink_to("smoke")
    else:
        os.mkfifo(script)
    fields = {"key": CommandOutput(("sh", "smoke"))}
    (ask,) = asks(plan(**fields), surroundings(tmp_path))
    assert (ask.lasting, ask.about.code) == (False, "ask-command-each-time")
    assert "smoke" in ENGLISH.say(ask.about)
    refused = asyncio.run(try_check("promising", fields, surroundings(tmp_path)))
    assert (refused.verdict, refused.reason.code) == (Verdict.SKIPPED, "command-not-bound")
    assert not observed_anything(refused)


def test_a_script_too_large_to_read_that_changes_is_asked_about_anew(tmp_path: Path) -> None:
    script = tmp_path / "smoke"
    with script.open("wb") as large:
        large.truncate(32 * 1024 * 1024 + 1)
    fields = {"key": CommandOutput(("sh", "smoke"))}
    first = asked(tmp_path, fields)
    assert first == asked(tmp_path, fields)
    os.utime(script, ns=(1, 1))
    assert first != asked(tmp_path, fields)


def test_a_script_of_many_megabytes_is_bound_like_any_other(tmp_path: Path) -> None:
    script = tmp_path / "smoke"
    script.write_bytes(b"\0" * (5 * 1024 * 1024))
    fields = {"key": CommandOutput(("sh", "smoke"))}
    (first,) = asks(plan(**fields), surroundings(tmp_path))
    assert first.lasting
    script.write_bytes(b"\1" * (5 * 1024 * 1024))
    assert [first.id] != asked(tmp_path, fields)


def test_a_link_out_of_the_work_tree_that_leads_elsewhere_is_another_script(tmp_path: Path) -> None:
    root = tmp_path / "tree"
    root.mkdir()
    (root / "smoke").symlink_to("../one")
    fields = {"key": CommandOutput(("sh", "smoke"))}
    first = asked(root, fields)
    (root / "smoke").unlink()
    (root / "smoke").symlink_to("../two")
    assert first != asked(root, fields)


@pytest.mark.parametrize("text", ["x" * 300, "a\0b", " ".join(f"w{each}" for each in range(20_001))])
def test_words_that_are_no_files_break_nothing(text: str, tmp_path: Path) -> None:
    assert len(asked(tmp_path, {"key": CommandOutput(("sh", "-c", text))})) == 1


def test_more_names_than_can_be_looked_up_are_agreed_to_for_one_run_only(tmp_path: Path) -> None:
    words = " ".join(["./" * each for each in range(1, 200)] + [f"w{each}" for each in range(200)])
    (ask,) = asks(plan(key=CommandOutput(("sh", "-c", words))), surroundings(tmp_path))
    assert (ask.lasting, ask.about.code) == (False, "ask-command-each-time")


@pytest.mark.parametrize(
    ("fields", "network", "said"),
    [
        (
            {"url": "https://good.example/", "connect_to": "127.0.0.1:1"},
            {},
            "TOKEN would be sent to https://good.example:443; what is for https://good.example:443 is handed to 127.0.0.1:1 instead",
        ),
        (
            {"url": "https://evil.example/"},
            {"evil.example:443": "10.0.0.1:2"},
            "TOKEN would be sent to https://evil.example:443; this work tree's own pipeline does not vouch for https://evil.example:443, what is for https://evil.example:443 is handed to 10.0.0.1:2 instead",
        ),
        (
            {"url": "http://good.example/"},
            {},
            "TOKEN would be sent to http://good.example:80; this work tree's own pipeline does not vouch for http://good.example:80, nothing is encrypted on the way to http://good.example:80: whoever is on it can read them",
        ),
        (
            {"url": "https://good.example:8443/"},
            {},
            "TOKEN would be sent to https://good.example:8443, for which this work tree's own pipeline does not vouch",
        ),
    ],
)
def test_what_travels_where_and_by_which_way_is_said(
    fields: dict[str, Value], network: dict[str, str], said: str, tmp_path: Path
) -> None:
    there = preprod(tmp_path, network=Network(network))
    (ask,) = asks(
        plan(**fields, key=Variable("TOKEN")), surroundings(tmp_path, vouched=GOOD, environment=there)
    )
    assert ENGLISH.say(ask.about) == said


def test_a_secret_of_no_environment_is_said_to_be_one(tmp_path: Path) -> None:
    fields: dict[str, Value] = {"url": "https://good.example/", "key": ProcessVariable("KEY")}
    (ask,) = asks(plan(**fields), surroundings(tmp_path, vouched=GOOD, environment=preprod(tmp_path)))
    assert ENGLISH.say(ask.about) == (
        "KEY, of no environment of the pipeline, would be sent to https://good.example:443"
    )


def test_what_a_command_prints_is_said_to_be_sent_and_not_the_command(tmp_path: Path) -> None:
    fields: dict[str, Value] = {"url": "https://good.example/", "key": CommandOutput(("sleep", "2 5"))}
    there = surroundings(tmp_path, vouched=GOOD, environment=preprod(tmp_path))
    (sent,) = [
        each.about for each in asks(plan(**fields), there) if each.about.code == "ask-secrets-of-nobody"
    ]
    assert ENGLISH.say(sent) == (
        "what sleep '2 5' prints, of no environment of the pipeline, would be sent to https://good.example:443"
    )


def test_a_secret_that_is_no_url_is_not_shown_as_a_place(tmp_path: Path) -> None:
    fields = {"url": Variable("TOKEN"), "key": Variable("TOKEN")}
    there = surroundings(tmp_path, vouched=GOOD, environment=preprod(tmp_path))
    assert not [each for each in asks(plan(**fields), there) if SECRET in repr(each)]


def test_a_check_that_asks_twice_says_both_at_once_and_how_to_agree_to_both(tmp_path: Path) -> None:
    fields: dict[str, Value] = {
        "url": "https://evil.example/",
        "key": CommandOutput(("echo", "x")),
        "note": "n",
    }
    there = surroundings(tmp_path, vouched=GOOD, environment=preprod(tmp_path))
    both = asks(plan(**fields), there)
    assert [each.about.code for each in both] == ["ask-command", "ask-secrets"]
    refused = asyncio.run(try_check("promising", fields, there))
    assert (refused.verdict, refused.reason.code) == (Verdict.SKIPPED, "several-not-agreed-to")
    words = ENGLISH.say(refused.reason)
    assert "a command is run: echo x" in words
    assert "would be sent to https://evil.example:443" in words
    remedy = rulings.remedy(refused.reason)
    assert remedy is not None
    assert [f"--allow-commands {each.id}" in ENGLISH.say(remedy) for each in both] == [True, True]
    assert not observed_anything(refused)


def test_an_ask_names_every_check_that_asks_with_its_item_and_statement(tmp_path: Path) -> None:
    fields = {"key": CommandOutput(("echo", "x"))}
    spec = CheckSpec("printed", "promising", fields, Place("c.yaml"))
    both = [Planned(name, "", spec, plain(f"Statement of {name}")) for name in ("one", "two")]
    (ask,) = asks([*both, both[0]], surroundings(tmp_path))
    assert ask.askers == tuple(Asker(each.item, each.statement, "printed") for each in both)
