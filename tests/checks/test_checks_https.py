import asyncio
import contextlib
import hashlib
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from promoter.messages import message
from promoter.model.environment import Network
from promoter.model.outcome import Outcome, Verdict
from promoter.model.overrides import Overrides
from promoter.model.reference import Value
from tests.support.checks import code, context, environment, observe, seen_of, words
from tests.support.tls_servers import (
    OK,
    Handler,
    Wanted,
    answer,
    answering,
    dripping,
    hanging_up,
    make,
    server_side,
    serving,
    silence,
)

ROOT = make(Wanted(name="Trusted Root", authority=True))
LEAF = make(Wanted(), ROOT)


pytestmark = pytest.mark.usefixtures("few_roots")


@pytest.fixture
def settings(tmp_path: Path) -> ssl.SSLContext:
    (tmp_path / "root.pem").write_bytes(ROOT.pem)
    return server_side(LEAF, tmp_path)


async def ask(tmp_path: Path, settings: ssl.SSLContext, handler: Handler, **fields: Value) -> Outcome:
    async with serving(handler, settings) as port:
        wanted = {"url": f"https://localhost:{port}/health?deep=1", **fields}
        return await observe("https", wanted, context(tmp_path, ca_file=tmp_path / "root.pem"))


async def test_an_endpoint_that_answers_passes(tmp_path: Path, settings: ssl.SSLContext) -> None:
    outcome = await ask(tmp_path, settings, OK)
    assert code(outcome) == "passed answers"
    assert seen_of(outcome, "status") == [200]
    assert seen_of(outcome, "address")[0].startswith("127.0.0.1:")
    assert seen_of(outcome, "tls")[0].startswith("TLSv1.3, ")
    assert seen_of(outcome, "old-versions") == ["none"]
    assert len(seen_of(outcome, "time")) == 1
    assert outcome.overrides == ()


async def test_the_request_is_a_plain_get_that_says_who_asks(
    tmp_path: Path, settings: ssl.SSLContext
) -> None:
    asked: list[bytes] = []

    async def listening(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer(204))
        await writer.drain()

    await ask(tmp_path, settings, listening)
    lines = asked[0].decode().split("\r\n")
    assert lines[0] == "GET /health?deep=1 HTTP/1.1"
    assert lines[1].startswith("Host: localhost:")
    assert lines[2].startswith("User-Agent: promoter/")


@pytest.mark.parametrize(
    ("status", "expected", "said"),
    [
        (400, "request-not-taken", "answered 400: the server does not take the request"),
        (404, "nothing-there", "answered 404: there is a server, but nothing at this address"),
        (407, "proxy-asks-who", "answered 407: a proxy that stands before the server wants to know who asks"),
        (408, "request-given-up", "answered 408: the server gave up waiting for the request"),
        (410, "nothing-there", "answered 410: there is a server, but nothing at this address"),
        (421, "not-served-here", "answered 421: this server does not serve localhost"),
        (425, "too-early", "answered 425: it is too early for the server to answer"),
        (426, "other-protocol-wanted", "answered 426: the server wants another protocol than HTTP/1.1"),
    ],
)
async def test_a_status_that_is_no_answer_to_the_request_warns_unless_it_is_named(
    tmp_path: Path, settings: ssl.SSLContext, status: int, expected: str, said: str
) -> None:
    nothing = answering(answer(status))
    outcome = await ask(tmp_path, settings, nothing)
    assert code(outcome) == f"warned {expected}"
    assert words(outcome.reason) == said
    assert [each.verdict for each in outcome.evidence if each.fact.code == "https.status"] == [Verdict.WARNED]
    assert code(await ask(tmp_path, settings, nothing, status=status)) == "passed answers"


@pytest.mark.parametrize("status", [204, 401, 405, 499])
async def test_any_status_below_500_will_do(tmp_path: Path, settings: ssl.SSLContext, status: int) -> None:
    assert code(await ask(tmp_path, settings, answering(answer(status)))) == "passed answers"


@pytest.mark.parametrize("status", [500, 503, 599])
async def test_a_status_from_500_on_fails(tmp_path: Path, settings: ssl.SSLContext, status: int) -> None:
    outcome = await ask(tmp_path, settings, answering(answer(status)))
    assert code(outcome) == "failed wrong-status"
    assert words(outcome.reason) == f"answered {status}, expected below 500"


