"""What there is to agree to, for people: what would happen, and which checks ask."""

from collections.abc import Iterable, Iterator, Sequence

from promoter.messages import N_, Language, Message, phrase
from promoter.model.consent import Ask, Asker
from promoter.output.console import Console, Style
from promoter.redaction import visible

_LONGEST_STATEMENT = 160


def about_lines(console: Console, about: Message, askers: Iterable[Asker], indent: int) -> Iterator[str]:
    """What would happen, then each check that asks; as lines that fit beside an indent. A line break of a
    command is shown as such: after a comment, it is where the command begins."""
    language = console.language
    yield from console.wrapped(visible(language.say(about)), indent)
    for words in asker_words(askers, language):
        yield from console.wrapped(visible(words), indent)


def asker_words(askers: Iterable[Asker], language: Language) -> Iterator[str]:
    """Which checks ask, each with its item and the item's statement; nothing for one outside of a checklist."""
    for each in askers:
        if each.statement:
            statement = each.statement.in_language(language)
            if len(statement) > _LONGEST_STATEMENT:
                statement = statement[: _LONGEST_STATEMENT - 1] + "…"
            asker = phrase(
                N_("for {item}, check {check}: {statement}"),
                item=each.item,
                check=each.check,
                statement=statement,
            )
            yield language.say(asker)


def show_withheld(console: Console, withheld: Sequence[Ask]) -> None:
    """Everything that nobody agreed to, at once, and what agrees to it."""
    language = console.language
    if not withheld:
        return
    console.line((language.gettext(N_("Not run without your consent:")), Style.WAITING))
    for each in withheld:
        first, *more = about_lines(console, each.about, each.askers, 4)
        console.line("  ? ", first)
        for words in more:
            console.line("    ", words)
    options = [each.option for each in withheld]
    agree = phrase(N_("agrees to all of them: promoter run {options}"), options=" ".join(options))
    for words in console.wrapped(language.say(agree), 2):
        console.line("  ", (words, Style.FAINT))
