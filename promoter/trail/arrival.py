"""What came from elsewhere, judged before this clone follows it."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import replace

from promoter.errors import TrailUntrusted
from promoter.messages import N_, Template, message, phrase
from promoter.model.entry import Genesis, RosterChanged
from promoter.trail.beginning import beginnings
from promoter.trail.crowding import crowded
from promoter.trail.facts import CommitFacts, Finding, Severity
from promoter.trail.fetching import FETCHED
from promoter.trail.history import walk
from promoter.trail.obstacles import CODES, in_the_way
from promoter.trail.projection import from_history
from promoter.trail.repository import Repository, reference_of
from promoter.trail.union import contradictions

PHRASES: Mapping[str, Template] = {
    "crowded": N_("directories that are named so often that they stand for more than {most} files"),
    "fetched-altered": N_("on the remote, as last fetched and not followed here: {what}"),
    "fetched-rewritten": N_("on the remote, as last fetched and not followed here: entries it had are gone"),
    "fetched-differs": N_(
        "on the remote, as last fetched and not followed here: something else lies there than in this clone"
    ),
}

_SET_BACK = N_(
    "nothing here was changed; have the branch on {remote} set back to before that commit, then run 'promoter sync' again"
)
_SET_RIGHT = N_(
    "nothing here was changed; have the branch on {remote} set back to before that commit, or where others have it already, "
    "let one of them run 'promoter doctor --fix' and 'promoter sync'; then run 'promoter sync' again"
)

_NO_TRAIL = N_(
    "nothing here was changed; have the branch deleted on {remote}, or name another one in pipeline.yaml, and protect it; "
    "then run 'promoter sync' again"
)
_REMEDIES = {**dict.fromkeys(CODES, _SET_RIGHT), "not-a-trail": _NO_TRAIL}


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
            phrase(_REMEDIES.get(altered[0].message.code, _SET_BACK), remote=remote),
        )


def alterations(repository: Repository, tip: str | None, new: str) -> list[Finding]:
    """What was altered in what follows `tip` up to `new`, or lies there in the way of the trail's directories."""

    def known(commit: str) -> bool:
        return tip is not None and repository.is_ancestor(commit, tip)

    crowds = crowded(repository, tip, new)
    if crowds:
        return crowds
    walked = walk(repository, new, since=tip, known=known)
    altered = [each for each in walked.findings if each.severity is Severity.UNTRUSTED]
    altered += beginnings(walked.commits) if tip is None else []
    if not altered and any(_governs(each) for each in walked.commits):
        whole = from_history(repository, new).alterations()
        altered = [each for each in whole if each.commit is None or not known(each.commit)] or list(whole)
    blocking = in_the_way(repository, new, walked.findings)
    return altered + [replace(each, severity=Severity.UNTRUSTED) for each in blocking]


@contextlib.contextmanager
def refusals_noted(repository: Repository, branch: str, keeping: tuple[int, ...] = ()) -> Iterator[None]:
    """Remembers what was fetched and not followed because it cannot be trusted, until something is followed."""
    note = _refused(branch)
    try:
        yield
    except TrailUntrusted:
        theirs = repository.commit_of(FETCHED)
        if theirs is not None:
            repository.change("update-ref", note, theirs, keeping=keeping)
        raise
    if repository.commit_of(note) is not None:
        repository.change("update-ref", "-d", note, keeping=keeping)


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
    for each in [] if followed else alterations(repository, tip, theirs):
        said = message("fetched-altered", what=each.message)
        found.append(Finding(said, Severity.UNTRUSTED, each.commit, each.path))
    last = repository.run("for-each-ref", "--format=%(refname) %(objectname)", "refs/promoter/remote")
    for name, had in (line.split(" ") for line in last.decode("utf-8", "replace").splitlines()):
        if name.endswith(f"/{branch}") and not repository.is_ancestor(had, theirs):
            found.append(Finding(message("fetched-rewritten"), Severity.UNTRUSTED, theirs))
    if tip is not None and not followed and not found:
        differing = contradictions(repository, tip, theirs)
        found += [Finding(message("fetched-differs"), Severity.UNTRUSTED, theirs, each) for each in differing]
    return found


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


def _governs(commit: CommitFacts) -> bool:
    contents = [each.entry.content for each in commit.found if each.entry is not None]
    return not commit.parents or any(isinstance(each, Genesis | RosterChanged) for each in contents)
