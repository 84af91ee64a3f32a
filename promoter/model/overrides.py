"""Network settings that one process is given, beside what the pipeline pins."""

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path

from promoter.frozen import frozen


@frozen
class Overrides:
    """Network settings of the process: `connect_to` maps `HOST:PORT` to `ADDRESS:PORT`; `ca_files`
    are added to the trusted roots. `pinned` when the pipeline or the demo's genesis allows them, so
    that outcomes under them count; `used` names them in an outcome otherwise."""

    connect_to: Mapping[str, str] = field(default_factory=dict)
    ca_files: tuple[Path, ...] = ()
    pinned: bool = False
