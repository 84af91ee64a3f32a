"""Files for other programs, named on the command line."""

from pathlib import Path

from promoter.errors import CannotAct
from promoter.messages import N_, phrase


def write(path: Path, text: str) -> None:
    """Writes a file anew, in UTF-8. Raises CannotAct when it cannot be written."""
    write_octets(path, text.encode("utf-8", "backslashreplace"))


def write_octets(path: Path, octets: bytes) -> None:
    """Writes a file anew. Raises CannotAct when it cannot be written."""
    try:
        path.write_bytes(octets)
    except OSError as error:
        raise CannotAct(
            phrase(N_("{path} cannot be written: {why}"), path=str(path), why=error.strerror or "")
        ) from error
