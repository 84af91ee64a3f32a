"""No bytes that a server can send crash a check, or put an escape sequence or a secret into its outcome."""

import asyncio
import contextlib
import shlex
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from promoter.checks import registry
from promoter.checks.declaration import Kind
from promoter.checks.fields import FieldSpec, element_of
from promoter.messages import Language, Message, Parameter
from promoter.model.address import HostPort, Url
from promoter.model.environment import DotenvSource, VariableRule, Variables
from promoter.model.outcome import Outcome, Verdict
from promoter.model.reference import Fact, ProcessVariable, Value, Variable
from promoter.redaction import Secret
from promoter.run import Surroundings, try_check
from promoter.usecases.language import phrasebook
from tests.support.checks import environment
from tests.support.hostile_servers import ECHO, ENCODINGS, Stubborn, answers
from tests.support.tls_servers import Wanted, make, server_side, serving

SECRET = 's3cr3t/with+signs=and\\quotes"<&>é€'
ROOT = make(Wanted(name="Trusted Root", authority=True))
LEAF = make(Wanted(), ROOT)
FORBIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


class Everything:
    """Consent to whatever is asked for."""

    def __contains__(self, asked: object) -> bool:
        return True


@dataclass
class World:
    """A stubborn server, over TLS and without, and the loop in which it lives."""

    runner: asyncio.Runner
    server: Stubborn
    surroundings: Surroundings
    ports: tuple[int, int]

    def comes_to(self, kind: Kind, raw: bytes, *, over_tls: bool) -> Outcome:
        """What a check of the kind comes to when the server answers so."""
        self.server.raw = raw
        port = self.ports[over_tls and kind.field("url") is not None]
        return self.runner.run(try_check(kind.name, fields(kind, port), self.surroundings))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "root.pem").write_bytes(ROOT.pem)
    (folder / ".env").write_text(f"SECRET={shlex.quote(SECRET)}\n")
    rules = (VariableRule("SECRET", secret=True),)
    surroundings = Surroundings(
        root=folder,
        environment=environment(variables=Variables((DotenvSource(".env"),), rules)),
        process_environment={"SECRET": SECRET},
        ca_file=folder / "root.pem",
        consents=Everything(),
    )
    server = Stubborn()
    with asyncio.Runner() as runner:
        stack = contextlib.AsyncExitStack()
        bare = runner.run(stack.enter_async_context(serving(server)))
        secure = runner.run(stack.enter_async_context(serving(server, server_side(LEAF, folder))))
        yield World(runner, server, surroundings, (bare, secure))
        runner.run(stack.aclose())


def kinds() -> list[Kind]:
    """Those that go to a URL or an address."""
    found = [registry.kind(name) for name in registry.names()]
    return [each for each in found if any(_leads_out(spec) for spec in each.fields)]


def _leads_out(spec: FieldSpec) -> bool:
    element = element_of(spec.annotation)
    return element is Url or (element is HostPort and spec.required)


def fields(kind: Kind, port: int) -> dict[str, Value]:
    """The kind's example, led to the server, with a secret wherever one may be given."""
    made: dict[str, Value] = {}
    for spec in kind.fields:
        written = kind.example.get(spec.name)
        if _leads_out(spec) and (written is not None or spec.required or spec.name == "url"):
            made[spec.name] = (
                f"https://localhost:{port}/" if element_of(spec.annotation) is Url else f"127.0.0.1:{port}"
            )
        elif spec.annotation is Secret and (spec.required or written is not None or spec.name == "bearer"):
            made[spec.name] = ProcessVariable("SECRET")
        elif isinstance(written, Fact | Variable):
            made[spec.name] = "editor-1"
        elif written is not None:
            made[spec.name] = written
    if kind.field("timeout") is not None:
        made["timeout"] = "3s"
    for name, _ in list(kind.contradictions(made)):
        made.pop(name)
    return made


def texts(outcome: Outcome) -> Iterator[str]:
    """Every text of an outcome: as it is stored, and in the words of both languages."""
    languages = [Language(code, phrasebook=phrasebook) for code in ("en", "fr")]
    parts: list[Parameter] = [outcome.reason, *outcome.overrides]
    for each in outcome.evidence:
        parts += (each.fact, each.expected, each.observed)
    for part in parts:
        yield from _stored(part)
        if isinstance(part, Message):
            yield from (language.say(part) for language in languages)


def _stored(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, Message):
        for each in part.parameters.values():
            yield from _stored(each)
    elif isinstance(part, list | tuple):
        for each in part:
            yield from _stored(each)


def assert_harmless(outcome: Outcome) -> None:
    """It is an outcome, of a check that did not break, without what steers a terminal, without the secret."""
    assert outcome.verdict in Verdict
    assert outcome.reason.code != "crashed", outcome
    for text in texts(outcome):
        assert not any(unicodedata.category(char) in FORBIDDEN for char in text), repr(text)
        assert SECRET[:12] not in text
        assert not any(encode(SECRET) in text for encode in ENCODINGS), repr(text)


def says_no_part_of_the_secret(raw: bytes) -> bool:
    """Whether the secret is in the answer whole or not at all: what a server makes up by itself is no leak."""
    for encode in ENCODINGS:
        raw = raw.replace(encode(SECRET).encode(), b"")
    return SECRET[:12].encode() not in raw


hostile = answers(SECRET)
quickly = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
TRICKS = b"\x1b[2J\xc2\x9b31m\xe2\x80\xae" + SECRET.encode()
ECHOES = (
    TRICKS,
    b"HTTP/1.1 302 Found\r\nLocation: https://localhost/" + TRICKS + b"\r\n\r\n",
    b"HTTP/1.1 500 "
    + TRICKS
    + b"\r\nContent-Type: "
    + TRICKS
    + b"\r\nServer: "
    + TRICKS
    + b"\r\n\r\n"
    + ECHO,
    b'HTTP/1.1 400 No\r\nContent-Type: application/json\r\n\r\n{"status": "error", "error": "'
    + TRICKS
    + b'"}',
)


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.name)
@given(raw=hostile, over_tls=st.integers(0, 9).map(bool))
@example(raw=ECHOES[0], over_tls=True)
@example(raw=ECHOES[1], over_tls=True)
@example(raw=ECHOES[2], over_tls=True)
@example(raw=ECHOES[3], over_tls=True)
@settings(quickly, max_examples=12)
def test_no_bytes_of_a_server_crash_a_check_or_get_into_its_outcome(
    world: World, kind: Kind, raw: bytes, over_tls: bool
) -> None:
    assume(says_no_part_of_the_secret(raw))
    assert_harmless(world.comes_to(kind, raw, over_tls=over_tls))


@pytest.mark.soak
@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.name)
@given(raw=hostile, over_tls=st.integers(0, 9).map(bool))
@settings(quickly, max_examples=500)
def test_no_bytes_of_a_server_crash_a_check_or_get_into_its_outcome_for_long(
    world: World, kind: Kind, raw: bytes, over_tls: bool
) -> None:
    assume(says_no_part_of_the_secret(raw))
    assert_harmless(world.comes_to(kind, raw, over_tls=over_tls))


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.name)
def test_every_kind_that_goes_out_gets_as_far_as_the_server(world: World, kind: Kind) -> None:
    """Or else the tests above would prove nothing."""
    plain = b"HTTP/1.1 418 Teapot\r\nContent-Length: 0\r\n\r\n"
    outcome = world.comes_to(kind, plain, over_tls=True)
    assert outcome.reason.code.startswith(f"{kind.name}."), outcome
    assert any("127.0.0.1" in text for text in texts(outcome)), outcome
