"""What a verification found, as people read it: what is alike together, with what to do about it once."""

import io

import pytest

from promoter.messages import Language, message
from promoter.output.console import Console
from promoter.output.verification import show_verification, verification_document
from promoter.trail.remedies import REMEDIES
from promoter.trail.verify import Finding, Severity, Verification
from promoter.usecases.language import phrasebook

ENGLISH = Language(phrasebook=phrasebook)
PATH = "r/01M82933TN4GXZ8TH2D9RBSV8Q.roster.json"


def shown(*findings: Finding) -> list[str]:
    out = io.StringIO()
    show_verification(Console(ENGLISH, out=out, err=io.StringIO(), environ={}), verified(*findings))
    return out.getvalue().splitlines()


def verified(*findings: Finding) -> Verification:
    return Verification(findings, 3, "a" * 40)


def unsigned(number: int) -> Finding:
    return Finding(message("unsigned"), Severity.NOT_COUNTED, f"{number:040x}", PATH)


def test_what_is_alike_stands_together_with_one_remedy_below() -> None:
    deleted = Finding(message("file-removed"), Severity.UNTRUSTED, "b" * 40, PATH)
    lines = shown(deleted, unsigned(1), Finding(message("second-genesis"), Severity.NOT_COUNTED), unsigned(2))

    assert [line.split(":")[0] for line in lines[:6] if not line.startswith(" ")] == [
        "untrusted",
        "not counted",
        "not counted",
        "not counted",
    ]
    assert lines[2].startswith("not counted: not signed  0000000")
    assert lines[3].startswith("not counted: not signed  0000000")
    assert "bbbbbbbbbbbb" in lines[1]
    assert "The trail cannot be trusted." in lines


@pytest.mark.parametrize(("count", "more"), [(20, 0), (21, 1), (10_000, 9_980)])
def test_however_much_is_pushed_twenty_of_a_sort_are_shown(count: int, more: int) -> None:
    lines = shown(*map(unsigned, range(count)))

    assert sum(line.startswith("not counted:") for line in lines) == min(count, 20)
    assert any(f"and {more} more" in line for line in lines) is bool(more)


def test_a_program_gets_every_finding_with_its_entry_and_remedy() -> None:
    document = verification_document(verified(*map(unsigned, range(25))), ENGLISH)

    assert len(document["findings"]) == 25
    assert document["findings"][0]["entry"] == "01M82933TN4GXZ8TH2D9RBSV8Q"
    assert document["findings"][0]["remedy"].endswith("ask who pushed commit 000000000000")
    assert (document["exit_code"], document["anchor"]) == (0, None)


@pytest.mark.parametrize("code", sorted(REMEDIES))
def test_every_remedy_is_said_with_what_any_finding_has(code: str) -> None:
    remedy = Finding(message(code), Severity.NOTE).remedy

    assert remedy is not None
    assert "{" not in ENGLISH.say(remedy)
