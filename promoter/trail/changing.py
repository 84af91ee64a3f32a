"""What one commit changes of who may sign, by itself. Pure."""

from datetime import datetime

from promoter.model.entry import Entry, Genesis, KeyCompromised, KeyRetired, RosterChanged
from promoter.model.roster import PersonClass, Roster
from promoter.trail.clock import moment_of
from promoter.trail.facts import CommitFacts
from promoter.trail.membership import Grant, grants
from promoter.trail.roster_joining import Change


def sooner(before: datetime | None, after: datetime | None) -> datetime | None:
    """The end that was set, if it comes sooner than the one before."""
    return after if after is not None and (before is None or after < before) else None


def ended(before: Roster, after: Roster, entry: Entry) -> frozenset[Grant]:
    """What those lose whose membership a roster lets be over already, or begin later, or whom it makes machines: as
    if they were taken off it, for all that is beside."""
    at = moment_of(entry.at)
    over = []
    for was in before.people:
        now = after.person(was.id)
        if now is None:
            continue
        ends = sooner(was.valid_until, now.valid_until)
        begins = now.valid_from if now.valid_from != was.valid_from else None
        made_machine = now.person_class is PersonClass.MACHINE is not was.person_class
        if (ends and ends <= at) or (begins and begins > at) or made_machine:
            over.append(was)
    return grants(Roster(tuple(over)))


def beginning(genesis: CommitFacts) -> Change:
    """What the genesis begins with."""
    entry = genesis.found[0].entry
    assert entry is not None  # noqa: S101 - it is what makes it the genesis
    assert isinstance(entry.content, Genesis)  # noqa: S101
    roster = entry.content.roster
    path, author = genesis.found[0].path, entry.actor
    return Change(
        genesis.commit, path, entry.id, author.name, author.id, genesis.seal.key, roster, added=grants(roster)
    )


def changing(commit: CommitFacts) -> Entry | None:
    """The entry by which a commit changes who may sign; None where it changes nothing of it."""
    if len(commit.found) != 1 or commit.merge:
        return None
    entry = commit.found[0].entry
    changes = entry is not None and isinstance(entry.content, RosterChanged | KeyRetired | KeyCompromised)
    return entry if changes else None


def since_of(commit: CommitFacts) -> str | None:
    """The last commit that is believed of a key which a commit declares compromised."""
    entry = changing(commit)
    content = entry.content if entry is not None else None
    return content.since if isinstance(content, KeyCompromised) else None


def key_of(entry: Entry) -> frozenset[Grant]:
    """The key that an entry takes from somebody."""
    content = entry.content
    if isinstance(content, KeyRetired | KeyCompromised):
        return frozenset({("key", content.person, content.key)})
    return frozenset()
