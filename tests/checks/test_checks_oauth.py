import asyncio
import base64
import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promoter.checks import registry
from promoter.demo.flaws import Flaw
from promoter.messages import parameter_to_json
from promoter.model.context import Context
from promoter.model.environment import Data
from promoter.model.outcome import Outcome, Verdict
from promoter.model.reference import Fact, ProcessVariable, Value, Variable
from promoter.redaction import Secret
from promoter.run import Surroundings, try_check
from tests.support.checks import ENGLISH, code, context, environment, observe, seen_of, words
from tests.support.embedded import HOSTS, passe_marche, reaching
from tests.support.oauth_servers import API_PATH, TOKEN_PATH, Authority, Client, authority_serving
from tests.support.tls_servers import Handler, Wanted, answer, answering, dripping, make, server_side, serving

ROOT = make(Wanted(name="Trusted Root", authority=True))
LEAF = make(Wanted(), ROOT)
SECRET = "5ecre7/with+signs&more=%20"
EDITOR = Client("editor-1", SECRET)
TOKEN = "t0ken-wh1ch-nobody-may-see"
GOOD = {"access_token": TOKEN, "token_type": "Bearer", "expires_in": 86400, "scope": "api_access"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "root.pem").write_bytes(ROOT.pem)
    return tmp_path


@pytest.fixture
def authority(folder: Path) -> Iterator[tuple[Authority, int]]:
    with authority_serving(server_side(LEAF, folder), replace(EDITOR)) as serving_there:
        yield serving_there


def fields(port: int, **more: Value) -> dict[str, Value]:
    return {
        "url": f"https://localhost:{port}{TOKEN_PATH}",
        "client_id": "editor-1",
        "client_secret": Secret(SECRET, "CLIENT_SECRET"),
        "scope": "api_access",
        "ca_file": "root.pem",
        **more,
    }


async def ask(port: int, folder: Path, seen: Context | None = None, **more: Value) -> Outcome:
    return await observe("oauth", fields(port, **more), seen or context(folder))


async def answered(raw: bytes, folder: Path, seen: Context | None = None, **more: Value) -> Outcome:
    async with serving(answering(raw), server_side(LEAF, folder)) as port:
        return await ask(port, folder, seen, **more)


def granting(status: int = 200, **changes: object) -> bytes:
    """A right answer but for the changes; None takes a member away."""
    body = {name: value for name, value in (GOOD | changes).items() if value is not None}
    return answer(
        status, json.dumps(body).encode(), Content_Type="application/json", Cache_Control="no-store"
    )


def refusing(error: object, status: int = 400, **more: object) -> bytes:
    return answer(status, json.dumps({"error": error, **more}).encode(), Content_Type="application/json")


@pytest.mark.parametrize("credentials", ["body", "basic"])
async def test_a_token_of_an_independent_server_passes(
    credentials: str, authority: tuple[Authority, int], folder: Path
) -> None:
    there, port = authority
    outcome = await ask(port, folder, credentials=credentials, expires_in="1h")
    assert code(outcome) == "passed issues-token"
    assert len(there.tokens) == 1
    assert there.requests[0].startswith("Basic ") is (credentials == "basic")
    assert seen_of(outcome, "scope") == [("api_access",)]
    assert seen_of(outcome, "token-type") == ["Bearer"]
    assert seen_of(outcome, "cache-control") == ["no-store"]
    assert seen_of(outcome, "address")[0].startswith("127.0.0.1:")
    assert there.tokens[0].access_token not in repr(outcome)
    assert SECRET not in repr(outcome)


async def test_the_token_is_tried_on_the_api(authority: tuple[Authority, int], folder: Path) -> None:
    there, port = authority
    api = f"https://localhost:{port}{API_PATH}"
    outcome = await ask(port, folder, api=api)
    assert code(outcome) == "passed token-works"
    assert seen_of(outcome, "api-status") == [200]
    outcome = await ask(port, folder, api=api, scope="api_read")
    assert code(outcome) == "failed api-forbids"
    assert seen_of(outcome, "api-status") == [403]
    outcome = await ask(port, folder, api=f"https://localhost:{port}/missing")
    assert code(outcome) == "failed api-wrong-status"
    outcome = await ask(port, folder, api=f"https://localhost:{port}/missing", api_status=[404])
    assert code(outcome) == "passed token-works"
    assert not any(each.access_token in repr(outcome) for each in there.tokens)


