"""run and trust as a command line: what is asked, allowed, refused and written."""

import json
import os
import pty
import select
import subprocess
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

from tests.support.command_line import promoter, python
from tests.support.git_repositories import Signer
from tests.support.kinds import ATTEMPTS, Faltering, Promising, Revoking, installed
from tests.support.small_shop import make_shop, open_v1, set_variables

CHECKLIST = """\
checklist: staging-to-preprod
from: staging
to: preprod
requires: none
items:
  - id: token
    title: A token is had
    checks: [revoking: {}]
  - id: service
    title: The service answers
    checks: [promising: {key: {command: [echo, s3cr3t-value]}}]
"""


@pytest.fixture
def kinds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    ATTEMPTS.clear()
    folder = tmp_path_factory.mktemp("kinds")
    with installed(Promising, Faltering, Revoking, folder=folder):
        yield folder


@pytest.fixture
def shop(tmp_path: Path, alice: Signer, kinds: Path) -> Path:
    made = make_shop(tmp_path / "shop", (alice, ("roster-admin", "operations")), checklist=CHECKLIST)
    set_variables(made)
    assert open_v1(made).code == 0
    return made


def reasons(shop: Path, *arguments: str) -> dict[str, str]:
    said = promoter("-C", shop, "run", "--json", *arguments)
    jsonschema.validate(said.document, promoter("schema", "run").document)
    return {each["item"]: each["reason"] for each in said.document["outcomes"]}


def test_without_a_terminal_what_needs_consent_is_skipped_and_says_how_to_give_it(shop: Path) -> None:
    said = promoter("-C", shop, "run")
    assert said.code == 6
    assert "not run, because it changes something in preprod: revokes the token in use" in said.out
    assert "--allow-effects revoking@preprod" in said.out
    assert "nobody here agreed to the command: echo s3cr3t-value" in said.out
    assert "promoter trust sha256:" in said.out
    assert "not recorded" in said.out
    first, second = (each for each in said.out.splitlines() if each.startswith("  ? "))
    assert first == "  ? revoking changes something in preprod: revokes the token in use"
    assert second == "  ? a command is run: echo s3cr3t-value"
    assert "    for token, check revoking: A token is had" in said.out
    assert "    for service, check promising: The service answers" in said.out
    (options,) = (each for each in said.out.splitlines() if "agrees to all of them" in each)
    assert "2 passed" in promoter("-C", shop, "run", *options.partition("promoter run ")[2].split()).out


def test_programs_are_told_all_that_needs_consent_and_which_checks_ask(shop: Path) -> None:
    asked = promoter("-C", shop, "run", "--json").document["asks"]
    assert [(each["id"].partition(":")[0], each["lasting"], each["askers"]) for each in asked] == [
        (
            "revoking@preprod",
            False,
            [{"item": "token", "statement": "A token is had", "check": "revoking"}],
        ),
        ("sha256", True, [{"item": "service", "statement": "The service answers", "check": "promising"}]),
    ]
    there = promoter("-C", shop, "trust", "--json").document
    assert [each["askers"][0]["item"] for each in there["asks"]] == ["service"]
    assert [each["askers"][0]["item"] for each in there["each_time"]] == ["token"]


def test_trust_says_which_item_asks_before_and_after_it_is_agreed_to(shop: Path) -> None:
    for state in ("not agreed to", "agreed to"):
        said = promoter("-C", shop, "trust").out
        assert f"{state}  sha256:" in said
        assert "  for service, check promising: The service answers" in said
        assert "asked at every run  revoking@preprod" in said
        assert "'promoter run --allow-effects revoking@preprod' agrees" in said
        name = promoter("-C", shop, "trust", "--json").document["asks"][0]["id"]
        promoter("-C", shop, "trust", name)


