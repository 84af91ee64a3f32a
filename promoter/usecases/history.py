"""The trail as people read it, and whether it can be trusted."""

from promoter.model.entry import Recorded, Unreadable
from promoter.trail.verify import Verification
from promoter.usecases.selecting import Selection, records_of
from promoter.usecases.workspace import Workspace


def log(
    workspace: Workspace, wanted: Selection | None = None, *, limit: int | None = None
) -> tuple[Recorded | Unreadable, ...]:
    """The entries that are wanted, oldest first; the latest `limit` of them where one is given.

    Raises CannotAct where the trail was not fetched yet.
    """
    chosen = wanted or Selection()
    found = chosen.of(records_of(workspace, chosen.promotion))
    return found if limit is None else found[max(len(found) - limit, 0) :]


def verify(workspace: Workspace, *, full: bool = False) -> Verification:
    """Walks the trail and reports what is wrong with it; `full` trusts no index."""
    return workspace.fetched_trail.verify(full=full)
