"""Regular expressions tried on foreign text.

Python's engine backtracks without bound, and holds the whole interpreter meanwhile: no deadline would
fire. So patterns are tried in a process of their own, which is ended when it takes too long.
"""

import contextlib
import json
import re
import sys
from collections.abc import Sequence

LONGEST_PATTERN = 1000
_MOST_SECONDS = 5.0
_SHARE_OF_THE_TIME_LEFT = 0.8
_IN_THE_PROCESS = """
import json, re, resource, sys
resource.setrlimit(resource.RLIMIT_CPU, (10, 10))
print(json.dumps([re.search(*each) is not None for each in json.load(sys.stdin)]))
"""


class NotTried(Exception):
    """The patterns came to no end in time, or could not be tried at all."""


def mistake_in(pattern: str) -> str | None:
    """What is wrong with a pattern; None when nothing is."""
    if len(pattern) > LONGEST_PATTERN:
        return f"longer than {LONGEST_PATTERN} characters"
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as wrong:
        return str(wrong)
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
