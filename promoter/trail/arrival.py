"""What came from elsewhere, judged before this clone follows it."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from promoter.errors import TrailUntrusted
from promoter.messages import N_, Message, Template, message, phrase
from promoter.model.entry import Genesis, RosterChanged
from promoter.trail.crowding import crowded
from promoter.trail.facts import CommitFacts, Finding, Severity
from promoter.trail.fetching import FETCHED, lost_there
from promoter.trail.history import walk
from promoter.trail.obstacles import CODES, in_the_way
from promoter.trail.projection import from_history
from promoter.trail.repository import Repository, reference_of
from promoter.trail.tree_form import malformed
from promoter.trail.unbegun import is_no_trail, require_beginning_there, unbegun
from promoter.trail.union import contradictions

PHRASES: Mapping[str, Template] = {
    "crowded": N_("directories that are named so often that they stand for more than {most} files"),
    "fetched-altered": N_("on the remote, as last fetched and not followed here: {what}"),
    "remote-lost-trail": N_("{remote} has no branch {branch} any more: it had the trail, at {had}"),
    "fetched-no-trail": N_("on the remote, as last fetched and not followed here: {what}"),
    "fetched-rewritten": N_("on the remote, as last fetched and not followed here: entries it had are gone"),
    "fetched-differs": N_(
        "on the remote, as last fetched and not followed here: something else lies there than in this clone"
    ),
}

_SECONDS = 900
_SET_BACK = N_(
    "nothing here was changed; have the branch on {remote} set back to before that commit, then run 'promoter sync' again"
)
_SET_RIGHT = N_(
    "nothing here was changed; have the branch on {remote} set back to before that commit, or where others have it already, "
    "let one of them run 'promoter doctor --fix' and 'promoter sync'; then run 'promoter sync' again"
)


def require_arrived(repository: Repository, branch: str, tip: str | None, new: str, remote: str) -> None:
    """Raises what `require_unaltered` does, and TrailUntrusted when what was fetched is no trail, CannotAct when it
    cannot be told here whether it is one."""
    if _begins(repository, tip, new):
        require_beginning_there(repository, branch, remote, new)
    require_unaltered(repository, tip, new, remote)


def require_unaltered(repository: Repository, tip: str | None, new: str, remote: str) -> None:
    """Raises TrailUntrusted when what follows `tip` up to `new` was altered, or begins or governs the trail
    in a way that cannot be trusted; CannotAct when the history that decides this is not all here."""

    altered = alterations(repository, tip, new)
    if altered:
        named = N_(
            "the trail on {remote} was altered: {path}: {what} (commit {commit}; {found} such findings)"
        )
        whole = N_("the trail on {remote} was altered: {what} (commit {commit}; {found} such findings)")
        raise TrailUntrusted(
            phrase(
                named if altered[0].path else whole,
                remote=remote,
                path=altered[0].path or "",
                what=altered[0].message,
                commit=(altered[0].commit or "")[:12],
                found=len(altered),
            ),
            phrase(_SET_RIGHT if altered[0].message.code in CODES else _SET_BACK, remote=remote),
        )


def alterations(repository: Repository, tip: str | None, new: str) -> list[Finding]:
    """What was altered in what follows `tip` up to `new`, or lies there in the way of the trail's directories."""

    def known(commit: str) -> bool:
        return tip is not None and repository.is_ancestor(commit, tip)

    crowds = crowded(repository, tip, new)
    if crowds:
        return crowds
    misshapen = malformed(repository, tip, new)
    if misshapen:
        return misshapen
    walked = walk(repository, new, since=tip, known=known)
    altered = [each for each in walked.findings if each.severity is Severity.UNTRUSTED]
    if not altered and any(_governs(each) for each in walked.commits):
        whole = from_history(repository, new).alterations()
        altered = [each for each in whole if each.commit is None or not known(each.commit)] or list(whole)
    blocking = in_the_way(repository, new, walked.findings)
    return altered + [replace(each, severity=Severity.UNTRUSTED) for each in blocking]


@contextlib.contextmanager
def refusals_noted(repository: Repository, branch: str, keeping: tuple[int, ...] = ()) -> Iterator[None]:
    """Remembers what was fetched and not followed because it cannot be trusted, until something is followed."""
    with refusal_noted(repository, branch, keeping):
        yield
    note = _refused(branch)
    if repository.commit_of(note) is not None:
        repository.change("update-ref", "-d", note, keeping=keeping)


