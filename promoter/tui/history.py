"""What happened to an item, and to a promotion, one line each."""

from collections.abc import Mapping

from textual.content import Content

from promoter.frozen import frozen
from promoter.messages import Language
from promoter.model.entry import (
    Abandoned,
    Adopted,
    Amended,
    Approved,
    BrokeGlass,
    Checked,
    Commented,
    Deployed,
    Entry,
    NotApplicable,
    Opened,
    Promoted,
    Recorded,
    Rejected,
    Reported,
    Revoked,
    RolledBack,
    Settled,
    SignedOff,
    Waived,
    evidence_in,
)
from promoter.promotion import Promotion
from promoter.tui.foreign import foreign
from promoter.tui.styles import DIM
from promoter.tui.words import VERDICTS, Look, entry_look


@frozen
class Happened:
    """One line of an item's history. `who` is empty for what a machine observed."""

    at: str
    look: Look
    who: str
    said: str

    def content(self, language: Language) -> Content:
        """The line without its time."""
        parts = [foreign(language.gettext(self.look.word), self.look.style)]
        parts += [foreign(f" · {self.who}", "bold")] if self.who else []
        parts += [foreign(f"  {self.said}", DIM)] if self.said else []
        return Content("").join(parts)


def moment(at: str, language: Language) -> str:
    """A time as short as it can be told: the language's own words, without the zone."""
    return language.time(at).rsplit(" ", 1)[0]


def history_of(promotion: Promotion, item: str | None) -> list[Happened]:
    """Everything that happened to an item, or (None) to the promotion as a whole, oldest first."""
    past: list[Happened] = []
    for recorded in promotion.history:
        entry = recorded.entry
        if isinstance(entry.content, Checked):
            outcomes = [each for each in entry.content.outcomes if each.item == item]
            past += [Happened(each.at, VERDICTS[each.outcome.verdict], "", each.check) for each in outcomes]
        elif (entry.item.id if entry.item is not None else None) == item:
            past.append(Happened(entry.at, entry_look(entry.type), entry.actor.name, _words(entry)))
    return past


def entry_line(recorded: Recorded, language: Language) -> Content:
    """One entry of the trail: what, who, and what they said."""
    entry = recorded.entry
    look = entry_look(entry.type)
    item = f" {entry.item.id}" if entry.item else ""
    happened = Happened(entry.at, look, "", "")
    words = _words(entry)
    return Content.assemble(
        foreign(f"{look.glyph} ", look.style),
        foreign(f"{moment(entry.at, language)}  ", DIM),
        foreign(entry.actor.name, "bold"),
        foreign(" · ", DIM),
        happened.content(language),
        foreign(item, "bold"),
        foreign(f"  {words}", DIM) if words else Content(""),
    )


def _words(entry: Entry) -> str:
    """What they said, and the names of what they gave with it."""
    given = [each.file or each.link or "" for each in evidence_in(entry.content)]
    return "  ▸ ".join(each for each in (_said(entry), ", ".join(given)) if each)


def _said(entry: Entry) -> str:
    match entry.content:
        case SignedOff(comment=words) | Opened(comment=words) | Promoted(comment=words):
            return words
        case Approved(comment=words) | Commented(comment=words):
            return words
        case Amended(reason=words):
            return words
        case Rejected(reason=words) | Revoked(reason=words) | Abandoned(reason=words):
            return words
        case Waived(reason=words) | NotApplicable(reason=words) | BrokeGlass(reason=words):
            return words
        case Deployed(comment=words) | RolledBack(reason=words) | Settled(reason=words):
            return words
        case Adopted(environment=environment, release=release):
            return f"{environment} {release.name}"
        case Checked(outcomes=outcomes):
            tally: Mapping[str, int] = {
                look.glyph: sum(each.outcome.verdict is verdict for each in outcomes)
                for verdict, look in VERDICTS.items()
            }
            return " ".join(f"{glyph}{count}" for glyph, count in tally.items() if count)
        case Reported(digest=digest):
            return digest[:19]
    return ""
