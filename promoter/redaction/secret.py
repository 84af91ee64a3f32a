"""A value that never shows itself."""

MASK = "***"
SHORTEST = 4
"""From how many characters on a value is masked."""


class Secret:
    """A value that never shows itself: not in a repr, a log, a traceback or a comparison's message.

    `name` is what it is called where it comes from (`PASSEMARCHE_CLIENT_SECRET`), if anything.
    """

    __slots__ = ("_value", "name")

    def __init__(self, value: str, name: str = "") -> None:
        self._value = value
        self.name = name

    def reveal(self) -> str:
        """The value, for the one call that needs it."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __repr__(self) -> str:
        return MASK

    __str__ = __repr__
