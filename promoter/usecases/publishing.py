"""The board and the reports, put on a branch of their own for readers on a forge."""

import time
from dataclasses import replace
from datetime import datetime

from promoter.errors import CannotAct, ExitCode, Refused, TrailUntrusted, UsageError
from promoter.frozen import frozen
from promoter.messages import N_, Phrase, phrase
from promoter.trail.board import Published, is_signed_with, moved, published_at, require_free, written
from promoter.trail.board_sharing import fetched_board, push_board, tracked_board
from promoter.trail.command import GitFailed
from promoter.trail.fetching import Line, RaceLost
from promoter.trail.identity import git_identity
from promoter.trail.refusals import SyncRefused
from promoter.trail.sync import chosen_remote, line_to
from promoter.usecases.board_pages import Made, made
from promoter.usecases.verifying import verify
from promoter.usecases.workspace import Workspace

DEFAULT_BOARD = "promoter/board"
_ATTEMPTS = 5


@frozen
class Publication:
    """A board as it is now: its branch and commit, the trail's commit it was made of, and when that was.

    `changed` are the pages that differ from the board before (none where it was up to date), `overwritten`
    those that somebody had changed by hand or added as promoter's, `left_out` the promotions whose report cannot be made, with why.
    `pushed_to` is the remote that has it now.
    """

    branch: str
    commit: str
    before: str | None
    tip: str
    as_of: datetime
    changed: tuple[str, ...]
    overwritten: tuple[str, ...] = ()
    left_out: tuple[tuple[str, Phrase], ...] = ()
    pushed_to: str | None = None


def publish(
    workspace: Workspace,
    branch: str = DEFAULT_BOARD,
    *,
    push: bool = False,
    remote: str | None = None,
    interactive: bool = False,
) -> Publication:
    """Makes board and reports from the trail, puts them on their branch, and with `push` on the remote's.

    What is on the branch already is not written again. Raises TrailUntrusted, or CannotAct, when the trail
    does not verify; Refused for a branch that is no board; CannotAct when the board is of a newer trail
    than this one, or the remote does not answer: the board is then published here.
    """
    repository, trail = workspace.repository, workspace.fetched_trail
    require_free(repository, branch, trail.branch)
    _require_verified(workspace)
    name = chosen_remote(repository, trail.branch, remote) if push else None
    line = None if name is None else line_to(repository, name, interactive=interactive)
    for attempt in range(_ATTEMPTS):
        try:
            return _published(workspace, branch, line)
        except RaceLost:
            time.sleep(0.1 * 2**attempt)
    raise CannotAct(
        phrase(N_("others keep publishing to {branch}"), branch=branch),
        phrase(N_("nothing is lost; run 'promoter publish' again")),
    )


def _published(workspace: Workspace, branch: str, line: Line | None) -> Publication:
    repository = workspace.repository
    local = repository.tip(branch)
    theirs, unreachable = _theirs(workspace, branch, line)
    base = theirs or local or _tracked(workspace, branch)
    before = _board(workspace, branch, base)
    if local != base:
        _board(workspace, branch, local)
    believed = before if _is_believed(workspace, branch, base) else None
    now = made(workspace, believed)
    gone = _unmade(before, now) if believed is None else ()
    identity = git_identity(repository)
    pages = replace(now.pages, gone=gone)
    commit = written(repository, before, pages, _message(now), identity, workspace.now())
    if not moved(repository, branch, commit, local):
        raise RaceLost("")
    repository.change("update-ref", _remembered(branch), commit)
    if unreachable is not None:
        raise _only_here(unreachable, commit)
    if line is not None and commit != theirs:
        push_board(repository, branch, line, commit, theirs)
    after = published_at(repository, branch, commit)
    was = before.files if before is not None else {}
    return Publication(
        branch=branch,
        commit=commit,
        before=base,
        tip=now.pages.tip,
        as_of=now.as_of,
        changed=tuple(sorted(path for path, oid in after.files.items() if was.get(path) != oid)),
        overwritten=(*before.edited, *gone) if before is not None else (),
        left_out=now.left_out,
        pushed_to=line.remote if line is not None else None,
    )


