"""Remarks on a promotion, or on one of its items."""

from collections.abc import Sequence
from pathlib import Path

from promoter.errors import UsageError
from promoter.messages import N_, phrase
from promoter.model.entry import Commented, EntryType, Recorded
from promoter.usecases.attaching import evidence_given
from promoter.usecases.drafting import require_standing, write
from promoter.usecases.identity import identity
from promoter.usecases.pinned import rules_of
from promoter.usecases.standing import chosen_promotion
from promoter.usecases.workspace import Workspace


def comment(
    workspace: Workspace,
    promotion: str | None,
    item_id: str | None,
    words: str,
    *,
    links: Sequence[str] = (),
    files: Sequence[Path] = (),
) -> Recorded:
    """Records a remark, which changes no answer. Evidence is kept as with a sign-off.

    Raises UsageError for no words or an item that does not exist, Refused, CannotAct.
    """
    chosen = chosen_promotion(workspace, promotion)
    rules = rules_of(workspace, chosen)
    item = rules.item(item_id) if item_id is not None else None
    said = words.strip()
    if not said:
        raise UsageError(
            phrase(N_("a comment needs words")), phrase(N_("give them with -m; they stay on the trail"))
        )
    require_standing(workspace, identity(workspace))
    evidence, blobs = evidence_given(workspace, rules.target, links, files)
    content = Commented(said, evidence)
    return write(workspace, EntryType.COMMENTED, content, promotion=chosen, item=item, blobs=blobs)
