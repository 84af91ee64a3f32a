"""The files given as evidence: which there are, and their bytes as somebody gave them."""

import contextlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from promoter.errors import CannotAct, Refused, TrailUntrusted, UsageError
from promoter.frozen import frozen
from promoter.messages import N_, phrase
from promoter.model.attachment import media_type, text_in
from promoter.model.entry import EvidenceItem, Recorded, Trust, evidence_in
from promoter.os_words import why_of
from promoter.usecases.selecting import records_of
from promoter.usecases.workspace import Workspace

SHORTEST_DIGEST = 8
"""Hexadecimal characters of a digest that are enough to mean one."""


@frozen
class Attachment:
    """A file or a link given as evidence, and the entry that names it."""

    recorded: Recorded
    file: EvidenceItem

    @property
    def item(self) -> str:
        """The item it was given for."""
        binding = self.recorded.entry.item
        return binding.id if binding else ""


@frozen
class Fetched:
    """A file's bytes, whose size and digest are those the entry names, and what they look like."""

    attachment: Attachment
    content: bytes
    media_type: str


def attachments(workspace: Workspace, promotion: str | None = None) -> tuple[Attachment, ...]:
    """Every file given as evidence, of one promotion or of all, oldest first; none of what is quarantined."""
    return tuple(each for each in given(workspace, promotion) if each.file.file is not None)


def given(workspace: Workspace, promotion: str | None = None) -> tuple[Attachment, ...]:
    """The same, with the links."""
    return tuple(
        Attachment(each, file)
        for each in records_of(workspace, promotion).recorded
        if each.trust is not Trust.QUARANTINED
        for file in evidence_in(each.entry.content)
    )


def fetch(workspace: Workspace, wanted: str, promotion: str | None = None) -> Fetched:
    """The one file that a digest (or its start), an entry, an item or its own name means, in this order.

    Raises UsageError when there is none or several, CannotAct when only its digest was recorded or this clone
    has no copy, TrailUntrusted when the copy is not what the entry says, by its digest or by its size.
    """
    named = _named(attachments(workspace, promotion), wanted)
    if not named:
        raise UsageError(
            phrase(N_("no file of evidence is named by {wanted}"), wanted=wanted),
            phrase(N_("'promoter evidence list' shows those there are")),
        )
    if len({each.file.digest for each in named}) > 1:
        raise UsageError(
            phrase(N_("{wanted} names several files of evidence"), wanted=wanted),
            phrase(N_("give one digest: {names}"), names=_told_apart(named)),
        )
    copies = [each for each in named if each.file.stored]
    found = copies[0] if copies else named[-1]
    if not copies or found.file.digest is None:
        raise CannotAct(
            phrase(N_("only the digest of {name} was recorded, not its bytes"), name=found.file.file or ""),
            phrase(
                N_("ask {person} for the file: its digest proves it"), person=found.recorded.entry.actor.name
            ),
        )
    content = workspace.trail.blob(found.file.digest)
    true = next((each for each in copies if each.file.size in (None, len(content))), None)
    if true is None:
        raise TrailUntrusted(
            phrase(
                N_("the entry says that {name} has {said} bytes, and the trail's copy has {size}"),
                name=found.file.file or "",
                said=found.file.size,
                size=len(content),
            ),
            phrase(N_("ask {person}, who recorded it, for the file"), person=found.recorded.entry.actor.name),
        )
    return Fetched(true, content, media_type(content))


def write_evidence(path: Path, content: bytes, *, force: bool) -> None:
    """Writes a file, never executable, whole or not at all.

    Raises UsageError for a directory, Refused when there is something at its path already (unless `force`),
    CannotAct.
    """
    try:
        if path.is_dir():
            raise UsageError(
                phrase(N_("{path} is a directory"), path=str(path)),
                phrase(N_("name the file to write in it")),
            )
        with _beside(path) as beside:
            beside.write_bytes(content)
            beside.chmod(0o666 & ~_umask())
            if force:
                beside.replace(path)
            else:
                os.link(beside, path)
    except FileExistsError as error:
        raise Refused(
            phrase(N_("{path} exists already"), path=str(path)),
            phrase(N_("choose another name, or overwrite it with --force")),
        ) from error
    except OSError as error:
        raise CannotAct(
            phrase(N_("{path} cannot be written: {why}"), path=str(path), why=why_of(error))
        ) from error


def fit_for_terminals(content: bytes) -> bool:
    """Whether showing it on a terminal changes nothing but what is read there."""
    from promoter.redaction import visible

    text = text_in(content)
    if text is None:
        return False
    shown = text.replace("\t", " ").replace("\r\n", "\n")
    return visible(shown, lines=True) == shown


def _named(there: Iterable[Attachment], wanted: str) -> list[Attachment]:
    """What is meant: a name that somebody gave their file takes nothing away from what is meant otherwise."""
    start = wanted.lower().removeprefix("sha256:")
    found: dict[str, list[Attachment]] = {"digest": [], "entry": [], "item": [], "name": []}
    for each in there if wanted else ():
        digest = (each.file.digest or "").removeprefix("sha256:")
        if len(start) >= SHORTEST_DIGEST and digest.startswith(start):
            found["digest"].append(each)
        if wanted == each.recorded.entry.id:
            found["entry"].append(each)
        if wanted == each.item:
            found["item"].append(each)
        if wanted == each.file.file:
            found["name"].append(each)
    return next((each for each in found.values() if each), [])


def _told_apart(named: Iterable[Attachment]) -> list[str]:
    """The start of each digest, and a name that goes with it."""
    digests = {each.file.digest or "": each.file.file or "" for each in named}
    return [f"{digest.removeprefix('sha256:')[:12]} ({name})" for digest, name in digests.items()]


@contextlib.contextmanager
def _beside(path: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".promoter-") as directory:
        yield Path(directory) / "evidence"


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
