import asyncio
import json
import math
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promoter.checks import registry
from promoter.checks.prometheus_query import Bounds
from promoter.model.context import Context
from promoter.model.environment import Data
from promoter.model.outcome import Outcome, Verdict
from promoter.model.reference import Fact, ProcessVariable, Value
from promoter.redaction import Secret
from promoter.run import Surroundings, try_check
from tests.support.checks import code, context, environment, observe, seen_of, words
from tests.support.monitoring import (
    Answers,
    Monitoring,
    alerts,
    installed,
    real_monitoring,
    rule,
    rules,
    silence,
    success,
    vector,
)
from tests.support.tls_servers import answer, answering, serving

QUERY = "/api/v1/query"
SENT = success({"activeAlertmanagers": [{"url": "http://alertmanager:9093/api/v2/alerts"}]})


async def ask(answers: Answers, seen: Context | None = None, **fields: Value) -> Outcome:
    served = Monitoring(answers)
    async with serving(served) as port:
        base = f"http://127.0.0.1:{port}"
        if fields.pop("with_alertmanager", False):
            fields["alertmanager"] = base
        if answers.get("/api/v1/alertmanagers") is SENT:
            own = success({"activeAlertmanagers": [{"url": f"http://localhost:{port}/api/v2/alerts"}]})
            served.answers = {**answers, "/api/v1/alertmanagers": own}
        return await observe("prometheus", {"url": base, "plain": True, **fields}, seen or context())


async def query(told: object, **fields: Value) -> Outcome:
    return await ask({QUERY: told}, **{"query": "up", "at_least": 1.0, **fields})


async def test_a_value_within_its_bounds_passes_with_the_evidence() -> None:
    outcome = await query(vector("3"), at_most=5.0)
    assert code(outcome) == "passed in-order"
    assert words(outcome.reason) == "in order: 1 series is from 1 to 5"
    (line,) = [each for each in outcome.evidence if each.fact.code == "prometheus.series"]
    assert words(line.fact) == 'series {instance="0", job="web"}'
    assert (line.observed, line.verdict) == (3, Verdict.PASSED)
    assert seen_of(outcome, "query") == ["up"]
    assert "curl --get --include" in seen_of(outcome, "reproduce")[0]
    assert len(seen_of(outcome, "address")) == 1


async def test_a_query_over_several_lines_is_asked_as_it_is_and_shown_on_one() -> None:
    server = Monitoring({QUERY: vector("1")})
    async with serving(server) as port:
        base: dict[str, Value] = {"url": f"http://127.0.0.1:{port}", "plain": True, "at_least": 1.0}
        outcome = await observe("prometheus", {**base, "query": "sum(\n  up\n)\n"}, context())
    assert server.asked == [(QUERY, {"query": ["sum(\n  up\n)\n"]})]
    assert seen_of(outcome, "query") == ["sum( up )"]


