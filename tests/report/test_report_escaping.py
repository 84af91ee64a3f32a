from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from promoter.redaction import visible
from promoter.report.escaping import code, quote, text

HOSTILE = [
    "# heading",
    "- item",
    "+ item",
    "1. item",
    "12) item",
    "---",
    "===",
    "> quote",
    "> [!WARNING]",
    "| a | b |",
    ":-- | --:",
    "\n\n# heading",
    "a\n| forged | row |",
    "```\ncode",
    "~~~",
    "    indented",
    "**bold** _it_ ~~gone~~",
    "[text](https://evil.example)",
    "![image](https://evil.example/x.png)",
    "[ref]: https://evil.example",
    "<script>alert(1)</script>",
    "<https://evil.example>",
    "-->",
    "<!-- hidden",
    "https://evil.example",
    "https://a|b.example",
    "www.evil.example",
    "evil.com",
    "a@evil.example",
    "@team please",
    "#123 !45 GH-6 owner/repo#7",
    "c3d4e5f60718",
    "&lt;b&gt; &#35; &amp",
    "$x^2$ :smile: :+1:",
    "`tick` ``two`` `",
    "a\\",
    "a\\|b",
    "`|`",
    "\u202egnp.exe\u200b",
    "\x1b[31mred\x07",
    "{{ config }} {% raw %}",
    "",
    " ",
    "\u00a0",
]
fragments = st.one_of(
    st.sampled_from(HOSTILE), st.text(max_size=12), st.sampled_from(list("`|\\*_[]()<>#@&$:.-+=!~^{}/ \n\t"))
)
hostile = st.lists(fragments, max_size=6).map("".join)


def parser() -> MarkdownIt:
    """The most that a renderer may do: GitHub's tables, links out of bare text, raw HTML."""
    return MarkdownIt("gfm-like", {"html": True, "linkify": True, "typographer": False})


def inside(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from inside(token.children or [])


def shown(markdown: str) -> str:
    leaves = (
        each for each in inside(parser().parse(markdown)) if not each.children and each.type != "softbreak"
    )
    return "".join("\n" if each.type == "hardbreak" else each.content for each in leaves)


def shapes(markdown: str) -> list[str]:
    plain = {"inline", "text", "text_special", "code_inline"}
    return [each.type for each in inside(parser().parse(markdown)) if each.type not in plain]


PARAGRAPH = ("paragraph_open", "paragraph_close")
FRAMES = ("# {}", "### 1. {}", "- {}", "- **label:** {}, after", "> {}", "before\n{}")


@pytest.mark.parametrize("said", HOSTILE)
def test_every_known_trick_stays_in_its_place_and_is_shown(said: str) -> None:
    stays_in_its_place_and_is_shown(said)


@given(hostile)
def test_any_text_stays_in_its_place_and_is_shown(said: str) -> None:
    stays_in_its_place_and_is_shown(said)


def stays_in_its_place_and_is_shown(said: str) -> None:
    words = visible(said).strip() or "—"
    row = f"| a | b |\n| :-- | :-- |\n| {text(said).markdown} | {code(said).markdown} |\n"
    assert shapes("| a | b |\n| :-- | :-- |\n| x | x |\n") == shapes(row)
    assert f"ab{words}{words}" == shown(row)
    for written in (text(said).markdown, code(said).markdown):
        assert words == shown(written)
        for frame in FRAMES:
            assert shapes(frame.format("x")) == shapes(frame.format(written))


@given(st.lists(hostile, min_size=1, max_size=4).map("\n".join))
def test_a_quotation_holds_its_lines_and_nothing_else(said: str) -> None:
    markdown = quote(said).markdown
    lines = visible(said.replace("\r\n", "\n"), lines=True).strip("\n ").split("\n")
    assert {"blockquote_open", "blockquote_close", "paragraph_open", "paragraph_close"} >= {
        each for each in shapes(markdown) if each != "hardbreak"
    }
    assert "".join(each.strip() for each in lines) == shown(markdown).replace("\n", "") or not any(
        each.strip() for each in lines
    )


@given(st.lists(hostile, min_size=1, max_size=4).map("\n".join))
def test_a_quotation_inside_a_list_ends_with_its_item(said: str) -> None:
    frame = "- before\n  {}\n- after\n"
    inner = [
        each
        for each in shapes(frame.format(quote(said, 2).markdown))
        if each not in ("hardbreak", *PARAGRAPH)
    ]
    harmless = [each for each in shapes(frame.format("> x")) if each not in PARAGRAPH]
    assert harmless == inner


@pytest.mark.parametrize(
    ("said", "markdown"),
    [
        ("Alice Martin (Nord) 100 % sûre !", "Alice Martin (Nord) 100 % sûre !"),
        ("certificate expires in 6 days, 7 required", "certificate expires in 6 days, 7 required"),
        ("le 28 nov. 2026 à 10:42, v1.4.0", "le 28 nov. 2026 à 10:42, v1.4.0"),
        ("voir https://ci.example.com/42.", "voir `https://ci.example.com/42`."),
        ("merci @alice (#12)", "merci `@alice` (`#12`)"),
        ("PASSEMARCHE_URL", "`PASSEMARCHE_URL`"),
        ("fini :tada: à 10:42", "fini `:tada:` à 10:42"),
        ("Alice <alice@example.com>", "Alice `<alice@example.com>`"),
        ("- fait", r"\- fait"),
        ("1. fait", r"1\. fait"),
        ("oui | non", r"oui \| non"),
        ("deux\nlignes", "deux␊lignes"),
        ("+33 1 45 67 89 01", "+33 1 45 67 89 01"),
    ],
)
def test_prose_reads_as_it_was_written(said: str, markdown: str) -> None:
    assert markdown == text(said).markdown


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("v1 (d77da4b): back", "v1 (`d77da4b`): back"),
        ("v1 (d77da4b)\u00a0: retour", "v1 (`d77da4b`)\u00a0: retour"),
        ("see *this*: now", "see `*this*`: now"),
    ],
)
def test_what_follows_a_word_stays_outside_of_its_code_span(words: str, written: str) -> None:
    assert text(words).markdown == written


def test_forges_find_no_mention_reference_or_commit_outside_code() -> None:
    said = "@alice, #12 !34 GH-56 c3d4e5f6 and www.evil.example"
    outside = "".join(
        each.content for each in inside(parser().parse(text(said).markdown)) if each.type == "text"
    )
    assert outside.strip() == ",     and"


def test_a_quotation_keeps_its_lines_apart() -> None:
    assert quote("one\r\ntwo\n\nthree\n").markdown == "> one  \n> two\n>\n> three"
