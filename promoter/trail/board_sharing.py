"""The board on a remote: fetched before it is built upon, and pushed only onto what was seen there."""

from promoter.trail.command import GitFailed
from promoter.trail.fetching import FETCH, Line, RaceLost
from promoter.trail.refusals import explained, is_lost_race
from promoter.trail.repository import Repository, reference_of
from promoter.trail.sync import sharing

_FETCHED = "refs/promoter/fetched-board"
"""Not `refs/promoter/board`: git would take that for the branch of the same name."""


def fetched_board(repository: Repository, branch: str, line: Line) -> str | None:
    """The commit of the remote's board, with everything in it; None where the remote has none.

    Raises RaceLost, and CannotAct when the remote does not answer.
    """
    with sharing(repository, line) as held:
        try:
            repository.change(
                *(*FETCH, held.remote, f"+{reference_of(branch)}:{_FETCHED}"),
                environment=held.environment,
                timeout=held.timeout_s,
                keeping=held.keeping,
            )
        except GitFailed as failed:
            if "find remote ref" in failed.said:
                return None
            if "cannot lock ref" in failed.said:
                raise RaceLost(failed.said) from failed
            raise explained(failed, held.remote, branch) from failed
        return repository.commit_of(_FETCHED)


def push_board(repository: Repository, branch: str, line: Line, commit: str, seen: str | None) -> None:
    """Pushes the board where the remote still has what was seen there (None: nothing).

    Raises RaceLost when it has something else, CannotAct when it says no or does not answer.
    """
    reference = reference_of(branch)
    try:
        repository.change(
            *("push", "--recurse-submodules=no", f"--force-with-lease={reference}:{seen or ''}"),
            *(line.remote, f"{commit}:{reference}"),
            environment=line.environment,
            timeout=line.timeout_s,
            hooks=True,
        )
    except GitFailed as failed:
        if is_lost_race(failed.said):
            raise RaceLost(failed.said) from failed
        raise explained(failed, line.remote, branch) from failed


def tracked_board(repository: Repository, branch: str, remote: str) -> str | None:
    """The remote's board as the last plain fetch left it; None where it left none."""
    return repository.commit_of(f"refs/remotes/{remote}/{branch}")
