"""What is to be done before a gate opens: steps, who may take them, and the earliest moment it could open."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum

from promoter.frozen import frozen
from promoter.gate.decision import Decision
from promoter.messages import N_, Message, Template

PHRASES: Mapping[str, Template] = {
    "step-run": N_("run the checks of {item}"),
    "step-mend": N_("put {item} right, then run its checks"),
    "step-sign": N_("sign {item} off"),
    "step-approve": N_("approve the promotion as a whole"),
    "step-approve-answer": N_(
        "settle with {by} why they rejected the promotion: they approve it, or take it back"
    ),
    "step-agree": N_("agree to what {by} proposed, or settle with them that it is taken back"),
    "step-take-back-answer": N_("settle with {by} why they rejected the promotion: they take it back"),
    "step-answer": N_("settle with {by} what they rejected of {item}: they sign it, or take it back"),
    "step-take-back-of-item": N_("settle with {by} what they rejected of {item}: they take it back"),
    "step-lift": N_("lift the hold of {by}, once it is settled"),
    "step-wait": N_("wait until {until:time}"),
    "step-wait-long": N_("wait: no end is in sight"),
    "step-adopt": N_("promote {release} into {environment} first, or declare it there"),
    "step-adopt-again": N_("promote {release} into {environment} again, or declare it there again"),
    "step-promote-there": N_("promote {release} into {environment} by an open gate"),
    "step-fetch": N_("fetch all of the history"),
    "step-rewrite": N_("change the rules, then pin the new ones"),
    "step-reopen": N_("give this promotion up, and open another"),
    "step-upgrade": N_("install the newer version of promoter"),
    "step-zones": N_("put the pipeline's freezes or this machine's time zones right"),
    "step-take-back": N_("take a waiver back, and do what it stood in for"),
    "step-owed": N_("sign {item} off, which breaking the glass still owes"),
    "step-settle": N_("look at what was done in the emergency, and settle its debt"),
    "step-other": N_("do what {environment} waits for"),
    "by-then": N_("by {at:time}: {why}"),
    "never-approved": N_("nobody is left who may approve the promotion"),
    "never-signed": N_("nobody is left who may sign {item}"),
    "never-answered": N_("only {by} could answer the rejection of {item}, and may not any more"),
    "never-answered-whole": N_(
        "only {by} could answer their rejection of the promotion, and may not any more"
    ),
    "never-run": N_("{environment} counts only checks that a machine ran, and the roster has no machine"),
    "never-counted": N_("{environment} counts only what people on a roster sign, and there is no roster"),
    "never-as-written": N_("by its rules as they are it never opens: {why}"),
    "never-as-opened": N_("opened as it was, it never opens: {why}"),
    "never-lifted": N_("nobody is left who could lift the hold of {by}"),
    "untold": N_("nobody can tell before this is settled: {why}"),
}
"""The words of what is to be done, and of why nobody can tell when a gate could open."""


class Deed(StrEnum):
    """What a step is, in the order in which steps are taken where nothing else orders them: what the others are in
    vain without, what starts a clock, machines, people, and waiting."""

    REOPEN = "reopen"
    REWRITE = "rewrite"
    UPGRADE = "upgrade"
    AGREE = "agree"
    FETCH = "fetch"
    TAKE_BACK = "take-back"
    ADOPT = "adopt"
    RUN = "run"
    LIFT = "lift"
    ANSWER = "answer"
    SIGN = "sign"
    APPROVE = "approve"
    SETTLE = "settle"
    OTHER = "other"
    WAIT = "wait"


@frozen
class Doer:
    """Somebody who may take a step, by their id and as people call them."""

    id: str
    name: str


@frozen
class Way:
    """One way of taking a step: what to type, word by word (an empty word is to be filled in), and who may: those
    named, and `anyone` on the roster, or at all where there is none. `mine` when it is open to who asks."""

    command: tuple[str, ...]
    who: tuple[Doer, ...] = ()
    anyone: bool = False
    mine: bool = False

    @property
    def possible(self) -> bool:
        """Whether anybody may."""
        return self.anyone or bool(self.who)


@frozen
class Step:
    """One thing to be done, by one of its `ways`, the first being the straight one; to wait takes none. `why` are
    the reasons it answers. `at` is when a wait ends, or before which it is too early for the outcomes to last;
    `after` are the numbers of the steps before it."""

    deed: Deed
    what: Message
    why: tuple[Message, ...]
    item: str | None = None
    ways: tuple[Way, ...] = ()
    at: datetime | None = None
    after: tuple[int, ...] = ()
    number: int = 0
    takes_s: float = 0.0

    @property
    def mine(self) -> bool:
        """Whether it is open to who asks."""
        return any(each.mine for each in self.ways)


@frozen
class Plan:
    """What is to be done before a gate opens, in order; where it is open, only what waits for a second person to agree.
    `opens` is the earliest moment it could be open, were every step taken as soon as it can be; None when nobody
    can tell, or never, for the reasons in `why`."""

    decision: Decision
    steps: tuple[Step, ...]
    opens: datetime | None
    why: tuple[Message, ...] = ()


def distinct(messages: Iterable[Message]) -> tuple[Message, ...]:
    """Messages in their order, each once."""
    found: list[Message] = []
    for each in messages:
        if each not in found:
            found.append(each)
    return tuple(found)
