"""Where a file of the code comes from: who last changed it, in which commit, and whether the roster's keys say so."""

from collections.abc import Mapping

from promoter.errors import CannotAct
from promoter.messages import N_, Message, Template, message
from promoter.model.roster import Roster
from promoter.trail.last_change import Changed, last_change
from promoter.usecases.workspace import Workspace

PHRASES: Mapping[str, Template] = {
    "last-changed-by-member": N_(
        "{path} was last changed in commit {commit} by {name} <{email}>, signed with the key of {signer}"
    ),
    "last-changed-unproven": N_(
        "{path} was last changed in commit {commit} by {name} <{email}>, signed by nobody on the roster in force"
    ),
    "changed-uncommitted": N_("{path} is not committed as it is: nobody's commit stands behind it"),
    "changed-untold": N_("who last changed {path} cannot be told: git does not say"),
}


def provenance(workspace: Workspace, path: str, roster: Roster) -> Message:
    """Who last changed a file of the work tree, and whether somebody on this roster signed that."""
    try:
        found = last_change(workspace.repository, path, roster)
    except CannotAct:
        return message("changed-untold", path=path)
    return said_of(path, found)


def said_of(path: str, found: Changed | None) -> Message:
    """The same in words, of what was found."""
    if found is None:
        return message("changed-uncommitted", path=path)
    who = {"path": path, "commit": found.commit[:12], "name": found.name, "email": found.email}
    if found.signer is None:
        return message("last-changed-unproven", **who)
    return message("last-changed-by-member", **who, signer=found.signer.name)
