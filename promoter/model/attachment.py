"""Attached files: what their bytes say they are, a name that is safe to write down, and how they are told of. Pure."""

import re
import unicodedata

from promoter.messages import N_, Language
from promoter.model.entry import EvidenceItem

LONGEST_NAME = 120
"""Characters in the recorded name of a file."""
UNNAMED = "file"
NAMELESS = "—"

OCTETS = "application/octet-stream"
PLAIN = "text/plain"
_MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"\x1f\x8b\x08", "application/gzip"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\x00", "application/x-xz"),
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x1a\x45\xdf\xa3", "video/webm"),
    (b"\x7fELF", "application/x-executable"),
    (b"MZ", "application/vnd.microsoft.portable-executable"),
)
_LATER = ((4, b"ftyp", "video/mp4"), (8, b"WEBP", "image/webp"), (257, b"ustar", "application/x-tar"))
"""How files begin that are no text, at which octet; what is text is told from the text."""
_MARKUP = (
    (("<!doctype html", "<html", "<head", "<body", "<script"), "text/html"),
    (("<svg",), "image/svg+xml"),
    (("<?xml",), "application/xml"),
)
_DECLARED = re.compile(
    r"(?:<\?xml[^>]{0,200}\?>|<!--.{0,1000}?-->|<!doctype svg[^>]{0,400}>|\s)+", re.IGNORECASE | re.DOTALL
)
_SEPARATORS = re.compile(r"[/\\]")


def media_type(content: bytes) -> str:
    """What a file's bytes look like, whatever its name says: one of a small set of types, text/plain for
    UTF-8 without control characters, application/octet-stream for everything else.

    Entries keep it, and `verify` compares: what has a type here keeps it in later versions."""
    text = text_in(content)
    if text is not None and not content.startswith(b"%PDF-"):
        return "application/json" if _is_json(text) else _markup(text)
    found = [named for start, named in _MAGIC if content.startswith(start)]
    found += [named for at, start, named in _LATER if content.startswith(start, at)]
    return found[0] if found else OCTETS


def text_in(content: bytes) -> str | None:
    """The text that some bytes are: UTF-8 without control characters other than those of plain lines; else None."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    lines = not any(unicodedata.category(each) == "Cc" and each not in "\t\n\r\f" for each in set(text))
    return text if lines else None


def safe_name(name: str) -> str:
    """The last part of a path, without what could mislead: control and formatting characters (which turn
    the direction of writing), line ends, blanks at its ends, leading dots and dashes; shortened in its middle."""
    last = _SEPARATORS.split(unicodedata.normalize("NFC", name).rstrip("/\\"))[-1]
    shown = "".join(
        " " if each.isspace() or unicodedata.category(each) in ("Zl", "Zp") else each
        for each in last
        if each.isspace() or not unicodedata.category(each).startswith("C")
    )
    kept = " ".join(shown.split()).lstrip(". -")
    if len(kept) > LONGEST_NAME:
        tail = kept[-20:]
        kept = kept[: LONGEST_NAME - len(tail) - 1] + "…" + tail
    return kept or UNNAMED


def described(piece: EvidenceItem, language: Language) -> str:
    """A piece of evidence on one line: the link, or the file's name and what is known of it. Of one that somebody's own
    program wrote, whatever there is."""
    if piece.file is None and piece.digest is None:
        return piece.link or NAMELESS
    size = None if piece.size is None else language.ngettext("{count} byte", "{count} bytes", piece.size)
    kept = None if piece.stored else language.gettext(N_("digest only"))
    facts = ", ".join(filter(None, (piece.link, piece.media_type, size, piece.digest, kept)))
    return f"{piece.file or NAMELESS} ({facts})"


def _markup(text: str) -> str:
    """What would act on whoever opens it as a page is no plain text, whatever stands before it."""
    begins = text.removeprefix("\ufeff").lstrip()[:4_000].lower()
    declared = _DECLARED.match(begins)
    after = begins[declared.end() :] if declared else begins
    if begins.startswith("<") and "<script" in begins and not after.startswith("<svg"):
        return "text/html"
    for start in (after, begins):
        for names, named in _MARKUP:
            if start.startswith(names):
                return named
    return PLAIN


def _is_json(text: str) -> bool:
    import json

    started = text.lstrip()
    if not started.startswith(("{", "[")) or started.count("[") + started.count("{") > 10_000:
        return False
    try:
        json.loads(started)
    except (ValueError, RecursionError):
        return False
    return True
