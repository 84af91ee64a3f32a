"""What is wrong with an answer that is not HTTP/1.1 (RFC 9112), in words of our own: those of the library that
reads it are English, and hold what the server sent."""

import re
from collections.abc import Mapping

from promoter.messages import N_, Message, Template, message
from promoter.model.context import Context
from promoter.net.real_data import shown_bytes

PHRASES: Mapping[str, Template] = {
    "begins-otherwise": N_("its answer begins with “{line}”"),
    "wrong-status-line": N_("its status line is “{line}”"),
    "wrong-header-line": N_("a line of its headers is “{line}”"),
    "wrong-chunk": N_("where the size of a chunk should be it sends “{line}”"),
    "wrong-length": N_("its headers contradict each other, or HTTP, on how long its body is"),
    "wrong-coding": N_("it names a transfer coding other than chunked"),
    "not-inflatable": N_("its body is not compressed as its headers say"),
    "out-of-order": N_("what it sends is not in the order that HTTP has"),
}
_QUOTING = frozenset({"wrong-status-line", "wrong-header-line", "wrong-chunk"})
_QUOTED = re.compile(r"""b'(?:[^'\\]|\\.)*'|b"(?:[^"\\]|\\.)*\"""", re.DOTALL)
_BEGINNINGS = (
    ("illegal status line", "wrong-status-line"),
    ("illegal header", "wrong-header-line"),
    ("continuation line", "wrong-header-line"),
    ("illegal chunk header", "wrong-chunk"),
    ("malformed chunk footer", "wrong-chunk"),
    ("conflicting content-length", "wrong-length"),
    ("bad content-length", "wrong-length"),
    ("multiple transfer-encoding", "wrong-coding"),
    ("only transfer-encoding", "wrong-coding"),
)


def not_http(received: bytes, context: Context) -> Message | None:
    """What the beginning of an answer shows that cannot be the beginning of HTTP/1; None when it can."""
    if received[:5] == b"HTTP/"[: len(received)]:
        return None
    return message("begins-otherwise", line=shown_bytes(received.partition(b"\n")[0].rstrip(), context))


def of_h11(words: str, context: Context) -> Message:
    """What h11's words about an answer come down to; what they quote of it is shown as far as it may be."""
    said = words.lower()
    code = next((code for beginning, code in _BEGINNINGS if said.startswith(beginning)), "out-of-order")
    if code not in _QUOTING:
        return message(code)
    import ast

    quoted = _QUOTED.search(words)
    line: bytes = ast.literal_eval(quoted[0]) if quoted else b""
    return message(code, line=shown_bytes(line.rstrip(b"\r\n"), context))
