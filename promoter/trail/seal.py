"""What a commit's signature says on its own, before anyone asks who may sign."""

import base64
import binascii
from collections.abc import Iterable
from enum import StrEnum

from promoter.frozen import frozen


class SealState(StrEnum):
    """What a signature says on its own. `MISSING_KEY` and `UNCHECKED` may change once there is a key
    or a program to check it with."""

    NONE = "none"
    BROKEN = "broken"
    INTACT = "intact"
    MISSING_KEY = "missing-key"
    UNCHECKED = "unchecked"


@frozen
class Seal:
    """A commit's signature: its state, and the id of the key it is of, as far as that can be told. A key that comes
    in several forms is told apart by `blocks`, those of them that the signature is good by."""

    state: SealState
    key: str | None = None
    blocks: tuple[str, ...] = ()

    @property
    def final(self) -> bool:
        """Whether another key or program could not change it."""
        return self.state in (SealState.NONE, SealState.BROKEN, SealState.INTACT)


def surest(seals: Iterable[Seal]) -> Seal:
    """What one of several keys says for certain of a signature, or else what they say."""
    order = (SealState.INTACT, SealState.BROKEN, SealState.UNCHECKED, SealState.MISSING_KEY)
    return min(seals, key=lambda seal: order.index(seal.state))


def dearmoured(signature: bytes) -> bytes | None:
    """What an armoured signature holds (RFC 9580, section 6.2; RFC 7468); None where it is not written plainly."""
    lines = [each.strip() for each in signature.splitlines()]
    body = lines[lines.index(b"") + 1 :] if b"" in lines[:-1] else lines
    kept = [each for each in body if each and not each.startswith((b"=", b"-"))]
    try:
        return base64.b64decode(b"".join(kept), validate=True) or None
    except (binascii.Error, ValueError):
        return None
