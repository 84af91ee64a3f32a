"""What a process was asked for. Light to import: the full screen paints before anything heavier is loaded."""

from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import UTC, datetime
from pathlib import Path

from promoter.frozen import frozen
from promoter.model.overrides import Overrides


def utc_now() -> datetime:
    """The clock of real runs."""
    return datetime.now(UTC)


@frozen
class Settings:
    """`-C`, `--pipeline`, the network overrides, and the process's environment."""

    directory: Path
    pipeline: str | None = None
    overrides: Overrides = field(default_factory=Overrides)
    environ: Mapping[str, str] = field(default_factory=dict)
    clock: Callable[[], datetime] = utc_now