NOW = time.time()
ANSWERS: list[tuple[object, Mapping[str, Value], str]] = [
    (vector("1", "2"), {}, "passed in-order"),
    (vector("1", "0.5"), {}, "failed out-of-bounds"),
    (vector("1", "0.5"), {"every": False}, "passed in-order"),
    (vector("0", "0.5"), {"every": False}, "failed out-of-bounds"),
    (vector("NaN"), {}, "failed not-a-number"),
    (vector("2", "NaN"), {}, "failed not-a-number"),
    (vector("NaN"), {"every": False}, "failed not-a-number"),
    (vector("+Inf"), {}, "failed infinite"),
    (vector("-Inf"), {"at_most": 1.0}, "failed infinite"),
    (vector("+Inf"), {"every": False}, "failed infinite"),
    (vector(), {}, "failed no-series"),
    (vector(), {"every": False}, "failed no-series"),
    (success({"resultType": "scalar", "result": [NOW, "1"]}), {}, "passed in-order"),
    (success({"resultType": "string", "result": [NOW, "1"]}), {}, "errored wrong-type"),
    (success({"resultType": "matrix", "result": []}), {}, "errored wrong-type"),
    (
        success({"resultType": "vector", "result": [{"metric": {}, "histogram": [NOW, {}]}]}),
        {},
        "errored wrong-type",
    ),
    (vector("1", at=NOW - 3600), {}, "errored not-of-now"),
    (vector("1", at=NOW + 3600), {}, "errored not-of-now"),
    (vector("1", at=1e300), {}, "errored not-the-api"),
    (vector("1", at=10**400), {}, "errored not-the-api"),
    (vector("one"), {}, "errored not-the-api"),
    (vector("1_0"), {}, "errored not-the-api"),
    (vector("nan"), {}, "errored not-the-api"),
    (
        success({"resultType": "vector", "result": [{"metric": {}, "value": ["1", "1"]}]}),
        {},
        "errored not-the-api",
    ),
    ({**vector("1"), "warnings": ["store down"]}, {}, "errored incomplete"),
    ({**vector("1"), "isPartial": True}, {}, "errored incomplete"),
    ({**vector("1"), "status": "pending"}, {}, "errored not-the-api"),
    ({"status": "success"}, {}, "errored not-the-api"),
    ([], {}, "errored not-the-api"),
    (answer(200, b"<html>"), {}, "errored not-the-api"),
    (answer(404, b"not found"), {}, "errored not-the-api"),
    (answer(302, b"{}", Location="/login"), {}, "errored server-failed"),
    (answer(401, b"{}"), {}, "errored not-allowed"),
    (answer(503, b"{}"), {}, "errored server-failed"),
    (answer(503, b"starting"), {}, "errored server-failed"),
    (answer(400, b'{"status": "error", "error": "parse error"}'), {}, "errored query-refused"),
    (answer(422, b'{"status": "error", "error": "too many"}'), {}, "errored query-refused"),
    (b"", {}, "failed cut-off"),
]


@pytest.mark.parametrize(("told", "fields", "expected"), ANSWERS)
async def test_every_answer_to_a_query_is_judged_right(
    told: object, fields: Mapping[str, Value], expected: str
) -> None:
    outcome = await query([told] if isinstance(told, list) else told, **fields)
    assert code(outcome) == expected
    if outcome.verdict is not Verdict.PASSED:
        assert registry.remedy(outcome.reason) is not None


SAID = [
    ({**vector("1"), "isPartial": True}, "incomplete: it is partial"),
    ({**vector("1"), "warnings": ["store down", "", {}]}, "incomplete: store down, a warning without words"),
    ({**vector("1"), "warnings": {"a": 1}}, "incomplete: a warning without words"),
    ({**vector("1"), "error": "store down"}, "incomplete: store down"),
    (vector("one"), "does: something else stands where a number should"),
    ({"status": "success", "data": []}, "does: something else stands where an object should"),
    (success({"result": []}), "does: something else stands where a text should"),
    ({"status": "error", "error": ["x"]}, "refuses the query: it does not say why"),
    (answer(200, b"<html>"), "does: what stands in line 1, column 1 cannot stand there"),
]


@pytest.mark.parametrize(("told", "said"), SAID)
async def test_what_is_wrong_with_an_answer_is_said_in_words(told: object, said: str) -> None:
    outcome = await query(told)
    assert said in words(outcome.reason)


async def test_the_worst_series_is_named_and_comes_first() -> None:
    outcome = await query(vector("1", "-7", "0"))
    assert words(outcome.reason) == "2 of 3 series are not at least 1; the worst is -7"
    assert [each.verdict for each in outcome.evidence if each.fact.code == "prometheus.series"] == [
        Verdict.FAILED,
        Verdict.FAILED,
        Verdict.PASSED,
    ]


async def test_infinity_counts_where_it_is_meant() -> None:
    fields: dict[str, Value] = {"url": "https://x.example", "query": "up", "equals": math.inf}
    assert not list(registry.kind("prometheus").contradictions(fields))
    assert Bounds(None, None, math.inf).hold(math.inf)
    assert not Bounds(None, None, math.inf).hold(-math.inf)
    assert not Bounds(None, math.inf, None).hold(math.inf)
    assert not Bounds(None, None, math.nan).hold(math.nan)


