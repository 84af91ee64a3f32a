"""What a commit's signature says on its own, before anyone asks who may sign."""

from enum import StrEnum

from promoter.frozen import frozen


class SealState(StrEnum):
    """What a signature says on its own. `MISSING_KEY` and `UNCHECKED` may change once there is a key
    or a program to check it with."""

    NONE = "none"
    BROKEN = "broken"
    INTACT = "intact"
    MISSING_KEY = "missing-key"
    UNCHECKED = "unchecked"


@frozen
class Seal:
    """A commit's signature: its state, and the id of the key it is of, as far as that can be told."""

    state: SealState
    key: str | None = None

    @property
    def final(self) -> bool:
        """Whether another key or program could not change it."""
        return self.state in (SealState.NONE, SealState.BROKEN, SealState.INTACT)
