"""What the command line asked for, before any verb: where, which promotion, in which form."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from promoter.errors import UsageError
from promoter.messages import N_, Language, phrase

if TYPE_CHECKING:
    from promoter.model.overrides import Overrides
    from promoter.output.console import Console
    from promoter.usecases.settings import Settings
    from promoter.usecases.workspace import Workspace

FullScreen: TypeAlias = Callable[["Settings", Language, str | None], int]
"""Opens the full-screen face on a workspace, for a promotion or the only open one; its exit code."""

_COLOUR = {"always": True, "never": False}


@dataclass
class Request:
    """One invocation. Options may stand before or after the verb; both end up here."""

    language: Language
    full_screen: FullScreen
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    directory: Path = Path()
    promotion: str | None = None
    pipeline: str | None = None
    as_json: bool = False
    colour: str = "auto"
    connect_to: tuple[str, ...] = ()
    ca_files: tuple[Path, ...] = ()

    @cached_property
    def console(self) -> "Console":
        """Where the answer goes."""
        from promoter.output.console import Console

        colour = _COLOUR.get(self.colour)
        return Console(self.language, as_json=self.as_json, colour=colour, environ=self.environ)

    def settings(self) -> "Settings":
        """The settings of the workspace that was asked for; raises UsageError for a bad mapping."""
        from promoter.usecases.settings import Settings

        return Settings(
            directory=self.directory,
            pipeline=self.pipeline,
            overrides=self.overrides(),
            environ=self.environ,
        )

    def overrides(self) -> "Overrides":
        """The network overrides of the command line and the environment; raises UsageError."""
        from promoter.model.overrides import Overrides

        mappings = (*self.environ.get("PROMOTER_CONNECT_TO", "").split(), *self.connect_to)
        files = self.environ.get("PROMOTER_CA_FILE", "").split(os.pathsep)
        ca_files = (*(Path(each) for each in files if each), *self.ca_files)
        for each in ca_files:
            if not each.is_file():
                raise UsageError(
                    phrase(N_("there is no file {path}"), path=str(each)),
                    phrase(N_("--ca-file and PROMOTER_CA_FILE name files of certificates in PEM")),
                )
        return Overrides(connect_to=dict(map(mapping, mappings)), ca_files=ca_files)

    @contextmanager
    def workspace(self) -> Iterator["Workspace"]:
        """The workspace, for a `with`; says at its end what kept a decision from being shared at once.

        Raises UsageError, CannotAct.
        """
        from promoter.usecases.workspace import Workspace

        with Workspace.open(self.settings()) as workspace:
            workspace.told = self._tell
            yield workspace
        self.console.warn(*workspace.not_notified)
        if workspace.not_shared is not None:
            why = self.language.say(workspace.not_shared.wrong).partition("\n")[0]
            self.console.warn(phrase(N_("recorded here, and not shared yet: {why}"), why=why))

    def _tell(self, read: int, of: int) -> None:
        """How far the trail is read, on stderr: once, or on a terminal time and again on one line."""
        live = self.console.err.isatty() and not self.as_json
        if read == 0 or live:
            said = phrase(
                N_("reading the trail for the first time: {read} of {of} entries"), read=read, of=of
            )
            self.console.note(self.language.say(said))

    def has_terminal(self) -> bool:
        """Whether a person can be shown a full screen."""
        streams = (sys.stdin, sys.stderr)
        attended = all(each is not None and each.isatty() for each in streams)
        return attended and self.environ.get("TERM", "") not in ("", "dumb")


def mapping(given: str) -> tuple[str, str]:
    """`HOST:PORT:ADDRESS:PORT` as (`HOST:PORT`, `ADDRESS:PORT`); an IPv6 address stands in brackets.

    Raises UsageError.
    """
    host, _, rest = given.partition(":")
    port, _, target = rest.partition(":")
    address, _, target_port = target.rpartition(":")
    if not (host and address and _is_port(port) and _is_port(target_port)):
        raise UsageError(
            phrase(N_("{given} is not HOST:PORT:ADDRESS:PORT"), given=given),
            phrase(N_("for example --connect-to preprod.example.org:443:127.0.0.1:8443")),
        )
    return f"{host.lower()}:{port}", f"{address}:{target_port}"


def pair(given: str, shape: str, remedy: str) -> tuple[str, str]:
    """`NAME=VALUE` as its two sides; raises UsageError, which names the `shape` expected and the remedy."""
    name, equals, value = given.partition("=")
    if not (name.strip() and equals):
        raise UsageError(
            phrase(N_("{given} is not {shape}"), given=given, shape=phrase(shape)), phrase(remedy)
        )
    return name.strip(), value


def seconds(given: str) -> float:
    """A length of time such as `90s` or `10m`, in seconds; raises UsageError."""
    from promoter.model.duration import parse_duration

    try:
        return parse_duration(given).total_seconds()
    except ValueError:
        raise UsageError(
            phrase(N_("{given} is not a length of time"), given=given),
            phrase(N_("for example 90s, 10m or 1h")),
        ) from None


def _is_port(given: str) -> bool:
    return given.isascii() and given.isdigit() and 0 < int(given) < 65536
