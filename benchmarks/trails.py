"""Trails of a given length, made at once with `git fast-import`, and the repository around them."""

import hashlib
import secrets
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from promoter import __version__
from promoter.checklist.loading import load_checklist
from promoter.messages import message
from promoter.model.entry import (
    Adopted,
    Checked,
    Content,
    Entry,
    EntryType,
    Genesis,
    ItemBinding,
    Opened,
    Pinned,
    Promoted,
    SignedOff,
    Subject,
)
from promoter.model.outcome import CheckOutcome, Outcome, Verdict
from promoter.model.release import Release
from promoter.model.roster import Actor, Roster
from promoter.shipped import shipped
from promoter.trail.entry import blob_path, entry_bytes, entry_path
from promoter.trail.ulid import new_ulid

BRANCH = "promoter/trail"
PER_PROMOTION = 20
ALICE = Actor("alice@example.org", "Alice Martin", "alice@example.org")


@dataclass
class Writer:
    """Writes entries one commit each, a second apart."""

    trail: str = field(default_factory=lambda: secrets.token_hex(16))
    at: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    written: int = 0
    genesis: str = ""
    webhook: str = "sha256:" + "0" * 64
    _made: dict[EntryType, tuple[Entry, bytes]] = field(default_factory=dict)

    def commit(
        self, kind: EntryType, content: Content, subject: Subject | None = None, blobs: tuple[bytes, ...] = ()
    ) -> bytes:
        """The commit that adds an entry, in the language of `git fast-import`."""
        self.at += timedelta(seconds=1)
        self.written += 1
        entry = Entry(
            id=new_ulid(self.at),
            trail=self.trail,
            pipeline="passe-marche",
            type=kind,
            actor=ALICE,
            at=self.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            content=content,
            subject=subject,
            item=ItemBinding("webhook", self.webhook) if kind is EntryType.SIGNED_OFF else None,
        )
        self.genesis = self.genesis or entry.id
        who = f"Alice Martin <alice@example.org> {int(self.at.timestamp())} +0000"
        subject_line = f"{kind}\n".encode()
        head = (
            f"commit refs/heads/{BRANCH}\nauthor {who}\ncommitter {who}\ndata {len(subject_line)}\n".encode()
        )
        files = [(entry_path(entry), self._bytes_of(entry))]
        files += [(blob_path(_digest(each)), each) for each in blobs]
        return (
            head
            + subject_line
            + b"".join(
                f"M 100644 inline {path}\ndata {len(content)}\n".encode() + content + b"\n"
                for path, content in files
            )
        )

    def _bytes_of(self, entry: Entry) -> bytes:
        """What `entry_bytes` makes of it, which checks as long as it writes, when there is none like it yet."""
        if entry.subject is None or entry.type is EntryType.PROMOTED:
            return entry_bytes(entry)
        if entry.type not in self._made:
            self._made[entry.type] = entry, entry_bytes(entry)
        like, made = self._made[entry.type]
        assert like.subject is not None
        for before, now in (
            (like.id, entry.id),
            (like.at, entry.at),
            (like.subject.promotion, entry.subject.promotion),
            (like.subject.release.name, entry.subject.release.name),
            (like.subject.release.commit or "", entry.subject.release.commit or ""),
        ):
            made = made.replace(b'"%s"' % before.encode(), b'"%s"' % now.encode())
        return made


