import importlib
import importlib.util
from collections.abc import Sequence
from pathlib import Path

from tests.support.matrix_case import Case, judge_all

ROOMS = ("matrix_tls", "matrix_handshakes", "matrix_answers", "matrix_revocation")


def cases() -> Sequence[Case]:
    found: list[Case] = []
    for room in ROOMS:
        if importlib.util.find_spec(f"tests.support.{room}") is not None:
            found += importlib.import_module(f"tests.support.{room}").CASES
    return found


async def test_every_server_is_judged_right_for_its_reason_and_in_time(tmp_path: Path) -> None:
    judged = await judge_all(cases(), tmp_path)
    assert [wrong for each in judged for wrong in each.wrongs] == []
