"""How a kind of check is tested: the contract of every kind, then each of its reasons."""

import pytest
from promoter_newer import Newer

from promoter.model.release import Release
from promoter.testing import broken_promises, observed


def test_it_keeps_the_promises_of_a_kind() -> None:
    assert broken_promises(Newer) == ()


@pytest.mark.parametrize(
    ("release", "there", "reason"),
    [
        ("v1.10.0", "v1.9.3", "newer"),
        ("v1.4.2", "v1.4.1", "the-same"),
        ("v1.3", "v1.4", "older"),
        ("latest", "v1.4", "no-number"),
        ("v1.4", "blue", "no-number"),
    ],
)
def test_versions_are_compared_number_by_number(release: str, there: str, reason: str) -> None:
    outcome = observed(Newer(parts=2), release=Release(release), replaces=Release(there))
    assert outcome.reason.code == f"newer.{reason}"


def test_without_anything_to_compare_with_it_cannot_tell() -> None:
    assert observed(Newer(), release=Release("v1.4")).reason.code == "newer.nothing-there"
