"""The trail as people read it, and whether it can be trusted."""

from promoter.model.entry import Recorded, Unreadable
from promoter.trail.trail import Records
from promoter.trail.verify import Verification
from promoter.usecases.standing import chosen_promotion
from promoter.usecases.workspace import Workspace


def log(workspace: Workspace, promotion: str | None = None) -> tuple[Recorded | Unreadable, ...]:
    """Every entry, oldest first: of one promotion, or of the whole trail without one.

    Raises UsageError for an unknown promotion.
    """
    if promotion is None:
        records: Records = workspace.fetched_trail.all_records()
    else:
        records = workspace.trail.records_of(chosen_promotion(workspace, promotion, reading=True).id)
    return (*records.recorded, *records.unreadable)


def verify(workspace: Workspace, *, full: bool = False) -> Verification:
    """Walks the trail and reports what is wrong with it; `full` trusts no index."""
    return workspace.fetched_trail.verify(full=full)
