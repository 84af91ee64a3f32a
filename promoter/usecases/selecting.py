"""Which entries of the trail somebody wants to read."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime, tzinfo

from promoter.errors import UsageError
from promoter.frozen import frozen
from promoter.messages import N_, Phrase, phrase
from promoter.model.duration import parse_duration
from promoter.model.entry import Checked, Entry, Recorded, Unreadable
from promoter.model.entry_type import EntryType
from promoter.trail.projection import Records, promotion_of
from promoter.usecases.deciding import promotion_of as folded
from promoter.usecases.pinned import rules_of
from promoter.usecases.standing import chosen_promotion
from promoter.usecases.workspace import Workspace

_ABBREVIATED_COMMIT = re.compile(r"[0-9a-f]{4,64}", re.ASCII)
_MOST_NAMES = 40


@frozen
class Wanted:
    """What is asked for, as it was written: any of several items, people (id, address or name) or types;
    and everything where nothing is named. `since` is a date, a length of time or a commit of the trail."""

    promotion: str | None = None
    items: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    since: str | None = None

    def __bool__(self) -> bool:
        return any((self.promotion, self.items, self.people, self.types, self.since))


@frozen
class Selection:
    """What `Wanted` means on a trail; `takes` says it of each entry, also of later ones.

    Of a file that is no entry only its place and commit are known: it is left out where an item, a person
    or another type is wanted, and nothing says it is not since.
    """

    promotion: str | None = None
    items: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    since: datetime | None = None
    before: frozenset[str] = frozenset()

    def of(self, records: Records) -> tuple[Recorded | Unreadable, ...]:
        """Those of the records that are wanted: entries in their order, then files that are none."""
        entries = filter(self.takes, records.recorded)
        return (*entries, *filter(self.takes, records.unreadable))

    def takes(self, found: Recorded | Unreadable) -> bool:
        """Whether it is wanted."""
        if self.promotion is not None and promotion_of(found) != self.promotion:
            return False
        if found.commit in self.before:
            return False
        if isinstance(found, Unreadable):
            named = found.path.rpartition("/")[2].split(".")
            of_type = not self.types or (len(named) == 3 and named[1] in self.types)
            return of_type and not self.items and not self.people
        return self._takes(found.entry)

    def _takes(self, entry: Entry) -> bool:
        return (
            (not self.types or entry.type in self.types)
            and (not self.people or entry.actor.id in self.people)
            and (not self.items or not self.items.isdisjoint(_items_of(entry)))
            and (self.since is None or datetime.fromisoformat(entry.at) >= self.since)
        )


def selection(workspace: Workspace, wanted: Wanted, time_zone: tzinfo = UTC) -> Selection:
    """What is wanted of this trail; a date without a zone is in `time_zone`.

    Raises UsageError for a promotion, item, person or type that is not on the trail, naming those that
    are, and for a `since` that means nothing.
    """
    promotion = wanted.promotion and chosen_promotion(workspace, wanted.promotion, reading=True).id
    since, before = _since(workspace, wanted.since, time_zone)
    named = (*wanted.items, *wanted.people, *wanted.types)
    entries = [each.entry for each in records_of(workspace, promotion).recorded] if named else []
    return Selection(
        promotion=promotion,
        items=_items(workspace, wanted.items, entries, promotion),
        people=_people(workspace, wanted.people, entries),
        types=_types(wanted.types, entries),
        since=since,
        before=before,
    )


def records_of(workspace: Workspace, promotion: str | None) -> Records:
    """Everything in a promotion's place, or on the whole trail; raises CannotAct where it was not fetched yet."""
    if promotion is None:
        return workspace.fetched_trail.all_records()
    return workspace.fetched_trail.records_of(promotion)


def _items(
    workspace: Workspace, wanted: Collection[str], entries: Iterable[Entry], promotion: str | None
) -> frozenset[str]:
    known = {item for entry in entries for item in _items_of(entry)}
    if not known.issuperset(wanted):
        known |= set(_items_of_checklists(workspace, promotion))
    for each in wanted:
        if each not in known:
            raise UsageError(
                phrase(N_("nothing on the trail is of the item {item}"), item=each), _there_are(known)
            )
    return frozenset(wanted)


def _items_of_checklists(workspace: Workspace, promotion: str | None) -> Iterator[str]:
    for each in [promotion] if promotion else workspace.state.open_promotions:
        found = folded(workspace, each)
        if found is not None:
            yield from (item.id for item in rules_of(workspace, found).checklist.items)


def _people(workspace: Workspace, wanted: Collection[str], entries: Sequence[Entry]) -> frozenset[str]:
    on_roster = workspace.trail.state.roster.people
    named: set[str] = set()
    for each in wanted:
        sought = each.casefold()
        same = {
            who.id for who in on_roster if sought in map(str.casefold, (who.id, who.name, *who.emails))
        } | {entry.actor.id for entry in entries if sought in map(str.casefold, _names_of(entry))}
        if not same:
            raise UsageError(
                phrase(N_("nobody on the trail is {person}"), person=each),
                _there_are({who.id for who in on_roster} | {entry.actor.id for entry in entries}),
            )
        named |= same
    return frozenset(named)


def _types(wanted: Collection[str], entries: Iterable[Entry]) -> frozenset[str]:
    for each in wanted:
        if each not in [known.value for known in EntryType]:
            there = {entry.type.value for entry in entries}
            raise UsageError(
                phrase(N_("there is no type of entry named {type}"), type=each), _there_are(there)
            )
    return frozenset(wanted)


def _since(
    workspace: Workspace, written: str | None, time_zone: tzinfo
) -> tuple[datetime | None, frozenset[str]]:
    """The moment that is meant, or the commits up to the one that is meant."""
    if written is None:
        return None, frozenset()
    commit = _commit(workspace, written) if _ABBREVIATED_COMMIT.fullmatch(written) else None
    if commit is not None:
        listed = workspace.repository.run("rev-list", commit, "--", timeout=None)
        return None, frozenset(listed.decode("ascii").split())
    try:
        moment = datetime.fromisoformat(written)
        return moment if moment.tzinfo else moment.replace(tzinfo=time_zone), frozenset()
    except ValueError:
        pass
    try:
        if not written.isdigit():
            return workspace.now() - parse_duration(written), frozenset()
    except (ValueError, OverflowError):
        pass
    raise UsageError(
        phrase(N_("{written} is no date, no length of time and no commit of the trail"), written=written),
        phrase(N_("for example 2026-11-20, 3d, or the start of a commit's id")),
    )


def _commit(workspace: Workspace, written: str) -> str | None:
    """The commit of the trail whose id starts so; None when there is none."""
    tip = workspace.trail.position().tip
    try:
        commit, _ = workspace.repository.resolve(written)
    except UsageError:
        return None
    return commit if tip is not None and workspace.repository.is_ancestor(commit, tip) else None


def _names_of(entry: Entry) -> tuple[str, str, str]:
    return entry.actor.id, entry.actor.name, entry.actor.email


def _items_of(entry: Entry) -> set[str]:
    items = {entry.item.id} if entry.item else set()
    if isinstance(entry.content, Checked):
        items |= {each.item for each in entry.content.outcomes}
    return items


def _there_are(names: Collection[str]) -> Phrase:
    listed = sorted(names)
    shown = [*listed[:_MOST_NAMES], *(["…"] if len(listed) > _MOST_NAMES else [])]
    return phrase(N_("the ones there are: {names}"), names=shown)
