"""The rules of an item, or of the whole gate, in sentences; as text and as JSON."""

from collections.abc import Iterator, Mapping
from typing import Any

from promoter.checks.fields import FieldSpec
from promoter.gate import ItemState, Reason
from promoter.gate.policy import Topic
from promoter.messages import N_, Language, phrase
from promoter.model.checklist import FormField, Item
from promoter.model.duration import Duration
from promoter.model.reference import written
from promoter.output.console import Console, Style
from promoter.output.documents import gate_document, promotion_document
from promoter.output.item_documents import item_document
from promoter.output.kinds import default_of, paragraphs_of
from promoter.output.outcome_documents import said
from promoter.output.planning import remedy_for
from promoter.output.standing import GLYPHS, exempted, show_answer
from promoter.usecases.explaining import CheckSaid, Explained

TOPICS: Mapping[Topic, str] = {
    Topic.MUST: N_("What must be true"),
    Topic.PEOPLE: N_("Who answers"),
    Topic.TIME: N_("When"),
    Topic.EXCEPTIONS: N_("Exceptions"),
    Topic.STALE: N_("What makes it stale"),
}
STATES: Mapping[ItemState, str] = {
    ItemState.WAITING: N_("waiting"),
    ItemState.PASSING: N_("passing"),
    ItemState.FAILING: N_("failing"),
    ItemState.ERRORED: N_("errored"),
    ItemState.STALE: N_("stale"),
    ItemState.EXPIRED: N_("expired"),
    ItemState.REJECTED: N_("rejected"),
    ItemState.WAIVED: N_("waived"),
    ItemState.NOT_APPLICABLE: N_("not applicable"),
    ItemState.DONE: N_("done"),
}


def show_explained(console: Console, found: Explained) -> None:
    """The statement, the rules under their headings, and how it stands by them."""
    language = console.language
    if found.item is not None:
        _statement(console, found.item)
    else:
        title = found.checklist.title.in_language(language)
        ends = f"{found.checklist.from_environment} → {found.checklist.to_environment}"
        console.line((title, Style.STRONG), "  ", (ends, Style.ACCENT))
    for topic in Topic:
        sentences = [each.rule for each in found.rules if each.topic is topic]
        if not sentences:
            continue
        console.line((language.gettext(TOPICS[topic]), Style.STRONG))
        for sentence in sentences:
            _indented(console, 2, language.say(sentence))
        if topic is Topic.MUST:
            for check in found.checks:
                _show_check(console, check)
        if topic is Topic.PEOPLE and found.item is not None and found.item.sign_off is not None:
            for field in found.item.sign_off.fields:
                _indented(console, 2, form_field(field, language))
    if found.item is None:
        _items(console, found)
    _standing(console, found)


def check_lines(check: CheckSaid, language: Language) -> Iterator[str]:
    """A check in sentences: what it answers, of what, held to what, and what else is said of it."""
    for each in check.fields:
        yield language.say(
            phrase(
                N_("{name}: {value}"), name=language.gettext(each.description) or each.name, value=each.value
            )
        )
    if check.defaults:
        names = [f"{each.name} {_default(each, language)}" for each in check.defaults]
        yield language.say(phrase(N_("otherwise as by default: {names:list}"), names=names))
    yield from (language.say(each) for each in check.rules)
    if check.kind is not None and check.consent:
        yield language.gettext(N_("It runs only where somebody agreed to what it does."))


def answers(check: CheckSaid, language: Language) -> str:
    """What a check answers, in one sentence; that its kind is not installed here."""
    if check.kind is None:
        return language.say(
            phrase(N_("a check of the kind {kind}, which is not installed here"), kind=check.spec.kind)
        )
    return paragraphs_of(check.kind, language)[0]


def form_field(field: FormField, language: Language) -> str:
    """A field of a sign-off, with its example."""
    title, example = field.title.in_language(language), field.example
    need = (
        N_("Whoever signs fills in {id}: {title}")
        if field.required
        else N_("Whoever signs may fill in {id}: {title}")
    )
    if example is None:
        return language.say(phrase(need, title=title, id=field.id))
    shown = (
        N_("Whoever signs fills in {id}: {title}; such as: {example}")
        if field.required
        else N_("Whoever signs may fill in {id}: {title}; such as: {example}")
    )
    return language.say(phrase(shown, title=title, id=field.id, example=example.in_language(language)))