async def test_old_samples_are_found_out_where_that_can_be_told() -> None:
    now = time.time()
    told = {"fresh": now - 2, "old": now - 200, "calculated": now}
    ends = {}
    for name, stamp in told.items():
        second = vector(repr(stamp), at=now)
        outcome = await query([vector("1", at=now), second], oldest_sample="1m")
        ends[name] = code(outcome)
    assert ends == {
        "fresh": "passed in-order",
        "old": "failed samples-too-old",
        "calculated": "errored age-not-known",
    }


async def test_a_long_query_is_sent_as_a_form() -> None:
    server = Monitoring({QUERY: vector("1")})
    long = " + ".join(["up"] * 1000)
    async with serving(server) as port:
        fields: dict[str, Value] = {"url": f"http://127.0.0.1:{port}/", "plain": True, "query": long}
        outcome = await observe("prometheus", {**fields, "at_least": 1.0}, context())
    assert code(outcome) == "passed in-order"
    assert server.asked == [(QUERY, {"query": [long]})]


RULES: list[tuple[object, str]] = [
    (rules(rule("WebDown"), rule("WebSlow")), "passed in-order"),
    (rules(rule("WebDown")), "failed rules-missing"),
    (rules(), "failed rules-missing"),
    (rules(rule("WebDown"), rule("WebSlow", health="err", error="many-to-many")), "failed rules-broken"),
    (rules(rule("WebDown"), rule("WebSlow"), rule("WebSlow", health="err")), "failed rules-broken"),
    (rules(rule("WebDown"), rule("WebSlow", health="unknown")), "errored rules-not-evaluated"),
    (rules(rule("WebDown"), rule("WebSlow", ago=3600)), "errored rules-not-evaluated"),
    (rules(rule("WebDown"), rule("WebSlow", ago=3600), interval=1800), "passed in-order"),
    (rules(rule("WebDown"), {**rule("WebSlow"), "type": "recording"}), "failed rules-missing"),
    (
        rules(rule("WebDown"), {**rule("WebSlow"), "lastEvaluation": "0001-01-01T00:00:00Z"}),
        "errored rules-not-evaluated",
    ),
    (rules(rule("WebDown"), {**rule("WebSlow"), "lastEvaluation": 7}), "errored rules-not-evaluated"),
    (success({"groups": None}), "errored not-the-api"),
    (success({}), "errored not-the-api"),
]


@pytest.mark.parametrize(("told", "expected"), RULES)
async def test_rules_must_be_loaded_healthy_and_evaluated(told: object, expected: str) -> None:
    assert code(await ask({"/api/v1/rules": told}, rules=["WebDown", "WebSlow"])) == expected


@pytest.mark.parametrize(
    ("told", "fields", "expected"),
    [
        (alerts(), {}, "passed in-order"),
        (alerts(WebDown="pending"), {}, "passed in-order"),
        (alerts(WebDown="firing"), {}, "failed firing"),
        (alerts(WebDown="burning"), {}, "failed firing"),
        (alerts(Watchdog="firing"), {"may_fire": "Watchdog"}, "passed in-order"),
        (alerts(Watchdog="firing", WebDown="firing"), {"may_fire": "Watchdog"}, "failed firing"),
        (alerts(Other="firing"), {"rules": "WebDown"}, "passed in-order"),
        (alerts(WebDown="firing"), {"rules": "WebDown"}, "failed firing"),
        (success({"alerts": [{"state": "firing"}]}), {}, "errored not-the-api"),
        (success({"alerts": [{"labels": {}, "state": "firing"}]}), {}, "failed firing"),
        (success([]), {}, "errored not-the-api"),
    ],
)
async def test_no_alert_may_fire(told: object, fields: Mapping[str, Value], expected: str) -> None:
    answers = {"/api/v1/alerts": told, "/api/v1/rules": rules(rule("WebDown"))}
    assert code(await ask(answers, no_firing=True, **fields)) == expected


async def test_alerts_that_fire_are_named() -> None:
    outcome = await ask({"/api/v1/alerts": alerts(WebDown="firing", WebSlow="firing")}, no_firing=True)
    assert words(outcome.reason) == "2 alerts fire: WebDown, WebSlow"


