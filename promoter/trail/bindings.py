"""What entries are bound to: the copies a promotion pinned, its subject, and its checklist's items."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from promoter.messages import N_, Template, message
from promoter.model.attachment import media_type
from promoter.model.checklist import Checklist, SignOffRule
from promoter.model.entry import (
    Amended,
    Checked,
    Content,
    Entry,
    EntryType,
    EvidenceItem,
    Opened,
    Pinned,
    Recorded,
    Subject,
    evidence_in,
)
from promoter.trail.entry import blob_path
from promoter.trail.facts import Finding, Severity
from promoter.trail.repository import Repository

_SECONDS = 900

PHRASES: Mapping[str, Template] = {
    "pinned-missing": N_("names a copy of {name} that the trail does not have"),
    "pinned-differs": N_("a copied file is not what its name says"),
    "attached-size-differs": N_("says that {name} has {said} bytes, and the trail's copy has {size}"),
    "attached-type-differs": N_("says that {name} is {said}, and the trail's copy looks like {type}"),
    "pinned-unreadable": N_("the pinned checklist does not load: {name}"),
    "binding-differs": N_(
        "answers for another checklist, release or pair of environments than the promotion was opened with, or amended to"
    ),
    "item-differs": N_("answers for another definition of {item} than the pinned checklist has"),
    "signed-without-role": N_("{actor} had none of the roles that {item} asks for: {roles:list}"),
    "approved-without-role": N_(
        "{actor} had none of the roles that approvals of the promotion ask for: {roles:list}"
    ),
}


def copies(repository: Repository, tip: str, counted: Iterable[Recorded]) -> Iterator[Finding]:
    """Copies that entries name and that are not there, or are not what their name says."""
    listed = repository.run("ls-tree", "-r", "-z", "--full-tree", tip, "a/", timeout=_SECONDS)
    there = {
        path.decode("utf-8", "backslashreplace"): about.split()[2].decode("ascii")
        for about, _, path in (each.partition(b"\t") for each in listed.split(b"\0") if each)
    }
    named: dict[str, list[tuple[Recorded, EvidenceItem]]] = {}
    for recorded, name, digest, piece in _named(counted):
        path = blob_path(digest)
        told = named.setdefault(path, [])
        told += [(recorded, piece)] if piece else []
        if path not in there:
            said = message("pinned-missing", name=name)
            yield Finding(said, Severity.UNTRUSTED, recorded.commit, recorded.path)
    paths = sorted(named & there.keys())
    contents = repository.objects(there[path] for path in paths)
    for path, (_, kind, content) in zip(paths, contents, strict=True):
        if kind == "missing":
            yield Finding(message("object-missing", object=there[path]), Severity.UNSURE, path=path)
        elif hashlib.sha256(content).hexdigest() != path.rpartition("/")[2]:
            commit = repository.run("rev-list", "--max-count=1", tip, "--", path, timeout=_SECONDS)
            yield Finding(message("pinned-differs"), Severity.UNTRUSTED, commit.decode().strip(), path)
        else:
            yield from _about_copy(named[path], content)


def _about_copy(told: Iterable[tuple[Recorded, EvidenceItem]], content: bytes) -> Iterator[Finding]:
    """What entries say of a file of evidence beside its digest, and its bytes do not."""
    found = media_type(content)
    for recorded, piece in told:
        name = piece.file or ""
        if piece.size is not None and piece.size != len(content):
            said = message("attached-size-differs", name=name, said=piece.size, size=len(content))
            yield Finding(said, Severity.UNTRUSTED, recorded.commit, recorded.path)
        if piece.media_type is not None and piece.media_type != found:
            said = message("attached-type-differs", name=name, said=piece.media_type, type=found)
            yield Finding(said, Severity.NOTE, recorded.commit, recorded.path)


def subjects(counted: Iterable[Recorded]) -> Iterator[Finding]:
    """Entries that answer for something else than what their promotion was opened with, or amended to."""
    known: dict[str, set[Subject]] = {}
    for each in counted:
        subject, content = each.entry.subject, each.entry.content
        if subject is None:
            continue
        there = known.setdefault(subject.promotion, set())
        if not there and isinstance(content, Opened):
            there.add(subject)
            bound = content.checklist.digest == subject.checklist_digest
        else:
            bound = subject in there
        if isinstance(content, Amended) and bound:
            there |= {_amended(one, content) for one in there}
        if not bound:
            yield Finding(message("binding-differs"), Severity.NOTE, each.commit, each.path)


def _amended(subject: Subject, content: Amended) -> Subject:
    rules = content.rules
    digest = rules.checklist.digest if rules else subject.checklist_digest
    return replace(subject, release=content.release or subject.release, checklist_digest=digest)


def items(repository: Repository, tip: str, counted: Iterable[Recorded]) -> Iterator[Finding]:
    """Entries that answer for another definition of an item than the pinned checklist has, or are of nobody
    who may."""
    known: dict[str, dict[str, Checklist | None]] = {}
    loaded: dict[str, Checklist | None] = {}
    unreadable: set[str] = set()
    for each in counted:
        subject, pinned = each.entry.subject, _checklist(each.entry.content)
        there = known.setdefault(subject.promotion, {}) if subject is not None else {}
        if pinned is not None and (not there or isinstance(each.entry.content, Amended)):
            digest = pinned.digest
            if digest not in loaded:
                copy = _copy(repository, tip, pinned)
                loaded[digest] = None if copy is None else _loaded(copy, pinned.path)
                unreadable |= {digest} if copy is not None and loaded[digest] is None else set()
            there[digest] = loaded[digest]
            if digest in unreadable:
                said = message("pinned-unreadable", name=pinned.path)
                yield Finding(said, Severity.NOTE, each.commit, each.path)
        first = next(iter(there.values()), None)
        checklist = there.get(subject.checklist_digest, first) if subject is not None else None
        if checklist is not None:
            yield from _about_items(each, checklist)


def _checklist(content: Content) -> Pinned | None:
    """The checklist that an entry pins."""
    if isinstance(content, Amended):
        return content.rules.checklist if content.rules else None
    return content.checklist if isinstance(content, Opened) else None


def _about_items(recorded: Recorded, checklist: Checklist) -> Iterator[Finding]:
    digests = {each.id: each.digest for each in checklist.items}
    for item, digest in _answers(recorded.entry):
        if digests.get(item) != digest:
            said = message("item-differs", item=item)
            yield Finding(said, Severity.NOTE, recorded.commit, recorded.path)
    rule, code, named = _rule_for(recorded.entry, checklist)
    if rule is None or recorded.roles is None or not rule.roles:
        return
    if not set(rule.roles) & set(recorded.roles):
        said = message(code, actor=recorded.entry.actor.name, roles=rule.roles, **named)
        yield Finding(said, Severity.NOTE, recorded.commit, recorded.path)


def _rule_for(entry: Entry, checklist: Checklist) -> tuple[SignOffRule | None, str, dict[str, str]]:
    """The rule that says who may give what an entry gives, and what to say of somebody who may not."""
    if entry.type is EntryType.APPROVED:
        rule = checklist.approvals.seats if checklist.approvals is not None else None
        return rule, "approved-without-role", {}
    answered = checklist.item(entry.item.id) if entry.item and entry.type is EntryType.SIGNED_OFF else None
    if answered is None:
        return None, "", {}
    return answered.sign_off, "signed-without-role", {"item": answered.id}


def _answers(entry: Entry) -> list[tuple[str, str]]:
    if isinstance(entry.content, Checked):
        return sorted({(each.item, each.item_digest) for each in entry.content.outcomes})
    return [(entry.item.id, entry.item.digest)] if entry.item is not None else []


def _copy(repository: Repository, tip: str, pinned: Pinned) -> bytes | None:
    [(_, kind, content)] = repository.objects([f"{tip}:{blob_path(pinned.digest)}"])
    true = kind == "blob" and "sha256:" + hashlib.sha256(content).hexdigest() == pinned.digest
    return content if true else None


def _loaded(checklist: bytes, path: str) -> Checklist | None:
    from promoter.checklist.loading import load_checklist

    return load_checklist(checklist, path, None, pinned=True)[0]


def _named(counted: Iterable[Recorded]) -> Iterator[tuple[Recorded, str, str, EvidenceItem | None]]:
    """The copies that entries name: by which entry, under which name, with which digest, and as what evidence."""
    for each in counted:
        content = each.entry.content
        if isinstance(content, Opened):
            for pinned in (content.pipeline, content.checklist, content.template, content.ca_file):
                if pinned is not None:
                    yield each, pinned.path, pinned.digest, None
        elif isinstance(content, Amended) and content.rules is not None:
            for pinned in (content.rules.pipeline, content.rules.checklist, content.rules.ca_file):
                if pinned is not None:
                    yield each, pinned.path, pinned.digest, None
        for piece in evidence_in(content):
            if piece.stored and piece.digest is not None:
                yield each, piece.file or piece.digest, piece.digest, piece
