"""Entries as bytes: canonical JSON out, a strict reader in, and where on the trail each one lies. Pure.

The reader takes nothing but the one form of JSON, so an entry has one form and one digest.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from promoter.errors import UsageError
from promoter.messages import N_, Message, Template, message, phrase
from promoter.model.entry import (
    Entry,
    EntryType,
)
from promoter.trail import contents
from promoter.trail.canonical import canonical
from promoter.trail.shape import Misshapen, Shape, choice, members, utc

_TYPE: Shape[EntryType] = choice(EntryType)
ENTRY_AT_MOST = 1 << 20
"""Bytes in an entry."""

PHRASES: Mapping[str, Template] = {
    "written-by-newer": N_("written by a newer version of promoter ({what})"),
    "malformed-entry": N_("not an entry: {where}: {what}"),
    "entry-too-large": N_("larger than {at_most} bytes"),
    "entry-not-json": N_("not JSON in UTF-8"),
    "entry-not-canonical": N_("not written in the one form entries have"),
    "entry-wrong-path": N_("an entry in another one's place: its own is {expected}"),
    "entry-field-missing": N_("missing"),
    "entry-field-unknown": N_("unknown"),
    "entry-field-type": N_("of the wrong type"),
    "entry-field-form": N_("not of the right form"),
    "entry-field-too-long": N_("longer than {at_most}"),
}

_ENTRY_NAME = re.compile(r"([0-9A-Z]{26})\.([a-z0-9-]{1,40})\.json", re.ASCII)
_KEYS = frozenset(
    {"schema", "id", "trail", "pipeline", "type", "actor", "at", "content", "refers_to", "promotion", "item"}
)

_TYPES = frozenset(each.value for each in EntryType)


class EntryUnreadable(ValueError):
    """Bytes or a place that are no entry of this version: `why` is `written-by-newer`, `entry-wrong-path` or
    `malformed-entry`."""

    def __init__(self, why: Message) -> None:
        super().__init__(why)
        self.why = why

    @property
    def newer(self) -> bool:
        """Whether a newer version may understand it."""
        return self.why.code == "written-by-newer"


def entry_bytes(entry: Entry) -> bytes:
    """The canonical bytes of an entry.

    Raises UsageError when something in it is longer or otherwise than the format allows.
    """
    _, shape = contents.content_of(entry.type)
    document = {
        "schema": contents.schema_of(entry.content),
        "id": entry.id,
        "trail": entry.trail,
        "pipeline": entry.pipeline,
        "type": entry.type.value,
        "actor": contents.actor.write(entry.actor),
        "at": entry.at,
        "content": shape.write(entry.content),
        "refers_to": contents.references.write(entry.refers_to),
        "promotion": None if entry.subject is None else contents.subject.write(entry.subject),
        "item": None if entry.item is None else contents.item_binding.write(entry.item),
    }
    try:
        written = canonical(document)
        read_entry(written, entry_path(entry))
    except EntryUnreadable as unreadable:
        raise _unwritable(unreadable.why) from unreadable
    except ValueError as wrong:
        raise _unwritable(_malformed("", message("entry-not-json"))) from wrong
    return written


def read_entry(data: bytes, path: str) -> Entry:
    """The entry these bytes are, at this path of the trail's tree.

    Raises EntryUnreadable and nothing else, whatever the bytes are.
    """
    document = _document(data)
    version = document.get("schema")
    if (
        isinstance(version, str)
        and version not in contents.SCHEMAS
        and re.fullmatch(r"promoter/entry/[1-9][0-9]{0,8}", version)
    ):
        raise EntryUnreadable(message("written-by-newer", what=version))
    kind = document.get("type")
    known = isinstance(kind, str) and kind in _TYPES
    if (
        version in contents.SCHEMAS
        and isinstance(kind, str)
        and not known
        and re.fullmatch(r"[a-z][a-z0-9-]{0,39}", kind)
    ):
        raise EntryUnreadable(message("written-by-newer", what=kind))
    try:
        entry = _entry(document)
    except Misshapen as misshapen:
        raise EntryUnreadable(_malformed(misshapen.where, misshapen.what)) from misshapen
    if path != entry_path(entry):
        raise EntryUnreadable(message("entry-wrong-path", expected=entry_path(entry)))
    return entry


def entry_path(entry: Entry) -> str:
    """Where on the trail's tree an entry lies."""
    name = f"{entry.id}.{entry.type.value}.json"
    return f"r/{name}" if entry.subject is None else f"{promotion_directory(entry.subject.promotion)}/{name}"


