"""What a decision is made on, and when a recorded entry may speak in it."""

from datetime import UTC, datetime, timedelta

from promoter.frozen import frozen
from promoter.model.authors import Authors
from promoter.model.checklist import Checklist
from promoter.model.entry import Recorded, SignatureVerdict, Trust
from promoter.model.environment import Demand, Environment
from promoter.model.release import Release
from promoter.model.roster import Roster
from promoter.promotion import Promotion

CLOCKS_DIFFER = timedelta(minutes=5)
"""How far two honest clocks may be apart."""


@frozen
class Case:
    """The checklist and the target environment as pinned, the roster in force, and the moment (aware): now, or when
    it was promoted. `authors` are who wrote what the release brings; None where nobody asked."""

    checklist: Checklist
    promotion: Promotion
    environment: Environment
    roster: Roster
    now: datetime
    authors: Authors | None = None

    def accepts(self, recorded: Recorded) -> bool:
        """Whether an entry counts here; see `accepts`."""
        return accepts(recorded, self.environment, self.roster)


def accepts(recorded: Recorded, environment: Environment, roster: Roster) -> bool:
    """Whether an entry counts in an environment: claims only without a roster, and nowhere that demands
    signatures."""
    signed = environment.signatures is Demand.REQUIRED
    if recorded.trust is Trust.COUNTED:
        return not signed or recorded.signature is SignatureVerdict.GOOD
    return recorded.trust is Trust.CLAIMED and not signed and not roster


def release_label(release: Release | None) -> str | None:
    """A release as reasons name it: `v1.4.0 (c3d4e5f)`, or its name alone when it is unbound."""
    if release is None or release.commit is None:
        return release.name if release else None
    return f"{release.name} ({release.commit[:7]})"


def moment(written: str) -> datetime | None:
    """A time as entries write it; without a zone it is UTC. None when it cannot be read."""
    try:
        return aware(datetime.fromisoformat(written))
    except ValueError:
        return None


def aware(at: datetime) -> datetime:
    """A time with a zone: UTC unless it has its own."""
    return at if at.utcoffset() is not None else at.replace(tzinfo=UTC)


def shifted(at: datetime, by: timedelta) -> datetime:
    """A moment (aware) so much after another, or before it; at the end of all times, that."""
    try:
        return at + by
    except OverflowError:
        first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
        return last if by > timedelta() else first
