"""The trail as it grows: what is recorded here, and what others shared meanwhile."""

import time
from collections.abc import Callable, Iterator

from promoter.errors import CannotAct, UsageError
from promoter.messages import Phrase
from promoter.model.entry import Recorded, Unreadable
from promoter.trail.taking_in import taken_in
from promoter.usecases.selecting import Selection
from promoter.usecases.workspace import Workspace

LOOK_EVERY_S = 1.0
FETCH_EVERY_S = 30.0
_PATIENCE_S = 20.0


def follow(
    workspace: Workspace,
    wanted: Selection,
    *,
    known: str | None,
    left: Callable[[float], bool],
    tell: Callable[[Phrase], None],
    fetch_every_s: float = FETCH_EVERY_S,
) -> Iterator[tuple[Recorded | Unreadable, ...]]:
    """Yields what is wanted of each batch of entries recorded since the tip `known`.

    `left` waits so many seconds and says whether the reader has gone, which ends it. Where there is a
    remote it is fetched from now and then; `tell` hears why that fails, once, until something else does.
    Raises TrailUntrusted, and CannotAct when this repository cannot be read.
    """
    fetch_at = time.monotonic()
    trouble = None
    while not left(LOOK_EVERY_S):
        if time.monotonic() >= fetch_at and workspace.repository.remotes():
            said = _fetched(workspace)
            if said is not None and said != trouble:
                tell(said)
            trouble = said
            fetch_at = time.monotonic() + fetch_every_s
        tip = workspace.trail.tip
        if tip != known:
            found = wanted.of(workspace.trail.records_since(known))
            workspace.refresh()
            known = workspace.trail.position().tip
            if found:
                yield found


def _fetched(workspace: Workspace) -> Phrase | None:
    try:
        taken_in(workspace.repository, workspace.trail.branch, timeout_s=_PATIENCE_S)
    except (CannotAct, UsageError) as failed:
        return failed.wrong
    return None
