"""Material and a language made into the page a template sees."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from promoter.gate import Decision, Reason
from promoter.messages import N_, Language, Sayable, phrase
from promoter.model.entry import EntryType, Pinned, Promoted, Recorded, Unreadable
from promoter.model.release import Release
from promoter.model.roster import PersonClass, Roster
from promoter.promotion import Promotion
from promoter.report import words
from promoter.report.environments import differences, environment_lines, variable_lines
from promoter.report.escaping import NOTHING
from promoter.report.events import ABBREVIATED, amendment_state, event, moment
from promoter.report.items import approval_lines, item_lines, remark_lines
from promoter.report.material import Material
from promoter.report.page import Holding, Page, PersonLines, Pin, ReleaseLines, TrailLines, Unread
from promoter.report.voices import Event

_EXCEPTIONS = frozenset({EntryType.BROKE_GLASS, EntryType.SETTLED})


def compose(material: Material, language: Language) -> Page:
    """Everything the report says, in words and in order."""
    promotion, decision, checklist = material.promotion, material.decision, material.checklist
    differing, same = differences(material.source, material.target, language)
    quoted = promotion.closed_by.entry.content if promotion.closed_by else None
    decided = quoted if isinstance(quoted, Promoted) else Promoted("", 0, "", claimed=False)
    source, target = (
        environment_lines(each, material.runs_in.get(each.name), language)
        for each in (material.source, material.target)
    )
    seats, approvals, refusals = approval_lines(decision.approvals, checklist.approvals, language)
    return Page(
        title=material.pipeline.title.in_language(language) or material.pipeline.name,
        promotion=promotion.id,
        transition=promotion.transition,
        checklist=checklist.title.in_language(language) or checklist.id,
        answer=decision.answer,
        answer_words=language.gettext(words.ANSWERS[decision.answer]),
        item_count=sum(each.item.required for each in decision.items),
        held_count=sum(each.holds for each in decision.items),
        holding=_holding(material, language),
        warnings=tuple(language.say(each) for each in decision.warnings),
        claimed=decision.claimed,
        demo=material.demo,
        roster_empty=not material.roster,
        release=_release(promotion.release),
        opened=event(promotion.opened, language),
        closed=_events([promotion.closed_by] if promotion.closed_by else [], language),
        decided_tip=decided.tip,
        decided_entries=decided.entries,
        decided_answer=_answer(decided.answer, language),
        source=source,
        target=target,
        differences=differing,
        same=same,
        contact=material.pipeline.support.in_language(language),
        variables=variable_lines(material.source, material.target),
        items=tuple(
            item_lines(each, number, language) for number, each in enumerate(decision.items, start=1)
        ),
        approval_seats=seats,
        approvals=approvals,
        refusals=refusals,
        exceptions=tuple(_exceptions(decision, promotion, language)),
        remarks=tuple(remark_lines(promotion.history, language)),
        timeline=_events(promotion.history, language),
        quarantined_count=len(promotion.quarantined),
        unread=tuple(_unread(each, language) for each in promotion.newer),
        people=_people(material.roster),
        trail=_trail(material),
        as_of=moment(material.as_of, language),
        time_zone=str(language.time_zone),
        version=material.version,
    )


def _events(records: Iterable[Recorded], language: Language) -> tuple[Event, ...]:
    return tuple(event(each, language) for each in records)


def _exceptions(decision: Decision, promotion: Promotion, language: Language) -> Iterator[Event]:
    """What was let be, whether that still counts or not."""
    for each in (one for item in decision.items for one in item.exemptions):
        why = language.say(each.why) if each.why else ""
        yield replace(event(each.voice.recorded, language), counted=each.counts, why=why)
    yield from _events((each for each in promotion.history if each.entry.type in _EXCEPTIONS), language)
    made = {each.proposed.commit: each for each in promotion.amendments}
    for recorded in promotion.history:
        if recorded.entry.type is EntryType.AMENDED:
            line, one = event(recorded, language), made.get(recorded.commit)
            why = language.say(amendment_state(one)) if one is not None else line.why
            yield replace(line, counted=one.rules if one else line.counted, why=why)


def _holding(material: Material, language: Language) -> tuple[Holding, ...]:
    numbers = {each.item.id: number for number, each in enumerate(material.decision.items, start=1)}
    return tuple(_reason(each, numbers, material, language) for each in material.decision.reasons)


def _reason(reason: Reason, numbers: dict[str, int], material: Material, language: Language) -> Holding:
    item = material.checklist.item(reason.item) if reason.item else None
    return Holding(
        item=numbers.get(reason.item, 0) if reason.item else 0,
        title=item.title.in_language(language) if item else "",
        kind=language.gettext(words.HOLDS[reason.hold]),
        text=language.say(reason.message),
    )


def _release(release: Release) -> ReleaseLines:
    return ReleaseLines(release.name, release.commit or NOTHING, release.tree or NOTHING, release.bound)


def _answer(code: str, language: Language) -> str:
    known = {str(each): word for each, word in words.ANSWERS.items()}
    return language.gettext(known[code]) if code in known else code


def _unread(found: Unreadable | Recorded, language: Language) -> Unread:
    why: Sayable | None = found.why
    if why is None and isinstance(found, Recorded):
        why = phrase(
            N_("an entry of the type {type}, which this version does not apply"), type=found.entry.type
        )
    return Unread(found.path, found.commit[:ABBREVIATED], language.say(why) if why else "")


def _people(roster: Roster) -> tuple[PersonLines, ...]:
    return tuple(
        PersonLines(
            each.id,
            each.name,
            ", ".join(each.roles),
            tuple(key.id for key in each.keys),
            each.person_class is PersonClass.MACHINE,
        )
        for each in roster.people
    )


def _trail(material: Material) -> TrailLines:
    pinned = material.promotion.pinned
    pins: list[Pinned] = [pinned.pipeline, pinned.checklist, pinned.template]
    if pinned.ca_file is not None:
        pins.append(pinned.ca_file)
    return TrailLines(
        id=material.promotion.opened.entry.trail,
        branch=material.branch,
        tip=material.tip,
        entries=material.entries,
        pins=tuple(Pin(each.path, each.digest) for each in pins),
    )
