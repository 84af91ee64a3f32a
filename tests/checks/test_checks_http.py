import asyncio
import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promoter.checks import registry
from promoter.checks.fields import mistake
from promoter.messages import Message, parameter_to_json
from promoter.model.context import Context
from promoter.model.environment import Data
from promoter.model.outcome import Outcome, Verdict
from promoter.model.reference import Fact, ProcessVariable, Value, Variable
from promoter.redaction import Secret
from promoter.run import Surroundings, try_check
from tests.support.checks import code, context, environment, observe, seen_of, words
from tests.support.tls_servers import (
    Handler,
    Wanted,
    answer,
    answering,
    dripping,
    make,
    server_side,
    serving,
)

ROOT = make(Wanted(name="Trusted Root", authority=True))
LEAF = make(Wanted(), ROOT)
HEALTH = {
    "status": "ok",
    "queue": {"waiting": 3},
    "items": [{"id": "a"}, {"id": "b"}],
    "up": True,
    "none": None,
}


def giving(body: bytes, status: int = 200, **headers: str) -> Handler:
    return answering(answer(status, body, **headers))


def giving_json(value: object) -> Handler:
    return giving(json.dumps(value).encode(), Content_Type="application/json")


async def ask(handler: Handler, seen: Context | None = None, **fields: Value) -> Outcome:
    async with serving(handler) as port:
        wanted = {"url": f"http://localhost:{port}/health?deep=1", "plain": True, **fields}
        return await observe("http", wanted, seen or context())


class Listening:
    """A server that keeps what it was sent."""

    def __init__(self, *raw: bytes) -> None:
        self.raw = list(raw) or [answer(200, b"fine")]
        self.heads: list[str] = []
        self.bodies: list[bytes] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = next(
            (int(each.partition(":")[2]) for each in head.lower().split("\r\n") if "content-length:" in each),
            0,
        )
        self.heads.append(head)
        self.bodies.append(await reader.readexactly(length))
        writer.write(self.raw[min(len(self.heads), len(self.raw)) - 1])
        await writer.drain()
        writer.close()


async def test_an_answer_as_expected_passes_with_its_evidence() -> None:
    outcome = await ask(giving_json(HEALTH), contains="waiting", warn_after="30s")
    assert code(outcome) == "passed answers"
    assert seen_of(outcome, "status") == [200]
    assert seen_of(outcome, "address")[0].startswith("127.0.0.1:")
    assert "bytes, sha256:" in seen_of(outcome, "body")[0]
    assert seen_of(outcome, "reproduce")[0].startswith("curl --include ")
    assert seen_of(outcome, "time")


async def test_over_tls_the_certificate_is_verified(tmp_path: Path) -> None:
    (tmp_path / "root.pem").write_bytes(ROOT.pem)
    async with serving(giving(b"fine"), server_side(LEAF, tmp_path)) as port:
        fields: dict[str, Value] = {"url": f"https://localhost:{port}"}
        trusted = context(tmp_path, ca_file=tmp_path / "root.pem")
        assert code(await observe("http", fields, trusted)) == "passed answers"
        assert code(await observe("http", fields, context(tmp_path))) == "failed unknown-issuer"


async def test_plain_http_is_for_those_who_ask_for_it() -> None:
    outcome = await ask(giving(b""), plain=False)
    assert code(outcome) == "errored not-usable"
    (found,) = registry.kind("http").contradictions({"url": "http://example.org"})
    assert found[0] == "url"


@pytest.mark.parametrize(
    ("status", "wanted", "expected"),
    [
        (200, {}, "passed answers"),
        (204, {}, "passed answers"),
        (302, {"redirects": 0}, "failed wrong-status"),
        (401, {}, "failed wrong-status"),
        (404, {"status": [404, 410]}, "passed answers"),
        (200, {"status": 404}, "failed wrong-status"),
        (500, {}, "failed wrong-status"),
    ],
)
async def test_the_status_must_be_one_of_those_expected(
    status: int, wanted: Mapping[str, Value], expected: str
) -> None:
    assert code(await ask(giving(b"", status), **wanted)) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"name": "X-Version"}, "passed answers"),
        ({"name": "x-version", "equals": "1.2"}, "passed answers"),
        ({"name": "X-Version", "contains": "1."}, "passed answers"),
        ({"name": "X-Version", "equals": "1"}, "failed wrong-headers"),
        ({"name": "X-Version", "contains": "2.0"}, "failed wrong-headers"),
        ({"name": "X-Missing"}, "failed wrong-headers"),
    ],
)
async def test_headers_are_held_against_what_is_expected(said: Value, expected: str) -> None:
    assert code(await ask(giving(b"", X_Version="1.2"), headers_expected=said)) == expected


