"""What entries say of exceptions to the rules: what is let be for a reason, and what is stopped for one."""

from dataclasses import dataclass

from promoter.model.release import Release


@dataclass(frozen=True, slots=True)
class Waived:
    """Lets one item be, until a moment (UTC, ISO 8601 with `Z`), for a reason; `ticket` is where it is
    followed up."""

    reason: str
    until: str
    ticket: str | None = None


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """Says that an item does not concern this release; the reason is compulsory."""

    reason: str


@dataclass(frozen=True, slots=True)
class Held:
    """Stops the line: nothing is promoted into the environment (None: into any), or nothing of the release
    (None: of any); one of the two is named."""

    reason: str
    environment: str | None = None
    release: Release | None = None


@dataclass(frozen=True, slots=True)
class Lifted:
    """Takes away the holds that `refers_to` names, whoever put them there; the reason is compulsory."""

    reason: str


@dataclass(frozen=True, slots=True)
class Frozen:
    """Stops promotions into an environment between two moments (UTC, ISO 8601 with `Z`), for a reason."""

    reason: str
    environment: str
    begins: str
    until: str


@dataclass(frozen=True, slots=True)
class Thawed:
    """Lets promotions pass the freezes of an environment until a moment, for a reason: the windows that a role of
    its author's may pass, and the declared freezes that `refers_to` names."""

    reason: str
    environment: str
    until: str
