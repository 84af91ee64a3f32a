import asyncio
import base64
import hashlib
import hmac
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promoter.checks import registry
from promoter.demo.flaws import Flaw
from promoter.messages import Message, parameter_to_json
from promoter.model.context import Context
from promoter.model.environment import Data
from promoter.model.outcome import Outcome, Verdict
from promoter.model.reference import Fact, ProcessVariable, Value, Variable
from promoter.net.signing import SCHEMES
from promoter.redaction import Secret
from promoter.run import Surroundings, try_check
from tests.support.checks import ENGLISH, code, context, environment, observe, seen_of, words
from tests.support.embedded import HOSTS, passe_marche, reaching
from tests.support.tls_servers import (
    Handler,
    Wanted,
    answer,
    dripping,
    make,
    server_side,
    serving,
    silence,
)
from tests.support.webhook_receivers import (
    HEADER,
    SECRET,
    STANDARD_SECRET,
    Decision,
    Delivery,
    Once,
    Receiver,
    accepts_all,
    accepts_what_is_there,
    always,
    compares_the_beginning,
    decodes_as_latin,
    expected,
    for_forgeries,
    github,
    idempotent_before_it_verifies,
    knows_signatures,
    of_fixed_length,
    parses_first,
    parses_first_in_python,
    right,
    standard,
    verifies_what_is_not_empty,
    with_another_secret,
    with_signed,
)

ROOT = make(Wanted(name="Trusted Root", authority=True))
LEAF = make(Wanted(), ROOT)
WRONG = ("forged", "short", "garbled", "altered-end", "altered-middle", "empty-key", "keyless")
FORGERIES = (*WRONG, "signature-empty", "prefix-alone", "unsigned", "other-body")
DELIVERIES = ("signed", "signed-again", *FORGERIES)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "root.pem").write_bytes(ROOT.pem)
    return tmp_path


def fields(port: int, **more: Value) -> dict[str, Value]:
    return {
        "url": f"https://localhost:{port}/webhook",
        "secret": Secret(SECRET, "WEBHOOK_SECRET"),
        "ca_file": "root.pem",
        **more,
    }


async def deliver(receiver: Handler, folder: Path, seen: Context | None = None, **more: Value) -> Outcome:
    async with serving(receiver, server_side(LEAF, folder)) as port:
        return await observe("webhook", fields(port, **more), seen or context(folder, timeout=20))


def verdicts(outcome: Outcome) -> dict[str, str | None]:
    """The verdict of each delivery."""
    return {
        each.fact.code.removeprefix("webhook."): each.verdict and each.verdict.value
        for each in outcome.evidence
        if each.fact.code.removeprefix("webhook.") in (*DELIVERIES, "stale", "signed-rewritten", "signed-of")
    }


def also(outcome: Outcome) -> list[str]:
    return [
        each.observed.code.removeprefix("webhook.")
        for each in outcome.evidence
        if each.fact.code == "webhook.also" and isinstance(each.observed, Message)
    ]


async def test_a_receiver_that_does_everything_right_passes(folder: Path) -> None:
    receiver = Receiver(right)
    outcome = await deliver(receiver, folder)
    assert code(outcome) == "passed verifies"
    assert verdicts(outcome) == dict.fromkeys(DELIVERIES, "passed")
    signed, again, forged, short, garbled, *altered, empty, prefix, unsigned, other = receiver.deliveries
    assert signed == again
    assert signed.signature == expected(signed.body)
    assert signed.headers[":request"] == "POST /webhook HTTP/1.1"
    assert signed.headers["content-type"] == "application/json"
    assert signed.headers["user-agent"].startswith("promoter/")
    lengths = [len(each.signature or "") for each in (signed, forged, short, garbled)]
    assert lengths == [71, 71, 39, 71]
    assert "*" in str(garbled.signature)
    assert len(altered) == 4
    assert len({each.signature for each in (*altered, forged, signed)}) == 6
    assert empty.signature == ""
    assert prefix.signature == "sha256="
    assert unsigned.signature is None
    assert other.signature == signed.signature
    assert other.body != signed.body
    assert forged.body == short.body == garbled.body == unsigned.body != signed.body
    assert SECRET not in repr(outcome)


