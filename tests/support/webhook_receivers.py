"""Receivers of webhooks on loopback, right and wrong ones."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.support.tls_servers import answer

SECRET = "whook-5ecre7-0123456789abcdef"
HEADER = "x-webhook-signature-sha256"


@dataclass
class Delivery:
    """What was delivered; header names are in lower case."""

    headers: Mapping[str, str]
    body: bytes

    @property
    def signature(self) -> str | None:
        return self.headers.get(HEADER)


Decision = Callable[[Delivery], int | bytes]


@dataclass
class Receiver:
    """Answers each delivery with what `decide` says: a status, or raw bytes. Answers after `pauses`, one for
    each delivery, where there are any."""

    decide: Decision
    pauses: tuple[float, ...] = ()
    deliveries: list[Delivery] = field(default_factory=list)

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        pairs = (each.partition(":") for each in head[1:] if each)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        headers[":request"] = head[0]
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.deliveries.append(Delivery(headers, body))
        if len(self.deliveries) <= len(self.pauses):
            await asyncio.sleep(self.pauses[len(self.deliveries) - 1])
        said = self.decide(self.deliveries[-1])
        writer.write(said if isinstance(said, bytes) else answer(said, b"whatever"))
        await writer.drain()
        writer.close()


def expected(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def right(delivery: Delivery) -> int:
    given = (delivery.signature or "").encode()
    return 204 if hmac.compare_digest(given, expected(delivery.body).encode()) else 401


def accepts_all(delivery: Delivery) -> int:
    return 200


def accepts_what_is_there(delivery: Delivery) -> int:
    return 200 if delivery.signature else 401


def compares_the_beginning(delivery: Delivery) -> int:
    given = delivery.signature or "x"
    return 200 if expected(delivery.body).startswith(given) else 401


def of_fixed_length(delivery: Delivery) -> int:
    """As a constant-time comparison that raises on another length, or on what is no hex."""
    given = (delivery.signature or "").removeprefix("sha256=")
    try:
        raw = bytes.fromhex(given)
    except ValueError:
        return 500
    if len(raw) != 32:
        return 500
    return right(delivery)


def parses_first(delivery: Delivery) -> int:
    """As a receiver in JavaScript that verifies what it writes anew."""
    written = json.dumps(json.loads(delivery.body), separators=(",", ":"), ensure_ascii=False).encode()
    return 200 if delivery.signature == expected(written) else 401


def parses_first_in_python(delivery: Delivery) -> int:
    written = json.dumps(json.loads(delivery.body)).encode()
    return 200 if delivery.signature == expected(written) else 403


def decodes_as_latin(delivery: Delivery) -> int:
    """As a receiver that takes the body for Latin-1, and writes it as UTF-8."""
    written = delivery.body.decode("latin-1").encode()
    return 200 if delivery.signature == expected(written) else 401


def with_another_secret(delivery: Delivery) -> int:
    return 200 if delivery.signature == expected(delivery.body, "another") else 401


def always(said: int | bytes) -> Decision:
    return lambda delivery: said


def for_forgeries(said: int | bytes) -> Decision:
    """Right with what is signed, and this with what is not."""
    return lambda delivery: 200 if right(delivery) == 204 else said


def with_signed(said: int | bytes) -> Decision:
    """Right with what is not signed, and this with what is."""
    return lambda delivery: said if right(delivery) == 204 else 401


class Once:
    """Takes each event once, and says this the second time."""

    def __init__(self, second: int) -> None:
        self._second = second
        self._taken: set[bytes] = set()

    def __call__(self, delivery: Delivery) -> int:
        if right(delivery) != 204:
            return 401
        if delivery.body in self._taken:
            return self._second
        self._taken.add(delivery.body)
        return 200


def idempotent_before_it_verifies() -> Decision:
    taken: set[bytes] = set()

    def decide(delivery: Delivery) -> int:
        if delivery.body in taken:
            return 200
        if right(delivery) == 204:
            taken.add(delivery.body)
            return 200
        return 401

    return decide


def verifies_what_is_not_empty(delivery: Delivery) -> int:
    """As a receiver that asks whether the header is there, and verifies it unless it is false."""
    if delivery.signature is None:
        return 401
    return 200 if not delivery.signature else right(delivery)


def knows_signatures() -> Decision:
    """As a receiver that keeps in mind which signatures it found right."""
    known: set[str] = set()

    def decide(delivery: Delivery) -> int:
        if right(delivery) == 204:
            known.add(delivery.signature or "")
        return 200 if delivery.signature in known else 401

    return decide


def github(delivery: Delivery) -> int:
    given = delivery.headers.get("x-hub-signature-256", "")
    known = delivery.headers.get("x-github-event") == "ping" and "x-github-delivery" in delivery.headers
    return 200 if known and hmac.compare_digest(given, expected(delivery.body)) else 403


STANDARD_KEY = b"a key of twenty-four byte"
STANDARD_SECRET = f"whsec_{base64.b64encode(STANDARD_KEY).decode()}"


def standard(*, tolerance: float = 300, status: int = 400, rotates: bool = True) -> Decision:
    """As the specification of Standard Webhooks has it, with or without several signatures in the header."""

    def decide(delivery: Delivery) -> int:
        try:
            identifier = delivery.headers["webhook-id"]
            at = delivery.headers["webhook-timestamp"]
            given = delivery.headers["webhook-signature"]
            if abs(time.time() - int(at)) > tolerance:
                return status
        except (KeyError, ValueError):
            return status
        signed = f"{identifier}.{at}.".encode() + delivery.body
        digest = base64.b64encode(hmac.digest(STANDARD_KEY, signed, "sha256")).decode()
        return 204 if f"v1,{digest}" in (given.split(" ") if rotates else [given]) else status

    return decide
