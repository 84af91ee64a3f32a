"""The values that a query gives, held against their bounds."""

import math
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from promoter.checks.prometheus_asking import listed, table, text_of
from promoter.checks.withheld import is_withheld
from promoter.frozen import frozen
from promoter.messages import N_, NP_, Message, Parameter, Template, message
from promoter.model.context import Context
from promoter.model.outcome import Evidence, Verdict
from promoter.model.ruling import Ruling
from promoter.net.trouble import Trouble

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?|NaN|[+-]?Inf", re.ASCII)
_MOST_SHOWN = 20
_LONGEST_LABELS = 300
CLOCKS_APART = timedelta(minutes=5)

RULINGS: Mapping[str, Ruling] = {
    "out-of-bounds": Ruling(
        Verdict.FAILED,
        NP_(
            "{count} of {of} series is not {wanted}: {worst}",
            "{count} of {of} series are not {wanted}; the worst is {worst}",
        ),
        N_("Look at the series in the evidence; promote when the service is well, or correct the bounds."),
    ),
    "not-a-number": Ruling(
        Verdict.FAILED,
        NP_("{count} of {of} series is not a number (NaN)", "{count} of {of} series are not a number (NaN)"),
        N_(
            "Nothing divided by nothing is NaN: check that the metric is fed and that there is traffic, and write the query so that it gives a number."
        ),
    ),
    "infinite": Ruling(
        Verdict.FAILED,
        NP_("{count} of {of} series is infinite", "{count} of {of} series are infinite"),
        N_("Look for a division by zero, or a histogram without observations, in the query."),
    ),
    "no-series": Ruling(
        Verdict.FAILED,
        N_("the query finds nothing: what it asks for is not measured"),
        N_("Check that the service is scraped (`up`), and the names and labels in the query."),
    ),
    "wrong-type": Ruling(
        Verdict.ERRORED,
        N_("the query gives a {type}, which cannot be held against bounds"),
        N_("Write a query that gives an instant vector or a scalar of plain numbers."),
    ),
    "not-of-now": Ruling(
        Verdict.ERRORED,
        N_("the values are of {at:time}, not of now"),
        N_("Check the clocks of the server and of this machine, and what answers from a cache in between."),
    ),
    "samples-too-old": Ruling(
        Verdict.FAILED,
        N_("the newest samples are {age:duration} old, more than {limit:duration}"),
        N_("Check that the service is still scraped: an old value looks like a good one."),
    ),
    "age-not-known": Ruling(
        Verdict.ERRORED,
        N_("how old the samples are cannot be told from this query"),
        N_('Use `oldest_sample` with a plain selector, such as up{{job="web"}}, and not with a calculation.'),
    ),
}
FACTS: Mapping[str, Template] = {
    "query": N_("query"),
    "series": N_("series {labels}"),
    "unnamed": N_("number {number}"),
    "at-least": N_("at least {least}"),
    "at-most": N_("at most {most}"),
    "from-to": N_("from {least} to {most}"),
    "exactly": N_("{exactly}"),
    "nan": N_("NaN"),
    "plus-infinity": N_("+Inf"),
    "minus-infinity": N_("-Inf"),
    "age": N_("age of the samples"),
    "at-most-age": N_("at most {limit:duration}"),
    "seconds": N_("{seconds:duration}"),
    "part-query": NP_("{count} series is {wanted}", "{count} series are {wanted}"),
}


@frozen
class Bounds:
    """What a value must be; at least one is not None."""

    least: float | None
    most: float | None
    exactly: float | None

    def hold(self, value: float) -> bool:
        """Whether the value is within; what is not a number never is, and an infinite one only where it
        is meant."""
        if math.isnan(value) or (math.isinf(value) and self.exactly != value):
            return False
        return (
            (self.least is None or value >= self.least)
            and (self.most is None or value <= self.most)
            and (self.exactly is None or value == self.exactly)
        )

    def words(self) -> Message:
        """The bounds, to be shown."""
        if self.exactly is not None:
            return message("exactly", exactly=_shown(self.exactly))
        least, most = _shown_or_none(self.least), _shown_or_none(self.most)
        if least is None:
            return message("at-most", most=most)
        return (
            message("at-least", least=least) if most is None else message("from-to", least=least, most=most)
        )


@frozen
class Sample:
    """One series' value, and the time it was evaluated for, in seconds since 1970."""

    labels: str
    at: float
    value: float


def samples_of(data: Any, url: str) -> list[Sample]:
    """The samples of a query's result: an instant vector, or a scalar.

    Raises Trouble when it is anything else, or holds histograms.
    """
    result = table(data, url)
    sort = result.get("resultType")
    if sort == "scalar":
        return [_sample({}, result.get("result"), url)]
    if sort != "vector":
        raise Trouble("wrong-type", type=text_of(sort, url)[:40])
    found = []
    for each in listed(result.get("result"), url):
        series = table(each, url)
        if "histogram" in series:
            raise Trouble("wrong-type", type="histogram")
        found.append(_sample(table(series.get("metric"), url), series.get("value"), url))
    return found


