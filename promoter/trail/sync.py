"""Sharing the trail: any git remote is the server; fetch, bring together, push, and again when a race is lost.

Explicit refspecs only, so that nothing of the user's own branches and tags moves, and of the tracking
references only the one of the trail itself, by the push.
What the remote had last time is remembered under `refs/promoter/remote/`: a remote that lost some of it
is reported, never followed.
"""

import contextlib
import os
import random
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace

from promoter.errors import CannotAct, UsageError
from promoter.frozen import frozen
from promoter.messages import N_, phrase
from promoter.trail.arrival import refusals_noted, require_arrived, require_unaltered
from promoter.trail.command import GitFailed
from promoter.trail.fetching import Line, RaceLost, fetched, is_partial, made_whole, note_lost, require_room
from promoter.trail.identity import git_identity
from promoter.trail.lock import locked
from promoter.trail.outbox import Outbox
from promoter.trail.refusals import explained, is_lost_race
from promoter.trail.repository import Repository, reference_of
from promoter.trail.union import require_only_additions, union
from promoter.trail.writing import guard, lock_of, move

NETWORK_TIMEOUT_S = 300.0
_ATTEMPTS = 10


@frozen
class SyncReport:
    """What a sync did: entries fetched and pushed, whether the two histories were merged, and the tip
    both sides now have (None when neither has a trail). `restored`: the remote had lost the branch this
    clone last saw there, and has it again."""

    remote: str
    fetched: int
    pushed: int
    merged: bool
    tip: str | None
    restored: bool = False


def sync(
    repository: Repository,
    branch: str,
    remote: str | None = None,
    *,
    interactive: bool = False,
    timeout_s: float = NETWORK_TIMEOUT_S,
) -> SyncReport:
    """Makes this repository's trail and a remote's the same.

    `interactive` lets git and ssh ask for passwords on the terminal; `timeout_s` is for one fetch or push.
    Raises UsageError when it is not clear which remote, TrailUntrusted when the remote's trail or ours
    lost or changed entries, CannotAct when the remote does not answer or the two trails were started
    apart, SyncRefused with a code when it says no.
    """
    name = chosen_remote(repository, branch, remote)
    guard(repository, branch, starting=False)
    line = line_to(repository, name, interactive=interactive, timeout_s=timeout_s)
    before = repository.tip(branch)
    last = repository.commit_of(remembered(name, branch))
    merged = False
    said = ""
    with sharing(repository, line) as held:
        for attempt in range(_ATTEMPTS):
            try:
                with refusals_noted(repository, branch, held.keeping):
                    known = repository.commit_of(remembered(name, branch))
                    theirs = fetched(repository, branch, held, known)
                    note_lost(repository, branch, held, known if theirs is None else None)
                    tip, was_merged = _brought_together(repository, branch, name, theirs)
                merged |= was_merged
                if tip is not None and tip != theirs:
                    _push(repository, branch, held, tip)
            except RaceLost as lost:
                said = lost.said
                time.sleep(random.uniform(0.05, 0.2) * 2 ** min(attempt, 5))  # noqa: S311 - spreads rivals, guards nothing
                continue
            if tip is None:
                require_room(repository, branch, held)
            else:
                repository.change("update-ref", remembered(name, branch), tip, keeping=held.keeping)
                note_lost(repository, branch, held, None)
                _empty_outbox(repository, tip)
            went = _count(repository, theirs, before), _count(repository, tip, theirs)
            restored = last is not None and theirs is None and tip is not None
            return SyncReport(name, *went, merged, tip, restored)
    raise CannotAct(
        phrase(
            N_("others keep pushing to {remote}: {attempts} attempts lost the race; the last said: {said}"),
            remote=name,
            attempts=_ATTEMPTS,
            said=said,
        ),
        phrase(N_("nothing is lost; run 'promoter sync' again")),
    )


@contextlib.contextmanager
def sharing(repository: Repository, line: Line) -> Iterator[Line]:
    """One sync of a repository at a time. Git keeps the lock too while it runs: whoever has it is alone, and
    a lock file on what only a sync writes is left from one that was killed."""
    path = repository.common_directory / "promoter.sync.lock"
    with locked(path, patience_s=2 * line.timeout_s) as held:
        own = repository.common_directory / "refs" / "promoter"
        for leftover in (*own.glob("fetched.lock"), *own.glob("re*/**/*.lock")):
            with contextlib.suppress(OSError):
                leftover.unlink()
        yield replace(line, keeping=(held.descriptor,))


def line_to(
    repository: Repository, remote: str, *, interactive: bool = False, timeout_s: float = NETWORK_TIMEOUT_S
) -> Line:
    """How a remote is spoken to; unless `interactive`, neither git nor ssh asks for anything."""
    return Line(remote, _network_environment(repository, interactive=interactive), timeout_s)


def completed(
    repository: Repository, branch: str, remote: str | None = None, *, interactive: bool = False
) -> None:
    """Fetches what this clone's trail lacks because it is shallow or partial; raises CannotAct, UsageError."""
    shallow = (repository.common_directory / "shallow").exists()
    if not shallow and not any(is_partial(repository, each) for each in repository.remotes()):
        return
    name = chosen_remote(repository, branch, remote)
    with sharing(repository, line_to(repository, name, interactive=interactive)) as held:
        made_whole(repository, branch, held)


