"""What a plain scalar is: YAML 1.1 and 1.2 disagree, and nothing here depends on which one a tool follows.

Words that only YAML 1.1 sees more in (`on`, `yes`, `12:30`, `2026-11-22`) are text. What YAML 1.2 calls
a number counts as one only when it is written as JSON would write it: `012` and `1.10` are *doubtful*.
Source: YAML 1.2.2, section 10.3.2 (the core schema).
"""

import json
import re
from enum import Enum
from typing import Any, TypeAlias

from promoter.checklist.nodes import Node, Scalar, Series


class Doubtful(Enum):
    """The one value `DOUBTFUL`: a number that tools read differently."""

    DOUBTFUL = "doubtful"


DOUBTFUL = Doubtful.DOUBTFUL
Meaning: TypeAlias = str | int | float | bool | Doubtful | None

_CONSTANTS: dict[str, Meaning] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "false": False,
}
_CAPITALISED = frozenset({"True", "TRUE", "False", "FALSE"})
_NUMBER = re.compile(
    r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"
    r"|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
)
_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,14}")
_FRACTION = re.compile(r"-?(0|[1-9][0-9]{0,9})\.[0-9]{1,6}")


def meaning(scalar: Scalar) -> Meaning:
    """What YAML sees in a scalar; a quoted one is always text."""
    text = scalar.text
    if not scalar.plain:
        return text
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text in _CAPITALISED:
        return DOUBTFUL
    if not _NUMBER.fullmatch(text):
        return text
    if _WHOLE.fullmatch(text):
        return int(text)
    if _FRACTION.fullmatch(text) and repr(float(text)) == text:
        return float(text)
    return DOUBTFUL


def as_written(node: Node) -> Any:
    """A node as JSON-like data; what is doubtful is its text."""
    if isinstance(node, Scalar):
        found = meaning(node)
        return node.text if found is DOUBTFUL else found
    if isinstance(node, Series):
        return [as_written(each) for each in node.children]
    return {key.text: as_written(value) for key, value in node.entries}


def canonical(node: Node) -> bytes:
    """A node as canonical JSON: sorted keys, no spaces, UTF-8."""
    return json.dumps(as_written(node), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode(
        "utf-8", "surrogatepass"
    )
