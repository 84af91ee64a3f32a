"""Foreign text made into Markdown that says what the text says and does nothing.

Words of prose pass as they are. A word that Markdown, HTML or a forge would act on (emphasis,
links, host names, mentions, references, commit ids, entities, mathematics, emoji codes) becomes a
code span, where all of them leave text alone; a backslash would not do, because forges look for
mentions and references after the backslashes are gone. What opens a block at the start of a line
(`-`, `1.`, `===`) gets a backslash, and so does a pipe, which a code span does not protect in a
table. Sources: CommonMark 0.31, GitHub Flavored Markdown, GitLab Flavored Markdown.
"""

import re

from promoter.frozen import frozen
from promoter.redaction import visible

NOTHING = "—"


@frozen
class Written:
    """Markdown made here, safe to write as it is. Not a `str`, so that the two are never confused."""

    markdown: str

    def __bool__(self) -> bool:
        return bool(self.markdown)


_ACTIVE = re.compile(
    r"""
      [\\`*_\[\]<>\#@~^${}]            # Markdown, HTML, mentions, references, mathematics
    | .& | &.                          # entities; a lone ampersand is prose
    | // | (?i:www\.)                  # links
    | .\.[^\W\d]                       # host names, which some renderers link
    | (?<!\d):[\w+-]                   # emoji codes and schemes; not 10:42
    | [!%]["\d]                        # merge requests and milestones
    | (?i:\bGH-\d)                     # issues
    | \b(?=[0-9a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,64}\b   # commit ids
    """,
    re.VERBOSE,
)
_OPENS_BLOCK = re.compile(r"[-+=:|]+|\d{1,9}[.)]", re.ASCII)
_BEFORE, _AFTER = "\"'(«", ".,;!?)\"'»"
_SPACES = re.compile("([ \u00a0\u202f])")
_BACKTICKS = re.compile("`+")


def text(value: str) -> Written:
    """Text on one line; line breaks and control characters become visible, nothing at all a dash."""
    return Written(_line(visible(value)) or NOTHING)


def code(value: str) -> Written:
    """Text as a code span, for what is copied rather than read: commit ids, digests, addresses."""
    return Written(_code(visible(value).strip()) or NOTHING)


def quote(value: str, indent: int = 0) -> Written:
    """Text in its own lines as a block quotation, `indent` columns inside a list.

    The first line's indentation is the caller's.
    """
    lines = [_line(each) for each in lines_of(value)]
    quoted = [
        f"> {line}{'  ' if following else ''}" if line else ">"
        for line, following in zip(lines, [*lines[1:], ""], strict=True)
    ]
    return Written(("\n" + " " * indent).join(quoted) if any(lines) else f"> {NOTHING}")


def lines_of(value: str) -> list[str]:
    """The lines of a text, made visible, without the blank ones around it."""
    return visible(value.replace("\r\n", "\n"), lines=True).strip("\n ").split("\n")


def _line(shown: str) -> str:
    words = _SPACES.split(shown.strip())
    written = [_word(each) for each in words]
    if _OPENS_BLOCK.fullmatch(words[0]) and not words[0].startswith("|"):
        at = len(words[0]) - 1 if words[0][0].isdigit() else 0
        written[0] = f"{words[0][:at]}\\{words[0][at]}{_word(words[0][at + 1 :])}"
    return "".join(written)


def _word(word: str) -> str:
    if "|" in word:
        return r"\|".join(_word(each) for each in word.split("|"))
    if not _ACTIVE.search(word):
        return word
    inside = word.lstrip(_BEFORE).rstrip(_AFTER + ":" if word.count(":") == 1 else _AFTER)
    before = word[: len(word) - len(word.lstrip(_BEFORE))]
    return f"{before}{_code(inside)}{word[len(before) + len(inside) :]}"


def _code(shown: str) -> str:
    return r"\|".join(_span(each) if each else "" for each in shown.split("|"))


def _span(content: str) -> str:
    fence = "`" * (1 + max((len(each) for each in _BACKTICKS.findall(content)), default=0))
    inside = content.strip(" ")
    needs_room = bool(inside) and (content[0] == content[-1] == " " or "`" in (content[0], content[-1]))
    return f"{fence} {content} {fence}" if needs_room else f"{fence}{content}{fence}"
