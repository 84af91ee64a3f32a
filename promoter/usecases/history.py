"""The trail as people read it."""

from promoter.model.entry import Recorded, Unreadable
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
