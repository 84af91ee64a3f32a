"""Taking over the shared trail, for whoever started one apart: what it would make this clone trust, what is
recorded again on it, and what is not.
"""

from dataclasses import replace

from promoter.errors import NotYet, UsageError
from promoter.frozen import frozen
from promoter.messages import N_, Phrase, phrase
from promoter.model.entry import Entry, EntryType, Opened, Recorded, Trust
from promoter.model.roster import Key, Roster
from promoter.trail.adopting import (
    Apart,
    Shared,
    copies_named_by,
    has_trail,
    ones_own,
    shared_trail,
    started_apart,
    take_over,
)
from promoter.trail.entry import entry_bytes
from promoter.trail.identity import GitIdentity, git_identity
from promoter.trail.sync import SyncReport, chosen_remote, line_to
from promoter.usecases.drafting import require_member
from promoter.usecases.identity import Identity, seen_by
from promoter.usecases.remembering import Elsewhere
from promoter.usecases.workspace import Workspace

_AGAIN = frozenset(
    {
        EntryType.ADOPTED,
        EntryType.OPENED,
        EntryType.AMENDED,
        EntryType.CHECKED,
        EntryType.SIGNED_OFF,
        EntryType.APPROVED,
        EntryType.REJECTED,
        EntryType.REVOKED,
        EntryType.COMMENTED,
        EntryType.WAIVED,
        EntryType.NOT_APPLICABLE,
        EntryType.HELD,
        EntryType.LIFTED,
        EntryType.FROZEN,
        EntryType.THAWED,
        EntryType.ABANDONED,
    }
)
"""What says the same on another trail. A decision was made on the trail it quotes, and is made again."""


@frozen
class Offer:
    """The shared trail, before it is agreed to: who began it and when, whom it would make this clone trust,
    which entries of one's own would be recorded again on it, and which stay behind, and why. `known` when
    this clone has that trail already; `elsewhere` when it knew the pipeline's trail on another branch."""

    shared: Shared
    genesis: Entry
    again: tuple[tuple[Entry, str], ...]
    left: tuple[tuple[Entry, Phrase], ...]
    known: bool = False
    elsewhere: Elsewhere | None = None

    @property
    def trail(self) -> str:
        """The id of the shared trail, which consent names."""
        return self.genesis.trail

    @property
    def roster(self) -> Roster:
        """Who counts on it now."""
        return self.shared.state.roster


@frozen
class Adoption:
    """What came of it: the offer that was taken, the entries recorded again, and the sync that shared them."""

    offer: Offer
    recorded: tuple[Recorded, ...]
    report: SyncReport


def offered(workspace: Workspace, remote: str | None = None, *, interactive: bool = False) -> Offer:
    """What adopting the trail of a remote would mean; nothing is changed.

    Raises UsageError when it has none, or one of another pipeline; TrailUntrusted, CannotAct.
    """
    repository, branch = workspace.repository, workspace.branch
    elsewhere = workspace.memory.elsewhere() if workspace.memory is not None else None
    name = chosen_remote(repository, branch, remote)
    shared = shared_trail(repository, branch, line_to(repository, name, interactive=interactive))
    genesis = shared.state.genesis if shared is not None else None
    if shared is None or genesis is None:
        raise UsageError(
            phrase(N_("{remote} has no trail to adopt"), remote=name),
            phrase(N_("'promoter sync' shares the one that is here"))
            if elsewhere is None
            else phrase(
                N_("to begin another trail on {branch} on purpose, take {known} out of {memory} first"),
                **elsewhere.parameters,
            ),
        )
    if workspace.has_pipeline and genesis.pipeline != workspace.pipeline_unruled.name:
        raise UsageError(
            phrase(N_("the trail on {remote} is of the pipeline {name}"), remote=name, name=genesis.pipeline),
            phrase(N_("each pipeline needs a branch of its own: trail: {{branch: …}} in pipeline.yaml")),
        )
    again: list[tuple[Entry, str]] = []
    left: list[tuple[Entry, Phrase]] = []
    git = git_identity(repository)
    who = seen_by(shared.state.roster, git)
    for apart in started_apart(repository, branch, shared):
        own = ones_own(repository, apart.recorded, _keys_of(git, shared.state.roster, who))
        _sort(apart, own, shared, who, again, left)
    known = elsewhere is None and has_trail(repository, branch, shared)
    return Offer(shared, genesis, tuple(again), tuple(left), known, elsewhere)


