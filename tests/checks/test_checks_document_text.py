import pytest
from hypothesis import given
from hypothesis import strategies as st

from promoter.checks.document_text import Reading, read_html, read_markdown, same_title
from promoter.checks.document_words import fold, lines_with, says_something, unfinished_in

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


@pytest.mark.parametrize(
    "line",
    [
        *(
            "",
            "...",
            "…",
            "- …",
            "?",
            "??",
            "N/A",
            "n/a.",
            "Coming soon",
            "T.B.D.",
            "Bientôt…",
            "**N/A**",
            "- [ ] N/A",
            "1. néant",
            "> Néant",
            "NEANT",
        ),
        *(
            "| … | N/A ",
            "| --- | :-: |",
            "---",
            "***",
            "_à compléter_",
            "TBD",
            "- [x] ?",
            "<br>",
            "s/o",
            "sans objet",
        ),
        *("none", "Aucun.", "<p>rien</p>", "- ", "1.", "\u200b…"),
    ],
)
def test_a_line_may_say_nothing(line: str) -> None:
    assert not says_something(line)


@pytest.mark.parametrize(
    "line",
    [
        "Redeploy.",
        "- N/A in staging",
        "42",
        "None of it is reversible.",
        "x",
        "![plan](plan.png)",
        "回滚",
        "..." * 99 + "x",
    ],
)
def test_a_line_that_says_something_is_told_from_those(line: str) -> None:
    assert says_something(line)


@pytest.mark.parametrize(
    "mark", ["...", "…", "?", "N/A", "néant", "- …\n- ?", "| a | b |\n|---|---|\n| … | ? |"]
)
def test_what_says_nothing_fills_no_section(mark: str) -> None:
    reading = read_markdown(f"# A\n\n{mark}\n\n# B\nwords\n")
    assert titles(reading) == [(1, "A", False), (1, "B", True)]
    assert reading.written
    assert not read_markdown(f"# A\n\n{mark}\n").written
    assert read_markdown(f"# A\n\n{mark}\nwords\n").written
    page = read_html(f"<h1>A</h1><p>{mark}</p>")
    assert page.written is ("|" in mark)


def test_a_table_with_rows_fills_a_section() -> None:
    assert titles(read_markdown("# A\n| Name | Phone |\n|---|---|\n| Jo | 01 |\n")) == [(1, "A", True)]
    assert titles(read_markdown("# A\nwords\n| Name |\n| --- |\n")) == [(1, "A", True)]


def test_only_what_is_shown_has_a_length() -> None:
    assert read_markdown("---\na: b\n---\n<!-- long\nlong --> x\n```\ny\n```\n").length == 8
    assert read_markdown("<!-- nothing but this -->").length == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("To do: write this", {"to do": [1]}),
        ("# A\n\n- To do\n## TO DO ##", {"to do": [3, 4]}),
        ("1. To-do — ask Jo", {"to do": [1]}),
        ("The contacts (to do).\nCe plan est TO DO pour lundi", {"to do": [1, 2]}),
        (
            "What to do when it fails: stop.\n# What to do\nWHAT TO DO\nTo do this, stop.\nand what\nto do.",
            {},
        ),
        ("- [ ] a\n\n  * [ ] b\n> 1. [] c\n+ [ ]", {"- [ ]": [1, 3, 4, 5]}),
        ("---\na: b\n---\n- [ ] a", {"- [ ]": [4]}),
        ("- [x] a\n- [X] b\n- [a](b)\n- `[ ]`\n```\n- [ ] code\n```\n<!-- - [ ] -->", {}),
        ("WIP", {"WIP": [1]}),
        ("Partie à écrire\nwipe the disk", {"à écrire": [1]}),
        ("EN COURS DE REDACTION", {"en cours de rédaction": [1]}),
    ],
)
def test_what_says_that_a_text_is_unfinished_is_found(text: str, expected: dict[str, list[int]]) -> None:
    assert unfinished_in(text, read_markdown(text).open_tasks) == expected


def test_a_task_list_and_a_field_for_a_password_are_seen_in_a_page() -> None:
    page = read_html(
        "<ul><li><input type=checkbox disabled checked> a\n<li><input type='checkbox' disabled> b</ul>"
        "<input type=checkbox> I agree"
    )
    assert (page.open_tasks, page.asks_password) == ((2,), False)
    assert read_html("<form><INPUT TYPE=Password></form>").asks_password


@given(st.text(), st.text(max_size=10))
def test_no_text_breaks_the_reading(text: str, word: str) -> None:
    for reading in (read_markdown(text), read_html(text)):
        assert all(1 <= each.level <= 6 for each in reading.headings)
    assert fold(text).count("\n") == text.replace("\r\n", "\n").replace("\r", "\n").count("\n")
    lines_with(word, text)
    unfinished_in(text, ())
    says_something(text)
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


def test_a_box_that_is_not_ticked_is_a_task_also_where_no_list_is() -> None:
    assert read_markdown(
        "# Back\n[ ] write the steps\n- [ ] and these\n[x] done\n[link](a.md)\n"
    ).open_tasks == (2, 3)
