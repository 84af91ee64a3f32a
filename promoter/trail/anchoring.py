"""The trail against what is known of it from before: this clone's memory, or a tip that was written down elsewhere."""

from collections.abc import Callable, Iterator, Mapping

from promoter.frozen import frozen
from promoter.messages import N_, Template, message
from promoter.trail.anchor import Anchor
from promoter.trail.facts import Finding, Severity
from promoter.trail.state import State

PHRASES: Mapping[str, Template] = {
    "trail-deleted": N_("the trail's branch is gone: it was at {tip}"),
    "trail-rewound": N_("the trail ends before {tip}, which it had: its end was cut off"),
    "trail-rewritten": N_("the trail no longer has {tip}, which it had: its history was rewritten"),
    "anchor-not-there": N_(
        "the trail does not have {tip}: its history was rewritten, or that commit was never part of it"
    ),
    "trail-replaced": N_("the trail does not begin as it did when this clone first saw it"),
    "anchor-not-reached": N_(
        "whether the trail still has {tip} cannot be told: part of its history is missing"
    ),
}


@frozen
class Sight:
    """What is there now: the branch's tip, and whether the history is whole. `follows` says whether the
    second commit has the first in its history."""

    tip: str | None
    whole: bool
    follows: Callable[[str, str], bool]


def kept(expected: str, sight: Sight, *, given: bool = False) -> Iterator[Finding]:
    """What is wrong when the trail does not have a commit that it had before; `given` when that is only said."""
    said = {"tip": expected[:12]}
    if sight.tip is None:
        yield Finding(message("trail-deleted", **said), Severity.UNTRUSTED, expected)
    elif sight.tip == expected or sight.follows(expected, sight.tip):
        return
    elif not sight.whole:
        yield Finding(message("anchor-not-reached", **said), Severity.UNSURE, expected)
    elif sight.follows(sight.tip, expected):
        yield Finding(message("trail-rewound", **said), Severity.UNTRUSTED, expected)
    else:
        code = "anchor-not-there" if given else "trail-rewritten"
        yield Finding(message(code, **said), Severity.UNTRUSTED, expected)


def begun_alike(anchor: Anchor, state: State) -> Iterator[Finding]:
    """What is wrong when the trail has another genesis, or another first roster, than is remembered."""
    replaced = anchor.genesis is not None and anchor.genesis != state.origin
    founded = anchor.founding is not None and anchor.founding != state.founding
    if replaced or founded:
        commit = anchor.genesis if replaced else anchor.founding
        yield Finding(message("trail-replaced"), Severity.UNTRUSTED, commit)
