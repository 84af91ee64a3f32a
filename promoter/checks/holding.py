"""Holds what a check answered to what its kind declares: an answer that nobody could read or weigh is a bug of
the kind, and never a pass."""

import string
from collections.abc import Iterator

from promoter.checks.declaration import Kind
from promoter.messages import Message, Plural, Template
from promoter.model.outcome import Evidence, Outcome, Verdict

_SCALARS = (str, int, float, bool, type(None))


def held(kind: Kind, answer: object) -> Outcome:
    """The answer, where it is an outcome of that kind: one of its reasons, with that reason's verdict and all
    that its words need, and evidence that does not speak against a pass.

    Raises TypeError, which says what is wrong, in English for whoever wrote the kind.
    """
    if not isinstance(answer, Outcome):
        raise TypeError(f"a check of the kind {kind.name} did not return an outcome")
    if (wrong := next(_wrongs(kind, answer), None)) is not None:
        raise TypeError(f"a check of the kind {kind.name} {wrong}")
    return answer


def _wrongs(kind: Kind, outcome: Outcome) -> Iterator[str]:
    code = outcome.reason.code
    ruling = kind.rulings.get(code)
    if ruling is None:
        yield f"gave the reason {code}, which is none of its kind's"
        return
    if outcome.verdict is not ruling.verdict:
        yield f"said {outcome.verdict} for {code}, which means {ruling.verdict}"
    for template in (ruling.summary, ruling.remedy):
        if template is not None:
            yield from _unfilled(template, outcome.reason)
    for each in outcome.evidence:
        yield from _wrongs_of_evidence(kind, each, outcome.verdict)


def _wrongs_of_evidence(kind: Kind, evidence: object, verdict: Verdict) -> Iterator[str]:
    if not isinstance(evidence, Evidence) or not isinstance(evidence.fact, Message):
        yield "gave evidence that is none"
        return
    fact = evidence.fact.code
    if fact in kind.facts:
        yield from _unfilled(kind.facts[fact], evidence.fact)
    if not (_can_be_recorded(evidence.expected) and _can_be_recorded(evidence.observed)):
        yield f"gave {fact} a value that cannot be recorded"
    if verdict is Verdict.PASSED and evidence.verdict not in (None, Verdict.PASSED):
        yield f"passed, although it found that {fact} {evidence.verdict}"


def _unfilled(template: Template, said: Message) -> Iterator[str]:
    forms = (template.one, template.many) if isinstance(template, Plural) else (template,)
    names = {name for form in forms for _, name, _, _ in string.Formatter().parse(form) if name}
    if missing := sorted(names - said.parameters.keys()):
        yield f"left {', '.join(missing)} out of {said.code}"


def _can_be_recorded(value: object) -> bool:
    if isinstance(value, Message):
        return all(_can_be_recorded(each) for each in value.parameters.values())
    if isinstance(value, list | tuple):
        return all(_can_be_recorded(each) for each in value)
    return isinstance(value, _SCALARS)
