"""What the trail's history says before anyone judges it, and what is found wrong with it."""

from dataclasses import dataclass, field

from promoter.messages import Message, Phrase
from promoter.model.entry import Entry
from promoter.trail.remedies import REMEDIES
from promoter.trail.severity import Severity as Severity
from promoter.trail.signature import Seal

_ID_LENGTH = 26


@dataclass(frozen=True, slots=True)
class Finding:
    """Something `verify` reports; `commit` and `path` say where, as far as there is a where."""

    message: Message
    severity: Severity
    commit: str | None = None
    path: str | None = None

    @property
    def entry(self) -> str | None:
        """The id of the entry whose place the path is; None where it is none's."""
        name, _, ending = (self.path or "").rpartition("/")[2].partition(".")
        return name if len(name) == _ID_LENGTH and ending.endswith(".json") else None

    @property
    def remedy(self) -> Phrase | None:
        """What to do about it."""
        template = REMEDIES.get(self.message.code)
        where = {"commit": (self.commit or "")[:12], "path": self.path or ""}
        return None if template is None else Phrase(template, {**self.message.parameters, **where})


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