async def test_the_event_is_about_nothing_real_and_no_library_writes_it_so(folder: Path) -> None:
    receiver = Receiver(right)
    await deliver(receiver, folder, events=["market.completed", "market_application.completed"])
    body = receiver.deliveries[0].body
    event = json.loads(body)
    assert event["event"] == "market.completed"
    assert event["market"]["identifier"] == "VR-0000-PROMOTERTEST"
    assert not body.isascii()
    for separators in ((",", ":"), (", ", ": ")):
        for ascii_only in (True, False):
            written = json.dumps(event, separators=separators, ensure_ascii=ascii_only)
            assert written.encode() != body
    application = json.loads(receiver.deliveries[2].body)
    assert application["event"] == "market_application.completed"
    assert application["market_identifier"] == "VR-0000-PROMOTERTEST"
    assert set(application["market_application"]["siret"]) == {"0"}
    assert receiver.deliveries[2].signature == expected(receiver.deliveries[2].body)


RECEIVERS: list[tuple[Decision, str, set[str]]] = [
    (accepts_all, "failed accepts-forgeries", {*FORGERIES}),
    (accepts_what_is_there, "failed accepts-forgeries", {*WRONG, "prefix-alone", "other-body"}),
    (compares_the_beginning, "failed accepts-forgeries", {"short", "prefix-alone"}),
    (verifies_what_is_not_empty, "failed accepts-empty-signature", {"signature-empty"}),
    (knows_signatures(), "failed accepts-other-body", {"other-body"}),
    (
        of_fixed_length,
        "failed would-be-retried",
        {"short", "garbled", "signature-empty", "prefix-alone", "unsigned"},
    ),
    (parses_first, "failed verifies-other-bytes", {"signed"}),
    (parses_first_in_python, "failed verifies-other-bytes", {"signed"}),
    (decodes_as_latin, "failed verifies-other-bytes", {"signed"}),
    (with_another_secret, "failed refuses-good-signature", {"signed"}),
    (always(401), "failed refuses-good-signature", {"signed"}),
    (always(403), "failed refuses-good-signature", {"signed"}),
    (always(404), "failed no-receiver", {"signed"}),
    (always(405), "failed no-receiver", {"signed"}),
    (always(302), "failed redirects", {"signed"}),
    (always(429), "errored rate-limited", {"signed", *FORGERIES}),
    (always(503), "failed fails-on-event", {"signed", *FORGERIES}),
    (always(400), "failed refuses-event", {"signed"}),
    (with_signed(422), "failed refuses-event", {"signed"}),
    (with_signed(500), "failed fails-on-event", {"signed"}),
    (with_signed(404), "failed refuses-event", {"signed"}),
    (with_signed(410), "failed refuses-event", {"signed"}),
    (Once(200), "passed verifies", set()),
    (Once(409), "failed not-idempotent", {"signed-again"}),
    (Once(500), "failed not-idempotent", {"signed-again"}),
    (Once(401), "failed not-idempotent", {"signed-again"}),
    (idempotent_before_it_verifies(), "passed verifies", set()),
    (for_forgeries(403), "passed verifies", set()),
    (for_forgeries(400), "warned refuses-otherwise", set()),
    (for_forgeries(404), "warned refuses-otherwise", set()),
    (for_forgeries(422), "warned refuses-otherwise", set()),
    (for_forgeries(302), "failed redirects-forgeries", {*FORGERIES}),
    (for_forgeries(408), "failed would-be-retried", {*FORGERIES}),
    (for_forgeries(502), "failed would-be-retried", {*FORGERIES}),
    (for_forgeries(429), "errored rate-limited", {*FORGERIES}),
    (for_forgeries(b"nonsense\r\n\r\n"), "failed bad-answer", {*FORGERIES}),
    (
        lambda each: answer(401, expected(each.body).encode()),
        "failed discloses-signature",
        {"signed", *DELIVERIES[2:]},
    ),
    (with_signed(answer(200, b"x" * 200_000)), "passed verifies", set()),
]


