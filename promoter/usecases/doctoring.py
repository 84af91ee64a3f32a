"""The doctor: what stands in the way of the trail in this clone, and what of it was mended."""

from collections.abc import Sequence
from functools import partial

from promoter.errors import ExitCode, PromoterError
from promoter.frozen import frozen
from promoter.messages import Message, Phrase
from promoter.os_words import why_of
from promoter.trail import doctor
from promoter.trail.ailment import Ailment, Gravity, ailment
from promoter.trail.anchor import AnchorUnreadable
from promoter.trail.restoring import Restored
from promoter.usecases.settings import Settings
from promoter.usecases.workspace import DEFAULT_BRANCH, Workspace

_ROUNDS = 3
"""Mending one thing can bring the next to light: an empty object taken away is then a missing one."""


@frozen
class Health:
    """How a clone is: what is wrong now, what was mended, what could not be and why, and what was put
    back on the trail."""

    ailments: tuple[Ailment, ...]
    mended: tuple[Message, ...] = ()
    failed: tuple[tuple[Message, Phrase], ...] = ()
    restored: tuple[Restored, ...] = ()

    @property
    def exit_code(self) -> ExitCode:
        """6 while something stands in the way."""
        blocked = any(each.gravity is Gravity.BLOCKS for each in self.ailments)
        return ExitCode.COULD_NOT_TELL if blocked else ExitCode.YES


def examine(settings: Settings, *, fix: bool = False) -> Health:
    """Looks the clone around `-C` over; with `fix` mends what is safe to mend first.

    Also where git cannot open the repository. Raises UsageError when there is no such directory.
    """
    closed = doctor.before_opening(settings.directory) if settings.directory.is_dir() else ()
    if closed:
        return Health(tuple(closed))
    with Workspace.open(settings) as workspace:
        mended: list[Message] = []
        failed: list[tuple[Message, Phrase]] = []
        restored: list[Restored] = []
        found = _look(workspace)
        for _ in range(_ROUNDS if fix else 0):
            fixable = [each for each in found if each.mend is not None and each.message not in mended]
            if not fixable:
                break
            failed = []
            for each in fixable:
                _mend(each, mended, failed, restored)
            found = _look(workspace)
        done = tuple(each for each in mended if each not in [one.message for one in found])
        return Health(tuple(found), done, tuple(failed), tuple(restored))


def _look(workspace: Workspace) -> Sequence[Ailment]:
    found: list[Ailment] = []
    branch = DEFAULT_BRANCH
    try:
        branch = workspace.branch
        memory = workspace.memory
        elsewhere = memory.elsewhere() if memory is not None else None
        if elsewhere is not None:
            code = "trail-elsewhere" if elsewhere.changed is not None else "trail-elsewhere-uncommitted"
            found.append(ailment(Gravity.BLOCKS, code, None, **elsewhere.parameters))
    except AnchorUnreadable:
        pass
    except PromoterError:
        if workspace.has_pipeline:
            found.append(ailment(Gravity.NOTE, "pipeline-unreadable", branch=branch))
    return [*found, *doctor.examine(workspace.repository, branch, partial(_rostered, workspace))]


def _rostered(workspace: Workspace) -> bool:
    try:
        trail = workspace.trail
        return bool(trail.state.roster if trail.tip is not None else workspace.pipeline_unruled.roster)
    except PromoterError:
        return False


def _mend(
    each: Ailment,
    mended: list[Message],
    failed: list[tuple[Message, Phrase]],
    restored: list[Restored],
) -> None:
    if each.mend is None:
        return
    try:
        done = each.mend()
    except PromoterError as error:
        failed.append((each.message, error.wrong))
    except OSError as error:
        failed.append((each.message, why_of(error)))
    else:
        mended.append(each.message)
        if isinstance(done, Restored) and (done.tip or done.anew or (done.left and not restored)):
            restored.append(done)
