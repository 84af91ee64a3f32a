"""Whether processes that a test knows only by their ids are still running."""

import asyncio
from collections.abc import Iterable
from pathlib import Path

import psutil


def is_running(pid: int) -> bool:
    """Whether there is such a process and it is not dead, buried or not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


async def ended(pids: Iterable[int]) -> bool:
    """Whether all of them end within a few seconds."""
    for _ in range(200):
        if not any(is_running(each) for each in pids):
            return True
        await asyncio.sleep(0.02)
    return False


async def pids_in(file: Path, count: int) -> list[int]:
    """The ids that processes write into a file, once so many are there."""
    for _ in range(500):
        if len(found := _written_in(file)) == count:
            return found
        await asyncio.sleep(0.02)
    raise AssertionError(file)


def _written_in(file: Path) -> list[int]:
    return [int(each) for each in file.read_text().split()] if file.exists() else []
