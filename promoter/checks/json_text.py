"""Strict JSON (RFC 8259) out of the bytes of a server."""

import json
from typing import Any, NoReturn


class NotJson(ValueError):
    """These bytes are not JSON; says why without quoting them."""


def read_json(body: bytes) -> Any:
    """The value that the bytes stand for: in UTF-8, each name of an object once, numbers finite.

    Raises NotJson.
    """
    try:
        return json.loads(
            body.decode("utf-8-sig"),
            parse_constant=_refuse,
            parse_float=_finite,
            object_pairs_hook=_object,
        )
    except UnicodeDecodeError:
        raise NotJson("not UTF-8") from None
    except json.JSONDecodeError as wrong:
        raise NotJson(f"{wrong.msg}: line {wrong.lineno} column {wrong.colno}") from None
    except RecursionError:
        raise NotJson("too deep") from None
    except NotJson:
        raise
    except ValueError:  # an integer of thousands of digits
        raise NotJson("a number out of bounds") from None


def _refuse(constant: str) -> NoReturn:
    raise NotJson(f"{constant} is no number")


def _finite(written: str) -> float:
    number = float(written)
    if number in (float("inf"), float("-inf")):
        raise NotJson("a number out of bounds")
    return number


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotJson("a name that stands twice in an object")
    return found
