from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from promoter.net.certificate import CertificateFacts, read_chain
from promoter.net.chain import Limits, first_to_expire, troubles_of
from tests.support.tls_servers import DAY, NOW, Wanted, make

ROOT = make(Wanted(name="Root", authority=True, until=900 * DAY))
MIDDLE = make(Wanted(name="Middle", authority=True, until=400 * DAY), ROOT)
LEAF = make(Wanted(name="leaf.test"), MIDDLE)
CHAIN = read_chain([each.certificate.public_bytes(Encoding.DER) for each in (LEAF, MIDDLE, ROOT)])
LIMITS = Limits(min_days=7, warn_days=30, now=NOW)


def with_link(position: int, **changes: Any) -> tuple[CertificateFacts, ...]:
    return tuple(replace(each, **changes) if at == position else each for at, each in enumerate(CHAIN))


def codes(chain: Sequence[CertificateFacts], limits: Limits = LIMITS) -> list[str]:
    return [each.code for each in troubles_of(chain, limits)]


def test_a_good_chain_is_no_trouble() -> None:
    assert codes(CHAIN) == []


@pytest.mark.parametrize(
    ("position", "expected"), [(0, ["weak-signature"]), (1, ["weak-signature"]), (2, [])]
)
def test_nobody_relies_on_the_signature_of_the_root_only(position: int, expected: list[str]) -> None:
    assert expected == codes(with_link(position, weak_signature=True))


@pytest.mark.parametrize("position", [0, 1, 2])
def test_everybody_relies_on_every_key(position: int) -> None:
    assert codes(with_link(position, weak_key=True)) == ["weak-key"]


@pytest.mark.parametrize(("position", "whose"), [(0, ""), (1, "authority-"), (2, "root-")])
@pytest.mark.parametrize(
    ("days", "when"), [(6, "expires-too-soon"), (7, "expires-soon"), (29, "expires-soon")]
)
def test_the_link_that_ends_first_is_told_by_what_it_is(
    position: int, whose: str, days: int, when: str
) -> None:
    assert codes(with_link(position, not_after=NOW + days * DAY)) == [f"{whose}{when}"]


@pytest.mark.parametrize("position", [0, 1, 2])
def test_enough_days_are_enough(position: int) -> None:
    assert codes(with_link(position, not_after=NOW + 30 * DAY)) == []


def test_of_links_that_end_together_the_servers_own_is_told() -> None:
    together = tuple(replace(each, not_after=NOW + DAY) for each in CHAIN)
    assert first_to_expire(together).subject == "leaf.test"
    assert codes(together) == ["expires-too-soon"]


def test_a_certificate_that_is_trusted_as_it_is_is_the_servers_own() -> None:
    assert codes(with_link(0, not_after=NOW + DAY)[:1]) == ["expires-too-soon"]


def test_a_link_that_must_have_more_days_than_would_warn_fails() -> None:
    assert codes(CHAIN, Limits(min_days=100, warn_days=30, now=NOW)) == ["expires-too-soon"]
