"""What YAML is made of, with the place of everything. Nothing is interpreted: a scalar is its text."""

from collections.abc import Iterator
from typing import TypeAlias

from promoter.frozen import frozen
from promoter.place import Place


@frozen
class Scalar:
    """A piece of text; `plain` when it is written without quotes, so that YAML may see more in it."""

    text: str
    plain: bool
    place: Place


@frozen
class Series:
    """A YAML sequence."""

    children: tuple["Node", ...]
    place: Place


@frozen
class Table:
    """A YAML mapping: its keys are scalars, each there once, in the order they are written."""

    entries: tuple[tuple[Scalar, "Node"], ...]
    place: Place

    def get(self, name: str) -> "Node | None":
        """What stands under a key."""
        return next((value for key, value in self.entries if key.text == name), None)

    def keys(self) -> Iterator[str]:
        """The keys' texts."""
        return (key.text for key, _ in self.entries)


Node: TypeAlias = Scalar | Series | Table
