"""Trails as people, and those who would forge them, make them: any commit, with any author, parent and key."""

import hashlib
import itertools
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from promoter.checklist.loading import load_checklist
from promoter.model.entry import (
    Content,
    Entry,
    EntryType,
    Genesis,
    ItemBinding,
    KeyCompromised,
    KeyRetired,
    Opened,
    Pinned,
    RosterChanged,
    SignedOff,
    Subject,
)
from promoter.model.release import Release
from promoter.model.roster import Actor, Key, Person, PersonClass, Roster
from promoter.trail.entry import blob_path, entry_bytes, entry_path
from promoter.trail.ulid import new_ulid
from tests.support.git_repositories import Signer, git

BRANCH = "promoter/trail"
TRAIL = "0123456789abcdef0123456789abcdef"
PIPELINE = "passe-marche"
START = datetime(2026, 11, 22, 12, tzinfo=UTC)
CHECKLIST = b"""\
checklist: staging-to-preprod
from: staging
to: preprod
title: From staging to preprod
items:
  - id: webhook
    title: The webhook answers
    sign_off: {}
"""
_minutes = itertools.count()


def digest_of(content: bytes) -> str:
    """`sha256:…` of a file that goes into the trail."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


def definition_of(item: str, checklist: bytes = CHECKLIST) -> str:
    """The digest of an item's definition in a checklist."""
    loaded, problems = load_checklist(checklist, "checklists/it.yaml", None, pinned=True)
    found = loaded.item(item) if loaded is not None else None
    assert found is not None, problems
    return found.digest


def id_of(signer: Signer) -> str:
    """The roster's id for a signer: the local part of their address."""
    return signer.email.partition("@")[0]


def person(
    signer: Signer, *roles: str, person_class: PersonClass = PersonClass.PERSON, **more: Any
) -> Person:
    """A signer as the roster has them."""
    key = Key(signer.id, "ssh-ed25519", signer.public)
    return Person(id_of(signer), signer.name, (signer.email,), roles, (key,), person_class, **more)


def actor(signer: Signer, person_class: PersonClass = PersonClass.PERSON) -> Actor:
    """A signer as their entries name them."""
    return Actor(id_of(signer), signer.name, signer.email, signer.id, person_class)


def subject(promotion: str = "p1", checklist: bytes = CHECKLIST) -> Subject:
    """A promotion from staging to preprod."""
    release = Release("v1", "a" * 40, "b" * 40)
    return Subject(promotion, "staging", "preprod", release, digest_of(checklist))


_TYPES = {
    Genesis: EntryType.GENESIS,
    RosterChanged: EntryType.ROSTER,
    KeyRetired: EntryType.KEY_RETIRED,
    KeyCompromised: EntryType.KEY_COMPROMISED,
    Opened: EntryType.OPENED,
    SignedOff: EntryType.SIGNED_OFF,
}


def entry(content: Content, by: Signer, *, kind: EntryType | None = None, **fields: Any) -> Entry:
    """An entry, a minute after the one before; `fields` replace what it would have."""
    at = START + timedelta(minutes=next(_minutes))
    kind = kind or _TYPES[type(content)]
    given: dict[str, Any] = {
        "id": new_ulid(at),
        "trail": TRAIL,
        "pipeline": PIPELINE,
        "type": kind,
        "actor": actor(by),
        "at": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "content": content,
        "subject": None if kind.of_trail else subject(),
        "item": ItemBinding("webhook", definition_of("webhook")) if kind is EntryType.SIGNED_OFF else None,
    }
    return Entry(**(given | fields))


def genesis(by: Signer, *people: Person, **fields: Any) -> Entry:
    """The beginning, with these people on its roster."""
    return entry(Genesis(1, Roster(people)), by, **fields)


def roster_change(by: Signer, *people: Person, **fields: Any) -> Entry:
    """A new roster."""
    return entry(RosterChanged(Roster(people)), by, **fields)


