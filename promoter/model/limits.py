"""What a value that is written out may be beyond its type, declared beside the field.

    redirects: Annotated[int, Within(0, 20), N_("How many redirects to follow at most")] = 5

What a reference brings is for the kind to judge: that is the world, not the checklist.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Any, Protocol

from promoter.frozen import frozen
from promoter.messages import N_, Message, Template, message

PHRASES: Mapping[str, Template] = {
    "field-out-of-range": N_("must be from {least} to {most}"),
    "field-outside": N_("must be the path of a file inside the repository, without '..'"),
    "field-not-https": N_("must be an https URL: plain http protects nothing"),
}


class Limit(Protocol):
    """A bound on the values of a field, or of each of its elements."""

    def broken_by(self, value: Any) -> Message | None:
        """Why a value of the field's type cannot be right; None when it can."""

    def schema(self) -> dict[str, Any]:
        """The same as keywords of JSON Schema."""


@frozen
class Within:
    """A number from `least` to `most`, both included."""

    least: int
    most: int

    def broken_by(self, value: Any) -> Message | None:
        """Why the number cannot be right."""
        if self.least <= value <= self.most:
            return None
        return message("field-out-of-range", least=self.least, most=self.most)

    def schema(self) -> dict[str, Any]:
        """`minimum` and `maximum`."""
        return {"minimum": self.least, "maximum": self.most}


@frozen
class OnlyHttps:
    """A URL whose scheme is https."""

    def broken_by(self, value: Any) -> Message | None:
        """Why the URL cannot be right."""
        return None if value.lower().startswith("https://") else message("field-not-https")

    def schema(self) -> dict[str, Any]:
        """A narrower `pattern`."""
        return {"pattern": "^[hH][tT][tT][pP][sS]://"}


@frozen
class InsideTree:
    """The path of a file, relative and not upwards."""

    def broken_by(self, value: Any) -> Message | None:
        """Why the path cannot be right."""
        outside = value.startswith("/") or ".." in value.split("/")
        return message("field-outside") if outside else None

    def schema(self) -> dict[str, Any]:
        """A `pattern`."""
        return {"pattern": r"^(?!/)(?!(.*/)?\.\.(/|$))"}


class Names(Enum):
    """What a field names in the pipeline: an environment, or variables or URLs of the environment that the
    check names or is run for."""

    ENVIRONMENT = "environment"
    VARIABLE = "variable"
    URL = "url"
