"""Files and links of evidence, as text and as JSON."""

from typing import Any

from promoter.messages import N_
from promoter.output.console import Console, Style
from promoter.usecases.evidence import Attachment, Fetched

_LONGEST_SHOWN = 30


def show_attachments(console: Console, found: tuple[Attachment, ...]) -> None:
    """One line for each file or link."""
    if not found:
        console.line(console.language.gettext(N_("nothing was given as evidence")))
        return
    digest_only = console.language.gettext(N_("digest only"))
    console.columns(
        [
            (
                each.item,
                _shortened(each.file.file or "") if console.out.isatty() else each.file.file or "",
                each.file.media_type or "",
                f"{each.file.size or 0} B" if each.file.file else "",
                ((each.file.digest or "").removeprefix("sha256:")[:12], Style.FAINT),
                each.recorded.entry.actor.name,
                console.language.time(each.recorded.entry.at),
                each.file.link or ("" if each.file.stored else (digest_only, Style.WAITING)),
            )
            for each in found
        ]
    )


def _shortened(name: str) -> str:
    """A name that leaves room for what is known of the file."""
    return name if len(name) <= _LONGEST_SHOWN else f"{name[: _LONGEST_SHOWN - 11]}…{name[-10:]}"


def link_document(attachment: Attachment) -> dict[str, Any]:
    """A link of evidence as JSON."""
    return {**_given(attachment), "link": attachment.file.link}


def _given(attachment: Attachment) -> dict[str, Any]:
    entry = attachment.recorded.entry
    return {
        "entry": entry.id,
        "type": str(entry.type),
        "item": attachment.item,
        "promotion": entry.subject.promotion if entry.subject else None,
        "by": entry.actor.name,
        "at": entry.at,
        "trust": str(attachment.recorded.trust),
    }


def attachment_document(attachment: Attachment) -> dict[str, Any]:
    """A file of evidence as JSON."""
    file = attachment.file
    return {
        **_given(attachment),
        "name": file.file,
        "digest": file.digest,
        "size": file.size,
        "media_type": file.media_type,
        "stored": file.stored,
    }


def fetched_document(fetched: Fetched, path: str | None) -> dict[str, Any]:
    """A file of evidence that was read back, and where it was written."""
    return {
        **attachment_document(fetched.attachment),
        "media_type": fetched.media_type,
        "verified": True,
        "path": path,
    }
