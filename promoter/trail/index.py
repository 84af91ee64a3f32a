"""The index: what the trail says, judged once and kept in SQLite beside the repository's objects.

A projection and nothing more. It is brought up to date by walking the commits since the tip it knows,
made anew when it is damaged, of another version or of another history, and can be deleted at any time.
"""

import contextlib
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

from promoter.model.entry import Recorded, Unreadable
from promoter.trail.command import GitFailed
from promoter.trail.facts import CommitFacts, Finding, Severity
from promoter.trail.history import Told, walk
from promoter.trail.index_rows import IndexDamaged, IndexLies, Reader
from promoter.trail.index_tables import TABLES
from promoter.trail.index_writing import Writer
from promoter.trail.lock import locked
from promoter.trail.projection import Brief, InMemory, Projection, Records, from_history, incomplete
from promoter.trail.repository import Repository
from promoter.trail.signature import take_apart
from promoter.trail.trust import Judgement, State, judge, judge_next, looks_back

VERSION = "14"
_BUSY_S = 30.0


class Index:
    """The index of one branch. `path` is its file; other processes may use it at the same time."""

    def __init__(self, repository: Repository, branch: str, told: Told = lambda read, of: None) -> None:
        self._repository = repository
        self._told = told
        self._branch = branch
        self._followed: dict[tuple[str, str], bool] = {}
        name = hashlib.sha256(branch.encode()).hexdigest()[:16]
        self.path = directory_of(repository) / f"index-{name}.sqlite"

    def at(self, tip: str) -> Projection:
        """The projection of a tip, brought up to date where that is needed.

        It is one in memory where the index cannot be written, or has moved on already. Raises
        CannotAct when this clone does not have the whole history.
        """
        return self._at(tip, keep=False)

    def whole(self, tip: str) -> Projection:
        """The same, for who reads all of it: what was judged from the root just now is not read back."""
        return self._at(tip, keep=True)

    def _at(self, tip: str, *, keep: bool) -> Projection:
        if self._tip() == tip:
            return Indexed(self.path, tip)
        try:
            self.path.parent.mkdir(exist_ok=True)
            self.path.with_suffix(".lock").touch()
        except OSError:
            return from_history(self._repository, tip)
        with locked(self.path.with_suffix(".lock")):
            try:
                return self._brought_to(tip, keep=keep)
            except (OSError, CannotStore, IndexDamaged):
                return from_history(self._repository, tip)

    def follows(self, ancestor: str, descendant: str) -> bool:
        """Whether one commit has another in its history; false when one of them is not there."""
        pair = (ancestor, descendant)
        if pair not in self._followed:
            try:
                self._followed = {pair: self._is_next(*pair) or self._repository.is_ancestor(*pair)}
            except GitFailed:
                return False
        return self._followed[pair]

    def _is_next(self, ancestor: str, descendant: str) -> bool:
        [(_, kind, content)] = self._repository.objects([descendant])
        return kind == "commit" and ancestor in take_apart(content).parents

    def forget(self) -> None:
        """Deletes the index."""
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)

    def _tip(self) -> str | None:
        if not self.path.exists():
            return None
        try:
            with reading(self.path) as reader:
                return reader.meta("tip") if self._usable(reader) else None
        except IndexDamaged:
            return None

    def _usable(self, reader: Reader) -> bool:
        ours = reader.meta("version") == VERSION and reader.meta("branch") == self._branch
        return ours and (not reader.meta("unchecked") or reader.meta("unchecked") == _programs())

    def _brought_to(self, tip: str, *, keep: bool) -> Projection:
        before = self._tip()
        if before == tip:
            return Indexed(self.path, tip)
        if before is not None and not self.follows(before, tip):
            if self.follows(tip, before):
                return from_history(self._repository, tip)
            before = None
        if before is None:
            self.forget()
        try:
            return self._update(before, tip, keep=keep)
        except IndexDamaged:
            self.forget()
            return self._update(None, tip, keep=keep)

    def _update(self, before: str | None, tip: str, *, keep: bool) -> Projection:
        with writing(self.path) as writer:
            state = writer.state() if before else State()
            rosters = writer.rosters() if before else ()
            walked = walk(
                self._repository, tip, since=before, known=writer.has_commit, rosters=rosters, told=self._told
            )
            if walked.incomplete:
                raise incomplete()
            writer.add_commits(walked.commits)
            writer.add_findings(walked.findings, judged=False)
            if before and _in_line(before, walked.commits) and not any(map(looks_back, walked.commits)):
                judgement = _extended(writer, state, walked.commits)
            else:
                if before:
                    writer.forget_judgement()
                judgement = judge(writer.facts() if before else walked.commits)
                writer.add_judged(judgement.judged)
                writer.add_findings(judgement.findings, judged=True)
            facts = {"version": VERSION, "branch": self._branch, "tip": tip}
            writer.finish(judgement.state, facts, _programs())
        if before is not None or not keep:
            return Indexed(self.path, tip)
        findings = (*walked.findings, *judgement.findings)
        return InMemory(tip, judgement.judged, findings, judgement.state)


