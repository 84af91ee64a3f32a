"""What stands in the way of a trail, or endangers it, in one clone: looked for, and mended where that is safe.

The doctor reads files and git's answers, and talks to no remote. What it mends loses nothing: lock files
that nobody holds, objects without content, an index that is made anew, and what is in the outbox.
"""

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from promoter.errors import CannotAct, UsageError
from promoter.trail import damage
from promoter.trail.ailment import Ailment, Gravity, ailment
from promoter.trail.anchor import Anchor, Anchors, AnchorUnreadable
from promoter.trail.arrival import fetched_alterations, is_refused, not_followed, remotes_without
from promoter.trail.command import OLDEST_GIT, GitFailed, git_version, harmless
from promoter.trail.entry import is_entry_path
from promoter.trail.fetching import is_partial
from promoter.trail.headline import headline
from promoter.trail.identity import git_identity
from promoter.trail.index import Index, directory_of, reading
from promoter.trail.index_rows import IndexDamaged
from promoter.trail.obstacles import CODES, in_the_way, obstacle, taken_away
from promoter.trail.outbox import Outbox
from promoter.trail.repository import Repository, reference_of
from promoter.trail.restoring import lost_entries, restore
from promoter.trail.sync import preferred_remote
from promoter.trail.tracking import overwriting_refspecs
from promoter.trail.tree_form import malformed
from promoter.trail.unbegun import unbegun

_PRUNE_AT_LEAST_S = 3600
"""Longer than a person takes to unlock a key while an entry's objects are named by nothing yet."""


def before_opening(directory: Path) -> list[Ailment]:
    """What keeps git from opening the repository around a directory; empty when nothing does."""
    try:
        version = git_version()
    except CannotAct:
        return [ailment(Gravity.BLOCKS, "git-missing")]
    if version < OLDEST_GIT:
        return [ailment(Gravity.BLOCKS, "git-too-old", version=".".join(map(str, version)))]
    try:
        Repository.discover(directory).close()
    except GitFailed as failed:
        return [ailment(Gravity.BLOCKS, "repository-unusable", said=failed.said)]
    except CannotAct as refused:
        said = refused.__cause__.said if isinstance(refused.__cause__, GitFailed) else ""
        code = "dubious-ownership" if "dubious ownership" in said else "no-repository"
        return [ailment(Gravity.BLOCKS, code, directory=str(directory.absolute()))]
    return []


def examine(repository: Repository, branch: str, rostered: Callable[[], bool]) -> list[Ailment]:
    """Everything that is wrong in this clone, in the order it is best mended in.

    `rostered` answers, last of all, whether there is a roster, so that only signed entries count: it
    reads the trail, which makes a damaged index anew.
    """
    found: list[Ailment] = []
    looks: list[Callable[[], Iterator[Ailment]]] = [
        partial(_settings, repository, branch),
        partial(_branch, repository, branch),
        partial(_locks, repository, branch),
        partial(_empty, repository),
        partial(_kept, repository, branch),
        partial(_history, repository, branch),
        partial(_remote, repository, branch),
        partial(_lost, repository, branch),
        partial(_identity, repository, rostered),
    ]
    for look in looks:
        try:
            found += look()
        except GitFailed as failed:
            found.append(ailment(Gravity.BLOCKS, "could-not-look", said=failed.said))
        except OSError as failed:
            said = harmless(str(failed).encode())
            found.append(ailment(Gravity.BLOCKS, "could-not-look", said=said))
    return found


def _settings(repository: Repository, branch: str) -> Iterator[Ailment]:
    for path in (repository.common_directory, repository.common_directory / "objects"):
        if not os.access(path, os.W_OK):
            yield ailment(Gravity.BLOCKS, "not-writable", path=str(path))
    expiry = repository.setting("gc.pruneExpire", kind="expiry-date")
    if expiry is not None and int(expiry) > time.time() - _PRUNE_AT_LEAST_S:
        written = repository.setting("gc.pruneExpire") or ""
        yield ailment(Gravity.RISK, "prune-too-soon", setting=f"gc.pruneExpire={written}")
    for remote, refspec in overwriting_refspecs(repository, branch):
        yield ailment(Gravity.RISK, "mirror-refspec", remote=remote, refspec=refspec, branch=branch)
    for remote in repository.remotes():
        if repository.setting(f"remote.{remote}.mirror", kind="bool") == "true":
            yield ailment(Gravity.RISK, "mirror-push", remote=remote)
    if repository.run("for-each-ref", "--count=1", "refs/replace/"):
        yield ailment(Gravity.NOTE, "history-replaced")
    if (repository.common_directory / "info" / "grafts").exists():
        yield ailment(Gravity.NOTE, "history-grafted")


