"""TLS settings that trust the system's roots, of which there are so many that they are read in a thread, and
ahead of need where that is known."""

import _thread
import asyncio
import atexit
import contextlib
import ssl
from functools import partial

from promoter.net.aside import aside

_LONGEST_WAIT_AT_THE_END_S = 1.0

_reading = _thread.allocate_lock()
_ahead: list[ssl.SSLContext] = []
atexit.register(partial(_reading.acquire, timeout=_LONGEST_WAIT_AT_THE_END_S))
"""OpenSSL cleans up when the process ends, and must not be reading then."""


def read_ahead() -> None:
    """Begins to read the roots, which takes 20 ms, for the first who asks: while there is other work to do."""

    def read() -> None:
        with _reading, contextlib.suppress(OSError):  # who asks for them is told
            _ahead.append(_read())

    _thread.start_new_thread(read, ())


def trusting_the_system() -> "asyncio.Future[ssl.SSLContext]":
    """New settings. What has been read ahead is there at once; the future may hold an OSError."""
    if not _ahead:
        return aside(_read_in_turn)
    there: asyncio.Future[ssl.SSLContext] = asyncio.get_running_loop().create_future()
    there.set_result(_ahead.pop())
    return there


def roots_of_the_system() -> frozenset[bytes]:
    """The roots themselves, in DER."""
    return frozenset(_read().get_ca_certs(binary_form=True))


def _read_in_turn() -> ssl.SSLContext:
    with _reading:
        return _ahead.pop() if _ahead else _read()


def _read() -> ssl.SSLContext:
    settings = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    settings.load_default_certs()
    return settings
