import asyncio
import contextlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promoter.checks import registry
from promoter.model.outcome import Outcome, Verdict
from promoter.model.reference import Value
from promoter.run import Surroundings, try_check
from tests.support.checks import code, context, observe, seen_of, words
from tests.support.dns_servers import Answerer, name_server, refusing, zone

ZONE = (
    "preprod.example.org. 300 IN A 192.0.2.1",
    "preprod.example.org. 300 IN AAAA 2001:db8::1",
    "www.example.org. 60 IN CNAME Gateway.Example.NET.",
    "gateway.example.net. 60 IN A 192.0.2.7",
    'example.org. 300 IN CAA 0 issue "letsencrypt.org"',
    "example.org. 300 IN MX 10 Mail.example.org.",
    "example.org. 300 IN NS ns1.example.org.",
    'example.org. 300 IN TXT "v=spf1 " "-all"',
)


CIRCLE = tuple(
    f"{'preprod' if not n else f'a{n}'}.example.org. 60 IN CNAME a{n + 1}.example.org." for n in range(20)
)


def garbled_over_tcp(asked: bytes, tcp: bool) -> bytes | None:
    return b"garbage" if tcp else zone(*ZONE, truncated=True)(asked, tcp)


async def ask(answerer: Answerer, within: float = 5.0, **fields: Value) -> Outcome:
    async with name_server(answerer) as port:
        wanted = {"name": "preprod.example.org", "server": f"127.0.0.1:{port}", **fields}
        return await observe("dns", wanted, context(timeout=within))


async def test_a_name_with_addresses_passes_and_says_which_and_from_whom() -> None:
    outcome = await ask(zone(*ZONE))
    assert code(outcome) == "passed resolves"
    assert words(outcome.reason) == "preprod.example.org: 192.0.2.1, 2001:db8::1"
    assert seen_of(outcome, "server")[0].startswith("127.0.0.1:")
    assert "dig preprod.example.org. A @127.0.0.1 -p " in seen_of(outcome, "reproduce")[0]
    assert seen_of(outcome, "lifetime") == ["5 min", "5 min"]


@pytest.mark.parametrize(
    ("name", "type_", "expect"),
    [
        ("preprod.example.org", None, ["2001:DB8:0::1", "192.0.2.1"]),
        ("preprod.example.org", "A", "192.0.2.1"),
        ("preprod.example.org", "AAAA", "2001:db8::1"),
        ("https://Preprod.example.org:8443/health", "A", "192.0.2.1"),
        ("www.example.org", "A", "192.0.2.7"),
        ("www.example.org", "CNAME", "gateway.example.net."),
        ("example.org", "CAA", "issue letsencrypt.org"),
        ("example.org", "CAA", '0 issue "letsencrypt.org"'),
        ("example.org", "MX", "mail.example.org"),
        ("example.org", "MX", "10 MAIL.example.org."),
        ("example.org", "NS", "ns1.example.org"),
        ("example.org", "TXT", "v=spf1 -all"),
    ],
)
async def test_records_that_are_there_pass_however_they_are_written(
    name: str, type_: str | None, expect: Value
) -> None:
    fields = {"name": name, "expect": expect} | ({"type": type_} if type_ else {})
    assert code(await ask(zone(*ZONE), **fields)) == "passed resolves"


@pytest.mark.parametrize(
    ("name", "type_", "expect"),
    [
        ("preprod.example.org", None, ["192.0.2.1", "192.0.2.2"]),
        ("preprod.example.org", "A", "192.0.2.10"),
        ("www.example.org", "CNAME", "example.net"),
        ("example.org", "CAA", "issue other.org"),
        ("example.org", "CAA", "128 issue letsencrypt.org"),
        ("example.org", "MX", "20 mail.example.org"),
        ("example.org", "TXT", "v=spf1"),
    ],
)
async def test_a_record_that_is_missing_fails_and_says_what_is_there(
    name: str, type_: str | None, expect: Value
) -> None:
    fields = {"name": name, "expect": expect} | ({"type": type_} if type_ else {})
    outcome = await ask(zone(*ZONE), **fields)
    assert code(outcome) == "failed records-missing"
    assert outcome.reason.parameters["found"]
    assert [each.verdict for each in outcome.evidence].count(Verdict.FAILED) == 1


@pytest.mark.parametrize(
    ("answerer", "expected"),
    [
        (zone(*ZONE[2:]), "failed no-such-name"),
        (zone("preprod.example.org. 60 IN TXT x"), "failed no-records"),
        (zone(*ZONE[2:], in_charge=False), "errored server-not-in-charge"),
        (zone("preprod.example.org. 60 IN TXT x", in_charge=False), "errored server-not-in-charge"),
        (zone(*CIRCLE), "errored server-unclear"),
        (refusing("SERVFAIL"), "errored server-failed"),
        (refusing("REFUSED"), "errored server-refused"),
        (refusing("NOTIMP"), "errored server-failed"),
        (lambda asked, tcp: b"garbage", "errored server-silent"),
        (lambda asked, tcp: asked, "errored server-silent"),
        (garbled_over_tcp, "errored server-unclear"),
    ],
    ids=[
        "NXDOMAIN",
        "no records",
        "lame NXDOMAIN",
        "lame",
        "circle",
        "SERVFAIL",
        "REFUSED",
        "NOTIMP",
        "garbage",
        "echo",
        "garbage over TCP",
    ],
)
async def test_every_way_not_to_have_an_answer_is_told_apart(answerer: Answerer, expected: str) -> None:
    assert code(await ask(answerer, within=1.5, expect="192.0.2.1")) == expected


