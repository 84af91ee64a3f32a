"""Pinning the work tree's files in the trail, for a promotion to be judged by whatever becomes of them."""

from pathlib import Path
from typing import Protocol

from promoter.model.entry import Pinned
from promoter.usecases.pinned import checklist_to_pin, digest_of, pipeline_to_pin
from promoter.usecases.workspace import Workspace


class Pinner(Protocol):
    """Pins a file by its path and the bytes that stand for it; `own` are those of the file itself, where it extends
    another."""

    def __call__(self, path: str, content: bytes, own: bytes | None = None) -> Pinned:
        """Pins it."""


def pinner(workspace: Workspace, blobs: dict[str, bytes]) -> Pinner:
    """What pins files: it puts their bytes among `blobs`, and says where they come from when HEAD has the same."""
    repository = workspace.repository
    head = repository.commit_of("HEAD")

    def pin(path: str, content: bytes, own: bytes | None = None) -> Pinned:
        digest = digest_of(content)
        blobs[digest] = content
        source = repository.blob_of(Path(path)) if head else None
        same = source is not None and next(repository.objects([source]))[2] == (own or content)
        return Pinned(path, digest, head if same else None, source if same else None)

    return pin


def files_pinned(workspace: Workspace, transition: str, pin: Pinner) -> tuple[Pinned, Pinned]:
    """The work tree's pipeline, and its checklist of a transition, pinned."""
    pipeline, checklist = workspace.pipeline_path, workspace.checklist_path(transition)
    return (
        pin(workspace.relative(pipeline), pipeline_to_pin(workspace), workspace.pipeline_bytes),
        pin(
            workspace.relative(checklist), checklist_to_pin(workspace, transition), workspace.read(checklist)
        ),
    )


def pinned_ca(workspace: Workspace, transition: str, pin: Pinner) -> Pinned | None:
    """The CA file that the target environment of the work tree's checklist names, pinned."""
    into = workspace.pipeline.environment(workspace.checklist(transition).to_environment)
    if into.network.ca_file is None:
        return None
    path = workspace.pipeline_directory / into.network.ca_file
    return pin(workspace.relative(path), workspace.read(path))
