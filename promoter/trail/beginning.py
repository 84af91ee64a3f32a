"""Where a trail begins: which commit may, and that only one does. Pure."""

from collections.abc import Mapping, Sequence

from promoter.messages import N_, Message, Template, message
from promoter.model.entry import Entry, Genesis
from promoter.trail.facts import CommitFacts, Finding, Severity
from promoter.trail.membership import member
from promoter.trail.signature import SealState

FORMAT = 1

PHRASES: Mapping[str, Template] = {
    "no-genesis": N_("the trail has no beginning that this entry follows"),
    "several-beginnings": N_(
        "one of {count} beginnings this history joins: which one is right cannot be told from here"
    ),
    "genesis-not-by-member": N_("the beginning is not signed by anyone of the roster it brings: {why}"),
}


def beginnings(order: Sequence[CommitFacts]) -> list[Finding]:
    """Every root, where there are several: their authors choose which would come first."""
    roots = [each for each in order if not each.parents]
    said = message("several-beginnings", count=len(roots))
    return [
        Finding(said, Severity.UNTRUSTED, each.commit, each.found[0].path if each.found else None)
        for each in roots
        if len(roots) > 1
    ]


def begins(commit: CommitFacts) -> bool:
    """Whether a commit is one a trail may begin with."""
    entry = commit.found[0].entry if len(commit.found) == 1 else None
    if entry is None or not isinstance(entry.content, Genesis):
        return False
    return why_not_begun(commit, entry, entry.content) is None


def why_not_begun(commit: CommitFacts, entry: Entry, genesis: Genesis) -> Message | None:
    """Why a genesis begins nothing; None when it may."""
    if commit.parents:
        return message("no-genesis")
    if genesis.format != FORMAT:
        return message("written-by-newer", what=f"promoter/trail/{genesis.format}")
    if not genesis.roster:
        return message("bad-signature") if commit.seal.state is SealState.BROKEN else None
    why = member(entry, commit, genesis.roster).why
    return None if why is None else message("genesis-not-by-member", why=why)
