"""Files and links of evidence, as text and as JSON."""

from itertools import groupby
from typing import Any

from promoter.messages import N_
from promoter.model.attachment import described
from promoter.output.console import Console, Style
from promoter.trail.headline import headline
from promoter.usecases.evidence import Attachment, Fetched


def show_attachments(console: Console, found: tuple[Attachment, ...]) -> None:
    """On a terminal, what was given with each entry below it; in a file one line for each file or link, to be
    searched."""
    if not found:
        console.line(console.language.gettext(N_("nothing was given as evidence")))
    elif console.out.isatty():
        _show_by_entry(console, found)
    else:
        digest_only = console.language.gettext(N_("digest only"))
        console.columns(
            [
                (
                    each.item,
                    each.file.file or "",
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


def _show_by_entry(console: Console, found: tuple[Attachment, ...]) -> None:
    language = console.language
    for _, group in groupby(found, lambda each: each.recorded.entry.id):
        given = list(group)
        entry = given[0].recorded.entry
        console.line(language.say(headline(entry)), (f"  {language.time(entry.at)}", Style.FAINT))
        for each in given:
            first, *rest = console.wrapped(described(each.file, language), 4)
            console.line("  + ", first)
            for line in rest:
                console.line("    ", line)


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
