"""What the repository's configuration does to the trail's branch when git fetches or pushes by itself."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from promoter.trail.command import GitFailed
from promoter.trail.repository import Repository, reference_of


def fetch_refspecs(repository: Repository, remote: str) -> list[str]:
    """The refspecs that a plain `git fetch` of a remote uses."""
    try:
        listed = repository.run("config", "-z", "--get-all", f"remote.{remote}.fetch")
    except GitFailed as failed:
        if failed.status == 1:
            return []
        raise
    return [each for each in os.fsdecode(listed).split("\0") if each]


def overwriting_refspecs(repository: Repository, branch: str) -> Iterator[tuple[str, str]]:
    """Remote and refspec where a plain fetch would reset or prune the trail's own branch."""
    reference = reference_of(branch)
    for remote in repository.remotes():
        refspecs = fetch_refspecs(repository, remote)
        pruning = _prunes(repository, remote)
        for refspec in refspecs:
            source = _source_of(refspec, reference)
            forced = refspec.startswith("+") or pruning
            if source is not None and forced and not _left_out(refspecs, source):
                yield remote, refspec


def tracked(repository: Repository, remote: str, branch: str) -> bool:
    """Whether a plain fetch brings the remote's trail into a reference of its own."""
    reference = reference_of(branch)
    refspecs = fetch_refspecs(repository, remote)
    return any(
        _matches(refspec.removeprefix("+").partition(":")[0], reference) is not None
        and refspec.partition(":")[2].startswith("refs/remotes/")
        for refspec in refspecs
        if not refspec.startswith("^")
    ) and not _left_out(refspecs, reference)


def unasked(repository: Repository, branch: str) -> str | None:
    """A remote of which nobody knows here whether it has the trail: a plain fetch does not bring that branch, and
    nobody ever asked. None when there is none."""
    for remote in repository.remotes():
        if not tracked(repository, remote, branch) and not _note(repository, remote, branch).exists():
            return remote
    return None


def note_asked(repository: Repository, remote: str, branch: str) -> None:
    """Remembers that a remote was asked for the trail, and has none."""
    note = _note(repository, remote, branch)
    note.parent.mkdir(parents=True, exist_ok=True)
    note.touch()


def _note(repository: Repository, remote: str, branch: str) -> Path:
    name = hashlib.sha256(f"{remote}\0{branch}".encode("utf-8", "surrogateescape")).hexdigest()
    return repository.common_directory / "promoter" / f"asked-{name[:32]}"


def _source_of(refspec: str, reference: str) -> str | None:
    """Which of the remote's references a refspec writes to this one of ours; None when it does not."""
    source, _, destination = refspec.removeprefix("+").partition(":")
    part = _matches(destination, reference) if not refspec.startswith("^") else None
    return None if part is None else source.replace("*", part, 1)


def _left_out(refspecs: Sequence[str], source: str) -> bool:
    return any(_matches(each[1:], source) is not None for each in refspecs if each.startswith("^"))


def _matches(pattern: str, reference: str) -> str | None:
    """What a pattern's `*` stands for in a reference, or nothing; None when it does not match."""
    before, star, after = pattern.partition("*")
    if not star:
        return "" if pattern in (reference, reference.removeprefix("refs/heads/")) else None
    fits = len(reference) >= len(before) + len(after)
    if fits and reference.startswith(before) and reference.endswith(after):
        return reference[len(before) : len(reference) - len(after)]
    return None


def _prunes(repository: Repository, remote: str) -> bool:
    own = repository.setting(f"remote.{remote}.prune", kind="bool")
    return (own or repository.setting("fetch.prune", kind="bool")) == "true"


def recommended(repository: Repository, remote: str, branch: str) -> list[tuple[str, str]]:
    """The settings that are missing for a plain fetch to bring the trail beside this clone's own, and for
    sync to know its remote: keys and values. Empty when everything is as it should be."""
    reference = reference_of(branch)
    missing: list[tuple[str, str]] = []
    if any(each == remote for each, _ in overwriting_refspecs(repository, branch)):
        missing.append((f"remote.{remote}.fetch", f"^{reference}"))
    elif not tracked(repository, remote, branch):
        missing.append((f"remote.{remote}.fetch", f"+{reference}:refs/remotes/{remote}/{branch}"))
    for key, value in ((f"branch.{branch}.remote", remote), (f"branch.{branch}.merge", reference)):
        if repository.setting(key) != value:
            missing.append((key, value))
    return missing


def write(repository: Repository, key: str, value: str) -> None:
    """Writes a setting of this repository; a refspec is added to those there are. Raises CannotAct."""
    how = ("--add",) if key.endswith(".fetch") else ()
    repository.change("config", "--local", *how, key, value)
