"""Sharing the trail: any git remote is the server."""

from promoter.trail.sync import SyncReport
from promoter.usecases.workspace import Workspace


def sync(workspace: Workspace, remote: str | None = None, *, interactive: bool = False) -> SyncReport:
    """Fetches, merges and pushes the trail; `interactive` lets git and ssh ask for passwords.

    Raises UsageError when it is not clear which remote, CannotAct when it does not answer,
    TrailUntrusted when this trail was altered, or the remote's is another one or was rewritten.
    """
    report = workspace.trail.sync(remote, interactive=interactive)
    workspace.refresh()
    return report
