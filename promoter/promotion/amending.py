"""What a promotion is of and judged by since it was amended: by whom, and who agreed. Pure.

A release alone is moved by anyone who is heard. Other rules are in force once a second person agrees to them: where
there is a roster, one who was a roster-admin on it when they were proposed, and still is. Until then, who proposed them
takes them back with an amendment that names theirs and changes nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from promoter.messages import N_, Message, Template, message
from promoter.model.entry import Amended, Entry, Opened, Recorded, Subject, Trust
from promoter.model.release import Release
from promoter.model.roster import ROSTER_ADMIN, Actor, Person, PersonClass

PHRASES: Mapping[str, Template] = {
    "amends-nothing": N_("it changes nothing"),
    "amends-other-release": N_("it moves {was}, and by then the promotion was of {now}"),
    "amends-other-rules": N_("the rules it replaces were replaced before"),
    "amends-as-machine": N_("{name} is a machine, and amends nothing"),
    "amends-closed": N_("the promotion was closed already"),
    "agrees-to-nothing": N_("nothing that it names was waiting"),
    "agrees-to-other": N_("it agrees to something else than {name} proposed"),
    "withdraws-another": N_("only {name} takes back what {name} proposed"),
    "agrees-alone": N_("{name} proposed it, and a second person has to agree"),
    "agrees-without-role": N_("{name} was no roster-admin when it was proposed, or is none any more"),
}
"""Why an amendment that the trail accepts is set aside."""


class AmendmentState(StrEnum):
    """Whether an amendment rules: `overtaken` where something else was amended meanwhile, `withdrawn` where who
    proposed it took it back."""

    IN_FORCE = "in-force"
    WAITING = "waiting"
    WITHDRAWN = "withdrawn"
    OVERTAKEN = "overtaken"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a promotion is of, and what it is judged by."""

    release: Release
    checklist_digest: str
    pinned: Opened

    def binds(self, subject: Subject) -> bool:
        """Whether an entry answers for these."""
        return (subject.release, subject.checklist_digest) == (self.release, self.checklist_digest)


@dataclass(frozen=True, slots=True)
class Amendment:
    """What somebody proposed, who agreed, whether it rules, and the terms `before` it. `admins` were roster-admins when it
    was proposed (None: nobody says)."""

    proposed: Recorded
    before: Terms
    state: AmendmentState
    agreed: Recorded | None = None
    admins: frozenset[str] | None = None

    @property
    def content(self) -> Amended:
        """What it changes."""
        assert isinstance(self.proposed.entry.content, Amended)  # noqa: S101 - nothing else is made one
        return self.proposed.entry.content

    @property
    def rules(self) -> bool:
        """Whether it is in force."""
        return self.state is AmendmentState.IN_FORCE


