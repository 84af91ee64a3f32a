"""Whether a promotion is held to less than the one before it over the same transition, and by whose doing.

Whoever can push can change a checklist or an environment's policy. What was pinned before is on the trail: what
the rules lost since is told from there alone. Who took it away is in the history of the code.
"""

from collections.abc import Iterator, Mapping

from promoter.errors import CannotAct, PromoterError
from promoter.frozen import frozen
from promoter.gate import loosening
from promoter.messages import N_, Message, Template, message
from promoter.model.entry import EntryType, Opened, Pinned, Trust
from promoter.model.environment import Pipeline
from promoter.model.roster import Roster
from promoter.promotion import Promotion, fold
from promoter.trail.last_change import last_change_before
from promoter.usecases.pinned import Rules, pinned_rules
from promoter.usecases.provenance import provenance, said_of
from promoter.usecases.workspace import Workspace

PHRASES: Mapping[str, Template] = {
    **loosening.PHRASES,
    "transition-gone": N_("the transition {transition} is gone"),
    "environment-gone": N_("the environment {environment} is gone"),
    "transition-new": N_("the transition {transition} is new"),
    "environment-new": N_("the environment {environment} is new"),
    "ca-otherwise": N_("{environment} is believed on the word of other CA certificates"),
    "names-gone": N_("{path} has lost what promotion {earlier} knew: {rules}"),
}

_LOOKED_AT = 50
"""Promotions back, in search of those that a promotion is to be compared with."""

_NEAREST = 6
"""How near a promotion over the same transition into the same environment is."""


@frozen
class _Earlier:
    """A promotion opened before, what it pinned and where to, and whether it was given up."""

    id: str
    pinned: Opened
    into: str
    given_up: bool


@frozen
class Compared:
    """The rules of a promotion beside those of the one before: what is `looser`, what else is `otherwise`, and
    where the files that differ come from. Each is empty where nothing differs, or there is none before."""

    looser: tuple[Message, ...] = ()
    otherwise: tuple[Message, ...] = ()
    origins: tuple[Message, ...] = ()


NOTHING_LOOSER = Compared()
"""Of a promotion that is held to what the one before was."""


def compared(workspace: Workspace, promotion: Promotion, rules: Rules, roster: Roster) -> Compared:
    """What a promotion pinned, beside what those before it did that are nearest: over its transition into its
    environment; else into its environment, or over its transition; else where that may have gone by another name.

    `roster` is that whose members' signatures stand behind a change of the rules.
    """
    looser = [*_amended(workspace, promotion, rules)]
    otherwise: list[Message] = []
    differing: dict[str, Pinned] = {}
    for near, earlier in _nearest(workspace, promotion, rules):
        differing |= {each.path: each for each in _differing(promotion.pinned, earlier)}
        try:
            before = pinned_rules(workspace, earlier.pinned)
            target = before.target
        except (PromoterError, KeyError):
            continue
        lost = [*_gone(before.pipeline, rules.pipeline)]
        other = [*_new(before.pipeline, rules)]
        if near:
            lost = [*loosening.looser((before.checklist, target), (rules.checklist, rules.target)), *lost]
            other = [*loosening.otherwise(before.checklist, rules.checklist), *other]
            if _other_ca(promotion.pinned, earlier.pinned):
                lost.append(message("ca-otherwise", environment=rules.target.name))
        if lost:
            looser.append(message("rules-looser", earlier=earlier.id, rules=lost))
        if other:
            otherwise.append(message("rules-otherwise", earlier=earlier.id, rules=other))
    origins = [_origin(workspace, each, roster) for each in differing.values()]
    if not looser and not otherwise:
        origins = [each for each in origins if roster and each.code != "last-changed-by-member"]
    return Compared(tuple(looser), tuple(otherwise), tuple(origins))


def names_gone(workspace: Workspace) -> tuple[Message, ...]:
    """The transitions and environments that the last promotion knew and the work tree's pipeline does not, and who
    changed that; nothing where either cannot be read."""
    try:
        last = next(_opened_before(workspace), None)
        if last is None or not workspace.has_pipeline:
            return ()
        now, before = workspace.pipeline_unruled, pinned_rules(workspace, last.pinned).pipeline
    except PromoterError:
        return ()
    gone = [*_gone(before, now)]
    if not gone:
        return ()
    path = workspace.relative(workspace.pipeline_path)
    told = message("names-gone", path=path, earlier=last.id, rules=gone)
    return told, provenance(workspace, path, workspace.state.roster)


def _gone(before: Pipeline, now: Pipeline) -> Iterator[Message]:
    names = {each.name for each in now.environments}
    for each in before.transitions:
        if each not in now.transitions:
            yield message("transition-gone", transition=each)
    for environment in before.environments:
        if environment.name not in names:
            yield message("environment-gone", environment=environment.name)


