"""Taking in what a remote has, for whoever only reads: nothing is merged, nothing is pushed."""

from promoter.errors import CannotAct
from promoter.messages import N_, phrase
from promoter.trail.arrival import refusals_noted, require_arrived
from promoter.trail.fetching import RaceLost, fetched
from promoter.trail.lock import locked
from promoter.trail.repository import Repository, reference_of
from promoter.trail.sync import chosen_remote, line_to, remembered, sharing
from promoter.trail.union import require_only_additions
from promoter.trail.writing import guard, lock_of, move


def taken_in(repository: Repository, branch: str, *, timeout_s: float) -> None:
    """Fetches the trail, and moves this clone's on where the remote's continues it. `timeout_s` is in seconds.

    Raises CannotAct when the remote does not answer, or both have entries the other has not; what `sync`
    does when the remote's lost or changed entries; UsageError when it is not clear which remote.
    """
    guard(repository, branch, starting=False)
    remote = chosen_remote(repository, branch)
    reference = reference_of(branch)
    with sharing(repository, line_to(repository, remote, timeout_s=timeout_s)) as line:
        with refusals_noted(repository, branch, line.keeping):
            try:
                theirs = fetched(repository, branch, line, repository.commit_of(remembered(remote, branch)))
            except RaceLost:
                return
            tip = repository.commit_of(reference)
            if theirs is None or (tip is not None and repository.is_ancestor(theirs, tip)):
                return
            require_arrived(repository, branch, tip, theirs, remote)
            if tip is not None and repository.is_ancestor(tip, theirs):
                require_only_additions(repository, tip, theirs)
        if tip is not None and not repository.is_ancestor(tip, theirs):
            raise CannotAct(
                phrase(
                    N_("{remote} has entries that are not joined with those of this clone yet"),
                    remote=remote,
                ),
                phrase(N_("'promoter sync' joins them")),
            )
        with locked(lock_of(repository)) as held:
            moved = move(repository, held, reference, theirs, tip)
        if moved:
            repository.change("update-ref", remembered(remote, branch), theirs, keeping=line.keeping)
