"""The keys that signatures are checked with while a history is walked: those of the rosters that may count.

A roster's keys are learnt when it begins the trail or somebody whose key was learnt before signed it:
every roster that counts is one of these, and no outsider's is. One that no roster-admin signed can only
give its author further keys, so that few of them are learnt. Only where the trail began with no
roster could anyone's be the first.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice
from types import TracebackType
from typing import Self

from promoter.model.entry import Genesis, RosterChanged
from promoter.model.roster import ROSTER_ADMIN, Key, Roster
from promoter.trail.facts import Found
from promoter.trail.signature import Examiner, RawCommit, Seal, SealState, own_id

_OWN_AT_MOST = 50
UNVOUCHED_AT_MOST = 100
"""Keys learnt from a roster that nobody vouches for but itself: each costs a run of gpg."""


class Keyring:
    """What is known of keys so far; `known` has their ids. A context manager, as the examiner it uses is."""

    def __init__(self, rosters: Iterable[Roster] = ()) -> None:
        self.known: set[str] = set()
        self._examiner = Examiner()
        self._admins: set[str] = set()
        self._anyones = False
        for place, roster in enumerate(rosters):
            self._anyones |= place == 0 and not roster
            self._learn(roster)

    def examine(self, commit: RawCommit, found: Sequence[Found], told: Seal | None = None) -> Seal:
        """What a commit's signature says, where nobody has `told` yet; learns the keys of the roster it adds,
        where that may count."""
        contents = [each.entry.content for each in found if each.entry is not None]
        rosters = [each.roster for each in contents if isinstance(each, Genesis | RosterChanged)]
        roster = rosters[0] if len(found) == 1 and rosters and len(commit.parents) < 2 else None
        if roster is not None and (self._anyones or not commit.parents):
            self._anyones |= not roster
            self._learn(roster, at_most=UNVOUCHED_AT_MOST)
            roster = None
        seal = told or self._examiner.examine(commit)
        if roster is not None and seal.state is SealState.INTACT and seal.key in self.known:
            admin = seal.key in self._admins
            self._learn(
                roster if admin else _new_keys(roster, self.known), at_most=None if admin else _OWN_AT_MOST
            )
        return seal

    def __enter__(self) -> Self:
        self._examiner.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._examiner.__exit__(kind, error, traceback)

    def _learn(self, roster: Roster, at_most: int | None = None) -> None:
        keys = tuple(islice((key for who in roster.people for key in who.keys), at_most))
        self.known |= _ids(keys)
        self._examiner.learn(keys)
        self._admins |= _ids(key for who in roster.people if ROSTER_ADMIN in who.roles for key in who.keys)


def _ids(keys: Iterable[Key]) -> set[str]:
    return {each for each in map(own_id, keys) if each is not None}


def _new_keys(roster: Roster, known: set[str]) -> Roster:
    """What a roster adds to the keys that are known, without any role."""
    return Roster(
        tuple(
            replace(who, roles=(), keys=tuple(key for key in who.keys if own_id(key) not in known))
            for who in roster.people
        )
    )
