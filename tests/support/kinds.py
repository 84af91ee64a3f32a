"""Kinds of checks for tests, found as a third party's are: through the entry-point group."""

import asyncio
import contextlib
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from promoter.checks.declaration import conclude, kind
from promoter.messages import N_, message
from promoter.model.address import HostPort, Url
from promoter.model.context import Context
from promoter.model.outcome import Evidence, Outcome, Verdict
from promoter.model.ruling import Ruling
from promoter.redaction import Secret

_RULINGS = {
    "kept": Ruling(Verdict.PASSED, N_("kept")),
    "broken": Ruling(Verdict.FAILED, N_("broken"), N_("Mend it.")),
}


@contextlib.contextmanager
def installed(*classes: type, folder: Path) -> Iterator[None]:
    """The kinds, as if a package that brings them were installed."""
    there = folder / "kinds_for_tests-1.0.dist-info"
    there.mkdir()
    (there / "METADATA").write_text("Metadata-Version: 2.1\nName: kinds-for-tests\nVersion: 1.0\n")
    lines = "".join(f"{each.__name__.lower()} = {each.__module__}:{each.__name__}\n" for each in classes)
    (there / "entry_points.txt").write_text(f"[promoter.checks]\n{lines}")
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))


@kind("promising", rulings=_RULINGS, example={})
@dataclass(frozen=True, slots=True, kw_only=True)
class Promising:
    """Passes, whatever it is given."""

    url: Annotated[Url | None, N_("A URL")] = None
    key: Annotated[Secret | None, N_("A secret")] = None
    note: Annotated[str | None, N_("A text that is shown")] = None
    connect_to: Annotated[HostPort | None, N_("An address")] = None

    async def observe(self, context: Context) -> Outcome:
        return conclude(self, "kept")


ATTEMPTS: list[str] = []
"""One `x` for each observation of a `Faltering` check."""


@kind("faltering", rulings=_RULINGS, example={}, timeout=20.0)
@dataclass(frozen=True, slots=True, kw_only=True)
class Faltering:
    """Fails until it has been observed often enough."""

    good_from: Annotated[int, N_("Which attempt is the first to pass")] = 1
    hangs_from: Annotated[int, N_("Which attempt is the first that has no end")] = 99

    async def observe(self, context: Context) -> Outcome:
        ATTEMPTS.append("x")
        if len(ATTEMPTS) >= self.hangs_from:
            await asyncio.Event().wait()
        return conclude(self, "kept" if len(ATTEMPTS) >= self.good_from else "broken")


@kind("revoking", rulings=_RULINGS, example={}, effects=N_("revokes the token in use"))
@dataclass(frozen=True, slots=True, kw_only=True)
class Revoking:
    """Changes something in the world."""

    async def observe(self, context: Context) -> Outcome:
        return conclude(self, "kept")


@kind("executing", rulings=_RULINGS, example={}, executes="run")
@dataclass(frozen=True, slots=True, kw_only=True)
class Executing:
    """Says that it runs a command."""

    run: Annotated[tuple[str, ...], N_("The command")] = ()

    async def observe(self, context: Context) -> Outcome:
        return conclude(self, "kept")


@kind(
    "misbehaving",
    rulings={**_RULINGS, "kept-by": Ruling(Verdict.PASSED, N_("kept by {whom}"))},
    facts={"found": N_("found")},
    example={},
    timeout=1.0,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Misbehaving:
    """Ends the program, gives itself up, holds everything up, does not stop when it is told to, or answers what
    its kind did not declare."""

    how: Annotated[str, N_("In which way")] = "ends"

    async def observe(self, context: Context) -> Outcome:
        if self.how == "ends":
            sys.exit(0)
        if self.how == "gives up":
            raise asyncio.CancelledError
        if self.how == "answers for another":
            return Outcome(Verdict.PASSED, message("promising.kept"))
        if self.how == "answers otherwise":
            return Outcome(Verdict.PASSED, message("misbehaving.broken"))
        if self.how == "leaves words out":
            return conclude(self, "kept-by")
        if self.how == "passes against its evidence":
            return conclude(self, "kept", [Evidence(message("found"), observed=1, verdict=Verdict.FAILED)])
        if self.how == "gives an object":
            return conclude(self, "kept", [Evidence(message("found"), observed=object())])  # type: ignore[arg-type]
        if self.how == "holds":
            time.sleep(1.5)  # noqa: ASYNC251 - which is the fault
        try:
            await asyncio.sleep(60 if self.how == "goes on" else 0)
        except asyncio.CancelledError:
            await asyncio.sleep(0.2)
        return conclude(self, "kept")
