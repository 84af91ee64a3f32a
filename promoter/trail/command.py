"""How git is started: with which environment and settings, for how long, and what its failure says."""

import contextlib
import os
import re
import subprocess
from collections.abc import Mapping, Sequence

from promoter.errors import CannotAct
from promoter.messages import N_, Phrase, phrase
from promoter.redaction import visible

_INHERITED_FROM_A_HOOK = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_SHALLOW_FILE",
    "GIT_REPLACE_REF_BASE",
    "GIT_DEFAULT_HASH",
    "GIT_LITERAL_PATHSPECS",
    "GIT_GLOB_PATHSPECS",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS",
)
_FALSE_AUTHORSHIP = ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE")

_SETTINGS = (
    "core.fsmonitor=false",
    "core.fsync=committed,loose-object,reference",
    "i18n.commitEncoding=UTF-8",
    "user.useConfigOnly=true",
    "log.showSignature=false",
    "color.ui=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "push.gpgSign=false",
    "push.followTags=false",
    "advice.graftFileDeprecated=false",
)
WITHOUT_HOOKS = ("-c", f"core.hooksPath={os.devnull}")
"""For everything but a push, whose `pre-push` hook is the user's own policy."""

REPOSITORY_SCOPES = frozenset({"local", "worktree"})
"""The scopes of git's configuration that come with a repository: no program that they name is run for a check."""

OLDEST_GIT = (2, 38)
"""`merge-tree --write-tree` came with it."""

_CREDENTIALS = re.compile(r"(?<=://)[^/@\s'\"]+@")
_HINT = re.compile(r"^hint: .*\n?", re.MULTILINE)
_SAID_AT_MOST = 4000
_DAMAGED = re.compile(r"object file \S+ is empty|\) is corrupt|inflate: data stream error|unable to unpack")


class GitFailed(CannotAct):
    """Git said no. `status` is its exit code (None when it ran out of time), `said` its words made harmless,
    `printed` what it answered all the same."""

    def __init__(
        self,
        arguments: Sequence[str],
        status: int | None,
        said: str,
        remedy: Phrase | None = None,
        printed: bytes = b"",
    ) -> None:
        wrong = phrase(
            N_("git {verb} failed: {said}"), verb=_verb(arguments), said=_HINT.sub("", said).strip()
        )
        super().__init__(wrong, remedy or _mending(said))
        self.arguments = tuple(arguments)
        self.status = status
        self.said = said
        self.printed = printed


def _mending(said: str) -> Phrase | None:
    """What to do about an object that a power cut or a bad disk damaged; None for anything else."""
    if _DAMAGED.search(said) is None:
        return None
    return phrase(
        N_("'promoter doctor --fix' mends what it can of damaged objects; another clone has the rest")
    )


def harmless(said: bytes) -> str:
    """Git's words for a terminal: no escape sequence, no password of a URL, of bounded length."""
    text = said.decode("utf-8", "replace").replace("\r\n", "\n").strip()
    return visible(_CREDENTIALS.sub("***@", text)[:_SAID_AT_MOST], lines=True)


def command(arguments: Sequence[str], *, hooks: bool = False) -> list[str]:
    """The whole command line for git's `arguments`."""
    settings = [word for setting in _SETTINGS for word in ("-c", setting)]
    without_hooks = () if hooks else WITHOUT_HOOKS
    return [
        "git",
        "--no-pager",
        "--no-optional-locks",
        *settings,
        *without_hooks,
        *arguments,
    ]


def unwanted_variables() -> tuple[str, ...]:
    """Variables of this process that would point git at another repository or forge a signer or a date.

    The committer's name and address (`GIT_COMMITTER_NAME`, `GIT_COMMITTER_EMAIL`, `EMAIL`) stay: they
    are how continuous integration names itself; the author is always made the same as the committer.
    """
    return tuple(name for name in (*_INHERITED_FROM_A_HOOK, *_FALSE_AUTHORSHIP) if name in os.environ)


def added_variables() -> dict[str, str]:
    """What git's environment must have: nothing replaced or grafted, nothing asked, English messages."""
    return {
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_GRAFT_FILE": os.devnull,
        "GIT_TERMINAL_PROMPT": os.environ.get("GIT_TERMINAL_PROMPT", "0"),
        "GIT_OPTIONAL_LOCKS": "0",
        "LC_ALL": "C",
        "LANGUAGE": "C",
    }


def clean_environment() -> dict[str, str]:
    """This process's environment, as git must see it."""
    unwanted = unwanted_variables()
    inherited = {name: value for name, value in os.environ.items() if name not in unwanted}
    return inherited | added_variables()


def start(
    command_line: Sequence[str], environment: Mapping[str, str], directory: str, *, fed: bool
) -> subprocess.Popen[bytes]:
    """Starts git without GitPython, for reading."""
    try:
        return subprocess.Popen(
            command_line,
            env={**clean_environment(), **environment},
            cwd=directory,
            stdin=subprocess.PIPE if fed else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
    except FileNotFoundError as missing:
        raise git_is_missing() from missing


def git_is_missing() -> CannotAct:
    """The error for a machine without git."""
    return CannotAct(phrase(N_("git was not found")), phrase(N_("install git 2.38 or newer")))


def git_version() -> tuple[int, ...]:
    """The version of the git that is found, its first two numbers; raises CannotAct when there is none."""
    try:
        printed = subprocess.run(["git", "version"], capture_output=True, check=True, timeout=60).stdout
    except (OSError, subprocess.SubprocessError) as missing:
        raise git_is_missing() from missing
    return tuple(int(part) for part in printed.decode().split()[2].split(".")[:2] if part.isdigit())


def check_version(version: tuple[int, ...]) -> None:
    """Raises CannotAct when git of that version is too old."""
    if version[:2] < OLDEST_GIT:
        raise CannotAct(
            phrase(N_("git {version} is too old"), version=".".join(map(str, version))),
            phrase(N_("install git 2.38 or newer")),
        )


def finish(
    process: subprocess.Popen[bytes], arguments: Sequence[str], *, given: bytes | None, timeout: float | None
) -> bytes:
    """Feeds git, waits for it and returns what it printed; raises GitFailed."""
    printed, said = _ended(process, arguments, given, timeout)
    if process.returncode:
        raise GitFailed(arguments, process.returncode, harmless(said), printed=printed)
    return printed


def verdict(
    process: subprocess.Popen[bytes], arguments: Sequence[str], *, timeout: float | None
) -> tuple[int, bytes]:
    """Waits for a git that says yes or no, and returns how it ended and what it said beside; raises GitFailed when it
    does not end."""
    _, said = _ended(process, arguments, None, timeout)
    return process.returncode, said


def _ended(
    process: subprocess.Popen[bytes], arguments: Sequence[str], given: bytes | None, timeout: float | None
) -> tuple[bytes, bytes]:
    try:
        return process.communicate(given, timeout)
    except subprocess.TimeoutExpired as late:
        seconds = int(timeout or 0)
        raise GitFailed(arguments, None, f"no answer within {seconds} s") from late
    finally:
        _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()  # lets git remove its lock files, which SIGKILL does not
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            with contextlib.suppress(BrokenPipeError):
                stream.close()  # something git started may hold the other end for longer


def _verb(arguments: Sequence[str]) -> str:
    skip = False
    for argument in arguments:
        if skip:
            skip = False
        elif argument == "-c":
            skip = True
        elif not argument.startswith("-"):
            return argument
    return ""
