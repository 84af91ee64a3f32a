import os
from pathlib import Path

import pytest

from promoter.checklist.files import LARGEST, read_capped
from promoter.place import Problem


def code_of(path: Path) -> str:
    read = read_capped(path, "checklists/x.yaml")
    assert isinstance(read, Problem)
    assert str(read.place) == "checklists/x.yaml"
    return read.code


def test_a_file_is_read_up_to_its_limit(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"a" * LARGEST)
    assert read_capped(path, "x.yaml") == b"a" * LARGEST

    path.write_bytes(b"a" * (LARGEST + 1))
    assert code_of(path) == "too-large"


def test_fifty_megabytes_are_refused_without_reading_them(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    with path.open("wb") as stream:
        stream.truncate(50 * 1024 * 1024)

    assert code_of(path) == "too-large"


def test_what_is_no_regular_file_is_a_problem_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")

    assert code_of(tmp_path / "fifo") == "no-regular-file"
    assert code_of(Path(os.devnull)) == "no-regular-file"
    assert code_of(tmp_path) == "a-directory"


def test_a_file_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")

    assert code_of(tmp_path / "missing.yaml") == "unreadable"
    assert code_of(tmp_path / "loop") == "unreadable"
    assert code_of(Path("a\0b")) == "unreadable"


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("a: 1")
    path.chmod(0)

    assert code_of(path) == "unreadable"
