"""An index that says of every entry that it counts, each row as if promoter had written it."""

from dataclasses import replace
from pathlib import Path

from promoter.model.entry import Recorded, Trust
from promoter.trail.index import Index, reading, writing
from promoter.trail.repository import Repository


def let_everything_count(directory: Path, branch: str) -> None:
    """Writes into the index of a repository, which must be there, that nothing on the trail is quarantined."""
    with Repository.discover(directory) as repository:
        path = Index(repository, branch).path
    with reading(path) as reader:
        judged: tuple[Recorded, ...] = reader.everything().recorded
    with writing(path) as writer:
        writer.forget_judgement()
        writer.add_judged([replace(each, trust=Trust.COUNTED, why=None) for each in judged])
