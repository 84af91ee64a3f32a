"""Which of several troubles an outcome names."""

from collections.abc import Iterable, Mapping

from promoter.model.outcome import Verdict
from promoter.model.ruling import Ruling
from promoter.net.trouble import Trouble

_WORST_FIRST = (Verdict.FAILED, Verdict.ERRORED, Verdict.WARNED)


def worst(troubles: Iterable[Trouble | None], rulings: Mapping[str, Ruling]) -> Trouble | None:
    """The first of those whose ruling is the worst; None when there is no trouble at all."""
    found = [each for each in troubles if each is not None]
    return min(found, key=lambda each: _WORST_FIRST.index(rulings[each.code].verdict), default=None)
