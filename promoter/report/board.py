"""The board's page: every open promotion, what it waits for, and what runs where, for readers on a forge.

A function of the trail's commit, the language and promoter's version. The template is promoter's own, and every
value is escaped as in a report.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from promoter.frozen import frozen
from promoter.gate import Answer, Decision, ItemState
from promoter.messages import LANGUAGES, N_, Language, Phrase, phrase
from promoter.model.checklist import Checklist
from promoter.model.entry import Held, NotApplicable, Recorded, Waived
from promoter.model.environment import Pipeline
from promoter.promotion import Promotion, RunsIn
from promoter.report import words
from promoter.report.escaping import Written
from promoter.report.events import ABBREVIATED, moment
from promoter.report.sandbox import fill
from promoter.report.time_zones import zone_named

LATEST_CLOSED = 100
"""How many closed promotions the page lists; the reports of all are beside it."""
LONGEST = 300
"""Characters of a reason that the page shows."""


@frozen
class OpenPromotion:
    """An open promotion and what the gate says of it at the board's time."""

    promotion: Promotion
    pipeline: Pipeline
    checklist: Checklist
    decision: Decision


@frozen
class BoardMaterial:
    """What the board is made from. `pipeline` is the newest that a promotion pinned, if any did; `closed` are newest
    first; `reports` has, for each promotion, its report's path on the branch in each language."""

    name: str
    pipeline: Pipeline | None
    runs_in: Mapping[str, RunsIn]
    opened: Sequence[OpenPromotion]
    closed: Sequence[Promotion]
    reports: Mapping[str, Mapping[str, str]]
    tip: str
    entries: int
    as_of: datetime
    branch: str
    demo: bool
    claimed: bool
    holds: Sequence[Recorded] = ()


@frozen
class Stopped:
    """A hold: what does not move; environment or release are empty where it is any."""

    environment: str
    release: str
    when: str
    who: str
    why: str


@frozen
class Place:
    """An environment and what runs in it; the release is empty when nothing is known."""

    title: str
    release: str
    commit: str
    since: str
    adopted: bool


@frozen
class Waiting:
    """One thing an open promotion waits for, or an item that is let be; the item is empty when it is of the
    promotion as a whole."""

    item: str
    kind: str
    text: str


@frozen
class Row:
    """A promotion on the board."""

    id: str
    release: str
    commit: str
    source: str
    target: str
    answer: str
    open: bool
    held: int
    opener: str
    opened: str
    closer: str
    closed: str
    waiting: tuple[Waiting, ...]
    report: Written


@frozen
class BoardPage:
    """The names the board's template has. `others` links to the page in the other languages."""

    title: str
    others: Written
    places: tuple[Place, ...]
    stopped: tuple[Stopped, ...]
    opened: tuple[Row, ...]
    closed: tuple[Row, ...]
    older: int
    branch: str
    tip: str
    entries: int
    as_of: str
    demo: bool
    claimed: bool


def render_board(material: BoardMaterial, language: Language, template: str) -> str:
    """The page as Markdown, in the language and the pipeline's time zone."""
    pipeline = material.pipeline
    local = language.in_time_zone(zone_named(pipeline.time_zone if pipeline else "UTC"))
    title = pipeline.title.in_language(local) if pipeline else ""
    page = BoardPage(
        title=title or material.name,
        others=_others(local),
        places=tuple(_place(each, material, local) for each in _environments(material)),
        stopped=tuple(_stopped(each, material, local) for each in material.holds),
        opened=tuple(_open_row(each, material, local) for each in material.opened),
        closed=tuple(_row(each, None, material, local) for each in material.closed[:LATEST_CLOSED]),
        older=max(len(material.closed) - LATEST_CLOSED, 0),
        branch=material.branch,
        tip=material.tip,
        entries=material.entries,
        as_of=moment(material.as_of, local),
        demo=material.demo,
        claimed=material.claimed,
    )
    return fill(template, "board.md.j2", page, local)


def page_path(language: str) -> str:
    """Where the board's page in a language lies on its branch: a forge shows README.md first."""
    return "README.md" if language == LANGUAGES[0] else f"README.{language}.md"


def report_path(promotion: str, language: str) -> str:
    """Where a promotion's report lies."""
    return f"reports/{promotion}.{language}.md"


_NAMES = {"en": "English", "fr": "Français"}


