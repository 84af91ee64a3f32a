"""The promotion as a whole, as one row among its items: who approved it, what holds it that no item does."""

from promoter.gate import Hold, Reason
from promoter.messages import N_, NP_, Language, phrase
from promoter.promotion.amending import Amendment, AmendmentState
from promoter.tui.styles import BAD, GOOD, WARN
from promoter.tui.words import Look
from promoter.usecases.standing import Standing

NAME = N_("the promotion")

_DONE = Look("✓", N_("done"), GOOD)
_OWES = Look("‼", N_("owes"), BAD)
_REJECTED = Look("⊘", N_("rejected"), BAD)
_HOLDS = {
    Hold.FAILED: Look("✗", N_("failing"), BAD),
    Hold.UNKNOWN: Look("?", N_("errored"), BAD),
    Hold.WAITING: Look("◌", N_("waiting"), WARN),
}


def reasons(standing: Standing) -> tuple[Reason, ...]:
    """What holds the gate, or held it, that no item does."""
    return tuple(each for each in standing.decision.reasons if each.item is None)


def owes(standing: Standing) -> bool:
    """Whether a broken glass left something that is still to be done."""
    glass = standing.decision.glass
    return glass is not None and glass.debt is not None and glass.debt.stands


def still_owed(standing: Standing, language: Language) -> list[str]:
    """What others have yet to give after a broken glass."""
    glass = standing.decision.glass
    debt = glass.debt if glass is not None else None
    owed = list(dict.fromkeys(each.item for each in debt.owed)) if debt is not None else []
    said = [language.say(phrase(N_("sign-offs are owed: {items}"), items=owed))] if owed else []
    if debt is not None and debt.approvals:
        said.append(language.gettext(N_("approvals are owed")))
    return said


def amendments_waiting(standing: Standing) -> tuple[Amendment, ...]:
    """What somebody proposed, and a second person has not agreed to yet."""
    return tuple(each for each in standing.promotion.amendments if each.state is AmendmentState.WAITING)


def amendment_words(one: Amendment, language: Language) -> str:
    """Who proposed it, and why."""
    entry = one.proposed.entry
    words = phrase(N_("proposed by {name}: {reason}"), name=entry.actor.name, reason=one.content.reason)
    return language.say(words)


def is_pressing(standing: Standing) -> bool:
    """Whether there is something to be done about it that is of no item."""
    return bool(reasons(standing)) or owes(standing)


def look(standing: Standing) -> Look:
    """Glyph, word and colour; of what holds it, the worst."""
    holds = {each.hold for each in reasons(standing)}
    if owes(standing):
        return _OWES
    if any(each.stands for each in standing.decision.approvals.rejections):
        return _REJECTED
    return next((found for hold, found in _HOLDS.items() if hold in holds), _DONE)


def summary(standing: Standing, language: Language) -> str:
    """What holds it, who approved, what waits: in one line."""
    said = [language.say(each.message) for each in reasons(standing)]
    if owes(standing):
        given_all = language.gettext(N_("all is given; someone else settles the debt"))
        said += still_owed(standing, language) or [given_all]
    given = standing.decision.approvals.given
    names = [each.voice.recorded.entry.actor.name for each in given if each.counts]
    if names:
        said.append(language.say(phrase(N_("approved by {names}"), names=names)))
    waiting = amendments_waiting(standing)
    if waiting:
        counted = NP_("{count} amendment waits", "{count} amendments wait")
        said.append(language.say(phrase(counted, count=len(waiting))))
    if not said and standing.checklist.approvals is None:
        said.append(language.gettext(N_("no approval is asked for")))
    return " · ".join(said)


def matches(standing: Standing, sought: str, language: Language) -> bool:
    """Whether it has the words in its name, its state or its line."""
    word = language.gettext(look(standing).word)
    haystack = f"{language.gettext(NAME)} {word} {summary(standing, language)}"
    return all(each in haystack.casefold() for each in sought.casefold().split())
