"""What `https` says, and shows, of an answer that is wrong: words of ours, and with real data nothing of it."""

import hashlib
import ssl
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promoter.messages import Message
from promoter.model.context import Context
from promoter.model.environment import Data
from promoter.model.outcome import Outcome
from promoter.net.misunderstood import PHRASES, not_http, of_h11
from tests.support.checks import code, context, environment, observe, seen_of, words
from tests.support.matrix_answers import CHUNKED, HEAD, LEAF, leading, to
from tests.support.matrix_case import ROOT
from tests.support.tls_servers import NOW, Handler, answer, answering, server_side, serving

WHO = "JEAN-DUPONT"
NO_LOOP = Context(environment=environment(), source=None, release=None, root=Path(), now=NOW, deadline=0.0)
DIGEST = hashlib.sha256(WHO.encode()).hexdigest()


pytestmark = pytest.mark.usefixtures("few_roots")


@pytest.fixture
def settings(tmp_path: Path) -> ssl.SSLContext:
    (tmp_path / "root.pem").write_bytes(ROOT.pem)
    return server_side(LEAF, tmp_path)


async def ask(tree: Path, settings: ssl.SSLContext, handler: Handler, data: Data) -> Outcome:
    async with serving(handler, settings) as port:
        seen = context(tree, at=replace(environment(), data=data), ca_file=tree / "root.pem")
        return await observe("https", {"url": f"https://localhost:{port}/"}, seen)


WRONG = {
    "a status line": (HEAD[:9] + WHO.encode() + b"\r\n\r\n", "its status line is “HTTP/1.1 JEAN-DUPONT”"),
    "a header": (HEAD + WHO.encode() + b"\r\n\r\n", "a line of its headers is “JEAN-DUPONT”"),
    "a quoted header": (
        HEAD + b"'\"" + WHO.encode() + b"\r\n\r\n",
        "a line of its headers is “'\"JEAN-DUPONT”",
    ),
    "a chunk": (
        CHUNKED + WHO.encode() + b"\r\n",
        "where the size of a chunk should be it sends “JEAN-DUPONT”",
    ),
    "no HTTP": (WHO.encode() + b"\r\nand so on\r\n\r\n", "its answer begins with “JEAN-DUPONT”"),
    "no HTTP, and no line": (WHO.encode(), "its answer begins with “JEAN-DUPONT”"),
    "two lengths": (
        HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "its headers contradict each other, or HTTP, on how long its body is",
    ),
    "a coding": (
        HEAD + b"Transfer-Encoding: JEAN-DUPONT\r\n\r\nab",
        "it names a transfer coding other than chunked",
    ),
    "no gzip": (
        HEAD + b"Content-Encoding: gzip\r\nContent-Length: 11\r\n\r\n" + WHO.encode(),
        "its body is not compressed as its headers say",
    ),
}


@pytest.mark.parametrize(("raw", "said"), WRONG.values(), ids=WRONG.keys())
async def test_what_is_wrong_with_an_answer_is_said_in_words_of_ours(
    tmp_path: Path, settings: ssl.SSLContext, raw: bytes, said: str
) -> None:
    outcome = await ask(tmp_path, settings, answering(raw), Data.SIMULATED)
    assert code(outcome) == "failed bad-answer"
    assert words(outcome.reason).endswith(f"does not answer in HTTP: {said}")


@pytest.mark.parametrize("raw", [raw for raw, _ in WRONG.values()], ids=WRONG.keys())
async def test_with_real_data_nothing_of_a_wrong_answer_is_shown(
    tmp_path: Path, settings: ssl.SSLContext, raw: bytes
) -> None:
    outcome = await ask(tmp_path, settings, answering(raw), Data.REAL)
    assert code(outcome) == "failed bad-answer"
    assert WHO not in repr(outcome)


async def test_with_real_data_a_wrong_line_is_its_size_and_digest(
    tmp_path: Path, settings: ssl.SSLContext
) -> None:
    outcome = await ask(tmp_path, settings, answering(HEAD + WHO.encode() + b"\r\n\r\n"), Data.REAL)
    assert f"withheld, because the data is real: 11 bytes, sha256:{DIGEST}" in words(outcome.reason)


async def test_with_real_data_the_path_of_a_redirect_is_its_size_and_digest(
    tmp_path: Path, settings: ssl.SSLContext
) -> None:
    steps = leading({"/": to(f"/{WHO}"), f"/{WHO}": to(f"/{WHO}?again=1"), "/a": answer(200)})
    for handler in (steps, leading({"/": to(f"http://localhost/{WHO}")})):
        shown = await ask(tmp_path, settings, handler, Data.SIMULATED)
        assert WHO in repr(shown)
        outcome = await ask(tmp_path, settings, handler, Data.REAL)
        assert WHO not in repr(outcome)
        digest = hashlib.sha256(f"/{WHO}".encode()).hexdigest()
        assert f"is real: 12 bytes, sha256:{digest}" in seen_of(outcome, "redirect")[0]
        (line,) = seen_of(outcome, "reproduce")
        assert line.partition(" https://localhost:")[2].strip("0123456789") == "/"


async def test_a_protocol_that_nobody_asked_for_is_named(tmp_path: Path, settings: ssl.SSLContext) -> None:
    switched = answering(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x81\x05hello")
    outcome = await ask(tmp_path, settings, switched, Data.SIMULATED)
    assert code(outcome) == "failed unasked-upgrade"
    assert "answered 101" in words(outcome.reason)


@given(st.text(max_size=300) | st.binary(max_size=100).map(repr), st.booleans())
def test_no_words_of_h11_break_ours(said: str, quoting: bool) -> None:
    found = of_h11(f"illegal header line: {said}" if quoting else said, NO_LOOP)
    assert isinstance(found, Message)
    assert found.code in PHRASES


@pytest.mark.parametrize("whole", [b"", b"H", b"HTTP", b"HTTP/1.1 200"])
def test_what_may_become_http_is_not_called_otherwise(whole: bytes) -> None:
    assert not_http(whole, NO_LOOP) is None