@pytest.mark.parametrize(
    ("type_", "record"),
    [("A", "0.0.0.0"), ("AAAA", "::"), ("MX", "0 .")],  # noqa: S104 - no host's address
)
async def test_records_that_lead_nowhere_fail_unless_they_are_wanted(type_: str, record: str) -> None:
    answerer = zone(f"preprod.example.org. 60 IN {type_} {record}")
    assert code(await ask(answerer, type=type_)) == "failed leads-nowhere"
    assert code(await ask(answerer, type=type_, expect=record)) == "passed resolves"


async def test_a_server_that_stays_silent_is_could_not_tell() -> None:
    outcome = await ask(lambda asked, tcp: None, within=1.5)
    assert code(outcome) == "errored server-silent"


async def test_nobody_listening_is_could_not_tell() -> None:
    async with name_server(zone()) as port:
        pass
    fields = {"name": "example.org", "type": "A", "server": f"127.0.0.1:{port}"}
    assert code(await observe("dns", fields, context(timeout=1.0))) == "errored server-silent"


async def test_a_truncated_answer_is_asked_for_again_over_tcp() -> None:
    asked_over: list[bool] = []
    truncating = zone(*ZONE, truncated=True)

    def listening(asked: bytes, tcp: bool) -> bytes | None:
        asked_over.append(tcp)
        return truncating(asked, tcp)

    outcome = await ask(listening, type="A", expect="192.0.2.1")
    assert code(outcome) == "passed resolves"
    assert asked_over == [False, True]


async def test_without_a_server_or_a_type_the_resolver_of_the_machine_is_asked() -> None:
    outcome = await observe("dns", {"name": "localhost"}, context())
    assert code(outcome) == "passed resolves"
    assert seen_of(outcome, "server") == ["this machine's resolver"]
    assert seen_of(outcome, "reproduce") == ["getent ahosts localhost"]
    outcome = await observe("dns", {"name": "localhost", "expect": "192.0.2.1"}, context())
    assert code(outcome) == "failed records-missing"
    outcome = await observe("dns", {"name": "no-such-host.invalid"}, context())
    assert code(outcome) in ("failed name-unknown", "errored name-not-resolved")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": "192.0.2.1"}, "name"),
        ({"name": "https://192.0.2.1/"}, "name"),
        ({"name": "no such name"}, "name"),
        ({"name": "-evil"}, "name"),
        ({"name": "example.org", "server": "ns1.example.org:53"}, "server"),
        ({"name": "example.org", "expect": "gateway.example.net"}, "expect"),
        ({"name": "example.org", "type": "A", "expect": "2001:db8::1"}, "expect"),
        ({"name": "example.org", "type": "MX", "expect": "ten mail.example.org"}, "expect"),
        ({"name": "example.org", "type": "CAA", "expect": "!"}, "expect"),
    ],
)
async def test_what_cannot_be_asked_for_is_a_problem_and_never_asked(
    fields: dict[str, Any], field: str
) -> None:
    kind = registry.kind("dns")
    assert [field] == [name for name, _ in kind.contradictions(fields)]
    outcome = await observe("dns", fields, context())
    assert code(outcome) == "errored not-usable"
    assert outcome.reason.parameters["field"] == field


async def test_it_can_be_tried_without_a_checklist() -> None:
    async with name_server(zone(*ZONE)) as port:
        fields = {"name": "example.org", "type": "NS", "server": f"127.0.0.1:{port}"}
        outcome = await try_check("dns", fields, Surroundings(root=Path()))
    assert code(outcome) == "passed resolves"


@given(st.binary(max_size=600), st.booleans(), st.sampled_from(["A", "TXT", "MX", "CAA", "CNAME", "NS"]))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_bytes_of_a_server_break_the_check_or_pass(raw: bytes, as_answer: bool, type_: str) -> None:
    def answerer(asked: bytes, tcp: bool) -> bytes:
        head = asked[:2] + b"\x81\x80" + asked[4:6] + b"\0\1\0\0\0\0" + asked[12:]
        question = head.partition(b"\0\0\x29")[0]
        return question + raw if as_answer else asked[:2] + raw

    with contextlib.suppress(TimeoutError):  # which the engine makes could-not-tell
        outcome = asyncio.run(ask(answerer, within=0.1, type=type_, expect=_ANYTHING[type_]))
        assert outcome.verdict in (Verdict.ERRORED, Verdict.FAILED)


_ANYTHING = {
    "A": "192.0.2.99",
    "TXT": "never said",
    "MX": "never.example",
    "CAA": "issue never.example",
    "CNAME": "never.example",
    "NS": "never.example",
}
