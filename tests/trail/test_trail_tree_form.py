"""Which trees git would write: every one that it does, and none that its `fsck` complains of."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promoter.trail.trees import TreeEntry, tree_bytes, what_is_wrong
from tests.support.git_repositories import git, make_repository

BLOB, TREE = TreeEntry(b"100644", "1" * 40), TreeEntry(b"40000", "2" * 40)
names = st.binary(min_size=1, max_size=8).filter(lambda name: b"/" not in name and b"\0" not in name)


def line(name: bytes, entry: TreeEntry = BLOB) -> bytes:
    return entry.mode + b" " + name + b"\0" + bytes.fromhex(entry.oid)


@given(st.dictionaries(names, st.sampled_from([BLOB, TREE])))
def test_what_promoter_writes_is_right(tree: dict[bytes, TreeEntry]) -> None:
    assert what_is_wrong(tree_bytes(tree), 20) is None


@given(st.binary(max_size=200))
def test_no_bytes_make_it_fail(content: bytes) -> None:
    wrong = what_is_wrong(content, 20)
    assert wrong is None or wrong.code.startswith("tree-")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (line(b"a") + line(b"a"), "tree-name-twice"),
        (line(b"a") + line(b"a", TREE), "tree-name-twice"),
        (line(b"a", TREE) + line(b"a.b"), "tree-out-of-order"),
        (line(b"b") + line(b"a"), "tree-out-of-order"),
        (line(b"a/b"), "tree-no-name"),
        (line(b""), "tree-no-name"),
        (line(b"a", TreeEntry(b"0100644", "1" * 40)), "tree-mode-unknown"),
        (line(b"a")[:-1], "tree-unreadable"),
    ],
)
def test_what_git_complains_of_is_told(tmp_path: Path, content: bytes, code: str) -> None:
    wrong = what_is_wrong(content, 20)
    assert wrong is not None
    assert wrong.code == code
    directory = make_repository(tmp_path / "repository")
    git(directory, "hash-object", "-t", "tree", "--literally", "-w", "--stdin", given=content)
    complained = subprocess.run(
        ["git", "fsck", "--strict", "--no-dangling"],
        cwd=directory,
        check=False,
        capture_output=True,
        text=True,
    )
    assert complained.returncode != 0
