"""To whom Alertmanager's routes lead alerts, and whether any of them is told: read from its own configuration."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from promoter.checks.prometheus_asking import table, text_of
from promoter.checks.withheld import shown_text
from promoter.messages import N_, Template, message
from promoter.model.context import Context
from promoter.model.outcome import Evidence, Verdict
from promoter.model.ruling import Ruling
from promoter.net.trouble import Trouble

RULINGS: Mapping[str, Ruling] = {
    "unrouted": Ruling(
        Verdict.FAILED,
        N_("{alert} goes to {receivers:list}, which tells nobody"),
        N_(
            "Route the alert, in the configuration of Alertmanager, to a receiver with an integration: mail, a chat, a pager."
        ),
    ),
    "route-unclear": Ruling(
        Verdict.WARNED,
        N_(
            "whether {alert} reaches anybody depends on labels that are not known here: it may go to {receivers:list}"
        ),
        N_(
            "Name in `labels` what alerts of the service bear, or give every receiver of these routes an integration."
        ),
    ),
    "routes-untold": Ruling(
        Verdict.WARNED,
        N_("Alertmanager does not tell its configuration, so that nobody can tell whom alerts reach"),
        N_(
            "Try the way of an alert by hand: amtool config routes test --config.file=alertmanager.yml alertname=NAME"
        ),
    ),
}
FACTS: Mapping[str, Template] = {
    "route": N_("way of {alert}"),
    "to-somebody": N_("to a receiver with an integration"),
    "to-one-of": N_("to one of {names:list}, with an integration"),
    "to-nobody": N_("to nobody who is told"),
}

_MOST_ROUTES = 5_000
_MOST_WAYS = 64
_DEEPEST = 40
_DEEPEST_YAML = 100
_LONGEST = 1024 * 1024
_MOST_SHOWN = 20
_MATCHER = re.compile(r'\s*"?([\w.:/-]{1,200})"?\s*(=~|!~|!=|=)\s*"?([^"]{0,500})"?\s*', re.ASCII)
_ALTERNATIVES = re.compile(r"[\w /:-]*(?:\|[\w /:-]*)*", re.ASCII)


class _Untold(Exception):
    """The configuration is of no form that is known here, or too large to follow."""


def judge_routes(
    status: Any,
    url: str,
    alerts: Sequence[Mapping[str, str]],
    wanted: Sequence[str],
    seen: list[Evidence],
    context: Context,
) -> None:
    """That each alert, of which some labels are known, reaches a receiver that tells somebody: one of the wanted ones,
    where there are any (`/api/v2/status`). Raises Trouble."""
    try:
        config = _config(text_of(table(table(status, url).get("config"), url).get("original"), url))
        telling = {name for name in _telling(config) if not wanted or name in wanted}
        ways = [
            (labels.get("alertname", ""), _ways(_as_table(config.get("route")), labels)) for labels in alerts
        ]
    except _Untold:
        raise Trouble("routes-untold") from None
    unclear: tuple[str, set[str]] | None = None
    for alert, found in ways:
        dead = [each for each in found if not each & telling]
        ends = sorted(set[str]().union(*found))[:_MOST_SHOWN]
        _show(alert, ends, wanted, seen, context, Verdict.PASSED if not dead else Verdict.FAILED)
        if len(dead) == len(found):
            raise Trouble("unrouted", alert=_named(alert), receivers=_shown(ends, context))
        if dead and unclear is None:
            unclear = (alert, set[str]().union(*dead))
    if unclear is not None:
        ends = sorted(unclear[1])[:_MOST_SHOWN]
        raise Trouble("route-unclear", alert=_named(unclear[0]), receivers=_shown(ends, context))


def _show(
    alert: str,
    ends: list[str],
    wanted: Sequence[str],
    seen: list[Evidence],
    context: Context,
    verdict: Verdict,
) -> None:
    expected = message("to-one-of", names=list(wanted)) if wanted else message("to-somebody")
    shown = _shown(ends, context)
    seen.append(
        Evidence(message("route", alert=_named(alert)), expected, shown or message("to-nobody"), verdict)
    )


def _named(alert: str) -> str:
    return alert or "?"


def _shown(names: Sequence[str], context: Context) -> list[Any]:
    return [shown_text(each, context) for each in names]


def _config(written: str) -> Mapping[str, Any]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    if len(written) > _LONGEST:
        raise _Untold
    try:
        _refuse_bombs(written, loader)
        return _as_table(yaml.load(written, loader))  # noqa: S506 - it is safe
    except (yaml.YAMLError, RecursionError, ValueError):
        raise _Untold from None


def _refuse_bombs(written: str, loader: Any) -> None:
    """Raises _Untold for what is nested so deep that building it would end the process, and for aliases, which may
    stand for very much: Alertmanager writes none."""
    import yaml

    depth = 0
    for event in yaml.parse(written, Loader=loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST_YAML or isinstance(event, yaml.AliasEvent):
            raise _Untold


def _as_table(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _Untold
    return value


def _telling(config: Mapping[str, Any]) -> Iterator[str]:
    """The receivers that have an integration."""
    receivers = config.get("receivers")
    for each in receivers if isinstance(receivers, list) else ():
        receiver = _as_table(each)
        if any(str(key).endswith("_configs") and value for key, value in receiver.items()):
            yield str(receiver.get("name", ""))


def _ways(route: Mapping[str, Any], labels: Mapping[str, str]) -> list[frozenset[str]]:
    """The receivers that an alert may reach, for each way that labels which are not known may lead it."""
    left = iter(range(_MOST_ROUTES))
    return list(dict.fromkeys(_below(route, labels, "", 0, left)))


def _below(
    route: Mapping[str, Any], labels: Mapping[str, str], inherited: str, depth: int, left: Iterator[int]
) -> list[frozenset[str]]:
    if depth > _DEEPEST or next(left, None) is None:
        raise _Untold
    receiver = str(route.get("receiver") or inherited)
    children = route.get("routes") or []
    if not isinstance(children, list):
        raise _Untold
    states: list[tuple[frozenset[str], bool, bool]] = [(frozenset(), False, False)]
    for each in children:
        child = _as_table(each)
        matches = _matches(child, labels)
        if matches is False:
            continue
        ends = _below(child, labels, receiver, depth + 1, left)
        more: list[tuple[frozenset[str], bool, bool]] = []
        for reached, taken, stopped in states:
            if stopped:
                more.append((reached, taken, stopped))
                continue
            more += [(reached | each_end, True, not child.get("continue")) for each_end in ends]
            if matches is None:
                more.append((reached, taken, False))
        states = list(dict.fromkeys(more))
        if len(states) > _MOST_WAYS:
            raise _Untold
    return [reached if taken else frozenset((receiver,)) for reached, taken, _ in states]


def _matches(route: Mapping[str, Any], labels: Mapping[str, str]) -> bool | None:
    """Whether a route takes an alert; None when labels decide that are not known."""
    said = list(islice(_conditions(route, labels), 200))
    if False in said:
        return False
    return None if None in said else True


def _conditions(route: Mapping[str, Any], labels: Mapping[str, str]) -> Iterator[bool | None]:
    for key, sign in (("match", "="), ("match_re", "=~")):
        found = route.get(key) or {}
        if not isinstance(found, dict):
            raise _Untold
        yield from (_holds(str(name), sign, str(value), labels) for name, value in found.items())
    matchers = route.get("matchers") or []
    for each in [matchers] if isinstance(matchers, str) else matchers:
        inside = str(each).strip().removeprefix("{").removesuffix("}")
        for part in re.split(r'(?<="),', inside):
            read = _MATCHER.fullmatch(part)
            yield _holds(read[1], read[2], read[3], labels) if read else None


def _holds(name: str, sign: str, value: str, labels: Mapping[str, str]) -> bool | None:
    if name not in labels:
        return None
    if sign in ("=", "!="):
        return (labels[name] == value) is (sign == "=")
    if not _ALTERNATIVES.fullmatch(value):
        return None
    return (labels[name] in value.split("|")) is (sign == "=~")