@pytest.mark.parametrize(("decide", "wanted", "wrong"), RECEIVERS)
async def test_every_receiver_is_judged_right(
    decide: Decision, wanted: str, wrong: set[str], folder: Path
) -> None:
    outcome = await deliver(Receiver(decide), folder)
    assert code(outcome) == wanted
    bad = {name for name, verdict in verdicts(outcome).items() if verdict in ("failed", "errored")}
    assert bad == wrong
    assert "webhook." not in words(outcome.reason)
    if outcome.verdict is not Verdict.PASSED:
        remedy = registry.remedy(outcome.reason)
        assert remedy is not None
        assert "{" not in ENGLISH.say(remedy)
    for line in outcome.evidence:
        assert "webhook." not in words(line.fact)
        assert not isinstance(line.observed, Message) or "webhook." not in words(line.observed)


async def test_a_signature_that_is_told_hides_nothing_worse(folder: Path) -> None:
    outcome = await deliver(Receiver(lambda each: answer(200, expected(each.body).encode())), folder)
    assert code(outcome) == "failed accepts-forgeries"
    assert also(outcome) == ["accepts-empty-signature", "accepts-other-body", "discloses-signature"]


async def test_where_no_receiver_is_no_more_is_asked_than_tells_so(folder: Path) -> None:
    receiver = Receiver(always(404))
    await deliver(receiver, folder)
    assert len(receiver.deliveries) == 2


async def test_the_gravest_is_the_reason_and_all_the_others_are_told_with_their_remedies(
    folder: Path,
) -> None:
    def decide(delivery: Delivery) -> int:
        if delivery.signature is None:
            return 200
        if 0 < len(delivery.signature) < 71:
            return 500
        return 204 if right(delivery) == 204 else 418

    outcome = await deliver(Receiver(decide), folder)
    assert code(outcome) == "failed accepts-forgeries"
    assert words(outcome.reason) == "accepts forgeries: it answered 200 to no signature"
    assert also(outcome) == ["would-be-retried", "refuses-otherwise"]
    assert seen_of(outcome, "also")[0].startswith(
        "answers 500 to a signature cut short, nothing after the prefix"
    )
    assert seen_of(outcome, "remedy")[0].startswith("Answer 401 to every signature that is not right.")
    assert verdicts(outcome) == {
        "signed": "passed",
        "signed-again": "passed",
        "forged": "warned",
        "short": "failed",
        "garbled": "warned",
        "altered-end": "warned",
        "altered-middle": "warned",
        "empty-key": "warned",
        "keyless": "warned",
        "signature-empty": "warned",
        "prefix-alone": "failed",
        "unsigned": "failed",
        "other-body": "warned",
    }


def _of_forgeries(outcome: Outcome) -> Iterator[Any]:
    return (each for each in outcome.evidence if each.fact.code.removeprefix("webhook.") in FORGERIES)


async def test_a_body_that_is_always_the_same_is_still_tried_with_another(folder: Path) -> None:
    for payload in ({"a": 1}, 1):
        receiver = Receiver(right)
        outcome = await deliver(receiver, folder, payload=payload)
        assert code(outcome) == "passed verifies"
        assert receiver.deliveries[-1].signature == receiver.deliveries[0].signature
        assert receiver.deliveries[-1].body != receiver.deliveries[0].body


