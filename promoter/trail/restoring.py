"""What was recorded and is not on the branch any more, put back.

First by the commits themselves, where they are still in this clone: a branch that was deleted or that a
mirror's fetch reset gets back the last verified tip, and every signature stays as it is. Only where
objects are gone are entries recorded again from the outbox: the same bytes under the same ids, in new
commits with new signatures; of the person at the keyboard alone, since nobody can sign for another.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import replace

from promoter.errors import CannotAct, Refused
from promoter.frozen import frozen
from promoter.messages import N_, Phrase, phrase
from promoter.model.entry import Entry, EntryType, Genesis
from promoter.trail.anchor import Anchor, Anchors
from promoter.trail.arrival import require_unaltered
from promoter.trail.command import GitFailed
from promoter.trail.damage import is_whole
from promoter.trail.entry import EntryUnreadable, entry_bytes, is_blob_path, is_entry_path, read_entry
from promoter.trail.identity import git_identity
from promoter.trail.index import directory_of
from promoter.trail.lock import locked
from promoter.trail.outbox import Outbox
from promoter.trail.repository import Repository, reference_of
from promoter.trail.signature import take_apart
from promoter.trail.trail import Trail
from promoter.trail.unbegun import is_no_trail
from promoter.trail.union import union
from promoter.trail.writing import lock_of, move

_COMMITS_TRIED = 200


@frozen
class Restored:
    """What was put back: the tip the branch was set to (None when it stayed), the entries that were
    signed anew, and those that could not be, with why."""

    tip: str | None
    anew: tuple[Entry, ...]
    left: tuple[tuple[str, Phrase], ...]


def lost_entries(repository: Repository, tip: str | None) -> list[tuple[str, Entry]]:
    """What the outbox has and a tip does not, by path, in the order it was recorded."""
    outbox = Outbox(repository)
    kept = [path for path in outbox.paths() if is_entry_path(path)]
    there = _on(repository, tip, kept)
    lost = []
    for path in kept:
        content = outbox.read(path) if path not in there else None
        if content is not None:
            with contextlib.suppress(EntryUnreadable):
                lost.append((path, read_entry(content, path)))
    return _in_order(lost)


def _in_order(lost: list[tuple[str, Entry]]) -> list[tuple[str, Entry]]:
    """The order they can be recorded in: ids and times of one moment do not say which came first."""

    def rank(each: tuple[str, Entry]) -> tuple[bool, str, bool, str]:
        entry = each[1]
        begins, opens = entry.type is EntryType.GENESIS, entry.type is EntryType.OPENED
        return not begins, entry.at, not opens, entry.id

    waiting = sorted(lost, key=rank)
    ordered: list[tuple[str, Entry]] = []
    while waiting:
        ids = {entry.id for _, entry in waiting}
        ready = next((each for each in waiting if not ids & set(each[1].refers_to)), waiting[0])
        waiting.remove(ready)
        ordered.append(ready)
    return ordered


def restore(repository: Repository, branch: str) -> Restored:
    """Puts back what was lost. Raises CannotAct when nothing here is whole, TrailUntrusted when the two
    histories to be joined disagree."""
    before = repository.commit_of(reference_of(branch))
    anchors = Anchors(directory_of(repository))
    anchor = anchors.of(branch)
    base = _base(repository, branch, before, anchor)
    if base is None and not _may_begin_again(repository):
        raise CannotAct(
            phrase(N_("nothing of the trail is whole in this clone")),
            phrase(
                N_(
                    "'git update-ref -d {reference}', remove {path}, then 'promoter sync'; what you recorded stays in the outbox"
                ),
                reference=reference_of(branch),
                path=str(anchors.path),
            ),
        )
    if base != before:
        _set(repository, branch, base, before)
    if anchor is not None and (base is None or not _follows(repository, anchor.tip, base)):
        anchors.forget(branch)
        if base is not None:
            anchors.remember(branch, replace(anchor, tip=base))
    anew, left = _recorded_again(Trail(repository, branch), base)
    return Restored(base if base != before else None, tuple(anew), tuple(left))


def _may_begin_again(repository: Repository) -> bool:
    """Whether the beginning was never pushed and is of whoever is at the keyboard."""
    email = git_identity(repository).email
    lost = [entry for _, entry in lost_entries(repository, None)]
    return any(isinstance(each.content, Genesis) and each.actor.email == email for each in lost)


def _base(repository: Repository, branch: str, tip: str | None, anchor: Anchor | None) -> str | None:
    """The newest commit to go on from: all of it is here, and it has as much of the trail as there is."""
    seen = anchor.tip if anchor is not None else None
    if tip is not None and is_whole(repository, tip):
        if seen is None or _follows(repository, seen, tip) or not is_whole(repository, seen):
            return tip
        return seen if _follows(repository, tip, seen) else _joined(repository, tip, seen)
    for commit in _candidates(repository, branch, tip, seen):
        if is_whole(repository, commit) and not is_no_trail(repository, commit):
            return commit
    return None


def _candidates(repository: Repository, branch: str, tip: str | None, seen: str | None) -> Iterator[str]:
    """Commits the branch may have been at, newest first."""
    tried: dict[str, None] = {}
    waiting = [each for each in (seen, tip) if each is not None]
    while waiting and len(tried) < _COMMITS_TRIED:
        commit = waiting.pop(0)
        if commit in tried:
            continue
        tried[commit] = None
        yield commit
        with contextlib.suppress(GitFailed):
            [(_, kind, content)] = repository.objects([commit])
            waiting += take_apart(content).parents if kind == "commit" else ()
    remote = repository.run(
        *("for-each-ref", "--format=%(refname) %(objectname)"), "refs/promoter/remote", "refs/remotes"
    ).decode("utf-8", "replace")
    for name, commit in (line.rsplit(" ", 1) for line in remote.splitlines()):
        if name.endswith(f"/{branch}"):
            yield commit
    with contextlib.suppress(OSError):
        log = repository.common_directory / "logs" / reference_of(branch)
        for line in reversed(log.read_text("utf-8", "replace").splitlines()[-_COMMITS_TRIED:]):
            yield from line.split(" ")[1::-1]


def _joined(repository: Repository, tip: str, seen: str) -> str:
    identity = git_identity(repository)
    merged = union(repository, tip, seen, identity, sign=identity.signing)
    require_unaltered(repository, seen, merged, "refs/heads")
    return merged


def _set(repository: Repository, branch: str, base: str | None, before: str | None) -> None:
    reference = reference_of(branch)
    with locked(lock_of(repository)) as held:
        if base is None:
            repository.change("update-ref", "-d", "--no-deref", reference, keeping=(held.descriptor,))
        elif not move(repository, held, reference, base, before):
            raise CannotAct(phrase(N_("something else keeps changing the trail's branch")))


def _recorded_again(trail: Trail, base: str | None) -> tuple[list[Entry], list[tuple[str, Phrase]]]:
    repository = trail.repository
    blobs = {
        f"sha256:{path.rpartition('/')[2]}": content
        for path, content in Outbox(repository).contents()
        if is_blob_path(path)
    }
    anew, left = [], []
    lost = lost_entries(repository, base)
    email = git_identity(repository).email if lost else None
    for path, entry in lost:
        if entry.actor.email != email:
            left.append((path, phrase(N_("it is by {name}, who alone can sign it"), name=entry.actor.name)))
            continue
        if trail.tip is None and entry.type is not EntryType.GENESIS:
            left.append((path, phrase(N_("the trail has no beginning to follow"))))
            continue
        try:
            trail.append(entry, _named_by(entry, blobs))
        except (Refused, CannotAct) as refused:
            left.append((path, refused.wrong))
        else:
            anew.append(entry)
    return anew, left


def _named_by(entry: Entry, blobs: dict[str, bytes]) -> dict[str, bytes]:
    words = entry_bytes(entry).decode("utf-8")
    return {digest: content for digest, content in blobs.items() if digest in words}


def _on(repository: Repository, tip: str | None, paths: list[str]) -> set[str]:
    if tip is None or not paths:
        return set()
    try:
        found = list(repository.objects(f"{tip}:{path}" for path in paths))
    except GitFailed:
        return set()
    return {path for path, (_, kind, _) in zip(paths, found, strict=True) if kind == "blob"}


def _follows(repository: Repository, ancestor: str, descendant: str) -> bool:
    try:
        return repository.is_ancestor(ancestor, descendant)
    except GitFailed:
        return False
