"""What entries say of what happened after a promotion was authorised."""

from promoter.frozen import frozen
from promoter.model.release import Release


@frozen
class Deployed:
    """The release of a promotion runs in its target environment since a moment (UTC, ISO 8601 with `Z`); `url`
    is where that can be read, such as the deployment's own page."""

    at: str
    comment: str = ""
    url: str | None = None


@frozen
class RolledBack:
    """What a promotion brought does not run any more: an earlier release runs in its target environment again,
    since a moment (UTC, ISO 8601 with `Z`). The reason is compulsory."""

    release: Release
    at: str
    reason: str
