"""Regular expressions tried on foreign text.

Python's engine backtracks without bound, and holds the whole interpreter meanwhile: no deadline would
fire. So patterns are tried in a process of their own, which is ended when it takes too long.
"""

import contextlib
import json
import re
import sys
import warnings
from collections.abc import Mapping, Sequence

from promoter.messages import N_, Message, Template, message

PHRASES: Mapping[str, Template] = {
    "pattern-too-long": N_("longer than {limit} characters"),
    "pattern-too-intricate": N_("too deep or too large"),
    "pattern-not-closed": N_("what begins at character {position} is not closed"),
    "pattern-not-opened": N_("the bracket at character {position} closes nothing"),
    "pattern-repeats-nothing": N_("the repetition at character {position} has nothing to repeat"),
    "pattern-repeats-twice": N_("the repetition at character {position} follows another one"),
    "pattern-bad-escape": N_("the backslash at character {position} stands before what it cannot"),
    "pattern-not-understood": N_("it is not understood (“{detail}”)"),
}

LONGEST_PATTERN = 1000
_MOST_SECONDS = 5.0
_SHARE_OF_THE_TIME_LEFT = 0.8
_MISTAKES = (
    ("missing ), unterminated subpattern", "pattern-not-closed"),
    ("unterminated character set", "pattern-not-closed"),
    ("unbalanced parenthesis", "pattern-not-opened"),
    ("nothing to repeat", "pattern-repeats-nothing"),
    ("multiple repeat", "pattern-repeats-twice"),
    ("bad escape", "pattern-bad-escape"),
    ("incomplete escape", "pattern-bad-escape"),
)
"""Python's own words, of `re.error.msg`."""

_IN_THE_PROCESS = """
import json, re, resource, sys
resource.setrlimit(resource.RLIMIT_CPU, (10, 10))
print(json.dumps([re.search(*each) is not None for each in json.load(sys.stdin)]))
"""


class NotTried(Exception):
    """The patterns came to no end in time, or could not be tried at all."""


def mistake_in(pattern: str) -> Message | None:
    """What is wrong with a pattern, as a code of `PHRASES`; None when nothing is."""
    if len(pattern) > LONGEST_PATTERN:
        return message("pattern-too-long", limit=LONGEST_PATTERN)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what may mean something else in a later Python
            re.compile(pattern)
    except re.error as wrong:
        at = None if wrong.pos is None else wrong.pos + 1
        code = next((code for said, code in _MISTAKES if wrong.msg.startswith(said) and at), None)
        if code is not None:
            return message(code, position=at)
        return message("pattern-not-understood", detail=str(wrong)[:200])
    except (OverflowError, RecursionError):
        return message("pattern-too-intricate")
    return None


async def are_found(trials: Sequence[tuple[str, str]], deadline: float) -> list[bool]:
    """Whether each pattern is found in its text, anywhere; `deadline` is the check's (`Context`).

    Raises NotTried.
    """
    import asyncio

    if not trials:
        return []
    left = (deadline - asyncio.get_running_loop().time()) * _SHARE_OF_THE_TIME_LEFT
    try:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", "-c", _IN_THE_PROCESS),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError as error:
        raise NotTried from error
    try:
        async with asyncio.timeout(min(max(left, 0.0), _MOST_SECONDS)):
            said, _ = await process.communicate(json.dumps(trials).encode())
        found = json.loads(said)
    except (TimeoutError, ValueError) as error:
        raise NotTried from error
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    return [each is True for each in found]
