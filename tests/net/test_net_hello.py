import asyncio
import socket
import ssl
import warnings
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from promoter.net.hello import TLS_1_0, TLS_1_1, TLS_1_2, Flight, client_hello, first_flight, read_flight
from tests.support.tls_servers import OK, Wanted, make, server_side, serving

ROOT = make(Wanted(name="Root", authority=True))
V10, V11, V12 = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2


async def flight(settings: ssl.SSLContext, newest: bytes) -> Flight:
    async with serving(OK, settings) as port:
        with socket.socket() as sock:
            sock.setblocking(False)
            await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", port))
            return await first_flight(sock, newest, "localhost")


@pytest.mark.parametrize("rsa_key", [True, False])
@pytest.mark.parametrize(
    ("spoken", "newest", "version"),
    [
        (V12, TLS_1_2, "TLSv1.2"),
        (V12, TLS_1_1, ""),
        (V11, TLS_1_2, "TLSv1.1"),
        (V11, TLS_1_1, "TLSv1.1"),
        (V11, TLS_1_0, ""),
        (V10, TLS_1_1, "TLSv1"),
        (V10, TLS_1_0, "TLSv1"),
    ],
)
async def test_a_server_is_heard_to_settle_for_a_version(
    tmp_path: Path, rsa_key: bool, spoken: ssl.TLSVersion, newest: bytes, version: str
) -> None:
    wanted = Wanted(key=rsa.generate_private_key(65537, 2048)) if rsa_key else Wanted()
    settings = server_side(make(wanted, ROOT), tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        settings.minimum_version = settings.maximum_version = spoken
    assert (await flight(settings, newest)).version == version


@pytest.mark.parametrize("mode", list(ssl.VerifyMode))
async def test_a_server_is_heard_to_ask_for_a_client_certificate(
    tmp_path: Path, mode: ssl.VerifyMode
) -> None:
    settings = server_side(make(Wanted(), ROOT), tmp_path)
    settings.verify_mode = mode
    settings.load_verify_locations(cadata=ROOT.pem.decode())
    found = await flight(settings, TLS_1_2)
    assert found == Flight("TLSv1.2", mode is not ssl.CERT_NONE, over=True)


def test_a_name_is_sent_and_an_address_is_not() -> None:
    assert b"shop.test" in client_hello(TLS_1_2, "shop.test")
    assert b"127.0.0.1" not in client_hello(TLS_1_2, "127.0.0.1")
    assert b"::1" not in client_hello(TLS_1_2, "::1")


def record(content: bytes, sort: int = 22) -> bytes:
    return bytes([sort, 3, 3]) + len(content).to_bytes(2) + content


HELLO = b"\x02\x00\x00\x04\x03\x02xx"


def test_messages_may_be_spread_over_records() -> None:
    spread = b"".join(record(bytes([each])) for each in HELLO + b"\x0e\x00\x00\x00")
    assert read_flight(spread) == Flight("TLSv1.1", over=True)


def test_an_alert_ends_the_flight() -> None:
    assert read_flight(record(b"\x02\x28", sort=21)) == Flight(over=True)
    assert read_flight(record(HELLO) + record(b"\x02\x28", sort=21)) == Flight("TLSv1.1", over=True)


def test_what_is_not_tls_says_nothing() -> None:
    assert read_flight(b"HTTP/1.1 400 Bad Request\r\n") == Flight(over=True)
    assert read_flight(record(b"\x02\x00\x00\x04\x07\x07xx")) == Flight()


@given(
    st.binary(max_size=300) | st.lists(st.binary(max_size=60)).map(lambda parts: b"".join(map(record, parts)))
)
def test_no_bytes_break_the_reading_of_a_flight(received: bytes) -> None:
    found = read_flight(received)
    assert found.version in ("", "SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2")
    assert found.version or not found.asks_for_certificate
