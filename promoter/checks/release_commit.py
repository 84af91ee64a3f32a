"""The commit that a check is about: the release's, or HEAD where nothing is being promoted."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from promoter.messages import N_, Template, message
from promoter.model.commits import CommitHistory, CommitRecord, HistoryUnreadable
from promoter.model.context import Context
from promoter.model.outcome import Evidence, Verdict
from promoter.model.ruling import Ruling
from promoter.net.trouble import Trouble

RULINGS: Mapping[str, Ruling] = {
    "no-repository": Ruling(
        Verdict.ERRORED,
        N_("there is no git repository here to ask"),
        N_("Run the check in a clone of the repository of the release."),
    ),
    "unbound": Ruling(
        Verdict.ERRORED,
        N_("the release {release} is bound to no commit"),
        N_("Open the promotion with the commit of the release (--commit), in the repository that has it."),
    ),
    "commit-unknown": Ruling(
        Verdict.ERRORED,
        N_("there is no commit {commit} in this repository"),
        N_("Fetch it, or correct its name; in a shallow clone, git fetch --unshallow gets what is missing."),
    ),
    "git-failed": Ruling(
        Verdict.ERRORED,
        N_("git could not say: {said}"),
        N_("Run git fsck in this clone, or make a new one, then run the check again."),
    ),
    "shallow": Ruling(
        Verdict.ERRORED,
        N_("this clone is shallow: its history ends before that can be told"),
        N_("Get the whole history with git fetch --unshallow, then run the check again."),
    ),
}
FACTS: Mapping[str, Template] = {
    "release-commit": N_("commit of the release"),
    "head": N_("HEAD, as nothing is being promoted"),
    "commit-of": N_("{commit} of {at:time}"),
}

_Answer = TypeVar("_Answer")


async def asked(context: Context, ask: Callable[[CommitHistory], _Answer]) -> _Answer:
    """What the repository's history says; git does not hold up the other checks.

    Raises Trouble when there is no repository, or git fails.
    """
    import asyncio

    if context.repository is None:
        raise Trouble("no-repository")
    try:
        return await asyncio.to_thread(ask, context.repository.history)
    except HistoryUnreadable as failed:
        raise Trouble("git-failed", said=failed.said) from None


async def commit_of(context: Context, seen: list[Evidence]) -> CommitRecord:
    """The commit of the release; where nothing is being promoted, HEAD. It is added to `seen`.

    Raises Trouble when there is none.
    """
    release = context.release
    if release is not None and release.commit is None:
        raise Trouble("unbound", release=release.name)
    named = "HEAD" if release is None else release.commit or ""
    found = await asked(context, lambda history: history.commit(named))
    if found is None:
        raise Trouble("commit-unknown", commit=named)
    about = message("head" if release is None else "release-commit")
    seen.append(Evidence(about, None, message("commit-of", commit=short(found.id), at=found.at.isoformat())))
    return found


def short(commit: str | None) -> str:
    """A commit's id as people read it."""
    return commit[:12] if commit is not None else ""
