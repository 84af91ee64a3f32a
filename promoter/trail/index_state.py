"""The state of a trail as the index keeps it: a line of JSON, in which the genesis is named by its id."""

import json
from collections.abc import Callable
from typing import Any

from promoter.messages import Message, message_from_json, message_to_json
from promoter.model.entry import Entry
from promoter.model.roster import Roster
from promoter.trail import contents
from promoter.trail.clock import Clock
from promoter.trail.state import State


def written_state(state: State) -> str:
    """The state as text."""
    return json.dumps(
        {
            "genesis": state.genesis.id if state.genesis else None,
            "origin": state.origin,
            "roster": contents.roster.write(state.roster),
            "roster_entry": state.roster_entry,
            "founding": state.founding,
            "clock": state.clock.dates,
            "retired": sorted(state.retired),
            "conflicts": [message_to_json(each) for each in state.conflicts],
        }
    )


def read_state(written: str, entry_of: Callable[[str | None], Entry | None]) -> State:
    """The state that was written; raises ValueError, KeyError or TypeError for anything else."""
    kept: dict[str, Any] = json.loads(written)
    return State(
        entry_of(kept["genesis"]),
        kept["origin"],
        contents.roster.read(kept["roster"], "roster"),
        kept["roster_entry"],
        kept["founding"],
        Clock(tuple((str(at), str(who), str(path)) for at, who, path in kept["clock"])),
        frozenset((what, person, key) for what, person, key in kept["retired"]),
        tuple(message_from_json(each) for each in kept["conflicts"]),
    )


def written_roster(roster: Roster | None) -> str | None:
    """A roster as text; None stays None."""
    return None if roster is None else json.dumps(contents.roster.write(roster))


def read_roster(written: str | None) -> Roster | None:
    """The roster that was written; raises ValueError for anything else."""
    return None if written is None else contents.roster.read(json.loads(written), "roster")


def written_message(said: Message | None) -> str | None:
    """A message as text; None stays None."""
    return None if said is None else json.dumps(message_to_json(said), sort_keys=True)


def read_message(written: str) -> Message:
    """The message that was written; raises ValueError, KeyError or TypeError for anything else."""
    return message_from_json(json.loads(written))
