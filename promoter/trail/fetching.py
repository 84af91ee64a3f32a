"""Fetching: the remote's trail, whole; and of a truncated checkout's code, the history that is needed.

Continuous integration checks out little: one branch, one commit, perhaps without its files. What is not
there must never pass for what does not exist: the trail is fetched whole or not believed.
"""

import contextlib
from collections.abc import Mapping
from dataclasses import field

from promoter.errors import CannotAct, TrailUntrusted
from promoter.frozen import frozen
from promoter.messages import N_, phrase
from promoter.trail.command import GitFailed, harmless
from promoter.trail.damage import boundary_of, missing_from
from promoter.trail.refusals import explained
from promoter.trail.repository import Repository, reference_of
from promoter.trail.tracking import note_asked
from promoter.trail.unbegun import is_no_trail

FETCHED = "refs/promoter/fetched"
"""Where a remote's trail is before it was judged."""

_LOST = "refs/promoter/lost"
_DEEPEN_BY = (50, 500, 5000)
_BRANCHES_AT_MOST = 1000


class RaceLost(Exception):
    """Somebody else changed what was to be changed, meanwhile. `said` is how git put it."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


@frozen
class Line:
    """How a remote is spoken to: git's environment, the seconds it may take, and the descriptors that keep
    this clone's lock while git runs."""

    remote: str
    environment: Mapping[str, str] = field(default_factory=dict)
    timeout_s: float = 300.0
    keeping: tuple[int, ...] = ()


def fetched(repository: Repository, branch: str, line: Line, last: str | None) -> str | None:
    """The tip of the remote's trail, with everything it names; None where the remote has none.

    `last` is the tip it had before. Raises RaceLost, TrailUntrusted when the remote lost what it had,
    CannotAct when it does not answer or what came is not whole.
    """
    if repository.commit_of(FETCHED) is not None:
        repository.change("update-ref", "-d", FETCHED, keeping=line.keeping)
    if not _fetch(repository, branch, line, ()):
        note_asked(repository, line.remote, branch)
        return None
    theirs = repository.commit_of(FETCHED)
    if theirs is None:
        raise _truncated(line)
    _complete(repository, branch, line, theirs)
    lost = last is not None and not repository.is_ancestor(last, theirs)
    if lost and not is_no_trail(repository, last or ""):
        raise TrailUntrusted(
            phrase(N_("the trail on {remote} was rewritten: entries it had are gone"), remote=line.remote),
            phrase(N_("nothing here was changed; 'git log {last}' is what it had"), last=last),
        )
    return theirs


def require_room(repository: Repository, branch: str, line: Line) -> None:
    """Raises SyncRefused where another branch of the remote keeps the trail's from being made there. To be asked where
    nobody has a trail yet; raises CannotAct when the remote does not answer."""
    reference = reference_of(branch)
    parts = reference.split("/")
    above = ["/".join(parts[:count]) for count in range(3, len(parts))]
    try:
        listed = repository.change(
            *("ls-remote", "--heads", line.remote, *above, f"{reference}/*"),
            environment=line.environment,
            timeout=line.timeout_s,
            keeping=line.keeping,
        )
    except GitFailed as failed:
        raise explained(failed, line.remote, branch) from failed
    for name in (each.partition("\t")[2] for each in listed.decode("utf-8", "replace").splitlines()):
        if name in above or name.startswith(f"{reference}/"):
            said = harmless(f"'{name}' exists; cannot create '{reference}'".encode())
            raise explained(GitFailed(("push",), None, said), line.remote, branch)


def note_lost(repository: Repository, branch: str, line: Line, had: str | None) -> None:
    """Remembers what a remote that has no trail any more had, until it has one again (None)."""
    note = f"{_LOST}/{line.remote}/{branch}"
    if had is not None:
        repository.change("update-ref", note, had, keeping=line.keeping)
    elif repository.commit_of(note) is not None:
        repository.change("update-ref", "-d", note, keeping=line.keeping)


def lost_there(repository: Repository, branch: str) -> list[tuple[str, str]]:
    """The remotes that lost the trail, as far as this clone knows, and the commit each had."""
    listed = repository.run("for-each-ref", "--format=%(refname) %(objectname)", _LOST)
    rows = (line.split(" ") for line in listed.decode("utf-8", "replace").splitlines())
    ending = f"/{branch}"
    return [
        (name.removeprefix(f"{_LOST}/").removesuffix(ending), had)
        for name, had in rows
        if name.endswith(ending)
    ]


def made_whole(repository: Repository, branch: str, line: Line) -> None:
    """Fetches what this clone's own trail lacks, because the clone is shallow or partial. Raises CannotAct."""
    tip = repository.tip(branch)
    if tip is None or not _lacks(repository, line.remote, tip):
        return
    with contextlib.suppress(RaceLost):
        if _fetch(repository, branch, line, ()):
            _complete(repository, branch, line, tip)


