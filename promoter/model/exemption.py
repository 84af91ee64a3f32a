"""What entries say of exceptions to the rules: what is let be for a reason, and what is stopped for one."""

from promoter.frozen import frozen
from promoter.model.release import Release


@frozen
class Waived:
    """Lets one item be, until a moment (UTC, ISO 8601 with `Z`), for a reason; `ticket` is where it is
    followed up."""

    reason: str
    until: str
    ticket: str | None = None


@frozen
class NotApplicable:
    """Says that an item does not concern this release; the reason is compulsory."""

    reason: str


@frozen
class Held:
    """Stops the line: nothing is promoted into the environment (None: into any), or nothing of the release
    (None: of any); one of the two is named."""

    reason: str
    environment: str | None = None
    release: Release | None = None


@frozen
class Lifted:
    """Takes away the holds that `refers_to` names, whoever put them there; the reason is compulsory."""

    reason: str


@frozen
class Frozen:
    """Stops promotions into an environment between two moments (UTC, ISO 8601 with `Z`), for a reason."""

    reason: str
    environment: str
    begins: str
    until: str


@frozen
class Thawed:
    """Lets promotions pass the freezes of an environment until a moment, for a reason: the windows that a role of
    its author's may pass, and the declared freezes that `refers_to` names."""

    reason: str
    environment: str
    until: str


@frozen
class BrokeGlass:
    """Opens the gate at once in an emergency: quotes the tip and entry count it was decided on. Leaves a debt."""

    reason: str
    tip: str
    entries: int


@frozen
class Settled:
    """Says that the debt of breaking the glass is settled: by someone else, with what was found."""

    reason: str
