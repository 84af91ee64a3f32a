"""What later entries of a trail are judged by."""

from dataclasses import field

from promoter.frozen import frozen
from promoter.messages import Message
from promoter.model.entry import Entry
from promoter.model.roster import Roster
from promoter.trail.clock import Clock
from promoter.trail.membership import Grant


@frozen
class State:
    """The genesis, the roster in force and the entry that last changed it, and how far in time the entries
    that count have come. `origin` is the genesis's commit, `founding` that of the first roster where the genesis
    has none. `retired` are the keys that are their people's no more; `conflicts` is what changes of the
    roster made beside each other disagree about."""

    genesis: Entry | None = None
    origin: str | None = None
    roster: Roster = field(default_factory=Roster)
    roster_entry: str | None = None
    founding: str | None = None
    clock: Clock = field(default_factory=Clock)
    retired: frozenset[Grant] = frozenset()
    conflicts: tuple[Message, ...] = ()

    @property
    def trail(self) -> str | None:
        """The trail's id."""
        return self.genesis.trail if self.genesis else None

    def is_retired(self, key: str | None) -> bool:
        """Whether a key was somebody's and is no more."""
        return any(which == key for _, _, which in self.retired)
