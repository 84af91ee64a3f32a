"""What came from elsewhere, judged before this clone follows it."""

from promoter.errors import TrailUntrusted
from promoter.messages import N_, phrase
from promoter.model.entry import Genesis, RosterChanged
from promoter.trail.facts import CommitFacts, Severity
from promoter.trail.history import walk
from promoter.trail.projection import from_history
from promoter.trail.repository import Repository


def require_unaltered(repository: Repository, tip: str | None, new: str, remote: str) -> None:
    """Raises TrailUntrusted when what follows `tip` up to `new` was altered, or begins or governs the trail
    in a way that cannot be trusted; CannotAct when the history that decides this is not all here."""

    def known(commit: str) -> bool:
        return tip is not None and repository.is_ancestor(commit, tip)

    walked = walk(repository, new, since=tip, known=known)
    altered = [each for each in walked.findings if each.severity is Severity.UNTRUSTED]
    if not altered and any(_governs(each) for each in walked.commits):
        altered = list(from_history(repository, new).alterations())
    if altered:
        raise TrailUntrusted(
            phrase(
                N_(
                    "the trail on {remote} was altered: {path}: {what} (commit {commit}; {found} such findings)"
                ),
                remote=remote,
                path=altered[0].path or "",
                what=altered[0].message,
                commit=(altered[0].commit or "")[:12],
                found=len(altered),
            ),
            phrase(
                N_(
                    "nothing here was changed; have the branch on {remote} set back to before that commit, "
                    "then run 'promoter sync' again"
                ),
                remote=remote,
            ),
        )


def _governs(commit: CommitFacts) -> bool:
    contents = [each.entry.content for each in commit.found if each.entry is not None]
    return not commit.parents or any(isinstance(each, Genesis | RosterChanged) for each in contents)
