"""What changes in an environment between what runs there and what is proposed."""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import TypeVar

from promoter.errors import UsageError
from promoter.frozen import frozen
from promoter.messages import N_, phrase
from promoter.model.checklist import Checklist, Item
from promoter.model.environment import Environment
from promoter.model.reference import Value, Variable
from promoter.model.release import Release
from promoter.model.text import Text
from promoter.promotion import RunsIn
from promoter.trail.changes import Changes, changes_between
from promoter.usecases.deciding import promotion_of
from promoter.usecases.pinned import Rules, rules_of
from promoter.usecases.standing import chosen_promotion
from promoter.usecases.workspace import Workspace

_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]{1,500}@")
_Thing = TypeVar("_Thing")


class How(StrEnum):
    """What became of something: `reworded` of an item whose words changed, `changed` of anything else about it."""

    ADDED = "added"
    REMOVED = "removed"
    REWORDED = "reworded"
    CHANGED = "changed"


@frozen
class Differing:
    """Something that is not as it was: an item of the checklist with its title, a variable by its name alone, a
    URL with what it was and is."""

    name: str
    how: How
    title: Text = Text({})
    before: str = ""
    after: str = ""


@frozen
class Difference:
    """What changes in an environment. `runs` is what runs there, None where nothing is known to; `brought`
    and `gone` the commits it gets and loses, None where a release is unbound. Items, variables and URLs are
    compared with those pinned by the promotion `pinned_by`; None where what runs there was not promoted."""

    environment: Environment
    release: Release
    runs: RunsIn | None
    brought: Changes | None
    gone: Changes | None
    pinned_by: str | None
    items: tuple[Differing, ...]
    variables: tuple[Differing, ...]
    urls: tuple[Differing, ...]


def difference(
    workspace: Workspace,
    transition: str | None = None,
    *,
    promotion: str | None = None,
    release: str | None = None,
) -> Difference:
    """What an open promotion changes, or, as a look ahead, what one of `transition` would with the commit that
    `release` names (HEAD by default) and the checklists of the work tree.

    Raises UsageError when it is not clear which is meant, ProblemsFound, TrailUntrusted, CannotAct.
    """
    if transition is None:
        if release is not None:
            raise UsageError(
                phrase(N_("an open promotion has its release")),
                phrase(N_("'promoter diff TRANSITION --release REV' looks ahead")),
            )
        chosen = chosen_promotion(workspace, promotion)
        rules, proposed = rules_of(workspace, chosen), chosen.release
    elif promotion is not None:
        raise UsageError(phrase(N_("name a promotion or a transition, not both")))
    else:
        rules = Rules(workspace.pipeline, workspace.checklist(transition))
        proposed = Release(release or "HEAD", *workspace.repository.resolve(release or "HEAD"))
    into = rules.target
    runs = workspace.state.runs_in.get(into.name)
    brought, gone = _commits(workspace, proposed, runs)
    before = _pinned_by(workspace, runs)
    earlier = before[1] if before is not None else None
    return Difference(
        environment=into,
        release=proposed,
        runs=runs,
        brought=brought,
        gone=gone,
        pinned_by=before[0] if before is not None else None,
        items=tuple(items_between(earlier.checklist, rules.checklist)) if earlier else (),
        variables=tuple(variables_between(earlier.target, into)) if earlier else (),
        urls=tuple(urls_between(earlier.target.urls, into.urls)) if earlier else (),
    )


def _commits(
    workspace: Workspace, proposed: Release, runs: RunsIn | None
) -> tuple[Changes | None, Changes | None]:
    there = runs.release if runs is not None else None
    return commits_between(workspace, there, proposed)


def commits_between(
    workspace: Workspace, before: Release | None, after: Release
) -> tuple[Changes | None, Changes | None]:
    """The commits that a release has and the one before it has not, and the other way round; None where one of
    them is unbound. Without one before, everything that leads to it is new."""
    there = before.commit if before is not None else None
    if after.commit is None or (before is not None and there is None):
        return None, None
    brought = changes_between(workspace.repository, after.commit, there)
    gone = changes_between(workspace.repository, there, after.commit) if there else Changes()
    return brought, gone


def _pinned_by(workspace: Workspace, runs: RunsIn | None) -> tuple[str, Rules] | None:
    """The promotion that brought what runs there, also when it was rolled back to, and what it pinned."""
    if runs is None:
        return None
    reached = workspace.whole_state.reached.get(runs.environment, ())
    brought = [each for each in reached if each.release == runs.release and not each.adopted]
    subject = brought[-1].recorded.entry.subject if brought else None
    promotion = promotion_of(workspace, subject.promotion) if subject is not None else None
    return None if promotion is None else (promotion.id, rules_of(workspace, promotion))


def items_between(before: Checklist, after: Checklist) -> Iterator[Differing]:
    """The items that are not as they were."""
    old, new = ({each.id: each for each in one.items} for one in (before, after))
    for name, was, now in _beside(old, new):
        if was is None or now is None:
            one = was or now
            how = How.ADDED if was is None else How.REMOVED
            yield Differing(name, how, one.title if one else Text({}))
        elif _words(was) != _words(now):
            yield Differing(name, How.REWORDED, now.title)
        elif was.digest != now.digest:
            yield Differing(name, How.CHANGED, now.title)


def _words(item: Item) -> tuple[object, ...]:
    return (item.title, item.text, item.source, item.notes)


def variables_between(before: Environment, after: Environment) -> Iterator[Differing]:
    """The variables whose rules are not as they were, by their names."""
    old, new = ({each.name: each for each in one.variables.rules} for one in (before, after))
    for name, was, now in _beside(old, new):
        if was != now:
            yield Differing(name, _how(was, now))


def urls_between(before: Mapping[str, Value], after: Mapping[str, Value]) -> Iterator[Differing]:
    """The URLs that are not as they were."""
    for name, was, now in _beside(before, after):
        if was != now:
            yield Differing(name, _how(was, now), before=_shown(was), after=_shown(now))


def _beside(
    before: Mapping[str, _Thing], after: Mapping[str, _Thing]
) -> Iterator[tuple[str, _Thing | None, _Thing | None]]:
    for name in dict.fromkeys((*after, *before)):
        yield name, before.get(name), after.get(name)


def _how(was: object, now: object) -> How:
    return How.ADDED if was is None else How.REMOVED if now is None else How.CHANGED


def _shown(value: Value) -> str:
    """A URL without credentials, or the name of the variable that holds it; never a value kept elsewhere."""
    if isinstance(value, Variable):
        return f"{{variable: {value.name}}}"
    return _CREDENTIALS.sub("***@", value) if isinstance(value, str) else ""