async def test_a_scope_that_the_server_leaves_out_fails(
    authority: tuple[Authority, int], folder: Path
) -> None:
    outcome = await ask(authority[1], folder, scope=["api_access api_write", "api_read"])
    assert code(outcome) == "failed scope-dropped"
    assert words(outcome.reason) == "the token was issued without api_write, which was asked for"
    assert seen_of(outcome, "status") == [200]
    (line,) = [each for each in outcome.evidence if each.fact.code == "oauth.scope"]
    assert line.expected == ("api_access", "api_write", "api_read")
    assert line.observed == ("api_access", "api_read")


async def test_an_independent_server_s_errors_are_told_apart(
    authority: tuple[Authority, int], folder: Path
) -> None:
    there, port = authority
    wrong = Secret("wrong", "CLIENT_SECRET")
    assert code(await ask(port, folder, client_secret=wrong)) == "failed invalid-client"
    assert code(await ask(port, folder, client_id="nobody")) == "failed invalid-client"
    assert code(await ask(port, folder, scope="api_admin")) == "failed invalid-scope"
    there.clients["editor-1"].grants = ("authorization_code",)
    assert code(await ask(port, folder)) == "failed unauthorized-client"
    there.clients["editor-1"].active = False
    outcome = await ask(port, folder)
    assert code(outcome) == "failed invalid-client"
    remedy = registry.remedy(outcome.reason)
    assert remedy is not None
    assert "authorised and active" in str(remedy.template)
    assert not there.tokens


@pytest.mark.parametrize(
    ("flaws", "wanted"),
    [([], "passed token-works"), ([Flaw.DROPS_SCOPE], "failed scope-dropped")],
)
async def test_the_demo_is_judged_as_it_should_be(flaws: list[Flaw], wanted: str, folder: Path) -> None:
    with passe_marche(folder, flaws) as service:
        of_the_demo = service.credentials["preprod"]
        given: dict[str, Value] = {
            "url": f"https://{HOSTS.application}{TOKEN_PATH}",
            "client_id": of_the_demo.client_id,
            "client_secret": Secret(of_the_demo.client_secret, "PASSEMARCHE_CLIENT_SECRET"),
            "scope": "api_access",
            "expires_in": "24h",
            "api": f"https://{HOSTS.application}/api/v1/",
            "api_status": [200, 404],
            **reaching(service),
        }
        assert code(await observe("oauth", given, context(folder))) == wanted
        stolen = given | {"client_secret": Secret("0" * 64, "PASSEMARCHE_CLIENT_SECRET")}
        assert code(await observe("oauth", stolen, context(folder))) == "failed invalid-client"


ERRORS = [
    *((each, each.replace("_", "-")) for each in ("invalid_client", "invalid_request", "invalid_grant")),
    ("unauthorized_client", "unauthorized-client"),
    ("unsupported_grant_type", "unsupported-grant-type"),
    ("invalid_scope", "invalid-scope"),
    ("temporarily_unavailable", "server-failed"),
    ("quota_exceeded", "refused"),
    ({"code": 7}, "refused"),
    (7, "refused"),
]


@pytest.mark.parametrize("status", [200, 400, 401])
@pytest.mark.parametrize(("error", "expected"), ERRORS)
async def test_each_error_has_its_own_reason_whatever_the_status(
    error: object, expected: str, status: int, folder: Path
) -> None:
    raw = refusing(error, status, error_description="because", access_token=TOKEN)
    outcome = await answered(raw, folder)
    assert code(outcome) == f"failed {expected}"
    assert seen_of(outcome, "error-description") == ["because"]
    assert registry.remedy(outcome.reason) is not None


