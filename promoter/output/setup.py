"""What `init` wrote and what `lint` found."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from promoter.messages import N_, NP_, Language, phrase
from promoter.output.console import Console, Piece, Style
from promoter.place import Problem
from promoter.usecases.setup import Initialised


def show_initialised(console: Console, done: Initialised) -> None:
    """The files written and kept, who is on the roster, and what comes next."""
    language = console.language
    written, kept = language.gettext(N_("written")), language.gettext(N_("kept as it was"))
    console.columns(
        [
            *(((written, Style.GOOD), _near(each)) for each in done.written),
            *(((kept, Style.FAINT), _near(each)) for each in done.kept),
        ]
    )
    if done.person is not None:
        roles = list(done.person.roles)
        on_roster = phrase(N_("{name} is on the roster as {roles}"), name=done.person.name, roles=roles)
        console.line(language.say(on_roster))
    console.line(
        language.gettext(
            N_("next: read them, promoter lint, git commit; then promoter adopt and promoter open")
        )
    )


def initialised_document(done: Initialised) -> dict[str, Any]:
    """`promoter/init/1`."""
    return {
        "written": [str(each) for each in done.written],
        "kept": [str(each) for each in done.kept],
        "person": done.person.id if done.person else None,
    }


def show_problems(console: Console, problems: Sequence[Problem]) -> None:
    """Every problem on its line, as editors and terminals make them clickable; then how many."""
    language = console.language
    for each in problems:
        console.line(each.text(language))
    wrong = sum(not each.warning for each in problems)
    warnings = len(problems) - wrong
    found = phrase(N_("no problem found"))
    if wrong:
        found = phrase(NP_("{count} problem found", "{count} problems found"), count=wrong)
    console.line((language.say(found), Style.BAD if wrong else Style.GOOD), *_warned(warnings, language))


def _warned(count: int, language: Language) -> Iterator[Piece]:
    if count:
        yield (", " + language.ngettext("{count} warning", "{count} warnings", count), Style.WAITING)


def _near(path: Path) -> str:
    """A path as one would type it here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def problems_document(problems: Sequence[Problem], language: Language) -> dict[str, Any]:
    """`promoter/lint/1`."""
    return {
        "problems": [
            {
                "path": each.place.path,
                "line": each.place.line,
                "column": each.place.column,
                "code": each.code,
                "warning": each.warning,
                "text": language.say(each.wrong),
                "did_you_mean": each.did_you_mean,
            }
            for each in problems
        ]
    }
