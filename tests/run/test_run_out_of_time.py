"""What a check that ran out of time has to show."""

import ssl
from collections.abc import Mapping
from pathlib import Path

import pytest

from promoter.checks import rulings
from promoter.messages import Language
from promoter.model.outcome import Outcome, Verdict
from promoter.model.reference import Value
from promoter.redaction import Secret
from promoter.run import Surroundings, try_check
from promoter.usecases.language import phrasebook
from tests.support.tls_servers import Handler, Wanted, dripping, make, server_side, serving, silence

ROOT = make(Wanted(name="Trusted Root", authority=True))
LEAF = make(Wanted(), ROOT)
WORDS = Language(phrasebook=phrasebook)
OVER_TLS: Mapping[str, Mapping[str, Value]] = {
    "https": {},
    "http": {},
    "oauth": {"client_id": "editor", "client_secret": Secret("5ecre7-of-the-editor", "CLIENT_SECRET")},
    "prometheus": {"rules": "A"},
}


@pytest.fixture
def settings(tmp_path: Path) -> ssl.SSLContext:
    (tmp_path / "root.pem").write_bytes(ROOT.pem)
    return server_side(LEAF, tmp_path)


async def late(
    kind: str, handler: Handler, folder: Path, settings: ssl.SSLContext | None, fields: Mapping[str, Value]
) -> tuple[Outcome, int]:
    async with serving(handler, settings) as port:
        given = {name: _at(value, port) for name, value in fields.items()}
        surroundings = Surroundings(root=folder, consents={"oauth"})
        outcome = await try_check(kind, {**given, "timeout": "700ms"}, surroundings)
    assert (outcome.verdict, outcome.reason.code) == (Verdict.ERRORED, "timed-out")
    return outcome, port


def _at(value: Value, port: int) -> Value:
    return value.replace("PORT", str(port)) if isinstance(value, str) else value


def observed(outcome: Outcome) -> dict[str, object]:
    return {each.fact.code: each.observed for each in outcome.evidence}


@pytest.mark.parametrize("kind", OVER_TLS)
@pytest.mark.parametrize("handler", [silence, dripping(b"HTTP/1.1 200 OK\r\n")])
async def test_what_was_connected_to_is_told_though_no_answer_came(
    kind: str, handler: Handler, tmp_path: Path, settings: ssl.SSLContext
) -> None:
    fields = {"url": "https://localhost:PORT/", "ca_file": "root.pem", **OVER_TLS[kind]}
    outcome, port = await late(kind, handler, tmp_path, settings, fields)
    seen = observed(outcome)
    assert seen[f"{kind}.address"] == f"127.0.0.1:{port}"
    assert "TLSv1.3" in repr(seen[f"{kind}.tls"])
    assert f"localhost:{port}" in str(seen[f"{kind}.reproduce"])
    assert "5ecre7" not in repr(outcome)


async def test_the_address_of_a_service_without_a_greeting_is_told(tmp_path: Path) -> None:
    outcome, port = await late("tcp", silence, tmp_path, None, {"address": "127.0.0.1:PORT", "banner": "SSH"})
    assert observed(outcome)["tcp.address"] == f"127.0.0.1:{port}"


async def test_the_remedy_names_a_server_that_drips(tmp_path: Path, settings: ssl.SSLContext) -> None:
    fields = {"url": "https://localhost:PORT/", "ca_file": "root.pem"}
    outcome, _ = await late("http", dripping(b"HTTP/1.1 200 OK\r\n"), tmp_path, settings, fields)
    remedy = rulings.remedy(outcome.reason)
    assert remedy is not None
    assert "drips, byte by byte" in WORDS.say(remedy)