ANSWERS = [
    (granting(), {}, "passed issues-token"),
    (granting(token_type="bearer"), {}, "passed issues-token"),
    (granting(scope=None), {}, "passed issues-token"),
    (granting(scope="api_read api_access more"), {}, "passed issues-token"),
    (granting(scope=""), {}, "failed scope-dropped"),
    (granting(scope="API_ACCESS"), {}, "failed scope-dropped"),
    (granting(scope="api_access_not"), {}, "failed scope-dropped"),
    (granting(scope=["api_access"]), {}, "failed wrong-scope"),
    (granting(token_type="mac"), {}, "failed wrong-token-type"),
    (granting(token_type=None), {}, "failed wrong-token-type"),
    (granting(token_type=["Bearer"]), {}, "failed wrong-token-type"),
    (granting(expires_in=None), {}, "warned no-lifetime"),
    (granting(expires_in=None), {"expires_in": "1h"}, "errored lifetime-unknown"),
    (granting(expires_in=None, scope="x"), {"expires_in": "1h"}, "failed scope-dropped"),
    (granting(expires_in="3600"), {}, "failed wrong-lifetime"),
    (granting(expires_in=True), {}, "failed wrong-lifetime"),
    (granting(expires_in=-1), {}, "failed wrong-lifetime"),
    (granting(expires_in=0), {}, "failed wrong-lifetime"),
    (granting(expires_in=10**400), {}, "failed wrong-lifetime"),
    (granting(expires_in=float("nan")), {}, "failed not-json"),
    (granting(expires_in=3600), {"expires_in": "1h"}, "passed issues-token"),
    (granting(expires_in=3599.5), {"expires_in": "1h"}, "failed short-lived"),
    (granting(access_token=None), {}, "failed no-token"),
    (granting(access_token=""), {}, "failed unusable-token"),
    (granting(access_token="two words"), {}, "failed unusable-token"),
    (granting(access_token="line\r\nX-Evil: 1"), {}, "failed unusable-token"),
    (granting(access_token=12345), {}, "failed unusable-token"),
    (granting(status=201), {}, "warned odd-status"),
    (granting(status=202), {}, "warned odd-status"),
    (answer(200, b"\xef\xbb\xbf" + json.dumps(GOOD).encode()), {}, "failed not-json"),
    (granting(error=""), {}, "failed refused-without-why"),
    (granting(error=" "), {}, "failed refused-without-why"),
    (granting(expires_in=0.5), {}, "failed wrong-lifetime"),
    (granting(expires_in=1763860000), {}, "warned endless-lifetime"),
    (granting(token_type=" Bearer"), {}, "failed wrong-token-type"),
    (granting(scope="api_access api_access"), {}, "passed issues-token"),
    (granting(scope="api_access,more"), {}, "failed scope-dropped"),
    (granting(scope="api_access\u00a0more"), {}, "failed scope-dropped"),
    (answer(200, json.dumps(GOOD | {"scope": None}).encode()), {}, "failed wrong-scope"),
    (granting(status=400), {}, "failed wrong-status"),
    (granting(status=503), {}, "failed server-failed"),
    (answer(200, json.dumps(GOOD).encode(), Content_Type="text/plain"), {}, "warned wrong-content-type"),
    (answer(200, json.dumps(GOOD).encode()), {}, "warned wrong-content-type"),
    (answer(200, b"<!DOCTYPE html><p>Log in</p>"), {}, "failed web-page"),
    (answer(404, b"Not found", Content_Type="text/html"), {}, "failed web-page"),
    (answer(401, b"no"), {}, "failed wrong-status"),
    (answer(404, b"[]", Content_Type="application/json"), {}, "failed wrong-status"),
    (answer(200, b"[]", Content_Type="application/json"), {}, "failed no-token"),
    (answer(200, b"access_token=abcdefgh&token_type=bearer"), {}, "failed not-json"),
    (answer(204), {}, "failed not-json"),
    (answer(429, b"{}", Retry_After="60"), {}, "errored rate-limited"),
    (refusing("invalid_request", 429), {}, "errored rate-limited"),
    (answer(500, b"oops"), {}, "failed server-failed"),
    (answer(302, b"", Location="https://login.example/?next=x"), {}, "failed redirected"),
    (answer(307, b"", Location="/oauth/token/"), {}, "failed redirected"),
    (answer(301), {}, "failed redirected"),
    (answer(302, b"", Location="https://[bad"), {}, "failed redirected"),
    (answer(200, b" " * 70_000 + json.dumps(GOOD).encode()), {}, "failed answer-too-large"),
    (answer(200, b"\x0b", Content_Encoding="br"), {}, "errored encoded-answer"),
    (b"not http at all\r\n\r\n", {}, "failed bad-answer"),
    (b"", {}, "failed cut-off"),
]


