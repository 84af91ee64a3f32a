"""Stopping the line, and letting it go on: holds, which last until they are lifted, and freezes, which end."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from textwrap import shorten

from promoter.errors import Refused, UsageError
from promoter.gate.calendar import calendar
from promoter.gate.stopping import may_pass_declared
from promoter.messages import N_, Message, Template, message, phrase
from promoter.model.entry import EntryType, Frozen, Held, Lifted, Recorded, Thawed
from promoter.model.release import Release
from promoter.model.roster import ROSTER_ADMIN
from promoter.usecases.deciding import promotion_of
from promoter.usecases.drafting import require_standing, timestamp, write
from promoter.usecases.identity import identity
from promoter.usecases.moments import beginning_given, moment_given
from promoter.usecases.opening import environment_named, release_named, required_reason
from promoter.usecases.workspace import Workspace

PHRASES: Mapping[str, Template] = {
    "freeze-not-passed": N_("{environment} stays frozen all the same, which is not yours to pass: {freezes}"),
    "nothing-to-thaw": N_("nothing freezes {environment} until then"),
}
_SHOWN = 5
_REASON_SHOWN = 60


def hold(
    workspace: Workspace,
    reason: str,
    *,
    environment: str | None = None,
    release: str | None = None,
    commit: str | None = None,
) -> Recorded:
    """Holds an environment, a release, or a release on its way into an environment.

    Raises UsageError when neither is named or there is none of that name, Refused, CannotAct.
    """
    if environment is None and release is None:
        raise UsageError(
            phrase(N_("nothing is named that could be held")),
            phrase(N_("name an environment, or a release with --release NAME")),
        )
    if environment is not None:
        environment_named(workspace, environment)
    held = _known(workspace, release, commit) if release is not None else None
    require_standing(workspace, identity(workspace), person=True)
    return write(workspace, EntryType.HELD, Held(required_reason(reason), environment, held))


def _known(workspace: Workspace, name: str, commit: str | None) -> Release:
    """The release of that name that is on its way or runs somewhere, unless a commit is named; a tag's, where there is none.

    Raises UsageError when nothing says which commit is meant.
    """
    if commit is not None:
        return release_named(workspace, name, commit)
    state = workspace.state
    on_its_way = (promotion_of(workspace, each) for each in state.open_promotions)
    releases = [each.release for each in on_its_way if each is not None]
    releases += [each.release for each in state.runs_in.values()]
    meant = {each for each in releases if each.name == name}
    if len(meant) == 1:
        return meant.pop()
    found = release_named(workspace, name, None)
    if meant or found.commit == workspace.repository.commit_of("HEAD"):
        raise UsageError(
            phrase(N_("nothing says which commit {release} is"), release=name),
            phrase(N_("name it with --commit; 'promoter status' shows what is on its way and what runs")),
        )
    return found


def lift(workspace: Workspace, reason: str, wanted: str | None = None) -> Recorded:
    """Lifts the hold whose entry id begins as `wanted` does, or that is of an environment or a release of that name, or the
    only one there is.

    Raises UsageError when it is not clear which, Refused, CannotAct.
    """
    standing = holds(workspace)
    matching = [each for each in standing if _is_meant(each, wanted or "")]
    if len(matching) != 1:
        raise _unclear(standing, wanted)
    require_standing(workspace, identity(workspace), person=True)
    refers_to = (matching[0].entry.id,)
    return write(workspace, EntryType.LIFTED, Lifted(required_reason(reason)), refers_to=refers_to)


def holds(workspace: Workspace) -> Sequence[Recorded]:
    """What stops the line now, oldest first."""
    return [each for each in workspace.state.stops if isinstance(each.entry.content, Held)]


def freeze(
    workspace: Workspace, environment: str, reason: str, *, until: str, begins: str | None = None
) -> Recorded:
    """Freezes an environment from a moment (now by default) until another, as `moments` reads them.

    Raises UsageError for an unknown environment or a freeze that would be over, Refused, CannotAct.
    """
    environment_named(workspace, environment)
    now = workspace.now()
    starts = timestamp(workspace) if begins is None else _written(beginning_given(begins, now))
    ends = moment_given(until, now)
    if ends <= now or _written(ends) <= starts:
        raise UsageError(
            phrase(N_("a freeze ends later than now, and than it begins")),
            phrase(N_("give --until a later moment")),
        )
    require_standing(workspace, identity(workspace), person=True)
    content = Frozen(required_reason(reason), environment, starts, _written(ends))
    return write(workspace, EntryType.FROZEN, content)


def thaw(workspace: Workspace, environment: str, reason: str, *, until: str) -> Recorded:
    """Lets promotions pass the freezes of an environment until a moment, after which they hold again: the windows of its
    pipeline that a role of yours may pass, and what was declared with `freeze` by yourself or where you may.

    Raises UsageError for an unknown environment or a moment that is past, Refused when nothing there is
    yours to thaw, CannotAct.
    """
    into = environment_named(workspace, environment)
    now, ends = workspace.now(), moment_given(until, workspace.now())
    if ends <= now:
        raise UsageError(phrase(N_("a thaw ends later than now")), phrase(N_("give --until a later moment")))
    who = identity(workspace)
    require_standing(workspace, who, person=True)
    roster = workspace.state.roster
    ahead = [
        each
        for each in workspace.state.stops
        if isinstance(each.entry.content, Frozen)
        and each.entry.content.environment == environment
        and each.entry.content.until > _written(now)
    ]
    declared = tuple(
        each.entry.id
        for each in ahead
        if not roster or may_pass_declared(into, each.entry.actor.id, who.actor.id, who.roles)
    )
    roles = {role for window in into.freezes for role in window.passed_by}
    if not declared and not (roles & set(who.roles) if roster else roles):
        raise _not_yours(environment, roles | ({ROSTER_ADMIN} if ahead else set()), declared=bool(ahead))
    content = Thawed(required_reason(reason), environment, _written(ends))
    return write(workspace, EntryType.THAWED, content, refers_to=declared)


def not_thawed(workspace: Workspace, recorded: Recorded) -> Iterator[Message]:
    """Warnings of what goes on freezing an environment after somebody let promotions pass its freezes, or that nothing
    freezes it meanwhile."""
    content = recorded.entry.content
    if not isinstance(content, Thawed):
        return
    now, roster = workspace.now(), workspace.state.roster
    into = environment_named(workspace, content.environment)
    try:
        windows = calendar(into.freezes, now)
    except ValueError:
        return
    declared = [
        (each.entry.id, frozen)
        for each in workspace.state.stops
        if isinstance(frozen := each.entry.content, Frozen)
        and frozen.environment == content.environment
        and _written(now) < frozen.until
        and frozen.begins < content.until
    ]
    on = windows.frozen(now)
    kept = [
        each.id
        for each in on
        if not set(each.passed_by) & set(recorded.roles or () if roster else each.passed_by)
    ]
    kept += [
        frozen.reason
        for name, frozen in declared
        if frozen.begins <= _written(now) and name not in recorded.entry.refers_to
    ]
    begins = windows.freezes(now)
    if kept:
        yield message("freeze-not-passed", environment=content.environment, freezes=kept)
    elif not on and not declared and (begins is None or _written(begins) >= content.until):
        yield message("nothing-to-thaw", environment=content.environment)


def _not_yours(environment: str, roles: set[str], *, declared: bool) -> Refused:
    wrong = phrase(N_("no freeze of {environment} is yours to thaw"), environment=environment)
    if declared:
        return Refused(
            wrong, phrase(N_("whoever declared it may, and whoever is {roles:list}"), roles=sorted(roles))
        )
    if roles:
        return Refused(wrong, phrase(N_("whoever is {roles:list} may"), roles=sorted(roles)))
    return Refused(wrong, phrase(N_("its rules let nobody pass one: 'promoter explain' tells them")))


def _written(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _unclear(standing: Sequence[Recorded], wanted: str | None) -> UsageError:
    if not standing:
        return UsageError(phrase(N_("nothing is held")))
    named = [each for each in standing if _is_meant(each, wanted or "")] or standing
    known = [_told(each) for each in named[: -_SHOWN - 1 : -1]]
    more = N_("name the one to lift by the start of its id; the latest {most} of {count}: {names:list}")
    return UsageError(
        phrase(N_("no hold is called {id}"), id=wanted)
        if wanted and named is standing
        else phrase(N_("several holds stand")),
        phrase(N_("name the one to lift by the start of its id: {names:list}"), names=known)
        if len(named) <= _SHOWN
        else phrase(more, names=known, most=_SHOWN, count=len(named)),
    )


def _is_meant(held: Recorded, wanted: str) -> bool:
    """Whether a hold's id begins so, or it holds what is called so."""
    content = held.entry.content
    release = content.release.name if isinstance(content, Held) and content.release is not None else None
    place = content.environment if isinstance(content, Held) else None
    return wanted in (place, release) or held.entry.id.startswith(wanted.upper())


def _told(held: Recorded) -> str:
    """A hold in a line: its id, what it holds, and why."""
    content = held.entry.content
    if not isinstance(content, Held):
        return held.entry.id
    what = [content.environment, content.release.name if content.release is not None else None]
    reason = shorten(content.reason, _REASON_SHOWN, placeholder="…")
    return f"{held.entry.id} ({' '.join(each for each in what if each)}: {reason})"
