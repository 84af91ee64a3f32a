"""Copied files, which lie where the digest of their bytes says: those that are not what their name says."""

import hashlib
from collections.abc import Iterable

from promoter.errors import CannotAct, TrailUntrusted
from promoter.messages import N_, phrase
from promoter.trail.entry import blob_path
from promoter.trail.repository import Repository

BLOB_AT_MOST = 32 << 20
"""Bytes in a copied file."""

_GITLINK = "160000"


def copy_of(repository: Repository, tip: str | None, digest: str) -> bytes:
    """A file copied into the trail, by its `sha256:…` digest.

    Raises CannotAct when it is not there or its bytes are not in this clone, TrailUntrusted when it is not what its
    name says.
    """
    path = blob_path(digest)
    found = list(repository.objects([f"{tip}:{path}"])) if tip else []
    if not found or found[0][1] != "blob":
        if tip and repository.run("ls-tree", "-z", "--full-tree", tip, path):
            raise CannotAct(
                phrase(
                    N_("the bytes of the trail's copy of {digest} are missing from this clone"), digest=digest
                ),
                phrase(N_("'promoter doctor' says what is missing, and what brings it back")),
            )
        raise CannotAct(
            phrase(N_("the trail has no copy of {digest}"), digest=digest),
            phrase(N_("'promoter sync' fetches what others have recorded")),
        )
    content = found[0][2]
    if "sha256:" + hashlib.sha256(content).hexdigest() != digest:
        raise TrailUntrusted(
            phrase(N_("the trail's copy of {digest} is not what its name says"), digest=digest),
            phrase(N_("'promoter verify --full' says what happened to the trail")),
        )
    return content


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
