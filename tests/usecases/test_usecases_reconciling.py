"""A deployment log beside the trail: read whatever it holds, and compared."""

import contextlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promoter.messages import Language
from promoter.place import ProblemsFound
from promoter.usecases.deployment_log import read_deployments

COMMIT = "a" * 40
LANGUAGE = Language("en")


def problems(path: Path) -> list[str]:
    with pytest.raises(ProblemsFound) as raised:
        read_deployments(path)
    return [each.text(LANGUAGE).removeprefix(str(path)) for each in raised.value.problems]


def test_a_table_is_read_by_its_header_and_json_line_by_line(tmp_path: Path) -> None:
    table, lines = tmp_path / "log.csv", tmp_path / "log.jsonl"
    table.write_text(
        "\ufeffwho,Time,Commit,Environment\n\nci,2026-11-27T18:04:00Z,AAAAAAA,production\n", encoding="utf-8"
    )
    lines.write_text(
        f'{{"environment": "preprod", "commit": "{COMMIT}", "time": "2026-11-27T18:04:00+01:00", "by": 4}}\n\n'
    )
    [one] = read_deployments(table)
    assert (one.environment, one.commit, one.line) == ("production", "aaaaaaa", 3)
    assert one.at == datetime(2026, 11, 27, 18, 4, tzinfo=UTC)
    [other] = read_deployments(lines)
    assert other.at == datetime(2026, 11, 27, 17, 4, tzinfo=UTC)


def test_an_empty_log_has_no_deployments(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("")
    assert read_deployments(tmp_path / "log") == ()


def test_every_line_that_is_wrong_is_named_with_its_number(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text(
        "environment,commit,time\n"
        "production,nothing,2026-11-27\n"
        f"production,{COMMIT},yesterday\n"
        f",{COMMIT},2026-11-27\n"
        f"production,{COMMIT}\n"
    )
    assert [each.split(":")[1] for each in problems(log)] == ["2", "3", "4", "5"]
    log.write_text('{"environment": "x"}\n[1]\n' + '{"a":' * 5000 + "\n")
    assert [each.split(":")[1] for each in problems(log)] == ["1", "2", "3"]
    log.write_text("environment,commit\n")
    assert "time" in problems(log)[0]


def test_what_is_no_file_or_too_large_a_one_is_refused(tmp_path: Path) -> None:
    assert problems(tmp_path / "none")
    assert problems(tmp_path)
    large = tmp_path / "large"
    with large.open("wb") as stream:
        stream.truncate(17 * 1024 * 1024)
    assert problems(large)


def test_a_file_of_nothing_but_mistakes_is_not_told_whole(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("environment,commit,time\n" + "x,y,z\n" * 5000)
    assert len(problems(log)) == 20


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=400)
    | st.text('environment,commit,time\n"{}:a0-T\r', max_size=200).map(str.encode)
    | st.text(max_size=80).map(lambda words: f"environment,commit,time\n{words}".encode("utf-8", "replace"))
)
def test_no_log_is_too_strange_to_be_read_or_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "log").write_bytes(content)
    with contextlib.suppress(ProblemsFound):
        assert all(each.at.tzinfo is UTC for each in read_deployments(tmp_path / "log"))
