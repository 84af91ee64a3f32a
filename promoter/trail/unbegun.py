"""A branch on which no trail begins: whoever may push can make one under the trail's name before the trail is there.

Nothing that follows on it would ever count, so it is neither taken in nor written to.
"""

from collections.abc import Mapping

from promoter.errors import CannotAct, TrailUntrusted
from promoter.messages import N_, Message, Template, message, phrase
from promoter.model.entry import Genesis
from promoter.trail.beginning import begins, why_not_begun
from promoter.trail.command import GitFailed, harmless
from promoter.trail.facts import CommitFacts, Finding, Severity
from promoter.trail.history import walk
from promoter.trail.repository import Repository

PHRASES: Mapping[str, Template] = {
    "not-a-trail": N_("no trail begins with the first commit of this branch, {first}, by {author}"),
    "beginning-unsure": N_(
        "whether a trail begins with the first commit {first}, by {author}, cannot be told: {why}"
    ),
}

_ROOTS_AT_MOST = 8
_SECONDS = 900
_UNSURE = ("unchecked-signature", "written-by-newer")


def unbegun(repository: Repository, tip: str) -> Finding | None:
    """What is wrong with a history in which no commit begins a trail; None where one does, where there are many
    first commits, which is a finding of its own, and where the history is not whole here. Raises GitFailed."""
    listed = repository.run("rev-list", "--max-parents=0", tip, "--", timeout=_SECONDS)
    roots = listed.decode("ascii").split()
    if len(roots) > _ROOTS_AT_MOST:
        return None
    firsts = []
    for each in roots:
        walked = walk(repository, each)
        if walked.incomplete or walked.commits[-1].parents:
            return None
        firsts.append(walked.commits[-1])
    if any(map(begins, firsts)):
        return None
    for first in firsts:
        why = _unsure(first)
        if why is not None:
            said = message("beginning-unsure", why=why, **_whose(repository, first.commit))
            return Finding(said, Severity.UNSURE, first.commit)
    said = message("not-a-trail", **_whose(repository, roots[-1]))
    return Finding(said, Severity.UNTRUSTED, roots[-1])


def is_no_trail(repository: Repository, tip: str) -> bool:
    """Whether it is certain that no trail begins in the history of a commit."""
    try:
        found = unbegun(repository, tip)
    except GitFailed:
        return False
    return found is not None and found.severity is Severity.UNTRUSTED


def require_begun(repository: Repository, branch: str, tip: str) -> None:
    """Raises TrailUntrusted where no trail begins on this clone's branch, CannotAct where that cannot be told."""
    found = unbegun(repository, tip)
    if found is None:
        return
    wrong = phrase(N_("{branch}: {what}"), branch=branch, what=found.message)
    kind = TrailUntrusted if found.severity is Severity.UNTRUSTED else CannotAct
    raise kind(wrong, found.remedy)


def require_beginning_there(repository: Repository, branch: str, remote: str, tip: str) -> None:
    """The same of what was fetched from a remote."""
    found = unbegun(repository, tip)
    if found is None:
        return
    wrong = phrase(N_("{branch} on {remote}: {what}"), branch=branch, remote=remote, what=found.message)
    if found.severity is not Severity.UNTRUSTED:
        raise CannotAct(wrong, found.remedy)
    raise TrailUntrusted(
        wrong,
        phrase(
            N_(
                "nothing here was changed. Ask {author} what it is for; if nobody needs it, have it deleted on {remote} "
                "('git push {remote} :{branch}'), then run 'promoter sync' again; else name another branch for the trail "
                "in pipeline.yaml"
            ),
            branch=branch,
            remote=remote,
            author=found.message.parameters["author"],
        ),
    )


def _unsure(first: CommitFacts) -> Message | None:
    """Why it cannot be told here whether a commit begins a trail; None when it does not."""
    for each in first.found:
        if each.entry is None:
            if each.why is not None and each.why.code in _UNSURE:
                return each.why
        elif isinstance(each.entry.content, Genesis):
            why = why_not_begun(first, each.entry, each.entry.content)
            inner = why.parameters.get("why") if why is not None else None
            for said in (why, inner):
                if isinstance(said, Message) and said.code in _UNSURE:
                    return said
    return None


def _whose(repository: Repository, commit: str) -> dict[str, str]:
    author = harmless(repository.run("log", "-1", "--format=%an <%ae>", commit, "--"))
    return {"first": commit[:12], "author": author}