async def test_slowness_warns_then_fails(folder: Path) -> None:
    slow = Receiver(right, pauses=(0.4,))
    outcome = await deliver(slow, folder, warn_after="300ms")
    assert code(outcome) == "warned slow"
    assert "the signed event" in words(outcome.reason)
    slower = Receiver(right, pauses=(0.8, 0.4))
    outcome = await deliver(slower, folder, warn_after="300ms")
    assert re.match(r"takes up to (8|9)\d\d ms to answer the signed event, ", words(outcome.reason))
    late = Receiver(right, pauses=(2.0,))
    outcome = await deliver(late, folder, fail_after="500ms")
    assert code(outcome) == "failed too-slow"
    assert verdicts(outcome)["forged"] == "passed"
    hanging = Receiver(right, pauses=(0, 0, *[30.0] * len(FORGERIES)))
    outcome = await deliver(hanging, folder, context(folder, timeout=6))
    assert code(outcome) == "errored unanswered"
    assert list(verdicts(outcome).values()) == ["passed", "passed", *["errored"] * len(FORGERIES)]
    limits = [each.observed.parameters["limit"] for each in _of_forgeries(outcome)]
    assert outcome.reason.parameters["limit"] == min(limits) < max(limits)
    assert "to none of them within " in words(outcome.reason)


@pytest.mark.parametrize("handler", [silence, dripping(b"HTTP/1.1 200 OK\r\n")])
async def test_a_receiver_that_hangs_or_drips_does_not_outlive_the_check(
    handler: Handler, folder: Path
) -> None:
    outcome = await deliver(handler, folder, context(folder, timeout=5), fail_after="500ms")
    assert code(outcome) == "failed too-slow"


async def test_the_way_there_is_judged_as_everywhere(folder: Path) -> None:
    assert code(await observe("webhook", fields(1), context(folder))) == "failed refused"
    async with serving(Receiver(right), server_side(LEAF, folder)) as port:
        given = fields(port)
        del given["ca_file"]
        assert code(await observe("webhook", given, context(folder))) == "failed unknown-issuer"


async def test_plain_http_is_for_those_who_ask_for_it(folder: Path) -> None:
    async with serving(Receiver(right)) as port:
        url = f"http://localhost:{port}/webhook"
        assert code(await observe("webhook", fields(port, url=url), context(folder))) == "errored not-usable"
        outcome = await observe("webhook", fields(port, url=url, plain=True), context(folder))
        assert code(outcome) == "passed verifies"


async def test_a_receiver_that_hangs_up_on_forgeries_fails() -> None:
    async with serving(Receiver(for_forgeries(b""))) as port:
        url = f"http://localhost:{port}/webhook"
        given = {"url": url, "plain": True, "secret": Secret(SECRET, "WEBHOOK_SECRET")}
        outcome = await observe("webhook", given, context())
    assert code(outcome) == "failed cut-off"
    assert verdicts(outcome)["signed"] == "passed"
    assert "closed the connection" in seen_of(outcome, "forged")[0]


async def test_redirects_are_not_followed(folder: Path) -> None:
    elsewhere = Receiver(accepts_all)
    async with serving(elsewhere, server_side(LEAF, folder)) as port:
        there = f"https://localhost:{port}/webhook/?key=1"
        outcome = await deliver(Receiver(always(answer(308, b"", Location=there))), folder)
    assert code(outcome) == "failed redirects"
    assert not elsewhere.deliveries
    assert seen_of(outcome, "redirect") == [f"https://localhost:{port}/webhook/"]


@pytest.mark.parametrize(
    ("flaws", "wanted"),
    [
        ([], "passed verifies"),
        ([Flaw.ACCEPTS_FORGERIES], "failed accepts-forgeries"),
        ([Flaw.CRASHES_ON_FORGERIES], "failed would-be-retried"),
        ([Flaw.ACCEPTS_FORGERIES, Flaw.CRASHES_ON_FORGERIES], "failed accepts-forgeries"),
    ],
)
async def test_the_demo_is_judged_as_it_should_be(flaws: list[Flaw], wanted: str, folder: Path) -> None:
    with passe_marche(folder, flaws) as service:
        given: dict[str, Value] = {
            "url": f"https://{HOSTS.receiver}/webhook",
            "secret": Secret(service.credentials["preprod"].webhook_secret, "PASSEMARCHE_WEBHOOK_SECRET"),
            "events": ["market.completed", "market_application.completed"],
            **reaching(service),
        }
        outcome = await observe("webhook", given, context(folder, timeout=20))
    assert code(outcome) == wanted


