"""The lines at the top of every screen: what is promoted, where everything runs, what the gate answers."""

from collections.abc import Mapping

from textual.content import Content

from promoter.gate import Answer, Decision, Hold, Reason
from promoter.messages import N_, NP_, Language, phrase
from promoter.model.environment import Pipeline
from promoter.model.release import Release
from promoter.promotion import Promotion, RunsIn
from promoter.tui.foreign import apart, fitted, foreign, lines_of, padded
from promoter.tui.styles import ACCENT, BAD, DIM, GOOD, PLAIN, WARN
from promoter.tui.words import ANSWERS, HOLDS
from promoter.usecases.board import Board
from promoter.usecases.standing import Standing
from promoter.usecases.voices import is_last

SHORT_COMMIT = 8
_LINKS = ("  ─▸  ", " ─▸ ", " ▸ ")
_NAME_WIDTHS = (30, 12, 8, 6)
_SHORT_NAME = 12
_COUNTED = {
    Hold.FAILED: NP_("{count} failed", "{count} failed"),
    Hold.UNKNOWN: NP_("{count} could not tell", "{count} could not tell"),
    Hold.WAITING: NP_("{count} waiting", "{count} waiting"),
}
_WORST_FIRST = tuple(_COUNTED)


def in_production(standing: Standing) -> bool:
    """Whether the release goes to where users live."""
    return is_last(standing, standing.promotion.to_environment)


def release_words(release: Release, language: Language) -> str:
    """A release by its name and short commit; *unbound* when no commit stands behind it."""
    commit = release.commit[:SHORT_COMMIT] if release.commit else language.gettext(N_("unbound"))
    return f"{release.name} {commit}"


def name_bar(
    pipeline: Pipeline, language: Language, width: int, *, demo: bool, standing: Standing | None
) -> Content:
    """The service at the left; the transition and the release at the right. Where room is short our own name
    gives way first, then the commit."""
    service = Content.assemble(
        foreign(pipeline.title.in_language(language), "bold"),
        foreign("  " + language.gettext(N_("demonstration")), WARN) if demo else Content(""),
    )
    named = foreign("promoter", "bold $text-accent") + foreign(" · ", DIM) + service
    if standing is None:
        return padded(named, width)
    full, short = _movement(standing, language), _movement(standing, language, commit=False)
    ways = ((named, full), (service, full), (service, short))
    fitting = (way for way in ways if way[0].cell_length + 2 + way[1].cell_length <= width)
    return apart(*next(fitting, ways[-1]), width)


def _movement(standing: Standing, language: Language, *, commit: bool = True) -> Content:
    promotion = standing.promotion
    production = in_production(standing)
    target = foreign(
        f" {promotion.to_environment.upper()} " if production else promotion.to_environment.upper()
    )
    short = release_words(promotion.release, language).removeprefix(promotion.release.name)
    return Content.assemble(
        fitted(promotion.from_environment, 16),
        foreign(" ▸ ", ACCENT),
        target.stylize("bold $background on $error" if production else "bold $text-accent"),
        foreign("   "),
        fitted(promotion.release.name, 24, "bold"),
        fitted(short, 13, DIM) if commit else Content(""),
    )


def pipeline_bar(
    pipeline: Pipeline,
    runs_in: Mapping[str, RunsIn],
    language: Language,
    width: int,
    promotion: Promotion | None = None,
) -> Content:
    """The environments in order, with what runs in each; names give way before environments do."""
    bar = Content("")
    for name_width in _NAME_WIDTHS:
        for link in _LINKS:
            bar = _pipeline_bar(pipeline, runs_in, language, promotion, link, name_width)
            if bar.cell_length <= width:
                return bar
    return bar.truncate(width, ellipsis=True)