CONDITIONS = [
    ({"path": "status", "equals": "ok"}, True),
    ({"path": "status", "equals": "down"}, False),
    ({"path": "up", "equals": True}, True),
    ({"path": "up", "equals": 1}, False),
    ({"path": "queue", "equals": {"waiting": 3.0}}, True),
    ({"path": "queue", "equals": {"waiting": True}}, False),
    ({"path": "items[].id", "equals": ["a", "b"]}, True),
    ({"path": "status", "not_equals": "down"}, True),
    ({"path": "status", "not_equals": "ok"}, False),
    ({"path": "stauts", "not_equals": "down"}, False),
    ({"path": "items[?id==`9`]", "equals": []}, True),
    ({"path": "items", "equals": []}, False),
    ({"path": "queue.waiting", "at_least": 3, "at_most": 3}, True),
    ({"path": "queue.waiting", "at_most": 2}, False),
    ({"path": "queue.waiting", "at_least": 4}, False),
    ({"path": "up", "at_least": 1}, False),
    ({"path": "status", "at_least": 0}, False),
    ({"path": "length(items)", "at_least": 2}, True),
    ({"path": "length(queue.waiting)", "at_most": 2}, False),
    ({"path": "status", "contains": "o"}, True),
    ({"path": "items[].id", "contains": "b"}, True),
    ({"path": "items[].id", "contains": "c"}, False),
    ({"path": "queue.waiting", "contains": "3"}, False),
    ({"path": "status", "matches": "^o.$"}, True),
    ({"path": "status", "matches": "^o$"}, False),
    ({"path": "queue.waiting", "matches": "3"}, False),
    ({"path": "none", "equals": None}, True),
    ({"path": "missing", "equals": None}, False),
    ({"path": "queue.missing", "equals": None}, False),
    ({"path": "status.none", "equals": None}, False),
    ({"path": "status", "equals": None}, False),
    ({"path": "items[9]", "equals": None}, False),
    ({"path": "max_by(items, &none)", "equals": None}, False),
    ({"path": "status", "exists": True}, True),
    ({"path": "none", "exists": True}, False),
    ({"path": "missing", "exists": False}, True),
    ({"path": "items[?id=='z']", "exists": True}, False),
    ({"path": "status", "exists": False}, False),
    ({"path": "length(queue.waiting)", "exists": False}, False),
]


@pytest.mark.parametrize(("said", "right"), CONDITIONS, ids=[json.dumps(each) for each, _ in CONDITIONS])
async def test_what_must_hold_in_json_is_judged_right(said: Mapping[str, Value], right: bool) -> None:
    outcome = await ask(giving_json(HEALTH), json_expected=[said])
    assert code(outcome) == ("passed answers" if right else "failed wrong-values")
    lines = [each for each in outcome.evidence if each.fact.code == "http.json"]
    assert [right] * (len(said) - 1) == [each.verdict is Verdict.PASSED for each in lines]
    if not right:
        assert str(said["path"]) in words(outcome.reason)


