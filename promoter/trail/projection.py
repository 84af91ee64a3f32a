"""The judged trail, ready to be read: by promotion, or as a whole. This one is kept in memory."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from promoter.errors import CannotAct, TrailUntrusted
from promoter.messages import N_, phrase
from promoter.model.entry import (
    Abandoned,
    Amended,
    BrokeGlass,
    Content,
    Deployed,
    Entry,
    EntryType,
    Opened,
    Pinned,
    PinnedRules,
    Promoted,
    Recorded,
    RolledBack,
    Subject,
    Unreadable,
)
from promoter.model.release import Release
from promoter.model.roster import Actor, PersonClass
from promoter.trail.facts import Finding, Severity
from promoter.trail.history import walk
from promoter.trail.repository import Repository
from promoter.trail.trust import State, judge

OF_TRAIL = frozenset(
    {
        EntryType.OPENED,
        EntryType.AMENDED,
        EntryType.BROKE_GLASS,
        EntryType.PROMOTED,
        EntryType.DEPLOYED,
        EntryType.ROLLED_BACK,
        EntryType.ABANDONED,
    }
)
"""What the trail as a whole is folded from, beside its own entries."""


@dataclass(frozen=True, slots=True)
class Records:
    """Entries in fold order, and files that are none."""

    recorded: tuple[Recorded, ...]
    unreadable: tuple[Unreadable, ...]


@dataclass(frozen=True, slots=True)
class Brief:
    """What the trail as a whole is folded from, without most of the promotions that are over: of those there
    is the latest to reach each environment, and what brought the release of an open one to where it comes from.
    `promotions` are the ids of all, oldest first; `settled` of those that are over and not asked about."""

    records: Records
    promotions: tuple[str, ...] = ()
    settled: frozenset[str] = frozenset()


class Projection(Protocol):
    """The judged trail up to a tip."""

    @property
    def tip(self) -> str | None:
        """The commit it is of; None for a trail that has not begun."""

    @property
    def entries(self) -> int:
        """How many entries there are, quarantined ones too."""

    @property
    def state(self) -> State:
        """What the next entry is judged by."""

    def of_trail(self) -> Records:
        """The trail's own entries, and what opened, broke open and closed each promotion."""

    def brief(self, asked: Sequence[str] = ()) -> Brief:
        """The same, as much of it as open promotions need, and those that are `asked` about; nothing is settled where
        that is all."""

    def of_promotion(self, promotion: str) -> Records:
        """Everything in one promotion's place."""

    def of_commit(self, commit: str) -> Records:
        """What one commit added."""

    def everything(self) -> Records:
        """The whole trail."""

    def alterations(self) -> tuple[Finding, ...]:
        """The findings after which the trail cannot be trusted."""

    def findings(self, *codes: str) -> tuple[Finding, ...]:
        """What was noticed when the trail was walked and judged: what has one of these codes, or all."""


class InMemory:
    """A projection that leaves nothing behind."""

    def __init__(
        self,
        tip: str | None,
        judged: Iterable[Recorded | Unreadable] = (),
        findings: Iterable[Finding] = (),
        state: State | None = None,
    ) -> None:
        self.tip = tip
        self.state = state or State()
        self._judged = tuple(judged)
        self._findings = tuple(findings)
        self.entries = sum(isinstance(each, Recorded) for each in self._judged)

    def of_trail(self) -> Records:
        return sorted_out(each for each in self._judged if is_of_trail(each))

    def brief(self, asked: Sequence[str] = ()) -> Brief:
        return Brief(self.of_trail())

    def of_promotion(self, promotion: str) -> Records:
        return sorted_out(each for each in self._judged if promotion_of(each) == promotion)

    def of_commit(self, commit: str) -> Records:
        return sorted_out(each for each in self._judged if each.commit == commit)

    def everything(self) -> Records:
        return sorted_out(self._judged)

    def alterations(self) -> tuple[Finding, ...]:
        return tuple(each for each in self._findings if each.severity is Severity.UNTRUSTED)

    def findings(self, *codes: str) -> tuple[Finding, ...]:
        return tuple(each for each in self._findings if not codes or each.message.code in codes)


def from_history(repository: Repository, tip: str | None) -> InMemory:
    """The projection of a tip, walked from the root.

    Raises CannotAct when this clone does not have the whole history.
    """
    if tip is None:
        return InMemory(None)
    walked = walk(repository, tip)
    if walked.incomplete:
        raise incomplete()
    judgement = judge(walked.commits)
    return InMemory(tip, judgement.judged, (*walked.findings, *judgement.findings), judgement.state)


