"""What leaves a check: scrubbed of secrets and of what steers terminals, and cut to a size that fits an entry."""

from collections.abc import Sequence
from dataclasses import replace

from promoter.messages import Message, Parameter
from promoter.model.outcome import CheckOutcome, Evidence, Outcome
from promoter.redaction import Redactor, visible

_LONGEST_TEXT = 1000
_MOST_PARTS = 50
_MOST_EVIDENCE = 64 * 1024
_MOST_OF_A_RUN = 850_000
"""Bytes that all outcomes of a run may come to, so that they fit an entry."""
_TOO_LARGE = 2**63


def clean(outcome: Outcome, redactor: Redactor) -> Outcome:
    """The outcome with every text scrubbed, visible and cut; evidence beyond the cap is left out."""
    evidence = []
    room = _MOST_EVIDENCE
    for each in outcome.evidence:
        expected = _parameter(each.expected, redactor)
        observed = _parameter(each.observed, redactor)
        line = Evidence(_message(each.fact, redactor), expected, observed, each.verdict)
        room -= len(repr(line))
        if room < 0:
            break
        evidence.append(line)
    overrides = tuple(redactor.scrub(each)[:_LONGEST_TEXT] for each in outcome.overrides)
    reason = _message(outcome.reason, redactor)
    return replace(outcome, reason=reason, evidence=tuple(evidence), overrides=overrides)


def fitting(outcomes: Sequence[CheckOutcome]) -> tuple[CheckOutcome, ...]:
    """The outcomes of a run, with as much evidence of each as fits beside that of the others."""
    whole = [_size(each.outcome.evidence) for each in outcomes]
    reasons = sum(_size(each.outcome.reason) for each in outcomes)
    if reasons + sum(whole) <= _MOST_OF_A_RUN:
        return tuple(outcomes)
    share = max(0, _MOST_OF_A_RUN - reasons) // len(outcomes)
    return tuple(replace(each, outcome=_cut(each.outcome, share)) for each in outcomes)


def _cut(outcome: Outcome, room: int) -> Outcome:
    kept = []
    for each in outcome.evidence:
        room -= _size(each)
        if room < 0:
            break
        kept.append(each)
    return replace(outcome, evidence=tuple(kept))


def _size(what: object) -> int:
    return len(repr(what).encode("utf-8", "surrogatepass"))


def _message(said: Message, redactor: Redactor) -> Message:
    return Message(said.code, {key: _parameter(value, redactor) for key, value in said.parameters.items()})


def _parameter(value: Parameter, redactor: Redactor) -> Parameter:
    if isinstance(value, Message):
        return _message(value, redactor)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        shown = redactor.scrub(str(value))
        fits = abs(value) < _TOO_LARGE
        return value if fits and shown == str(value) else shown[:_LONGEST_TEXT]
    if isinstance(value, list | tuple):
        return tuple(_parameter(each, redactor) for each in value[:_MOST_PARTS])
    text = visible(redactor.scrub(str(value)))
    return text if len(text) <= _LONGEST_TEXT else f"{text[: _LONGEST_TEXT - 1]}…"