def with_history(repository: Repository, line: Line, commit: str, head: str = "HEAD") -> None:
    """Fetches of the checked-out code at least the history back to a commit, and that commit.

    Raises CannotAct when the checkout stays truncated, so that what lies between cannot be told.
    """
    start = repository.commit_of(head)
    if start is None:
        return
    if not _is_here(repository, commit):
        _fetch_commit(repository, line, commit, ())
    for depth in _DEEPEN_BY:
        if boundary_of(repository, start) is None or _follows(repository, commit, start):
            return
        _fetch_commit(repository, line, start, (f"--deepen={depth}",))
    if boundary_of(repository, start) is not None and not _follows(repository, commit, start):
        _fetch_commit(repository, line, start, ("--unshallow",))
    if boundary_of(repository, start) is not None and not _follows(repository, commit, start):
        raise CannotAct(
            phrase(
                N_("this checkout is truncated: its history back to {commit} is not here"), commit=commit[:12]
            ),
            phrase(N_("check out with the whole history: fetch-depth: 0, GIT_DEPTH: 0")),
        )


def _fetch_commit(repository: Repository, line: Line, commit: str, how: tuple[str, ...]) -> None:
    """Fetches a commit by its id; from a server that gives branches only, all of them, and names none here."""
    said = ""
    for by_branches in (False, True):
        try:
            wanted = _branches(repository, line) if by_branches else [commit]
            repository.change(
                *(*FETCH, *how, line.remote, *wanted), environment=line.environment, timeout=line.timeout_s
            )
        except GitFailed as failed:
            said = said or failed.said
        else:
            if _is_here(repository, commit):
                return
    raise CannotAct(
        phrase(
            N_("the history up to {commit} cannot be fetched from {remote}: {said}"),
            commit=commit[:12],
            remote=line.remote,
            said=said,
        ),
        phrase(N_("check out with the whole history: fetch-depth: 0, GIT_DEPTH: 0")),
    )


def _branches(repository: Repository, line: Line) -> list[str]:
    listed = repository.change(
        *("ls-remote", "--heads", line.remote), environment=line.environment, timeout=line.timeout_s
    )
    names = (each.partition("\t")[2] for each in listed.decode("utf-8", "replace").splitlines())
    return [each for each in names if each.startswith("refs/heads/")][:_BRANCHES_AT_MOST]


FETCH = (
    *("fetch", "--no-tags", "--refmap=", "--no-write-fetch-head", "--no-recurse-submodules"),
    "--no-auto-maintenance",
)
"""Of git's fetch: nothing of the user's own moves but what is named."""


def _fetch(repository: Repository, branch: str, line: Line, how: tuple[str, ...]) -> bool:
    whole = ("--no-filter",) if is_partial(repository, line.remote) else ()
    try:
        repository.change(
            *(*FETCH, *whole, *how, line.remote, f"+{reference_of(branch)}:{FETCHED}"),
            environment=line.environment,
            timeout=line.timeout_s,
            keeping=line.keeping,
        )
    except GitFailed as failed:
        if "find remote ref" in failed.said:
            return False
        if "cannot lock ref" in failed.said:
            raise RaceLost(failed.said) from failed
        raise explained(failed, line.remote, branch) from failed
    return True


def _complete(repository: Repository, branch: str, line: Line, commit: str) -> None:
    if boundary_of(repository, commit) is not None:
        _fetch(repository, branch, line, ("--unshallow",))
    if _misses(repository, branch, line.remote, commit):
        _fetch(repository, branch, line, ("--refetch",))
    if _lacks(repository, line.remote, commit):
        raise _truncated(line)


def _misses(repository: Repository, branch: str, remote: str, commit: str) -> bool:
    """Whether git left out some of what was fetched: of a partial clone, or because a reference here is at it, which
    git takes for whole, also where the disk lost something of it since."""
    if is_partial(repository, remote):
        return missing_from(repository, commit) != []
    tip = repository.tip(branch)
    if tip is not None and _follows(repository, commit, tip):
        return False
    return missing_from(repository, commit, tip) != []


def _truncated(line: Line) -> CannotAct:
    return CannotAct(
        phrase(
            N_("{remote} does not give the whole trail: its history is truncated there"), remote=line.remote
        ),
        phrase(N_("sync with the repository that one was cloned from")),
    )


def _lacks(repository: Repository, remote: str, commit: str) -> bool:
    if boundary_of(repository, commit) is not None:
        return True
    return is_partial(repository, remote) and missing_from(repository, commit) != []


def is_partial(repository: Repository, remote: str) -> bool:
    """Whether what is fetched from a remote may leave objects out, to be fetched later one by one."""
    return repository.setting(f"remote.{remote}.promisor", kind="bool") == "true"


def _is_here(repository: Repository, commit: str) -> bool:
    [(_, kind, _)] = repository.objects([commit])
    return kind == "commit"


def _follows(repository: Repository, ancestor: str, descendant: str) -> bool:
    try:
        return repository.is_ancestor(ancestor, descendant)
    except GitFailed:
        return False
