"""Whether alerts would be raised, and whether any is raised now."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from promoter.checks.prometheus_asking import listed, table, text_of
from promoter.checks.withheld import is_withheld, shown_text
from promoter.frozen import frozen
from promoter.messages import N_, NP_, Message, Parameter, Template, message
from promoter.model.context import Context
from promoter.model.outcome import Evidence, Verdict
from promoter.model.ruling import Ruling
from promoter.net.trouble import Trouble

_LEAST_EVALUATED = timedelta(minutes=5)
_INTERVALS_MISSED = 5

RULINGS: Mapping[str, Ruling] = {
    "rules-missing": Ruling(
        Verdict.FAILED,
        N_("these alerting rules are not loaded: {names:list}"),
        N_("Have the rules loaded into Prometheus (`rule_files`), or correct their names."),
    ),
    "rules-broken": Ruling(
        Verdict.FAILED,
        N_("these alerting rules cannot be evaluated: {names:list}"),
        N_("Correct the expressions of the rules: Prometheus shows what is wrong under Status, Rules."),
    ),
    "rules-not-evaluated": Ruling(
        Verdict.ERRORED,
        N_("these alerting rules have not been evaluated lately: {names:list}"),
        N_("Wait for the next evaluation; if it does not come, look into the log of Prometheus."),
    ),
    "firing": Ruling(
        Verdict.FAILED,
        NP_("{count} alert fires: {names:list}", "{count} alerts fire: {names:list}"),
        N_("See to what the alerts say before promoting; name those that always fire in `may_fire`."),
    ),
}
FACTS: Mapping[str, Template] = {
    "rule": N_("alerting rule {name}"),
    "loaded-and-healthy": N_("loaded and evaluated"),
    "not-loaded": N_("not loaded"),
    "broken": N_("cannot be evaluated: {detail}"),
    "not-evaluated": N_("last evaluated {at:time}"),
    "never-evaluated": N_("never evaluated"),
    "alerts": N_("alerts that fire"),
    "no-alert": N_("none"),
    "part-rules": NP_(
        "{count} alerting rule is loaded and evaluated", "{count} alerting rules are loaded and evaluated"
    ),
    "part-quiet": N_("no alert fires"),
    "others": NP_("{count} other", "{count} others"),
}


@frozen
class Rule:
    """An alerting rule as it is loaded. `labels` are those it always gives; `since` is how long ago it was
    evaluated, None when it never was or nobody can tell."""

    name: str
    labels: Mapping[str, str]
    healthy: bool
    error: str
    since: timedelta | None
    interval: timedelta


def rules_of(data: Any, url: str, now: datetime) -> list[Rule]:
    """The alerting rules of an answer of `/api/v1/rules`; raises Trouble when it is none."""
    found = []
    for group in listed(table(data, url).get("groups"), url):
        interval = table(group, url).get("interval")
        seconds = float(interval) if isinstance(interval, int | float) and 0 <= interval < 1e6 else 0.0
        for each in listed(table(group, url).get("rules"), url):
            rule = table(each, url)
            if rule.get("type") == "alerting":
                found.append(_rule(rule, timedelta(seconds=seconds), url, now))
    return found


def judge_rules(
    wanted: Sequence[str], loaded: Sequence[Rule], seen: list[Evidence], context: Context
) -> Message:
    """What is right about the rules that must be there; raises Trouble when something is not."""
    ends: dict[str, list[str]] = {"rules-missing": [], "rules-broken": [], "rules-not-evaluated": []}
    for name in wanted:
        there = [rule for rule in loaded if rule.name == name]
        states = [_state(each, context) for each in there] or [("rules-missing", message("not-loaded"))]
        code, observed = next((each for each in states if each[0]), states[0])
        if code:
            ends[code].append(name)
        verdict = Verdict.FAILED if code else Verdict.PASSED
        about = message("rule", name=name)
        seen.append(Evidence(about, message("loaded-and-healthy"), observed, verdict))
    for code, names in ends.items():
        if names:
            raise Trouble(code, names=names)
    return message("part-rules", count=len(wanted))


def judge_firing(
    data: Any,
    url: str,
    wanted: Sequence[str],
    may_fire: Sequence[str],
    seen: list[Evidence],
    context: Context,
) -> Message:
    """That no alert of `/api/v1/alerts` fires, of those wanted or of all; raises Trouble when one does."""
    firing: list[str] = []
    for each in listed(table(data, url).get("alerts"), url):
        alert = table(each, url)
        name = text_of(table(alert.get("labels"), url).get("alertname", ""), url)
        concerned = not wanted or name in wanted
        if alert.get("state") not in ("inactive", "pending") and concerned and name not in may_fire:
            firing.append(name)
    names = known_names(sorted(set(firing)), wanted, context)
    verdict = Verdict.FAILED if firing else Verdict.PASSED
    observed: Parameter = names or message("no-alert")
    seen.append(Evidence(message("alerts"), message("no-alert"), observed, verdict))
    if firing:
        raise Trouble("firing", count=len(firing), names=names)
    return message("part-quiet")


def labels_of(names: Sequence[str], loaded: Sequence[Rule], known: Mapping[str, str]) -> list[dict[str, str]]:
    """The labels that are known of each alert that the service may raise."""
    alerts = [{**known, "alertname": name} for name in names]
    own = [{**known, **rule.labels, "alertname": rule.name} for rule in loaded if rule.name in names]
    return own or alerts or [dict(known)]


def _rule(rule: Mapping[str, Any], interval: timedelta, url: str, now: datetime) -> Rule:
    labels = {
        key: value
        for key, value in table(rule.get("labels") or {}, url).items()
        if isinstance(value, str) and "{{" not in value
    }
    at = moment(rule.get("lastEvaluation"))
    since = None if at is None else now - at
    error = rule.get("lastError")
    name = text_of(rule.get("name"), url)
    healthy = rule.get("health") == "ok" and not error
    known = rule.get("health") in ("ok", "err")
    return Rule(name, labels, healthy, str(error or ""), since if known else None, interval)


def _state(rule: Rule, context: Context) -> tuple[str, Message]:
    if rule.since is None:
        return "rules-not-evaluated", message("never-evaluated")
    if not rule.healthy:
        return "rules-broken", message("broken", detail=shown_text(rule.error, context))
    if abs(rule.since) > max(_LEAST_EVALUATED, rule.interval * _INTERVALS_MISSED):
        at = (context.now - rule.since).isoformat(timespec="seconds")
        return "rules-not-evaluated", message("not-evaluated", at=at)
    return "", message("loaded-and-healthy")


def known_names(names: Sequence[str], known: Sequence[str], context: Context) -> list[Parameter]:
    """The names; of what a server with real data says, only those that the checklist has as well."""
    if not is_withheld(context):
        return [each[:200] for each in names]
    shown: list[Parameter] = [each for each in names if each in known]
    others = len(names) - len(shown)
    return [*shown, message("others", count=others)] if others else shown


def moment(written: Any) -> datetime | None:
    """A time as these servers write it (RFC 3339); None when it is none, or none that could be meant."""
    try:
        at = datetime.fromisoformat(written)
    except (TypeError, ValueError):
        return None
    return at if at.tzinfo is not None and 1971 < at.year < 2900 else None
