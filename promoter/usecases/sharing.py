"""Sharing the trail: any git remote is the server."""

from promoter.trail.sync import SyncReport
from promoter.usecases.workspace import Workspace


def sync(workspace: Workspace, remote: str | None = None) -> SyncReport:
    """Fetches, merges and pushes the trail.

    Raises UsageError when it is not clear which remote, CannotAct when it does not answer,
    TrailUntrusted when the remote's trail is another one or was rewritten.
    """
    report = workspace.trail.sync(remote)
    workspace.refresh()
    return report
