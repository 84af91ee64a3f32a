"""Is monitoring in place, does it measure what it should, and would alerts reach anybody?"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from promoter.checks import (
    alert_routes,
    alerting,
    alertmanager,
    authorization,
    prometheus_asking,
    prometheus_query,
    withheld,
)
from promoter.checks.alerting import Rule
from promoter.checks.declaration import conclude, kind
from promoter.checks.prometheus_asking import Asking, ask_alertmanager, ask_prometheus, ask_status
from promoter.checks.prometheus_query import Bounds
from promoter.messages import N_, Message, Parameter, Template, message
from promoter.model.address import Url, split_url
from promoter.model.context import Context
from promoter.model.duration import Duration
from promoter.model.outcome import Evidence, Outcome, Verdict
from promoter.model.ruling import Ruling
from promoter.net.trouble import CERTIFICATE_RULINGS, FACTS, HTTP_RULINGS, RULINGS, Trouble

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_BOUNDS = ("at_least", "at_most", "equals")

_OWN_RULINGS = {
    "in-order": Ruling(Verdict.PASSED, N_("in order: {parts:list}")),
    "in-the-clear": Ruling(
        Verdict.WARNED,
        N_("in order, but secrets were sent over plain http: {parts:list}"),
        N_("Serve the monitoring over https, and have the secrets replaced: they could be read on the way."),
    ),
}
_OWN_FACTS: Mapping[str, Template] = {
    "needs-plain": N_("is a plain http URL: use https, or write plain: true"),
    "nothing-asked": N_("or one of rules, no_firing and alertmanager must say what to look at"),
    "no-bounds": N_("needs at_least, at_most or equals to be held against"),
    "needs-other": N_("says nothing without {other}"),
    "says-nothing": N_("says nothing when it is false: leave it out"),
    "nothing-between": N_("must not be less than at_least, which is {least}: no number is in between"),
}


def _relations(written: Mapping[str, Any]) -> Iterator[tuple[str, Message]]:
    for name in ("url", "alertmanager"):
        if written.get(name, "").lower().startswith("http://") and not written.get("plain"):
            yield name, message("needs-plain")
    if written.get("no_firing") is False:
        yield "no_firing", message("says-nothing")
    if written.keys() >= {"at_least", "at_most"} and not written["at_least"] <= written["at_most"]:
        yield "at_most", message("nothing-between", least=written["at_least"])


def _presences(written: Collection[str]) -> Iterator[tuple[str, Message]]:
    if not {"query", "rules", "no_firing", "alertmanager"} & {*written}:
        yield "query", message("nothing-asked")
    if "query" in written and not {*_BOUNDS} & {*written}:
        yield "query", message("no-bounds")
    needs = {**dict.fromkeys((*_BOUNDS, "every", "oldest_sample"), "query"), "may_fire": "no_firing"}
    for name, other in {**needs, "receivers": "alertmanager", "labels": "alertmanager"}.items():
        if name in written and other not in written:
            yield name, message("needs-other", other=other)
    yield from authorization.presences(written)


@kind(
    "prometheus",
    rulings={
        **RULINGS,
        **CERTIFICATE_RULINGS,
        **HTTP_RULINGS,
        **prometheus_asking.RULINGS,
        **prometheus_query.RULINGS,
        **alerting.RULINGS,
        **alertmanager.RULINGS,
        **alert_routes.RULINGS,
        **_OWN_RULINGS,
    },
    facts={
        **FACTS,
        **withheld.FACTS,
        **authorization.FACTS,
        **prometheus_asking.FACTS,
        **prometheus_query.FACTS,
        **alerting.FACTS,
        **alertmanager.FACTS,
        **alert_routes.FACTS,
        **_OWN_FACTS,
    },
    example={
        "url": "https://prometheus.example.org",
        "query": 'sum(rate(http_requests_total{job="web",code=~"5.."}[5m]))',
        "at_most": 0.1,
        "rules": ["WebDown", "WebSlow"],
        "no_firing": True,
        "alertmanager": "https://alertmanager.example.org",
    },
    relations=_relations,
    presences=_presences,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Prometheus(Asking):
    """Monitoring and alerting are in place, and say that all is well.

    `query` is evaluated now, and every series it gives must be within `at_least` and `at_most`, or equal
    to `equals`; with `every: false` one is enough. NaN is never within, nor what is infinite, unless
    `equals` asks for it; an empty or partial result is never a pass. The `rules` must be loaded, healthy
    and evaluated lately. With `no_firing` no alert may fire: of `rules` where they are named, of all but
    `may_fire` otherwise.

    With `alertmanager`, Prometheus must send its alerts somewhere, the Alertmanager must have the
    `receivers`, or one that tells anybody, its routes must lead the alerts of `rules`, with their `labels`,
    to one with an integration, and no active silence may cover them. What a silence would cover is taken to be
    covered when it cannot be told; a way that cannot be told warns, and so does an Alertmanager that is asked
    elsewhere than Prometheus sends to.
    """

    query: Annotated[str | None, N_("A query in PromQL that gives a vector or a scalar")] = None
    at_least: Annotated[float | None, N_("The least value a series may have")] = None
    at_most: Annotated[float | None, N_("The greatest value a series may have")] = None
    equals: Annotated[float | None, N_("The value a series must have")] = None
    every: Annotated[bool, N_("Whether every series must be within the bounds, or one is enough")] = True
    oldest_sample: Annotated[
        Duration | None, N_("How old the samples may be that the query, a plain selector, finds")
    ] = None
    rules: Annotated[tuple[str, ...], N_("The names of alerting rules that must be loaded and healthy")] = ()
    no_firing: Annotated[bool, N_("Whether no alert may fire")] = False
    may_fire: Annotated[tuple[str, ...], N_("Alerts that may fire, such as one that always does")] = ()
    alertmanager: Annotated[Url | None, N_("The address of the Alertmanager, without /api/")] = None
    receivers: Annotated[
        tuple[str, ...], N_("Receivers that the Alertmanager must have; at least one by default")
    ] = ()
    labels: Annotated[
        Mapping[str, str],
        N_("Labels that alerts of the service bear: a silence for others does not concern it"),
    ] = field(default_factory=dict)

    async def observe(self, context: Context) -> Outcome:
        """Asks for each thing in turn; the first that is not in order is the reason."""
        seen, _ = context.journal.afresh()
        parts: list[Parameter] = []
        try:
            self._refuse_plain()
            loaded = await self._monitored(parts, seen, context)
            if self.no_firing:
                seen.append(self.by_hand(self.url, "/api/v1/alerts", {}, context))
                data = await ask_prometheus(self, "/api/v1/alerts", {}, context, seen)
                parts.append(alerting.judge_firing(data, self.url, self.rules, self.may_fire, seen, context))
            if self.alertmanager is not None:
                parts.append(await self._reaches_somebody(self.alertmanager, loaded, seen, context))
        except Trouble as trouble:
            return conclude(self, trouble.code, (*seen, *trouble.evidence), **trouble.parameters)
        clear = any(self._in_the_clear(each) for each in (self.url, self.alertmanager) if each is not None)
        return conclude(self, "in-the-clear" if clear else "in-order", seen, parts=parts)

    async def _monitored(self, parts: list[Parameter], seen: list[Evidence], context: Context) -> list[Rule]:
        """Holds the query and the rules against what they must be; the rules that are loaded."""
        if self.query is not None:
            parts.append(await self._measured(self.query, seen, context))
        if not self.rules:
            return []
        seen.append(self.by_hand(self.url, "/api/v1/rules", {"type": "alert"}, context))
        data = await ask_prometheus(self, "/api/v1/rules", {"type": "alert"}, context, seen)
        loaded = alerting.rules_of(data, self.url, context.now)
        parts.append(alerting.judge_rules(self.rules, loaded, seen, context))
        return loaded

    async def _measured(self, query: str, seen: list[Evidence], context: Context) -> Message:
        on_one_line = "#" not in query and "\n" in query
        asked = {"query": " ".join(query.split()) if on_one_line else query}
        seen.append(Evidence(message("query"), None, asked["query"]))
        seen.append(self.by_hand(self.url, "/api/v1/query", asked, context))
        asked = {"query": query}
        data = await ask_prometheus(self, "/api/v1/query", asked, context, seen)
        bounds = Bounds(self.at_least, self.at_most, self.equals)
        samples = prometheus_query.samples_of(data, self.url)
        said = prometheus_query.judged(samples, bounds, every=self.every, context=context, seen=seen)
        if self.oldest_sample is not None:
            asked = {"query": f"timestamp(\n{query}\n)"}
            data = await ask_prometheus(self, "/api/v1/query", asked, context, seen)
            stamps = prometheus_query.samples_of(data, self.url)
            prometheus_query.hold_to_age(stamps, self.oldest_sample, seen, context)
        return said

    async def _reaches_somebody(
        self, base: str, loaded: list[Rule], seen: list[Evidence], context: Context
    ) -> Message:
        data = await ask_prometheus(self, "/api/v1/alertmanagers", {}, context, seen)
        alertmanager.judge_way_out(data, self.url, seen, context)
        found = await ask_alertmanager(self, base, "/api/v2/receivers", context, seen)
        alertmanager.judge_receivers(found, base, self.receivers, seen, context)
        seen.append(self.by_hand(base, "/api/v2/silences", {}, context))
        silences = await ask_alertmanager(self, base, "/api/v2/silences", context, seen)
        alerts = alerting.labels_of(self.rules, loaded, self.labels)
        said = alertmanager.judge_silences(silences, base, alerts, seen, context)
        seen.append(self.by_hand(base, "/api/v2/status", {}, context))
        told = await ask_status(self, base, context, seen)
        alert_routes.judge_routes(told, base, alerts, self.receivers, seen, context)
        alertmanager.judge_address(data, base, self.url, context)
        return said

    def _refuse_plain(self) -> None:
        """What a reference brought may be plain http too."""
        for each in (self.url, self.alertmanager):
            if each is not None and split_url(each).scheme == "http" and not self.plain:
                raise Trouble("not-https", url=each)

    def _in_the_clear(self, url: str) -> bool:
        endpoint = split_url(url)
        secret = self.bearer is not None or self.basic is not None
        return secret and endpoint.scheme == "http" and endpoint.host not in _LOOPBACK
