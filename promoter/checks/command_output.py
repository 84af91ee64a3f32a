"""What a command printed: what of it may be shown, and whether it is as expected."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from promoter.checks import patterns
from promoter.checks.withheld import is_withheld
from promoter.messages import message
from promoter.model.context import Context
from promoter.model.outcome import Evidence, Verdict
from promoter.net.trouble import Trouble, fact
from promoter.redaction import Redactor, Secret

if TYPE_CHECKING:
    from promoter.process import Capture

_LAST_LINES = 20
_LONGEST_LINE = 300
_SHORTEST_MASKED = 8
_STEERING = re.compile(r"\x1b(?:\[[0-9;:?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")


def lines_of(output: "Capture", masked: Sequence[Secret], context: Context) -> Iterator[Evidence]:
    """How much was printed, and its last lines, without colours, known secrets and what is `masked`."""
    if is_withheld(context):
        yield fact("output", None, message("withheld", size=output.size, digest=output.digest))
        return
    yield fact("output", None, message("size-and-digest", size=output.size, digest=output.digest))
    if output.dropped:
        yield fact("output", None, message("not-kept", count=output.dropped))
    text = _STEERING.sub("", "".join(each.decode("utf-8", "replace") for each in output.ends()))
    own = Redactor(each for each in masked if len(each.reveal()) >= _SHORTEST_MASKED)
    lines = own.scrub(context.redactor.scrub(text)).splitlines()
    shown = [each.rstrip()[:_LONGEST_LINE] for each in lines if each.strip()]
    if shown:
        yield fact("last-lines", None, shown[-_LAST_LINES:])


async def in_output(
    output: "Capture",
    contains: Sequence[str],
    lacks: Sequence[str],
    pattern: str | None,
    deadline: float,
    seen: list[Evidence],
) -> None:
    """Holds the output against what must and must not be in it; raises Trouble for the first that is wrong.

    Colours between the letters of a text do not hide it, as far as the output is kept.
    """
    written = [each.decode("utf-8", "replace") for each in output.ends()]
    read = [_STEERING.sub("", each) for each in written]
    missing = [each for each in contains if not _has(output, read, each)]
    present = [each for each in lacks if _has(output, read, each)]
    seen += (_line("text", each, wanted=True, found=each not in missing) for each in contains)
    seen += (_line("text", each, wanted=False, found=each in present) for each in lacks)
    if missing:
        raise Trouble("text-missing", texts=missing)
    if present:
        raise Trouble("text-present", texts=present)
    if pattern is None:
        return
    try:
        texts = dict.fromkeys([*written, *read])
        found = any(await patterns.are_found([(pattern, each) for each in texts], deadline))
    except patterns.NotTried:
        raise Trouble("pattern-without-end", pattern=pattern) from None
    if not found and output.dropped:
        raise Trouble("pattern-not-judged", pattern=pattern, size=output.size)
    seen.append(_line("pattern", pattern, wanted=True, found=found))
    if not found:
        raise Trouble("pattern-missing", pattern=pattern)


def _has(output: "Capture", read: Sequence[str], text: str) -> bool:
    return text.encode("utf-8", "surrogateescape") in output.found or any(text in each for each in read)


def _line(about: str, what: str, *, wanted: bool, found: bool) -> Evidence:
    words = {True: message("found"), False: message("not-found-in-it")}
    verdict = Verdict.PASSED if wanted is found else Verdict.FAILED
    return Evidence(message(about, **{about: what}), words[wanted], words[found], verdict)
