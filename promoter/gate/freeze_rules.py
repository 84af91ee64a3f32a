"""The rules of when nothing is promoted, said one by one."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from promoter.messages import N_, Message, Template, message
from promoter.model.environment import Environment
from promoter.model.freeze import FreezeWindow

PHRASES: Mapping[str, Template] = {
    "policy-freeze": N_("{name}: nothing is promoted from {begins:time} until {ends:time}."),
    "policy-freeze-again": N_(
        "{name}: nothing is promoted from {begins} until {ends} (on the clocks of {zone}), and again {rule}."
    ),
    "policy-open": N_("{name}: something is promoted from {begins:time} until {ends:time} alone."),
    "policy-open-again": N_(
        "{name}: something is promoted from {begins} until {ends} (on the clocks of {zone}) alone, and again {rule}."
    ),
    "again-daily": N_("every day"),
    "again-weekly": N_("every week"),
    "again-monthly": N_("every month"),
    "again-yearly": N_("every year"),
    "again-otherwise": N_("by {rule} (RFC 5545)"),
    "policy-passed-by": N_("Whoever is {roles} may let promotions pass {name}, with a reason."),
    "policy-never-frozen": N_("No freeze is planned."),
}
"""The words of these rules."""


def rules_of_freezes(into: Environment) -> Iterator[Message]:
    """Every window of an environment, and who may let a promotion pass it."""
    if not into.freezes:
        yield message("policy-never-frozen")
    for each in into.freezes:
        code = "policy-open" if each.allows else "policy-freeze"
        if each.repeats:
            begins, ends = (f"{at:%Y-%m-%d %H:%M}" for at in (each.begins, each.ends))
            again = _again(each.repeats)
            yield message(
                f"{code}-again", name=each.id, begins=begins, ends=ends, zone=each.time_zone, rule=again
            )
        else:
            begins, ends = (_on_the_wall(each, at) for at in (each.begins, each.ends))
            yield message(code, name=each.id, begins=begins, ends=ends)
        if each.passed_by:
            yield message("policy-passed-by", name=each.id, roles=each.passed_by)


def _again(repeats: str) -> Message:
    plain = repeats.strip().upper().removeprefix("RRULE:")
    code = {f"FREQ={each.upper()}": f"again-{each}" for each in ("daily", "weekly", "monthly", "yearly")}.get(
        plain
    )
    return message(code) if code is not None else message("again-otherwise", rule=repeats)


def _on_the_wall(window: FreezeWindow, at: datetime) -> str:
    """A moment of a window's zone; as UTC where this machine does not know the zone."""
    try:
        return at.replace(tzinfo=ZoneInfo(window.time_zone)).isoformat()
    except (OSError, KeyError, ValueError):
        return at.replace(tzinfo=UTC).isoformat()
