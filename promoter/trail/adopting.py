"""Two trails that were started apart: what the shared one is, and taking it over in place of one's own.

One's own is set aside under `refs/promoter/apart/`, whole, and never pushed. What is recorded again of
it is for the use case to say; here the branch, the memory and the outbox change over.
"""

import contextlib
from collections.abc import Iterable

from promoter.errors import CannotAct
from promoter.frozen import frozen
from promoter.messages import N_, phrase
from promoter.model.entry import Recorded, SignatureVerdict
from promoter.model.roster import Key, Person, Roster
from promoter.trail.anchor import Anchor, Anchors
from promoter.trail.arrival import refusal_noted, require_arrived
from promoter.trail.command import GitFailed
from promoter.trail.entry import blob_path, entry_bytes
from promoter.trail.fetching import Line, RaceLost, fetched
from promoter.trail.index import directory_of
from promoter.trail.lock import locked
from promoter.trail.outbox import Outbox
from promoter.trail.projection import from_history
from promoter.trail.repository import Repository, reference_of
from promoter.trail.signature import Examiner, take_apart, verdict
from promoter.trail.sync import remembered, sharing
from promoter.trail.trust import State
from promoter.trail.unbegun import is_no_trail
from promoter.trail.writing import guard, lock_of, move

_APART = "refs/promoter/apart"


@frozen
class Shared:
    """The trail a remote has, judged: its tip, how many entries it has, and what it would make this clone trust.
    `replaces` is what the remote had before, as this clone followed it, where that has nothing in common with it."""

    remote: str
    tip: str
    entries: int
    state: State
    ids: frozenset[str]
    replaces: str | None = None


@frozen
class Apart:
    """A trail that was started apart: where it is, and what was recorded on it, in fold order."""

    tip: str
    recorded: tuple[Recorded, ...]


def shared_trail(repository: Repository, branch: str, line: Line) -> Shared | None:
    """What the remote has; None where it has no trail. Raises TrailUntrusted when that was altered, CannotAct."""
    with sharing(repository, line) as held:
        try:
            theirs = fetched(repository, branch, held, None)
        except RaceLost as lost:
            raise CannotAct(
                phrase(N_("another fetch is running: {said}"), said=lost.said),
                phrase(N_("run it again")),
            ) from lost
    if theirs is None:
        return None
    with refusal_noted(repository, branch):
        require_arrived(repository, branch, None, theirs, line.remote)
    projection = from_history(repository, theirs)
    recorded = projection.everything().recorded
    ids = frozenset(each.entry.id for each in recorded)
    had = repository.commit_of(remembered(line.remote, branch))
    replaced = had is not None and not is_no_trail(repository, had) and not _related(repository, had, theirs)
    return Shared(line.remote, theirs, projection.entries, projection.state, ids, had if replaced else None)


def started_apart(repository: Repository, branch: str, shared: Shared) -> list[Apart]:
    """This clone's own trail where it has nothing in common with the shared one, and those set aside before."""
    listed = repository.run("for-each-ref", "--format=%(objectname)", _APART).decode("ascii").split()
    own = repository.tip(branch)
    if own is not None and not _related(repository, own, shared.tip):
        listed.append(own)
    return [Apart(tip, from_history(repository, tip).everything().recorded) for tip in dict.fromkeys(listed)]


def has_trail(repository: Repository, branch: str, shared: Shared) -> bool:
    """Whether this clone has the shared trail already, though perhaps not all of it."""
    own = repository.tip(branch)
    return own is not None and _related(repository, own, shared.tip)


def take_over(repository: Repository, branch: str, shared: Shared) -> None:
    """Puts the shared trail in place of this clone's own, which is set aside; what was agreed to is remembered.

    What the remote had before is set aside as well. Nothing else is done where the two have a history in common.
    Raises CannotAct.
    """
    guard(repository, branch, starting=False)
    reference = reference_of(branch)
    own = repository.tip(branch)
    if shared.replaces is not None:
        repository.change("update-ref", f"{_APART}/{shared.replaces}", shared.replaces)
        repository.change("update-ref", remembered(shared.remote, branch), shared.tip, shared.replaces)
    if has_trail(repository, branch, shared):
        return
    if own is not None:
        repository.change("update-ref", f"{_APART}/{own}", own)
    anchors = Anchors(directory_of(repository))
    with locked(anchors.path.with_suffix(".lock")):
        anchors.remember(branch, Anchor(shared.tip, shared.state.origin, shared.state.founding))
        with locked(lock_of(repository)) as held:
            if not move(repository, held, reference, shared.tip, own):
                raise CannotAct(phrase(N_("something else keeps changing the trail's branch")))
    outbox = Outbox(repository)
    outbox.drop(outbox.paths())


def ones_own(repository: Repository, recorded: Iterable[Recorded], keys: Iterable[Key]) -> frozenset[str]:
    """The commits of entries that whoever has these keys wrote: signed with one of them, or kept in this clone since they
    were recorded here. Whoever may push can write anybody's name into an entry."""
    kept, found, own = Outbox(repository), set(), tuple(keys)
    owner = Roster((Person("", "", (), keys=own),))
    with Examiner(own) as examiner:
        for each in recorded:
            [(_, _, raw)] = repository.objects([each.commit])
            signed = verdict(examiner.examine(take_apart(raw)), owner) is SignatureVerdict.GOOD
            if signed or kept.read(each.path) == entry_bytes(each.entry):
                found.add(each.commit)
    return frozenset(found)


def copies_named_by(repository: Repository, words: str, tip: str) -> dict[str, bytes]:
    """The copies of files on a trail that an entry, as it is written, names by their digests."""
    digests = {each[:71] for each in _from_each(words, "sha256:")}
    found: dict[str, bytes] = {}
    for digest in sorted(digests):
        with contextlib.suppress(GitFailed, ValueError):
            [(_, kind, content)] = repository.objects([f"{tip}:{blob_path(digest)}"])
            if kind == "blob":
                found[digest] = content
    return found


def _from_each(words: str, mark: str) -> list[str]:
    return [mark + each for each in words.split(mark)[1:]]


def _related(repository: Repository, ours: str, theirs: str) -> bool:
    try:
        repository.run("merge-base", ours, theirs)
    except GitFailed as failed:
        if failed.status == 1:
            return False
        raise
    return True