@pytest.mark.parametrize(("raw", "more", "expected"), ANSWERS)
async def test_every_answer_is_judged_for_what_it_grants(
    raw: bytes, more: Mapping[str, Value], expected: str, folder: Path
) -> None:
    outcome = await answered(raw, folder, **more)
    assert code(outcome) == expected
    assert TOKEN not in repr(outcome)
    assert seen_of(outcome, "reproduce")
    assert "oauth." not in words(outcome.reason)
    if outcome.verdict is not Verdict.PASSED:
        remedy = registry.remedy(outcome.reason)
        assert remedy is not None
        assert "{" not in ENGLISH.say(remedy)


async def test_credentials_are_never_sent_on_to_where_a_redirect_leads(folder: Path) -> None:
    heard: list[bytes] = []

    async def listening(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))

    async with serving(listening, server_side(LEAF, folder)) as port:
        there = f"https://user:pass@localhost:{port}/token?code=1#x"
        outcome = await answered(answer(307, b"", Location=there), folder)
    assert not heard
    assert f"https://localhost:{port}/token" in words(outcome.reason)
    assert "pass@" not in repr(outcome)
    assert "code=1" not in repr(outcome)


async def test_the_api_that_does_not_know_the_token_fails_and_redirects_are_not_followed(
    folder: Path,
) -> None:
    heard: list[str] = []

    def either(api: bytes) -> Handler:
        async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            heard.append((await reader.readuntil(b"\r\n\r\n")).decode())
            writer.write(granting() if heard[-1].startswith("POST") else api)
            await writer.drain()
            writer.close()

        return handler

    async def called(api: bytes) -> Outcome:
        async with serving(either(api), server_side(LEAF, folder)) as port:
            return await ask(port, folder, api=f"https://localhost:{port}/api")

    challenge = f'Bearer realm="{TOKEN}", error="invalid_token", error_description="{TOKEN}"'
    outcome = await called(answer(401, b"{}", WWW_Authenticate=challenge))
    assert code(outcome) == "failed api-refuses-token"
    assert seen_of(outcome, "api-error") == ["invalid_token"]
    assert TOKEN not in repr(outcome)
    assert f"Authorization: Bearer {TOKEN}\r\n" in heard[1]
    assert code(await called(answer(302, b"", Location="/elsewhere"))) == "failed api-redirects"
    assert len(heard) == 4
    json_type = {"Content_Type": "application/json"}
    for api, wanted in (
        (answer(200, b"{}", Content_Type="text/html; charset=utf-8"), "failed api-web-page"),
        (answer(200, b"\xef\xbb\xbf\n<!DOCTYPE html><title>Log in</title>"), "failed api-web-page"),
        (answer(200, b"<HTML>"), "failed api-web-page"),
        (answer(200, b"<?xml version='1.0'?><bodywork/>"), "passed token-works"),
        (answer(200, b'{"error": "unauthenticated"}', **json_type), "failed api-error-inside"),
        (answer(200, b'\xef\xbb\xbf{"error": "no"}', **json_type), "failed api-error-inside"),
        (answer(200, b'{"errors": [{}]}', **json_type), "failed api-error-inside"),
        (answer(200, b'{"error": null, "errors": []}', **json_type), "passed token-works"),
        (answer(204), "passed token-works"),
    ):
        outcome = await called(api)
        assert code(outcome) == wanted
        assert outcome.verdict is Verdict.PASSED or registry.remedy(outcome.reason) is not None
    assert code(await called(answer(200, b"x" * 500_000))) == "passed token-works"