def _board(workspace: Workspace, branch: str, commit: str | None) -> Published | None:
    """The board that is built upon; raises Refused for something else, CannotAct for one of a newer trail."""
    if commit is None:
        return None
    found = published_at(workspace.repository, branch, commit)
    if found.trail != workspace.trail.state.trail:
        raise Refused(
            phrase(
                N_("the board on {branch} is of another trail: {trail}"), branch=branch, trail=found.trail
            ),
            phrase(N_("choose another name with --branch, or delete that branch here and on the remote")),
        )
    if not _is_behind(workspace, found.tip):
        raise CannotAct(
            phrase(
                N_("the board on {branch} is of the trail's commit {tip}, which this clone does not have"),
                branch=branch,
                tip=found.tip[:12],
            ),
            phrase(N_("run 'promoter sync' first; if it has nothing, delete that branch: it is made anew")),
        )
    return found


def _is_believed(workspace: Workspace, branch: str, commit: str | None) -> bool:
    """Whether a board's old reports may stay without being made again: this clone made it, or whoever publishes now
    did. What others signed they may have written by hand."""
    repository = workspace.repository
    if commit is None or commit == repository.commit_of(_remembered(branch)):
        return commit is not None
    return is_signed_with(repository, commit, git_identity(repository).key_id, workspace.state.roster)


def _unmade(before: Published | None, now: Made) -> tuple[str, ...]:
    """The pages of a board that nobody here made before, and that are not made of the trail now either."""
    if before is None:
        return ()
    return tuple(sorted(before.files.keys() - now.pages.new.keys() - set(before.edited)))


def _is_behind(workspace: Workspace, commit: str) -> bool:
    try:
        return workspace.repository.is_ancestor(commit, workspace.trail.position().tip or "")
    except GitFailed:
        return False


def _theirs(workspace: Workspace, branch: str, line: Line | None) -> tuple[str | None, CannotAct | None]:
    """The remote's board, or why it cannot be told."""
    if line is None:
        return None, None
    try:
        return fetched_board(workspace.repository, branch, line), None
    except CannotAct as failed:
        return None, failed


def _tracked(workspace: Workspace, branch: str) -> str | None:
    """The board that a plain fetch brought, so that the first one published here follows it."""
    try:
        remote = chosen_remote(workspace.repository, branch)
    except UsageError:
        return None
    return tracked_board(workspace.repository, branch, remote)


def _require_verified(workspace: Workspace) -> None:
    verification = verify(workspace)
    code = verification.exit_code
    if code is ExitCode.YES:
        return
    gravest = verification.findings[0]
    remedy = phrase(N_("see 'promoter verify'; nothing was published"))
    if code is ExitCode.UNTRUSTED:
        raise TrailUntrusted(phrase(N_("the trail cannot be trusted: {why}"), why=gravest.message), remedy)
    raise CannotAct(
        phrase(N_("it cannot be told whether the trail is whole: {why}"), why=gravest.message), remedy
    )


def _message(now: Made) -> str:
    """English, as all of a trail's commits are."""
    pages = now.pages
    subject = f"board: {now.opened} open, {now.closed} closed"
    return f"{subject}\n\nPromoter-Trail: {pages.trail}\nPromoter-Tip: {pages.tip}\n"


def _only_here(failed: CannotAct, commit: str) -> CannotAct:
    wrong = phrase(
        N_("the board is published here in {commit}, and not pushed: {why}"),
        commit=commit[:12],
        why=failed.wrong,
    )
    remedy = phrase(N_("run 'promoter publish --push' again when the remote answers"))
    if isinstance(failed, SyncRefused):
        return SyncRefused(failed.code, wrong, remedy, failed.said)
    return CannotAct(wrong, remedy)


def _remembered(branch: str) -> str:
    """The reference that keeps the board this clone made last."""
    return f"refs/promoter/published/{branch}"
