"""Copied files, which lie where the digest of their bytes says: those that are not what their name says."""

import hashlib
from collections.abc import Iterable

from promoter.trail.repository import Repository

BLOB_AT_MOST = 32 << 20
"""Bytes in a copied file."""

_GITLINK = "160000"


def wrong_copies(repository: Repository, copies: Iterable[tuple[str, str, str]]) -> set[tuple[str, str]]:
    """Of copies, by path, git's mode and object id, the paths and ids of those that are not what the path says.

    What is missing from this clone cannot be told, and is not among them.
    """
    given = list(copies)
    wrong = {(path, oid) for path, mode, oid in given if mode == _GITLINK}
    asked = sorted({(path, oid) for path, _, oid in given} - wrong)
    sizes = list(repository.sizes(oid for _, oid in asked))
    wrong |= {
        each for each, size in zip(asked, sizes, strict=True) if size is not None and size > BLOB_AT_MOST
    }
    small = [each for each, size in zip(asked, sizes, strict=True) if size is not None and each not in wrong]
    for (path, oid), (_, _, content) in zip(small, repository.objects(oid for _, oid in small), strict=True):
        if hashlib.sha256(content).hexdigest() != path.rpartition("/")[2]:
            wrong.add((path, oid))
    return wrong