async def test_expected_stands_beside_observed() -> None:
    outcome = await ask(giving_json({"status": "down"}), json_expected={"path": "status", "equals": "ok"})
    (line,) = [each for each in outcome.evidence if each.fact.code == "http.json"]
    assert (words(line.fact), line.expected, line.observed) == ("JSON status", "ok", "down")
    assert seen_of(outcome, "begins") == ['{"status": "down"}']


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "it is empty"),
        (b" \n", "it is empty"),
        (b"<html>Log in</html>", "what stands in line 1, column 1 cannot stand there"),
        (b'{"status":\n "ok"]', "what stands in line 2, column 6 cannot stand there"),
        (b'{"status": "ok"', "it ends too early, in line 1, column 16"),
        (b'{"status": "ok"} trailing', "it goes on after its end, in line 1, column 18"),
        (b'{"status": "down", "status": "ok"}', "a name stands twice in an object"),
        (b'{"status": NaN}', "NaN is no number"),
        (b'{"status": -Infinity}', "-Infinity is no number"),
        (b'{"status": 1e999}', "it has a number out of bounds"),
        (b'{"status": ' + b"9" * 5000 + b"}", "it has a number out of bounds"),
        (b"[" * 100_000, "it is nested too deep"),
        (b'{"status": "\xff"}', "it is not UTF-8 from byte 13 on"),
        (b'\xef\xbb\xbf{"status": "ok"}', "a byte order mark stands before it"),
    ],
)
async def test_what_is_no_strict_json_fails_and_says_where(raw: bytes, why: str) -> None:
    outcome = await ask(giving(raw), json_expected={"path": "status", "exists": True})
    assert code(outcome) == "failed not-json"
    assert words(outcome.reason) == f"the answer is not JSON: {why}"
    assert isinstance(outcome.reason.parameters["detail"], Message)


@pytest.mark.parametrize("value", ["", {}])
@pytest.mark.parametrize("exists", [True, False])
async def test_what_is_there_but_empty_neither_exists_nor_is_missing(value: object, exists: bool) -> None:
    outcome = await ask(giving_json({"a": value}), json_expected={"path": "a", "exists": exists})
    assert code(outcome) == "failed wrong-values"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"contains": ["api", ""]}, "contains"),
        ({"json_expected": [{"path": "a", "contains": ""}]}, "json_expected"),
        ({"json_expected": [{"path": "a", "matches": ""}]}, "json_expected"),
    ],
)
def test_an_empty_text_that_everything_contains_is_a_problem(said: Mapping[str, Any], field: str) -> None:
    spec = registry.kind("http").field(field)
    assert spec is not None
    assert mistake(spec, said[field]) is not None


async def test_a_text_or_a_pattern_that_is_missing_fails() -> None:
    assert code(await ask(giving(b"all is well"), contains=["all", "well"])) == "passed answers"
    outcome = await ask(giving(b"all is well"), contains=["all", "ill"])
    assert code(outcome) == "failed text-missing"
    assert words(outcome.reason) == "the answer does not contain ill"
    assert code(await ask(giving(b"release 1.42"), matches=r"release \d+\.\d+$")) == "passed answers"
    assert code(await ask(giving(b"release one"), matches=r"release \d+")) == "failed pattern-missing"
    latin = giving("déployé".encode("latin-1"), Content_Type="text/plain; charset=ISO-8859-1")
    assert code(await ask(latin, contains="déployé")) == "passed answers"


async def test_a_pattern_that_backtracks_for_ever_is_given_up_and_holds_nothing_up() -> None:
    ticks = 0

    async def ticking() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.02)
            ticks += 1

    clock = asyncio.ensure_future(ticking())
    outcome = await ask(giving(b"a" * 60 + b"!"), context(timeout=1.5), matches=r"^(a+)+$")
    clock.cancel()
    assert code(outcome) == "errored pattern-without-end"
    assert ticks > 5


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "passed answers"),
        ({"contains": "x"}, "passed answers"),
        ({"contains": "never"}, "errored body-too-large"),
        ({"matches": "^x"}, "errored body-too-large"),
        ({"json_expected": {"path": "a", "exists": False}}, "errored body-too-large"),
    ],
)
async def test_a_body_beyond_the_cap_is_not_guessed_at(fields: Mapping[str, Value], expected: str) -> None:
    assert code(await ask(giving(b"x" * 5000), largest_body=1000, **fields)) == expected


async def test_an_encoding_that_was_not_asked_for_is_could_not_tell() -> None:
    outcome = await ask(giving(b"\x0b\x02", Content_Encoding="br"), contains="x")
    assert code(outcome) == "errored encoded-body"


