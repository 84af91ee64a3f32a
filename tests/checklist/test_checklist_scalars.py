import pytest

from promoter.checklist.nodes import Scalar
from promoter.checklist.scalars import DOUBTFUL, Meaning, meaning
from promoter.place import Place


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("word", "word"),
        ("true", True),
        ("false", False),
        ("True", DOUBTFUL),
        ("FALSE", DOUBTFUL),
        ("yes", "yes"),
        ("on", "on"),
        ("", None),
        ("~", None),
        ("NULL", None),
        ("0", 0),
        ("-12", -12),
        ("012", DOUBTFUL),
        ("0o14", DOUBTFUL),
        ("0x1f", DOUBTFUL),
        ("+1", DOUBTFUL),
        ("9" * 5000, DOUBTFUL),
        ("1.5", 1.5),
        ("1.10", DOUBTFUL),
        ("1.", DOUBTFUL),
        (".5", DOUBTFUL),
        ("1e3", DOUBTFUL),
        (".inf", DOUBTFUL),
        (".NaN", DOUBTFUL),
        ("1_000", "1_000"),
        ("0b101", "0b101"),
        ("12:30:45", "12:30:45"),
        ("2026-11-28", "2026-11-28"),
        ("1.2.3", "1.2.3"),
    ],
)
def test_a_plain_scalar_means_the_same_to_every_reader_or_is_doubtful(written: str, means: Meaning) -> None:
    found = meaning(Scalar(written, True, Place("f.yaml", 1, 1)))

    assert (type(means), means) == (type(found), found)
    assert meaning(Scalar(written, False, Place("f.yaml", 1, 1))) == written
