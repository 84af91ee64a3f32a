import asyncio
import os
import sys
import time
from pathlib import Path

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from promoter.process import Capture, Ending, Invocation, NotStarted, run
from tests.support.processes import ended, pids_in

ENVIRONMENT = {"PATH": os.environ["PATH"]}


async def shell(text: str, directory: Path = Path("/"), *, within: float = 20.0) -> Ending:
    return await program("sh", "-c", text, directory=directory, within=within)


async def program(*arguments: str, directory: Path = Path("/"), within: float = 20.0) -> Ending:
    invocation = Invocation(
        arguments=arguments, directory=directory, environment=ENVIRONMENT, sought=(b"needle",)
    )
    return await run(invocation, asyncio.get_running_loop().time() + within)


def printed(ending: Ending) -> bytes:
    return b"".join(ending.output.ends())


async def test_status_and_both_streams_are_kept_in_order() -> None:
    ending = await shell("echo one; echo two >&2; echo three; exit 3")
    assert (ending.status, ending.signal, ending.stopped) == (3, None, False)
    assert printed(ending) == b"one\ntwo\nthree\n"
    assert ending.took_s > 0


async def test_there_is_nothing_to_read_and_only_the_given_environment() -> None:
    ending = await shell("cat; env")
    names = {line.partition(b"=")[0] for line in printed(ending).splitlines()}
    assert ending.status == 0
    assert names <= {b"PATH", b"PWD", b"SHLVL", b"_", b"OLDPWD"}


async def test_what_is_given_is_read_whole_also_when_nobody_reads_it_at_once() -> None:
    words = b"0123456789" * 50_000
    for script, said in (("wc -c", b"500000"), ("sleep 0.1", b"")):
        invocation = Invocation(
            arguments=("sh", "-c", script), directory=Path("/"), environment=ENVIRONMENT, given=words
        )
        ending = await run(invocation, asyncio.get_running_loop().time() + 20)
        assert (ending.status, printed(ending).strip()) == (0, said)


async def test_a_program_has_a_session_of_its_own_and_no_terminal() -> None:
    ending = await program(sys.executable, "-c", "import os; print(os.getsid(0) == os.getpid())")
    assert printed(ending) == b"True\n"


def test_what_is_printed_in_two_parts_is_found() -> None:
    capture = Capture((b"needle", b"e"), 2)
    for each in (b"xxnee", b"d", b"lexx"):
        capture.take(each)
    assert capture.found == {b"needle", b"e"}


async def test_a_signal_is_named() -> None:
    ending = await shell("kill -SEGV $$")
    assert (ending.status, ending.signal, ending.stopped) == (None, "SIGSEGV", False)


async def test_what_keeps_running_is_stopped_with_its_grandchildren_before_the_deadline(
    tmp_path: Path,
) -> None:
    text = "echo $$ >> pids; (echo begun; sh -c 'echo $$ >> pids; exec sleep 300') & wait"
    before = asyncio.get_running_loop().time()
    ending = await shell(text, tmp_path, within=2.0)
    assert (ending.status, ending.signal, ending.stopped) == (None, None, True)
    assert asyncio.get_running_loop().time() < before + 30
    assert b"begun" in printed(ending)
    assert await ended(await pids_in(tmp_path / "pids", 2))


async def test_what_ignores_being_asked_is_made_to_end(tmp_path: Path) -> None:
    text = "import os, signal, time; signal.signal(15, lambda *_: open('asked', 'w')); open('pids', 'w').write(str(os.getpid()))\nwhile True: time.sleep(1)"
    ending = await program(sys.executable, "-c", text, directory=tmp_path, within=3.0)
    assert ending.stopped
    assert (tmp_path / "asked").exists()
    assert await ended(await pids_in(tmp_path / "pids", 1))


async def test_what_is_left_behind_by_a_program_that_has_ended_is_ended_too(tmp_path: Path) -> None:
    started = time.monotonic()
    ending = await shell("sleep 300 & echo $! > pids; echo done", tmp_path, within=60)
    assert (ending.status, printed(ending)) == (0, b"done\n")
    assert await ended(await pids_in(tmp_path / "pids", 1))
    assert time.monotonic() - started < 30