async def test_slowness_warns_then_fails() -> None:
    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(0.15)
        writer.write(answer(200))
        await writer.drain()

    assert code(await ask(slow, warn_after="100ms")) == "warned slow"
    assert code(await ask(slow, warn_after="50ms", fail_after="100ms")) == "failed too-slow"
    outcome = await ask(slow, warn_after="50ms", fail_after="60s")
    assert code(outcome) == "warned slow"
    assert [each.verdict for each in outcome.evidence if each.fact.code == "http.time"] == [Verdict.WARNED]


async def test_what_is_sent_is_what_was_said() -> None:
    server = Listening()
    await ask(
        server,
        method="POST",
        json={"event": "été"},
        headers={"X-Request": "7"},
        secret_headers={"X-Key": Secret("hunter2", "API_KEY")},
        bearer=Secret("tok", "TOKEN"),
    )
    assert server.heads[0].startswith("POST /health?deep=1 HTTP/1.1\r\n")
    for line in (
        "X-Request: 7",
        "X-Key: hunter2",
        "Authorization: Bearer tok",
        "Content-Type: application/json",
    ):
        assert f"{line}\r\n" in server.heads[0]
    assert server.bodies == ['{"event": "été"}'.encode()]
    await ask(server, method="PUT", form={"a": "1 2", "b": "&"})
    assert server.bodies[1] == b"a=1+2&b=%26"
    await ask(server, method="POST", body="plain", basic={"user": "jo", "password": Secret("pw", "PW")})
    assert "Authorization: Basic am86cHc=\r\n" in server.heads[2]
    assert "text/plain" in server.heads[2]


async def test_the_line_to_reproduce_names_secrets_and_does_not_tell_them() -> None:
    fields: dict[str, Value] = {
        "method": "POST",
        "body": "it's",
        "basic": {"user": "jo", "password": Secret("hunter2", "PW")},
        "secret_headers": {"X-Key": Secret("hunter3", "API_KEY")},
    }
    outcome = await ask(Listening(), **fields)
    (line,) = seen_of(outcome, "reproduce")
    assert '--user "jo:${PW}"' in line
    assert '--header "X-Key: ${API_KEY}"' in line
    assert "--request POST" in line
    assert "hunter" not in repr(outcome)


async def test_a_line_break_in_a_secret_is_not_sent() -> None:
    outcome = await ask(Listening(), bearer=Secret("tok\r\nX-Evil: 1", "TOKEN"))
    assert code(outcome) == "errored unsendable"


async def test_redirects_are_followed_without_the_secrets_of_the_first_host() -> None:
    there = Listening()
    async with serving(there) as port:
        here = Listening(answer(302, Location=f"http://127.0.0.1:{port}/next"))
        fields: dict[str, Value] = {
            "bearer": Secret("tok", "TOKEN"),
            "headers": {"Cookie": "a=b", "X-A": "1"},
        }
        assert code(await ask(here, **fields)) == "failed wrong-status"
        assert not there.heads
        outcome = await ask(here, redirects=1, **fields)
    assert code(outcome) == "passed answers"
    assert "Authorization: Bearer tok" in here.heads[1]
    assert "Authorization" not in there.heads[0]
    assert "Cookie" not in there.heads[0]
    assert "X-A: 1" in there.heads[0]
    assert seen_of(outcome, "redirect") == [f"http://127.0.0.1:{port}/next"]


async def test_a_redirect_of_a_post_is_never_followed() -> None:
    server = Listening(answer(307, Location="/again"))
    assert code(await ask(server, method="POST")) == "failed wrong-status"
    assert len(server.heads) == 1


async def test_redirects_that_lead_nowhere_fail() -> None:
    assert code(await ask(giving(b"", 302, Location="/again"), redirects=2)) == "failed too-many-redirects"
    assert code(await ask(giving(b"", 302, Location="ftp://x/"))) == "failed bad-redirect"
    assert code(await ask(giving(b"", 302))) == "failed bad-redirect"


