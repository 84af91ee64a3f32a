"""https beyond one answer: every address, who the client is, proxies that intercept, and a tidy end."""

import asyncio
import gc
import json
import re
import ssl
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from promoter.checks import registry
from promoter.checks.https import Https
from promoter.messages import parameter_to_json
from promoter.model.address import HostPort, Url
from promoter.model.context import Context
from promoter.model.outcome import Outcome, Verdict
from promoter.net.trouble import Trouble
from promoter.redaction import Secret
from promoter.run import Surroundings, try_check
from tests.support.checks import code, context, observe, seen_of, words
from tests.support.matrix_answers import with_old_tls
from tests.support.matrix_fronts import tunnelling
from tests.support.matrix_handshakes import CLIENT, STRANGE_CLIENT, key_of, making
from tests.support.tls_servers import (
    OK,
    Handler,
    Made,
    Wanted,
    answer,
    answering,
    dripping,
    make,
    server_side,
    serving,
    silence,
)

ROOT = make(Wanted(name="Trusted Root", authority=True))
OTHER_ROOT = make(Wanted(name="Proxy Root", authority=True))
LEAF = make(Wanted(), ROOT)


pytestmark = pytest.mark.usefixtures("few_roots")


@pytest.fixture
def settings(tmp_path: Path) -> ssl.SSLContext:
    (tmp_path / "root.pem").write_bytes(ROOT.pem)
    return server_side(LEAF, tmp_path)


def seeing(tree: Path, **changes: Any) -> Context:
    return context(tree, ca_file=tree / "root.pem", **changes)


def at(*ports: int) -> list[HostPort]:
    return [HostPort("127.0.0.1", port) for port in ports]


async def at_each(tree: Path, *ports: int, within: float = 5.0, **fields: Any) -> Outcome:
    check = Https(url=Url("https://localhost/"), **fields)
    return await check.observe_each(at(*ports), seeing(tree, timeout=within))


async def test_every_address_is_asked_and_named(tmp_path: Path, settings: ssl.SSLContext) -> None:
    async with serving(OK, settings) as one, serving(OK, settings) as other:
        outcome = await at_each(tmp_path, one, other)
    assert code(outcome) == "passed answers"
    assert seen_of(outcome, "address") == [f"127.0.0.1:{one}", f"127.0.0.1:{other}"]
    assert seen_of(outcome, "status") == [200, 200]


async def test_one_bad_address_fails_and_is_the_one_that_is_named(
    tmp_path: Path, settings: ssl.SSLContext
) -> None:
    down = answering(answer(503))
    async with serving(OK, settings) as one, serving(down, settings) as other:
        with pytest.raises(Trouble) as raised:
            await at_each(tmp_path, one, other)
    said = registry.kind("https").phrases["https.an-address-fails"]
    assert raised.value.code == "an-address-fails"
    assert raised.value.parameters["address"] == f"127.0.0.1:{other}"
    assert "one of {count} addresses" in str(said)
    why = raised.value.parameters["why"]
    assert getattr(why, "code", None) == "https.wrong-status"


async def test_an_address_that_hangs_leaves_time_to_say_so(tmp_path: Path, settings: ssl.SSLContext) -> None:
    async with serving(OK, settings) as one, serving(silence, settings) as other:
        with pytest.raises(Trouble) as raised:
            await at_each(tmp_path, one, other, within=1.0)
    assert raised.value.code == "an-address-is-unknown"
    assert raised.value.parameters["address"] == f"127.0.0.1:{other}"


async def test_what_fails_counts_more_than_what_warns(tmp_path: Path, settings: ssl.SSLContext) -> None:
    down = answering(answer(500))
    async with serving(OK, settings) as one, serving(down, settings) as other:
        with pytest.raises(Trouble) as raised:
            await at_each(tmp_path, one, other, warn_after=1e-9)
    assert raised.value.code == "an-address-fails"


