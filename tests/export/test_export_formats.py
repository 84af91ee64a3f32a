"""JUnit, GitHub and GitLab: read back by their readers' rules, whatever the outcomes say."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

import pytest
import xmlschema
from hypothesis import given
from hypothesis import strategies as st

from promoter.export.finding import Finding, findings
from promoter.export.github import github
from promoter.export.gitlab import gitlab
from promoter.export.junit import junit
from promoter.messages import Language, message
from promoter.model.outcome import CheckOutcome, Evidence, Outcome, Verdict
from promoter.place import Place
from promoter.usecases.language import phrasebook

SCHEMA = xmlschema.XMLSchema(str(Path(__file__).parent / "junit.xsd"))
ENGLISH = Language("en", phrasebook=phrasebook)
FRENCH = Language("fr", phrasebook=phrasebook)
PLACES = {("webhook", "https"): Place("checklists/a.yaml", 12, 7)}


def outcome(item: str, check: str, verdict: Verdict, detail: str = "refused") -> CheckOutcome:
    codes = {
        Verdict.PASSED: message("https.answers", status=200, took=0.1),
        Verdict.WARNED: message("passed-after-retries", count=1, summary=detail),
        Verdict.FAILED: message("https.wrong-status", status=500, expected=detail),
        Verdict.ERRORED: message("crashed", error=detail),
        Verdict.SKIPPED: message("needs-not-met", needs=("credentials",)),
    }
    evidence = (Evidence(message("https.status"), 200, detail, verdict),)
    said = Outcome(verdict, codes[verdict], evidence, 0.25)
    return CheckOutcome(item, "sha256:0", check, "https", "2026-11-22T09:30:00Z", said)


ONE_OF_EACH = [
    outcome("webhook", "https", Verdict.FAILED),
    *(outcome("other", str(each), each) for each in Verdict),
]


def found(outcomes: Sequence[CheckOutcome], language: Language = ENGLISH) -> list[Finding]:
    return list(findings(outcomes, PLACES, language))


def test_junit_is_what_the_schema_admits_and_counts_what_there_is() -> None:
    document = junit(found(ONE_OF_EACH), "promoter")
    SCHEMA.validate(document)
    suites = ElementTree.fromstring(document).findall("testsuite")
    counts = [
        {name: each.get(name) for name in ("name", "tests", "failures", "errors", "skipped")}
        for each in suites
    ]
    assert counts == [
        {"name": "webhook", "tests": "1", "failures": "1", "errors": "0", "skipped": "0"},
        {"name": "other", "tests": "5", "failures": "1", "errors": "1", "skipped": "1"},
    ]


def test_junit_says_what_is_wrong_and_what_to_do() -> None:
    failure = ElementTree.fromstring(junit(found(ONE_OF_EACH[:1]), "promoter")).find(".//failure")
    assert failure is not None
    assert failure.get("message") == "answered 500, expected refused"
    assert failure.get("type") == "https.wrong-status"
    assert "status · observed refused · expected 200" in (failure.text or "")
    assert "remedy: Find out why the server answers 500" in (failure.text or "")


def test_a_warning_passes_in_junit_and_says_so_in_its_output() -> None:
    case = ElementTree.fromstring(junit(found([outcome("a", "b", Verdict.WARNED)]), "promoter")).find(
        ".//testcase"
    )
    assert case is not None
    assert [each.tag for each in case] == ["system-out"]


def test_github_annotates_the_line_of_the_checklist() -> None:
    first = github(found(ONE_OF_EACH)).splitlines()[0]
    assert first.startswith(
        "::error file=checklists/a.yaml,line=12,title=webhook https::answered 500, expected refused%0Astatus"
    )


def test_github_is_told_nothing_of_what_passed() -> None:
    lines = github(found(ONE_OF_EACH)).splitlines()
    assert [line.split(" ")[0] for line in lines] == [
        "::error",
        "::warning",
        "::error",
        "::error",
        "::notice",
    ]


def test_gitlab_issues_keep_their_fingerprints_from_run_to_run() -> None:
    once = json.loads(gitlab(found(ONE_OF_EACH)))
    again = json.loads(gitlab(found([outcome("webhook", "https", Verdict.FAILED, "timed out")])))
    assert once[0]["fingerprint"] == again[0]["fingerprint"]
    assert len({each["fingerprint"] for each in once}) == len(once) == 5
    assert [each["severity"] for each in once] == ["blocker", "minor", "blocker", "critical", "info"]
    assert once[0]["location"] == {"path": "checklists/a.yaml", "lines": {"begin": 12}}


def test_the_words_are_the_readers() -> None:
    document = junit(found(ONE_OF_EACH[:1], FRENCH), "promoter")
    assert "constaté refused" in document
    assert "attendu 200" in document


HOSTILE = st.text(max_size=60) | st.sampled_from(
    [
        "\n::error::injected",
        "\r\n::set-output name=x::y",
        "%0A::error::x",
        "]]>",
        "<a/>",
        "&amp;",
        "\x1b[31m",
        "\ud800",
        "\x00",
    ]
)


@given(st.lists(st.tuples(HOSTILE, HOSTILE, st.sampled_from(list(Verdict)), HOSTILE), min_size=1, max_size=4))
def test_whatever_outcomes_say_every_format_stays_itself(rows: list[tuple[str, str, Verdict, str]]) -> None:
    told = found([outcome(item, check, verdict, detail) for item, check, verdict, detail in rows])
    document = junit(told, "promoter").encode("utf-8")
    SCHEMA.validate(document.decode("utf-8"))
    assert len(ElementTree.fromstring(document).findall(".//testcase")) == len(rows)
    annotated = [row for row in rows if row[2] is not Verdict.PASSED]
    lines = github(told).split("\n")
    assert len(lines) == len(annotated) + 1
    assert all(re.match(r"::(error|warning|notice) ", line) for line in lines[:-1])
    assert not any(char in line for line in lines for char in "\r\x1b\x00")
    assert len(json.loads(gitlab(told))) == len(annotated)


@pytest.mark.parametrize(
    "path", ["a\n::error::x", "a,line=9::x", "\x1b]0;owned\x07", "\u202ea", "%0A::error::x"]
)
def test_a_hostile_path_stays_a_path(path: str) -> None:
    told = list(findings(ONE_OF_EACH[:1], {("webhook", "https"): Place(path, 1, 1)}, ENGLISH))
    (line, rest) = github(told).split("\n")
    assert rest == ""
    assert line.startswith("::error file=")
    assert line.partition(" ")[2].partition("::")[0].count(",") == 2
    assert line.count("::") == 2
    assert not set("\x1b\x07\u202e") & set(line + json.loads(gitlab(told))[0]["location"]["path"])


def test_texts_of_a_hundred_kilobytes_stay_in_their_places() -> None:
    text = "]]>::error::\n<x>\u202e" * 6_000
    told = found([outcome(text, text, each, text) for each in Verdict])
    document = junit(told, "promoter")
    SCHEMA.validate(document)
    assert len(ElementTree.fromstring(document).findall(".//testcase")) == len(Verdict)
    assert github(told).count("\n") == len(Verdict) - 1
    assert len(json.loads(gitlab(told))) == len(Verdict) - 1


def test_a_check_that_imitates_another_is_another_issue() -> None:
    alike = [outcome("a", "b c", Verdict.FAILED), outcome("a b", "c", Verdict.FAILED)]
    told = json.loads(gitlab(found(alike)))
    assert len({each["fingerprint"] for each in told}) == 2