async def test_what_has_left_the_group_and_holds_the_output_open_is_not_waited_for(tmp_path: Path) -> None:
    text = (
        "setsid sh -c 'echo $$ > pids; exec sleep 300' & while [ ! -s pids ]; do sleep 0.05; done; echo done"
    )
    ending = await shell(text, tmp_path, within=60)
    assert (ending.status, printed(ending)) == (0, b"done\n")
    (pid,) = await pids_in(tmp_path / "pids", 1)
    psutil.Process(pid).kill()


async def test_what_left_the_group_takes_nothing_away_from_one_that_is_stopped_at_a_near_deadline(
    tmp_path: Path,
) -> None:
    text = "echo begun; setsid sh -c 'echo $$ > pids; exec sleep 300' & sleep 300"
    ending = await shell(text, tmp_path, within=3.0)
    (pid,) = await pids_in(tmp_path / "pids", 1)
    psutil.Process(pid).kill()
    assert (ending.stopped, printed(ending)) == (True, b"begun\n")
    assert ending.took_s < 3.2


async def test_cancelling_ends_the_whole_group(tmp_path: Path) -> None:
    text = "trap '' TERM; echo $$ >> pids; (echo begun; sh -c 'echo $$ >> pids; exec sleep 300') & wait; wait"
    running = asyncio.create_task(shell(text, tmp_path, within=300))
    pids = await pids_in(tmp_path / "pids", 2)
    cancelled_at = time.monotonic()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert time.monotonic() - cancelled_at < 10
    assert await ended(pids)


async def test_a_flood_is_read_to_its_end_and_not_kept() -> None:
    text = "import sys; print('first'); sys.stdout.write('x' * 80 + '\\n' + 'y' * 30_000_000 + 'needle' + 'z' * 30_000_000); print(); print('last')"
    before = psutil.Process().memory_info().rss
    ending = await program(sys.executable, "-c", text, within=60)
    head, tail = ending.output.ends()
    assert head.startswith(b"first\n")
    assert tail == b"last\n"
    assert ending.output.size > 60_000_000
    assert ending.output.dropped > 59_000_000
    assert ending.output.found == {b"needle"}
    assert psutil.Process().memory_info().rss - before < 40_000_000


@pytest.mark.parametrize(
    ("mode", "content", "why"),
    [
        (None, "", "missing"),
        (0o644, "#!/bin/sh\n", "executable"),
        (0o755, "no program at all", "executable"),
        (0o755, "#!/no/such/interpreter\n", "interpreter"),
    ],
)
async def test_why_a_program_did_not_start_is_told_apart(
    tmp_path: Path, mode: int | None, content: str, why: str
) -> None:
    if mode is not None:
        (tmp_path / "it").write_text(content)
        (tmp_path / "it").chmod(mode)
    with pytest.raises(NotStarted) as raised:
        await program("./it", directory=tmp_path)
    assert raised.value.why == why


@pytest.mark.parametrize("word", ["a\0b", "\ud800"])
async def test_a_word_that_no_program_can_be_given_is_no_start(word: str) -> None:
    with pytest.raises(NotStarted) as raised:
        await program("echo", word)
    assert raised.value.why == "other"


@given(st.lists(st.binary(max_size=30)), st.integers(1, 40), st.sets(st.binary(min_size=1, max_size=4)))
def test_a_capture_keeps_both_ends_and_finds_what_is_there(
    parts: list[bytes], kept: int, sought: set[bytes]
) -> None:
    capture = Capture(tuple(sought), kept)
    for each in parts:
        capture.take(each)
    whole = b"".join(parts)
    head, tail = capture.ends()
    assert capture.size == len(whole)
    assert capture.found == {each for each in sought if each in whole}
    assert capture.dropped == max(0, len(whole) - 2 * kept)
    if capture.dropped:
        assert whole[:kept].startswith(head)
        assert whole[-kept:].endswith(tail)
        assert head == b"" or head.endswith(b"\n")
    else:
        assert head + tail == whole
