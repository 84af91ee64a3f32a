"""Sharing the trail: any git remote is the server."""

import time

from promoter.errors import PromoterError
from promoter.frozen import frozen
from promoter.trail import fetching, tracking
from promoter.trail.sync import SyncReport, chosen_remote, line_to
from promoter.usecases.deciding import promotion_of
from promoter.usecases.standing import chosen_promotion
from promoter.usecases.workspace import Workspace

AUTOMATIC = "promoter.sync"
"""The key of git's configuration that makes each decision share itself: `auto`."""

_PATIENCE_S = 20.0
_QUIET_S = 60.0


@frozen
class SetUp:
    """What was written to git's configuration, and the remote's URL, which tells what kind of forge it is."""

    remote: str
    branch: str
    url: str
    written: tuple[tuple[str, str], ...]
    automatic: bool


def sync(workspace: Workspace, remote: str | None = None, *, interactive: bool = False) -> SyncReport:
    """Fetches, merges and pushes the trail; `interactive` lets git and ssh ask for passwords.

    Raises UsageError when it is not clear which remote, CannotAct when it does not answer,
    TrailUntrusted when this trail was altered, or the remote's is another one or was rewritten.
    """
    report = workspace.trail.sync(remote, interactive=interactive)
    workspace.refresh()
    return report


def sync_checkout(
    workspace: Workspace, remote: str | None = None, *, promotion: str | None = None
) -> tuple[SyncReport, tuple[str, ...]]:
    """Syncs a checkout of continuous integration, and fetches the code's history back to what runs in the
    environments that open promotions go to (all environments where none is open).

    Answers the commits that were asked for. Raises what `sync` does, and CannotAct when the checkout stays
    truncated: what lies between two releases could not be told then.
    """
    report = sync(workspace, remote)
    if report.tip is None:
        return report, ()
    line = line_to(workspace.repository, report.remote)
    wanted = _commits_wanted(workspace, promotion)
    for commit in wanted:
        fetching.with_history(workspace.repository, line, commit)
    return report, wanted


def set_up(workspace: Workspace, remote: str | None = None) -> SetUp:
    """Sets git up so that a plain fetch brings the trail beside, and never over, this clone's own.

    Raises UsageError when it is not clear which remote, CannotAct.
    """
    repository, branch = workspace.repository, workspace.trail.branch
    name = chosen_remote(repository, branch, remote)
    written = tracking.recommended(repository, name, branch)
    for key, value in written:
        tracking.write(repository, key, value)
    url = (repository.setting(f"remote.{name}.url") or "").rpartition("@")[2]
    return SetUp(name, branch, url, tuple(written), is_automatic(workspace))


def is_automatic(workspace: Workspace) -> bool:
    """Whether git's configuration wants every decision shared at once."""
    return (workspace.repository.setting(AUTOMATIC) or "").lower() == "auto"


def share_if_wanted(workspace: Workspace) -> None:
    """Shares what was just recorded, where git is configured to; what stands in the way is kept in
    `workspace.not_shared` and fails nothing: being offline is normal.

    After a failure it is left alone for a minute.
    """
    if not is_automatic(workspace) or not workspace.repository.remotes():
        return
    if workspace.not_shared is not None and time.monotonic() < workspace.quiet_until:
        return
    try:
        workspace.trail.sync(timeout_s=_PATIENCE_S)
    except PromoterError as error:
        workspace.not_shared = error
        workspace.quiet_until = time.monotonic() + _QUIET_S
    else:
        workspace.not_shared = None
    workspace.refresh()


def _commits_wanted(workspace: Workspace, promotion: str | None) -> tuple[str, ...]:
    state = workspace.state
    chosen = (
        [chosen_promotion(workspace, promotion, reading=True)]
        if promotion
        else [promotion_of(workspace, each) for each in state.open_promotions]
    )
    targets = {each.to_environment for each in chosen if each is not None} or set(state.runs_in)
    running = [state.runs_in[each].release for each in sorted(targets) if each in state.runs_in]
    releases = [*running, *(each.release for each in chosen if each is not None)]
    return tuple(dict.fromkeys(each.commit for each in releases if each.commit is not None))