def judged(
    samples: Sequence[Sample], bounds: Bounds, *, every: bool, context: Context, seen: list[Evidence]
) -> Message:
    """What is right about the samples, for the reason; the evidence is added to `seen`.

    Raises Trouble when they are not as they must be.
    """
    if not samples:
        raise Trouble("no-series")
    for each in samples:
        _hold_to_now(each.at, context)
    good = [each for each in samples if bounds.hold(each.value)]
    bad = [each for each in samples if not bounds.hold(each.value)]
    order = [*bad, *good] if every else [*good, *bad]
    seen += [
        _line(number, each, bounds, every=every, good=bool(good), context=context)
        for number, each in enumerate(order[:_MOST_SHOWN], start=1)
    ]
    wanted = bounds.words()
    if good and (not bad or not every):
        return message("part-query", count=len(good), wanted=wanted)
    nans = sum(math.isnan(each.value) for each in bad)
    if nans:
        raise Trouble("not-a-number", count=nans, of=len(samples))
    infinite = sum(math.isinf(each.value) for each in bad)
    if infinite:
        raise Trouble("infinite", count=infinite, of=len(samples))
    worst = max(bad, key=lambda each: _distance(each.value, bounds))
    raise Trouble("out-of-bounds", count=len(bad), of=len(samples), wanted=wanted, worst=_shown(worst.value))


def hold_to_age(stamps: Sequence[Sample], limit: float, seen: list[Evidence], context: Context) -> None:
    """Holds the result of `timestamp(query)` against the age that samples may have, in seconds.

    Raises Trouble when one is older, or when that cannot be told: the timestamp of a calculation is the
    time of its evaluation.
    """
    if not stamps:
        raise Trouble("no-series")
    for each in stamps:
        _hold_to_now(each.at, context)
        if not math.isfinite(each.value) or each.value == each.at:
            raise Trouble("age-not-known")
    age = max(each.at - each.value for each in stamps)
    verdict = Verdict.PASSED if age <= limit else Verdict.FAILED
    shown = message("seconds", seconds=round(age, 3))
    seen.append(Evidence(message("age"), message("at-most-age", limit=limit), shown, verdict))
    if age > limit:
        raise Trouble("samples-too-old", age=round(age, 3), limit=limit)


def _sample(labels: Mapping[str, Any], written: Any, url: str) -> Sample:
    pair = listed(written, url)
    if len(pair) != 2 or isinstance(pair[0], bool) or not isinstance(pair[0], int | float):
        raise Trouble("not-the-api", url=url, detail=message("not-a-sample"))
    try:
        datetime.fromtimestamp(pair[0], UTC)
    except (ValueError, OverflowError, OSError):
        raise Trouble("not-the-api", url=url, detail=message("not-a-moment")) from None
    number = text_of(pair[1], url)
    if len(number) > 40 or not _NUMBER.fullmatch(number):
        raise Trouble("not-the-api", url=url, detail=message("not-a-value"))
    named = ", ".join(f'{key}="{value}"' for key, value in sorted(labels.items()))
    return Sample(f"{{{named}}}"[:_LONGEST_LABELS], float(pair[0]), float(number))


def _hold_to_now(at: float, context: Context) -> None:
    moment = datetime.fromtimestamp(at, UTC)
    if abs(moment - context.now) > CLOCKS_APART:
        raise Trouble("not-of-now", at=moment.isoformat(timespec="seconds"))


def _line(
    number: int, sample: Sample, bounds: Bounds, *, every: bool, good: bool, context: Context
) -> Evidence:
    right = bounds.hold(sample.value)
    labels: Parameter = message("unnamed", number=number) if is_withheld(context) else sample.labels
    verdict = Verdict.PASSED if right else Verdict.FAILED if every or not good else None
    return Evidence(message("series", labels=labels), bounds.words(), _shown(sample.value), verdict)


def _shown(value: float) -> Parameter:
    if math.isnan(value):
        return message("nan")
    if math.isinf(value):
        return message("plus-infinity" if value > 0 else "minus-infinity")
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def _shown_or_none(value: float | None) -> Parameter:
    return None if value is None else _shown(value)


def _distance(value: float, bounds: Bounds) -> float:
    beyond = [0.0]
    if bounds.least is not None:
        beyond.append(bounds.least - value)
    if bounds.most is not None:
        beyond.append(value - bounds.most)
    if bounds.exactly is not None:
        beyond.append(abs(value - bounds.exactly))
    return max(beyond)
