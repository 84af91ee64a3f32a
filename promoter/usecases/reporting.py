"""The migration report: rendered from the trail alone, and handed over."""

import os
import tempfile
from datetime import datetime
from pathlib import Path

from promoter import __version__
from promoter.errors import CannotAct, Refused
from promoter.frozen import frozen
from promoter.messages import N_, Language, phrase
from promoter.model.entry import EntryType, Recorded, Reported
from promoter.os_words import why_of
from promoter.promotion import Promotion
from promoter.report import Material, render, written_by_promoter
from promoter.shipped import shipped
from promoter.trail.as_of import as_of, committed_at
from promoter.usecases.drafting import require_standing, write
from promoter.usecases.identity import identity
from promoter.usecases.language import phrasebook
from promoter.usecases.opening import TEMPLATE_FILE
from promoter.usecases.pinned import digest_of
from promoter.usecases.standing import chosen_promotion, standing_of
from promoter.usecases.workspace import Workspace

LARGEST_REPORT = 16 * 1024 * 1024


@frozen
class RenderedReport:
    """A report, and the four things it is a function of (with promoter's version)."""

    markdown: str
    promotion: Promotion
    tip: str
    as_of: datetime
    language: str

    @property
    def digest(self) -> str:
        """The digest of its bytes."""
        return digest_of(self.markdown.encode())


def report(
    workspace: Workspace,
    promotion: str | None = None,
    *,
    language: str = "en",
    at: datetime | None = None,
    version: str = __version__,
) -> RenderedReport:
    """Renders the report of a promotion, as of the trail's tip (or another moment, UTC). `version` is that of
    promoter which it names.

    Raises UsageError when it is not clear which promotion is meant, TrailUntrusted, CannotAct.
    """
    chosen = chosen_promotion(workspace, promotion, reading=True)
    position = workspace.trail.position()
    tip = position.tip or ""
    moment = at or committed_at(workspace.repository, tip)
    standing = standing_of(workspace, chosen, moment)
    material = Material(
        pipeline=standing.pipeline,
        checklist=standing.checklist,
        promotion=chosen,
        decision=standing.decision,
        runs_in=standing.runs_in,
        roster=standing.roster,
        tip=tip,
        entries=position.entries,
        as_of=moment,
        demo=standing.demo,
        version=version,
        branch=position.branch,
        own_template=chosen.pinned.template.digest != digest_of(_shipped_template()),
    )
    spoken = Language(language, phrasebook=phrasebook)
    template = workspace.trail.blob(chosen.pinned.template.digest)
    markdown = render(material, spoken, template.decode("utf-8", "replace"))
    return RenderedReport(markdown, chosen, tip, moment, spoken.code)


def _shipped_template() -> bytes:
    return (shipped("templates") / TEMPLATE_FILE).read_bytes()


def report_as_of(
    workspace: Workspace, promotion: str | None, asked: str, *, language: str = "en"
) -> RenderedReport:
    """Renders the report as the trail was at a commit of it, or on a date.

    Raises UsageError for what is neither, or not on the trail, and what `report` raises.
    """
    then = as_of(workspace.fetched_trail, asked)
    with workspace.at(then.commit) as earlier:
        return report(earlier, promotion, language=language, at=then.at)


def write_report(
    workspace: Workspace,
    promotion: str | None,
    path: Path,
    *,
    language: str = "en",
    at: str | None = None,
    force: bool = False,
) -> tuple[RenderedReport, Recorded]:
    """Writes the report (as of now, or of a commit or date) to a file and records that it was handed over.

    The entry quotes the tip the report was made from. Raises Refused when the file exists and was
    not written by promoter (unless `force`), CannotAct when it cannot be written.
    """
    require_standing(workspace, identity(workspace), person=True)
    rendered = (
        report(workspace, promotion, language=language)
        if at is None
        else report_as_of(workspace, promotion, at, language=language)
    )
    _write(path, rendered.markdown, force=force)
    content = Reported(
        tip=rendered.tip,
        as_of=rendered.as_of.strftime("%Y-%m-%dT%H:%M:%SZ"),
        language=rendered.language,
        digest=rendered.digest,
        version=__version__,
    )
    return rendered, write(workspace, EntryType.REPORTED, content, promotion=rendered.promotion)


def _write(path: Path, markdown: str, *, force: bool) -> None:
    try:
        if path.exists() and not force and not _ours(path):
            raise Refused(
                phrase(N_("{path} exists and is not a report as promoter wrote it"), path=str(path)),
                phrase(N_("choose another name, or overwrite it with --force")),
            )
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as stream:
            beside = Path(stream.name)
            try:
                stream.write(markdown.encode())
                stream.flush()
                beside.chmod(0o666 & ~_umask())
                beside.replace(path)
            finally:
                beside.unlink(missing_ok=True)
    except OSError as error:
        raise CannotAct(
            phrase(N_("{path} cannot be written: {why}"), path=str(path), why=why_of(error))
        ) from error


def _ours(path: Path) -> bool:
    with path.open("rb") as stream:
        return written_by_promoter(stream.read(LARGEST_REPORT).decode("utf-8", "replace"))


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