async def test_the_line_to_reproduce_names_secrets_and_does_not_tell_them(folder: Path) -> None:
    outcome = await answered(granting(), folder, scope=["a", "api_access"], api="https://127.0.0.1:1/me")
    token, api = seen_of(outcome, "reproduce")[0], seen_of(outcome, "reproduce")[-1]
    assert '--data-urlencode "client_secret=${CLIENT_SECRET}"' in token
    assert "--data-urlencode 'scope=a api_access'" in token
    assert token == api or '--header "Authorization: Bearer ${TOKEN}"' in api
    basic = await answered(granting(), folder, credentials="basic")
    assert '--user "editor-1:${CLIENT_SECRET}"' in seen_of(basic, "reproduce")[0]
    assert SECRET not in repr((outcome, basic))


@pytest.mark.skipif(not shutil.which("curl"), reason="needs curl")
@pytest.mark.parametrize("credentials", ["body", "basic"])
async def test_the_line_to_reproduce_gets_a_token(credentials: str, folder: Path) -> None:
    editor = Client("editor-1", "5ecre7-of-hex-and-hyphens")
    with authority_serving(server_side(LEAF, folder), editor) as (there, port):
        given = Secret(editor.client_secret, "CLIENT_SECRET")
        outcome = await ask(port, folder, credentials=credentials, client_secret=given)
        (line,) = seen_of(outcome, "reproduce")
        process = await asyncio.create_subprocess_exec(
            "bash",
            "-c",
            line,
            env={"PATH": "/usr/bin:/bin", "CLIENT_SECRET": editor.client_secret},
            cwd=folder,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        shown, _ = await process.communicate()
    assert there.tokens[-1].access_token in shown.decode()
    assert len(there.tokens) == 2


async def test_with_real_data_nothing_of_a_body_is_shown(folder: Path) -> None:
    real = context(folder, at=replace(environment(), data=Data.REAL))
    raw = refusing("jeanne_unknown", 400, error_description="Jeanne Martin has no access")
    outcome = await answered(raw, folder, real)
    assert code(outcome) == "failed refused"
    assert "eanne" not in repr(outcome)
    outcome = await answered(granting(scope="api_access jeanne", token_type="Jeanne"), folder, real)
    assert code(outcome) == "failed wrong-token-type"
    assert "eanne" not in repr(outcome)
    assert seen_of(outcome, "scope") == [
        "api_access; scopes that were not asked for are withheld, because the data is real"
    ]
    outcome = await answered(granting(scope="jeanne"), folder, real)
    assert code(outcome) == "failed scope-dropped"
    assert seen_of(outcome, "scope") == [
        "only scopes that were not asked for; they are withheld, because the data is real"
    ]
    assert "eanne" not in repr(outcome)
    assert code(await answered(refusing("invalid_client", 401), folder, real)) == "failed invalid-client"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"scope": 'quo"te'}, "scope"),
        ({"scope": ["fine", "back\\slash"]}, "scope"),
        ({"api_status": 200}, "api_status"),
    ],
)
def test_what_cannot_be_is_a_problem(more: Mapping[str, Value], field: str) -> None:
    written = {
        "url": Fact("urls.token"),
        "client_id": "x",
        "client_secret": Variable("S"),
        **more,
    }
    assert [name for name, _ in registry.kind("oauth").contradictions(written)] == [field]


async def test_what_a_reference_brings_is_judged_too(folder: Path) -> None:
    outcome = await ask(1, folder, client_secret=Secret("", "CLIENT_SECRET"))
    assert code(outcome) == "errored not-usable"
    assert words(outcome.reason) == "the field client_secret is empty"
    assert code(await ask(1, folder, url="http://localhost:1/token")) == "failed not-https"
    assert code(await ask(1, folder, scope='"')) == "errored not-usable"