def _identity(repository: Repository, rostered: Callable[[], bool]) -> Iterator[Ailment]:
    try:
        identity = git_identity(repository)
    except GitFailed:
        raise
    except CannotAct:
        yield ailment(Gravity.BLOCKS, "no-identity")
        return
    if identity.signing and identity.key_id is None:
        yield ailment(Gravity.BLOCKS, "signing-key-unreadable")
    elif not identity.signing and rostered():
        yield ailment(Gravity.BLOCKS, "no-signing-key-for-roster")
    elif not identity.signing:
        yield ailment(Gravity.NOTE, "no-signing-key")


def _branch(repository: Repository, branch: str) -> Iterator[Ailment]:
    reference = reference_of(branch)
    tracking = f"refs/remotes/*/{branch}"
    listed = repository.run("for-each-ref", "--format=%(refname)", reference, tracking)
    names = listed.decode("utf-8", "replace").splitlines()
    worktrees = repository.run("worktree", "list", "--porcelain", "-z").decode("utf-8", "replace")
    for about in worktrees.split("\0\0"):
        lines = dict(line.partition(" ")[::2] for line in about.split("\0"))
        if lines.get("branch") == reference:
            place = lines.get("worktree", "")
            yield ailment(Gravity.BLOCKS, "trail-checked-out", branch=branch, place=place)
    if reference in names or repository.commit_of(reference) is not None:
        return
    for parent in _above(branch):
        if repository.commit_of(reference_of(parent)) is not None:
            yield ailment(Gravity.BLOCKS, "trail-branch-in-the-way", branch=branch, parent=parent)
    known = is_refused(repository, branch)
    with contextlib.suppress(AnchorUnreadable):
        known = known or Anchors(directory_of(repository)).of(branch) is not None
    if names and not known:
        yield ailment(Gravity.BLOCKS, "trail-not-fetched")


def _above(branch: str) -> list[str]:
    """The branches beside which git cannot have this one."""
    parts = branch.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]


def _locks(repository: Repository, branch: str) -> Iterator[Ailment]:
    for each in damage.lock_files(repository, branch):
        path = str(each.path)
        if each.stale:
            mend = partial(damage.remove_lock, each.path)
            yield ailment(Gravity.BLOCKS, "stale-lock", mend, path=path, age=each.age_s)
        else:
            gravity = Gravity.RISK if each.age_s > damage.OLD_S else Gravity.NOTE
            yield ailment(gravity, "foreign-lock", path=path)


def _empty(repository: Repository) -> Iterator[Ailment]:
    for oid, path in damage.empty_objects(repository):
        mend = partial(_rewritten, repository, oid, path)
        yield ailment(Gravity.BLOCKS, "empty-object", mend, object=oid)


def _rewritten(repository: Repository, oid: str, path: Path) -> None:
    """Takes an empty object away: git takes it for one that is there, and would not write it again. What the
    outbox has of it is written at once."""
    if path.stat().st_size == 0:
        path.unlink()
    for _, content in Outbox(repository).contents():
        named = repository.run("hash-object", "--stdin", input=content).decode("ascii").strip()
        if named == oid:
            repository.change("hash-object", "-w", "--stdin", input=content)


def _kept(repository: Repository, branch: str) -> Iterator[Ailment]:
    """What a clone keeps of its own beside the repository."""
    try:
        Anchors(directory_of(repository)).of(branch)
    except AnchorUnreadable:
        yield ailment(Gravity.BLOCKS, "anchor-unreadable")
    index = Index(repository, branch)
    if not index.path.exists():
        return
    try:
        with reading(index.path) as reader:
            reader.meta("tip")
    except IndexDamaged:
        yield ailment(Gravity.NOTE, "index-unreadable", index.forget, path=str(index.path))


