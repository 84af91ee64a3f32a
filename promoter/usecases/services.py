"""The directories of a repository that hold a pipeline: one for each of its services."""

from pathlib import Path

from promoter.errors import CannotAct, UsageError
from promoter.messages import N_, phrase


def service_directory(top: Path, file: str, wanted: str | None) -> Path:
    """The directory that holds a pipeline's file: `top`, or the one in it that is wanted.

    Raises CannotAct when there is none, UsageError when there are several and none is named.
    """
    services = sorted(each.parent for each in top.glob(f"*/{file}"))
    if wanted is not None:
        found = next((each for each in services if each.name == wanted), None)
        if found is None and not (top / file).is_file():
            raise UsageError(
                phrase(N_("there is no pipeline named {name} under {path}"), name=wanted, path=str(top)),
                phrase(N_("the ones there are: {names}"), names=[each.name for each in services]),
            )
        return found or top
    if (top / file).exists():
        return top
    if len(services) == 1:
        return services[0]
    if services:
        raise UsageError(
            phrase(N_("{path} holds several pipelines"), path=str(top)),
            phrase(N_("choose one with --pipeline: {names}"), names=[each.name for each in services]),
        )
    raise CannotAct(
        phrase(N_("there is no {file} under {path}"), file=file, path=str(top)),
        phrase(N_("'promoter init' puts the checklists there; 'promoter demo' shows the whole story first")),
    )