@dataclass(frozen=True, slots=True)
class Length:
    """How long a trail is: how many entries it has, how many of them a promotion has, and how many promotions
    are open, the last ones."""

    entries: int
    each: int = PER_PROMOTION
    left_open: int = 1

    @property
    def promotions(self) -> int:
        """How many there are; the genesis and what was adopted are of none."""
        return -(-(self.entries - 2) // self.each)


def repository(directory: Path, length: int | Length, roster: Roster | None = None) -> Path:
    """A repository whose trail has that many entries, each promotion of a release of its own, the last one open and passing."""
    length = length if isinstance(length, Length) else Length(length)
    directory.mkdir(parents=True)
    for arguments in (
        ("init", "--quiet", "--initial-branch=main"),
        ("config", "user.name", "Alice Martin"),
        ("config", "user.email", "alice@example.org"),
        ("config", "commit.gpgsign", "false"),
    ):
        subprocess.run(["git", *arguments], cwd=directory, check=True)
    checklists = directory / "checklists"
    checklists.mkdir()
    for source in shipped("checklists").glob("*.yaml"):
        (checklists / source.name).write_bytes(source.read_bytes())
    subprocess.run(["git", "add", "--all"], cwd=directory, check=True)
    subprocess.run(["git", "commit", "--quiet", "-m", "Begin"], cwd=directory, check=True)
    releases = _releases(directory, length.promotions)
    feed = b"".join(_stream(directory, length, roster or Roster(), releases))
    subprocess.run(["git", "fast-import", "--quiet"], cwd=directory, check=True, input=feed)
    return directory


def _releases(directory: Path, count: int) -> list[Release]:
    """As many releases, each a commit of its own after the first."""

    def git(*arguments: str, given: bytes = b"") -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=directory, check=True, capture_output=True, input=given
        )
        return done.stdout.decode()

    base, tree = git("rev-parse", "HEAD", "HEAD^{tree}").split()
    commits = b"".join(
        b"commit refs/heads/main\nmark :%d\ncommitter Carol Doe <carol@example.org> %d +0000\ndata 1\n.\nfrom %s\n"
        % (number, 1_766_000_000 + number, base.encode())
        for number in range(1, count + 1)
    )
    git("fast-import", "--quiet", "--export-marks=.git/marks", given=commits)
    marks = dict(line.split() for line in (directory / ".git" / "marks").read_text().splitlines())
    return [Release(f"v1.{number}.0", marks[f":{number}"], tree) for number in range(1, count + 1)]


def _stream(directory: Path, length: Length, roster: Roster, releases: Sequence[Release]) -> Iterator[bytes]:
    writer = Writer()
    files = [directory / "checklists" / name for name in ("pipeline.yaml", "staging-to-preprod.yaml")]
    pinned = tuple(each.read_bytes() for each in (*files, shipped("templates") / "report.md.j2"))
    writer.webhook = _definition(pinned[1])
    genesis = writer.commit(EntryType.GENESIS, Genesis(1, roster))
    yield genesis
    yield writer.commit(EntryType.ADOPTED, Adopted("staging", releases[-1], "in service"))
    number = 0
    while writer.written < length.entries:
        release = releases[number]
        number += 1
        subject = Subject(f"v1-preprod-{number:06}", "staging", "preprod", release, _digest(pinned[1]))
        left = min(length.each, length.entries - writer.written)
        stays_open = number > length.promotions - length.left_open
        yield writer.commit(
            EntryType.OPENED, _opened(pinned, writer.genesis), subject, pinned if number == 1 else ()
        )
        for index in range(left - (1 if stays_open else 2)):
            kind = EntryType.CHECKED if index % 2 else EntryType.SIGNED_OFF
            content: Content = _checked(writer.webhook) if index % 2 else SignedOff(comment="Seen")
            yield writer.commit(kind, content, subject)
        if not stays_open:
            yield writer.commit(
                EntryType.PROMOTED, Promoted("0" * 40, writer.written, "open", claimed=True), subject
            )


def _opened(pinned: tuple[bytes, ...], roster: str) -> Opened:
    names = ("checklists/pipeline.yaml", "checklists/staging-to-preprod.yaml", "templates/report.md.j2")
    pipeline, checklist, template = (
        Pinned(name, _digest(each)) for name, each in zip(names, pinned, strict=True)
    )
    return Opened("staging-to-preprod", pipeline, checklist, template, roster=roster)


def _checked(definition: str) -> Checked:
    outcome = Outcome(Verdict.PASSED, message("https.answered", status=200, took=0.1))
    each = CheckOutcome("webhook", definition, "https", "https", "2026-01-01T00:00:00Z", outcome)
    return Checked((each,), __version__)


def _definition(checklist: bytes) -> str:
    """The digest of the item that everybody signs."""
    loaded, problems = load_checklist(checklist, "staging-to-preprod.yaml", None, pinned=True)
    found = loaded.item("webhook") if loaded is not None else None
    assert found is not None, problems
    return found.digest


def _digest(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()