async def test_https_never_leads_to_plain_http(tmp_path: Path) -> None:
    (tmp_path / "root.pem").write_bytes(ROOT.pem)
    to_http = giving(b"", 302, Location="http://localhost/x")
    async with serving(to_http, server_side(LEAF, tmp_path)) as port:
        fields: dict[str, Value] = {"url": f"https://localhost:{port}", "plain": True}
        outcome = await observe("http", fields, context(tmp_path, ca_file=tmp_path / "root.pem"))
    assert code(outcome) == "failed redirect-to-http"


async def test_secrets_over_plain_http_to_another_machine_warn() -> None:
    async with serving(Listening()) as port:
        fields: dict[str, Value] = {
            "url": "http://metrics.example/",
            "plain": True,
            "connect_to": f"127.0.0.1:{port}",
            "bearer": Secret("tok", "TOKEN"),
        }
        assert code(await observe("http", fields, context())) == "warned in-the-clear"


async def test_with_real_data_nothing_of_a_body_is_shown() -> None:
    real = replace(environment(), data=Data.REAL)
    people = {"name": "Jeanne Martin", "siret": "12345678901234", "status": "ok", "age": 470047}
    said = [
        {"path": "name", "equals": "nobody"},
        {"path": "status", "equals": "ok"},
        {"path": "age", "at_most": 1},
        {"path": "siret", "matches": "^9"},
    ]
    fields: dict[str, Value] = {"json_expected": said, "contains": "nobody", "matches": "never"}
    handler = answering(answer(200, json.dumps(people).encode(), X_Name="Jeanne", Server="nginx"))
    headers = [{"name": "X-Name", "equals": "x"}, {"name": "Server"}]
    outcome = await ask(handler, context(at=real), headers_expected=headers, **fields)
    assert outcome.verdict is Verdict.FAILED
    shown = repr(outcome)
    for value in ("Jeanne", "Martin", "1234567", "470047"):
        assert value not in shown.replace(seen_of(outcome, "body")[0].partition("sha256:")[2], "")
    assert "withheld, because the data is real: a text" in seen_of(outcome, "json")
    assert "as expected" in seen_of(outcome, "json")
    assert ("nginx",) in seen_of(outcome, "header")


@pytest.mark.parametrize("named", ["application/json; who=Jeanne", "Jeanne", "text/html;Jeanne"])
async def test_with_real_data_nothing_that_comes_with_a_media_type_or_a_redirect_is_shown(named: str) -> None:
    real = replace(environment(), data=Data.REAL)
    handler = answering(answer(302, Location="/people/Jeanne", Content_Type=named))
    headers: Value = [{"name": "Content-Type"}]
    for changes in ({"status": 302}, {"redirects": 2}):
        outcome = await ask(handler, context(at=real), headers_expected=headers, **changes)
        assert "Jeanne" not in repr(outcome)
    shown = await ask(handler, context(), headers_expected=headers, status=302)
    assert "Jeanne" in repr(shown)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"matches": "(unclosed"}, "matches"),
        ({"matches": "a" * 2000}, "matches"),
        ({"json_expected": [{"path": "a[", "exists": True}]}, "json_expected"),
        ({"json_expected": [{"path": "a"}]}, "json_expected"),
        ({"json_expected": [{"path": "a", "matches": "("}]}, "json_expected"),
        ({"body": "x", "json": {}}, "json"),
        ({"json": {}, "form": {"a": "b"}}, "form"),
        ({"body": Fact("urls.app"), "form": {"a": "b"}}, "form"),
        ({"warn_after": "5s", "fail_after": "5s"}, "warn_after"),
        ({"method": "POST", "redirects": 3}, "redirects"),
        ({"method": "HEAD", "contains": "x"}, "contains"),
        (
            {"bearer": ProcessVariable("A"), "basic": {"user": "a", "password": Variable("B")}},
            "basic",
        ),
    ],
)
def test_what_cannot_go_together_is_a_problem(fields: Mapping[str, Any], field: str) -> None:
    kind = registry.kind("http")
    found = [name for name, _ in kind.contradictions({"url": "https://example.org", **fields})]
    assert found == [field]


