"""The keys people sign with: adding one, retiring one, and declaring one compromised."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from promoter.checklist.keys import gpg_key, ssh_key, x509_key
from promoter.errors import CannotAct, PromoterError, Refused, UsageError
from promoter.frozen import frozen
from promoter.messages import N_, phrase
from promoter.model.entry import EntryType, KeyCompromised, KeyRetired, Recorded, RosterChanged
from promoter.model.roster import ROSTER_ADMIN, Key, Person, Roster
from promoter.os_words import why_of
from promoter.promotion.belonging import counts
from promoter.promotion.tenures import rosters
from promoter.usecases.answers import LONGEST_COMMENT
from promoter.usecases.drafting import require_standing, write
from promoter.usecases.identity import Identity, identity
from promoter.usecases.pipeline_text import with_key
from promoter.usecases.rosters import has_admin
from promoter.usecases.workspace import Workspace

_LARGEST_KEY_FILE = 1 << 16
_SHORTEST_PREFIX = 6
_LAST_SHOWN = 5


@frozen
class KeyAdded:
    """A key that was added: the entry, and the pipeline's file where that was changed too; without it, the
    line to add there by hand."""

    recorded: Recorded
    key: Key
    person: str
    pipeline: Path | None


@frozen
class KeyTaken:
    """A key that is its person's no more: the entry, whether they have another, and what counts no longer."""

    recorded: Recorded
    key: str
    person: str
    others: int
    disowned: tuple[Recorded, ...] = ()


def key_add(workspace: Workspace, source: str, person: str | None = None) -> KeyAdded:
    """Adds a public key of yours to the roster, signed with one you have there; a roster-admin may add one
    for someone else. The pipeline's file gets it too, so that it goes on proposing what is in force.

    `source` is the file of the public key, or the key itself. Raises UsageError, Refused, CannotAct.
    """
    roster = _roster(workspace)
    key = _key_from(source)
    who = identity(workspace)
    target = roster.person(person or who.actor.id)
    if person is not None and target is None:
        raise _unknown_person(person, roster)
    if workspace.trail.state.is_retired(key.id):
        raise Refused(
            phrase(N_("{key} was retired or compromised, and stays out"), key=key.id),
            phrase(N_("make a new one: {how}"), how=phrase(_NEW_KEY)),
        )
    if who.actor.key == key.id:
        raise Refused(
            phrase(N_("git is set up to sign with the new key, which the roster does not have yet")),
            phrase(N_("sign with the one it has: git config user.signingkey, then run this again")),
        )
    require_standing(workspace, who, person=True)
    trail = workspace.trail.state
    admin = ROSTER_ADMIN in who.roles
    if target is None or (target.id != who.actor.id and not admin):
        raise Refused(phrase(N_("only a roster-admin adds keys for someone else")))
    if trail.conflicts and not admin:
        raise Refused(
            phrase(N_("changes of the roster disagree: a roster-admin must apply it again first")),
            phrase(N_("'promoter roster show' says about whom")),
        )
    holder = roster.owner_of(key.id)
    if holder is not None:
        raise Refused(
            phrase(N_("{key} is on the roster already, as a key of {name}"), key=key.id, name=holder.name)
        )
    added = replace(target, keys=(*target.keys, key))
    people = tuple(added if each is target else each for each in roster.people)
    recorded = write(workspace, EntryType.ROSTER, RosterChanged(Roster(people)))
    return KeyAdded(recorded, key, target.id, _proposed(workspace, target.id, key))


def key_retire(workspace: Workspace, wanted: str, reason: str = "") -> KeyTaken:
    """Retires a key of yours, or as a roster-admin anyone's: what it signed before goes on counting.

    `wanted` is its id, the start of it, or its public file. Raises UsageError, Refused, CannotAct.
    """
    roster = _roster(workspace)
    who = identity(workspace)
    found = _find(roster, wanted)
    if found is None:
        raise _unknown_key(wanted)
    owner, key = found
    _require_say(workspace, who, owner)
    now = workspace.now()
    if has_admin(roster, now) and not has_admin(roster.without_keys({(owner.id, key)}), now):
        raise Refused(
            phrase(
                N_("{key} is the last key of the last roster-admin: nobody could change the roster any more"),
                key=key,
            ),
            phrase(N_("add another first with 'promoter key add', or make somebody else a roster-admin")),
        )
    recorded = write(workspace, EntryType.KEY_RETIRED, KeyRetired(owner.id, key, _reason(reason)))
    return KeyTaken(recorded, key, owner.id, len(owner.keys) - 1)


def key_compromised(workspace: Workspace, wanted: str, since: str | None, reason: str) -> KeyTaken:
    """Declares that a key was in other hands: what it signed up to the entry `since` is believed, nothing
    later is, and it is its person's no more.

    `since` is an entry's id or commit, or the start of one. Raises UsageError, which lists what the key
    signed last where `since` is missing; Refused, CannotAct.
    """
    roster = _roster(workspace)
    who = identity(workspace)
    records = workspace.trail.all_records().recorded
    past = [roster, *reversed(rosters(records))]
    found = next((found for each in past if (found := _find(each, wanted)) is not None), None)
    if found is None:
        raise _unknown_key(wanted)
    owner, key = found
    _require_say(workspace, who, owner)
    if not reason.strip():
        raise UsageError(
            phrase(N_("say why: a reason stays on the trail")), phrase(N_("add -m 'what happened'"))
        )
    last = _believed(records, key, since)
    content = KeyCompromised(owner.id, key, last.commit, _reason(reason))
    recorded = write(workspace, EntryType.KEY_COMPROMISED, content, refers_to=(last.entry.id,))
    disowned = (
        each for each in workspace.trail.all_records().recorded if each.disowned_by == recorded.entry.id
    )
    here = roster.person(owner.id)
    others = sum(each.id != key for each in here.keys) if here is not None else 0
    return KeyTaken(recorded, key, owner.id, others, tuple(disowned))