def position(repository: Repository, branch: str) -> tuple[int, int] | None:
    """Entries we have and the remote had not, and the reverse, as of the last sync or fetch; None before any."""
    own = reference_of(branch)
    listed = repository.run(
        *("for-each-ref", "--format=%(refname)%00%(objectname)", own),
        *("refs/promoter/remote", f"refs/remotes/*/{branch}"),
    )
    found = dict(line.split("\0") for line in listed.decode("utf-8", "replace").splitlines())
    tip = found.pop(own, None)
    counted = []
    for remote in _synced_with(repository, branch, found):
        then = found[remembered(remote, branch)]
        theirs = [then, found.get(f"refs/remotes/{remote}/{branch}", then)]
        same = {tip} == set(theirs)
        ahead = 0 if same else _count(repository, tip, *theirs)
        counted.append((ahead, 0 if same else sum(_count(repository, each, tip) for each in theirs[1:])))
    return (max(each for each, _ in counted), max(each for _, each in counted)) if counted else None


def _synced_with(repository: Repository, branch: str, found: Mapping[str, str]) -> list[str]:
    """The remotes the trail was shared with: the one that was chosen, or every one there is while none is."""
    ending = f"/{branch}"
    before = "refs/promoter/remote/"
    synced = [
        each.removeprefix(before).removesuffix(ending)
        for each in found
        if each.startswith(before) and each.endswith(ending)
    ]
    if len(synced) < 2:
        return synced
    chosen = preferred_remote(repository, branch)
    remotes = repository.remotes()
    there = [each for each in synced if each in remotes]
    return [chosen] if chosen is not None and chosen in there else there or synced[:1]


def chosen_remote(repository: Repository, branch: str, remote: str | None = None) -> str:
    """The remote asked for, else the branch's upstream, else `origin`, else the only one.

    Raises UsageError when that answers none.
    """
    remotes = repository.remotes()
    chosen = remote if remote in remotes else None if remote else preferred_remote(repository, branch)
    if chosen is not None:
        return chosen
    if not remotes:
        raise UsageError(
            phrase(N_("this repository has no remote to share the trail with")),
            phrase(N_("add one: git remote add origin URL")),
        )
    if remote:
        raise UsageError(
            phrase(N_("there is no remote named {remote}"), remote=remote),
            phrase(N_("name one of them: {names}"), names=remotes),
        )
    raise UsageError(
        phrase(N_("this repository has several remotes, none of them named origin")),
        phrase(
            N_("choose one for good: git config branch.{branch}.remote {first} (there are {names})"),
            branch=branch,
            first=remotes[0],
            names=remotes,
        ),
    )


def preferred_remote(repository: Repository, branch: str) -> str | None:
    """The branch's upstream, else `origin`, else the only remote; None when that answers none."""
    remotes = repository.remotes()
    for candidate in (repository.setting(f"branch.{branch}.remote"), "origin"):
        if candidate in remotes:
            return candidate
    return remotes[0] if len(remotes) == 1 else None


def _brought_together(
    repository: Repository, branch: str, remote: str, theirs: str | None
) -> tuple[str | None, bool]:
    reference = reference_of(branch)
    for _ in range(_ATTEMPTS):
        tip = repository.commit_of(reference)
        if theirs is None or tip == theirs or (tip is not None and repository.is_ancestor(theirs, tip)):
            return tip, False
        diverged = tip is not None and not repository.is_ancestor(tip, theirs)
        new = theirs
        require_arrived(repository, branch, tip, theirs, remote)
        if tip is not None and diverged:
            identity = git_identity(repository)
            new = union(repository, tip, theirs, identity, sign=identity.signing)
            require_unaltered(repository, tip, new, remote)
        elif tip is not None:
            require_only_additions(repository, tip, theirs)
        with locked(lock_of(repository)) as held:
            if move(repository, held, reference, new, tip):
                return new, diverged
    raise CannotAct(phrase(N_("something else keeps changing the trail's branch")))


def _push(repository: Repository, branch: str, line: Line, tip: str) -> None:
    try:
        repository.change(
            *("push", "--recurse-submodules=no", line.remote, f"{tip}:{reference_of(branch)}"),
            environment=line.environment,
            timeout=line.timeout_s,
            hooks=True,
            keeping=line.keeping,
        )
    except GitFailed as failed:
        if is_lost_race(failed.said):
            raise RaceLost(failed.said) from failed
        raise explained(failed, line.remote, branch) from failed


def _empty_outbox(repository: Repository, tip: str) -> None:
    outbox = Outbox(repository)
    kept = dict(outbox.contents())
    found = repository.objects(f"{tip}:{path}" for path in kept)
    outbox.drop(
        [path for (path, content), (_, _, there) in zip(kept.items(), found, strict=True) if content == there]
    )


def _count(repository: Repository, tip: str | None, *known: str | None) -> int:
    """How many commits a tip has that others have not. What is joined is asked first: dates that people choose lead the
    listing astray, and not that."""
    others = [each for each in known if each is not None]
    if tip is None or any(tip == each or repository.is_ancestor(tip, each) for each in others):
        return 0
    without = [f"^{each}" for each in others]
    return int(repository.run("rev-list", "--count", "--no-merges", tip, *without))


def remembered(remote: str, branch: str) -> str:
    """The reference that keeps what a remote had last time."""
    return f"refs/promoter/remote/{remote}/{branch}"


def _network_environment(repository: Repository, *, interactive: bool) -> dict[str, str]:
    if interactive:
        return {"GIT_TERMINAL_PROMPT": "1"}
    own_ssh = any(name in os.environ for name in ("GIT_SSH", "GIT_SSH_COMMAND")) or repository.setting(
        "core.sshCommand"
    )
    return {} if own_ssh else {"GIT_SSH_COMMAND": "ssh -o BatchMode=yes"}