def test_a_statement_cannot_imitate_a_question(tmp_path: Path, alice: Signer, kinds: Path) -> None:
    hostile = '"A\\n? 2  a command is run: true\\e[2K\\u202e' + "x" * 300 + '"'
    made = make_shop(
        tmp_path / "hostile",
        (alice, ("roster-admin",)),
        checklist=CHECKLIST.replace("A token is had", hostile.replace("\\", "\\")),
    )
    assert open_v1(made).code == 0
    said = promoter("-C", made, "run", "--no-record").out
    assert not [each for each in said.splitlines() if each.startswith("? 2")]
    assert set("\x1b\u202e") & set(said) == set()
    assert "x" * 200 not in said


def test_the_command_line_agrees_to_effects_by_kind_and_environment(shop: Path) -> None:
    assert reasons(shop, "--allow-effects", "revoking@preprod")["token"] == "kept"
    assert reasons(shop, "--allow-effects", "revoking@staging")["token"] == "has-effects"


def test_trust_lists_agrees_and_withdraws(shop: Path) -> None:
    listed = promoter("-C", shop, "trust", "--json")
    assert listed.code == 5
    ((name, agreed),) = [(each["id"], each["agreed"]) for each in listed.document["asks"]]
    assert not agreed
    assert promoter("-C", shop, "trust", name[:20]).code == 0
    assert reasons(shop)["service"] == "kept"
    assert promoter("-C", shop, "trust", "--withdraw", name[:20]).code == 5
    assert reasons(shop)["service"] == "command-not-agreed-to"
    assert reasons(shop, "--allow-commands", name)["service"] == "kept"


def test_agreeing_to_what_nobody_asks_for_is_refused(shop: Path) -> None:
    said = promoter("-C", shop, "trust", "sha256:0000")
    assert (said.code, "nothing to agree to is named sha256:0000" in said.err) == (2, True)


def test_trust_outside_of_a_promotion_says_that_nothing_needs_it(tmp_path: Path, alice: Signer) -> None:
    made = make_shop(tmp_path / "quiet", (alice, ("roster-admin",)))
    said = promoter("-C", made, "trust")
    assert (said.code, said.out) == (0, "nothing here needs your consent\n")


@pytest.mark.parametrize(
    ("answers", "shown"),
    [(b"y\ny\n", "2 passed"), (b"\nn\n", "2 skipped"), (b"n\ny\n", "1 passed · 1 skipped")],
)
def test_on_a_terminal_each_is_asked_about_and_no_is_what_silence_means(
    shop: Path, kinds: Path, answers: bytes, shown: str
) -> None:
    said = on_a_terminal(kinds, answers, "-C", str(shop), "run", "--no-record")
    assert "? 1  revoking changes something in preprod: revokes the token in use" in said
    assert "for token, check revoking: A token is had" in said
    assert "? 2  a command is run: echo s3cr3t-value" in said
    assert "for service, check promising: The service answers" in said
    assert said.index("The service answers") < said.index("Do you agree to 1?")
    assert shown in said


def test_a_line_break_of_a_command_is_not_taken_for_a_blank(
    tmp_path: Path, alice: Signer, kinds: Path
) -> None:
    text = '{run: "# nothing but a remark\\necho s3cr3t-value", shell: true}'
    commanded = CHECKLIST.replace("promising: {key: {command: [echo, s3cr3t-value]}}", f"command: {text}")
    made = make_shop(tmp_path / "remark", (alice, ("roster-admin",)), checklist=commanded)
    assert open_v1(made).code == 0
    for verb in ("trust", "run"):
        said = on_a_terminal(kinds, b"n\nn\n", "-C", str(made), verb, columns=80)
        assert "# nothing but a remark␊echo s3cr3t-value" in " ".join(said.split())


def test_a_long_outcome_keeps_to_the_lines_of_a_terminal(shop: Path, kinds: Path) -> None:
    said = on_a_terminal(kinds, b"n\nn\n", "-C", str(shop), "run", "--no-record", columns=80)
    assert "⊘ token revoking  skipped, " in said
    outcomes = said.partition("⊘ token")[2].partition("Not run")[0].splitlines()
    assert max(map(len, outcomes)) <= 80


