import socket
from collections.abc import Sequence

import pytest

from promoter.model.address import HostPort
from promoter.net.dial import SocketAddress, connect_to_any
from promoter.net.trouble import Trouble
from tests.support.checks import context
from tests.support.tls_servers import OK, serving

HOST = HostPort("service.example", 443)


def addresses(*ports: int) -> Sequence[SocketAddress]:
    return tuple((socket.AF_INET, 0, ("127.0.0.1", port)) for port in ports)


async def test_addresses_are_tried_in_turn_and_those_that_did_not_answer_are_named() -> None:
    async with serving(OK) as closed:
        pass
    async with serving(OK) as port:
        sock, address, attempts = await connect_to_any(addresses(closed, port), HOST, context())
        sock.close()
    assert address == f"127.0.0.1:{port}"
    assert [each.fact.parameters["address"] for each in attempts] == [f"127.0.0.1:{closed}"]
    assert [each.observed for each in attempts] == ["Connection refused"]


async def test_an_address_that_does_not_answer_leaves_time_for_the_next() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        silent: int = full.getsockname()[1]
        with socket.socket() as first, socket.socket() as second:
            for each in (first, second):
                each.setblocking(False)
                each.connect_ex(("127.0.0.1", silent))
            async with serving(OK) as port:
                seen = context(timeout=1.0)
                sock, address, attempts = await connect_to_any(addresses(silent, port), HOST, seen)
                sock.close()
    assert address == f"127.0.0.1:{port}"
    assert [each.observed for each in attempts] == ["Connection timed out"]


async def test_when_no_address_answers_the_refusal_is_named() -> None:
    async with serving(OK) as one, serving(OK) as other:
        pass
    with pytest.raises(Trouble) as raised:
        await connect_to_any(addresses(one, other), HOST, context())
    assert raised.value.code == "refused"
    assert raised.value.parameters == {"address": f"127.0.0.1:{one}"}
    assert len(raised.value.evidence) == 2
