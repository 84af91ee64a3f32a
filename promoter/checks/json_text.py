"""Strict JSON (RFC 8259) out of the bytes of a server."""

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from promoter.messages import N_, Message, Parameter, Template, message

FACTS: Mapping[str, Template] = {
    "json-empty": N_("it is empty"),
    "json-not-utf-8": N_("it is not UTF-8 from byte {position} on"),
    "json-with-mark": N_("a byte order mark stands before it"),
    "json-broken": N_("what stands in line {line}, column {column} cannot stand there"),
    "json-cut-short": N_("it ends too early, in line {line}, column {column}"),
    "json-goes-on": N_("it goes on after its end, in line {line}, column {column}"),
    "json-too-deep": N_("it is nested too deep"),
    "json-number": N_("it has a number out of bounds"),
    "json-constant": N_("{constant} is no number"),
    "json-name-twice": N_("a name stands twice in an object"),
}
"""For the facts of the kinds that use this."""

MARK = b"\xef\xbb\xbf"
"""The byte order mark that no JSON may begin with (RFC 8259, section 8.1)."""


class NotJson(ValueError):
    """These bytes are not JSON; `why` says so without quoting them, with a code of `FACTS`."""

    def __init__(self, code: str, **parameters: Parameter) -> None:
        super().__init__(code)
        self.why: Message = message(code, **parameters)


def read_json(body: bytes) -> Any:
    """The value that the bytes stand for: in UTF-8 without a mark, each name of an object once, numbers
    finite.

    Raises NotJson.
    """
    if body.startswith(MARK):
        raise NotJson("json-with-mark")
    try:
        return json.loads(
            body.decode("utf-8"),
            parse_constant=_refuse,
            parse_float=_finite,
            object_pairs_hook=_object,
        )
    except UnicodeDecodeError as wrong:
        raise NotJson("json-not-utf-8", position=wrong.start + 1) from None
    except json.JSONDecodeError as wrong:
        raise _broken(wrong) from None
    except RecursionError:
        raise NotJson("json-too-deep") from None
    except NotJson:
        raise
    except ValueError:  # an integer of thousands of digits
        raise NotJson("json-number") from None


def _broken(wrong: json.JSONDecodeError) -> NotJson:
    """What is wrong, by where it is: Python's own words are in English."""
    if not wrong.doc.strip():
        return NotJson("json-empty")
    code = "json-broken"
    if wrong.pos >= len(wrong.doc.rstrip()):
        code = "json-cut-short"
    elif wrong.msg == "Extra data":
        code = "json-goes-on"
    return NotJson(code, line=wrong.lineno, column=wrong.colno)


def _refuse(constant: str) -> NoReturn:
    raise NotJson("json-constant", constant=constant)


def _finite(written: str) -> float:
    number = float(written)
    if number in (float("inf"), float("-inf")):
        raise NotJson("json-number")
    return number


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotJson("json-name-twice")
    return found