def explained_document(found: Explained, language: Language) -> dict[str, Any]:
    """`promoter/explain/1`."""
    checklist, standing, item = found.checklist, found.standing, found.item
    document: dict[str, Any] = {
        "checklist": checklist.id,
        "from": checklist.from_environment,
        "to": checklist.to_environment,
        "promotion": promotion_document(standing.promotion) if standing is not None else None,
        "rules": [{"topic": str(each.topic), **said(each.rule, language)} for each in found.rules],
    }
    if item is None:
        document["items"] = [
            {"id": each.id, "title": each.title.in_language(language), "required": each.required}
            for each in checklist.items
        ]
        document["gate"] = gate_document(standing.decision, language) if standing is not None else None
        return document
    return document | {
        "item": item.id,
        "title": item.title.in_language(language),
        "text": item.text.in_language(language) if item.text else None,
        "source": list(item.source),
        "notes": [each.in_language(language) for each in item.notes],
        "checks": [_check(each, language) for each in found.checks],
        "fields": [
            {"id": each.id, "required": each.required, "text": form_field(each, language)}
            for each in (item.sign_off.fields if item.sign_off else ())
        ],
        "standing": item_document(found.found, language) if found.found is not None else None,
    }


def _check(check: CheckSaid, language: Language) -> dict[str, Any]:
    return {
        "id": check.spec.id,
        "kind": check.spec.kind,
        "answers": answers(check, language),
        "fields": [
            {
                "name": each.name,
                "about": language.gettext(each.description) or None,
                "written": written(check.spec.fields[each.name]),
                "text": language.say(each.value),
            }
            for each in check.fields
        ],
        "defaults": {each.name: default_of(each) for each in check.defaults},
        "rules": [said(each, language) for each in check.rules],
        "consent": check.consent,
    }


def _statement(console: Console, item: Item) -> None:
    language = console.language
    console.line((item.id, Style.ACCENT), "  ", (item.title.in_language(language), Style.STRONG))
    for words in (item.text, *item.notes):
        if words:
            _indented(console, 2, words.in_language(language))
    if item.source:
        console.line("  ", (language.say(phrase(N_("source: {names}"), names=item.source)), Style.FAINT))


def _show_check(console: Console, check: CheckSaid) -> None:
    language = console.language
    console.line("  ", (check.spec.id, Style.ACCENT), "  ", answers(check, language))
    for each in check_lines(check, language):
        _indented(console, 6, each)


def _items(console: Console, found: Explained) -> None:
    language = console.language
    console.line((language.gettext(N_("Items")), Style.STRONG))
    advice = language.gettext(N_("advisory"))
    rows = [
        (
            (each.id, Style.ACCENT),
            each.title.in_language(language) + ("" if each.required else f" ({advice})"),
        )
        for each in found.checklist.items
    ]
    console.columns(rows)
    console.line((language.gettext(N_("'promoter explain ITEM' explains one.")), Style.FAINT))


def _standing(console: Console, found: Explained) -> None:
    language, standing = console.language, found.standing
    if standing is None:
        return
    console.line((language.gettext(N_("Now")), Style.STRONG))
    item = found.found
    if item is None:
        show_answer(console, standing)
        reasons: tuple[Reason, ...] = tuple(each for each in standing.decision.reasons if each.item is None)
    else:
        console.line("  ", f"{GLYPHS[item.state]} {language.gettext(STATES[item.state])}")
        reasons = item.reasons
        for each in item.sign_offs:
            if each.counts:
                entry = each.voice.recorded.entry
                words = phrase(N_("signed off by {by} on {at:time}"), by=entry.actor.name, at=entry.at)
                _indented(console, 2, language.say(words))
        for one in item.exemptions:
            if one.counts:
                _indented(console, 2, language.say(exempted(one)))
    for reason in reasons:
        _indented(console, 2, language.say(reason.message))
        remedy = remedy_for(reason.message)
        if remedy is not None:
            _indented(console, 2, f"→ {language.say(remedy)}")
    if reasons:
        console.line((language.gettext(N_("next: promoter next")), Style.FAINT))


def _default(field: FieldSpec, language: Language) -> str:
    if field.annotation is Duration and isinstance(field.default, int | float):
        return language.duration(field.default)
    return default_of(field)


def _indented(console: Console, margin: int, text: str) -> None:
    for each in console.wrapped(text, margin):
        console.line(" " * margin, each)