def promotion_directory(promotion: str) -> str:
    """The directory that has a promotion's entries."""
    return f"p/{hashlib.sha256(promotion.encode('utf-8', 'surrogatepass')).hexdigest()[:2]}/{promotion}"


def blob_path(digest: str) -> str:
    """Where a copied file lies, by its `sha256:…` digest; raises ValueError when it is none."""
    try:
        name = contents.digest.read(digest, "digest").removeprefix("sha256:")
    except Misshapen as misshapen:
        raise ValueError("not a digest") from misshapen
    return f"a/{name[:2]}/{name}"


def promotion_at(path: str) -> str | None:
    """The promotion whose directory a path is in; None when it is in none."""
    parts = path.split("/")
    if len(parts) == 4 and "/".join(parts[:3]) == promotion_directory(parts[2]):
        return parts[2]
    return None


def is_entry_path(path: str) -> bool:
    """Whether an entry may lie there, judged by the path alone."""
    parts = path.split("/")
    placed = promotion_at(path) is not None or (len(parts) == 2 and parts[0] == "r")
    return placed and _ENTRY_NAME.fullmatch(parts[-1]) is not None


def is_blob_path(path: str) -> bool:
    """Whether a copied file may lie there, judged by the path alone."""
    return re.fullmatch(r"a/([0-9a-f]{2})/\1[0-9a-f]{62}", path) is not None


def _document(data: bytes) -> dict[str, Any]:
    if len(data) > ENTRY_AT_MOST:
        raise EntryUnreadable(_malformed("", message("entry-too-large", at_most=ENTRY_AT_MOST)))
    try:
        document = json.loads(data.decode())
        again = canonical(document)
    except (ValueError, RecursionError):
        raise EntryUnreadable(_malformed("", message("entry-not-json"))) from None
    if not isinstance(document, dict):
        raise EntryUnreadable(_malformed("", message("entry-field-type")))
    if again != data:
        raise EntryUnreadable(_malformed("", message("entry-not-canonical")))
    return document


def _entry(document: Mapping[str, Any]) -> Entry:
    members(document, "", set(_KEYS))
    kind = _TYPE.read(document["type"], "type")
    _, shape = contents.content_of(kind)
    if kind.of_trail:
        _absent(document, "promotion")
    if not contents.item_possible(kind):
        _absent(document, "item")
    bound = document["item"] is not None or kind in contents.ITEM_REQUIRED
    content = shape.read(document["content"], "content")
    if document["schema"] != contents.schema_of(content):
        raise Misshapen("schema", message("entry-field-form"))
    return Entry(
        id=contents.ulid.read(document["id"], "id"),
        trail=contents.token.read(document["trail"], "trail"),
        pipeline=contents.line.read(document["pipeline"], "pipeline"),
        type=kind,
        actor=contents.actor.read(document["actor"], "actor"),
        at=utc.read(document["at"], "at"),
        content=content,
        refers_to=contents.references.read(document["refers_to"], "refers_to"),
        subject=None if kind.of_trail else contents.subject.read(document["promotion"], "promotion"),
        item=contents.item_binding.read(document["item"], "item") if bound else None,
    )


def _absent(document: Mapping[str, Any], key: str) -> None:
    if document[key] is not None:
        raise Misshapen(key, message("entry-field-unknown"))


def _malformed(where: str, what: Message) -> Message:
    return message("malformed-entry", where=where or "entry", what=what)


def _unwritable(why: Message) -> UsageError:
    where, what = why.parameters.get("where"), why.parameters.get("what")
    return UsageError(phrase(N_("this cannot be recorded: {where}: {what}"), where=where, what=what))