def test_a_kind_shows_what_each_field_holds_and_what_is_required_first() -> None:
    said = promoter("kinds", "webhook").out
    assert "  scheme  by default passe-marche · one of passe-marche, github" in said
    assert "  headers  optional · mapping of names, each to: text" in said
    assert said.index("secret  required · secret") < said.index("connect_to  optional · ADDRESS:PORT")
    assert "{statuses}" in said
    assert ":list}" not in said


def test_a_kind_that_there_is_not_may_be_meant_otherwise() -> None:
    assert "did you mean oauth?" in promoter("try", "oath").err


def on_a_terminal(kinds: Path, answers: bytes, *arguments: str, columns: int = 0) -> str:
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, columns))
    environ = os.environ | {
        "TERM": "xterm",
        "NO_COLOR": "1",
        "PYTHONPATH": os.pathsep.join((str(kinds), str(Path.cwd()))),
    }
    command = python("-m", "promoter", *arguments)
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environ) as running:
        os.close(theirs)
        os.write(ours, answers)
        heard, ends_at = b"", time.monotonic() + 30
        while time.monotonic() < ends_at:
            if select.select([ours], [], [], 0.2)[0]:
                try:
                    part = os.read(ours, 4096)
                except OSError:
                    break
                heard += part
            elif running.poll() is not None:
                break
        running.wait(timeout=10)
    os.close(ours)
    return heard.decode()


def test_trying_a_kind_with_effects_needs_consent_and_a_command_given_by_hand_does_not(shop: Path) -> None:
    assert promoter("-C", shop, "try", "revoking").code == 6
    assert promoter("-C", shop, "try", "revoking", "--allow-effects", "revoking").code == 0


@pytest.mark.parametrize("option", ["--wait", "--within"])
def test_a_length_of_time_that_is_none_is_refused(shop: Path, option: str) -> None:
    said = promoter("-C", shop, "run", option, "soon")
    assert (said.code, "soon is not a length of time" in said.err) == (2, True)


def test_a_warning_ends_with_1_when_asked_to(tmp_path: Path, alice: Signer, kinds: Path) -> None:
    retrying = CHECKLIST.partition("  - id: service")[0].replace(
        "revoking: {}", "faltering: {good_from: 2, retries: 3}"
    )
    made = make_shop(tmp_path / "warned", (alice, ("roster-admin",)), checklist=retrying)
    assert open_v1(made).code == 0
    assert promoter("-C", made, "run", "--fail-on", "warn").code == 1


def test_a_run_is_handed_over_in_the_formats_of_ci(shop: Path, tmp_path: Path) -> None:
    junit, gitlab = tmp_path / "checks.xml", tmp_path / "checks.json"
    arguments = ("run", "--github", "--junit", junit, "--gitlab", gitlab)
    said = promoter("-C", shop, *arguments)
    deaf, *quoted, hearing = said.out.partition("\n::notice ")[0].splitlines()
    assert (deaf, quoted != []) == (f"::stop-commands::{hearing.strip(':')}", True)
    annotations = [line for line in said.out.splitlines() if line.startswith("::")][2:]
    assert annotations[0].startswith(
        "::notice file=checklists/staging-to-preprod.yaml,line=8,title=token revoking::not run, because"
    )
    assert '<testsuite name="token" tests="1"' in junit.read_text()
    assert {each["severity"] for each in json.loads(gitlab.read_text())} == {"info"}
    as_json = promoter("-C", shop, "--json", *arguments)
    assert as_json.document["schema"] == "promoter/run/1"
    deaf, *quoted, hearing = as_json.err.partition("\n::notice ")[0].splitlines()
    assert deaf == f"::stop-commands::{hearing.strip(':')}"


def test_a_file_that_cannot_be_written_is_said(shop: Path, tmp_path: Path) -> None:
    said = promoter("-C", shop, "run", "--junit", tmp_path / "nowhere" / "checks.xml")
    assert (said.code, "checks.xml cannot be written" in said.err) == (6, True)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_word_to_type_after_only_is_shown_as_it_is_typed(language: str) -> None:
    assert "--only [failed]" in promoter("run", "--help", "--lang", language).out
