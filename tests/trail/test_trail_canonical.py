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


def by_dumps(document: Any) -> bytes:
    return (
        json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2, sort_keys=True).encode() + b"\n"
    )


@given(DOCUMENTS)
def test_a_document_is_written_as_json_dumps_writes_it_with_what_hides_escaped(document: Any) -> None:
    try:
        expected = by_dumps(document)
    except ValueError:
        with pytest.raises(ValueError, match=r".*"):
            canonical(document)
        return
    written = canonical(document)
    hidden = re.compile(r"\\u(00[7-9][0-9a-f]|00ad|061c|115f|1160|180[b-f]|20[0-6][0-9a-f]|3164|f[ef]..)")
    assert hidden.sub(lambda found: chr(int(found[1], 16)), written.decode()).encode() == expected
    assert not re.search("[\x7f-\x9f\u200b-\u200f\u202a-\u202e]", written.decode())
    assert by_dumps(json.loads(written)) == expected


@pytest.mark.parametrize(
    "document", [math.nan, math.inf, {1: "a"}, {None: 1}, b"bytes", {"\ud800": 1}, {1, 2}]
)
def test_what_json_cannot_say_is_refused(document: Any) -> None:
    with pytest.raises(ValueError, match=r".*"):
        canonical(document)