@dataclass(slots=True)
class Amending:
    """The terms of a promotion, taken from one amendment to the next. `admins` has, by the commit of each, who were
    roster-admins when it was written; without it, the roles they are recorded with are all that is asked."""

    terms: Terms
    admins: Mapping[str, frozenset[str]] | None = None
    _made: list[Amendment] = field(default_factory=list)

    def take(self, recorded: Recorded) -> Message | None:
        """Takes the next one in fold order; says why when it has no say."""
        content, subject = recorded.entry.content, recorded.entry.subject
        if not isinstance(content, Amended) or subject is None:
            return message("amends-nothing")
        if recorded.entry.actor.person_class is PersonClass.MACHINE:
            return message("amends-as-machine", name=recorded.entry.actor.name)
        nothing = content.release is None and content.rules is None
        if recorded.entry.refers_to:
            return self._withdraw(recorded) if nothing else self._agree(recorded, content)
        if nothing:
            return message("amends-nothing")
        overtaken = self._overtaken(subject, content)
        if overtaken is None:
            alone = content.rules is None
            state = AmendmentState.IN_FORCE if alone else AmendmentState.WAITING
            admins = None if self.admins is None else self.admins.get(recorded.commit, frozenset())
            self._made.append(Amendment(recorded, self.terms, state, admins=admins))
            self.terms = self._after(content) if alone else self.terms
        return overtaken

    @property
    def amendments(self) -> tuple[Amendment, ...]:
        """All that had a say, in order; those that can no longer be agreed to are overtaken."""
        return tuple(self._now(each) for each in self._made)

    def _now(self, made: Amendment) -> Amendment:
        subject = made.proposed.entry.subject
        if made.state is not AmendmentState.WAITING or subject is None:
            return made
        overtaken = self._overtaken(subject, made.content) is not None
        return replace(made, state=AmendmentState.OVERTAKEN) if overtaken else made

    def _meant(self, recorded: Recorded) -> tuple[int, Amendment] | None:
        """The amendment that waits and that an entry names, with its place."""
        named = recorded.entry.refers_to
        waiting = (
            (place, each)
            for place, each in enumerate(self._made)
            if each.state is AmendmentState.WAITING and each.proposed.entry.id in named
        )
        return next(waiting, None)

    def _withdraw(self, recorded: Recorded) -> Message | None:
        meant = self._meant(recorded)
        if meant is None:
            return message("agrees-to-nothing")
        place, made = meant
        by = made.proposed.entry.actor
        if by.id != recorded.entry.actor.id:
            return message("withdraws-another", name=by.name)
        self._made[place] = replace(made, state=AmendmentState.WITHDRAWN)
        return None

    def _agree(self, recorded: Recorded, content: Amended) -> Message | None:
        meant = self._meant(recorded)
        if meant is None:
            return message("agrees-to-nothing")
        place, made = meant
        proposed = made.proposed.entry
        if (made.content.release, made.content.rules) != (content.release, content.rules):
            return message("agrees-to-other", name=proposed.actor.name)
        why = objects_to_second(made.proposed, recorded, self.admins)
        if why is None and proposed.subject is not None:
            why = self._overtaken(proposed.subject, content)
        if why is None:
            self._made[place] = replace(
                made, before=self.terms, state=AmendmentState.IN_FORCE, agreed=recorded
            )
            self.terms = self._after(content)
        return why

    def _overtaken(self, subject: Subject, content: Amended) -> Message | None:
        """Why it changes something else than what rules by now."""
        terms, rules = self.terms, content.rules
        if content.release is not None and subject.release != terms.release:
            return message("amends-other-release", was=subject.release.name, now=terms.release.name)
        replaced = (subject.checklist_digest, rules.replaces if rules else "")
        if rules is not None and replaced != (terms.checklist_digest, terms.pinned.pipeline.digest):
            return message("amends-other-rules")
        return None

    def _after(self, content: Amended) -> Terms:
        return amended_terms(self.terms, content)


def amended_terms(terms: Terms, content: Amended) -> Terms:
    """The terms once an amendment is in force."""
    rules = content.rules
    pinned = terms.pinned
    if rules is not None:
        pinned = replace(pinned, pipeline=rules.pipeline, checklist=rules.checklist, ca_file=rules.ca_file)
    return Terms(
        release=content.release or terms.release,
        checklist_digest=rules.checklist.digest if rules else terms.checklist_digest,
        pinned=pinned,
    )


def objects_to_second(
    proposed: Recorded, second: Recorded, admins: Mapping[str, frozenset[str]] | None
) -> Message | None:
    """Why somebody cannot be the second person for what was proposed; None when they can."""
    by = second.entry.actor
    if _same_person(proposed.entry.actor, by):
        return message("agrees-alone", name=by.name)
    if proposed.trust is Trust.CLAIMED and second.trust is Trust.CLAIMED:
        return None
    then = admins is None or by.id in admins.get(proposed.commit, ())
    if not then or ROSTER_ADMIN not in (second.roles or ()):
        return message("agrees-without-role", name=by.name)
    return None


def may_agree(made: Amendment, person: Person) -> bool:
    """Whether somebody of the roster could be the second person for an amendment that waits."""
    by = made.proposed.entry.actor
    emails = {each.casefold() for each in person.emails}
    own = person.id == by.id or by.email.casefold() in emails
    then = made.admins is None or person.id in made.admins
    return then and not own and ROSTER_ADMIN in person.roles


def opening_terms(opened: Entry) -> Terms | None:
    """The terms a promotion was opened with."""
    subject, content = opened.subject, opened.content
    if subject is None or not isinstance(content, Opened):
        return None
    return Terms(subject.release, subject.checklist_digest, content)


def terms_after(
    opened: Entry, records: Iterable[Recorded], admins: Mapping[str, frozenset[str]] | None
) -> Terms | None:
    """The terms after these amendments, all of which are heard, in fold order."""
    terms = opening_terms(opened)
    if terms is None:
        return None
    amending = Amending(terms, admins)
    for each in records:
        amending.take(each)
    return amending.terms


def _same_person(one: Actor, other: Actor) -> bool:
    return one.id == other.id or one.email.casefold() == other.email.casefold()