async def test_every_address_that_a_name_resolves_to_is_asked(
    tmp_path: Path, settings: ssl.SSLContext
) -> None:
    async with serving(OK, settings) as port:
        fields: Mapping[str, Any] = {"url": f"https://localhost:{port}", "addresses": "every"}
        outcome = await observe("https", fields, seeing(tmp_path))
    if outcome.verdict is Verdict.PASSED:
        assert seen_of(outcome, "address") == [f"127.0.0.1:{port}"]
    else:  # localhost is ::1 as well here, where nobody listens
        assert code(outcome) in ("failed an-address-fails", "errored an-address-is-unknown")


async def test_a_proxy_is_asked_for_the_very_address(tmp_path: Path, settings: ssl.SSLContext) -> None:
    async with serving(OK, settings) as port, tunnelling() as proxy:
        fields: Mapping[str, Any] = {"url": f"https://localhost:{port}", "addresses": "ipv4"}
        environ = {"HTTPS_PROXY": f"127.0.0.1:{proxy.port}"}
        outcome = await observe("https", fields, seeing(tmp_path, process_environment=environ))
    assert code(outcome) == "passed answers"
    assert proxy.asked[0].startswith(b"CONNECT 127.0.0.1:%d HTTP/1.1" % port)


async def test_a_line_that_reproduces_it_pins_the_address(tmp_path: Path, settings: ssl.SSLContext) -> None:
    async with serving(OK, settings) as port:
        outcome = await at_each(tmp_path, port)
    (line,) = seen_of(outcome, "reproduce")
    assert line.startswith(f"curl --include --connect-to localhost:443:127.0.0.1:{port} --cacert ")
    assert line.endswith(" https://localhost/")


def asking_clients(tree: Path, made: Made = LEAF) -> ssl.SSLContext:
    settings = server_side(made, tree)
    settings.verify_mode = ssl.CERT_OPTIONAL
    settings.load_verify_locations(cadata=CLIENT_ROOT)
    return settings


CLIENT_ROOT = CLIENT.pem.decode() + STRANGE_CLIENT.pem.decode()


class Watching:
    """Remembers the client certificate of each conversation."""

    def __init__(self, to: str | None = None) -> None:
        self.shown: list[Any] = []
        self._to = to

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        self.shown.append(writer.get_extra_info("ssl_object").getpeercert(binary_form=True))
        writer.write(answer(200) if self._to is None else answer(302, Location=self._to))
        await writer.drain()


async def with_certificate(tree: Path, url: str, **changes: Any) -> Outcome:
    (tree / "client.pem").write_bytes(CLIENT.pem)
    key = Secret(key_of(CLIENT).decode(), "CLIENT_KEY")
    fields: dict[str, Any] = {"url": url, "client_certificate": "client.pem", "client_key": key}
    return await observe("https", fields | changes, seeing(tree))


def partial_chains(settings: ssl.SSLContext) -> ssl.SSLContext:
    settings.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return settings


async def test_a_client_certificate_is_shown_and_its_key_is_in_no_file(
    tmp_path: Path, settings: ssl.SSLContext
) -> None:
    watching = Watching()
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "root.pem").write_bytes(ROOT.pem)
    async with serving(watching, partial_chains(asking_clients(tmp_path))) as port:
        outcome = await with_certificate(tree, f"https://localhost:{port}")
    assert code(outcome) == "passed answers"
    assert len(watching.shown) == 1
    assert watching.shown[0] == ssl.PEM_cert_to_DER_cert(CLIENT.pem.decode())
    assert sorted(each.name for each in tree.iterdir()) == ["client.pem", "root.pem"]
    (line,) = seen_of(outcome, "reproduce")
    assert '--cert client.pem --key <(printf %s "${CLIENT_KEY}")' in line
    assert "PRIVATE KEY" not in repr(outcome)