async def test_the_user_may_say_which_status_is_right(tmp_path: Path, settings: ssl.SSLContext) -> None:
    unavailable = answering(answer(503))
    assert code(await ask(tmp_path, settings, unavailable, status=503)) == "passed answers"
    outcome = await ask(tmp_path, settings, unavailable, status=[200, 204])
    assert words(outcome.reason) == "answered 503, expected 200, 204"


def redirecting(status: int, to: str) -> Handler:
    return answering(answer(status, Location=to))


async def test_redirects_are_followed_and_named(tmp_path: Path, settings: ssl.SSLContext) -> None:
    async def moved(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await reader.readuntil(b"\r\n\r\n")
        there = asked.startswith(b"GET /there")
        writer.write(answer(200) if there else answer(302, Location="/there?token=abc"))
        await writer.drain()

    outcome = await ask(tmp_path, settings, moved)
    assert code(outcome) == "passed answers"
    (redirect,) = seen_of(outcome, "redirect")
    assert redirect.startswith("302 to https://localhost:")
    assert redirect.endswith("/there")
    assert len(seen_of(outcome, "address")) == 2


async def test_what_a_redirect_carries_along_is_not_shown(tmp_path: Path, settings: ssl.SSLContext) -> None:
    outcome = await ask(
        tmp_path, settings, redirecting(302, "/there?code=s3ssion&email=zoe%40example.org#here")
    )
    (line,) = seen_of(outcome, "reproduce")
    assert "/there" in line
    assert "s3ssion" not in repr(outcome)
    assert "zoe" not in repr(outcome)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_to_plain_http_fails(tmp_path: Path, settings: ssl.SSLContext, status: int) -> None:
    outcome = await ask(tmp_path, settings, redirecting(status, "http://localhost/x"))
    assert code(outcome) == "failed redirect-to-http"
    assert outcome.reason.parameters["to"] == "http://localhost/x"


async def test_a_redirect_to_plain_http_fails_even_when_its_status_is_expected(
    tmp_path: Path, settings: ssl.SSLContext
) -> None:
    outcome = await ask(tmp_path, settings, redirecting(302, "http://localhost/x"), status=302)
    assert code(outcome) == "failed redirect-to-http"
    outcome = await ask(tmp_path, settings, redirecting(302, "https://elsewhere.invalid/"), status=302)
    assert code(outcome) == "passed answers"


@pytest.mark.parametrize("to", ["", "ftp://localhost/", "https://[::"])
async def test_a_redirect_to_nowhere_fails(tmp_path: Path, settings: ssl.SSLContext, to: str) -> None:
    assert code(await ask(tmp_path, settings, redirecting(302, to))) == "failed bad-redirect"


@pytest.mark.parametrize("to", ["https://user:password@localhost/", "https://user@localhost/"])
async def test_a_redirect_with_a_user_fails_and_shows_nothing_of_it(
    tmp_path: Path, settings: ssl.SSLContext, to: str
) -> None:
    outcome = await ask(tmp_path, settings, redirecting(302, to))
    assert code(outcome) == "failed redirect-with-user"
    assert words(outcome.reason) == "answered 302 with a URL that holds a user or a password"
    assert "user@" not in repr(outcome)
    assert "password@" not in repr(outcome)


async def test_a_circle_of_redirects_is_named(tmp_path: Path, settings: ssl.SSLContext) -> None:
    outcome = await ask(tmp_path, settings, redirecting(302, "/health?deep=1"))
    assert code(outcome) == "failed redirect-loop"
    assert words(outcome.reason).startswith("redirects in a circle: https://localhost:")


async def test_redirects_that_go_on_and_on_end(tmp_path: Path, settings: ssl.SSLContext) -> None:
    async def onwards(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await reader.readuntil(b" HTTP/1.1\r\n")
        writer.write(answer(302, Location=f"{asked.split()[1].decode().partition('?')[0]}x"))
        await writer.drain()

    outcome = await ask(tmp_path, settings, onwards, redirects=3)
    assert code(outcome) == "failed too-many-redirects"
    assert len(seen_of(outcome, "redirect")) == 4
    assert words(outcome.reason) == "redirects more than 3 times"


HEAD = b"HTTP/1.1 200 OK\r\n"
BROKEN = {
    "huge header": (HEAD + b"X: " + b"x" * 200_000 + b"\r\n\r\n", "failed headers-too-large"),
    "many headers": (HEAD + b"X: x\r\n" * 50_000 + b"\r\n", "failed headers-too-large"),
    "bad chunking": (
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nnope\r\n0\r\n\r\n",
        "failed bad-answer",
    ),
    "body cut off": (HEAD + b"Content-Length: 100\r\n\r\nshort", "failed cut-off"),
    "chunks cut off": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "failed cut-off"),
    "no answer": (b"", "failed cut-off"),
    "half a head": (b"HTTP/1.1 200", "failed cut-off"),
    "not HTTP": (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "failed bad-answer"),
    "two lengths": (HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", "failed bad-answer"),
}


@pytest.mark.parametrize(("raw", "expected"), BROKEN.values(), ids=BROKEN.keys())
async def test_a_broken_answer_fails_for_its_reason(
    tmp_path: Path, settings: ssl.SSLContext, raw: bytes, expected: str
) -> None:
    assert code(await ask(tmp_path, settings, answering(raw))) == expected


async def test_an_endless_body_is_read_up_to_a_cap(tmp_path: Path, settings: ssl.SSLContext) -> None:
    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"\r\n")
        while True:
            writer.write(b"x" * 65536)
            await writer.drain()
            await asyncio.sleep(0)  # `drain` alone never yields once the client has gone

    assert code(await ask(tmp_path, settings, endless)) == "passed answers"


async def test_hanging_up_before_the_answer_fails(tmp_path: Path, settings: ssl.SSLContext) -> None:
    assert code(await ask(tmp_path, settings, hanging_up)) == "failed cut-off"


@pytest.mark.parametrize(
    ("handler", "doing"),
    [
        (silence, "awaiting-answer"),
        (dripping(HEAD), "awaiting-answer"),
        (dripping(HEAD + b"Content-Length: 10000\r\n\r\n" + b"x" * 500, 0.001), "reading-answer"),
    ],
    ids=["silence", "dripping head", "dripping body"],
)
async def test_an_answer_that_drips_or_never_comes_ends_at_the_deadline(
    tmp_path: Path, settings: ssl.SSLContext, handler: Handler, doing: str
) -> None:
    seen = context(tmp_path, ca_file=tmp_path / "root.pem", timeout=0.4)
    async with serving(handler, settings) as port:
        with pytest.raises(TimeoutError):
            await observe("https", {"url": f"https://localhost:{port}"}, seen)
    assert seen.journal.doing is not None
    assert seen.journal.doing.code == doing


async def test_an_untrusted_certificate_fails_with_its_reason(
    tmp_path: Path, settings: ssl.SSLContext
) -> None:
    async with serving(OK, settings) as port:
        outcome = await observe("https", {"url": f"https://localhost:{port}"}, context(tmp_path))
    assert code(outcome) == "failed unknown-issuer"
    assert seen_of(outcome, "address") == [f"127.0.0.1:{port}"]


async def test_nobody_listening_fails_and_names_the_address() -> None:
    async with serving(OK) as port:
        pass
    outcome = await observe("https", {"url": f"https://127.0.0.1:{port}"}, context())
    assert code(outcome) == "failed refused"
    assert words(outcome.reason) == f"127.0.0.1:{port} refused the connection"


async def test_a_name_nobody_knows_is_told_from_one_that_could_not_be_looked_up() -> None:
    outcome = await observe("https", {"url": "https://no-such-host.invalid"}, context())
    assert code(outcome) in ("failed name-unknown", "errored name-not-resolved")


async def test_plain_http_fails_without_a_connection() -> None:
    assert code(await observe("https", {"url": "http://localhost:1"}, context())) == "failed not-https"


async def test_connect_to_of_the_check_pins_the_address(tmp_path: Path, settings: ssl.SSLContext) -> None:
    async with serving(OK, settings) as port:
        fields = {
            "url": "https://localhost",
            "connect_to": f"127.0.0.1:{port}",
            "ca_file": "root.pem",
        }
        proxied = {"HTTPS_PROXY": "http://127.0.0.1:1"}  # a mapped address is connected to directly
        outcome = await observe("https", fields, context(tmp_path, process_environment=proxied))
    assert code(outcome) == "passed answers"
    assert seen_of(outcome, "address") == [f"127.0.0.1:{port}"]


async def test_overrides_of_the_command_line_are_noted_unless_pinned(
    tmp_path: Path, settings: ssl.SSLContext
) -> None:
    async with serving(OK, settings) as port:
        mapping = {"LOCALHOST:443": f"127.0.0.1:{port}"}
        for pinned in (False, True):
            overrides = Overrides(connect_to=mapping, ca_files=(tmp_path / "root.pem",), pinned=pinned)
            seen = context(tmp_path, overrides=overrides)
            assert code(await observe("https", {"url": "https://localhost"}, seen)) == "passed answers"
            noted = {f"--connect-to localhost:443:127.0.0.1:{port}", f"--ca-file {tmp_path / 'root.pem'}"}
            assert seen.journal.overrides == (set() if pinned else noted)


async def test_overrides_that_were_not_used_are_not_noted(tmp_path: Path, settings: ssl.SSLContext) -> None:
    async with serving(OK, settings) as port:
        seen = context(tmp_path, overrides=Overrides(connect_to={"other.example:443": "127.0.0.1:1"}))
        fields = {"url": f"https://localhost:{port}", "ca_file": "root.pem"}
        assert code(await observe("https", fields, seen)) == "passed answers"
    assert seen.journal.overrides == set()


async def test_the_pipeline_may_pin_addresses_and_roots(tmp_path: Path, settings: ssl.SSLContext) -> None:
    async with serving(OK, settings) as port:
        network = Network(connect_to={"localhost:443": f"127.0.0.1:{port}"})
        seen = context(tmp_path, at=environment(network=network), ca_file=tmp_path / "root.pem")
        outcome = await observe("https", {"url": "https://localhost"}, seen)
    assert code(outcome) == "passed answers"
    assert seen.journal.overrides == set()


@pytest.mark.parametrize("content", [None, b"", b"no certificate", b"\xff\xfe", b"x" * 5_000_000])
async def test_a_ca_file_that_cannot_be_used_is_could_not_tell(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "bad.pem").write_bytes(content)
    outcome = await observe("https", {"url": "https://localhost:1", "ca_file": "bad.pem"}, context(tmp_path))
    assert code(outcome) == "errored ca-file-unreadable"


async def test_why_a_ca_file_cannot_be_used_is_said_in_words_that_can_be_translated(tmp_path: Path) -> None:
    (tmp_path / "bad.pem").write_bytes(b"no certificate")
    outcome = await observe("https", {"url": "https://localhost:1", "ca_file": "bad.pem"}, context(tmp_path))
    assert message("not-pem") == outcome.reason.parameters["detail"]
    assert words(outcome.reason) == "the CA file bad.pem cannot be used: it is not a file of PEM certificates"


@pytest.mark.parametrize("named", ["{outside}/root.pem", "../outside/root.pem", "link.pem", "link/root.pem"])
async def test_a_ca_file_of_a_check_is_inside_the_work_tree(
    tmp_path: Path, settings: ssl.SSLContext, named: str
) -> None:
    tree, outside = tmp_path / "tree", tmp_path / "outside"
    tree.mkdir()
    outside.mkdir()
    (outside / "root.pem").write_bytes(ROOT.pem)
    (tree / "link.pem").symlink_to(outside / "root.pem")
    (tree / "link").symlink_to(outside)
    async with serving(OK, settings) as port:
        fields: dict[str, Value] = {
            "url": f"https://localhost:{port}",
            "ca_file": named.format(outside=outside),
        }
        outcome = await observe("https", fields, context(tree))
    assert code(outcome) == "errored ca-file-unreadable"
    assert message("outside-the-work-tree") == outcome.reason.parameters["detail"]


@pytest.mark.parametrize("kind", ["https", "certificate"])
async def test_a_ca_file_of_a_check_is_named_with_its_digest(
    tmp_path: Path, settings: ssl.SSLContext, kind: str
) -> None:
    async with serving(OK, settings) as port:
        fields: dict[str, Value] = {"url": f"https://localhost:{port}", "ca_file": "root.pem"}
        outcome = await observe(kind, fields, context(tmp_path))
    assert outcome.verdict is Verdict.PASSED
    assert seen_of(outcome, "trusted-roots") == [f"root.pem, sha256:{hashlib.sha256(ROOT.pem).hexdigest()}"]


@pytest.mark.parametrize("trusted", [True, False])
async def test_what_replaces_the_roots_of_the_system_is_evidence(
    tmp_path: Path, settings: ssl.SSLContext, trusted: bool
) -> None:
    environ = {"SSL_CERT_FILE": "/etc/own.pem", "SSL_CERT_DIR": "/etc/own"}
    roots = tmp_path / "root.pem" if trusted else None
    async with serving(OK, settings) as port:
        seen = context(tmp_path, ca_file=roots, process_environment=environ)
        outcome = await observe("https", {"url": f"https://localhost:{port}"}, seen)
    assert code(outcome) == ("passed answers" if trusted else "failed unknown-issuer")
    assert seen_of(outcome, "trusted-roots") == ["SSL_CERT_FILE=/etc/own.pem", "SSL_CERT_DIR=/etc/own"]
    assert seen.journal.overrides == set()


@contextlib.asynccontextmanager
async def proxy(
    first_line: bytes = b"HTTP/1.1 200 Connection established",
) -> AsyncIterator[tuple[int, list[bytes]]]:
    """An HTTP proxy that gives tunnels, and remembers what it was asked."""
    asked: list[bytes] = []

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        finally:
            writer.transport.abort()

    async def tunnel(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        asked.append(request)
        writer.write(first_line + b"\r\nVia: test\r\n\r\n")
        await writer.drain()
        if b" 200 " not in first_line:
            return
        port = int(request.split(b" ")[1].rpartition(b":")[2])
        there, back = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(pump(reader, back), pump(there, writer))

    async with serving(tunnel) as port:
        yield port, asked


async def test_a_proxy_is_used_and_named(tmp_path: Path, settings: ssl.SSLContext) -> None:
    async with serving(OK, settings) as port, proxy() as (proxy_port, asked):
        seen = context(
            tmp_path,
            ca_file=tmp_path / "root.pem",
            process_environment={"HTTPS_PROXY": f"http://user:pa%20ss@127.0.0.1:{proxy_port}"},
        )
        outcome = await observe("https", {"url": f"https://localhost:{port}"}, seen)
    assert code(outcome) == "passed answers"
    assert seen_of(outcome, "proxy") == [f"127.0.0.1:{proxy_port}"]
    assert asked[0].startswith(b"CONNECT localhost:%d HTTP/1.1\r\n" % port)
    assert b"Proxy-Authorization: Basic dXNlcjpwYSBzcw==\r\n" in asked[0]


async def test_no_proxy_is_honoured(tmp_path: Path, settings: ssl.SSLContext) -> None:
    async with serving(OK, settings) as port:
        seen = context(
            tmp_path,
            ca_file=tmp_path / "root.pem",
            process_environment={"HTTPS_PROXY": "http://127.0.0.1:1", "NO_PROXY": "x.example, localhost"},
        )
        outcome = await observe("https", {"url": f"https://localhost:{port}"}, seen)
    assert code(outcome) == "passed answers"
    assert seen_of(outcome, "proxy") == []


async def test_a_proxy_that_refuses_is_could_not_tell() -> None:
    async with proxy(b"HTTP/1.1 403 Forbidden") as (port, _):
        seen = context(process_environment={"https_proxy": f"127.0.0.1:{port}"})
        outcome = await observe("https", {"url": "https://service.example"}, seen)
    assert code(outcome) == "errored proxy-refused"
    said = f"the proxy 127.0.0.1:{port} gave no tunnel to service.example:443: it answered 403"
    assert words(outcome.reason) == said


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ("http://127.0.0.1:1", "errored proxy-unreachable"),
        ("socks5://127.0.0.1:1", "errored proxy-unsupported"),
        ("http://[::", "errored proxy-unsupported"),
    ],
)
async def test_a_proxy_that_cannot_be_used_is_could_not_tell(named: str, expected: str) -> None:
    seen = context(process_environment={"HTTPS_PROXY": named})
    assert code(await observe("https", {"url": "https://service.example"}, seen)) == expected


async def test_a_proxy_that_does_not_speak_http_is_could_not_tell() -> None:
    async with serving(answering(b"garbage")) as port:
        seen = context(process_environment={"HTTPS_PROXY": f"http://127.0.0.1:{port}"})
        outcome = await observe("https", {"url": "https://service.example"}, seen)
    assert code(outcome) == "errored proxy-refused"


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="no /proc to count open files in")
async def test_nothing_stays_open_after_a_check(tmp_path: Path, settings: ssl.SSLContext) -> None:
    counted = []
    async with serving(OK, settings) as port, serving(hanging_up) as rude:
        for _ in range(3):
            for url in (f"https://localhost:{port}", f"https://localhost:{rude}", "https://127.0.0.1:1"):
                await observe("https", {"url": url, "ca_file": "root.pem"}, context(tmp_path))
                await observe("https", {"url": url}, context(tmp_path))
            await asyncio.sleep(0.1)
            counted.append(open_files())
    assert counted[0] == counted[-1]