@contextlib.contextmanager
def refusal_noted(repository: Repository, branch: str, keeping: tuple[int, ...] = ()) -> Iterator[None]:
    """Remembers what was fetched and not followed because it cannot be trusted; what was remembered before stays, for
    whoever only looks."""
    try:
        yield
    except TrailUntrusted:
        theirs = repository.commit_of(FETCHED)
        if theirs is not None:
            repository.change("update-ref", _refused(branch), theirs, keeping=keeping)
        raise


def is_refused(repository: Repository, branch: str) -> bool:
    """Whether the remote's trail, as it was last fetched, could not be followed."""
    return repository.commit_of(_refused(branch)) is not None


def fetched_alterations(repository: Repository, branch: str, tip: str | None) -> list[Finding]:
    """Why the remote's trail, as it was last fetched, is not followed; empty where it is. Raises CannotAct."""
    theirs = repository.commit_of(_refused(branch))
    if theirs is None:
        return []
    found = []
    followed = tip is not None and repository.is_ancestor(theirs, tip)
    if not followed and _begins(repository, tip, theirs):
        first = unbegun(repository, theirs)
        if first is not None:
            author = first.message.parameters["author"]
            said = message("fetched-no-trail", what=first.message, author=author, branch=branch)
            return [Finding(said, first.severity, first.commit)]
    for each in [] if followed else alterations(repository, tip, theirs):
        said = message("fetched-altered", what=each.message)
        found.append(Finding(said, Severity.UNTRUSTED, each.commit, each.path))
    last = repository.run("for-each-ref", "--format=%(refname) %(objectname)", "refs/promoter/remote")
    for name, had in (line.split(" ") for line in last.decode("utf-8", "replace").splitlines()):
        lost = name.endswith(f"/{branch}") and not repository.is_ancestor(had, theirs)
        if lost and not is_no_trail(repository, had):
            found.append(Finding(message("fetched-rewritten"), Severity.UNTRUSTED, theirs))
    if tip is not None and not followed and not found:
        differing = contradictions(repository, tip, theirs)
        found += [Finding(message("fetched-differs"), Severity.UNTRUSTED, theirs, each) for each in differing]
    return found


def not_followed(found: Sequence[Finding], branch: str) -> Message:
    """Why the remote's trail is not followed, in a message of this clone's."""
    first = found[0]
    if first.message.code == "fetched-no-trail":
        author = first.message.parameters["author"]
        return message("remote-no-trail", what=first.message, author=author, branch=branch)
    where = {"path": first.path or branch, "commit": (first.commit or "")[:12]}
    return message("remote-not-followed", count=len(found), what=first.message, **where)


def remotes_without(repository: Repository, branch: str) -> list[Message]:
    """The remotes that had the trail and have none any more, in messages of this clone's."""
    return [
        message("remote-lost-trail", remote=remote, branch=branch, had=had[:12])
        for remote, had in lost_there(repository, branch)
    ]


def require_followed(repository: Repository, branch: str, tip: str | None) -> None:
    """Raises TrailUntrusted when the remote's trail, as it was last fetched, is not followed, and says why."""
    found = fetched_alterations(repository, branch, tip)
    if found:
        first = found[0]
        raise TrailUntrusted(
            phrase(
                N_("{path}: {what} (commit {commit}; {found} such findings)"),
                path=first.path or reference_of(branch),
                what=first.message,
                commit=(first.commit or "")[:12],
                found=len(found),
            ),
            first.remedy,
        )


def _refused(branch: str) -> str:
    return f"refs/promoter/refused/{branch}"


def _begins(repository: Repository, tip: str | None, new: str) -> bool:
    """Whether something begins with what follows `tip` up to `new`."""
    known = () if tip is None else (f"^{tip}",)
    options = ("--max-parents=0", "--max-count=1")
    return repository.run("rev-list", *options, new, *known, "--", timeout=_SECONDS) != b""


def _governs(commit: CommitFacts) -> bool:
    contents = [each.entry.content for each in commit.found if each.entry is not None]
    return not commit.parents or any(isinstance(each, Genesis | RosterChanged) for each in contents)
