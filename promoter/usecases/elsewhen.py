"""Where a promotion stood, or would stand, at another moment."""

from promoter.errors import UsageError
from promoter.trail.as_of import as_of, commit_named, names_a_commit
from promoter.usecases.moments import moment_given
from promoter.usecases.standing import Standing, status
from promoter.usecases.workspace import Workspace


def status_at(workspace: Workspace, promotion: str | None, asked: str) -> Standing:
    """Where a promotion stood at a commit of the trail or a moment that is past, by what was on the trail then; or,
    for a moment to come, where it would stand if nothing more were said: freezes, waivers, soak and the ages
    of outcomes are judged as of then.

    Raises UsageError for what is neither, or before the trail began, and what `status` raises.
    """
    trail, now = workspace.fetched_trail, workspace.now()
    try:
        moment = None if names_a_commit(asked) else moment_given(asked, now)
    except UsageError:
        if commit_named(trail.repository, asked) is None:
            raise
        moment = None
    if moment is not None and moment > now:
        return status(workspace, promotion, at=moment)
    then = as_of(trail, asked if moment is None else moment.isoformat())
    with workspace.at(then.commit) as earlier:
        return status(earlier, promotion, at=then.at)
