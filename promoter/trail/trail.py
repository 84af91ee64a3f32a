"""The trail of one repository: read, appended to, verified and shared through this one door."""

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from operator import methodcaller
from typing import TYPE_CHECKING, TypeVar

from promoter.errors import CannotAct, ExitCode, Refused
from promoter.messages import N_, phrase
from promoter.model.entry import Entry, Genesis, Recorded, RosterChanged, Trust
from promoter.trail.anchor import Anchor, Anchors, require_descent, require_same_beginning
from promoter.trail.copies import copy_of
from promoter.trail.entry import entry_path
from promoter.trail.facts import CommitFacts, Finding
from promoter.trail.history import Told
from promoter.trail.index import Index, directory_of
from promoter.trail.index_rows import IndexDamaged
from promoter.trail.known_branches import NamedBy, is_seen, noted
from promoter.trail.lock import locked
from promoter.trail.membership import member
from promoter.trail.projection import Brief, InMemory, Projection, Records, altered, from_history
from promoter.trail.repository import Repository
from promoter.trail.rights import as_the_repository
from promoter.trail.signature import Seal, SealState
from promoter.trail.trust import State

if TYPE_CHECKING:
    from promoter.trail.sync import SyncReport
    from promoter.trail.verify import Verification

__all__ = ["Records", "Trail", "TrailPosition"]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TrailPosition:
    """Where the trail is: its branch, its tip (None before it begins) and how many entries it has.
    `ahead` and `behind` count entries since the last sync; None when no remote is known."""

    branch: str
    tip: str | None
    entries: int
    ahead: int | None = None
    behind: int | None = None