async def test_a_client_certificate_is_not_shown_to_who_is_redirected_to(tmp_path: Path) -> None:
    (tmp_path / "root.pem").write_bytes(ROOT.pem)
    stranger, settings = Watching(), partial_chains(asking_clients(tmp_path))
    async with serving(stranger, settings) as other:
        own = Watching(to=f"https://localhost:{other}/")
        async with serving(own, settings) as port:
            outcome = await with_certificate(tmp_path, f"https://localhost:{port}")
    assert code(outcome) == "passed answers"
    assert own.shown[0] is not None
    assert stranger.shown == [None]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"client_certificate": "../client.pem"}, "it is outside the work tree"),
        ({"client_certificate": "none.pem"}, "it does not exist"),
        ({"client_certificate": "root.pem"}, "its key belongs to another certificate"),
        ({"client_certificate": "empty.pem"}, "it is not a file of PEM certificates"),
        ({"client_key": Secret("no key")}, "its key is not a private key in PEM"),
        ({"client_key": Secret(key_of(CLIENT, b"secret").decode())}, "its key is encrypted"),
    ],
)
async def test_why_a_client_certificate_cannot_be_used_is_said(
    tmp_path: Path, settings: ssl.SSLContext, changes: Mapping[str, Any], why: str
) -> None:
    (tmp_path / "empty.pem").write_bytes(b"")
    (tmp_path.parent / "client.pem").write_bytes(CLIENT.pem)
    outcome = await with_certificate(tmp_path, "https://localhost:1", **changes)
    assert code(outcome) == "errored client-certificate-unusable"
    assert words(outcome.reason).endswith(f"cannot be used: {why}")


@pytest.mark.parametrize("given", ["client_certificate", "client_key"])
async def test_a_client_certificate_and_its_key_come_together(tmp_path: Path, given: str) -> None:
    values: dict[str, Any] = {"client_certificate": "client.pem", "client_key": Secret("key")}
    outcome = await observe("https", {"url": "https://localhost:1", given: values[given]}, context(tmp_path))
    assert code(outcome) == "errored client-certificate-unusable"
    assert "is missing" in words(outcome.reason)


async def through_a_proxy(tree: Path, issuer: Made, roots: Path | None) -> Outcome:
    mine = server_side(make(Wanted(), issuer), tree)
    async with serving(OK, mine) as own, tunnelling(to=own) as proxy:
        environ = {"HTTPS_PROXY": f"127.0.0.1:{proxy.port}"}
        seen = context(tree, ca_file=roots, process_environment=environ)
        return await observe("https", {"url": "https://localhost"}, seen)


async def test_a_proxy_that_intercepts_is_named_with_its_issuer(tmp_path: Path) -> None:
    outcome = await through_a_proxy(tmp_path, OTHER_ROOT, None)
    assert code(outcome) == "errored intercepted"
    assert outcome.reason.parameters["issuer"] == "Proxy Root"
    assert "seems to intercept TLS" in words(outcome.reason)


async def test_an_untrusted_certificate_without_a_proxy_is_no_interception(tmp_path: Path) -> None:
    async with serving(OK, server_side(make(Wanted(), OTHER_ROOT), tmp_path)) as port:
        outcome = await observe("https", {"url": f"https://localhost:{port}"}, context(tmp_path))
    assert code(outcome) == "failed unknown-issuer"


async def test_who_is_trusted_only_by_roots_that_were_given_is_said_of_a_tunnel(tmp_path: Path) -> None:
    (tmp_path / "given.pem").write_bytes(OTHER_ROOT.pem)
    outcome = await through_a_proxy(tmp_path, OTHER_ROOT, tmp_path / "given.pem")
    assert code(outcome) == "passed answers"
    assert seen_of(outcome, "trusted-by") == ["roots given besides the system's"]


async def test_a_proxy_that_makes_certificates_is_named_though_its_root_is_trusted(tmp_path: Path) -> None:
    (tmp_path / "root.pem").write_bytes(OTHER_ROOT.pem)
    forging = making(OTHER_ROOT, tmp_path, of_its_own=("localhost",))
    for kind in ("https", "certificate"):
        async with serving(OK, forging) as own, tunnelling(to=own) as proxy:
            seen = seeing(tmp_path, process_environment={"HTTPS_PROXY": f"127.0.0.1:{proxy.port}"})
            outcome = await observe(kind, {"url": "https://localhost"}, seen)
        assert code(outcome) == "warned perhaps-intercepted"
        assert outcome.reason.parameters["issuer"] == "Proxy Root"
        assert seen_of(outcome, "for-no-name") == ["Proxy Root"]