_NEW_KEY = N_("ssh-keygen -t ed25519 -f ~/.ssh/promoter")


def _believed(records: Sequence[Recorded], key: str, since: str | None) -> Recorded:
    counting = [each for each in records if counts(each)]
    signed = [each for each in counting if each.key == key][-_LAST_SHOWN:]
    listed = [f"{each.entry.id} ({each.entry.at}, {each.entry.type})" for each in reversed(signed)]
    if since is None:
        raise UsageError(
            phrase(N_("name the last entry that can be believed")),
            phrase(N_("with --since ENTRY; what this key signed last: {entries}"), entries=listed),
        )
    found = [each for each in counting if since in (each.entry.id, each.commit)] or [
        each
        for each in counting
        if len(since) >= _SHORTEST_PREFIX
        and (each.entry.id.startswith(since) or each.commit.startswith(since))
    ]
    if len(found) != 1:
        raise UsageError(
            phrase(N_("{entry} is not one entry of the trail"), entry=since),
            phrase(
                N_("'promoter log --json' has their ids; what this key signed last: {entries}"),
                entries=listed,
            ),
        )
    return found[0]


def _roster(workspace: Workspace) -> Roster:
    roster = workspace.state.roster
    if not roster:
        raise Refused(
            phrase(N_("there is no roster in force: sign-offs are claimed, whatever keys there are")),
            phrase(N_("'promoter init --me' proposes one, 'promoter roster apply' writes it")),
        )
    return roster


def _require_say(workspace: Workspace, who: Identity, owner: Person) -> None:
    require_standing(workspace, who, person=True)
    if owner.id != who.actor.id and ROSTER_ADMIN not in who.roles:
        raise Refused(
            phrase(N_("{name} or a roster-admin may say this of their key"), name=owner.name),
            phrase(N_("'promoter roster show' lists who they are")),
        )


def _find(roster: Roster, wanted: str) -> tuple[Person, str] | None:
    """Whose key it is, and its id; None where none or several could be meant."""
    with suppress(PromoterError):
        wanted = _key_from(wanted).id
    exact = [(who, key.id) for who in roster.people for key in who.keys if key.id == wanted]
    started = [
        (who, key.id)
        for who in roster.people
        for key in who.keys
        if len(wanted) >= _SHORTEST_PREFIX
        and key.id.removeprefix("SHA256:").startswith(wanted.removeprefix("SHA256:"))
    ]
    found = exact or started
    return found[0] if len(found) == 1 else None


def _key_from(source: str) -> Key:
    content = source
    path = Path(source).expanduser()
    try:
        if path.is_file():
            with path.open("rb") as stream:
                content = stream.read(_LARGEST_KEY_FILE).decode("utf-8", "replace")
    except OSError as error:
        raise CannotAct(phrase(N_("{path} cannot be read: {why}"), path=source, why=why_of(error))) from error
    if "PRIVATE KEY" in content:
        raise UsageError(
            phrase(N_("{path} holds a private key"), path=source),
            phrase(N_("give the public one, which ends in .pub")),
        )
    armoured, certificate = "-----BEGIN PGP PUBLIC" in content, "-----BEGIN CERTIFICATE" in content
    try:
        return gpg_key(content) if armoured else x509_key(content) if certificate else ssh_key(content)
    except ValueError:
        raise UsageError(
            phrase(N_("{source} is no public key that can sign"), source=source),
            phrase(
                N_(
                    "give the file of an SSH key, such as ~/.ssh/id_ed25519.pub, or what gpg or gpgsm --armor --export prints"
                )
            ),
        ) from None


def _proposed(workspace: Workspace, person: str, key: Key) -> Path | None:
    """The pipeline's file where the key now stands in it too."""
    if any(each.id == key.id for who in workspace.pipeline.roster.people for each in who.keys):
        return workspace.pipeline_path
    changed = with_key(workspace.pipeline_bytes, person, key)
    if changed is None:
        return None
    try:
        workspace.pipeline_path.write_bytes(changed)
    except OSError:
        return None
    return workspace.pipeline_path


def _reason(reason: str) -> str:
    if len(reason) > LONGEST_COMMENT:
        raise UsageError(
            phrase(N_("a text of more than {most} characters does not fit an entry"), most=LONGEST_COMMENT)
        )
    return reason.strip()


def _unknown_key(wanted: str) -> UsageError:
    return UsageError(
        phrase(N_("{key} is not one key of the roster"), key=wanted),
        phrase(N_("'promoter roster show' lists them; give enough of the id, or the public key's file")),
    )


def _unknown_person(person: str, roster: Roster) -> UsageError:
    return UsageError(
        phrase(N_("there is nobody called {person} on the roster"), person=person),
        phrase(N_("the ones there are: {names}"), names=[each.id for each in roster.people]),
    )
