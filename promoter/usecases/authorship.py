"""Who wrote a release: asked of git once for each release and what it is counted from."""

from promoter.gate import accepts
from promoter.messages import message
from promoter.model.authors import Authors, known_as
from promoter.model.environment import Environment, Rule
from promoter.model.release import Release
from promoter.promotion import AsOf, Promotion, Stage
from promoter.trail.authorship import authors_between
from promoter.usecases.arrivals import was_blocked
from promoter.usecases.workspace import Workspace


def authors_of(workspace: Workspace, release: Release, into: Environment, as_of: AsOf) -> Authors | None:
    """Who wrote what a release brings into an environment, counted from the ground it stands on there; None
    where its authors may sign.

    Where nothing that counts runs there, or nothing with a commit, or it is said to run there already, everything that
    leads to the release is new there. Whoever gave an address up wrote what it wrote.
    """
    if into.separation.authors is Rule.OFF:
        return None
    if release.commit is None:
        return Authors(unknown=message("unbound-release"))
    ground = as_of.ground
    counted = ground is not None and accepts(ground.recorded, into, as_of.roster)
    counted = counted and not (ground is not None and was_blocked(workspace, ground))
    counted = counted and not (
        ground is not None and ground.adopted and ground.release.commit == release.commit
    )
    since = ground.release.commit if ground is not None and counted else None
    known = workspace.authors
    if (release.commit, since) not in known:
        known[release.commit, since] = authors_between(workspace.repository, release.commit, since)
    return known_as(known[release.commit, since], as_of.addresses.values())


def authors_for(workspace: Workspace, promotion: Promotion, into: Environment, as_of: AsOf) -> Authors | None:
    """The same for a promotion, where it changes what the gate answers: git is not asked for a warning of what
    nobody did yet."""
    said = (*promotion.sign_offs, *promotion.approvals, *promotion.exemptions)
    silent = into.separation.authors is Rule.WARN and not said
    if silent or promotion.stage is Stage.ABANDONED:
        return None
    return authors_of(workspace, promotion.release, into, as_of)