async def test_github_signs_its_ping(folder: Path) -> None:
    receiver = Receiver(github)
    outcome = await deliver(receiver, folder, scheme="github")
    assert code(outcome) == "passed verifies"
    assert json.loads(receiver.deliveries[0].body)["hook_id"] == 0
    assert code(await deliver(Receiver(accepts_all), folder, scheme="github")) == "failed accepts-forgeries"


@pytest.mark.parametrize(
    ("decide", "caught"),
    [
        (lambda each: compared(each, slice(0, 15)), {"altered-end", "altered-middle"}),
        (lambda each: compared(each, slice(-8, None)), {"altered-middle"}),
        (lambda each: also_with(each, expected(each.body, "")), {"empty-key"}),
        (lambda each: also_with(each, "sha256=" + hashlib.sha256(each.body).hexdigest()), {"keyless"}),
        (lambda each: also_with(each, "sha256="), {"prefix-alone"}),
    ],
)
async def test_a_receiver_that_compares_less_than_a_signature_is_found_out(
    decide: Decision, caught: set[str], folder: Path
) -> None:
    outcome = await deliver(Receiver(decide), folder)
    assert outcome.verdict is Verdict.FAILED
    assert caught == {name for name, verdict in verdicts(outcome).items() if verdict == "failed"}


def compared(delivery: Delivery, part: slice) -> int:
    given = delivery.signature or ""
    return 200 if len(given) == 71 and given[part] == expected(delivery.body)[part] else 401


def also_with(delivery: Delivery, signature: str) -> int:
    return 200 if delivery.signature in (expected(delivery.body), signature) else 401


async def test_every_event_is_forged_and_a_push_of_github_as_well(folder: Path) -> None:
    def only_the_first(delivery: Delivery) -> int:
        return right(delivery) if b'"market.completed"' in delivery.body else 200

    both = ("market.completed", "market_application.completed")
    outcome = await deliver(Receiver(only_the_first), folder, events=both)
    assert code(outcome) == "failed accepts-forgeries"
    assert "market_application.completed without a signature" in words(outcome.reason)
    assert code(await deliver(Receiver(right), folder, events=both)) == "passed verifies"

    def only_pings(delivery: Delivery) -> int:
        return github(delivery) if delivery.headers["x-github-event"] == "ping" else 200

    assert code(await deliver(Receiver(only_pings), folder, scheme="github")) == "failed accepts-forgeries"


@pytest.mark.parametrize(
    ("decide", "wanted"),
    [
        (standard(), "passed verifies"),
        (standard(status=401), "passed verifies"),
        (standard(tolerance=7200), "failed accepts-stale"),
        (standard(tolerance=1800), "failed accepts-stale"),
        (standard(status=422), "warned refuses-otherwise"),
        (standard(rotates=False), "warned refuses-rotation"),
        (accepts_all, "failed accepts-forgeries"),
        (always(400), "failed refuses-good-signature"),
    ],
)
async def test_standard_webhooks_sign_an_id_and_a_time(decide: Decision, wanted: str, folder: Path) -> None:
    receiver = Receiver(decide)
    secret = Secret(STANDARD_SECRET, "WEBHOOK_SECRET")
    outcome = await deliver(receiver, folder, scheme="standard-webhooks", secret=secret)
    assert code(outcome) == wanted
    ids = [each.headers["webhook-id"] for each in receiver.deliveries]
    if receiver.deliveries[0] == receiver.deliveries[1]:
        assert ids[0] == ids[1] != ids[2]
        assert "stale" in verdicts(outcome)


async def test_a_secret_that_is_no_base64_is_not_used(folder: Path) -> None:
    outcome = await deliver(Receiver(right), folder, scheme="standard-webhooks")
    assert code(outcome) == "errored not-usable"
    assert code(await deliver(Receiver(right), folder, secret=Secret(""))) == "errored not-usable"


