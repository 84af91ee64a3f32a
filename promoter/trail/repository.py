"""The user's git repository, through plumbing only: no index, no HEAD, no work tree is ever touched.

GitPython's command runner runs everything that writes objects or refs or talks to a remote (`change`).
What only reads (`run`, `objects`, finding the repository) starts git without it: importing GitPython
takes about 60 ms, more than everything else `promoter status` does. Both start the same command lines
in the same cleaned environment. GitPython's `Repo`, index, references and object database are not used:
they follow variables that a hook leaves behind, are slower, are not safe against concurrent writers,
and fail on SHA-256 repositories.
"""

import os
import subprocess
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from promoter.errors import CannotAct, UsageError
from promoter.messages import N_, phrase
from promoter.trail.command import (
    GitFailed,
    added_variables,
    check_version,
    command,
    finish,
    git_version,
    start,
    unwanted_variables,
    verdict,
)
from promoter.trail.commit_reader import CommitReader
from promoter.trail.objects import BATCH, Objects
from promoter.trail.work_tree import differences

if TYPE_CHECKING:
    from git import Git

_NOT_IN_A_BRANCH_NAME = ("..", "@{", "//", "/.", "\\", "~", "^", ":", "?", "*", "[", " ")


class Repository:
    """One git repository: bare or with a work tree, linked or not, SHA-1 or SHA-256.

    `root` is the top of the work tree (the repository itself when bare), `git_directory` the one of
    this work tree, `common_directory` the one all work trees share. A context manager.
    """

    def __init__(
        self, root: Path, git_directory: Path, common_directory: Path, *, object_format: str, bare: bool
    ) -> None:
        self.root = root
        self.git_directory = git_directory
        self.common_directory = common_directory
        self.object_format = object_format
        self.bare = bare
        self._gitpython: Git | None = None
        self._opening = threading.Lock()
        self._objects = Objects(partial(start, command(BATCH), {}, str(root), fed=True))

    @classmethod
    def discover(cls, directory: Path) -> "Repository":
        """The repository that `directory` is in.

        Raises CannotAct when there is none, git refuses it (`safe.directory`), is missing or too old.
        """
        arguments = (
            "rev-parse",
            "--path-format=absolute",
            "--is-bare-repository",
            "--is-inside-work-tree",
            "--show-object-format",
            "--git-dir",
            "--git-common-dir",
            "--show-cdup",
        )
        if not directory.is_dir():
            raise CannotAct(phrase(N_("{directory} is not a directory"), directory=str(directory)))
        try:
            answered = finish(
                start(command(arguments), {}, str(directory), fed=False), arguments, given=None, timeout=60
            )
        except GitFailed as failed:
            raise _not_a_repository(directory, failed) from failed
        lines = os.fsdecode(answered).split("\n")
        if len(lines) not in (6, 7):
            check_version(git_version())
            raise CannotAct(phrase(N_("the repository's path has a line break in it")))
        bare, inside, object_format, git_directory, common_directory, up = lines[:6]
        at = Path(git_directory)
        root = Path(os.path.normpath(directory.absolute() / up)) if inside == "true" else at
        return cls(root, at, Path(common_directory), object_format=object_format, bare=bare == "true")

    def run(
        self,
        *arguments: str,
        input: bytes | None = None,  # noqa: A002 - the name subprocess gives it
        environment: Mapping[str, str] | None = None,
        timeout: float | None = 60,
    ) -> bytes:
        """What a git command that only reads prints. `timeout` is in seconds. Raises GitFailed."""
        process = start(command(arguments), environment or {}, str(self.root), fed=input is not None)
        return finish(process, arguments, given=input, timeout=timeout)

    def verdict(self, *arguments: str, timeout: float | None = 60) -> tuple[int, bytes]:
        """How a git command ends that says yes or no, and what it says beside; see `run`."""
        return verdict(start(command(arguments), {}, str(self.root), fed=False), arguments, timeout=timeout)

    def change(
        self,
        *arguments: str,
        input: bytes | None = None,  # noqa: A002
        environment: Mapping[str, str] | None = None,
        timeout: float | None = 60,
        hooks: bool = False,
        keeping: Sequence[int] = (),
    ) -> bytes:
        """What a git command that writes or talks to a remote prints, run by GitPython.

        With `hooks` the user's hooks run. Git inherits the file descriptors `keeping`. `timeout` is in seconds, None for as long as a person needs
        to unlock a key. Raises GitFailed, and CannotAct inside a receiving repository's quarantine.
        """
        added = added_variables() | dict(environment or {})
        line = command(arguments, hooks=hooks)
        unwanted = [name for name in unwanted_variables() if name not in added]
        if unwanted:  # GitPython can add to the environment git inherits, not take from it
            line = ["env", *(word for name in unwanted for word in ("-u", name)), *line]
        running = self._runner().execute(
            line,
            as_process=True,
            istream=subprocess.PIPE if input is not None else None,
            env=added,
            pass_fds=tuple(keeping),
        )
        assert running.proc is not None  # noqa: S101 - it is until it is collected
        return finish(running.proc, arguments, given=input, timeout=timeout)

    def objects(self, names: Iterable[str]) -> Iterator[tuple[str, str, bytes]]:
        """Object id, type and content of each named object (`<oid>`, `<commit>:path`, …), in order.

        One `cat-file` for all of them, which stays for the next ones. One that is not there answers
        its own name, `missing` and no content. Raises GitFailed.
        """
        return self._objects.read(names)

    def sizes(self, names: Iterable[str]) -> Iterator[int | None]:
        """The size in bytes of each named object; None for one that is not there. Raises GitFailed."""
        return self._objects.sizes(names)

    @property
    def history(self) -> CommitReader:
        """What its commits say."""
        return CommitReader(self)

    def tip(self, branch: str) -> str | None:
        """The commit a local branch is at; None when there is no such branch."""
        return self.commit_of(reference_of(branch))

    def commit_of(self, reference: str) -> str | None:
        """The commit a branch by its full name, or HEAD, is at; None when it is not there."""
        return self._answer("rev-parse", "--verify", "--quiet", reference)

    def is_ancestor(self, ancestor: str, descendant: str) -> bool:
        """Whether a commit is another's ancestor, or the same."""
        return self._answer("merge-base", "--is-ancestor", ancestor, descendant) is not None

    def resolve(self, revision: str) -> tuple[str, str]:
        """Commit and tree of what a user names; raises UsageError when it names no commit here."""
        found = None
        if revision and revision.isprintable():
            try:
                found = self._answer(
                    "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
                )
            except GitFailed:
                found = None
        tree = found and self._answer("rev-parse", "--verify", "--quiet", f"{found}^{{tree}}")
        if not found or not tree:
            raise UsageError(
                phrase(N_("{revision} is no commit of this repository"), revision=revision),
                phrase(N_("name a commit, a tag or a branch; `git log` lists them")),
            )
        return found, tree

    def is_tracked(self, path: Path) -> bool | None:
        """Whether git tracks the file; None when it cannot tell, as of one in a submodule or behind a link."""
        return self._about("--literal-pathspecs", "ls-files", "--error-unmatch", "--", str(self.root / path))

    def is_ignored(self, path: Path) -> bool | None:
        """Whether git ignores the file; None when it cannot tell."""
        return self._about("check-ignore", "--quiet", "--", str(self.root / path))

    def blob_of(self, path: Path) -> str | None:
        """The object id a file of the work tree has in HEAD; None when it is not in it."""
        try:
            within = path.relative_to(self.root) if path.is_absolute() else path
            return self._answer(
                "rev-parse", "--verify", "--quiet", "--end-of-options", f"HEAD:{within.as_posix()}"
            )
        except (GitFailed, ValueError):
            return None

    @property
    def has_work_tree(self) -> bool:
        """Whether there is a work tree at `root`."""
        return not self.bare and self.root != self.git_directory

    def is_clean(self) -> bool:
        """Whether nothing in the work tree is seen to differ from HEAD; true where there is no work tree."""
        return not (self.has_work_tree and differences(self.root).changed)

    def remotes(self) -> tuple[str, ...]:
        """The remotes' names."""
        return tuple(sorted(os.fsdecode(self.run("remote")).split()))

    def setting(self, key: str, *, kind: str | None = None) -> str | None:
        """The value of a key of git's configuration; `kind` is `bool` or `path`. None when unset."""
        as_kind = () if kind is None else (f"--type={kind}",)
        try:
            value = self.run("config", "-z", *as_kind, "--get", key)
        except GitFailed as failed:
            if failed.status == 1:
                return None
            raise
        return os.fsdecode(value).removesuffix("\0")

    def close(self) -> None:
        """Ends the processes that are kept; the repository may be used again afterwards."""
        self._objects.close()
        with self._opening:
            if self._gitpython is not None:
                self._gitpython.clear_cache()
                self._gitpython = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _runner(self) -> "Git":
        if "GIT_QUARANTINE_PATH" in os.environ:
            raise CannotAct(
                phrase(N_("the trail cannot be written from a hook that runs before a push is accepted")),
                phrase(N_("use a post-receive hook")),
            )
        with self._opening:
            if self._gitpython is None:
                from git import Git  # 60 ms that reading must not pay

                runner = Git(str(self.root))
                check_version(runner.version_info)
                self._gitpython = runner
            return self._gitpython

    def _answer(self, *arguments: str) -> str | None:
        try:
            return os.fsdecode(self.run(*arguments)).strip()
        except GitFailed as failed:
            if failed.status == 1:
                return None
            raise

    def _about(self, *arguments: str) -> bool | None:
        try:
            self.run(*arguments)
        except GitFailed as failed:
            if failed.status in (1, 128):
                return False if failed.status == 1 else None
            raise
        return True


def reference_of(branch: str) -> str:
    """The full name of a local branch; raises UsageError when git would not take the name."""
    parts = branch.split("/")
    wrong = (
        not branch.isprintable()
        or len(branch) > 200
        or any(each in branch for each in _NOT_IN_A_BRANCH_NAME)
        or any(not part or part.startswith((".", "-")) or part.endswith((".", ".lock")) for part in parts)
    )
    if wrong:
        raise UsageError(phrase(N_("{branch} cannot be the name of a git branch"), branch=branch))
    return f"refs/heads/{branch}"


def _not_a_repository(directory: Path, failed: GitFailed) -> CannotAct:
    if "dubious ownership" in failed.said:
        return CannotAct(phrase(N_("git does not trust this repository: {said}"), said=failed.said))
    if "not a git repository" in failed.said:
        return CannotAct(
            phrase(N_("{directory} is not in a git repository"), directory=str(directory.absolute())),
            phrase(N_("`git init` makes one; `promoter demo` shows promoter in one of its own")),
        )
    return failed
