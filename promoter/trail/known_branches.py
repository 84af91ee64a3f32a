"""Which branch a clone knows a pipeline's trail on. Pure.

Whoever can push can have pipeline.yaml name another branch, with a trail and a roster of their own making.
The memory is therefore of the clone: another name is another trail, until somebody agrees to it here.
"""

from collections.abc import Mapping
from dataclasses import replace

from promoter.frozen import frozen
from promoter.trail.anchor import Anchor


@frozen
class NamedBy:
    """The pipeline that names a trail's branch: its file, as it is called in the work tree, and its name.
    `chosen` when somebody asked for this pipeline, rather than for whichever there is."""

    path: str
    pipeline: str
    chosen: bool = False


def is_seen(anchor: Anchor, tip: str, named_by: NamedBy | None) -> bool:
    """Whether nothing is left to remember of a branch that is at this tip."""
    return anchor.tip == tip and (named_by is None or anchor.path is not None)


def noted(seen: Anchor, named_by: NamedBy | None, before: Anchor | None) -> Anchor:
    """What was seen, with the pipeline that names the branch, or else with the one noted before."""
    if named_by is not None:
        return replace(seen, path=named_by.path, pipeline=named_by.pipeline)
    return seen if before is None else replace(seen, path=before.path, pipeline=before.pipeline)


def left_behind(
    known: Mapping[str, Anchor], branch: str, named_by: NamedBy, others: Mapping[str, str]
) -> str | None:
    """The branch that this clone knew the pipeline's trail on, where `branch` is another one; None where
    nothing was put in its place.

    `others` is the branch that each other pipeline of the work tree names, by its file. A trail that one of
    them still names as it did is not this pipeline's; a pipeline that is new here has one of its own only
    when it was asked for by name, so that none comes in the place of one that was there.
    """
    own = known.get(branch)
    is_known = own is not None and (
        own.path in (None, named_by.path) or own.pipeline in (None, named_by.pipeline)
    )
    rest = {name: anchor for name, anchor in known.items() if name != branch}
    for name, anchor in rest.items():
        if anchor.path == named_by.path:
            return name
    gone = [name for name, anchor in rest.items() if not _still_named(name, anchor, others)]
    for name in gone:
        if rest[name].pipeline == named_by.pipeline or not is_known:
            return name
    if rest and not is_known and not named_by.chosen:
        return next(iter(rest))
    return None


def _still_named(branch: str, anchor: Anchor, others: Mapping[str, str]) -> bool:
    if anchor.path is None:
        return branch in others.values()
    return others.get(anchor.path) == branch