TOLD = """\
route: {receiver: team}
receivers:
  - {name: team, email_configs: [{to: team@example.org}]}
  - {name: "null"}
  - {name: mute}
"""


def reaching(
    *silences: object,
    sent: object = SENT,
    receivers: object = ({"name": "team"},),
    config: object = TOLD,
) -> Answers:
    return {
        "/api/v2/status": {"config": {"original": config}},
        "/api/v1/alertmanagers": sent,
        "/api/v1/rules": rules(rule("WebDown", severity="page", team="{{ $labels.team }}")),
        "/api/v2/receivers": list(receivers) if isinstance(receivers, tuple) else receivers,
        "/api/v2/silences": list(silences),
    }


@pytest.mark.parametrize(
    ("answers", "fields", "expected"),
    [
        (reaching(), {}, "passed in-order"),
        (reaching(sent=success({"activeAlertmanagers": []})), {}, "failed no-alertmanager"),
        (reaching(sent=success({})), {}, "errored not-the-api"),
        (reaching(receivers=()), {}, "failed no-receiver"),
        (reaching(receivers=({"name": "null"},)), {}, "failed no-receiver"),
        (reaching(receivers=({"name": "null"},)), {"receivers": "null"}, "failed no-receiver"),
        (reaching(), {"receivers": "team"}, "passed in-order"),
        (reaching(), {"receivers": ["team", "pager"]}, "failed receivers-missing"),
        (reaching(receivers={"name": "team"}), {}, "errored not-the-api"),
        (reaching(receivers=({},)), {}, "errored not-the-api"),
    ],
)
async def test_alerts_must_reach_a_receiver(
    answers: Answers, fields: Mapping[str, Value], expected: str
) -> None:
    assert code(await ask(answers, with_alertmanager=True, **fields)) == expected


SILENCES: list[tuple[dict[str, Any], Mapping[str, Value], bool]] = [
    (silence(("alertname", "=", "WebDown")), {}, True),
    (silence(("alertname", "=", "WebDown"), state="expired"), {}, False),
    (silence(("alertname", "=", "WebDown"), state="pending"), {}, False),
    (silence(("alertname", "=", "WebDown"), state="whatever"), {}, True),
    (silence(("alertname", "=", "Other")), {}, False),
    (silence(("alertname", "=", "Other")), {"rules": None}, True),
    (silence(("alertname", "!=", "WebDown")), {}, False),
    (silence(("alertname", "!=", "Other")), {}, True),
    (silence(("alertname", "=~", "Web.*")), {}, True),
    (silence(("alertname", "=~", "Db.*")), {}, True),
    (silence(("alertname", "=~", "Other|WebDown")), {}, True),
    (silence(("alertname", "=~", "Other|Another")), {}, False),
    (silence(("alertname", "!~", "Other|Another")), {}, True),
    (silence(("severity", "=", "page")), {}, True),
    (silence(("severity", "=", "info")), {}, False),
    (silence(("team", "=", "other")), {}, True),
    (silence(("instance", "=", "db7")), {}, True),
    (silence(("instance", "=", "db7")), {"labels": {"instance": "web1"}}, False),
    (silence(("alertname", "=", "WebDown"), ("severity", "=", "info")), {}, False),
    (silence(), {}, True),
]


@pytest.mark.parametrize(("told", "fields", "covers"), SILENCES)
async def test_a_silence_that_may_cover_the_alerts_of_the_service_fails(
    told: dict[str, Any], fields: Mapping[str, Value], covers: bool
) -> None:
    wanted = {"rules": ["WebDown"], **fields}
    named = {name: value for name, value in wanted.items() if value is not None}
    outcome = await ask(reaching(told), with_alertmanager=True, **named)
    assert code(outcome) == ("failed silenced" if covers else "passed in-order")
    if covers and told["matchers"]:
        assert "of jo until 1 Jan 2030" in seen_of(outcome, "silence")[0]