async def test_any_hmac_scheme_can_be_said(folder: Path) -> None:
    def decide(delivery: Delivery) -> int:
        digest = base64.b64encode(hmac.digest(SECRET.encode(), delivery.body, hashlib.sha512)).decode()
        given = delivery.headers.get("x-hook")
        known = json.loads(delivery.body)["id"] == "VR-0000-PROMOTERTEST"
        return 200 if known and given == f"v0={digest}" and delivery.headers["x-event"] == "test" else 401

    scheme: dict[str, Value] = {
        "scheme": "custom",
        "header": "X-Hook",
        "algorithm": "sha512",
        "encoding": "base64",
        "prefix": "v0=",
        "payload": {"id": "{identifier}", "at": "{timestamp}", "n": [1, 2.5, None]},
        "headers": {"X-Event": "test", "content-type": "application/cloudevents+json"},
    }
    receiver = Receiver(decide)
    outcome = await deliver(receiver, folder, **scheme)
    assert code(outcome) == "passed verifies"
    first = receiver.deliveries[0]
    assert first.headers["content-type"] == "application/cloudevents+json"
    assert json.loads(first.body)["at"].endswith("Z")
    assert json.loads(first.body)["n"] == [1, 2.5, None]


@pytest.mark.parametrize(
    ("scheme", "decide", "secret"),
    [
        ({}, right, SECRET),
        ({"scheme": "github"}, github, SECRET),
        ({"scheme": "standard-webhooks"}, standard(), STANDARD_SECRET),
    ],
)
@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("openssl")), reason="needs curl and openssl")
async def test_the_line_to_reproduce_delivers_what_the_check_did(
    scheme: Mapping[str, Value], decide: Decision, secret: str, folder: Path
) -> None:
    receiver = Receiver(decide)
    async with serving(receiver, server_side(LEAF, folder)) as port:
        given = fields(port, secret=Secret(secret, "WEBHOOK_SECRET"), **scheme)
        outcome = await observe("webhook", given, context(folder, timeout=20))
        (line,) = seen_of(outcome, "reproduce")
        assert secret not in line
        assert len(line) <= 1000
        process = await asyncio.create_subprocess_exec(
            "bash",
            "-c",
            line,
            env={"PATH": "/usr/bin:/bin", "WEBHOOK_SECRET": secret},
            cwd=folder,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        shown, _ = await process.communicate()
    assert b" 204 " in shown or b" 200 " in shown
    assert receiver.deliveries[-1].body == receiver.deliveries[0].body


async def test_what_the_receiver_says_about_the_signed_event_is_shown_unless_the_data_is_real(
    folder: Path,
) -> None:
    said = always(answer(401, b'{"error": "Jeanne may not"}'))
    outcome = await deliver(Receiver(said), folder)
    assert seen_of(outcome, "begins") == ['{"error": "Jeanne may not"}']
    real = context(folder, at=replace(environment(), data=Data.REAL), timeout=20)
    outcome = await deliver(Receiver(said), folder, real)
    assert code(outcome) == "failed refuses-good-signature"
    assert "Jeanne" not in repr(outcome)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"url": "http://example.org/"}, "url"),
        ({"warn_after": "30s", "fail_after": "30s"}, "warn_after"),
        ({"scheme": "github", "events": ["market.completed"]}, "events"),
        ({"scheme": "standard-webhooks", "header": "X-Y"}, "header"),
        ({"scheme": "standard-webhooks", "encoding": "hex"}, "encoding"),
        ({"payload": {}, "events": ["market.completed"]}, "payload"),
    ],
)
def test_what_cannot_be_is_a_problem(more: Mapping[str, Value], field: str) -> None:
    written = {"url": Fact("urls.webhook"), "secret": Variable("S"), **more}
    assert [name for name, _ in registry.kind("webhook").contradictions(written)] == [field]


def test_it_delivers_a_test_event_and_takes_three_minutes_at_most() -> None:
    kind = registry.kind("webhook")
    assert kind.changes_the_world({})
    assert kind.timeout == 180


