"""What a check came to, and the evidence for it."""

from enum import StrEnum

from promoter.frozen import frozen
from promoter.messages import Message, Parameter


class Verdict(StrEnum):
    """Only `passed` and `warned` satisfy a gate; `errored` is could-not-tell and never passes."""

    PASSED = "passed"
    WARNED = "warned"
    FAILED = "failed"
    ERRORED = "errored"
    SKIPPED = "skipped"

    @property
    def satisfies(self) -> bool:
        """Whether a gate may count it."""
        return self in (Verdict.PASSED, Verdict.WARNED)


@frozen
class Evidence:
    """One observation: what it is about, what was expected and what was observed.

    `fact` is a message code (`certificate.days-left`); the other two are data or messages,
    already redacted. `verdict` is this line's own, where it has one.
    """

    fact: Message
    expected: Parameter = None
    observed: Parameter = None
    verdict: Verdict | None = None


@frozen
class Outcome:
    """What one check came to. `reason` is `kind.code` with parameters. `took_s` is in seconds.
    `overrides` lists command-line network overrides used: such an outcome does not count."""

    verdict: Verdict
    reason: Message
    evidence: tuple[Evidence, ...] = ()
    took_s: float = 0.0
    overrides: tuple[str, ...] = ()


@frozen
class CheckOutcome:
    """An outcome with the item, check and definition it answers for. `at` is UTC, ISO 8601."""

    item: str
    item_digest: str
    check: str
    kind: str
    at: str
    outcome: Outcome