def test_it_revokes_the_token_in_use() -> None:
    kind = registry.kind("oauth")
    assert kind.changes_the_world({})
    assert kind.effects == "revokes the token in use"


async def test_an_answer_that_drips_ends_at_the_deadline(folder: Path) -> None:
    async with serving(dripping(b"HTTP/1.1 200 OK\r\n"), server_side(LEAF, folder)) as port:
        with pytest.raises(TimeoutError):
            await ask(port, folder, context(folder, timeout=0.5))


def texts_of(value: Any) -> Iterator[str]:
    """Every text in a piece of JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for each in value.values() if isinstance(value, dict) else value:
            yield from texts_of(each)


async def tried(folder: Path, port: int, **more: Value) -> tuple[Outcome, list[str]]:
    """The outcome as it leaves the engine, and every text in it."""
    environ = {"CLIENT_SECRET": SECRET}
    surroundings = Surroundings(root=folder, process_environment=environ, consents={"oauth"})
    given = fields(port, client_secret=ProcessVariable("CLIENT_SECRET"), **more)
    outcome = await try_check("oauth", given, surroundings)
    texts = [*texts_of(parameter_to_json(outcome.reason))]
    for each in outcome.evidence:
        texts += texts_of([parameter_to_json(part) for part in (each.fact, each.expected, each.observed)])
    return outcome, texts


ECHOES = [
    answer(200, f'{{"access_token": "{TOKEN}", "expires_in": NaN}}'.encode(), Cache_Control=TOKEN),
    answer(200, f"access_token={TOKEN}&token_type=bearer".encode(), Cache_Control=TOKEN),
    answer(302, json.dumps(GOOD).encode(), Location=f"/{TOKEN}"),
    refusing("invalid_client", 401, error_description=f"{SECRET} of editor-1"),
    refusing(SECRET, 401),
    refusing("x", error_description=f"\x1b[2J{TOKEN}", access_token=TOKEN),
    refusing("x", error_description=TOKEN, access_token={"deep": [TOKEN]}),
    granting(token_type=TOKEN),
    granting(scope=f"{TOKEN} {SECRET}"),
    answer(429, b"{}", Retry_After=SECRET),
    answer(302, b"", Location=f"https://example.org/{SECRET}"),
    answer(
        200,
        json.dumps(GOOD | {"scope": "no"}).encode(),
        Content_Type=TOKEN,
        Cache_Control=base64.b64encode(f"a:{TOKEN}".encode()).decode(),
    ),
    refusing(
        "x", error_description=base64.b64encode(b"editor-1:5ecre7%2Fwith%2Bsigns%26more%3D%2520").decode()
    ),
]


@pytest.mark.parametrize("raw", ECHOES)
async def test_no_server_gets_a_secret_or_the_token_into_an_outcome(raw: bytes, folder: Path) -> None:
    async with serving(answering(raw), server_side(LEAF, folder)) as port:
        outcome, texts = await tried(folder, port)
    assert outcome.verdict in (Verdict.FAILED, Verdict.ERRORED)
    hidden = (SECRET, TOKEN, base64.b64encode(TOKEN.encode()).decode()[2:-4], "ZWNyZTclMkZ3aXRo")
    assert not [text for text in texts for each in hidden if each in text]
    assert not any(ord(char) < 32 for text in texts for char in text)
    assert any("***" in text for text in texts)


async def test_an_api_that_repeats_the_token_in_its_nonsense_is_masked(folder: Path) -> None:
    async def either(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        writer.write(
            granting() if head.startswith(b"POST") else f"HTTP/1.1 200 OK\r\n{TOKEN} \r\n\r\n".encode()
        )
        await writer.drain()
        writer.close()

    async with serving(either, server_side(LEAF, folder)) as port:
        outcome, texts = await tried(folder, port, api=f"https://localhost:{port}/api")
    assert code(outcome) == "failed bad-answer"
    assert not any(TOKEN in text for text in texts)


ABSENT = object()
TEXTS = st.sampled_from([TOKEN, SECRET, f"\x1b[2J{TOKEN}", f"\u202e{SECRET}"]) | st.text(max_size=20)
MEMBERS: dict[str, st.SearchStrategy[Any]] = {
    "access_token": st.just(TOKEN) | TEXTS | st.sampled_from([ABSENT, None, 7, [TOKEN], {"a": TOKEN}]),
    "token_type": st.sampled_from(["Bearer", "bEARER"]) | TEXTS | st.sampled_from([ABSENT, None, "mac", 1]),
    "expires_in": st.sampled_from([3600, 0.5, 2**53])
    | st.integers()
    | st.sampled_from([ABSENT, None, True, "3600", 10**300, [1]]),
    "scope": st.sampled_from(["api_access", ABSENT, "a api_access"])
    | TEXTS
    | st.sampled_from([None, "", 5, ["api_access"]]),
    "error": st.sampled_from([ABSENT, ABSENT, None]) | st.sampled_from(["invalid_client", "", 7, {}]) | TEXTS,
    "error_description": st.just(ABSENT) | TEXTS,
}
BODIES = st.fixed_dictionaries(MEMBERS).map(
    lambda found: {name: value for name, value in found.items() if value is not ABSENT}
)


def grants(body: Mapping[str, Any]) -> bool:
    """What RFC 6749 calls a token for what was asked for, said anew and in short."""
    token, lifetime, scope = body.get("access_token"), body.get("expires_in"), body.get("scope", "api_access")
    return (
        body.get("error") is None
        and isinstance(token, str)
        and token != ""
        and all("!" <= char <= "~" for char in token)
        and str(body.get("token_type")).lower() == "bearer"
        and isinstance(lifetime, int | float)
        and lifetime is not True
        and 0 < lifetime <= 2**53
        and isinstance(scope, str)
        and "api_access" in scope.split()
    )


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    there = tmp_path_factory.mktemp("oauth")
    (there / "root.pem").write_bytes(ROOT.pem)
    return there


@given(body=BODIES, status=st.sampled_from([200] * 4 + [201, 302, 400, 401, 429, 500]), echo=TEXTS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_only_a_grant_passes_and_nothing_secret_or_steering_leaves(
    body: Mapping[str, Any], status: int, echo: str, lasting: Path
) -> None:
    header = "".join(char for char in echo if "!" <= char <= "~")
    raw = answer(
        status,
        json.dumps(body).encode(),
        Content_Type="application/json",
        Location=f"/{header}",
        Retry_After=header,
        Cache_Control=header,
    )
    outcome, texts = asyncio.run(tried_on(raw, lasting))
    assert (outcome.verdict is Verdict.PASSED) == (200 <= status < 300 and grants(body))
    hold_back(outcome, texts, body)


@given(
    raw=st.binary(max_size=120).map(lambda raw: raw + b"\r\n\r\n")
    | st.binary(max_size=80).map(partial(answer, 200))
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_bytes_of_a_server_break_the_check_or_pass(raw: bytes, lasting: Path) -> None:
    outcome, texts = asyncio.run(tried_on(raw, lasting))
    assert outcome.verdict in (Verdict.FAILED, Verdict.ERRORED)
    hold_back(outcome, texts, {})


async def tried_on(raw: bytes, folder: Path) -> tuple[Outcome, list[str]]:
    async with serving(answering(raw), server_side(LEAF, folder)) as port:
        return await tried(folder, port)


def hold_back(outcome: Outcome, texts: list[str], body: Mapping[str, Any]) -> None:
    token = body.get("access_token")
    hidden = [SECRET, *([TOKEN] if token in (TOKEN, [TOKEN], {"a": TOKEN}) else [])]
    assert outcome.reason.code != "crashed"
    assert not [text for text in texts for each in hidden if each in text]
    assert not any(ord(char) < 32 or char == "\u202e" for text in texts for char in text)
