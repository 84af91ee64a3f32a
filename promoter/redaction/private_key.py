"""Private keys, told by how their files begin (RFC 7468, OpenSSH's and PGP's own forms)."""

import re

_BEGINS = re.compile(rb"-----BEGIN [A-Z0-9 ]*PRIVATE KEY|PuTTY-User-Key-File-")


def holds_private_key(content: bytes) -> bool:
    """Whether there is a private key among some bytes, in PEM or as PuTTY keeps it."""
    return _BEGINS.search(content) is not None
