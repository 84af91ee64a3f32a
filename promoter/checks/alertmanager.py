"""Whether alerts would reach anybody: where they are sent, to whom, and what silences them."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from promoter.checks.alerting import known_names, moment
from promoter.checks.prometheus_asking import listed, table, text_of
from promoter.checks.withheld import is_withheld, shown_text
from promoter.messages import N_, NP_, Message, Parameter, Template, message
from promoter.model.address import split_url
from promoter.model.context import Context
from promoter.model.outcome import Evidence, Verdict
from promoter.model.ruling import Ruling
from promoter.net.trouble import Trouble

_MOST_SHOWN = 20
_OWN = frozenset({"localhost", "127.0.0.1", "::1"})
_NOWHERE = frozenset({"", "null", "none", "blackhole", "devnull", "/dev/null"})
_ALTERNATIVES = re.compile(r"[\w /:-]*(?:\|[\w /:-]*)*", re.ASCII)

RULINGS: Mapping[str, Ruling] = {
    "no-alertmanager": Ruling(
        Verdict.FAILED,
        N_("Prometheus sends its alerts nowhere"),
        N_("Name the Alertmanager in the configuration of Prometheus (`alerting`)."),
    ),
    "receivers-missing": Ruling(
        Verdict.FAILED,
        N_("Alertmanager has no receiver {names:list}"),
        N_("Add the receivers to the configuration of Alertmanager, and route the alerts to them."),
    ),
    "no-receiver": Ruling(
        Verdict.FAILED,
        N_("Alertmanager has no receiver that would tell anybody"),
        N_("Add a receiver to the configuration of Alertmanager: mail, a chat, a pager."),
    ),
    "sent-elsewhere": Ruling(
        Verdict.WARNED,
        N_("Prometheus sends its alerts to {sent:list}, and {asked} was asked about them"),
        N_(
            "Give as alertmanager the one that Prometheus sends to, unless both are the same by another name."
        ),
    ),
    "silenced": Ruling(
        Verdict.FAILED,
        NP_(
            "{count} active silence may hide the alerts of the service",
            "{count} active silences may hide the alerts of the service",
        ),
        N_("Expire the silences in Alertmanager, or wait for their end."),
    ),
}
FACTS: Mapping[str, Template] = {
    "receivers": N_("receivers"),
    "any-receiver": N_("at least one"),
    "alertmanagers": N_("where Prometheus sends its alerts"),
    "silence": N_("silence"),
    "no-silence": N_("none"),
    "until": N_("until {until}"),
    "until-by": N_("of {by} until {until}: {matchers:list}"),
    "at": N_("{at:time}"),
    "unknown": N_("a time nobody can tell"),
    "part-alertmanager": N_("alerts reach a receiver, unsilenced"),
}


def judge_way_out(data: Any, url: str, seen: list[Evidence], context: Context) -> None:
    """That Prometheus sends its alerts anywhere (`/api/v1/alertmanagers`); raises Trouble."""
    active = listed(table(data, url).get("activeAlertmanagers"), url)
    addresses = [text_of(table(each, url).get("url", ""), url) for each in active]
    shown: Parameter = [shown_text(each, context) for each in addresses[:_MOST_SHOWN]]
    verdict = Verdict.PASSED if addresses else Verdict.FAILED
    about = message("alertmanagers")
    seen.append(Evidence(about, message("any-receiver"), shown or message("no-alert"), verdict))
    if not addresses:
        raise Trouble("no-alertmanager")


def judge_address(data: Any, base: str, url: str, context: Context) -> None:
    """That what was asked about receivers, routes and silences is what Prometheus sends its alerts to; raises Trouble."""
    active = [
        text_of(table(each, url).get("url", ""), url) for each in table(data, url)["activeAlertmanagers"]
    ]
    asked = _host_and_port(base)
    if asked not in {_host_and_port(each) for each in active}:
        sent = [shown_text(each, context) for each in active[:_MOST_SHOWN]]
        raise Trouble("sent-elsewhere", sent=sent, asked=shown_text(base, context))


def _host_and_port(url: str) -> tuple[str, int]:
    try:
        endpoint = split_url(url)
    except ValueError:
        return url, 0
    return "localhost" if endpoint.host in _OWN else endpoint.host, endpoint.port


def judge_receivers(
    found: Sequence[Any], url: str, wanted: Sequence[str], seen: list[Evidence], context: Context
) -> None:
    """That the receivers are there, or any that tells somebody; raises Trouble when not."""
    names = [text_of(table(each, url).get("name"), url) for each in found]
    telling = [each for each in names if each.lower() not in _NOWHERE]
    missing = [each for each in wanted if each not in names]
    right = not missing if wanted else bool(telling)
    expected: Parameter = list(wanted) or message("any-receiver")
    shown: Parameter = known_names(names[:_MOST_SHOWN], wanted, context) or message("no-alert")
    seen.append(Evidence(message("receivers"), expected, shown, Verdict.PASSED if right else Verdict.FAILED))
    if missing:
        raise Trouble("receivers-missing", names=missing)
    if not telling:
        raise Trouble("no-receiver")


def judge_silences(
    found: Sequence[Any],
    url: str,
    alerts: Sequence[Mapping[str, str]],
    seen: list[Evidence],
    context: Context,
) -> Message:
    """That no active silence may cover one of the alerts, of which some labels are known; raises Trouble."""
    covering = [each for each in (table(each, url) for each in found) if _is_active(each)]
    covering = [each for each in covering if any(_may_cover(each, labels, url) for labels in alerts)]
    for each in covering[:_MOST_SHOWN]:
        shown = _silence(each, url, context)
        seen.append(Evidence(message("silence"), message("no-silence"), shown, Verdict.FAILED))
    if covering:
        raise Trouble("silenced", count=len(covering))
    seen.append(Evidence(message("silence"), message("no-silence"), message("no-silence"), Verdict.PASSED))
    return message("part-alertmanager")


def _is_active(silence: Mapping[str, Any]) -> bool:
    status = silence.get("status")
    return not (isinstance(status, dict) and status.get("state") in ("expired", "pending"))


def _may_cover(silence: Mapping[str, Any], labels: Mapping[str, str], url: str) -> bool:
    return all(_may_match(table(each, url), labels) for each in listed(silence.get("matchers") or [], url))


def _may_match(matcher: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Whether a matcher may hold for an alert; what cannot be told may: a label that is not known, and a
    regular expression that is more than a choice of texts, for those are foreign and are not run."""
    name, value = matcher.get("name"), matcher.get("value")
    if not isinstance(name, str) or not isinstance(value, str) or name not in labels:
        return True
    if matcher.get("isRegex") is True and not _ALTERNATIVES.fullmatch(value):
        return True
    choices = value.split("|") if matcher.get("isRegex") is True else [value]
    return (labels[name] in choices) is (matcher.get("isEqual") is not False)


def _silence(silence: Mapping[str, Any], url: str, context: Context) -> Message:
    ends = moment(silence.get("endsAt"))
    until = message("at", at=ends.isoformat(timespec="seconds")) if ends is not None else message("unknown")
    if is_withheld(context):
        return message("until", until=until)
    matchers = [_matcher(table(each, url)) for each in listed(silence.get("matchers") or [], url)]
    by = shown_text(str(silence.get("createdBy", "?")), context)
    return message("until-by", by=by, until=until, matchers=matchers[:_MOST_SHOWN])


def _matcher(matcher: Mapping[str, Any]) -> str:
    equal = "=" if matcher.get("isEqual") is not False else "!"
    sign = f"{equal}~" if matcher.get("isRegex") is True else "=" if equal == "=" else "!="
    return f"{str(matcher.get('name'))[:200]}{sign}{str(matcher.get('value'))[:200]}"
