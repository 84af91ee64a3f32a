"""What an amendment takes away of what was said and observed: shown before it is recorded."""

from collections.abc import Iterable, Iterator, Mapping

from promoter.frozen import frozen
from promoter.gate import Decision, ExemptionStanding, SignOffStanding, Validity
from promoter.messages import N_, Message, Template, message
from promoter.model.entry import Held
from promoter.model.release import Release
from promoter.usecases.workspace import Workspace

PHRASES: Mapping[str, Template] = {
    "hold-left-behind": N_(
        "{by} stopped {was} ({reason}), which does not stop {now}: promoter hold --release {now} would"
    ),
}


@frozen
class Outdated:
    """A sign-off, approval or exemption (of whom) or a check's outcome (of which) that the amendment makes stale: why it counts
    no longer. An approval is of no item."""

    item: str
    name: str
    why: Message | None


def still_counting(decision: Decision) -> Iterator[tuple[str, str]]:
    """What people said and that counts: of which item (`""`: of the whole), by whom."""
    for item in decision.items:
        given: tuple[SignOffStanding | ExemptionStanding, ...] = (*item.sign_offs, *item.exemptions)
        yield from ((item.item.id, each.voice.recorded.entry.actor.name) for each in given if each.counts)
    approvals = decision.approvals.given
    yield from (("", each.voice.recorded.entry.actor.name) for each in approvals if each.counts)


def going_stale(was: Decision, will: Decision) -> Iterator[Outdated]:
    """Everything that people said and that counted, and every outcome that was current, and is not any more."""
    for item in was.items:
        after = will.item(item.item.id)
        yield from _lost(item.item.id, item.sign_offs, after.sign_offs if after else ())
        yield from _lost(item.item.id, item.exemptions, after.exemptions if after else ())
        checks = {each.spec.id: each for each in after.checks} if after else {}
        for check in item.checks:
            now = checks.get(check.spec.id)
            if check.validity is Validity.CURRENT and (now is None or now.validity is not Validity.CURRENT):
                yield Outdated(item.item.id, check.spec.id, now.why if now else None)
    yield from _lost("", was.approvals.given, will.approvals.given)


def ending(was: Decision, will: Decision) -> Iterator[Message]:
    """That the glass somebody broke would open nothing any more."""
    yield from (each for each in will.warnings if each.code == "glass-ended" and each not in was.warnings)


def left_behind(workspace: Workspace, was: Release, release: Release) -> Iterator[Message]:
    """The holds of the release as it is, which would not hold the one it is moved to."""
    for each in workspace.state.stops:
        content = each.entry.content
        held = content.release if isinstance(content, Held) else None
        if not isinstance(content, Held) or held is None or held.is_same_as(release):
            continue
        if held.is_same_as(was):
            by, reason = each.entry.actor.name, content.reason
            yield message("hold-left-behind", by=by, reason=reason, was=held.name, now=release.name)


def _lost(
    item: str,
    was: Iterable[SignOffStanding | ExemptionStanding],
    will: Iterable[SignOffStanding | ExemptionStanding],
) -> Iterator[Outdated]:
    kept = {each.voice.recorded.commit: each for each in will}
    for each in was:
        then = kept.get(each.voice.recorded.commit)
        if each.counts and (then is None or not then.counts):
            yield Outdated(item, each.voice.recorded.entry.actor.name, then.why if then else None)