async def test_with_real_data_only_numbers_and_known_names_are_shown() -> None:
    real = context(at=replace(environment(), data=Data.REAL))
    outcome = await ask({QUERY: vector("7", customer="Jeanne")}, real, query="up", at_least=9.0)
    assert code(outcome) == "failed out-of-bounds"
    assert "Jeanne" not in repr(outcome)
    outcome = await ask(
        {"/api/v1/alerts": alerts(JeanneDown="firing", WebDown="firing")}, real, no_firing=True
    )
    assert words(outcome.reason) == "2 alerts fire: 2 others"
    refused = answer(400, b'{"status": "error", "error": "Jeanne"}')
    assert "Jeanne" not in repr(await ask({QUERY: refused}, real, query="up", at_least=9.0))
    told = silence(("customer", "=", "Jeanne"))
    outcome = await ask(reaching(told), real, with_alertmanager=True)
    assert code(outcome) == "failed silenced"
    assert "Jeanne" not in repr(outcome)
    assert "'jo'" not in repr(outcome)


async def test_credentials_are_sent_and_named_but_never_shown() -> None:
    server = Monitoring({QUERY: vector("1")})
    async with serving(server) as port:
        fields: dict[str, Value] = {"url": f"http://127.0.0.1:{port}", "plain": True, "query": "up"}
        fields |= {"at_least": 1.0, "basic": {"user": "jo", "password": Secret("hunter2", "PROM_PASSWORD")}}
        outcome = await observe("prometheus", fields, context())
        assert code(outcome) == "passed in-order"
        fields |= {"url": "http://prometheus.example", "connect_to": f"127.0.0.1:{port}"}
        assert code(await observe("prometheus", fields, context())) == "warned in-the-clear"
    assert "Authorization: Basic am86aHVudGVyMg==" in server.heads[0]
    assert 'curl --user "jo:${PROM_PASSWORD}" --get' in seen_of(outcome, "reproduce")[0]
    assert "hunter2" not in repr(outcome)


async def test_plain_http_by_reference_is_refused() -> None:
    fields: dict[str, Value] = {"url": "http://127.0.0.1:1", "query": "up", "at_least": 1.0}
    assert code(await observe("prometheus", fields, context())) == "failed not-https"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "query"),
        ({"query": "up"}, "query"),
        ({"rules": "A", "at_least": 1.0}, "at_least"),
        ({"rules": "A", "oldest_sample": "1m"}, "oldest_sample"),
        ({"query": "up", "at_least": 2.0, "at_most": 1.0}, "at_most"),
        ({"rules": "A", "may_fire": "B"}, "may_fire"),
        ({"rules": "A", "receivers": "B"}, "receivers"),
        ({"rules": "A", "labels": {"a": "b"}}, "labels"),
        ({"rules": "A", "no_firing": False}, "no_firing"),
        ({"rules": "A", "alertmanager": "http://a.example"}, "alertmanager"),
        ({"rules": "A", "bearer": ProcessVariable("A"), "basic": {"user": "a"}}, "basic"),
        ({"alertmanager": Fact("urls.alertmanager"), "receivers": "team"}, None),
    ],
)
def test_what_says_nothing_or_cannot_go_together_is_a_problem(
    fields: Mapping[str, Any], field: str | None
) -> None:
    kind = registry.kind("prometheus")
    found = [name for name, _ in kind.contradictions({"url": "https://p.example", **fields})]
    assert found == ([] if field is None else [field])


@given(
    st.one_of(
        st.binary(max_size=200),
        st.binary(max_size=200).map(lambda body: answer(200, body)),
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(["result", "resultType", "metric", "value", "groups", "rules", "alerts"]),
                    inner,
                )
            ),
            max_leaves=8,
        ).map(lambda data: answer(200, json.dumps({"status": "success", "data": data}).encode())),
    )
)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_bytes_of_a_server_break_the_check_or_pass_wrongly(raw: bytes) -> None:
    async def everything() -> list[Outcome]:
        async with serving(answering(raw)) as port:
            base: dict[str, Value] = {"url": f"http://127.0.0.1:{port}", "plain": True}
            asked: list[dict[str, Value]] = [
                {"query": "up", "equals": 4321.5},
                {"rules": ["NeverThere"]},
                {"alertmanager": base["url"]},
            ]
            return [await observe("prometheus", {**base, **each}, context()) for each in asked]

    for outcome in asyncio.run(everything()):
        assert outcome.verdict in (Verdict.FAILED, Verdict.ERRORED)