async def test_a_certificate_in_public_logs_is_no_proxys_so_that_nothing_is_asked(tmp_path: Path) -> None:
    logged = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2"), b"\4\0")
    (tmp_path / "root.pem").write_bytes(ROOT.pem)
    public = server_side(make(Wanted(extensions=((logged, False),)), ROOT), tmp_path)
    async with serving(OK, public) as port, tunnelling() as proxy:
        seen = seeing(tmp_path, process_environment={"HTTPS_PROXY": f"127.0.0.1:{proxy.port}"})
        outcome = await observe("https", {"url": f"https://localhost:{port}", "old_tls": "ignore"}, seen)
    assert code(outcome) == "passed answers"
    assert len(proxy.asked) == 1
    assert seen_of(outcome, "for-no-name") == []


async def test_each_server_on_the_way_is_looked_at_for_old_tls_and_named(
    tmp_path: Path, settings: ssl.SSLContext
) -> None:
    theirs = server_side(make(Wanted(), ROOT), tmp_path)
    with_old_tls(theirs)
    async with serving(OK, theirs) as other:
        moved = answering(answer(302, Location=f"https://127.0.0.1:{other}/"))
        async with serving(moved, settings) as port:
            outcome = await observe("https", {"url": f"https://localhost:{port}"}, seeing(tmp_path))
    assert code(outcome) == "warned old-tls-tolerated"
    assert outcome.reason.parameters["address"] == f"127.0.0.1:{other}"
    assert seen_of(outcome, "old-versions") == ["none"]
    (line,) = (each for each in outcome.evidence if each.fact.code == "https.old-versions-of")
    assert line.fact.parameters["authority"] == f"127.0.0.1:{other}"
    assert line.observed == ("TLSv1.1", "TLSv1")


async def test_a_second_connection_that_is_never_made_is_no_proof_against_old_tls(
    tmp_path: Path, settings: ssl.SSLContext
) -> None:
    async with serving(OK, settings) as port, tunnelling(most=1, patient=True) as proxy:
        environ = {"HTTPS_PROXY": f"127.0.0.1:{proxy.port}"}
        fields: Mapping[str, Any] = {"url": f"https://localhost:{port}", "old_tls": "fail"}
        outcome = await observe("https", fields, seeing(tmp_path, process_environment=environ))
    assert code(outcome) == "errored old-tls-unknown"


async def test_a_slow_answer_warns(tmp_path: Path, settings: ssl.SSLContext) -> None:
    async with serving(OK, settings) as port:
        fields: Mapping[str, Any] = {"url": f"https://localhost:{port}", "warn_after": "1ms"}
        outcome = await observe("https", fields, seeing(tmp_path))
    assert code(outcome) == "warned slow"
    (line,) = (each for each in outcome.evidence if each.fact.code == "https.time")
    assert line.verdict is Verdict.WARNED


@pytest.mark.parametrize(
    ("written", "field"),
    [
        ({"url": "https://a.example", "warn_after": "5s", "timeout": "5s"}, "warn_after"),
        ({"url": "https://10.0.0.1", "hsts": "1d"}, "hsts"),
        ({"url": "https://a.example", "warn_after": "4s", "timeout": "5s", "hsts": "1d"}, None),
    ],
)
def test_what_can_never_be_is_refused(written: Mapping[str, Any], field: str | None) -> None:
    found = [name for name, _ in registry.kind("https").contradictions(written)]
    assert found == ([field] if field else [])


@pytest.mark.parametrize("name", ["a..b", "a b", "x" * 300, "é" * 80, ""])
async def test_a_server_name_that_is_none_is_no_crash(tmp_path: Path, name: str) -> None:
    check = Https(url=Url("https://localhost:1/"), server_name=name)
    assert code(await check.observe(context(tmp_path))) in ("failed name-unknown", "failed refused")


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


