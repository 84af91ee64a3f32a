"""The roster: what is in force, what the pipeline proposes, who could sign what and when."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from promoter.errors import NotYet, Refused
from promoter.frozen import frozen
from promoter.messages import N_, Message, Template, message, phrase
from promoter.model.entry import EntryType, Genesis, KeyCompromised, Recorded, RosterChanged
from promoter.model.roster import ROSTER_ADMIN, Person, Roster
from promoter.promotion.tenures import Given, Tenure, tenures
from promoter.usecases.drafting import ensure_genesis, write
from promoter.usecases.provenance import provenance
from promoter.usecases.workspace import Workspace

PHRASES: Mapping[str, Template] = {
    "person-joins": N_("{name} ({person}) joins, with the roles {roles}"),
    "person-joins-bare": N_("{name} ({person}) joins, without any role"),
    "person-leaves": N_("{name} ({person}) leaves"),
    "role-given": N_("{person} may sign as {which}"),
    "role-taken": N_("{person} may no longer sign as {which}"),
    "key-given": N_("{person} may sign with the key {which}"),
    "key-taken": N_("{person} may no longer sign with the key {which}"),
    "email-given": N_("{person} may commit as {which}"),
    "email-taken": N_("{person} may no longer commit as {which}"),
    "person-renamed": N_("{person} is called {name}"),
    "person-becomes": N_("{person} counts as a {class}"),
    "term-begins": N_("{person} counts from {at:time}"),
    "term-begins-always": N_("{person} counts from the beginning"),
    "term-ends": N_("{person} counts until {at:time}"),
    "term-ends-never": N_("{person} counts without an end"),
    "order-differs": N_("only the order differs"),
    "no-admin-left": N_("no roster-admin with a key would be left: nobody could change the roster any more"),
    "key-stays-out": N_(
        "the key {which} of {person} was retired or compromised: it stays out; take it from the pipeline"
    ),
}

_PATTERNS = re.compile(r"[\s,*?!\"#\\]|[^\x21-\x7e]")


@frozen
class RosterView:
    """The roster in force on the trail, the one the pipeline proposes, and the changes it would make.
    `conflicts` is what changes made at the same time disagree about: applying again settles it. `changed` says
    who last changed the file that proposes it, where that differs."""

    in_force: Roster
    proposed: Roster
    started: bool
    changes: tuple[Message, ...] = ()
    conflicts: tuple[Message, ...] = ()
    remarks: tuple[Message, ...] = ()
    changed: Message | None = None

    @property
    def differs(self) -> bool:
        """Whether the pipeline proposes another roster than the one in force."""
        return bool(self.changes)


def roster_show(workspace: Workspace) -> RosterView:
    """The roster in force beside the one the pipeline proposes; where there is no pipeline, as in a bare clone, itself."""
    state = workspace.state
    trail = workspace.trail.state
    retired = {(person, key) for _, person, key in trail.retired}
    written = workspace.pipeline.roster if workspace.has_pipeline or state.trail is None else state.roster
    proposed = written.without_keys(retired)
    listed = [(who.id, key.id) for who in written.people for key in who.keys]
    stay_out = (
        message("key-stays-out", person=who, which=key) for who, key in listed if (who, key) in retired
    )
    changes = tuple(_differences(state.roster, proposed))
    changed = None
    if changes and state.trail is not None:
        changed = provenance(workspace, workspace.relative(workspace.pipeline_path), state.roster)
    started = state.trail is not None
    locked = has_admin(state.roster, workspace.now()) and not has_admin(proposed, workspace.now())
    remarks = (*stay_out, *([message("no-admin-left")] if started and locked else []))
    return RosterView(state.roster, proposed, started, changes, trail.conflicts, remarks, changed=changed)


def has_admin(roster: Roster, now: datetime) -> bool:
    """Whether somebody is there who may change a roster, today or later, with a key to sign with."""
    return any(
        ROSTER_ADMIN in each.roles and each.keys and (each.valid_until is None or each.valid_until >= now)
        for each in roster.people
    )


def require_agreement(view: RosterView, *, agreed: bool) -> None:
    """Raises NotYet where the roster in force would change and nobody agreed to what was shown of it.

    What the pipeline proposes is whatever was pushed: an admin's signature makes it theirs.
    """
    if view.started and (view.differs or view.conflicts) and not agreed:
        raise NotYet(
            phrase(N_("applying a roster means answering for everyone on it")),
            phrase(N_("read what 'promoter roster diff' shows, then: promoter roster apply --yes")),
        )


def roster_apply(workspace: Workspace) -> Recorded:
    """Writes the pipeline's roster to the trail; counts only when a roster-admin signs it. Whoever calls it has
    shown what it changes, and has been agreed with.

    Raises Refused when nothing would change, when nobody could change anything afterwards, or when you are not a
    roster-admin.
    """
    if workspace.state.trail is None:
        ensure_genesis(workspace)
        return workspace.trail.records_of_trail().recorded[0]
    view = roster_show(workspace)
    if not view.differs and not view.conflicts:
        raise Refused(phrase(N_("the pipeline's roster is already in force")))
    locked = [each for each in view.remarks if each.code == "no-admin-left"]
    if locked:
        raise Refused(
            phrase(N_("this roster is not applied: {why}"), why=locked[0]),
            phrase(
                N_("leave somebody the role roster-admin and a key in pipeline.yaml, then apply it again")
            ),
        )
    return write(workspace, EntryType.ROSTER, RosterChanged(view.proposed))


def roster_history(workspace: Workspace) -> tuple[Tenure, ...]:
    """Who could sign what, since when and until when, from the trail's entries alone."""
    return tenures(workspace.fetched_trail.records_of_trail().recorded)