@pytest.mark.parametrize(
    ("method", "changes"),
    [(None, False), ("HEAD", False), ("OPTIONS", False), ("POST", True), ("DELETE", True)],
)
def test_methods_that_may_change_something_are_effects(method: str | None, changes: bool) -> None:
    fields = {"url": "https://example.org"} | ({"method": method} if method else {})
    assert registry.kind("http").changes_the_world(fields) is changes


async def test_where_nobody_answers_the_line_to_reproduce_is_there_all_the_same() -> None:
    outcome = await observe("http", {"url": "https://127.0.0.1:1/"}, context())
    assert code(outcome) == "failed refused"
    assert seen_of(outcome, "reproduce") == ["curl --include https://127.0.0.1:1/"]


async def test_an_answer_that_drips_ends_at_the_deadline() -> None:
    with pytest.raises(TimeoutError):
        await ask(dripping(b"HTTP/1.1 200 OK\r\n"), context(timeout=0.3))


@given(
    st.one_of(
        st.binary(max_size=200),
        st.binary(max_size=200).map(lambda body: answer(200, body)),
        st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists, max_leaves=5).map(
            lambda value: answer(200, json.dumps({"a": value}).encode())
        ),
    )
)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_bytes_of_a_server_break_the_check_or_pass_wrongly(raw: bytes) -> None:
    said = [{"path": "a[0].b || join(',', a)", "equals": "never said"}, {"path": "sort(a)", "exists": True}]
    outcome = asyncio.run(ask(answering(raw), json_expected=said))
    assert outcome.verdict in (Verdict.FAILED, Verdict.ERRORED)


SECRET = "s3cr3t/with+signs=and\\quotes"


@given(
    st.binary(max_size=80),
    st.sampled_from(
        [
            SECRET,
            json.dumps(SECRET),
            quote(SECRET),
            quote(SECRET, safe=""),
            base64.b64encode(SECRET.encode()).decode(),
            base64.b64encode(f"jo:{SECRET}".encode()).decode(),
        ]
    ),
    st.sampled_from(["body", "header", "json"]),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_server_puts_an_escape_sequence_or_a_secret_into_an_outcome(
    raw: bytes, echoed: str, where: str
) -> None:
    text = "\x1b[2J\u202e" + echoed + raw.decode("utf-8", "replace")
    body = json.dumps({"a": text}).encode() if where == "json" else text.encode()
    head = echoed.replace("\n", "") if where == "header" else "x"

    async def run() -> Outcome:
        async with serving(answering(answer(200, body, X_Echo=head, Content_Type=f"text/{head}"))) as port:
            fields: dict[str, Value] = {
                "url": f"http://127.0.0.1:{port}",
                "plain": True,
                "basic": {"user": "jo", "password": ProcessVariable("PASSWORD")},
                "headers_expected": {"name": "X-Echo", "equals": "never"},
                "json_expected": [{"path": "a", "equals": "never"}],
                "contains": "never",
            }
            surroundings = Surroundings(root=Path(), process_environment={"PASSWORD": SECRET})
            return await try_check("http", fields, surroundings)

    outcome = asyncio.run(run())
    texts = [*texts_of(parameter_to_json(outcome.reason))]
    texts += [text for each in outcome.evidence for text in texts_of(parameter_to_json(each.observed))]
    assert outcome.verdict in (Verdict.FAILED, Verdict.ERRORED)
    assert "header" in repr(outcome) or where != "header"
    assert not any(ord(char) < 32 or char == "\u202e" for text in texts for char in text)
    assert not any(echoed in text or SECRET in text for text in texts)


def texts_of(value: Any) -> Iterator[str]:
    """Every text in a piece of JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for each in value.values() if isinstance(value, dict) else value:
            yield from texts_of(each)


@pytest.mark.parametrize("path", ["[@,@]|[@,@]|[@,@]|[@,@]|[@,@]|to_string(@)", "a" + ".a" * 200])
def test_a_path_that_could_grow_without_end_is_a_mistake(path: str) -> None:
    kind = registry.kind("http")
    fields = {"url": "https://a.example", "json_expected": [{"path": path, "exists": True}]}
    assert [why.code for _, why in kind.contradictions(fields)] == ["http.path-too-much"]