def adopt_shared(
    workspace: Workspace, offer: Offer, agreed: str | None, *, interactive: bool = False
) -> Adoption:
    """Takes the shared trail over, records again what is one's own, and shares it.

    `agreed` is the trail id that was consented to, for one this clone does not have. Raises NotYet without it, UsageError when it
    is another's, Refused when the shared roster would not count what is to be recorded again, CannotAct.
    """
    if agreed and agreed != offer.trail:
        raise UsageError(
            phrase(
                N_("the trail on {remote} is {trail}, and not {agreed}"),
                remote=offer.shared.remote,
                trail=offer.trail,
                agreed=agreed,
            ),
            phrase(N_("compare what 'promoter sync --adopt' shows with what a colleague sees")),
        )
    if agreed != offer.trail and not offer.known:
        raise NotYet(
            phrase(N_("adopting a trail means trusting its beginning and its roster")),
            phrase(
                N_("compare it with what a colleague sees, then: promoter sync --adopt {trail}"),
                trail=offer.trail,
            ),
        )
    repository = workspace.repository
    who = seen_by(offer.roster, git_identity(repository))
    if offer.again and offer.roster:
        require_member(offer.roster, who)
    take_over(repository, workspace.branch, offer.shared)
    if offer.elsewhere is not None and workspace.memory is not None:
        state, tip = offer.shared.state, repository.tip(workspace.branch)
        workspace.memory.agree(tip or offer.shared.tip, state.origin, state.founding)
    workspace.refresh()
    recorded = []
    for entry, tip in offer.again:
        copies = copies_named_by(repository, entry_bytes(entry).decode("utf-8"), tip)
        recorded.append(workspace.trail.append(_on_shared(entry, offer.shared, who), copies))
    report = workspace.trail.sync(offer.shared.remote, interactive=interactive)
    workspace.refresh()
    return Adoption(offer, tuple(recorded), report)


def _keys_of(git: GitIdentity, roster: Roster, who: Identity) -> tuple[Key, ...]:
    """The keys that show that whoever is at the keyboard signed something: git's, and those the roster gives them."""
    person = roster.person(who.actor.id) if who.on_roster else None
    at_hand = [Key(git.key_id, git.key_type or "", git.public_key)] if git.key_id and git.public_key else []
    return (*at_hand, *(person.keys if person is not None else ()))


def _sort(
    apart: Apart,
    own: frozenset[str],
    shared: Shared,
    who: Identity,
    again: list[tuple[Entry, str]],
    left: list[tuple[Entry, Phrase]],
) -> None:
    """Tells what can be recorded again from what stays behind."""
    there = set(shared.ids) | {entry.id for entry, _ in again}
    opened: set[str] = set()
    for recorded in apart.recorded:
        entry = recorded.entry
        if entry.id in shared.ids:
            opened.update(
                [entry.subject.promotion] if entry.subject and entry.type is EntryType.OPENED else ()
            )
            continue
        why = _why_not(recorded, own, who, opened, there)
        if why is not None:
            left.append((entry, why))
            continue
        again.append((entry, apart.tip))
        there.add(entry.id)
        if entry.type is EntryType.OPENED and entry.subject is not None:
            opened.add(entry.subject.promotion)


def _why_not(
    recorded: Recorded, own: frozenset[str], who: Identity, opened: set[str], there: set[str]
) -> Phrase | None:
    entry = recorded.entry
    if entry.type.of_trail and entry.type is not EntryType.ADOPTED:
        return phrase(N_("the shared trail has its own beginning and roster"))
    if entry.actor.email != who.actor.email:
        return phrase(N_("it is by {name}, who alone can sign it"), name=entry.actor.name)
    if recorded.trust is Trust.QUARANTINED:
        return phrase(N_("it does not count where it is: {why}"), why=recorded.why or "")
    if recorded.commit not in own:
        return phrase(
            N_(
                "nothing shows that you wrote it: it is not signed with a key of yours, nor was it recorded in this clone"
            )
        )
    if entry.type not in _AGAIN:
        return phrase(N_("it quotes the trail it was decided on: decide it again"))
    of_one_left = entry.type is not EntryType.OPENED and entry.subject is not None
    if of_one_left and entry.subject is not None and entry.subject.promotion not in opened:
        return phrase(N_("the promotion it is of stays behind"))
    if not set(entry.refers_to) <= there:
        return phrase(N_("it refers to an entry that stays behind"))
    return None


def _on_shared(entry: Entry, shared: Shared, who: Identity) -> Entry:
    """The entry for the shared trail: its id and words as they were, bound to that trail and its roster."""
    content = entry.content
    if isinstance(content, Opened):
        content = replace(content, roster=shared.state.roster_entry or "")
    trail = shared.state.genesis.trail if shared.state.genesis else ""
    return replace(entry, trail=trail, actor=who.actor, content=content)