HANGING: Mapping[str, Handler] = {
    "in the handshake": silence,
    "in the answer": silence,
    "in the body": dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n" + b"x" * 999, 0.001),
}


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="no /proc to count open files in")
@pytest.mark.parametrize("where", HANGING)
async def test_a_check_that_is_cancelled_leaves_nothing_behind(
    tmp_path: Path, settings: ssl.SSLContext, where: str
) -> None:
    tls = None if where == "in the handshake" else settings
    async with serving(HANGING[where], tls) as port, tunnelling() as proxy:
        environ = {"HTTPS_PROXY": f"127.0.0.1:{proxy.port}"}
        before = open_files(), asyncio.all_tasks()
        for number in range(12):
            seen = seeing(tmp_path, process_environment=environ if number % 3 == 0 else {})
            fields = {"url": f"https://localhost:{port}", "addresses": "every" if number % 2 else "first"}
            task = asyncio.create_task(observe("https", fields, seen))
            await asyncio.sleep(0.01 * number)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        await asyncio.sleep(0.2)
        mine = {each for each in asyncio.all_tasks() - before[1] if "attend" not in repr(each)}
    assert mine == set()
    await asyncio.sleep(0.1)
    assert open_files() <= before[0]


HOSTILE = st.one_of(
    st.binary(max_size=200),
    st.binary(max_size=80).map(lambda body: answer(200, body)),
    st.tuples(
        st.sampled_from(["Location", "Strict-Transport-Security", "Content-Encoding", "Content-Length"]),
        st.text(st.characters(max_codepoint=255), max_size=60) | st.just("\x1b[2J\u009b31m"),
    ).map(lambda pair: f"HTTP/1.1 302 Found\r\n{pair[0]}: {pair[1]}\r\n\r\n".encode("latin-1")),
)


async def test_the_line_that_reproduces_it_names_the_roots_as_the_repository_does(tmp_path: Path) -> None:
    copy = tmp_path / "copy-of-a-run.pem"
    copy.write_bytes(ROOT.pem)
    surroundings = Surroundings(root=tmp_path, ca_file=copy, ca_name="checklists/ca.pem")
    for kind in ("https", "certificate"):
        outcome = await try_check(kind, {"url": "https://127.0.0.1:1"}, surroundings)
        (line,) = seen_of(outcome, "reproduce")
        assert "checklists/ca.pem" in line
        assert "copy-of-a-run" not in str(outcome)


@given(raw=HOSTILE, over_tls=st.booleans())
@hypothesis_settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_bytes_of_a_server_crash_the_check_or_steer_a_terminal(raw: bytes, over_tls: bool) -> None:
    async def run(tree: Path) -> Outcome:
        tls = server_side(LEAF, tree) if over_tls else None
        (tree / "root.pem").write_bytes(ROOT.pem)
        async with serving(blurting(raw), tls) as port:
            fields: dict[str, Any] = {"url": f"https://localhost:{port}", "hsts": "1d", "timeout": "2s"}
            return await try_check("https", fields, Surroundings(root=tree, ca_file=tree / "root.pem"))

    with tempfile.TemporaryDirectory() as name:
        outcome = asyncio.run(run(Path(name)))
    assert outcome.verdict is not Verdict.PASSED
    assert outcome.reason.code != "crashed"
    shown = [outcome.reason, *(each.observed for each in outcome.evidence)]
    texts = json.dumps(parameter_to_json(tuple(shown)), ensure_ascii=False)
    assert not re.search(r"\\u00[01]|[\x80-\x9f\u202e]", texts)


def blurting(raw: bytes) -> Handler:
    """Sends these bytes to whatever comes in."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65536)
        writer.write(raw)
        await writer.drain()
        writer.close()

    return handler


@pytest.mark.parametrize("over_tls", [True, False])
async def test_a_check_may_be_cancelled_in_any_turn_of_the_loop(
    tmp_path: Path, settings: ssl.SSLContext, over_tls: bool
) -> None:
    seen = seeing(tmp_path)
    async with serving(silence, settings if over_tls else None) as port:
        fields: Mapping[str, Any] = {"url": f"https://127.0.0.1:{port}"}
        for turns in range(40):
            task = asyncio.create_task(observe("https", fields, seen))
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            after = asyncio.create_task(observe("https", fields, seen))  # gets the same descriptors
            await asyncio.sleep(0.005)
            assert not after.done()
            after.cancel()
            await asyncio.gather(after, return_exceptions=True)
        gc.collect()
