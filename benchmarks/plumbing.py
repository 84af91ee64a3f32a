"""The git commands without which an entry cannot be appended: the floor for what appending may take."""

import os
import subprocess
from pathlib import Path

from benchmarks.trails import BRANCH
from promoter.model.entry import Entry
from promoter.trail.command import command
from promoter.trail.entry import entry_bytes, entry_path
from promoter.trail.trees import parse_tree

_REFERENCE = f"refs/heads/{BRANCH}"


def append(directory: Path, entry: Entry) -> None:
    """Appends an entry with nothing checked that need not be: where the branch is, the trees on the path read,
    the file, its trees and its commit written and read back, the branch moved; each on the disk."""
    tip = _git(directory, "rev-parse", "--verify", _REFERENCE).decode().strip()
    path = entry_path(entry)
    parts = path.split("/")
    above = ["/".join(parts[:count]) for count in range(3, -1, -1)]
    trees = _trees(directory, [f"{tip}:{each}" for each in above])
    blob = _git(directory, "hash-object", "-w", "--stdin", given=entry_bytes(entry)).decode().strip()
    made = _written(directory, trees, [*reversed(parts[:3]), ""], parts[3], blob)
    _git(directory, "cat-file", "--batch", given=f"{made}:{path}\n".encode())
    commit = _git(directory, "commit-tree", made, "-p", tip, "-F", "-", given=b"entry\n").decode().strip()
    _git(directory, "cat-file", "--batch", given=commit.encode() + b"\n")
    _git(directory, "update-ref", "--no-deref", _REFERENCE, commit, tip)


def _trees(directory: Path, names: list[str]) -> list[bytes]:
    answered = _git(directory, "cat-file", "--batch", given="\n".join(names).encode() + b"\n")
    found, at = [], 0
    for _ in names:
        end = answered.index(b"\n", at)
        size = int(answered[at:end].split()[2])
        found.append(answered[end + 1 : end + 1 + size])
        at = end + size + 2
    return found


def _written(directory: Path, trees: list[bytes], names: list[str], name: str, blob: str) -> str:
    """The root's id after the entry was put into its directory; `names` are the directories', innermost first."""
    import hashlib

    mode, oid, texts = b"100644", blob, []
    for content, above in zip(trees, names, strict=True):
        lines = {each: (one.mode, one.oid) for each, one in parse_tree(content, 20).items()}
        lines[name.encode()] = mode, oid
        ordered = sorted(lines.items(), key=lambda line: line[0] + (b"/" if line[1][0] == b"40000" else b""))
        raw = b"".join(kind + b" " + each + b"\0" + bytes.fromhex(one) for each, (kind, one) in ordered)
        texts.append(
            b"".join(
                b"%s %s %s\t%s\0"
                % (kind.zfill(6), b"tree" if kind == b"40000" else b"blob", one.encode(), each)
                for each, (kind, one) in ordered
            )
        )
        oid = hashlib.sha1(b"tree %d\0" % len(raw) + raw, usedforsecurity=False).hexdigest()
        mode, name = b"40000", above
    _git(directory, "mktree", "-z", "--missing", "--batch", given=b"\0".join(texts))
    return oid


def _git(directory: Path, *arguments: str, given: bytes = b"") -> bytes:
    """The same command line promoter starts, with the same settings."""
    who = {f"GIT_{each}_{what}": "a@b.c" for each in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    done = subprocess.run(
        command(arguments), cwd=directory, input=given, env=os.environ | who, check=True, capture_output=True
    )
    return done.stdout
