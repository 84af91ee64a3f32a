"""What a clone remembers of its trails, against rewinding them."""

from pathlib import Path

import pytest

from promoter.errors import TrailUntrusted
from promoter.trail.anchor import Anchor, Anchors, AnchorUnreadable, require_descent, require_same_beginning
from promoter.trail.trust import State

ONE = Anchor("a" * 40, "b" * 40)
OTHER = Anchor("c" * 40, "d" * 40, "e" * 40)


def test_nothing_is_remembered_of_what_was_never_seen(tmp_path: Path) -> None:
    assert Anchors(tmp_path).of("promoter/trail") is None
    assert Anchors(tmp_path / "nowhere").of("promoter/trail") is None


def test_each_branch_is_remembered_by_itself(tmp_path: Path) -> None:
    directory = tmp_path / "promoter"
    directory.mkdir()
    Anchors(directory).remember("one", ONE)
    Anchors(directory).remember("other", OTHER)

    assert (Anchors(directory).of("one"), Anchors(directory).of("other")) == (ONE, OTHER)
    assert [each.name for each in directory.iterdir()] == ["anchor"]


def test_where_nothing_can_be_written_nothing_is_remembered(tmp_path: Path) -> None:
    anchors = Anchors(tmp_path / "missing")
    anchors.remember("one", ONE)

    assert None is anchors.of("one")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        "[]",
        '{"version": 2, "branches": {}}',
        '{"version": 1, "branches": []}',
        '{"version": 1, "branches": {"one": {"tip": 1, "genesis": null, "founding": null}}}',
        '{"version": 1, "branches": {"one": {"tip": "a"}}}',
        '{"version": 1, "branches": {"one": null}}',
    ],
)
def test_a_memory_that_cannot_be_read_is_not_taken_for_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "anchor").write_text(content)

    with pytest.raises(AnchorUnreadable):
        Anchors(tmp_path).of("one")


def test_a_tip_must_follow_the_one_that_was_seen(tmp_path: Path) -> None:
    require_descent("one", ONE, ONE.tip, tmp_path, lambda ancestor, descendant: False)
    require_descent("one", ONE, "f" * 40, tmp_path, lambda ancestor, descendant: ancestor == ONE.tip)

    for tip in (None, "f" * 40):
        with pytest.raises(TrailUntrusted) as untrusted:
            require_descent("one", ONE, tip, tmp_path, lambda ancestor, descendant: False)
        assert ONE.tip == untrusted.value.remedy.parameters["tip"]  # type: ignore[union-attr]


def test_the_beginning_must_be_the_one_that_was_seen(tmp_path: Path) -> None:
    same = State(origin=OTHER.genesis, founding=OTHER.founding)
    require_same_beginning("one", OTHER, same, tmp_path)
    require_same_beginning("one", ONE, State(origin=ONE.genesis, founding="f" * 40), tmp_path)

    for state in (State(), State(origin="f" * 40, founding=OTHER.founding), State(origin=OTHER.genesis)):
        with pytest.raises(TrailUntrusted):
            require_same_beginning("one", OTHER, state, tmp_path)