def _others(language: Language) -> Written:
    links = (f"[{_NAMES[each]}]({page_path(each)})" for each in LANGUAGES if each != language.code)
    return Written(" · ".join(links))


def _environments(material: BoardMaterial) -> list[str]:
    named = [each.name for each in material.pipeline.environments] if material.pipeline else []
    return list(dict.fromkeys((*named, *sorted(material.runs_in))))


def _title(name: str, pipeline: Pipeline | None, language: Language) -> str:
    found = next((each for each in pipeline.environments if each.name == name), None) if pipeline else None
    return (found.title.in_language(language) if found else "") or name


def _place(name: str, material: BoardMaterial, language: Language) -> Place:
    runs = material.runs_in.get(name)
    title = _title(name, material.pipeline, language)
    if runs is None:
        return Place(title, "", "", "", adopted=False)
    return Place(
        title,
        runs.release.name,
        (runs.release.commit or "")[:ABBREVIATED],
        moment(runs.since, language),
        runs.adopted,
    )


def _open_row(opened: OpenPromotion, material: BoardMaterial, language: Language) -> Row:
    return _row(opened.promotion, opened, material, language)


def _row(
    promotion: Promotion, opened: OpenPromotion | None, material: BoardMaterial, language: Language
) -> Row:
    closed = promotion.closed_by
    decision = opened.decision if opened else None
    answer = decision.answer if decision else Answer(promotion.stage.value)
    pipeline = opened.pipeline if opened else material.pipeline
    path = material.reports.get(promotion.id, {}).get(language.code)
    return Row(
        id=promotion.id,
        release=promotion.release.name,
        commit=(promotion.release.commit or "")[:ABBREVIATED],
        source=_title(promotion.from_environment, pipeline, language),
        target=_title(promotion.to_environment, pipeline, language),
        answer=language.gettext(words.ANSWERS[answer]),
        open=decision is not None and decision.answer.is_open,
        held=sum(each.holds for each in decision.items) if decision else 0,
        opener=promotion.opener.name,
        opened=moment(promotion.opened.entry.at, language),
        closer=closed.entry.actor.name if closed else "",
        closed=moment(closed.entry.at, language) if closed else "",
        waiting=(*_waiting(opened, language), *_let_be(opened, language)) if opened else (),
        report=Written(f"]({path})" if path else ""),
    )


def _waiting(opened: OpenPromotion, language: Language) -> list[Waiting]:
    return [
        Waiting(
            item=_item_title(opened.checklist, each.item, language),
            kind=language.gettext(words.HOLDS[each.hold]),
            text=_shortened(language.say(each.message)),
        )
        for each in opened.decision.reasons
    ]


def _let_be(opened: OpenPromotion, language: Language) -> list[Waiting]:
    """The items that are waived or do not apply, by whom and why."""
    return [
        Waiting(
            item=each.item.title.in_language(language) or each.item.id,
            kind=language.gettext(words.STATES[each.state][1]),
            text=_shortened(language.say(_exemption(exemption.voice.recorded))),
        )
        for each in opened.decision.items
        if each.state in (ItemState.WAIVED, ItemState.NOT_APPLICABLE)
        for exemption in each.exemptions
        if exemption.counts
    ]


def _exemption(recorded: Recorded) -> Phrase:
    content, by = recorded.entry.content, recorded.entry.actor.name
    if isinstance(content, Waived):
        until = content.until
        return phrase(N_("waived by {by} until {until:time}: {why}"), by=by, until=until, why=content.reason)
    why = content.reason if isinstance(content, NotApplicable) else ""
    return phrase(N_("does not apply, says {by}: {why}"), by=by, why=why)


def _stopped(recorded: Recorded, material: BoardMaterial, language: Language) -> Stopped:
    entry = recorded.entry
    held = entry.content if isinstance(entry.content, Held) else Held("")
    return Stopped(
        environment=_title(held.environment, material.pipeline, language) if held.environment else "",
        release=held.release.name if held.release else "",
        when=moment(entry.at, language),
        who=entry.actor.name,
        why=_shortened(held.reason),
    )


def _shortened(text: str) -> str:
    """A text that fits a cell on one line; its report has the whole of it."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def _item_title(checklist: Checklist, item: str | None, language: Language) -> str:
    found = checklist.item(item) if item else None
    return (found.title.in_language(language) if found else "") or item or ""
