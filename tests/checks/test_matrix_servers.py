import asyncio
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support import matrix_answers, matrix_handshakes, matrix_revocation, matrix_tls
from tests.support.matrix_case import Case, judge_all
from tests.support.tls_servers import Wanted, make

FAMILIES = {
    "expired",
    "expired cross-sign",
    "expiring intermediate",
    "revoked by CRL",
    "revoked by OCSP",
    "revoked by staple",
    "no revocation source",
    "not yet valid",
    "wrong host",
    "self-signed",
    "untrusted",
    "incomplete chain",
    "weak key",
    "weak signature",
    "common name",
    "wildcard",
    "IP names",
    "IDN",
    "client auth",
    "old TLS only",
    "old TLS still on",
    "plain http",
    "closes in handshake",
    "closes in header",
    "closes in body",
    "hangs in handshake",
    "hangs in header",
    "hangs in body",
    "drips in handshake",
    "drips in header",
    "drips in body",
    "redirect loop",
    "downgrade",
    "huge header",
    "bad chunking",
    "compression",
    "HSTS",
    "proxy",
}
GOOD_TOO = {
    "expired cross-sign",
    "good revocation",
    "good staple",
    "wildcard",
    "IP names",
    "IDN",
    "client auth",
    "huge header",
    "huge body",
    "compression",
    "HSTS",
}


def cases() -> Sequence[Case]:
    rooms = (matrix_tls, matrix_handshakes, matrix_answers, matrix_revocation)
    return [case for room in rooms for case in room.CASES]


async def test_every_server_is_judged_right_for_its_reason_and_in_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "system.pem").write_bytes(make(Wanted(name="System Root", authority=True)).pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "system.pem"))  # the real ones take 20 ms a check
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "none"))
    judged = await judge_all(cases(), tmp_path)
    assert [wrong for each in judged for wrong in each.wrongs] == []
    assert {each.case.name for each in judged} == {each.name for each in cases()}
    assert asyncio.all_tasks() == {asyncio.current_task()}


def test_the_matrix_is_large_and_a_third_of_it_good() -> None:
    found = cases()
    assert len(found) >= 300
    assert sum(case.good for case in found) * 3 >= len(found)
    assert [name for name, count in Counter(case.name for case in found).items() if count > 1] == []
    assert all(case.expected for case in found)


@pytest.mark.parametrize("good", [True, False])
def test_the_matrix_covers_every_family(good: bool) -> None:
    covered = {case.family for case in cases() if case.good is good}
    assert (GOOD_TOO if good else FAMILIES) - covered == set()
