"""Entries made ready for the trail: who, when, for which promotion."""

import secrets
from collections.abc import Mapping

from promoter.errors import CannotAct, Refused
from promoter.messages import N_, phrase
from promoter.model.checklist import Item
from promoter.model.entry import (
    Content,
    Entry,
    EntryType,
    Genesis,
    ItemBinding,
    Recorded,
    SignatureVerdict,
    Subject,
    Trust,
)
from promoter.model.roster import PersonClass, Roster
from promoter.promotion import Promotion
from promoter.trail.ulid import new_ulid
from promoter.usecases.identity import Identity, how_to_sign, identity
from promoter.usecases.own_trail import require_own_trail
from promoter.usecases.sharing import share_if_wanted
from promoter.usecases.workspace import Workspace

FORMAT = 1


def write(
    workspace: Workspace,
    kind: EntryType,
    content: Content,
    *,
    promotion: Promotion | None = None,
    item: Item | None = None,
    refers_to: tuple[str, ...] = (),
    blobs: Mapping[str, bytes] | None = None,
    subject: Subject | None = None,
) -> Recorded:
    """Writes one entry as the user, starting the trail first when there is none.

    Raises Refused when it could not count (not on the roster, not signed), CannotAct.
    """
    ensure_genesis(workspace)
    require_own_trail(workspace)
    who = identity(workspace)
    require_standing(workspace, who, person=kind is not EntryType.CHECKED)
    entry = Entry(
        id=new_ulid(workspace.now()),
        trail=workspace.state.trail or "",
        pipeline=workspace.pipeline_unruled.name,
        type=kind,
        actor=who.actor,
        at=timestamp(workspace),
        content=content,
        refers_to=refers_to,
        subject=subject or (subject_of(promotion) if promotion else None),
        item=ItemBinding(item.id, item.digest) if item else None,
    )
    if not workspace.pipeline_unruled.notify:
        return _append(workspace, entry, blobs)
    from promoter.usecases.notifying import seats_waiting, tell

    before = seats_waiting(workspace, promotion.id if promotion else None)
    recorded = _append(workspace, entry, blobs)
    tell(workspace, recorded, before)
    return recorded


def would_be(
    workspace: Workspace, kind: EntryType, content: Content, promotion: Promotion, item: Item | None = None
) -> Recorded:
    """An entry as it would be judged, were the user to write it now."""
    who, roster = identity(workspace), workspace.state.roster
    entry = Entry(
        id="",
        trail=workspace.state.trail or "",
        pipeline=workspace.pipeline_unruled.name,
        type=kind,
        actor=who.actor,
        at=timestamp(workspace),
        content=content,
        subject=subject_of(promotion),
        item=ItemBinding(item.id, item.digest) if item else None,
    )
    return Recorded(
        entry,
        commit="",
        path="",
        signature=SignatureVerdict.GOOD if who.signing else SignatureVerdict.UNSIGNED,
        trust=Trust.COUNTED if roster else Trust.CLAIMED,
        roles=who.roles if roster else None,
    )


def _append(workspace: Workspace, entry: Entry, blobs: Mapping[str, bytes] | None) -> Recorded:
    recorded = workspace.trail.append(entry, blobs or {})
    workspace.refresh()
    share_if_wanted(workspace)
    return recorded


def ensure_genesis(workspace: Workspace, *, demo: bool = False) -> None:
    """Starts the trail with the pipeline's roster when it does not exist yet."""
    if workspace.state.trail is not None:
        return
    roster = workspace.pipeline_unruled.roster
    who = identity(workspace)
    if roster:
        require_member(roster, who)
    entry = Entry(
        id=new_ulid(workspace.now()),
        trail=secrets.token_hex(16),
        pipeline=workspace.pipeline_unruled.name,
        type=EntryType.GENESIS,
        actor=who.actor,
        at=timestamp(workspace),
        content=Genesis(format=FORMAT, roster=roster, demo=demo),
    )
    workspace.trail.append(entry, {})
    workspace.refresh()


def subject_of(promotion: Promotion) -> Subject:
    """What every entry of a promotion binds to."""
    return Subject(
        promotion=promotion.id,
        from_environment=promotion.from_environment,
        to_environment=promotion.to_environment,
        release=promotion.release,
        checklist_digest=promotion.checklist_digest,
    )


def timestamp(workspace: Workspace) -> str:
    """Now, as entries write it."""
    return workspace.now().strftime("%Y-%m-%dT%H:%M:%SZ")


def require_standing(workspace: Workspace, who: Identity, *, person: bool = False) -> None:
    """Refuses to write what the roster in force would not count; with `person`, what a machine writes."""
    if workspace.state.roster:
        require_member(workspace.state.roster, who)
    if person and who.actor.person_class is PersonClass.MACHINE:
        raise Refused(
            phrase(N_("{name} is a machine: it records outcomes, and people decide"), name=who.actor.name)
        )


def require_member(roster: Roster, who: Identity) -> None:
    """Refuses someone whose entries the roster would not count, saying what is missing."""
    if who.signing and who.key_description is None:
        raise CannotAct(
            phrase(N_("git would sign with a key that cannot be read")),
            phrase(N_("see what 'git config user.signingkey' names")),
        )
    if not who.on_roster or roster.person(who.actor.id) is None:
        raise Refused(
            phrase(
                N_("{name} <{email}> is not on the roster with the signing key in use"),
                name=who.actor.name,
                email=who.actor.email,
            ),
            phrase(
                N_(
                    "use the e-mail and key that the roster has for you ('promoter roster show'), or ask a roster-admin"
                )
            ),
        )
    if not who.signing:
        raise CannotAct(
            phrase(N_("git has no signing key here, and unsigned entries do not count with a roster")),
            how_to_sign(),
        )