def texts_of(value: Any) -> Iterator[str]:
    """Every text in a piece of JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for each in value.values() if isinstance(value, dict) else value:
            yield from texts_of(each)


async def tried(folder: Path, port: int, secret: str, **more: Value) -> tuple[Outcome, list[str]]:
    """The outcome as it leaves the engine, and every text in it."""
    environ = {"WEBHOOK_SECRET": secret}
    surroundings = Surroundings(root=folder, process_environment=environ, consents={"webhook"})
    written = fields(port, secret=ProcessVariable("WEBHOOK_SECRET"), **more)
    if "plain" in written:
        del written["ca_file"]
    outcome = await try_check("webhook", written, surroundings)
    texts = [*texts_of(parameter_to_json(outcome.reason))]
    for each in outcome.evidence:
        texts += texts_of([parameter_to_json(part) for part in (each.fact, each.expected, each.observed)])
    return outcome, texts


def test_signatures_are_those_that_the_schemes_document() -> None:
    scheme = SCHEMES["github"]
    digest = scheme.digest(scheme.key("It's a Secret to Everybody"), b"Hello, World!")
    assert digest == "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    standard_webhooks = SCHEMES["standard-webhooks"]
    key = standard_webhooks.key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signed = b'msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}'
    assert standard_webhooks.digest(key, signed) == "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


ANYTHING = st.one_of(
    st.sampled_from([200, 204, 302, 400, 401, 403, 404, 408, 418, 422, 429, 500, 503]),
    st.binary(max_size=60).map(lambda raw: raw + b"\r\n\r\n"),
    st.binary(max_size=60).map(lambda raw: answer(401, raw + SECRET.encode() + b"\x1b[2J")),
)
NEARLY_RIGHT = st.tuples(
    *[st.one_of(st.sampled_from([200, 204]), st.just(201), ANYTHING)] * 2,
    *[st.one_of(st.sampled_from([401, 403]), st.just(401), ANYTHING)] * 4,
)


@given(NEARLY_RIGHT)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_answers_of_a_receiver_break_the_check_pass_wrongly_or_tell_the_secret(
    said: tuple[int | bytes, ...],
) -> None:
    async def run() -> tuple[Outcome, list[str]]:
        left = iter(said)
        async with serving(Receiver(lambda delivery: next(left, 401))) as port:
            url = f"http://127.0.0.1:{port}/"
            return await tried(Path(), port, SECRET, url=url, plain=True, warn_after="20s")

    outcome, texts = asyncio.run(run())
    statuses = [
        int(each[9:12]) if isinstance(each, bytes) and each[:8] == b"HTTP/1.1" else each for each in said
    ]
    right_ones = all(each in (200, 201, 204) for each in statuses[:2])
    refused = all(each in (401, 403) for each in statuses[2:])
    assert (outcome.verdict is Verdict.PASSED) == (right_ones and refused)
    assert outcome.reason.code != "crashed"
    assert not [text for text in texts if SECRET in text or any(ord(char) < 32 for char in text)]


async def test_no_receiver_gets_the_secret_or_a_right_signature_into_an_outcome(folder: Path) -> None:
    def decide(delivery: Delivery) -> bytes:
        said = f"\x1b[31m{SECRET} {delivery.headers.get(HEADER)} {expected(delivery.body)}"
        return answer(401, said.encode(), Location=SECRET)

    receiver = Receiver(decide)
    async with serving(receiver, server_side(LEAF, folder)) as port:
        outcome, texts = await tried(folder, port, SECRET)
    assert outcome.verdict is Verdict.FAILED
    digests = [expected(each.body).removeprefix("sha256=") for each in receiver.deliveries]
    assert not [text for text in texts for each in (SECRET, "\x1b", *digests) if each in text]
    assert any("***" in text for text in texts)


async def test_a_secret_of_standard_webhooks_is_masked_without_its_mark_too(folder: Path) -> None:
    bare = STANDARD_SECRET.removeprefix("whsec_")
    async with serving(Receiver(always(answer(400, bare.encode()))), server_side(LEAF, folder)) as port:
        _, texts = await tried(folder, port, STANDARD_SECRET, scheme="standard-webhooks")
    assert not [text for text in texts if bare in text]
