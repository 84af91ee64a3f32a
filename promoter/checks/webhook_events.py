"""What the kind `webhook` delivers: recognisable events about nothing real, rightly signed and forged."""

import json
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import UTC, datetime
from typing import Any

from promoter.frozen import frozen
from promoter.messages import Message, message
from promoter.net.signing import Scheme

MARKET = "VR-0000-PROMOTERTEST"
"""An identifier that no market has: there is no year 0."""

_HOUR_S = 3600
_STALE_S = 600
_NAME = "Essai de promoter, à ignorer"
_SIRET = "00000000000000"
_NOWHERE = "https://promoter.invalid/"
"""A name that never resolves (RFC 2606)."""


@frozen
class Event:
    """One event: the bytes to deliver, and two ways in which JSON libraries would write them anew."""

    name: str
    body: bytes
    rewritten: tuple[bytes, ...]
    headers: Mapping[str, str]

    def with_headers(self, more: Mapping[str, str]) -> "Event":
        """The event with these headers, which take the place of others."""
        named = {name.lower() for name in more}
        kept = {name: value for name, value in self.headers.items() if name.lower() not in named}
        return replace(self, headers={**kept, **more})


def passe_marche(name: str, now: datetime) -> Event:
    """An event of Passe Marché of that name."""
    time = _written(now)
    if name == "market.completed":
        market = {
            "identifier": MARKET,
            "name": _NAME,
            "lots": [],
            "market_type_codes": [],
            "completed_at": time,
            "field_keys": [],
        }
        return _event(name, {"event": name, "timestamp": time, "market": market})
    application = {
        "identifier": f"{MARKET}-1",
        "siret": _SIRET,
        "attestation_url": f"{_NOWHERE}attestation",
        "documents_package_url": f"{_NOWHERE}documents",
    }
    content = {
        "event": name,
        "timestamp": time,
        "market_identifier": MARKET,
        "market_application": application,
    }
    return _event(name, content)


def ping_of_github() -> Event:
    """What GitHub sends when a webhook is set up."""
    hook = {"type": "Repository", "id": 0, "name": _NAME, "active": True, "events": ["ping"]}
    headers = {"X-GitHub-Event": "ping", "X-GitHub-Delivery": "00000000-0000-0000-0000-000000000000"}
    return _event("ping", {"zen": _NAME, "hook_id": 0, "hook": hook}, headers)


def push_of_github() -> Event:
    """What GitHub sends when somebody pushed, about nothing real; it is never signed here."""
    headers = {"X-GitHub-Event": "push", "X-GitHub-Delivery": "00000000-0000-0000-0000-000000000001"}
    content = {"ref": "refs/heads/promoter-test", "commits": [], "repository": {"id": 0, "name": _NAME}}
    return _event("push", content, headers)


def plain(now: datetime) -> Event:
    """An event for a receiver about which nothing is known."""
    content = {"type": "promoter.test", "timestamp": _written(now), "data": {"id": MARKET, "name": _NAME}}
    return _event("promoter.test", content)


def templated(payload: object, now: datetime) -> Event:
    """The user's own: `{timestamp}` in it becomes the time of the run, `{identifier}` the test's."""
    return _event("", payload, replacing={"{timestamp}": _written(now), "{identifier}": MARKET})


def _written(now: datetime) -> str:
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _event(
    name: str,
    content: Any,
    headers: Mapping[str, str] | None = None,
    replacing: Mapping[str, str] | None = None,
) -> Event:
    def bytes_of(separators: Sequence[str], *, ascii_only: bool) -> bytes:
        comma, colon = separators
        text = json.dumps(content, ensure_ascii=ascii_only, separators=(comma, colon))
        for placeholder, value in (replacing or {}).items():
            text = text.replace(placeholder, value)
        return text.encode("utf-8", "replace")

    body = bytes_of((",", ": "), ascii_only=False)
    usual = {"Content-Type": "application/json", **(headers or {})}
    rewritten = (bytes_of((",", ":"), ascii_only=False), bytes_of((", ", ": "), ascii_only=True))
    return Event(name, body, tuple(each for each in rewritten if each != body), usual)


@frozen
class Delivery:
    """One delivery. `right` says whether it is rightly signed, `digest` what the right signature has;
    `lent` is what a signature has that is right, but of another body."""

    said: Message
    right: bool
    body: bytes = field(repr=False)
    headers: Sequence[tuple[str, str]] = field(repr=False)
    digest: str = field(repr=False)
    lent: str = field(default="", repr=False)


