"""`.mailmap`: whose other addresses a repository knows (gitmailmap(5)). Pure.

It is one of the files of a release, written by the very people whose say it limits. So it only ever adds an address
to a commit: it takes none away.
"""

import re
from collections.abc import Mapping
from dataclasses import field

from promoter.frozen import frozen
from promoter.model.authors import folded

_LINE = re.compile(r"([^<>]*)<([^<>]*)>(?:([^<>]*)<([^<>]*)>)?")
_LONGEST = 4_000


@frozen
class Mailmap:
    """For an address, and for a name with an address, the address that they stand for."""

    by_address: Mapping[str, str] = field(default_factory=dict)
    by_both: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def proper(self, name: str, email: str) -> str:
        """The address that somebody goes by, as `folded` writes it."""
        address = folded(email)
        both = self.by_both.get((name.strip().casefold(), address))
        return both or self.by_address.get(address, address)


def read_mailmap(content: bytes) -> Mailmap:
    """The mailmap that a file is; lines that are none are passed over, as git does."""
    by_address: dict[str, str] = {}
    by_both: dict[tuple[str, str], str] = {}
    for line in content.decode("utf-8", "replace").split("\n"):
        found = _LINE.match(line[:_LONGEST]) if not line.startswith("#") else None
        if found is None or found[4] is None:
            continue
        _, proper, name, address = found.groups()
        if name.strip():
            by_both[name.strip().casefold(), folded(address)] = folded(proper)
        else:
            by_address[folded(address)] = folded(proper)
    return Mailmap(by_address, by_both)
