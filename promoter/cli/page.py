"""Pages of help: laid out for the terminal, in the reader's language. Imports no parser, so that `--help` is quick."""

import os
import sys
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from promoter.cli.verbs import VERBS
from promoter.messages import LANGUAGES, N_, Language

Row = tuple[str, str]
_WIDEST = 80
_WIDEST_NAME = 28


class Spelling(NamedTuple):
    """An option as help shows it; `metavar` and `help` are English texts marked for translation."""

    names: tuple[str, ...]
    metavar: str
    help: str

    def row(self, language: Language) -> Row:
        """Its line in the help."""
        return " ".join(
            filter(None, (", ".join(self.names), language.gettext(self.metavar)))
        ), language.gettext(self.help)


SHARED_BY_ALL = {
    "directory": Spelling(("-C",), N_("DIR"), N_("Work in the repository of this directory.")),
    "promotion": Spelling(
        ("-p", "--promotion"),
        N_("PROMOTION"),
        N_("Which promotion, by its id or the start of it; by default the only open one."),
    ),
    "pipeline": Spelling(("--pipeline",), N_("NAME"), N_("Which pipeline, where checklists/ holds several.")),
    "as_json": Spelling(("--json",), "", N_("Answer with one JSON object.")),
    "lang": Spelling(
        ("--lang",),
        f"[{'|'.join(LANGUAGES)}]",
        N_("The language to answer in; by default PROMOTER_LANG, then the locale."),
    ),
    "colour": Spelling(("--color",), "[auto|always|never]", N_("When to use colour; NO_COLOR is honoured.")),
    "connect_to": Spelling(
        ("--connect-to",),
        "HOST:PORT:ADDRESS:PORT",
        N_("Reach HOST:PORT at ADDRESS:PORT; such outcomes do not count. Also PROMOTER_CONNECT_TO."),
    ),
    "ca_files": Spelling(
        ("--ca-file",),
        N_("FILE"),
        N_("Trust the authorities in FILE too; such outcomes do not count. Also PROMOTER_CA_FILE."),
    ),
}
"""The options that every verb shares, by what they set in a request."""

_EXIT_CODES = (
    ("0", N_("yes: the gate is open, all passed, done")),
    ("1", N_("no: something failed or blocks")),
    ("2", N_("a bad file or command line")),
    ("3", N_("a bug in promoter")),
    ("4", N_("the trail cannot be trusted")),
    ("5", N_("not yet: only people or time are missing")),
    ("6", N_("could not tell or could not act")),
    ("130", N_("interrupted")),
    ("143", N_("terminated")),
)
HELP = Spelling(("-h", "--help"), "", N_("Show this help."))
VERSION = Spelling(("--version",), "", N_("Show the version."))


class Page:
    """A page of help, made from the top."""

    def __init__(self, language: Language) -> None:
        self._say = language.gettext
        self._language = language
        self._lines: list[str] = []
        self._width = min(_WIDEST, _columns())

    def __str__(self) -> str:
        return "\n".join(self._lines)

    def usage(self, command: str, arguments: str) -> None:
        """The first line: how it is called."""
        self._lines.append(" ".join((self._say(N_("Usage:")), command, arguments)))

    def text(self, text: str) -> None:
        """A paragraph."""
        self._lines += ["", *self._wrapped(self._say(text), 0)]

    def section(self, title: str) -> None:
        """A heading."""
        self._lines += ["", self._say(title)]

    def options(self, title: str, options: Iterable[Spelling]) -> None:
        """A section of options."""
        self.section(title)
        self.rows([each.row(self._language) for each in options])

    def rows(self, rows: Sequence[Row]) -> None:
        """Names with what they mean beside them, or below where a name is too long for that."""
        margin = max((len(name) for name, _ in rows if len(name) <= _WIDEST_NAME), default=0) + 4
        for name, meaning in rows:
            first, *rest = self._wrapped(meaning, margin)
            if len(name) + 4 > margin:
                self._lines += [f"  {name}", first, *rest]
            else:
                self._lines += [f"  {name}".ljust(margin) + first.lstrip(), *rest]

    def examples(self, lines: str) -> None:
        """Command lines to copy."""
        self.section(N_("Examples:"))
        self._lines += [f"  {line}" for line in self._say(lines).split("\n")]

    def _wrapped(self, text: str, indent: int) -> list[str]:
        from textwrap import wrap

        margin = " " * indent
        width = max(self._width, indent + 20)
        return wrap(text, width, initial_indent=margin, subsequent_indent=margin, break_on_hyphens=False)


def page_of_promoter(language: Language) -> str:
    """The help of `promoter` itself: the verbs, the options, how it ends."""
    page = Page(language)
    page.usage("promoter", language.gettext(N_("[OPTIONS] [VERB [ARGUMENTS]...]")))
    page.text(
        N_(
            "Decides whether a release may move to the next environment: checklists, checks, sign-offs in git, "
            "a strict gate, a report. Without a verb it opens the full screen; every verb answers as plain "
            "lines or JSON."
        )
    )
    page.section(N_("Verbs:"))
    page.rows([(name, language.gettext(each.summary)) for name, each in VERBS.items()])
    page.options(N_("Options:"), [VERSION])
    page.options(N_("Options of every verb:"), [*SHARED_BY_ALL.values(), HELP])
    page.section(N_("Exit codes:"))
    page.rows([(code, language.gettext(meaning)) for code, meaning in _EXIT_CODES])
    page.examples(N_("promoter demo\npromoter init --me\npromoter status\npromoter sign --help"))
    return str(page)


def _columns() -> int:
    try:
        return os.get_terminal_size(sys.__stdout__.fileno() if sys.__stdout__ else 1).columns or _WIDEST
    except (OSError, ValueError):
        return _WIDEST