@frozen
class Signer:
    """Signs events for one receiver; forgeries are made of the same parts."""

    scheme: Scheme
    key: bytes = field(repr=False)

    def signed(self, event: Event, said: Message, identifier: str) -> Delivery:
        """A rightly signed delivery."""
        headers, digest = self._signed(event.body, identifier, int(time.time()))
        return Delivery(said, True, event.body, [*event.headers.items(), *headers], digest)

    def in_rotation(self, event: Event) -> Iterator[Delivery]:
        """The event as it is signed while a secret is exchanged for another, where the scheme has that."""
        if not self.scheme.timed:
            return
        at, identifier = int(time.time()), new_identifier()
        covered = self._covered(event.body, identifier, at)
        digest = self.scheme.digest(self.key, covered)
        other = self.scheme.digest(secrets.token_bytes(32), covered)
        header = (self.scheme.header, " ".join(f"{self.scheme.prefix}{each}" for each in (other, digest)))
        usual = [*event.headers.items(), *self._timing(identifier, at), header]
        yield Delivery(message("signed-in-rotation"), True, event.body, usual, digest)

    def forgeries(self, event: Event, genuine: Event) -> Iterator[Delivery]:
        """The event with signatures that are not right, or no longer, or those of the `genuine` one."""
        at, identifier = int(time.time()), new_identifier()
        covered = self._covered(event.body, identifier, at)
        digest = self.scheme.digest(self.key, covered)
        other = self.scheme.digest(secrets.token_bytes(32), event.body)
        usual = [*event.headers.items(), *self._timing(identifier, at)]
        last = len(digest.rstrip("=")) - 1
        for code, given in (
            ("forged", other),
            ("short", digest[: len(digest) // 2]),
            ("garbled", "*" * len(digest)),
            ("altered-end", self.scheme.altered(digest, last)),
            ("altered-middle", self.scheme.altered(digest, len(digest) // 2)),
            ("empty-key", self.scheme.digest(b"", covered)),
            ("keyless", self.scheme.keyless(covered)),
        ):
            header = (self.scheme.header, self.scheme.prefix + given)
            yield Delivery(message(code), False, event.body, [*usual, header], digest)
        empty = (self.scheme.header, "")
        yield Delivery(message("signature-empty"), False, event.body, [*usual, empty], digest)
        if self.scheme.prefix:
            bare = (self.scheme.header, self.scheme.prefix)
            yield Delivery(message("prefix-alone"), False, event.body, [*usual, bare], digest)
        yield Delivery(message("unsigned"), False, event.body, usual, digest)
        yield self._lending(event, genuine)
        for code, moved in (("stale", -_STALE_S), ("ahead", _HOUR_S)) if self.scheme.timed else ():
            headers, _ = self._signed(event.body, new_identifier(), at + moved)
            yield Delivery(message(code), False, event.body, [*event.headers.items(), *headers], "")

    def forgeries_of(self, event: Event) -> Iterator[Delivery]:
        """Another event with a wrong signature, and with none."""
        at, identifier = int(time.time()), new_identifier()
        digest = self.scheme.digest(self.key, self._covered(event.body, identifier, at))
        other = self.scheme.digest(secrets.token_bytes(32), event.body)
        usual = [*event.headers.items(), *self._timing(identifier, at)]
        wrong = (self.scheme.header, self.scheme.prefix + other)
        yield Delivery(message("forged-of", name=event.name), False, event.body, [*usual, wrong], digest)
        yield Delivery(message("unsigned-of", name=event.name), False, event.body, usual, digest)

    def _lending(self, event: Event, genuine: Event) -> Delivery:
        """Another body than the genuine event's, with the signature of that one."""
        others = (each for each in (event.body, *event.rewritten) if each != genuine.body)
        body = next(others, event.body + b" ")
        at, identifier = int(time.time()), new_identifier()
        headers, lent = self._signed(genuine.body, identifier, at)
        digest = self.scheme.digest(self.key, self._covered(body, identifier, at))
        return Delivery(message("other-body"), False, body, [*event.headers.items(), *headers], digest, lent)

    def rewritten(self, event: Event) -> Iterator[Delivery]:
        """The same event, rightly signed, as JSON libraries would write it."""
        for body in event.rewritten:
            headers, digest = self._signed(body, new_identifier(), int(time.time()))
            usual = [*event.headers.items(), *headers]
            yield Delivery(message("signed-rewritten"), True, body, usual, digest)

    def _signed(self, body: bytes, identifier: str, at: int) -> tuple[list[tuple[str, str]], str]:
        digest = self.scheme.digest(self.key, self._covered(body, identifier, at))
        header = (self.scheme.header, self.scheme.prefix + digest)
        return [*self._timing(identifier, at), header], digest

    def _covered(self, body: bytes, identifier: str, at: int) -> bytes:
        return f"{identifier}.{at}.".encode() + body if self.scheme.timed else body

    def _timing(self, identifier: str, at: int) -> list[tuple[str, str]]:
        return [("webhook-id", identifier), ("webhook-timestamp", str(at))] if self.scheme.timed else []


def new_identifier() -> str:
    """The id of one more delivery."""
    return f"msg_promoter_{secrets.token_hex(8)}"
