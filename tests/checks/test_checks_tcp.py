import asyncio
import socket
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promoter.model.context import Context
from promoter.model.environment import Data, Network
from promoter.model.outcome import Outcome, Verdict
from promoter.model.overrides import Overrides
from promoter.model.reference import Value
from tests.support.checks import code, context, environment, observe, seen_of, words
from tests.support.tls_servers import Handler, dripping, serving, silence


def greeting(*parts: bytes) -> Handler:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for each in parts:
            writer.write(each)
            await writer.drain()
            await asyncio.sleep(0.01)
        writer.close()

    return handler


async def knock(handler: Handler, seen: Context | None = None, **fields: Value) -> Outcome:
    async with serving(handler) as port:
        return await observe("tcp", {"address": f"localhost:{port}", **fields}, seen or context())


async def test_a_port_that_accepts_passes_and_says_which_address() -> None:
    outcome = await knock(silence)
    assert code(outcome) == "passed accepts"
    assert seen_of(outcome, "address")[0].startswith("127.0.0.1:")
    assert seen_of(outcome, "reproduce")[0].startswith("nc -v localhost ")
    assert seen_of(outcome, "time")


async def test_nobody_listening_fails() -> None:
    async with serving(silence) as port:
        pass
    outcome = await observe("tcp", {"address": f"127.0.0.1:{port}"}, context())
    assert code(outcome) == "failed refused"
    assert f"127.0.0.1:{port}" in words(outcome.reason)


async def test_an_unknown_name_is_told_apart() -> None:
    outcome = await observe("tcp", {"address": "no-such-host.invalid:25"}, context())
    assert code(outcome) in ("failed name-unknown", "errored name-not-resolved")


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ((b"220 mail.example.org ESMTP\r\n",), "passed accepts"),
        ((b"22", b"0 mail.exa", b"mple.org ESMTP\r\n"), "passed accepts"),
        ((b"554 no service here\r\n",), "failed wrong-greeting"),
        ((b"\xff\xfe\x1b[2J",), "failed wrong-greeting"),
        ((b"x" * 10_000 + b"220 mail",), "failed wrong-greeting"),
        ((), "failed hung-up"),
    ],
)
async def test_the_greeting_must_contain_the_banner(parts: tuple[bytes, ...], expected: str) -> None:
    outcome = await knock(greeting(*parts), banner="220 mail")
    assert code(outcome) == expected
    assert [each.verdict for each in outcome.evidence if each.verdict] == [outcome.verdict]


@pytest.mark.parametrize("handler", [silence, dripping(b"x", 0.01)])
async def test_a_greeting_that_never_comes_ends_at_the_deadline(handler: Handler) -> None:
    seen = context(timeout=0.3)
    with pytest.raises(TimeoutError):
        await knock(handler, seen, banner="220 ")
    assert seen.journal.doing is not None
    assert words(seen.journal.doing).startswith("waiting for the greeting of 127.0.0.1:")


async def test_with_real_data_the_greeting_is_a_digest() -> None:
    real = replace(environment(), data=Data.REAL)
    outcome = await knock(greeting(b"220 Jeanne Martin"), context(at=real), banner="220 ")
    assert code(outcome) == "passed accepts"
    assert "Jeanne" not in repr(outcome)
    assert "17 bytes, sha256:" in seen_of(outcome, "greeting")[0]


async def test_pinned_and_overridden_addresses_are_used_and_noted() -> None:
    async with serving(silence) as port:
        network = Network(connect_to={"db.example:5432": f"127.0.0.1:{port}"})
        pinned = context(at=environment(network=network))
        assert code(await observe("tcp", {"address": "db.example:5432"}, pinned)) == "passed accepts"
        assert pinned.journal.overrides == set()
        overridden = context(overrides=Overrides(connect_to={"db.example:5432": f"127.0.0.1:{port}"}))
        outcome = await observe("tcp", {"address": "db.example:5432"}, overridden)
        assert seen_of(outcome, "address") == [f"127.0.0.1:{port}"]
        assert overridden.journal.overrides == {f"--connect-to db.example:5432:127.0.0.1:{port}"}


async def test_an_address_that_does_not_answer_is_named_beside_the_one_that_does() -> None:
    async with serving(silence) as port:
        found = {each[4][0] for each in socket.getaddrinfo("localhost", port, type=socket.SOCK_STREAM)}
        outcome = await observe("tcp", {"address": f"localhost:{port}"}, context())
    if "::1" in found:
        assert any(each.fact.code.endswith(".attempt") for each in outcome.evidence)
    assert outcome.verdict is Verdict.PASSED


@given(st.binary(max_size=300))
@settings(max_examples=40, deadline=None)
def test_no_greeting_breaks_the_check_or_passes_wrongly(raw: bytes) -> None:
    outcome = asyncio.run(knock(greeting(raw), banner="never said: \N{BALLOT X}"))
    assert outcome.verdict is Verdict.FAILED
