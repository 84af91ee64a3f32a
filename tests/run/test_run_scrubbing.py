"""What leaves a check, whatever its type."""

import pytest

from promoter.messages import message
from promoter.model.outcome import CheckOutcome, Evidence, Outcome, Verdict
from promoter.redaction import Redactor, Secret
from promoter.run.scrubbing import clean, fitting


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (12345678, "***"),
        (-12345678, "-***"),
        (1234567, 1234567),
        (12345678.5, "***.5"),
        (True, True),
        (None, None),
        (["a", 12345678], ("a", "***")),
        (2**63 - 1, 2**63 - 1),
        (2**63, "9223372036854775808"),
        (-(10**400), "-1" + "0" * 400),
        (float("inf"), "inf"),
    ],
)
def test_a_number_that_is_a_secret_is_masked_as_a_text_is(value: object, shown: object) -> None:
    reason = message("x", found=value)  # type: ignore[arg-type]
    outcome = Outcome(Verdict.PASSED, reason, (Evidence(message("y"), observed=value),))  # type: ignore[arg-type]
    cleaned = clean(outcome, Redactor([Secret("12345678")]))
    assert cleaned.reason.parameters["found"] == shown
    assert cleaned.evidence[0].observed == shown


@pytest.mark.parametrize("count", [150, 1000])
def test_the_outcomes_of_a_run_fit_an_entry_and_keep_their_reasons(count: int) -> None:
    line = Evidence(message("y"), observed="é" * 900)
    said = Outcome(Verdict.FAILED, message("x", found="é" * 100), (line,) * 20)
    outcomes = [
        CheckOutcome(f"i{n}", "sha256:", "tcp", "tcp", "2026-01-01T00:00:00Z", said) for n in range(count)
    ]
    found = fitting(outcomes)
    assert [each.outcome.reason for each in found] == [said.reason] * count
    assert len(repr(found).encode()) < 1024 * 1024
    assert bool(found[0].outcome.evidence) is (count == 150)
    assert fitting(outcomes[:10]) == tuple(outcomes[:10])