def _new(before: Pipeline, rules: Rules) -> Iterator[Message]:
    if rules.checklist.id not in before.transitions:
        yield message("transition-new", transition=rules.checklist.id)
    if rules.target.name not in {each.name for each in before.environments}:
        yield message("environment-new", environment=rules.target.name)


def _differing(pinned: Opened, earlier: _Earlier) -> Iterator[Pinned]:
    """The files pinned otherwise than before. A checklist of another transition, known to the same pipeline, is
    another one and not changed."""
    was = earlier.pinned
    if pinned.pipeline.digest != was.pipeline.digest:
        yield pinned.pipeline
    elif pinned.transition != was.transition:
        return
    if pinned.checklist.digest != was.checklist.digest:
        yield pinned.checklist
    if pinned.ca_file is not None and _other_ca(pinned, was):
        yield pinned.ca_file


def _other_ca(pinned: Opened, was: Opened) -> bool:
    """Whether the certificates are others than those before them, under the same name or not."""
    now, then = pinned.ca_file, was.ca_file
    return now is not None and then is not None and now.digest != then.digest


def _amended(workspace: Workspace, promotion: Promotion, rules: Rules) -> tuple[Message, ...]:
    """What its own amendments took away since a promotion was opened."""
    changed = [each for each in promotion.amendments if each.rules and each.content.rules is not None]
    if not changed:
        return ()
    try:
        was = pinned_rules(workspace, changed[0].before.pinned)
    except (PromoterError, KeyError):
        return ()
    looser = loosening.looser((was.checklist, was.target), (rules.checklist, rules.target))
    return (message("amended-looser", rules=looser),) if looser else ()


def _nearest(workspace: Workspace, promotion: Promotion, rules: Rules) -> tuple[tuple[int, _Earlier], ...]:
    """The promotions before to compare with, and how near they are: the nearest, the newest of those equally near, and one that was given up
    only where none that was not is as near. Where none is near at all, the newest: what it knew may be gone."""
    newest: _Earlier | None = None
    kept: tuple[int, _Earlier] | None = None
    given_up: tuple[int, _Earlier] | None = None
    for each in _opened_before(workspace, promotion):
        newest = newest or each
        near = _closeness(workspace, promotion, rules, each)
        if each.given_up:
            given_up = (near, each) if near > (given_up[0] if given_up else 0) else given_up
        elif near > (kept[0] if kept else 0):
            kept = (near, each)
            if near == _NEAREST:
                break
    if given_up is not None and kept is not None and given_up[0] <= kept[0]:
        given_up = None
    found = tuple(each for each in (kept, given_up) if each is not None)
    return found or (((0, newest),) if newest else ())


def _closeness(workspace: Workspace, promotion: Promotion, rules: Rules, earlier: _Earlier) -> int:
    """How near an earlier promotion is. By the same names; else, where its pipeline did not know the environment, by
    an environment that is gone or had the same place in the order. 0 where it is not near at all."""
    same_into = earlier.into == promotion.to_environment
    same_transition = earlier.pinned.transition == promotion.transition
    if same_into or same_transition:
        return 3 + 2 * same_into + same_transition
    try:
        before = pinned_rules(workspace, earlier.pinned).pipeline
    except PromoterError:
        return 0
    names = [each.name for each in rules.pipeline.environments]
    names_then = [each.name for each in before.environments]
    if promotion.to_environment in names_then or earlier.into not in names_then:
        return 0
    same_place = names_then.index(earlier.into) == names.index(promotion.to_environment)
    return 2 * (earlier.into not in names) + same_place


def _opened_before(workspace: Workspace, promotion: Promotion | None = None) -> Iterator[_Earlier]:
    """The promotions opened before one, or all, from the newest back."""
    known = workspace.state.promotions
    at = len(known) if promotion is None else known.index(promotion.id) if promotion.id in known else 0
    for each in reversed(known[max(0, at - _LOOKED_AT) : at]):
        recorded = workspace.records_of(each).recorded
        counted = [one.entry for one in recorded if one.trust is not Trust.QUARANTINED]
        opened = next((one for one in counted if isinstance(one.content, Opened)), None)
        if opened is not None and isinstance(opened.content, Opened) and opened.subject is not None:
            folded = fold(recorded, admins=workspace.state.admins)
            yield _Earlier(
                each,
                folded.pinned if folded else opened.content,
                opened.subject.to_environment,
                any(one.type is EntryType.ABANDONED for one in counted),
            )


def _origin(workspace: Workspace, pinned: Pinned, roster: Roster) -> Message:
    if pinned.source_commit is None:
        return message("changed-uncommitted", path=pinned.path)
    try:
        found = last_change_before(workspace.repository, pinned.source_commit, pinned.path, roster)
    except CannotAct:
        found = None
    return message("changed-untold", path=pinned.path) if found is None else said_of(pinned.path, found)