@pytest.mark.soak
@pytest.mark.skipif(installed() is None, reason="Prometheus and Alertmanager are not on PATH")
async def test_a_real_prometheus_and_alertmanager_are_judged_right(tmp_path: Path) -> None:
    loaded: list[Mapping[str, Any]] = [
        {"alert": "Down", "expr": "up == 0", "for": "1m", "labels": {"severity": "page"}},
        {"alert": "Watchdog", "expr": "vector(1)"},
        {"alert": "Broken", "expr": '{__name__=~"go_.+"} * on(job) {__name__=~"go_.+"} > 0'},
    ]
    async with real_monitoring(tmp_path, loaded, ["team", "null"]) as (port, manager_port):
        base: dict[str, Value] = {"url": f"http://127.0.0.1:{port}", "plain": True}
        manager = f"http://127.0.0.1:{manager_port}"
        surroundings = Surroundings(root=tmp_path)

        async def tried(**fields: Value) -> str:
            return code(await try_check("prometheus", {**base, **fields}, surroundings))

        for fields, expected in (
            ({"query": "up", "equals": 1.0, "oldest_sample": "1m"}, "passed in-order"),
            ({"rules": ["Down", "Watchdog"]}, "passed in-order"),
            ({"rules": ["Broken"]}, "failed rules-broken"),
            ({"rules": ["Down"], "alertmanager": manager, "receivers": "team"}, "passed in-order"),
        ):
            end = ""
            for _ in range(60):  # until it has scraped, evaluated and found its Alertmanager
                end = await tried(**fields)
                if end == expected:
                    break
                await asyncio.sleep(0.5)
            assert end == expected
        assert await tried(query="vector(0) / 0", at_most=1.0) == "failed not-a-number"
        assert await tried(query="vector(1) / 0", at_least=1.0) == "failed infinite"
        assert await tried(query="nothing_of_this_name", at_least=0.0) == "failed no-series"
        assert await tried(query="sum(", at_least=0.0) == "errored query-refused"
        assert await tried(query='"text"', at_least=0.0) == "errored wrong-type"
        assert await tried(query="up[1m]", at_least=0.0) == "errored wrong-type"
        assert await tried(query="sum(up)", at_least=0.0, oldest_sample="1m") == "errored age-not-known"
        assert await tried(rules=["Nobody"]) == "failed rules-missing"
        assert await tried(no_firing=True) == "failed firing"
        assert await tried(no_firing=True, may_fire="Watchdog") == "passed in-order"
        assert (
            await tried(rules=["Down"], alertmanager=manager, receivers="pager") == "failed receivers-missing"
        )
        made = silence(("alertname", "=~", "Do.*")) | {"startsAt": "2020-01-01T00:00:00Z"}
        post = {"url": f"{manager}/api/v2/silences", "plain": True, "method": "POST"}
        body = {key: value for key, value in made.items() if key not in ("id", "status")}
        assert code(await observe("http", {**post, "json": body}, context(tmp_path))) == "passed answers"
        assert await tried(rules=["Down"], alertmanager=manager) == "failed silenced"
        assert await tried(url=manager, query="up", at_least=1.0) == "errored not-the-api"


def routed(route: str) -> str:
    return TOLD.replace("{receiver: team}", route)