def opened(by: Signer, roster: Entry, **fields: Any) -> Entry:
    """Opens a promotion; its three pinned files are all the checklist."""
    pinned = Pinned("checklists/it.yaml", digest_of(CHECKLIST))
    return entry(Opened("staging-to-preprod", pinned, pinned, pinned, roster.id), by, **fields)


def sign_off(by: Signer, comment: str = "", **fields: Any) -> Entry:
    """A sign-off of the item `webhook`."""
    return entry(SignedOff(comment), by, **fields)


def files_of(*entries: Entry) -> dict[str, bytes]:
    """The files entries are, with the checklist beside one that opens."""
    files = {entry_path(each): entry_bytes(each) for each in entries}
    if any(isinstance(each.content, Opened) for each in entries):
        files[blob_path(digest_of(CHECKLIST))] = CHECKLIST
    return files


class History:
    """The trail's branch of a repository, written by hand."""

    def __init__(self, directory: Path, branch: str = BRANCH) -> None:
        self.directory = directory
        self.branch = branch

    @property
    def tip(self) -> str:
        """Where the branch is."""
        return git(self.directory, "rev-parse", f"refs/heads/{self.branch}")

    def point(self, commit: str) -> str:
        """Moves the branch there, as anyone with the repository can."""
        git(self.directory, "update-ref", f"refs/heads/{self.branch}", commit)
        return commit

    def add(self, *entries: Entry, by: Signer, **options: Any) -> str:
        """Commits entries in the way promoter does, but for the options."""
        return self.commit(files_of(*entries), by=by, **options)

    def commit(
        self,
        files: Mapping[str, bytes],
        *,
        by: Signer,
        key: Signer | None = None,
        signed: bool = True,
        after: Sequence[str] | None = None,
        without: Iterable[str] = (),
        mode: str = "100644",
    ) -> str:
        """Commits files onto `after` (the tip by default) as `by`, signed with their key or another."""
        parents = ([self.tip] if self._begun() else []) if after is None else list(after)
        index = {"GIT_INDEX_FILE": str(self.directory / ".git" / "index-of-tests")}
        git(self.directory, "read-tree", *([parents[0]] if parents else ["--empty"]), environment=index)
        for extra in parents[1:]:
            self._join(extra, index)
        for path in without:
            git(self.directory, "update-index", "--force-remove", "--", path, environment=index)
        for path, content in files.items():
            oid = git(self.directory, "hash-object", "-w", "--stdin", given=content)
            git(
                self.directory,
                "update-index",
                "--add",
                "--cacheinfo",
                f"{mode},{oid},{path}",
                environment=index,
            )
        tree = git(self.directory, "write-tree", environment=index)
        names = {"GIT_AUTHOR_NAME": by.name, "GIT_AUTHOR_EMAIL": by.email}
        names |= {"GIT_COMMITTER_NAME": by.name, "GIT_COMMITTER_EMAIL": by.email}
        settings = ["-c", "gpg.format=ssh", "-c", f"user.signingkey={(key or by).key}"]
        shape = [word for parent in parents for word in ("-p", parent)] + (["-S"] if signed else [])
        commit = git(self.directory, *settings, "commit-tree", *shape, "-m", "entry", tree, environment=names)
        return self.point(commit)

    def merge(self, ours: str, theirs: str, *, by: Signer, **options: Any) -> str:
        """Joins two histories; the options may make it do more than that."""
        return self.commit(options.pop("files", {}), by=by, after=[ours, theirs], **options)

    def _begun(self) -> bool:
        return bool(git(self.directory, "for-each-ref", f"refs/heads/{self.branch}"))

    def _join(self, commit: str, index: Mapping[str, str]) -> None:
        for line in git(self.directory, "ls-tree", "-r", commit).splitlines():
            about, path = line.split("\t")
            mode, _, oid = about.split()
            git(
                self.directory,
                "update-index",
                "--add",
                "--cacheinfo",
                f"{mode},{oid},{path}",
                environment=index,
            )
