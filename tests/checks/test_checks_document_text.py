import pytest
from hypothesis import given
from hypothesis import strategies as st

from promoter.checks.document_text import Reading, fold, lines_with, read_html, read_markdown, same_title

MARKDOWN = """---
title: Rollback
---
Intro
# Procédure de rollback #

Text.

## Étapes
### Arrêter
- stop
### Vide

Alternatives
============
words

Deux
---

```sh
# not a heading
Not one
===
```
~~~
# nor this
```
# nor that
~~~
<!-- # commented
# still commented
--> after
    # code
> # quoted
####### seven
- item
---
#5 is an issue
## `Contacts` **et** [astreinte](https://example.org)
"""


def titles(reading: Reading) -> list[tuple[int, str, bool]]:
    return [(each.level, each.title, each.filled) for each in reading.headings]


def test_headings_are_found_outside_of_code_and_comments() -> None:
    assert titles(read_markdown(MARKDOWN)) == [
        (1, "Procédure de rollback", True),
        (2, "Étapes", True),
        (3, "Arrêter", True),
        (3, "Vide", False),
        (1, "Alternatives", True),
        (2, "Deux", True),
        (2, "`Contacts` **et** [astreinte](https://example.org)", False),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# A\n", [(1, "A", False)]),
        ("# A\n## B\n", [(1, "A", False), (2, "B", False)]),
        ("# A\n## B\nx\n", [(1, "A", True), (2, "B", True)]),
        ("# A\n<!-- x -->\n", [(1, "A", False)]),
        ("# A\n\nB\n---\nx", [(1, "A", True), (2, "B", True)]),
        ("# A\n\nB\n===\nx", [(1, "A", False), (1, "B", True)]),
        ("# A\n```\ncode\n```\n", [(1, "A", True)]),
        ("---\n", []),
        ("#\n", [(1, "", False)]),
        ("```a`b\n# A\n", [(1, "A", False)]),
        ("", []),
    ],
)
def test_what_stands_under_a_heading_fills_it(text: str, expected: list[tuple[int, str, bool]]) -> None:
    assert titles(read_markdown(text)) == expected


def test_a_page_shows_its_headings_and_text_but_no_script() -> None:
    page = read_html(
        "<html><head><title>TODO</title><script>// TODO</script></head><body><nav><h2>Menu</h2></nav>"
        "<h1>Plan de <b>retour</b> arrière</h1><p>Revenir&nbsp;&agrave; la version N-1.</p><h2>Contacts</h2>"
        "<style>h1 { x: TBD }</style></body></html>"
    )
    assert titles(page) == [(1, "Plan de retour arrière", True), (2, "Contacts", False)]
    assert "Revenir\xa0à la version" in page.text
    assert not lines_with("TODO", page.text)
    assert not lines_with("TBD", page.text)


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("a<!-- TODO -->b", "ab"),
        ("a<!-- b\n--><!-- c -->d", "a\nd"),
        ("a<!-- b <p>TODO", "a b TODO"),
        ("<!--" * 100_000 + "b", "b"),
        ("a <b", "a <b"),
    ],
)
def test_comments_of_a_page_are_not_shown_and_take_no_time(page: str, shown: str) -> None:
    assert read_html(page).text == shown


@pytest.mark.parametrize(
    ("wanted", "title", "expected"),
    [
        ("Procédure de rollback", "PROCEDURE DE ROLLBACK", True),
        ("procedure de rollback", "3.1 Procédure de rollback", True),
        ("Rollback", "IV. Rollback :", True),
        ("Rollback", "a) **Rollback**", True),
        ("Contacts et astreinte", "`Contacts` **et** [astreinte](https://example.org)", True),
        ("Rollback", "Rollback procedure", False),
        ("Rollback", "No rollback", False),
        ("Rollback", "", False),
        ("!", "!", False),
    ],
)
def test_a_title_is_the_same_whatever_its_dress(wanted: str, title: str, expected: bool) -> None:
    assert same_title(wanted, title) is expected


@pytest.mark.parametrize(
    ("word", "text", "expected"),
    [
        ("TODO", "a\nTODO: write this\n", [2]),
        ("TODO", "todo\n\n<!-- TODO -->\nTODO TODO", [1, 3, 4]),
        ("TODO", "TODOS, mastodon, TODO2\nmétodo", []),
        ("TBD", "when: _TBD_ or **TBD**\n__TBD__", [1, 2]),
        ("à compléter", "A COMPLETER\n\nreste à\ncompléter", [1, 3]),
        ("à compléter", "reste à  comple\u0301ter, dit-il", [1]),
        ("à compléter", "déjà complétera", []),
        ("???", "who ???\nwhat?", [1]),
        ("TODO", "T\u200bODO TO\u00adDO\r\nTODO\rTODO", [1, 2, 3]),
        (" ", "a b", []),
    ],
)
def test_words_are_found_as_whole_words_whatever_their_dress(
    word: str, text: str, expected: list[int]
) -> None:
    assert lines_with(word, text) == expected


@given(st.text(), st.text(max_size=10))
def test_no_text_breaks_the_reading(text: str, word: str) -> None:
    for reading in (read_markdown(text), read_html(text)):
        assert all(1 <= each.level <= 6 for each in reading.headings)
    assert fold(text).count("\n") == text.replace("\r\n", "\n").replace("\r", "\n").count("\n")
    lines_with(word, text)
    same_title(word, text)


@given(st.lists(st.tuples(st.integers(1, 6), st.text("abcdé", min_size=1), st.booleans()), max_size=8))
def test_a_document_is_read_as_it_was_written(sections: list[tuple[int, str, bool]]) -> None:
    parts = ["#" * level + f" {title}\n" + "words\n" * filled for level, title, filled in sections]
    text = "".join(parts)
    found = titles(read_markdown(text))
    assert [each[:2] for each in found] == [each[:2] for each in sections]
    for number, (level, _, filled) in enumerate(sections):
        below = sections[number + 1 :]
        end = next((at for at, each in enumerate(below) if each[0] <= level), len(below))
        assert found[number][2] is (filled or any(each[2] for each in below[:end]))


@given(st.text("ab \n", max_size=40), st.text("xy\n", max_size=20))
def test_a_word_is_found_on_its_line(before: str, after: str) -> None:
    assert before.count("\n") + 1 in lines_with("TODO", f"{before} TODO {after}")
