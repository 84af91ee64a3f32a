"""The message of an entry's commit: a subject to read, the person's words, the ids. Pure."""

from promoter.messages import Language
from promoter.model.attachment import described
from promoter.model.entry import (
    Abandoned,
    Adopted,
    Amended,
    Approved,
    Checked,
    Commented,
    Entry,
    Frozen,
    Genesis,
    Held,
    KeyCompromised,
    KeyRetired,
    Lifted,
    NotApplicable,
    Opened,
    PinnedRules,
    Promoted,
    Rejected,
    Revoked,
    RosterChanged,
    SignedOff,
    Thawed,
    Waived,
    evidence_in,
)
from promoter.model.outcome import CheckOutcome
from promoter.model.release import Release
from promoter.model.roster import Person
from promoter.redaction import visible
from promoter.trail.headline import PHRASES, headline

_SUBJECT_AT_MOST = 120
_WORDS_AT_MOST = 4000
_ENGLISH = Language("en", phrasebook=PHRASES.get)


def commit_message(entry: Entry) -> str:
    """The whole message, ending in trailers.

    The person's words are indented, so that none of their lines can pass for a trailer, and whatever
    a terminal would obey is made visible. Subjects are English whoever writes them.
    """
    subject = visible(_ENGLISH.say(headline(entry)))
    if len(subject) > _SUBJECT_AT_MOST:
        subject = subject[: _SUBJECT_AT_MOST - 1] + "…"
    given = (described(each, _ENGLISH) for each in evidence_in(entry.content))
    said = "\n".join(each for each in (_words(entry), *given) if each)
    words = visible(said[:_WORDS_AT_MOST].strip(), lines=True)
    body = "\n".join(f"    {line}".rstrip() for line in words.split("\n")) if words else ""
    trailers = [("Promoter-Entry", entry.id), ("Promoter-Trail", entry.trail)]
    if entry.subject is not None:
        trailers.append(("Promoter-Promotion", entry.subject.promotion))
    if entry.item is not None:
        trailers.append(("Promoter-Item", visible(entry.item.id)))
    trailers += [("Promoter-Refers-To", each) for each in entry.refers_to]
    paragraphs = [subject, body, "\n".join(f"{name}: {value}" for name, value in trailers)]
    return "\n\n".join(each for each in paragraphs if each) + "\n"


def merge_message() -> str:
    """The message of a commit that brings two histories of the trail together."""
    return "merge: entries written apart\n\nNothing is added or removed by this commit itself.\n"


def _words(entry: Entry) -> str:
    """What the person wrote, then what can be said without any catalogue of words."""
    match entry.content:
        case SignedOff(comment=words, fields=fields) | Approved(comment=words, fields=fields):
            filled = [f"{name}: {value}" for name, value in fields.items()]
            return "\n".join(each for each in (words, *filled) if each)
        case Checked(outcomes=outcomes):
            wrong = [each for each in outcomes if not each.outcome.verdict.satisfies]
            return "\n".join(map(_outcome, wrong))
        case Genesis(roster=roster) | RosterChanged(roster=roster):
            return "\n".join(map(_person, roster.people))
        case Promoted(comment=words) | Opened(comment=words) | Commented(comment=words):
            return words
        case Rejected(reason=words) | Revoked(reason=words) | Abandoned(reason=words) | Adopted(reason=words):
            return words
        case KeyRetired(reason=words) | KeyCompromised(reason=words):
            return words
        case NotApplicable(reason=words) | Held(reason=words) | Lifted(reason=words):
            return words
        case Amended(reason=words, release=release, rules=rules):
            return "\n".join(filter(None, (words, _moved(release), *_replaced(rules))))
        case Waived(reason=words, until=until, ticket=ticket):
            return "\n".join(each for each in (words, f"until: {until}", ticket) if each)
        case Frozen(reason=words, begins=begins, until=until):
            return f"{words}\nfrom: {begins}\nuntil: {until}"
        case Thawed(reason=words, until=until):
            return f"{words}\nuntil: {until}"
    return ""


def _moved(release: Release | None) -> str:
    return f"release: {release.name} ({release.commit or 'unbound'})" if release else ""


def _replaced(rules: PinnedRules | None) -> list[str]:
    return [f"{each.path}: {each.digest}" for each in (rules.pipeline, rules.checklist)] if rules else []


def _outcome(done: CheckOutcome) -> str:
    return f"{done.item} {done.check}: {done.outcome.verdict} ({done.outcome.reason.code})"


def _person(person: Person) -> str:
    return f"{person.id} ({', '.join(person.roles)})" if person.roles else person.id
