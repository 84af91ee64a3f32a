import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promoter.checklist.composing import DEEPEST, MOST_ALIASES, MOST_NODES, compose
from promoter.checklist.loading import load_checklist, load_pipeline
from promoter.checklist.nodes import Scalar, Series, Table
from promoter.place import Place
from promoter.shipped import shipped
from tests.support.checklist_texts import PATH, PIPELINE, pipeline, said


def codes(text: str | bytes) -> list[str]:
    content = text.encode() if isinstance(text, str) else text
    return [each.code for each in compose(content, "f.yaml")[1]]


def test_every_node_keeps_its_place() -> None:
    node, problems = compose(b"a:\n  - 'x'\n  - {b: y}\n", "f.yaml")

    assert problems == ()
    inner = Table(
        ((Scalar("b", True, Place("f.yaml", 3, 6)), Scalar("y", True, Place("f.yaml", 3, 9))),),
        Place("f.yaml", 3, 5),
    )
    series = Series((Scalar("x", False, Place("f.yaml", 2, 5)), inner), Place("f.yaml", 2, 3))
    assert Table(((Scalar("a", True, Place("f.yaml", 1, 1)), series),), Place("f.yaml", 1, 1)) == node


def test_an_alias_stands_for_what_it_names() -> None:
    node, problems = compose(b"a: &x [1]\nb: *x\n", "f.yaml")

    assert problems == ()
    assert isinstance(node, Table)
    assert node.get("a") == node.get("b")


def test_a_duplicate_key_is_a_problem_with_both_places() -> None:
    _, problems = compose(b"a: 1\nb:\n  c: 1\n  c: 2\na: 3\n", "f.yaml")

    assert said(problems) == ["4:3: c is already at line 3", "5:1: a is already at line 1"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: &b {c: 1}\nd:\n  <<: *b\n", "merge-key"),
        ("a: !!str 1\n", "yaml-tag"),
        ("a: !custom {b: 1}\n", "yaml-tag"),
        ("a: !!python/object/apply:os.system ['true']\n", "yaml-tag"),
        ("? [a, b]\n: 1\n", "key-not-a-word"),
        ("a: 1\n---\nb: 2\n", "several-documents"),
        ("a: *b\n", "unknown-alias"),
        ("a: &a [*a]\n", "unknown-alias"),
        ("a: [1, 2\n", "not-yaml"),
        ("a: b: c\n", "not-yaml"),
        ("a: @b\n", "not-yaml"),
        ("a: 1\n\tb: 2\n", "not-yaml"),
        ("", "empty-file"),
        ("# only a comment\n", "empty-file"),
        ("---\n", "empty-file"),
        ("a: \x07\n", "control-character"),
        (b"a: \xff\n", "not-utf-8"),
        ("a: é\n".encode("utf-16"), "not-utf-8"),
        ("a: é\n".encode("latin-1"), "not-utf-8"),
        (b" " * (1024 * 1024 + 1), "too-large"),
    ],
)
def test_what_no_file_here_may_hold_is_a_problem(text: str | bytes, code: str) -> None:
    assert [code] == codes(text)


def test_bytes_that_are_no_text_are_named_by_line_and_column() -> None:
    _, problems = compose(b"a: 1\nbc: \xff\n", "f.yaml")

    assert Place("f.yaml", 2, 5) == problems[0].place


def test_a_byte_order_mark_is_no_problem() -> None:
    assert codes("a: 1\n".encode("utf-8-sig")) == []


def test_a_quoted_merge_key_is_a_key_like_any_other() -> None:
    assert codes("'<<': 1\n") == []


def nested(levels: int) -> str:
    return "[" * levels + "]" * levels


def aliases(count: int) -> str:
    return "a: &a x\nb: [" + ", ".join(["*a"] * count) + "]\n"


def doubling(levels: int) -> str:
    lines = ["l0: &l0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, levels)]
    return "\n".join(lines)


def deepening(steps: int) -> str:
    lines = [f"a0: &a0 {nested(30)}"]
    lines += [f"a{n}: &a{n} {'[' * 30}*a{n - 1}{']' * 30}" for n in range(1, steps)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("make", "most", "code"),
    [
        (nested, DEEPEST, "too-deep"),
        (aliases, MOST_ALIASES, "too-many-aliases"),
        (doubling, 4, "too-many-values"),
        (deepening, 2, "too-deep"),
        (lambda count: "[" + "x, " * (count - 1) + "]", MOST_NODES, "too-many-values"),
    ],
)
def test_the_caps_hold_exactly(make: Callable[[int], str], most: int, code: str) -> None:
    assert codes(make(most)) == []
    assert [code] == codes(make(most + 1))


@pytest.mark.parametrize(
    "bomb",
    [
        "[" * 200_000,
        "{" * 200_000,
        "{a: " * 200_000,
        "- " * 200_000,
        "? " * 200_000,
        "a: &a [*a, *a]\n" * 20_000,
        doubling(11),
        "a: '" + "x" * 1_000_000 + "'",
        "a:\n" + "  - b\n" * 170_000,
        "\n".join(f"k{n}: v" for n in range(90_000)),
        "&a " * 300_000,
        "\n" * 1_000_000,
        "# \n" * 300_000,
    ],
)
def test_a_bomb_is_over_in_a_moment(bomb: str) -> None:
    started = time.perf_counter()
    loaded, problems = load_pipeline(bomb.encode(), "pipeline.yaml")

    assert loaded is None
    assert problems
    assert time.perf_counter() - started < 3


@given(st.binary(max_size=300))
def test_no_bytes_make_loading_raise(content: bytes) -> None:
    loaded, problems = load_pipeline(content, "pipeline.yaml")

    assert loaded is None
    assert problems


@settings(max_examples=150)
@given(st.text(alphabet="ab:-[]{}#&*!|>'\"%@`,?~ \n\t01.", max_size=60), st.integers(0, len(PIPELINE)))
def test_no_text_put_into_a_pipeline_makes_loading_raise(splinter: str, at: int) -> None:
    text = PIPELINE[:at] + splinter + PIPELINE[at:]

    loaded, problems = load_pipeline(text.encode(), "pipeline.yaml")
    load_checklist(text.encode(), "pipeline.yaml", pipeline())

    assert (loaded is None) == any(not each.warning for each in problems)


SHIPPED = (shipped("checklists") / "staging-to-preprod.yaml").read_text(encoding="utf-8")


@settings(max_examples=150)
@given(
    st.text(alphabet="ab:-[]{}#&*!|>'\"%@`,?~ \n\t01.", max_size=20),
    st.integers(0, len(SHIPPED)),
    st.integers(0, 30),
)
def test_no_text_put_into_a_checklist_makes_loading_raise(splinter: str, at: int, cut: int) -> None:
    text = SHIPPED[:at] + splinter + SHIPPED[at + cut :]

    loaded, problems = load_checklist(text.encode(), PATH, pipeline())
    load_checklist(text.encode(), PATH, None, pinned=True)

    assert (loaded is None) == any(not each.warning for each in problems)
