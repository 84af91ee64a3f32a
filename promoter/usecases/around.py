"""What is the same for every promotion of a trail."""

from promoter.frozen import frozen
from promoter.messages import Message, message
from promoter.trail import arrival
from promoter.trail.arrival import fetched_alterations, is_refused
from promoter.trail.obstacles import CODES, in_the_way, obstacle
from promoter.trail.trail import TrailPosition
from promoter.usecases.workspace import Workspace


@frozen
class Around:
    """What is the same for every promotion of a trail: where the trail is, and whether its remote is followed."""

    position: TrailPosition
    not_followed: tuple[Message, ...]


def around(workspace: Workspace) -> Around:
    """How it is now: to be asked once for several promotions."""
    return Around(workspace.trail.position(), not_followed(workspace))


def not_followed(workspace: Workspace) -> tuple[Message, ...]:
    """What must be said where the remote's trail, as it was last fetched, cannot be trusted, or where something
    lies in the way of the trail."""
    trail = workspace.trail
    noticed = trail.noticed(*CODES)
    blocking = in_the_way(workspace.repository, trail.tip or "", noticed) if noticed else []
    refused_before = is_refused(workspace.repository, trail.branch)
    found = fetched_alterations(workspace.repository, trail.branch, trail.tip) if refused_before else []
    refused = (arrival.not_followed(found, trail.branch),) if found else ()
    ahead = [
        message("entry-ahead", at=at, path=path) for at, path in trail.state.clock.ahead_of(workspace.now())
    ]
    lost = arrival.remotes_without(workspace.repository, trail.branch)
    return (*ahead, *refused, *lost, *([obstacle(workspace.repository, blocking)] if blocking else ()))
