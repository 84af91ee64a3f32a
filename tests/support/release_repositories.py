"""Repositories with a release in them, for checks that ask git."""

import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from promoter.trail.repository import Repository
from tests.support.git_repositories import Signer, commit_file, git, isolate_git, make_repository, make_signer


class Shop:
    """A repository of Alice's with one commit, whose key git trusts; it is a remote's clone when asked."""

    def __init__(self, root: Path, keys: Path, alice: Signer) -> None:
        self.root = root
        self.keys = keys
        self.alice = alice
        self.repository = Repository.discover(root)

    def git(self, *arguments: str) -> str:
        return git(self.root, *arguments)

    @property
    def head(self) -> str:
        return self.git("rev-parse", "HEAD")

    def commit(self, message: str, at: datetime | None = None) -> str:
        """An empty commit with a message."""
        dates = (
            {} if at is None else {"GIT_COMMITTER_DATE": at.isoformat(), "GIT_AUTHOR_DATE": at.isoformat()}
        )
        arguments = ["git", "commit", "-q", "--no-gpg-sign", "--allow-empty", "-F", "-"]
        subprocess.run(arguments, cwd=self.root, input=message.encode(), check=True, env=os.environ | dates)
        return self.head

    def file(self, name: str, content: str, at: datetime | None = None) -> str:
        """A commit of one file."""
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_text(content)
        self.git("add", "--", name)
        return self.commit(f"Write {name}", at)

    def publish(self, *references: str) -> Path:
        """A remote, `origin`, with the references; what is there is fetched."""
        remote = self.root.parent / f"{self.root.name}-origin"
        make_repository(remote, bare=True)
        self.git("remote", "add", "origin", str(remote))
        self.git("push", "-q", "origin", *references)
        self.git("fetch", "-q", "origin")
        return remote

    def shallow(self, depth: int = 1) -> Repository:
        """A clone that has only the last commits."""
        clone = self.root.parent / f"{self.root.name}-shallow"
        self.git("clone", "-q", f"--depth={depth}", f"file://{self.root}", str(clone))
        return Repository.discover(clone)


def make_shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """A fixture's body."""
    beside = tmp_path.parent / f"{tmp_path.name}-beside"
    beside.mkdir()
    isolate_git(monkeypatch, beside / "home")
    alice = make_signer(beside / "keys", "Alice", "alice@shop.example")
    root = make_repository(tmp_path / "shop", person=alice)
    allowed = beside / "allowed"
    allowed.write_text(f"alice@shop.example {alice.public}\n")
    git(root, "config", "gpg.ssh.allowedSignersFile", str(allowed))
    commit_file(root, "README.md", "# Shop\n")
    shop = Shop(root, beside / "keys", alice)
    yield shop
    shop.repository.close()


LONG_AGO = datetime(2025, 1, 1, 12, 0, tzinfo=UTC)