def _history(repository: Repository, branch: str) -> Iterator[Ailment]:
    tip = repository.commit_of(reference_of(branch))
    mend = partial(restore, repository, branch)
    missing = list(_missing(repository, tip, mend)) if tip is not None else []
    yield from missing
    if tip is not None and not missing:
        first = unbegun(repository, tip)
        if first is not None:
            yield Ailment(first.message, Gravity.BLOCKS)
        yield from _malformed(repository, branch, tip)
        yield from _obstacles(repository, branch, tip)
    anchors = Anchors(directory_of(repository))
    try:
        anchor = anchors.of(branch)
    except AnchorUnreadable:
        return
    if anchor is not None and not _has(repository, tip, anchor):
        path = str(anchors.path)
        yield ailment(Gravity.BLOCKS, "trail-behind-anchor", mend, tip=anchor.tip[:12], path=path)


def _malformed(repository: Repository, branch: str, tip: str) -> Iterator[Ailment]:
    """What an older version, or git itself, took in that git would not write."""
    for each in malformed(repository, None, tip):
        commit = each.commit or tip
        author = harmless(repository.run("log", "-1", "--format=%an <%ae>", commit, "--"))
        yield ailment(
            Gravity.BLOCKS,
            "malformed",
            commit=commit[:12],
            author=author,
            path=each.path or branch,
            branch=branch,
            what=each.message,
        )


def _obstacles(repository: Repository, branch: str, tip: str) -> Iterator[Ailment]:
    """What an older version took in that is in the way of the trail."""
    try:
        noticed = Index(repository, branch).at(tip).findings(*CODES)
        found = in_the_way(repository, tip, noticed)
    except (CannotAct, IndexDamaged):
        return
    if found:
        mend = partial(taken_away, repository, branch, noticed)
        yield Ailment(obstacle(repository, found), Gravity.BLOCKS, mend)


def _remote(repository: Repository, branch: str) -> Iterator[Ailment]:
    """What the remote's trail is not followed for, as it was last fetched; and that it is not clear which remote it is."""
    remotes = repository.remotes()
    if remotes and preferred_remote(repository, branch) is None:
        yield ailment(Gravity.NOTE, "remote-unchosen", names=remotes, first=remotes[0], branch=branch)
    try:
        found = fetched_alterations(repository, branch, repository.tip(branch))
    except (CannotAct, UsageError):
        return
    if found:
        yield Ailment(not_followed(found, branch), Gravity.BLOCKS)
    for each in remotes_without(repository, branch):
        yield Ailment(each, Gravity.RISK)
    for remote in repository.remotes():
        for parent in _above(branch):
            if repository.commit_of(f"refs/remotes/{remote}/{parent}") is not None:
                code = "remote-branch-in-the-way"
                yield ailment(Gravity.BLOCKS, code, remote=remote, parent=parent, branch=branch)


def _missing(repository: Repository, tip: str, mend: Callable[[], object]) -> Iterator[Ailment]:
    missing = damage.missing_from(repository, tip)
    if missing is None:
        yield ailment(Gravity.BLOCKS, "tip-unreadable", mend, tip=tip[:12])
    elif missing and any(is_partial(repository, each) for each in repository.remotes()):
        yield ailment(Gravity.BLOCKS, "trail-partial", count=len(missing))
    elif missing:
        yield ailment(Gravity.BLOCKS, "trail-incomplete", mend, count=len(missing), object=missing[0][:12])
    cut = damage.boundary_of(repository, tip)
    if cut is not None:
        yield ailment(Gravity.BLOCKS, "trail-shallow", commit=cut[:12])


def _lost(repository: Repository, branch: str) -> Iterator[Ailment]:
    tip = repository.commit_of(reference_of(branch))
    lost = lost_entries(repository, tip)
    waiting = sum(map(is_entry_path, Outbox(repository).paths())) - len(lost)
    if lost:
        entries = [headline(entry) for _, entry in lost]
        mend = partial(restore, repository, branch)
        yield ailment(Gravity.BLOCKS, "entries-lost", mend, count=len(lost), entries=entries)
    if waiting:
        yield ailment(Gravity.NOTE, "entries-waiting", count=waiting)


def _has(repository: Repository, tip: str | None, anchor: Anchor) -> bool:
    if tip is None:
        return False
    return tip == anchor.tip or Index(repository, "").follows(anchor.tip, tip)
