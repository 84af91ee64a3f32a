"""Texts in the cells of a terminal."""

from hypothesis import example, given
from hypothesis import strategies as st

from promoter.output.wrapping import cells, wrapped
from promoter.redaction import visible


def test_lines_end_between_words_and_a_link_is_never_cut() -> None:
    link = "https://wiki.example.org/a/link/longer/than/the/line"
    assert wrapped(f"see {link} for it", 20) == ["see", link, "for it"]


def test_letters_of_two_cells_are_counted_and_may_end_a_line() -> None:
    lines = wrapped("已由运维团队检查并确认回滚步骤，可以。", 12)
    assert max(map(cells, lines)) <= 12
    assert "".join(lines) == "已由运维团队检查并确认回滚步骤，可以。"
    assert not any(line.startswith(("，", "。")) for line in lines)


def test_a_line_break_is_a_space_and_nothing_is_a_line() -> None:
    assert wrapped("one\ntwo", 20) == ["one two"]
    assert wrapped("", 20) == [""]


@given(st.text(max_size=200), st.integers(min_value=20, max_value=100))
@example("a\x1b[31m\u202eb " * 10, 20)
def test_nothing_is_lost_or_obeyed_and_only_a_whole_word_is_too_long(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert "".join("".join(lines).split()) == "".join(visible(text.replace("\n", " ")).split())
    assert [visible(line) for line in lines] == lines
    assert not [line for line in lines if " " in line and cells(line) > width]
