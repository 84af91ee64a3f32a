"""`promoter status` as text: an answer, not a dump."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from promoter.errors import ExitCode
from promoter.frozen import frozen
from promoter.gate import (
    NEXT,
    Answer,
    CheckStanding,
    ExemptionStanding,
    Hold,
    ItemStanding,
    ItemState,
    Reason,
)
from promoter.messages import N_, NP_, Language, Phrase, phrase
from promoter.model.entry import Abandoned, NotApplicable, Waived
from promoter.model.release import Release
from promoter.output.console import Console, Piece, Style, width
from promoter.promotion import Promotion
from promoter.trail.trail import TrailPosition
from promoter.usecases.language import remedy_of
from promoter.usecases.standing import Standing, must_be_shared

GLYPHS = {
    ItemState.WAITING: "◌",
    ItemState.PASSING: "◌",
    ItemState.FAILING: "✗",
    ItemState.ERRORED: "?",
    ItemState.STALE: "◌",
    ItemState.EXPIRED: "◌",
    ItemState.REJECTED: "✗",
    ItemState.WAIVED: "⊖",
    ItemState.NOT_APPLICABLE: "⊝",
    ItemState.DONE: "✓",
}
ANSWERS = {
    Answer.BLOCKED: N_("BLOCKED"),
    Answer.OPEN: N_("OPEN"),
    Answer.OPEN_WITH_WAIVERS: N_("OPEN WITH WAIVERS"),
    Answer.OPEN_BREAK_GLASS: N_("OPEN BY BREAK-GLASS"),
    Answer.PROMOTED: N_("PROMOTED"),
    Answer.ABANDONED: N_("ABANDONED"),
}
_SOON = timedelta(days=14)
"""How far ahead a freeze is worth a word."""

_HOLD_GLYPHS = {Hold.WAITING: "◌", Hold.FAILED: "✗", Hold.UNKNOWN: "?"}
_HOLD_STYLES = {Hold.WAITING: Style.WAITING, Hold.FAILED: Style.BAD, Hold.UNKNOWN: Style.BAD}


def show_status(console: Console, standing: Standing) -> None:
    """The answer: what is promoted, what the gate says, what holds it and what to do next."""
    language = console.language
    console.line(*_headline(standing, language))
    show_answer(console, standing)
    show_reasons(console, standing)
    console.line(" · ".join(_tail(standing, language)))
    for each in (*standing.warnings, *standing.decision.warnings):
        console.line((language.gettext(N_("note:")), Style.WAITING), " ", language.say(each))
    if standing.demo:
        console.line(
            (language.gettext(N_("This is the demo: nothing here is a real promotion.")), Style.WAITING)
        )


def show_answer(console: Console, standing: Standing, *, alone: bool = False) -> None:
    """What the gate says, in one line; `alone` when its reasons are not told below."""
    language, decision = console.language, standing.decision
    good = decision.exit_code is ExitCode.YES and decision.glass is None
    pieces: list[Piece] = [(language.gettext(ANSWERS[decision.answer]), Style.GOOD if good else Style.BAD)]
    why = _explained(standing)
    if why is None and alone and decision.reasons:
        why = phrase("{why}", why=decision.reasons[0].message)
    if why is not None:
        closed = decision.answer in (Answer.PROMOTED, Answer.ABANDONED)
        pieces.append(language.say(phrase(N_(" {why}") if closed else N_(": {why}"), why=why)))
    if decision.answer.is_open and must_be_shared(standing):
        pieces += ["  ", (language.gettext(N_("share the trail first: promoter sync")), Style.WAITING)]
    if decision.claimed:
        pieces += ["  ", (language.gettext(N_("claimed, not signed")), Style.WAITING)]
    console.line(*pieces)


def show_reasons(console: Console, standing: Standing) -> None:
    """What holds the gate, a line each, with what to do about it beside, or below where that is too long."""
    rows = list(_rows(standing, console.language))
    names = max((width(each.name) for each in rows), default=0) + 2
    beside = [each for each in rows if names + each.cells + 4 <= console.width]
    reasons = max((width(each.reason) for each in beside if each.hint), default=0) + 2
    for index, row in enumerate(rows):
        following = rows[index + 1] if index + 1 < len(rows) else None
        hint = "" if following and not following.name and following.hint == row.hint else row.hint
        gap = " " * (names - width(row.name))
        if row in beside and hint:
            fits = names + reasons + width(hint) + 2 <= console.width
            between = " " * max(reasons - width(row.reason), 2) if fits else "  "
            console.line("  ", row.name, gap, row.reason, between, (hint, Style.FAINT))
            continue
        first, *rest = console.wrapped(row.reason, names + 2)
        console.line("  ", row.name, gap, first)
        for words in rest:
            console.line(" " * (names + 2), words)
        for words in console.wrapped(hint, names + 2) if hint else ():
            console.line(" " * (names + 2), (words, Style.FAINT))


def release_name(release: Release, language: Language) -> str:
    """A release as people read it: `v1.4.0 (c3d4e5f)`, or that it is unbound."""
    where = release.commit[:7] if release.commit else language.gettext(N_("unbound"))
    return f"{release.name} ({where})"


def trail_line(position: TrailPosition, language: Language) -> str:
    """How long the trail is; and, where it is not the same on the remote, how much is only here and only there."""
    words = language.ngettext("trail {count} entry", "trail {count} entries", position.entries)
    apart = position.ahead or position.behind
    return f"{words} ↑{position.ahead} ↓{position.behind}" if apart else words


def _headline(standing: Standing, language: Language) -> Iterator[Piece]:
    promotion = standing.promotion
    opened = phrase(
        N_("opened {ago} by {name}"),
        ago=_ago(promotion.opened.entry.at, standing.at),
        name=promotion.opener.name,
    )
    yield (release_name(promotion.release, language), Style.STRONG)
    yield "  "
    yield (f"{promotion.from_environment} → {promotion.to_environment}", Style.ACCENT)
    yield f"  {language.say(opened)}"
    yield (f"  {promotion.id}", Style.FAINT)


def _explained(standing: Standing) -> Phrase | None:
    decision, promotion = standing.decision, standing.promotion
    holding = sum(each.holds for each in decision.items)
    required = sum(each.item.required for each in decision.items)
    if decision.answer is Answer.BLOCKED:
        counted = NP_("{count} of {all} items holds it", "{count} of {all} items hold it")
        return phrase(counted, count=holding, all=required) if holding else None
    if decision.answer is Answer.OPEN_WITH_WAIVERS:
        return phrase(
            NP_(
                "{count} item is waived, nothing else holds it; next: promoter promote",
                "{count} items are waived, nothing else holds it; next: promoter promote",
            ),
            count=decision.waivers,
        )
    if decision.answer is Answer.OPEN_BREAK_GLASS and decision.glass is not None:
        return phrase(
            NP_(
                "over {count} reason, as {by} says; next: promoter promote",
                "over {count} reasons, as {by} says; next: promoter promote",
            ),
            count=len(decision.glass.passed),
            by=decision.glass.by,
        )
    if decision.answer.is_open:
        return phrase(N_("nothing holds it; next: promoter promote"))
    return _closed(promotion, standing.at)


def _closed(promotion: Promotion, now: datetime) -> Phrase | None:
    if promotion.closed_by is None:
        return None
    entry = promotion.closed_by.entry
    ago, name = _ago(entry.at, now), entry.actor.name
    if isinstance(entry.content, Abandoned):
        return phrase(N_("{ago} by {name}: {why}"), ago=ago, name=name, why=entry.content.reason)
    return phrase(N_("{ago} by {name}"), ago=ago, name=name)


@frozen
class _Row:
    """A reason under the name of what it holds; the name is empty where the row before has it."""

    name: Piece
    reason: str
    hint: str

    @property
    def cells(self) -> int:
        """What reason and hint take on one line."""
        return width(self.reason) + width(self.hint)


def _rows(standing: Standing, language: Language) -> Iterator[_Row]:
    yield from _holding(standing, language)
    for item in standing.decision.items:
        if item.state in (ItemState.WAIVED, ItemState.NOT_APPLICABLE):
            name = (f"{GLYPHS[item.state]} {item.item.id}", Style.WAITING)
            if item.exemption is not None:
                yield _Row(name, language.say(exempted(item.exemption)), "")


def exempted(standing: ExemptionStanding) -> Phrase:
    """Who lets an item be, until when, and why."""
    entry = standing.voice.recorded.entry
    content, by = entry.content, entry.actor.name
    if isinstance(content, Waived):
        until = content.until
        return phrase(N_("waived by {by} until {until:time}: {why}"), by=by, until=until, why=content.reason)
    why = content.reason if isinstance(content, NotApplicable) else ""
    return phrase(N_("does not apply, says {by}: {why}"), by=by, why=why)


def _holding(standing: Standing, language: Language) -> Iterator[_Row]:
    if standing.decision.answer not in (Answer.BLOCKED, Answer.PROMOTED):
        return
    promoted = standing.decision.answer is Answer.PROMOTED
    for reason in standing.decision.reasons:
        if reason.item is None:
            name = f"{_HOLD_GLYPHS[reason.hold]} {standing.promotion.to_environment}"
            yield _row((name, _HOLD_STYLES[reason.hold]), reason, _next(standing, reason, None), language)
    for item in standing.decision.items:
        for index, reason in enumerate(item.reasons if item.holds else ()):
            shown: Piece = (
                (f"{GLYPHS[item.state]} {item.item.id}", _HOLD_STYLES[reason.hold]) if not index else ""
            )
            yield _row(shown, reason, None if promoted else _hint(standing, item, reason), language)


def _row(name: Piece, reason: Reason, hint: Phrase | None, language: Language) -> _Row:
    return _Row(name, language.say(reason.message), language.say(hint) if hint else "")


def _hint(standing: Standing, item: ItemStanding, reason: Reason) -> Phrase | None:
    check = _check_of(item, reason)
    if check is not None and check.latest is not None and reason.hold is not Hold.WAITING:
        remedy = remedy_of(check.latest.outcome.outcome.reason)
        if remedy is not None:
            return phrase(N_("fix: {remedy} Then: promoter run {item}"), remedy=remedy, item=item.item.id)
    return _next(standing, reason, item.item.id)


def _next(standing: Standing, reason: Reason, item: str | None) -> Phrase | None:
    template = NEXT.get(reason.message.code)
    if template is None:
        return None
    if not standing.roster and reason.message.code.endswith("-claimed"):
        template = N_("write a roster into the pipeline, then promoter roster apply")
    return phrase(N_("next: {hint}"), hint=Phrase(template, {"item": item, **reason.message.parameters}))


def _check_of(standing: ItemStanding, reason: Reason) -> CheckStanding | None:
    wanted = reason.message.parameters.get("check")
    return next((each for each in standing.checks if each.spec.id == wanted), None)


def _tail(standing: Standing, language: Language) -> Iterator[str]:
    items = standing.decision.items
    done = sum(each.state is ItemState.DONE for each in items)
    pending = sum(each.state is not ItemState.DONE and not each.item.required for each in items)
    yield language.ngettext("{count} done", "{count} done", done)
    needed = sum(each.needed for each in standing.decision.approvals.seats)
    if needed:
        filled = needed - standing.decision.approvals.missing
        counted = NP_("{filled} of {count} approval", "{filled} of {count} approvals")
        yield language.say(phrase(counted, filled=filled, count=needed))
    if pending:
        yield language.ngettext("{count} advisory item pending", "{count} advisory items pending", pending)
    freeze = standing.decision.freeze
    if freeze is not None and freeze.begins - standing.at <= _SOON:
        if freeze.until is None:
            yield language.say(phrase(N_("freeze {begins:time}"), begins=freeze.begins.isoformat()))
        else:
            begins, until = freeze.begins.isoformat(), freeze.until.isoformat()
            yield language.say(phrase(N_("freeze {begins:time} → {until:time}"), begins=begins, until=until))
    yield trail_line(standing.trail, language)


def _ago(at: str, now: datetime) -> Phrase:
    seconds = (now - datetime.fromisoformat(at)).total_seconds()
    return phrase(N_("just now")) if seconds < 60 else phrase(N_("{ago:duration} ago"), ago=seconds)
