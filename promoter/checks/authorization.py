"""How a check says who it is: a bearer token, or a user name and a password."""

import base64
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

from promoter.frozen import frozen
from promoter.messages import N_, Message, Template, message
from promoter.redaction import Secret

if TYPE_CHECKING:
    from promoter.net.http import Text


FACTS: Mapping[str, Template] = {
    "one-authorization": N_("is one authorization too many: there can be only one of bearer and basic"),
}


@frozen(kw_only=True)
class Basic:
    """A user name and a password (RFC 7617)."""

    user: Annotated[str, N_("The user name")]
    password: Annotated[Secret, N_("The password")]


def headers_of(bearer: Secret | None, basic: Basic | None) -> "list[tuple[str, Text]]":
    """The `Authorization` header, where there is anything to say."""
    if bearer is not None:
        return [("Authorization", ("Bearer ", bearer))]
    if basic is not None:
        pair = f"{basic.user}:{basic.password.reveal()}".encode()
        named = f"BASIC_OF_{basic.password.name}"
        return [("Authorization", ("Basic ", Secret(base64.b64encode(pair).decode(), named)))]
    return []


def presences(written: Collection[str]) -> Iterator[tuple[str, Message]]:
    """There can be only one authorization; see `declaration`."""
    if {"bearer", "basic"} <= {*written}:
        yield "basic", message("one-authorization")


def by_hand(curl: str, basic: Basic | None) -> str:
    """A curl line, made without a Basic header, that sends the user name and the password."""
    from promoter.net.reproduce import quoted

    if basic is None:
        return curl
    pair: Sequence[str | Secret] = (f"{basic.user}:", basic.password)
    return curl.replace("curl ", f"curl --user {quoted(pair)} ", 1)
