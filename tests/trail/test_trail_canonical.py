"""The one form of JSON on the trail: that of `json.dumps`, made quicker."""

import json
import math
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promoter.trail.canonical import canonical

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
DOCUMENTS = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4)
)


HIDDEN = re.compile(
    "[\x7f-\x9f\xad\u061c\u115f\u1160\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe0e\ufe0f\ufeff"
    "\uffa0\ufff9-\ufffb]"
)


def by_dumps(document: Any) -> bytes:
    written = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2, sort_keys=True)
    return (HIDDEN.sub(lambda found: f"\\u{ord(found[0]):04x}", written) + "\n").encode()


@given(DOCUMENTS)
def test_a_document_is_written_as_json_dumps_writes_it_with_what_hides_escaped(document: Any) -> None:
    try:
        expected = by_dumps(document)
    except ValueError:
        with pytest.raises(ValueError, match=r".*"):
            canonical(document)
        return
    assert canonical(document) == expected
    assert by_dumps(json.loads(expected)) == expected


@pytest.mark.parametrize(
    "document", [math.nan, math.inf, {1: "a"}, {None: 1}, b"bytes", {"\ud800": 1}, {1, 2}]
)
def test_what_json_cannot_say_is_refused(document: Any) -> None:
    with pytest.raises(ValueError, match=r".*"):
        canonical(document)
