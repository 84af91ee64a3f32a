"""Pinning the work tree's files in the trail, for a promotion to be judged by whatever becomes of them.

What is pinned is copied onto the trail, which everybody gets. Whoever can push decides what lies at these paths, so that
nothing is pinned which only this machine has: no file behind a link, none that git ignores, no private key.
"""

import os
import re
from pathlib import Path, PurePosixPath
from typing import Protocol

from promoter.errors import Refused
from promoter.messages import N_, Phrase, phrase
from promoter.model.entry import Pinned
from promoter.redaction import holds_private_key
from promoter.usecases.pinned import checklist_to_pin, digest_of, pipeline_to_pin
from promoter.usecases.workspace import Workspace

_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]*-----END CERTIFICATE-----")
"""A certificate in PEM (RFC 7468)."""


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
        _require_sharable(workspace, path, content)
        digest = digest_of(content)
        blobs[digest] = content
        source = repository.blob_of(Path(path)) if head else None
        same = source is not None and next(repository.objects([source]))[2] == (own or content)
        return Pinned(path, digest, head if same else None, source if same else None)

    return pin


def _require_sharable(workspace: Workspace, path: str, content: bytes) -> None:
    """Refuses to copy onto the trail what is not there to be shared."""
    why = _private(workspace, path, content)
    if why is not None:
        raise Refused(
            phrase(N_("{path} is not copied onto the trail: {why}"), path=path, why=why),
            phrase(N_("find out who put it there: git log -- {path}"), path=path),
        )


def _private(workspace: Workspace, path: str, content: bytes) -> Phrase | None:
    if holds_private_key(content):
        return phrase(N_("it holds a private key"))
    if not os.path.lexists(workspace.root / path):
        return None  # the one that promoter brings
    parts = PurePosixPath(path).parts
    if PurePosixPath(path).is_absolute() or ".." in parts:
        return phrase(N_("it is outside the work tree"))
    if any(workspace.root.joinpath(*parts[:count]).is_symlink() for count in range(1, len(parts) + 1)):
        return phrase(N_("it is a link, or lies behind one"))
    if workspace.repository.is_ignored(Path(path)):
        return phrase(N_("git ignores it, so that it is not meant to be shared"))
    return None


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
    content = workspace.read(path)
    if not _is_certificates(content):
        raise Refused(
            phrase(
                N_("{path} is not copied onto the trail: it is not certificates in PEM and nothing else"),
                path=workspace.relative(path),
            ),
            phrase(N_("'ca_file' names a file of CA certificates")),
        )
    return pin(workspace.relative(path), content)


def _is_certificates(content: bytes) -> bool:
    """Whether there is nothing but certificates, and lines of comment."""
    rest, count = _CERTIFICATE.subn(b"", content)
    return count > 0 and all(not each.strip() or each.startswith(b"#") for each in rest.splitlines())