LOOP = "&a {receiver: team, routes: [{receiver: mute, matchers: [alertname=WebDown], routes: [*a]}]}"
MANY = ", ".join(f"{{receiver: r{each}, matchers: [x{each}=y]}}" for each in range(80))
WIDE = f"{{receiver: team, routes: [{MANY}]}}"
ROUTES: list[tuple[str, Mapping[str, Value], str]] = [
    (TOLD, {}, "passed in-order"),
    (TOLD, {"receivers": "team"}, "passed in-order"),
    (TOLD.replace("email_configs: [{to: team@example.org}]", "email_configs: []"), {}, "failed unrouted"),
    (routed("{receiver: mute}"), {}, "failed unrouted"),
    (
        routed("{receiver: team, routes: [{receiver: 'null', matchers: [alertname=WebDown]}]}"),
        {},
        "failed unrouted",
    ),
    (
        routed("{receiver: team, routes: [{receiver: 'null', match: {alertname: WebDown}}]}"),
        {},
        "failed unrouted",
    ),
    (
        routed("{receiver: team, routes: [{receiver: 'null', match: {alertname: Other}}]}"),
        {},
        "passed in-order",
    ),
    (routed("{receiver: mute, routes: [{receiver: team, match: {severity: page}}]}"), {}, "passed in-order"),
    (
        routed("{receiver: mute, routes: [{receiver: team, matchers: ['severity!=\"page\"']}]}"),
        {},
        "failed unrouted",
    ),
    (
        routed("{receiver: mute, routes: [{receiver: team, match_re: {alertname: 'WebDown|DbDown'}}]}"),
        {},
        "passed in-order",
    ),
    (
        routed("{receiver: mute, routes: [{receiver: team, match_re: {alertname: 'Web.*'}}]}"),
        {},
        "warned route-unclear",
    ),
    (
        routed("{receiver: mute, routes: [{receiver: team, match: {instance: web1}}]}"),
        {},
        "warned route-unclear",
    ),
    (
        routed("{receiver: mute, routes: [{receiver: team, match: {instance: web1}}]}"),
        {"labels": {"instance": "web1"}},
        "passed in-order",
    ),
    (
        routed("{receiver: team, routes: [{receiver: mute, match: {severity: page}, continue: true}]}"),
        {},
        "failed unrouted",
    ),
    (
        routed(
            "{receiver: 'null', routes: [{receiver: mute, match: {severity: page}, continue: true}, {receiver: team}]}"
        ),
        {},
        "passed in-order",
    ),
    (
        routed(
            '{receiver: team, routes: [{matchers: [\'{alertname="WebDown",severity="page"}\'], receiver: mute}]}'
        ),
        {},
        "failed unrouted",
    ),
    (
        routed("{receiver: team, routes: [{match: {severity: page}, routes: [{receiver: mute}]}]}"),
        {},
        "failed unrouted",
    ),
    (routed(LOOP), {}, "warned routes-untold"),
    (routed(WIDE), {}, "warned routes-untold"),
    ("route: [", {}, "warned routes-untold"),
    ("route: " + "[" * 500_000, {}, "warned routes-untold"),
    ("a: &a [x]\nreceivers: *a", {}, "warned routes-untold"),
    (TOLD + "#" * 1_100_000, {}, "warned routes-untold"),
    ("- a", {}, "warned routes-untold"),
    ("receivers: [{name: team, webhook_configs: [{}]}]", {}, "warned routes-untold"),
]


@pytest.mark.parametrize(("config", "fields", "expected"), ROUTES)
async def test_an_alert_must_be_led_to_somebody_who_is_told(
    config: str, fields: Mapping[str, Value], expected: str
) -> None:
    outcome = await ask(reaching(config=config), with_alertmanager=True, **{"rules": ["WebDown"], **fields})
    assert code(outcome) == expected


async def test_who_is_told_of_nothing_is_named_with_the_way_there() -> None:
    outcome = await ask(
        reaching(config=routed("{receiver: mute}")), with_alertmanager=True, rules=["WebDown"]
    )
    assert words(outcome.reason) == "WebDown goes to mute, which tells nobody"
    (way,) = [each for each in outcome.evidence if each.fact.code == "prometheus.route"]
    assert (words(way.fact), way.verdict) == ("way of WebDown", Verdict.FAILED)


async def test_an_alertmanager_that_prometheus_does_not_send_to_warns() -> None:
    elsewhere = success({"activeAlertmanagers": [{"url": "http://elsewhere.example:9093/api/v2/alerts"}]})
    outcome = await ask(reaching(sent=elsewhere), with_alertmanager=True, rules=["WebDown"])
    assert code(outcome) == "warned sent-elsewhere"
    assert "http://elsewhere.example:9093" in words(outcome.reason)


async def test_an_alertmanager_that_tells_no_configuration_is_no_answer() -> None:
    outcome = await ask({**reaching(), "/api/v2/status": {"config": {}}}, with_alertmanager=True)
    assert code(outcome) == "errored not-the-api"
