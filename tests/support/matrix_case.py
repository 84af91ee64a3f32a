"""One case of the matrix: a server of our own, and what each kind has to come to when it meets it."""

import asyncio
import contextlib
import dataclasses
import ssl
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from cryptography import x509

from promoter.model.outcome import Outcome, Verdict
from promoter.model.reference import Value
from promoter.run import Surroundings, try_check
from tests.support.checks import code
from tests.support.tls_servers import OK, Handler, Made, Wanted, make, server_side, serving

ROOT = make(Wanted(name="Matrix Root", authority=True))
"""The root that every case trusts unless it says otherwise; `root.pem` of the case's work tree."""

KINDS = ("https", "certificate")
GRACE_S = 5.0
"""Seconds a check may take beyond its deadline on a machine that is busy with something else."""
_AT_ONCE = 24


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A case that is being served: the fields that only the running server tells (its `url`, say), and
    whatever else of promoter's `Surroundings` is not as usual (`process_environment`, `ca_file` …)."""

    fields: Mapping[str, Value]
    surroundings: Mapping[str, Any] = field(default_factory=dict)


Serve: TypeAlias = Callable[[Path], contextlib.AbstractAsyncContextManager[Scene]]
"""Serves a case for as long as it is entered. The directory is the case's own: its work tree, in which
`root.pem` is."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """A server, good or bad, and the verdict with its reason that each kind must come to.

    `family` is the family it stands for of those that the matrix has to cover. `expected` says for each
    kind that judges it what `tests.support.checks.code` says of the outcome: `failed expired`. `fields`
    are for all of these kinds, `fields_of` for one of them. A good one must be `passed`, nothing else.
    """

    name: str
    family: str
    good: bool
    serve: Serve
    expected: Mapping[str, str]
    fields: Mapping[str, Value] = field(default_factory=dict)
    fields_of: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)

    def fields_for(self, kind: str, scene: Scene) -> dict[str, Value]:
        """Every field of one kind's check."""
        return {**scene.fields, **self.fields, **self.fields_of.get(kind, {})}


@dataclass(frozen=True)
class Judged:
    """What one kind came to over a case."""

    case: Case
    kind: str
    outcome: Outcome
    deadline_s: float

    @property
    def wrongs(self) -> tuple[str, ...]:
        """What is wrong with it, as sentences; empty when it was judged right and in time."""
        case, verdict, expected = self.case, self.outcome.verdict, self.case.expected[self.kind]
        found = []
        if case.good and verdict is not Verdict.PASSED:
            found.append("false alarm")
        if not case.good and verdict is Verdict.PASSED:
            found.append("missed")
        if code(self.outcome) != expected:
            found.append(f"{code(self.outcome)} instead of {expected}")
        if self.outcome.took_s > self.deadline_s + GRACE_S:
            found.append(f"took {self.outcome.took_s} s, {self.deadline_s} s allowed")
        return tuple(f"{case.name}, {self.kind}: {wrong}" for wrong in found)


async def judge_all(cases: Sequence[Case], folder: Path) -> list[Judged]:
    """Serves and judges the cases side by side, each with every kind it names, through the engine."""
    places = asyncio.Semaphore(_AT_ONCE)

    async def attend(number: int, case: Case) -> list[Judged]:
        async with places:
            tree = folder / f"{number}"
            tree.mkdir()
            return await _judge(case, tree)

    done = await asyncio.gather(*(attend(number, case) for number, case in enumerate(cases)))
    return [each for judged in done for each in judged]


async def _judge(case: Case, tree: Path) -> list[Judged]:
    (tree / "root.pem").write_bytes(ROOT.pem)
    async with case.serve(tree) as scene:
        surroundings = Surroundings(**{"root": tree, "ca_file": tree / "root.pem", **scene.surroundings})

        async def one(kind: str) -> Judged:
            fields = case.fields_for(kind, scene)
            deadline = float(str(fields.get("timeout", "10s")).removesuffix("s"))
            return Judged(case, kind, await try_check(kind, fields, surroundings), deadline)

        return list(await asyncio.gather(*(one(kind) for kind in case.expected)))


def good(
    name: str,
    family: str,
    serve: Serve,
    *,
    kinds: Sequence[str] = KINDS,
    **fields: Value,
) -> Case:
    """A case that the kinds must pass without a warning."""
    expected = {"https": "passed answers", "certificate": "passed valid"}
    return Case(
        name=name,
        family=family,
        good=True,
        serve=serve,
        expected={kind: expected[kind] for kind in kinds},
        fields=fields,
    )


def bad(
    name: str,
    family: str,
    serve: Serve,
    reason: str | None = None,
    *,
    https: str | None = None,
    certificate: str | None = None,
    **fields: Value,
) -> Case:
    """A case that the kinds must not pass: both for the same `reason`, or each for its own; a kind
    without one does not judge it."""
    expected = {"https": https or reason, "certificate": certificate or reason}
    named = {kind: each for kind, each in expected.items() if each is not None}
    return Case(name=name, family=family, good=False, serve=serve, expected=named, fields=fields)


def only(case: Case, kind: str, **fields: Value) -> Case:
    """The case with these fields for one of its kinds."""
    return dataclasses.replace(case, fields_of={**case.fields_of, kind: fields})


def tls(
    made: Made,
    handler: Handler = OK,
    *,
    send: tuple[x509.Certificate, ...] | None = None,
    host: str = "localhost",
    path: str = "/",
    adjust: Callable[[ssl.SSLContext], object] = lambda settings: None,
) -> Serve:
    """A TLS server on 127.0.0.1 with this certificate. It sends what is above it, or `send`; `adjust`
    changes its settings; a `host` other than localhost is reached with `connect_to`."""

    @contextlib.asynccontextmanager
    async def serve(tree: Path) -> AsyncIterator[Scene]:
        settings = server_side(made, tree, send=send)
        adjust(settings)
        async with serving(handler, settings) as port:
            yield Scene(fields=at(port, host, path))

    return serve


def at(port: int, host: str = "localhost", path: str = "/") -> dict[str, Value]:
    """The fields that lead to a port of 127.0.0.1 under a host's name."""
    fields: dict[str, Value] = {"url": f"https://{host}:{port}{path}"}
    if host not in ("localhost", "127.0.0.1"):
        fields["connect_to"] = f"127.0.0.1:{port}"
    return fields
