"""What leaves a check, whatever its type."""

import pytest

from promoter.messages import message
from promoter.model.outcome import Evidence, Outcome, Verdict
from promoter.redaction import Redactor, Secret
from promoter.run.scrubbing import clean


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
    ],
)
def test_a_number_that_is_a_secret_is_masked_as_a_text_is(value: object, shown: object) -> None:
    reason = message("x", found=value)  # type: ignore[arg-type]
    outcome = Outcome(Verdict.PASSED, reason, (Evidence(message("y"), observed=value),))  # type: ignore[arg-type]
    cleaned = clean(outcome, Redactor([Secret("12345678")]))
    assert cleaned.reason.parameters["found"] == shown
    assert cleaned.evidence[0].observed == shown
