"""Separation of a release's authors from those who approve it."""

from collections.abc import Iterator, Sequence

from promoter.gate.case import Case
from promoter.gate.decision import Approvals, Hold, ItemStanding, Reason
from promoter.messages import Message, message
from promoter.model.environment import Rule
from promoter.model.roster import Actor


def commits_of(case: Case, actor: Actor) -> int:
    """How many commits of the release somebody wrote, as far as it is known: by the address they signed with, or
    any that the roster has for them."""
    if case.authors is None:
        return 0
    person = case.roster.person(actor.id)
    return case.authors.written_by((actor.email, *(person.emails if person else ())))


def authors_unknown(case: Case, items: Sequence[ItemStanding]) -> Iterator[Reason]:
    """That nobody can tell whether those who answered wrote the release, where that decides whether they count."""
    if case.environment.separation.authors is not Rule.ON:
        return
    if case.checklist.approvals is None and not _answered_by_people(items):
        return
    if case.authors is None:
        yield Reason(message("authors-not-asked"), Hold.UNKNOWN)
    elif case.authors.unknown is not None:
        yield Reason(message("authors-unknown", why=case.authors.unknown), Hold.UNKNOWN)


def author_signed(case: Case, items: Sequence[ItemStanding], approved: Approvals) -> Iterator[Message]:
    """A warning of the seats that authors fill, where separation only warns; or, where people answered anything, that
    nobody can tell."""
    if case.environment.separation.authors is not Rule.WARN or case.authors is None:
        return
    filled: dict[tuple[str, int], list[str]] = {}
    seated = [(item.item.id, each) for item in items for each in item.sign_offs if each.credited is not None]
    let_be = any(each.counts for item in items for each in item.exemptions)
    answered = seated or let_be or any(each.credited is not None for each in approved.given)
    if case.authors.unknown is not None and answered:
        yield message("authors-unknown", why=case.authors.unknown)
    for item, each in seated:
        actor = each.voice.recorded.entry.actor
        if count := commits_of(case, actor):
            filled.setdefault((actor.name, count), []).append(item)
    for (name, count), signed in filled.items():
        yield message("author-signed", by=name, count=count, items=signed)


def _answered_by_people(items: Sequence[ItemStanding]) -> bool:
    """Whether any required item is answered by people: with sign-offs, or by letting it be."""
    return any(
        each.item.required and (each.item.sign_off is not None or any(one.counts for one in each.exemptions))
        for each in items
    )
