"""Stopping the line: nothing goes into an environment, or nothing of a release, until it is lifted."""

from collections.abc import Sequence

from promoter.errors import UsageError
from promoter.messages import N_, phrase
from promoter.model.entry import EntryType, Held, Lifted, Recorded
from promoter.usecases.drafting import require_standing, write
from promoter.usecases.identity import identity
from promoter.usecases.opening import environment_named, release_named, required_reason
from promoter.usecases.workspace import Workspace


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
    held = release_named(workspace, release, commit) if release is not None else None
    require_standing(workspace, identity(workspace), person=True)
    return write(workspace, EntryType.HELD, Held(required_reason(reason), environment, held))


def lift(workspace: Workspace, reason: str, wanted: str | None = None) -> Recorded:
    """Lifts the hold whose entry id begins as `wanted` does, or the only one there is.

    Raises UsageError when it is not clear which, Refused, CannotAct.
    """
    standing = holds(workspace)
    matching = [each for each in standing if each.entry.id.startswith((wanted or "").upper())]
    if len(matching) != 1:
        raise _unclear(standing, wanted)
    require_standing(workspace, identity(workspace), person=True)
    refers_to = (matching[0].entry.id,)
    return write(workspace, EntryType.LIFTED, Lifted(required_reason(reason)), refers_to=refers_to)


def holds(workspace: Workspace) -> Sequence[Recorded]:
    """What stops the line now, oldest first."""
    return workspace.state.holds


def _unclear(standing: Sequence[Recorded], wanted: str | None) -> UsageError:
    if not standing:
        return UsageError(phrase(N_("nothing is held")))
    known = [each.entry.id for each in standing]
    return UsageError(
        phrase(N_("no hold begins with {id}"), id=wanted) if wanted else phrase(N_("several holds stand")),
        phrase(N_("name the one to lift: {names}"), names=known),
    )
