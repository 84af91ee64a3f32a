"""Whether the trail is that of the pipeline: what another one writes there counts for nothing."""

from promoter.errors import Refused
from promoter.messages import N_, phrase
from promoter.usecases.workspace import Workspace


def require_own_trail(workspace: Workspace) -> None:
    """Refuses to read or write the trail of another pipeline for this one."""
    known = workspace.state.pipeline
    if known is None or not workspace.has_pipeline:
        return
    name, path = workspace.pipeline_unruled.name, workspace.relative(workspace.pipeline_path)
    if name != known:
        raise Refused(
            phrase(
                N_("the trail on {branch} is of the pipeline {known}, and {path} is of {name}"),
                branch=workspace.branch,
                known=known,
                path=path,
                name=name,
            ),
            phrase(
                N_(
                    "name a branch of its own under 'trail:' in {path}, such as promoter/trail-{name}, or give it its name "
                    "back: 'git log -- {path}' says who changed it"
                ),
                name=name,
                path=path,
            ),
        )