class Indexed:
    """A projection that reads the index; raises IndexDamaged when it has moved on or cannot be read."""

    def __init__(self, path: Path, tip: str) -> None:
        self._path = path
        self._tip = tip

    @property
    def tip(self) -> str | None:
        return self._tip

    @property
    def entries(self) -> int:
        with self._reading() as reader:
            return int(reader.meta("entries") or 0)

    @property
    def state(self) -> State:
        with self._reading() as reader:
            return reader.state()

    def of_trail(self) -> Records:
        with self._reading() as reader:
            return reader.all_of_trail()

    def brief(self, asked: Sequence[str] = ()) -> Brief:
        with self._reading() as reader:
            return reader.brief(asked)

    def of_promotion(self, promotion: str) -> Records:
        with self._reading() as reader:
            return reader.all_of_promotion(promotion)

    def of_commit(self, commit: str) -> Records:
        with self._reading() as reader:
            return reader.all_of_commit(commit)

    def everything(self) -> Records:
        with self._reading() as reader:
            return reader.everything()

    def alterations(self) -> tuple[Finding, ...]:
        with self._reading() as reader:
            return reader.findings(Severity.UNTRUSTED)

    def findings(self, *codes: str) -> tuple[Finding, ...]:
        with self._reading() as reader:
            return reader.findings(codes=codes)

    @contextlib.contextmanager
    def _reading(self) -> Iterator[Reader]:
        try:
            with reading(self._path) as reader:
                if reader.meta("tip") != self._tip:
                    raise IndexDamaged("moved on")
                yield reader
        except IndexLies:
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)
            raise


class CannotStore(Exception):
    """SQLite cannot write here: no space, no permission, or someone else for too long."""


@contextlib.contextmanager
def reading(path: Path) -> Iterator[Reader]:
    """Reads the index as it is at one moment; raises IndexDamaged."""
    import sqlite3

    try:
        address = f"file:{quote(str(path))}?mode=ro"
        with contextlib.closing(
            sqlite3.connect(address, uri=True, timeout=_BUSY_S, isolation_level=None)
        ) as connection:
            connection.execute("BEGIN")
            yield Reader(connection)
    except sqlite3.Error as damaged:
        raise IndexDamaged(str(damaged)) from damaged


@contextlib.contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """Changes the index all at once or not at all; raises IndexDamaged, CannotStore."""
    import sqlite3

    try:
        with contextlib.closing(sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("BEGIN IMMEDIATE")
            for table in TABLES:
                connection.execute(table)
            yield Writer(connection)
            connection.execute("COMMIT")
    except sqlite3.OperationalError as failed:
        raise CannotStore(str(failed)) from failed
    except sqlite3.Error as damaged:
        raise IndexDamaged(str(damaged)) from damaged


def directory_of(repository: Repository) -> Path:
    """Where promoter keeps what only this clone needs."""
    return repository.common_directory / "promoter"


def _in_line(before: str | None, commits: Sequence[CommitFacts]) -> bool:
    """Whether the commits follow the tip, and each other, without any history beside them."""
    previous = () if before is None else (before,)
    for each in commits:
        if each.parents != previous:
            return False
        previous = (each.commit,)
    return True


def _extended(writer: Writer, state: State, commits: Sequence[CommitFacts]) -> Judgement:
    judged: list[Recorded | Unreadable] = []
    findings: list[Finding] = []
    for each in commits:
        judgement = judge_next(state, each, writer.has_entry)
        writer.add_judged(judgement.judged)
        writer.add_findings(judgement.findings, judged=True)
        judged += judgement.judged
        findings += judgement.findings
        state = judgement.state
    return Judgement(tuple(judged), tuple(findings), state)


def _programs() -> str:
    import shutil

    return "with " + " ".join(name for name in ("gpg", "gpg2", "gpgsm", "ssh-keygen") if shutil.which(name))