def incomplete() -> CannotAct:
    """The error for a clone that has only part of the trail."""
    return CannotAct(
        phrase(N_("this clone has only a part of the trail")),
        phrase(N_("fetch the rest: 'git fetch --unshallow', or '--no-filter --refetch' in a partial clone")),
    )


def altered(findings: Sequence[Finding]) -> TrailUntrusted:
    """The error for a trail with such findings: the first is named."""
    first = findings[0]
    named = N_("the trail was altered: {path}: {what} (commit {commit}; {found} such findings)")
    whole = N_("the trail was altered: {what} (commit {commit}; {found} such findings)")
    return TrailUntrusted(
        phrase(
            named if first.path else whole,
            path=first.path or "",
            what=first.message,
            commit=(first.commit or "")[:12],
            found=len(findings),
        ),
        phrase(N_("'promoter verify' lists them; restore the branch to before that commit")),
    )


def is_of_trail(judged: Recorded | Unreadable) -> bool:
    """Whether the trail as a whole is folded from it."""
    if isinstance(judged, Unreadable):
        return judged.promotion is None
    return judged.entry.type.of_trail or judged.entry.type in OF_TRAIL


def promotion_of(judged: Recorded | Unreadable) -> str | None:
    """The promotion in whose place it lies."""
    if isinstance(judged, Unreadable):
        return judged.promotion
    return judged.entry.subject.promotion if judged.entry.subject else None


def sorted_out(judged: Iterable[Recorded | Unreadable]) -> Records:
    """Entries apart from files that are none."""
    found = tuple(judged)
    return Records(
        tuple(each for each in found if isinstance(each, Recorded)),
        tuple(each for each in found if isinstance(each, Unreadable)),
    )


def swift_entry(document: Mapping[str, Any]) -> Entry:
    """One of the types of `OF_TRAIL` from a document that was read strictly when it was stored.

    Four times as fast as reading it strictly again: a trail has two of these for each promotion it
    ever had, and `status` reads them all. Raises KeyError, TypeError or ValueError for anything else.
    """
    actor, subject = document["actor"], document["promotion"]
    release = subject["release"]
    return Entry(
        document["id"],
        document["trail"],
        document["pipeline"],
        _TYPES[document["type"]],
        Actor(actor["id"], actor["name"], actor["email"], actor["key"], _CLASSES[actor["class"]]),
        document["at"],
        _CONTENT[document["type"]](document["content"]),
        tuple(document["refers_to"]),
        Subject(
            subject["id"],
            subject["from"],
            subject["to"],
            Release(release["name"], release["commit"], release["tree"]),
            subject["checklist"],
        ),
    )


def _opened(content: Mapping[str, Any]) -> Content:
    ca_file = content["ca_file"]
    return Opened(
        content["transition"],
        Pinned(**content["pipeline"]),
        Pinned(**content["checklist"]),
        Pinned(**content["template"]),
        content["roster"],
        None if ca_file is None else Pinned(**ca_file),
        content["comment"],
    )


def _amended(content: Mapping[str, Any]) -> Content:
    release, rules = content["release"], content["rules"]
    return Amended(
        content["reason"],
        None if release is None else Release(**release),
        None
        if rules is None
        else PinnedRules(
            Pinned(**rules["pipeline"]),
            Pinned(**rules["checklist"]),
            rules["replaces"],
            None if rules["ca_file"] is None else Pinned(**rules["ca_file"]),
        ),
    )


def _rolled_back(content: Mapping[str, Any]) -> Content:
    return RolledBack(Release(**content["release"]), content["at"], content["reason"])


_TYPES = {each.value: each for each in OF_TRAIL}
_CLASSES = {each.value: each for each in PersonClass}
_CONTENT: Mapping[str, Callable[[Mapping[str, Any]], Content]] = {
    EntryType.OPENED.value: _opened,
    EntryType.AMENDED.value: _amended,
    EntryType.BROKE_GLASS.value: lambda content: BrokeGlass(**content),
    EntryType.PROMOTED.value: lambda content: Promoted(**content),
    EntryType.DEPLOYED.value: lambda content: Deployed(**content),
    EntryType.ROLLED_BACK.value: _rolled_back,
    EntryType.ABANDONED.value: lambda content: Abandoned(**content),
}
