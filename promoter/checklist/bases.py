"""The files that checklists extend, read from the work tree within bounds."""

from collections.abc import Callable
from pathlib import Path

from promoter.checklist.extending import Reader, Source
from promoter.checklist.files import read_capped
from promoter.messages import N_, Phrase, phrase
from promoter.place import Problem


def reading_from(directory: Path, root: Path, shown: Callable[[Path], str] = str) -> Reader:
    """Reads what a checklist of that directory extends; nothing outside of `root`, not by a link either. `shown`
    is how the user names a path."""

    def read(file: str) -> Source | Phrase:
        elsewhere = phrase(N_("{file} is not in this repository"), file=file)
        try:
            path = (directory / file).resolve()
            if not path.is_relative_to(root.resolve()):
                return elsewhere
        except (OSError, RuntimeError, ValueError):
            return elsewhere
        content = read_capped(path, shown(path))
        if isinstance(content, Problem):
            return phrase(N_("{file} {wrong}"), file=file, wrong=content.wrong)
        return Source(shown(path), content, reading_from(path.parent, root, shown))

    return read