def _pipeline_bar(
    pipeline: Pipeline,
    runs_in: Mapping[str, RunsIn],
    language: Language,
    promotion: Promotion | None,
    link: str,
    name_width: int,
) -> Content:
    parts: list[Content] = []
    for environment in pipeline.environments:
        source = promotion is not None and environment.name == promotion.from_environment
        target = promotion is not None and environment.name == promotion.to_environment
        if parts:
            parts.append(foreign(link, ACCENT if target else DIM))
        here = runs_in.get(environment.name)
        arrived = here is not None and promotion is not None and here.release == promotion.release
        glyph = "◌" if target and not arrived else "✓" if here else "–"
        words = here.release.name if here else _unknown(language, name_width)
        if here and here.adopted:
            words = _declared(words, language, name_width)
        parts += [
            foreign(environment.name, "bold $text-accent" if target else "bold" if source else PLAIN),
            foreign(f" {glyph} ", WARN if glyph == "◌" else GOOD if here else DIM),
            fitted(words, name_width, "bold" if arrived else DIM),
        ]
    return Content("").join(parts)


def _unknown(language: Language, width: int) -> str:
    return language.gettext(N_("nothing known")) if width > _SHORT_NAME else ""


def _declared(name: str, language: Language, width: int) -> str:
    if width <= _SHORT_NAME:
        return name
    return language.say(phrase(N_("{name} (declared)"), name=name))


def gate_bar(standing: Standing, language: Language, width: int) -> Content:
    """Two lines: the answer and how much holds it; then why, or what can be done now."""
    decision = standing.decision
    tally = _tally(standing, language)
    lead = Content.assemble(_badge(decision, language), foreign("  "), foreign(" · ".join(tally), "bold"))
    said = [_reason(each, language) for each in decision.reasons] or [
        language.say(each) for each in decision.warnings
    ]
    notes = [language.say(each) for each in standing.warnings]
    why = " · ".join([*said, *notes]) or _next(standing, language)
    return lines_of([lead.truncate(width, ellipsis=True), fitted(why, width, DIM)])


def _reason(reason: Reason, language: Language) -> str:
    words = language.say(reason.message)
    return (
        language.say(phrase(N_("{item}: {words}"), item=reason.item, words=words)) if reason.item else words
    )


def _badge(decision: Decision, language: Language) -> Content:
    look = ANSWERS[decision.answer]
    style = look.style
    if decision.answer in (Answer.BLOCKED, Answer.PROMOTED):
        holds = {each.hold for each in decision.reasons}
        style = next(
            (HOLDS[each].style for each in (Hold.FAILED, Hold.UNKNOWN, Hold.WAITING) if each in holds), style
        )
    return foreign(f" {look.glyph} {language.gettext(look.word)} ", style)


def _tally(standing: Standing, language: Language) -> list[str]:
    decision = standing.decision
    if decision.answer is not Answer.BLOCKED:
        return [language.gettext(N_("claimed, not signed"))] if decision.claimed else []
    needed = sum(each.needed for each in decision.approvals.seats)
    counted = NP_("{filled} of {count} approval", "{filled} of {count} approvals")
    words = phrase(counted, filled=needed - decision.approvals.missing, count=needed)
    approved = [language.say(words)] if needed else []
    required = [each for each in decision.items if each.item.required]
    holding = [each for each in required if each.holds]
    if not holding:
        return [language.gettext(N_("the promotion as a whole holds it")), *approved]
    held = phrase(
        NP_("{count} of {all} items holds it", "{count} of {all} items hold it"),
        count=len(holding),
        all=len(required),
    )
    worst = [min((reason.hold for reason in each.reasons), key=_WORST_FIRST.index) for each in holding]
    counts = [
        language.say(phrase(_COUNTED[hold], count=worst.count(hold)))
        for hold in _WORST_FIRST
        if hold in worst
    ]
    return [language.say(held), *approved, *counts]


def _next(standing: Standing, language: Language) -> str:
    if not standing.decision.answer.is_open:
        return ""
    words = phrase(
        N_("p promotes {release} into {environment}"),
        release=standing.promotion.release.name,
        environment=standing.promotion.to_environment,
    )
    return language.say(words)


def trail_words(shown: Standing | Board, language: Language) -> Content:
    """Where the trail is: entries, and how many are not shared."""
    trail = shown.trail
    parts = [language.say(phrase(NP_("{count} entry", "{count} entries"), count=trail.entries))]
    if trail.ahead is None or trail.behind is None:
        parts.append(language.gettext(N_("not shared")))
    else:
        parts.append(f"↑{trail.ahead} ↓{trail.behind}")
    return foreign(" ".join((language.gettext(N_("trail")), *parts)), BAD if trail.behind else DIM)
