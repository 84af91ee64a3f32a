"""What entries are bound to: the copies a promotion pinned, its subject, and its checklist's items."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping

from promoter.messages import N_, Template, message
from promoter.model.entry import Checked, Entry, Opened, Pinned, Recorded
from promoter.trail.entry import blob_path, is_blob_path
from promoter.trail.facts import Finding, Severity
from promoter.trail.repository import Repository

_SECONDS = 900

PHRASES: Mapping[str, Template] = {
    "pinned-missing": N_("names a copy of {name} that the trail does not have"),
    "pinned-differs": N_("a copied file is not what its name says"),
    "pinned-unreadable": N_("the pinned checklist does not load: {name}"),
    "binding-differs": N_(
        "answers for another checklist, release or pair of environments than the promotion was opened with"
    ),
    "item-differs": N_("answers for another definition of {item} than the pinned checklist has"),
}


def copies(repository: Repository, tip: str, counted: Iterable[Recorded], *, full: bool) -> Iterator[Finding]:
    """Pinned copies that are not there, and copies (with `full` all of them) that are not what their
    name says."""
    listed = repository.run("ls-tree", "-r", "-z", "--full-tree", tip, "a/", timeout=_SECONDS)
    there = {
        path.decode("utf-8", "backslashreplace"): about.split()[2].decode("ascii")
        for about, _, path in (each.partition(b"\t") for each in listed.split(b"\0") if each)
    }
    wanted = set(there) if full else set()
    for recorded, pinned in _pinned(counted):
        path = blob_path(pinned.digest)
        wanted.add(path)
        if path not in there:
            said = message("pinned-missing", name=pinned.path)
            yield Finding(said, Severity.UNTRUSTED, recorded.commit, recorded.path)
    paths = sorted(path for path in wanted & there.keys() if is_blob_path(path))
    contents = repository.objects(there[path] for path in paths)
    for path, (_, kind, content) in zip(paths, contents, strict=True):
        if kind == "missing":
            yield Finding(message("object-missing", object=there[path]), Severity.UNSURE, path=path)
        elif hashlib.sha256(content).hexdigest() != path.rpartition("/")[2]:
            yield Finding(message("pinned-differs"), Severity.UNTRUSTED, path=path)


def subjects(counted: Iterable[Recorded]) -> Iterator[Finding]:
    """Entries that answer for something else than what their promotion was opened with."""
    opened: dict[str, Entry] = {}
    for each in counted:
        subject, content = each.entry.subject, each.entry.content
        if subject is None:
            continue
        first = opened.get(subject.promotion)
        if first is None and isinstance(content, Opened):
            opened[subject.promotion] = each.entry
            bound = content.checklist.digest == subject.checklist_digest
        else:
            bound = first is not None and first.subject == subject
        if not bound:
            yield Finding(message("binding-differs"), Severity.NOTE, each.commit, each.path)


def items(repository: Repository, tip: str, counted: Iterable[Recorded]) -> Iterator[Finding]:
    """Entries that answer for another definition of an item than the pinned checklist has."""
    known: dict[str, Mapping[str, str]] = {}
    for each in counted:
        subject, content = each.entry.subject, each.entry.content
        if isinstance(content, Opened) and subject is not None and subject.promotion not in known:
            copy = _copy(repository, tip, content.checklist)
            loaded = None if copy is None else _definitions(copy, content.checklist.path)
            known[subject.promotion] = loaded or {}
            if copy is not None and loaded is None:
                said = message("pinned-unreadable", name=content.checklist.path)
                yield Finding(said, Severity.NOTE, each.commit, each.path)
        definitions = known.get(subject.promotion) if subject is not None else None
        for item, digest in _answers(each.entry):
            if definitions and definitions.get(item) != digest:
                yield Finding(message("item-differs", item=item), Severity.NOTE, each.commit, each.path)


def _answers(entry: Entry) -> list[tuple[str, str]]:
    if isinstance(entry.content, Checked):
        return sorted({(each.item, each.item_digest) for each in entry.content.outcomes})
    return [(entry.item.id, entry.item.digest)] if entry.item is not None else []


def _copy(repository: Repository, tip: str, pinned: Pinned) -> bytes | None:
    [(_, kind, content)] = repository.objects([f"{tip}:{blob_path(pinned.digest)}"])
    true = kind == "blob" and "sha256:" + hashlib.sha256(content).hexdigest() == pinned.digest
    return content if true else None


def _definitions(checklist: bytes, path: str) -> Mapping[str, str] | None:
    from promoter.checklist.loading import load_checklist

    loaded, _ = load_checklist(checklist, path, None, pinned=True)
    return None if loaded is None else {each.id: each.digest for each in loaded.items}


def _pinned(counted: Iterable[Recorded]) -> Iterator[tuple[Recorded, Pinned]]:
    for each in counted:
        content = each.entry.content
        if isinstance(content, Opened):
            for pinned in (content.pipeline, content.checklist, content.template, content.ca_file):
                if pinned is not None:
                    yield each, pinned
