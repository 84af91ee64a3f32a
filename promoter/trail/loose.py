"""Objects written, all that an entry needs by one git: as a pack that it takes apart, each on the disk when it ends.

`hash-object` and `mktree` are a process each, and `mktree` looks up every line of every tree.
"""

import hashlib
import zlib
from collections.abc import Mapping

from promoter.trail.repository import Repository

_NUMBERS = {"tree": 2, "blob": 3}
_VERSION = 2


def object_id(repository: Repository, kind: str, content: bytes) -> str:
    """The id git gives an object."""
    return _digest(repository, f"{kind} {len(content)}\0".encode() + content).hex()


def write(repository: Repository, objects: Mapping[str, tuple[str, bytes]]) -> None:
    """Writes objects (kind and content by id) that are not there yet. Raises GitFailed; what a power cut had
    left empty stays so, which only reading it again tells."""
    pack = b"PACK" + _VERSION.to_bytes(4) + len(objects).to_bytes(4)
    pack += b"".join(
        _head(_NUMBERS[kind], len(content)) + zlib.compress(content) for kind, content in objects.values()
    )
    repository.change("unpack-objects", "-q", input=pack + _digest(repository, pack))


def _digest(repository: Repository, content: bytes) -> bytes:
    return hashlib.new(repository.object_format, content, usedforsecurity=False).digest()


def _head(number: int, size: int) -> bytes:
    """Kind and size as a pack has them (gitformat-pack(5)): 4 bits of the size beside the kind, then 7 a byte."""
    byte, size = number << 4 | size & 15, size >> 4
    head = bytearray()
    while size:
        head.append(byte | 0x80)
        byte, size = size & 0x7F, size >> 7
    return bytes([*head, byte])