class Trail:
    """One branch with the history of everything that was recorded.

    What is read is of one moment: that of the last `records_of_trail`, `append`, `sync` or `refresh`.
    Safe to use from several threads. `told` is how far it is, when much of it is read for the first time;
    `named_by` the pipeline that names the branch, which is remembered with it.
    """

    named_by: NamedBy | None = None

    def __init__(self, repository: Repository, branch: str, told: Told = lambda read, of: None) -> None:
        self.repository = repository
        self.branch = branch
        self._index = Index(repository, branch, told)
        self._anchors = Anchors(directory_of(repository))
        self._projection: Projection | None = None
        self._lock = threading.RLock()

    @property
    def tip(self) -> str | None:
        """The commit the branch is at now; None before the trail begins."""
        return self.repository.tip(self.branch)

    @property
    def state(self) -> State:
        """What the next entry is judged by: the genesis and the roster in force."""
        return self._read(lambda projection: projection.state)

    def refresh(self) -> None:
        """Reads the trail as it is from now on.

        Raises TrailUntrusted when it was rewritten, deleted or begins otherwise than before, CannotAct
        when this clone has only part of it.
        """
        with self._lock:
            self._projection = self._current()

    def position(self) -> TrailPosition:
        """Where the trail is, and how far from its remote."""
        from promoter.trail import sync

        tip, entries = self._read(lambda projection: (projection.tip, projection.entries))
        ahead, behind = sync.position(self.repository, self.branch) or (None, None)
        return TrailPosition(self.branch, tip, entries, ahead, behind)

    def records_of_trail(self) -> Records:
        """What `promotion.fold_trail` folds: the trail's own entries and what opened and closed each
        promotion, as they are now.

        Raises TrailUntrusted when something on the trail was changed or removed: nothing is decided on it.
        """
        self.refresh()
        self._require_unaltered()
        return self.whole_of_trail()

    def whole_of_trail(self) -> Records:
        """The same, as of the last reading."""
        return self._read(lambda projection: projection.of_trail())

    def brief_of_trail(self) -> Brief:
        """The same, as much of it as open promotions need; raises what `records_of_trail` does."""
        self.refresh()
        self._require_unaltered()
        return self._read(lambda projection: projection.brief())

    def brief_of_promotions(self, asked: Sequence[str]) -> Brief:
        """The same, as of the last reading, with what these promotions are judged by, which may be over."""
        return self._read(lambda projection: projection.brief(asked))

    def records_of(self, promotion: str) -> Records:
        """What `promotion.fold` folds: everything in one promotion's place."""
        return self._read(lambda projection: projection.of_promotion(promotion))

    def all_records(self) -> Records:
        """Everything, also where something was changed or removed."""
        return self._read(lambda projection: projection.everything())

    def records_since(self, known: str | None) -> Records:
        """What was recorded after a tip this clone had, commit by commit, as it stands now.

        Raises what `refresh` does.
        """
        with self._lock:
            self.refresh()
            tip = self._read(lambda projection: projection.tip)
            if tip is None or known is None:
                return self.all_records()
            listed = self.repository.run("rev-list", "--topo-order", "--reverse", tip, f"^{known}", "--")
            added = [self._read(methodcaller("of_commit", each)) for each in listed.decode("ascii").split()]
        return Records(
            tuple(one for each in added for one in each.recorded),
            tuple(one for each in added for one in each.unreadable),
        )

    def noticed(self, *codes: str) -> tuple[Finding, ...]:
        """What was noticed of these codes."""
        return self._read(lambda projection: projection.findings(*codes))

    def blob(self, digest: str) -> bytes:
        """A file copied into the trail, by its `sha256:…` digest.

        Raises CannotAct when it is not there, TrailUntrusted when it is not what its name says.
        """
        return copy_of(self.repository, self._read(lambda projection: projection.tip), digest)

    def append(self, entry: Entry, blobs: Mapping[str, bytes] | None = None) -> Recorded:
        """Records an entry with the files it names, and answers how it now stands on the trail.

        Raises Refused, before anything is written, when it could not count with the key and address git
        has; Refused afterwards when it does not count; CannotAct, TrailUntrusted, UsageError.
        """
        from promoter.trail import writing

        with self._lock:
            self.refresh()
            self._require_begun()
            self._require_counting(entry)
            appended = writing.append(self.repository, self.branch, entry, blobs)
            self.refresh()
            recorded = self._recorded(entry, appended.commit)
        if recorded.trust is Trust.QUARANTINED:
            raise Refused(phrase(N_("the entry was written and does not count: {why}"), why=recorded.why))
        return recorded

    def verify(self, *, full: bool = False, anchor: str | None = None) -> "Verification":
        """Everything that is wrong with the trail, as `promoter.trail.verify` finds it; one that holds is
        remembered."""
        from promoter.trail.verify import verify

        found = verify(self.repository, self.branch, full=full, anchor=anchor)
        if found.exit_code is ExitCode.YES:
            self.refresh()
        return found

    def sync(
        self, remote: str | None = None, *, interactive: bool = False, timeout_s: float = 300.0
    ) -> "SyncReport":
        """Makes this trail and a remote's the same; raises what `promoter.trail.sync.sync` does, and
        TrailUntrusted when this trail was altered, which is then not handed on, or when what came is not
        a continuation of what this clone knows."""
        from promoter.trail import sync

        sync.completed(self.repository, self.branch, remote, interactive=interactive)
        self.refresh()
        self._require_unaltered()
        report = sync.sync(self.repository, self.branch, remote, interactive=interactive, timeout_s=timeout_s)
        self.refresh()
        self._require_unaltered()
        return report

    def close(self) -> None:
        """Forgets what was read."""
        with self._lock:
            self._projection = None

    def _require_begun(self) -> None:
        tip, state = self._read(lambda projection: (projection.tip, projection.state))
        if tip is not None and state.genesis is None:
            from promoter.trail.unbegun import require_begun

            require_begun(self.repository, self.branch, tip)

    def _require_unaltered(self) -> None:
        self._require_begun()
        if found := self._read(lambda projection: projection.alterations()):
            raise altered(found)

    def _read(self, question: Callable[[Projection], T]) -> T:
        with self._lock:
            if self._projection is None:
                self._projection = self._current()
            try:
                return question(self._projection)
            except IndexDamaged:
                self._projection = from_history(self.repository, self._projection.tip)
                return question(self._projection)

    def _current(self) -> Projection:
        tip, anchor = self.tip, self._anchors.of(self.branch)
        if tip is None and anchor is None:
            return InMemory(None)
        if tip is not None and anchor is not None and is_seen(anchor, tip, self.named_by):
            return self._index.at(tip)
        with ExitStack() as stack:
            if self._can_remember():
                stack.enter_context(locked(self._anchors.path.with_suffix(".lock")))
            anchor, tip = self._anchors.of(self.branch), self.tip
            if anchor is not None:
                require_descent(self.branch, anchor, tip, self._anchors.path, self._index.follows)
            if tip is None:
                return InMemory(None)
            projection = self._index.at(tip)
            try:
                self._remember(anchor, projection)
            except IndexDamaged:
                projection = from_history(self.repository, tip)
                self._remember(anchor, projection)
            return projection

    def _can_remember(self) -> bool:
        try:
            self._anchors.path.parent.mkdir(exist_ok=True)
            as_the_repository(self._anchors.path.parent)
            self._anchors.path.with_suffix(".lock").touch()
        except OSError:
            return False
        return True

    def _remember(self, anchor: Anchor | None, projection: Projection) -> None:
        """Moves the anchor, unless what is there now was altered or is no trail: setting that right must stay
        possible."""
        state, tip = projection.state, projection.tip
        if anchor is not None:
            require_same_beginning(self.branch, anchor, state, self._anchors.path)
        if tip is not None and state.origin is not None and not projection.alterations():
            now = Anchor(tip, state.origin, state.founding)
            self._anchors.remember(self.branch, noted(now, self.named_by, anchor))

    def _require_counting(self, entry: Entry) -> None:
        state = self.state
        if isinstance(entry.content, Genesis) and state.genesis is not None:
            if state.genesis == entry:
                return
            raise Refused(phrase(N_("the trail has begun already: it is {trail}"), trail=state.trail))
        roster = state.roster
        if not roster and isinstance(entry.content, Genesis | RosterChanged):
            roster = entry.content.roster
        if not roster:
            return
        from promoter.trail.identity import git_identity

        identity = git_identity(self.repository)
        if identity.signing and identity.key_id is None:
            return
        seal = Seal(SealState.INTACT, identity.key_id) if identity.signing else Seal(SealState.NONE)
        why = member(entry, CommitFacts("", (), identity.email, seal), roster, state.clock).why
        if why is not None:
            raise Refused(
                phrase(N_("this would not count: {why}"), why=why),
                phrase(
                    N_("see 'promoter roster show', and git's user.email, user.signingkey and gpg.format")
                ),
            )

    def _recorded(self, entry: Entry, commit: str) -> Recorded:
        path = entry_path(entry)
        for each in self._read(lambda projection: projection.of_commit(commit)).recorded:
            if each.path == path:
                return each
        raise CannotAct(phrase(N_("the entry that was written is not found again on the trail")))
