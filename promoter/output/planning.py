"""What is to be done before a gate opens, as text and as JSON."""

import shlex
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from promoter.gate.plan import Deed, Step, Way
from promoter.messages import N_, NP_, Language, Message, Phrase, phrase
from promoter.output.console import Console, Style
from promoter.output.documents import gate_document, promotion_document
from promoter.output.outcome_documents import said
from promoter.output.standing import show_answer
from promoter.promotion import Stage
from promoter.usecases.language import remedy_of
from promoter.usecases.planning import Agenda, typed

_MARGIN = 4


def show_agenda(console: Console, agenda: Agenda, *, mine: bool = False) -> None:
    """The gate's answer, when it could open, and the steps in order; with `mine` those alone that are open to who
    asks."""
    language, plan = console.language, agenda.plan
    show_answer(console, agenda.standing)
    for line in earliest(agenda, language):
        _indented(console, 0, line)
    shown = agenda.mine if mine else plan.steps
    for each in shown:
        _show_step(console, each, agenda)
    if mine and not shown and plan.steps:
        console.line(language.gettext(N_("Nothing of this is yours to do.")))
    left = len(plan.steps) - len(shown)
    if left:
        words = NP_(
            "{count} more step is for others: 'promoter next'",
            "{count} more steps are for others: 'promoter next'",
        )
        console.line((language.say(phrase(words, count=left)), Style.FAINT))
    if plan.steps and plan.opens is not None and not mine:
        last = N_("then: promoter sync, and {command}") if agenda.unshared else N_("then: {command}")
        console.line(language.say(phrase(last, command=shlex.join(("promoter", "promote", *agenda.named)))))
    if any(not word or word.endswith("=") for each in shown for way in each.ways for word in way.command):
        console.line((language.gettext(N_("Fill in what is left empty: '' and NAME=")), Style.FAINT))


def earliest(agenda: Agenda, language: Language) -> Iterator[str]:
    """When the gate could open, or why nobody can tell, in lines; none where it is open or over."""
    plan, standing = agenda.plan, agenda.standing
    if not plan.steps or plan.decision.answer.is_open or standing.promotion.stage is not Stage.OPEN:
        return
    if plan.opens is None:
        yield language.gettext(N_("Nobody can tell when it opens:"))
        yield from (language.say(phrase("  {why}", why=each)) for each in plan.why)
    elif plan.opens <= standing.at:
        count = len([each for each in plan.steps if each.deed not in (Deed.WAIT, Deed.AGREE)])
        words = NP_("It opens as soon as this is done:", "It opens as soon as these {count} steps are done:")
        yield language.say(phrase(words, count=count))
    else:
        yield language.say(phrase(N_("It opens {at:time} at the earliest:"), at=plan.opens.isoformat()))


def agenda_document(agenda: Agenda, language: Language, *, mine: bool = False) -> dict[str, Any]:
    """`promoter/next/1`."""
    plan = agenda.plan
    return {
        "promotion": promotion_document(agenda.standing.promotion),
        "gate": gate_document(plan.decision, language),
        "opens": _stamp(plan.opens),
        "why": [said(each, language) for each in plan.why],
        "unshared": agenda.unshared,
        "you": agenda.me.id if agenda.me is not None else None,
        "steps": [_step(each, language) for each in (agenda.mine if mine else plan.steps)],
    }


def _step(step: Step, language: Language) -> dict[str, Any]:
    return {
        "number": step.number,
        "do": str(step.deed),
        "item": step.item,
        **said(step.what, language),
        "why": [said(each, language) for each in step.why],
        "ways": [
            {
                "command": typed(each),
                "arguments": list(each.command),
                "who": [{"id": one.id, "name": one.name} for one in each.who],
                "anyone": each.anyone,
                "mine": each.mine,
            }
            for each in step.ways
        ],
        "mine": step.mine,
        "at": _stamp(step.at),
        "after": list(step.after),
    }


def _stamp(at: datetime | None) -> str | None:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at is not None else None


def _show_step(console: Console, step: Step, agenda: Agenda) -> None:
    language = console.language
    number = f"{step.number}".rjust(2)
    console.line(
        (number, Style.ACCENT), "  ", (language.say(step.what), Style.STRONG), *_when(step, language)
    )
    for each in step.why:
        _indented(console, _MARGIN, language.say(each))
        remedy = remedy_for(each)
        if remedy is not None:
            _indented(console, _MARGIN, f"→ {language.say(remedy)}", Style.FAINT)
    for place, way in enumerate(step.ways):
        who = doers(way, agenda, language)
        first = "$ " if place == 0 and step.deed is not Deed.WAIT else language.gettext(N_("or:")) + " "
        console.line(" " * _MARGIN, (first, Style.FAINT), (typed(way), Style.ACCENT))
        _indented(console, _MARGIN + len(first), who, Style.PLAIN if way.possible else Style.BAD)
    if step.after:
        words = phrase(N_("after {numbers:list}"), numbers=list(step.after))
        console.line(" " * _MARGIN, (language.say(words), Style.FAINT))


def remedy_for(why: Message) -> Phrase | None:
    """What the kind of a check advises about what it came to; None for any other reason."""
    inner = why.parameters.get("summary", why.parameters.get("why"))
    if why.code == "by-then" and isinstance(inner, Message):
        return remedy_for(inner)
    return remedy_of(inner) if why.code.startswith("check-") and isinstance(inner, Message) else None


def _when(step: Step, language: Language) -> Iterator[tuple[str, Style]]:
    if step.at is not None and step.deed is Deed.RUN:
        words = phrase(N_("not before {at:time}, so that it lasts"), at=step.at.isoformat())
        yield f"  {language.say(words)}", Style.WAITING


def doers(way: Way, agenda: Agenda, language: Language) -> str:
    """Who may go a way, with a word for who asks."""
    if way.anyone and agenda.standing.roster:
        return language.gettext(
            N_("anyone on the roster, you too") if way.mine else N_("anyone on the roster")
        )
    if way.anyone:
        return language.gettext(N_("anyone, you too") if way.mine else N_("anyone"))
    me = agenda.me.id if agenda.me is not None else None
    you = N_("{name} (you)")
    names = (language.say(phrase(you, name=each.name)) if each.id == me else each.name for each in way.who)
    return ", ".join(names) or language.gettext(N_("nobody may"))


def _indented(console: Console, margin: int, text: str, style: Style = Style.PLAIN) -> None:
    for each in console.wrapped(text, margin):
        console.line(" " * margin, (each, style))
