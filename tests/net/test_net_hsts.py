import pytest
from hypothesis import given
from hypothesis import strategies as st

from promoter.model.outcome import Evidence, Verdict
from promoter.net.hsts import judge_policy, max_age_of


@pytest.mark.parametrize(
    ("policy", "seconds"),
    [
        ("max-age=31536000", 31536000),
        ("max-age=0", 0),
        ("  Max-Age = 15 ; includeSubDomains", 15),
        ('max-age="15"', 15),
        ("includeSubDomains;;max-age=15;", 15),
        ('max-age=15; x="a;max-age=16"', 15),
        ("max-age=15; preload; unheard-of=1", 15),
        ("", None),
        ("max-age", None),
        ("max-age=", None),
        ("max-age=-1", None),
        ("max-age=1.5", None),
        ("max-age=15s", None),
        ("max-age=15 16", None),
        ("max-age=15, includeSubDomains", None),
        ("max-age=15; MAX-AGE=15", None),
        ("includeSubDomains", None),
        ("max-age='15'", None),
        ('max-age="15', None),
        ("max-age=٤", None),
    ],
)
def test_a_policy_is_read_as_browsers_do(policy: str, seconds: int | None) -> None:
    assert max_age_of(policy) == seconds


@given(st.integers(0, 10**11), st.booleans(), st.sampled_from(["", "; preload", ";x=1;", " ; y"]))
def test_any_age_is_read_however_it_is_written(seconds: int, quoted: bool, more: str) -> None:
    written = f'"{seconds}"' if quoted else str(seconds)
    assert max_age_of(f"max-age={written}{more}") == seconds


@given(st.text(alphabet=st.characters(max_codepoint=255), max_size=5000), st.floats(0, 1e9) | st.none())
def test_no_header_breaks_the_judgement(policy: str, least: float | None) -> None:
    seen: list[Evidence] = []
    trouble = judge_policy([("strict-transport-security", policy)], "host", least, seen)
    assert len(seen) == 1
    assert (trouble is not None) is (seen[0].verdict is Verdict.FAILED)


def test_a_hostile_header_takes_no_time() -> None:
    assert max_age_of('x="' + "\\a" * 2000) is None
    assert max_age_of("x=" + "a" * 4000 + " \x00") is None
