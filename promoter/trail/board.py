"""The board: what is made of the trail for readers on a forge, on a branch of its own.

Beside its pages the branch has `board.json`, which says of which trail and commit the pages were made and which
files are promoter's. It is how a board is told from any other branch; files it does not name are
somebody's own, and stay. Nothing is ever read from a board but this: what counts is the trail.
"""

import hashlib
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import field
from datetime import datetime
from typing import Any

from promoter.errors import CannotAct, Refused, UsageError
from promoter.frozen import frozen
from promoter.messages import N_, phrase
from promoter.model.roster import Roster
from promoter.trail.identity import GitIdentity
from promoter.trail.keyring import Keyring
from promoter.trail.lock import locked
from promoter.trail.repository import Repository, reference_of
from promoter.trail.signature import signer_of, take_apart
from promoter.trail.signing import written_commit
from promoter.trail.trees import with_files, without
from promoter.trail.writing import lock_of, move

MANIFEST = "board.json"
SCHEMA = "promoter/published/1"

_MANIFEST_AT_MOST = 16 << 20
_OID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}", re.ASCII)


@frozen
class Published:
    """A board as it is on its branch: the commit, the trail and the trail's commit it was made of, its own
    files (path → blob), and which of them somebody changed or removed since."""

    commit: str
    trail: str
    tip: str
    files: Mapping[str, str]
    edited: tuple[str, ...] = ()


@frozen
class Pages:
    """What a board shall say: the trail's id and commit, new pages (path → text), and those it has already
    (path → blob). `gone` are pages of the board before that go."""

    trail: str
    tip: str
    new: Mapping[str, str]
    kept: Mapping[str, str] = field(default_factory=dict)
    gone: tuple[str, ...] = ()


def published_at(repository: Repository, branch: str, commit: str) -> Published:
    """The board at a commit; raises Refused when there is something else."""
    there = _files(repository, commit)
    manifest = _manifest(repository, there.get(MANIFEST))
    if manifest is None:
        raise Refused(
            phrase(N_("the branch {branch} is no board: promoter did not make it"), branch=branch),
            phrase(N_("choose another name with --branch, or delete that branch here and on the remote")),
        )
    files: dict[str, str] = manifest["files"]
    edited = tuple(sorted(path for path, oid in files.items() if there.get(path) != oid))
    return Published(commit, manifest["trail"], manifest["tip"], files, edited)


def written(
    repository: Repository,
    before: Published | None,
    pages: Pages,
    message: str,
    identity: GitIdentity,
    at: datetime,
) -> str:
    """The commit that has these pages: a new one on the board before, or that itself where it has them already.

    No branch is moved. Raises CannotAct.
    """
    known = set(before.files.values()) if before is not None else set()
    oids = dict(pages.kept)
    for path, text in pages.new.items():
        oids[path] = _stored(repository, text.encode(errors="backslashreplace"), known)
    files = {**_still_there(before, pages.gone), **oids}
    manifest = {"schema": SCHEMA, "trail": pages.trail, "tip": pages.tip, "files": files}
    content = json.dumps(manifest, indent=2, sort_keys=True, ensure_ascii=True) + "\n"
    whole = {**files, MANIFEST: _stored(repository, content.encode(), known)}
    parent = None if before is None else before.commit
    base = without(repository, parent, pages.gone) if parent is not None and pages.gone else parent
    tree = with_files(repository, base, whole, replacing=True)
    if before is not None and tree == repository.resolve(before.commit)[1]:
        return before.commit
    parents = () if parent is None else (parent,)
    return written_commit(repository, tree, parents, message, identity, at=at, sign=identity.signing)


def moved(repository: Repository, branch: str, new: str, before: str | None) -> bool:
    """Moves the board's branch if it is still where it was; whether it was. Raises CannotAct."""
    if new == before:
        return True
    with locked(lock_of(repository)) as held:
        return move(repository, held, reference_of(branch), new, before)


def is_signed_with(repository: Repository, commit: str, key: str | None, roster: Roster) -> bool:
    """Whether a board's commit is signed with this key, and that is somebody's on the roster."""
    [(_, _, content)] = repository.objects([commit])
    with Keyring([roster]) as keys:
        seal = keys.examine(take_apart(content), ())
    return seal.key == key and signer_of(roster, seal) is not None


def require_free(repository: Repository, branch: str, trail: str) -> None:
    """Raises UsageError or CannotAct when a board cannot be kept on this branch."""
    reference = reference_of(branch)
    if branch == trail:
        raise UsageError(
            phrase(N_("{branch} is the trail's own branch"), branch=branch),
            phrase(N_("choose another name with --branch")),
        )
    listed = repository.run("for-each-ref", "--format=%(worktreepath)", reference)
    place = listed.decode("utf-8", "replace").strip()
    if place:
        raise CannotAct(
            phrase(N_("the branch {branch} is checked out in {place}"), branch=branch, place=place),
            phrase(N_("check another branch out there: work trees are not touched")),
        )
    parts = branch.split("/")
    for parent in ("/".join(parts[:count]) for count in range(1, len(parts))):
        if repository.tip(parent) is not None:
            raise CannotAct(
                phrase(
                    N_("git cannot have a branch {branch} beside a branch {parent}"),
                    branch=branch,
                    parent=parent,
                ),
                phrase(N_("choose another name with --branch")),
            )


def _still_there(before: Published | None, gone: Collection[str]) -> dict[str, str]:
    """A board's own files as they are on it: those nobody makes any more stay, but for those that go."""
    if before is None:
        return {}
    lost = {*before.edited, *gone}
    return {path: oid for path, oid in before.files.items() if path not in lost}


def _files(repository: Repository, commit: str) -> dict[str, str]:
    listed = repository.run("ls-tree", "-r", "-z", "--full-tree", commit)
    files = {}
    for line in listed.decode("utf-8", "surrogateescape").split("\0")[:-1]:
        facts, _, path = line.partition("\t")
        mode, _, oid = facts.split(" ")
        files[path] = oid if mode == "100644" else ""
    return files


def _manifest(repository: Repository, blob: str | None) -> dict[str, Any] | None:
    if not blob or int(repository.run("cat-file", "-s", blob)) > _MANIFEST_AT_MOST:
        return None
    [(_, _, content)] = repository.objects([blob])
    try:
        manifest = json.loads(content)
    except (ValueError, RecursionError):
        return None
    sound = (
        isinstance(manifest, dict)
        and manifest.get("schema") == SCHEMA
        and isinstance(manifest.get("trail"), str)
        and _is_oid(manifest.get("tip"))
        and isinstance(manifest.get("files"), dict)
        and all(_is_path(path) and _is_oid(oid) for path, oid in manifest["files"].items())
    )
    return manifest if sound else None


def _is_oid(value: object) -> bool:
    return isinstance(value, str) and _OID.fullmatch(value) is not None


def _is_path(path: str) -> bool:
    """Whether it is a path that a board's page has, so that nothing else is ever written or kept under it."""
    return re.fullmatch(r"(README|reports/[A-Za-z0-9][A-Za-z0-9._+-]*)(\.[a-z]{2})?\.md", path) is not None


def _stored(repository: Repository, content: bytes, known: set[str]) -> str:
    """The blob's id; it is written unless the board has it already."""
    head = b"blob %d\0" % len(content)
    oid = hashlib.new(repository.object_format, head + content, usedforsecurity=False).hexdigest()
    if oid not in known:
        repository.change("hash-object", "-w", "--stdin", input=content)
    return oid
