"""Entries of the trail as a report shows them."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from promoter.messages import N_, Language, Parameter, Phrase, phrase
from promoter.model.entry import (
    Abandoned,
    Amended,
    Approved,
    BrokeGlass,
    Checked,
    Commented,
    Content,
    Deployed,
    NotApplicable,
    Opened,
    Promoted,
    Recorded,
    Rejected,
    Reported,
    Reserved,
    Revoked,
    RolledBack,
    Settled,
    SignedOff,
    Trust,
    Waived,
)
from promoter.promotion import Amendment, AmendmentState
from promoter.report import words
from promoter.report.voices import Event

ABBREVIATED = 12


def event(recorded: Recorded, language: Language) -> Event:
    """One entry in words."""
    entry = recorded.entry
    counted = recorded.trust is not Trust.QUARANTINED
    states = words.CLAIMS if recorded.trust is Trust.CLAIMED else words.SIGNATURES
    return Event(
        type=entry.type,
        what=_what(recorded, language),
        who=entry.actor.name or entry.actor.id,
        email=entry.actor.email,
        when=moment(entry.at, language),
        id=entry.id,
        commit=recorded.commit[:ABBREVIATED],
        state=language.gettext(states[recorded.signature]),
        key=recorded.key or "",
        comment=_comment(entry.content),
        counted=counted,
        why=language.say(recorded.why) if recorded.why else "",
    )


def amendment_state(made: Amendment) -> Phrase:
    """Whether an amendment is in force, and by whose leave."""
    if made.agreed is not None:
        return phrase(N_("in force: {name} agreed"), name=made.agreed.entry.actor.name)
    if made.state is AmendmentState.IN_FORCE:
        return phrase(N_("in force: a release alone needs nobody else"))
    if made.state is AmendmentState.WAITING:
        return phrase(N_("waits for a second person"))
    if made.state is AmendmentState.WITHDRAWN:
        return phrase(N_("taken back by {name}"), name=made.proposed.entry.actor.name)
    return phrase(N_("overtaken: something else was amended meanwhile"))


def moment(at: datetime | str, language: Language) -> str:
    """A moment in the reader's words, or as it was written when it is none."""
    try:
        return language.time(at)
    except (ValueError, OverflowError):
        return str(at)


def parameter(value: Parameter, language: Language) -> str:
    """A piece of evidence in words; nothing when there is none."""
    return "" if value is None else language.say(Phrase("{value}", {"value": value}))


def _what(recorded: Recorded, language: Language) -> str:
    entry = recorded.entry
    word = words.ENTRIES.get(entry.type)
    named = language.gettext(word) if word else str(entry.type)
    match entry.content:
        case Checked(outcomes=outcomes):
            counted = Counter(words.VERDICTS[each.outcome.verdict][0] for each in outcomes)
            about = " ".join(f"{glyph} {count}" for glyph, count in counted.items())
        case Reported(language=handed):
            about = handed
        case Amended(release=moved, rules=rules):
            word = N_("agreed to") if moved or rules else N_("taken back")
            agreed = [language.gettext(word)] if entry.refers_to else []
            other = [language.gettext(N_("other rules"))] if rules else []
            about = ", ".join((*agreed, *([moved.name] if moved else []), *other))
        case RolledBack(release=release):
            about = release.name
        case Commented(comment=said):
            about = ": ".join(filter(None, (entry.item.id if entry.item else "", " ".join(said.split()))))
        case Waived(until=until) if entry.item:
            return language.say(
                phrase(N_("waiver: {item}, until {until}"), item=entry.item.id, until=moment(until, language))
            )
        case _:
            about = entry.item.id if entry.item else ""
    return language.say(phrase(N_("{entry}: {about}"), entry=named, about=about)) if about else named


def _comment(content: Content) -> str:
    match content:
        case SignedOff(comment=said) | Opened(comment=said) | Promoted(comment=said):
            return said
        case Approved(comment=said) | Commented(comment=said):
            return said
        case (
            Rejected(reason=said) | Revoked(reason=said) | Abandoned(reason=said) | NotApplicable(reason=said)
        ):
            return said
        case Amended(reason=said) | BrokeGlass(reason=said) | Settled(reason=said) | RolledBack(reason=said):
            return said
        case Deployed(comment=said, url=url):
            return "\n".join(filter(None, (said, url)))
        case Waived(reason=said, ticket=ticket):
            return "\n".join(filter(None, (said, ticket)))
        case Reserved(content=unread):
            return _reserved_comment(unread)
    return ""


def _reserved_comment(content: Mapping[str, object]) -> str:
    said = content.get("reason") or content.get("comment")
    return said if isinstance(said, str) else ""
