"""The items of the checklist as a report shows them: checks with evidence, and who answered."""

from collections.abc import Iterable, Iterator

from promoter.gate import Approvals, CheckStanding, ItemStanding, Seat, SignOffStanding, Validity
from promoter.messages import N_, Language
from promoter.model.checklist import ApprovalRule, SignOffRule
from promoter.model.entry import (
    Approved,
    Commented,
    Content,
    EvidenceItem,
    Recorded,
    SignedOff,
    evidence_in,
)
from promoter.model.outcome import Evidence
from promoter.promotion import Voice
from promoter.report import words
from promoter.report.escaping import code, lines_of
from promoter.report.events import ABBREVIATED, event, moment, parameter
from promoter.report.page import CheckLines, ItemLines, Line
from promoter.report.voices import Answer, Piece, RejectionLines, RemarkLines, SeatLines, SignOffLines

_NOT_CURRENT = {Validity.STALE: "↻", Validity.EXPIRED: "◷", Validity.MISSING: "◌", Validity.OVERRIDDEN: "↻"}


def item_lines(standing: ItemStanding, number: int, language: Language) -> ItemLines:
    """One item with everything that speaks for or against it."""
    item = standing.item
    glyph, state = words.STATES[standing.state]
    checks = tuple(_check(each, language) for each in standing.checks)
    seats = tuple(_seat(each, language) for each in standing.seats)
    return ItemLines(
        number=number,
        id=item.id,
        title=item.title.in_language(language),
        text=item.text.in_language(language) if item.text else "",
        sources=item.source,
        notes=tuple(each.in_language(language) for each in item.notes),
        required=item.required,
        holds=standing.holds,
        glyph=glyph,
        state=language.gettext(state),
        checks_summary=", ".join(f"{each.glyph} {each.id}" for each in checks),
        seats_summary=", ".join(f"{each.role} {each.filled}/{each.needed}" for each in seats),
        reasons=tuple(language.say(each.message) for each in standing.reasons),
        checks=checks,
        seats=seats,
        sign_offs=tuple(_sign_off(each, item.sign_off, language) for each in standing.sign_offs),
        rejections=tuple(_rejection(each, language) for each in standing.rejections),
    )


def _check(standing: CheckStanding, language: Language) -> CheckLines:
    latest = standing.latest
    remark = words.VALIDITIES[standing.validity]
    common = {
        "id": standing.spec.id,
        "remark": language.gettext(remark) if remark else "",
        "why": language.say(standing.why) if standing.why else "",
    }
    if latest is None:
        missing = ("", "", "", "", "", "")
        verdict, summary, when, took, who, commit = missing
        return CheckLines(
            **common, glyph="◌", verdict=verdict, summary=summary, ran=False, when=when, took=took, who=who, commit=commit,
            overrides=(), evidence=(),
        )  # fmt: skip
    outcome = latest.outcome.outcome
    glyph, verdict = words.VERDICTS[outcome.verdict]
    return CheckLines(
        **common,
        glyph=_NOT_CURRENT.get(standing.validity, glyph),
        verdict=language.gettext(verdict),
        summary=language.say(outcome.reason),
        ran=True,
        when=moment(latest.outcome.at, language),
        took=language.duration(outcome.took_s),
        who=latest.recorded.entry.actor.name,
        commit=latest.recorded.commit[:ABBREVIATED],
        overrides=outcome.overrides,
        evidence=tuple(_line(each, language) for each in outcome.evidence),
    )


def _line(evidence: Evidence, language: Language) -> Line:
    observed = parameter(evidence.observed, language)
    return Line(
        fact=language.say(evidence.fact),
        expected=parameter(evidence.expected, language),
        observed=code(observed) if _is_command(evidence) else observed,
        glyph=words.VERDICTS[evidence.verdict][0] if evidence.verdict else "·",
        block=len(lines_of(observed)) > 1,
    )


def _is_command(evidence: Evidence) -> bool:
    """Whether what was observed is a command line, to be copied whole."""
    return evidence.fact.code.rpartition(".")[2] == "reproduce"


def _seat(seat: Seat, language: Language) -> SeatLines:
    return SeatLines(_role(seat.role, language), seat.needed, seat.filled)


def _role(role: str, language: Language) -> str:
    return role or language.gettext(N_("anyone"))


def approval_lines(
    found: Approvals, rule: ApprovalRule | None, language: Language
) -> tuple[tuple[SeatLines, ...], tuple[SignOffLines, ...], tuple[RejectionLines, ...]]:
    """The seats of the promotion as a whole, what people gave to fill them, and who rejected it."""
    seats = rule.seats if rule is not None else None
    return (
        tuple(_seat(each, language) for each in found.seats),
        tuple(_sign_off(each, seats, language) for each in found.given),
        tuple(_rejection(each, language) for each in found.rejections),
    )


def _sign_off(standing: SignOffStanding, rule: SignOffRule | None, language: Language) -> SignOffLines:
    voice = standing.voice
    content = voice.recorded.entry.content
    given = content if isinstance(content, SignedOff | Approved) else SignedOff()
    titles = {each.id: each.title.in_language(language) for each in rule.fields} if rule else {}
    return SignOffLines(
        event=event(voice.recorded, language),
        counts=standing.counts,
        role=standing.credited or "",
        why=language.say(standing.why) if standing.why else "",
        revoked=(event(voice.revoked_by, language),) if voice.revoked_by else (),
        fields=tuple(
            Answer(titles.get(name, name), given.fields[name])
            for name in (*titles, *sorted(given.fields.keys() - titles.keys()))
            if name in given.fields
        ),
        evidence=_pieces(content),
    )


def _rejection(voice: Voice, language: Language) -> RejectionLines:
    return RejectionLines(
        event=event(voice.recorded, language),
        stands=voice.stands,
        answered=voice.answered,
        revoked=(event(voice.revoked_by, language),) if voice.revoked_by else (),
        evidence=_pieces(voice.recorded.entry.content),
    )


def remark_lines(history: Iterable[Recorded], language: Language) -> Iterator[RemarkLines]:
    """The comments that evidence was given with."""
    for recorded in history:
        entry = recorded.entry
        if isinstance(entry.content, Commented) and entry.content.evidence:
            item = entry.item.id if entry.item else ""
            yield RemarkLines(event(recorded, language), item, _pieces(entry.content))


def _pieces(content: Content) -> tuple[Piece, ...]:
    return tuple(_piece(each) for each in evidence_in(content))


def _piece(evidence: EvidenceItem) -> Piece:
    return Piece(
        link=evidence.link or "",
        file=evidence.file or "",
        digest=evidence.digest or "",
        size=evidence.size or 0,
        media_type=evidence.media_type or "",
        stored=evidence.stored,
    )