def allowed_signers(workspace: Workspace) -> str:
    """The SSH keys that ever counted, as git and ssh-keygen read them (ssh-keygen(1), ALLOWED SIGNERS): for
    signatures of commits only, each until it was taken away; none that was declared compromised.

    By dates, as these programs judge; `promoter verify` judges by the order of the history.
    """
    records = workspace.fetched_trail.records_of_trail().recorded
    compromised = {
        (each.entry.content.person, each.entry.content.key)
        for each in records
        if isinstance(each.entry.content, KeyCompromised) and each.why is None
    }
    publics = {
        (who.id, key.id): key.public
        for each in records
        if each.roster is not None or isinstance(each.entry.content, Genesis)
        for who in (each.roster or Roster()).people
        for key in who.keys
    }
    lines = []
    for each in tenures(records):
        public = publics.get((each.person.id, each.which), "")
        emails = [one for one in each.person.emails if not _PATTERNS.search(one)]
        disowned = (each.person.id, each.which) in compromised
        if each.given is Given.KEY and each.which.startswith("SHA256:") and emails and not disowned:
            lines.append(f"{','.join(emails)} {_options(each)} {' '.join(public.split()[:2])}\n")
    return "".join(lines)


def _options(tenure: Tenure) -> str:
    until = [datetime.fromisoformat(tenure.until.entry.at)] if tenure.until is not None else []
    ends = min((*until, *([tenure.person.valid_until] if tenure.person.valid_until else [])), default=None)
    begins = tenure.person.valid_from
    options = ['namespaces="git"']
    options += [f'valid-after="{_stamp(begins)}"'] if begins is not None else []
    options += [f'valid-before="{_stamp(ends)}"'] if ends is not None else []
    return ",".join(options)


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%d%H%M%SZ")


def _differences(before: Roster, after: Roster) -> Iterator[Message]:
    """What changes from one roster to another, person by person."""
    if before == after:
        return
    count = 0
    for each in _changes(before, after):
        count += 1
        yield each
    if not count:
        yield message("order-differs")


def _changes(before: Roster, after: Roster) -> Iterator[Message]:
    for gone in before.people:
        if after.person(gone.id) is None:
            yield message("person-leaves", person=gone.id, name=gone.name)
    for who in after.people:
        was = before.person(who.id)
        if was is None:
            code = "person-joins" if who.roles else "person-joins-bare"
            yield message(code, person=who.id, name=who.name, roles=who.roles)
            was = Person(
                who.id, who.name, (), who.roles, (), who.person_class, who.valid_from, who.valid_until
            )
        yield from _of_person(was, who)


def _of_person(was: Person, now: Person) -> Iterator[Message]:
    person = now.id
    if was.name != now.name:
        yield message("person-renamed", person=person, name=now.name)
    if was.person_class is not now.person_class:
        yield message("person-becomes", **{"person": person, "class": now.person_class.value})
    for given, had, has in (
        ("role", was.roles, now.roles),
        ("key", [key.id for key in was.keys], [key.id for key in now.keys]),
        ("email", was.emails, now.emails),
    ):
        yield from (message(f"{given}-taken", person=person, which=one) for one in had if one not in has)
        yield from (message(f"{given}-given", person=person, which=one) for one in has if one not in had)
    if was.valid_from != now.valid_from:
        yield _term("term-begins", "term-begins-always", person, now.valid_from)
    if was.valid_until != now.valid_until:
        yield _term("term-ends", "term-ends-never", person, now.valid_until)


def _term(code: str, without: str, person: str, at: datetime | None) -> Message:
    if at is None:
        return message(without, person=person)
    return message(code, person=person, at=at.astimezone(UTC).isoformat())
