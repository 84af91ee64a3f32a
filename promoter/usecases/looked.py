"""What somebody has seen of a promotion in this clone, and what was recorded since: nobody decides on what they did not see."""

import contextlib
import json
import re

from promoter.errors import CannotAct
from promoter.model.entry import Recorded
from promoter.net.regular_file import read_regular_file
from promoter.promotion import Promotion
from promoter.trail.command import GitFailed
from promoter.trail.index import directory_of
from promoter.trail.outbox import durable_write
from promoter.usecases.workspace import Workspace

_FILE = "seen.json"
_LARGEST = 1024 * 1024
_MOST = 200
_COMMIT = re.compile(r"[0-9a-f]{40,64}", re.ASCII)


def remember_look(workspace: Workspace, promotion: Promotion) -> None:
    """Notes that the user was shown a promotion as it stands now; where that cannot be written nothing is lost."""
    tip = workspace.trail.tip
    known = _known(workspace)
    if tip is None or known.get(promotion.id) == tip:
        return
    known.pop(promotion.id, None)
    kept = dict([*known.items(), (promotion.id, tip)][-_MOST:])
    with contextlib.suppress(OSError, CannotAct):
        path = directory_of(workspace.repository) / _FILE
        path.parent.mkdir(exist_ok=True)
        durable_write(path, json.dumps(kept).encode())


def since_look(workspace: Workspace, promotion: Promotion) -> tuple[Recorded, ...]:
    """What was recorded of a promotion since the user was last shown it here; nothing where they never were."""
    seen = _known(workspace).get(promotion.id)
    if seen is None or workspace.trail.tip is None:
        return ()
    try:
        listed = workspace.repository.run("rev-list", f"{seen}..{workspace.trail.tip}", timeout=60)
    except GitFailed:
        return promotion.history
    new = set(listed.decode("ascii", "replace").split())
    return tuple(each for each in promotion.history if each.commit in new)


def _known(workspace: Workspace) -> dict[str, str]:
    try:
        written = json.loads(read_regular_file(directory_of(workspace.repository) / _FILE, _LARGEST))
    except (OSError, ValueError, CannotAct):
        return {}
    if not isinstance(written, dict):
        return {}
    return {
        name: tip
        for name, tip in written.items()
        if isinstance(name, str) and isinstance(tip, str) and _COMMIT.fullmatch(tip)
    }
