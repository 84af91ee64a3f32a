"""Whether git's objects are there, and are what their ids say; and what makes other tools see others."""

import hashlib
from collections.abc import Iterator, Mapping

from promoter.messages import N_, Template, message
from promoter.trail.facts import Finding, Severity
from promoter.trail.repository import Repository

_SECONDS = 900

PHRASES: Mapping[str, Template] = {
    "object-differs": N_("a git object is not what its id says: {object}"),
    "object-missing": N_("a git object is missing from this clone: {object}"),
    "history-replaced": N_(
        "this clone replaces objects (refs/replace): other tools may show another history"
    ),
    "history-grafted": N_("this clone grafts history (info/grafts): other tools may show another history"),
}


def objects(repository: Repository, tip: str) -> Iterator[Finding]:
    """Objects of a history that are missing, or whose bytes are not those of their id."""
    listed = repository.run(
        "rev-list", "--objects", "--no-object-names", "--missing=print", tip, timeout=_SECONDS
    )
    names = listed.decode("ascii").split()
    for name in names:
        if name.startswith("?"):
            yield Finding(message("object-missing", object=name[1:]), Severity.UNSURE)
    present = [name for name in names if not name.startswith("?")]
    algorithm = hashlib.sha256 if repository.object_format == "sha256" else hashlib.sha1
    for name, (_, kind, content) in zip(present, repository.objects(present), strict=True):
        if kind == "missing":
            yield Finding(message("object-missing", object=name), Severity.UNSURE)
        elif algorithm(f"{kind} {len(content)}\0".encode() + content).hexdigest() != name:
            yield Finding(message("object-differs", object=name), Severity.UNTRUSTED)


def disguises(repository: Repository) -> Iterator[Finding]:
    """What in this clone makes other tools show another history than the one that is verified."""
    if repository.run("for-each-ref", "--count=1", "refs/replace/"):
        yield Finding(message("history-replaced"), Severity.NOTE)
    if (repository.common_directory / "info" / "grafts").exists():
        yield Finding(message("history-grafted"), Severity.NOTE)
