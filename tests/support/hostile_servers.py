"""Servers that answer whatever they like, and what they like."""

import asyncio
import base64
import contextlib
import gzip
import html
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, quote_plus

from hypothesis import strategies as st

ECHO = b"{what was sent}"
"""In an answer: the request it answers, word for word."""


@dataclass
class Stubborn:
    """Answers every request with the same bytes, or says them to whoever is silent, and hangs up."""

    raw: bytes = b""

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sent = b""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.1):
                sent = await reader.read(65536)
        writer.write(self.raw.replace(ECHO, sent))
        await writer.drain()
        writer.close()


def _escaped(secret: str) -> str:
    return "".join(f"\\u{ord(each):04X}" for each in secret)


ENCODINGS: tuple[Callable[[str], str], ...] = (
    str,
    quote,
    quote_plus,
    lambda secret: "".join(f"%{each:02x}" for each in secret.encode()),
    lambda secret: json.dumps(secret)[1:-1],
    _escaped,
    html.escape,
    lambda secret: repr(secret)[1:-1],
    lambda secret: base64.b64encode(secret.encode()).decode(),
    lambda secret: base64.b64encode(f"jo:{secret}".encode()).decode(),
    lambda secret: base64.urlsafe_b64encode(f"a:{secret}:".encode()).decode(),
    lambda secret: secret.encode().hex(),
    "\r\n    ".join,
    "\\\n".join,
)
"""How a server may write a secret that it was sent."""


def answers(secret: str) -> st.SearchStrategy[bytes]:
    """Anything at all, HTTP answers that are nearly right, and such as have the secret in them."""
    tricks = st.sampled_from(
        [
            "\x1b]0;owned\x07",
            "\x1b[2J",
            "\u009b31m",
            "\u202e",
            "\r",
            "\x00",
            "\x7f",
            "\u2028",
            "{0}{x}%s",
            "[red]",
            ECHO.decode(),
        ]
    )
    secrets = st.sampled_from([each(secret) for each in ENCODINGS])
    words = st.lists(st.text(max_size=12) | tricks | secrets, max_size=4).map("".join)
    bodies = st.one_of(st.binary(max_size=120), words.map(_utf8), _documents(words).map(_json))
    return st.one_of(st.binary(max_size=200), words.map(_utf8), _exchanges(words, bodies))


def _documents(words: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """JSON of any form, and of nearly the forms that token endpoints and Prometheus answer with."""
    leaves = st.none() | st.booleans() | st.floats() | st.integers() | words
    anything = st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
        max_leaves=8,
    )
    token = st.fixed_dictionaries(
        {},
        optional={
            "access_token": words | anything,
            "token_type": st.just("Bearer") | anything,
            "expires_in": st.integers() | anything,
            "scope": words | anything,
            "error": st.sampled_from(["invalid_client", "invalid_scope"]) | anything,
            "error_description": words | anything,
            "error_uri": words | anything,
        },
    )
    sample = st.fixed_dictionaries(
        {
            "metric": st.dictionaries(words, words, max_size=2) | anything,
            "value": st.tuples(st.floats(), words | st.sampled_from(["NaN", "+Inf", "1"])) | anything,
        }
    )
    result = st.fixed_dictionaries(
        {
            "resultType": st.sampled_from(["vector", "scalar", "matrix"]),
            "result": st.lists(sample, max_size=2),
        }
    )
    rule = st.fixed_dictionaries({"name": words, "state": words, "health": words | anything})
    groups = st.lists(st.fixed_dictionaries({"name": words, "rules": st.lists(rule | anything, max_size=2)}))
    prometheus = st.fixed_dictionaries(
        {
            "status": st.sampled_from(["success", "error"]) | anything,
            "data": result | st.fixed_dictionaries({"groups": groups}) | anything,
        },
        optional={"error": words | anything, "errorType": words | anything, "warnings": anything},
    )
    return anything | token | prometheus


def _exchanges(words: st.SearchStrategy[str], bodies: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    statuses = st.sampled_from(
        ["200", "204", "301", "302", "307", "401", "404", "429", "500", "100", "1000", "-1", ""]
    )
    names = st.sampled_from(
        [
            "Location",
            "Content-Type",
            "Content-Encoding",
            "Strict-Transport-Security",
            "Retry-After",
            "WWW-Authenticate",
            "Server",
            "Date",
            "Set-Cookie",
            "Transfer-Encoding",
            "Content-Length",
        ]
    )
    values = words | st.sampled_from(
        ["gzip", "deflate", "chunked", "-1", "9" * 30, "https://localhost:1/", "text/html"]
    )
    headers = st.lists(st.tuples(names | words, values), max_size=4)
    framings = st.sampled_from([_plain, _chunked, _badly_chunked, _gzipped, _cut_short, _unframed])
    return st.builds(_exchange, statuses, words, headers, bodies, framings)


Framing = Callable[[bytes], tuple[str, bytes]]


def _exchange(
    status: str, phrase: str, headers: list[tuple[str, str]], body: bytes, framing: Framing
) -> bytes:
    frame, sent = framing(body)
    lines = [f"HTTP/1.1 {status} {phrase}", *(f"{name}: {value}" for name, value in headers)]
    head = "\r\n".join(lines) + f"\r\n{frame}\r\n"
    return _utf8(head) + sent


def _plain(body: bytes) -> tuple[str, bytes]:
    return f"Content-Length: {len(body)}\r\n", body


def _cut_short(body: bytes) -> tuple[str, bytes]:
    return f"Content-Length: {len(body) + 7}\r\n", body


def _unframed(body: bytes) -> tuple[str, bytes]:
    return "", body


def _gzipped(body: bytes) -> tuple[str, bytes]:
    packed = gzip.compress(body, mtime=0)
    return f"Content-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n", packed


def _chunked(body: bytes) -> tuple[str, bytes]:
    return "Transfer-Encoding: chunked\r\n", b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


def _badly_chunked(body: bytes) -> tuple[str, bytes]:
    return "Transfer-Encoding: chunked\r\n", b"%x;x=%s\r\n%s0\r\n" % (len(body) + 3, body[:9], body)


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _json(document: Any) -> bytes:
    return json.dumps(document).encode()
