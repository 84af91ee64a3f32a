"""What the trail's history says before anyone judges it, and what is found wrong with it."""

from dataclasses import dataclass, field
from enum import StrEnum

from promoter.messages import Message
from promoter.model.entry import Entry
from promoter.trail.signature import Seal


class Severity(StrEnum):
    """What a finding means: the trail was altered (exit 4), it cannot be told (6), or worth knowing."""

    UNTRUSTED = "untrusted"
    UNSURE = "unsure"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something `verify` reports; `commit` and `path` say where, as far as there is a where."""

    message: Message
    severity: Severity
    commit: str | None = None
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A file a commit adds where entries lie: its bytes, and the entry it is, or why it is none."""

    path: str
    entry: Entry | None
    why: Message | None = None
    content: bytes = field(default=b"", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class CommitFacts:
    """One commit of the trail. `parents` are as the object has them, `email` is the author's."""

    commit: str
    parents: tuple[str, ...]
    email: str
    seal: Seal
    found: tuple[Found, ...] = ()

    @property
    def merge(self) -> bool:
        """Whether it joins histories; such a commit adds no entry of its own."""
        return len(self.parents) > 1
