"""The form of freeze windows, and of the time zones that their clocks are in."""

from datetime import datetime, timedelta

from promoter.checklist.forms import judged, list_of, optional, record, required
from promoter.checklist.leaves import constant, converted, line, matching, slug
from promoter.checklist.nodes import Node
from promoter.checklist.reporting import Report
from promoter.messages import N_, phrase
from promoter.model.freeze import FreezeWindow

_LONGEST_FREEZE = timedelta(days=366)
_WALL = r"(20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}"
_NOT_A_WALL_TIME = phrase(N_("must be a day and a time without a zone, such as 2026-12-18 18:00"))
_ANY = "INTERVAL=[1-9][0-9]{0,2}|COUNT=[1-9][0-9]{0,3}|UNTIL=[0-9]{8}T[0-9]{6}|WKST=[A-Z]{2}|BYDAY=[-+A-Z0-9,]{2,60}"
_LONG = f"{_ANY}|BYMONTH=[0-9,]{{1,30}}|BYMONTHDAY=[-0-9,]{{1,60}}|BYSETPOS=[-0-9,]{{1,20}}"
_REPEATS = f"FREQ=(?:DAILY|WEEKLY)(?:;(?:{_ANY}))*|FREQ=(?:MONTHLY|YEARLY)(?:;(?:{_LONG}))*"
_NOT_A_REPETITION = phrase(
    N_("must be a rule of RFC 5545 by days or longer, such as FREQ=WEEKLY or FREQ=MONTHLY;BYMONTHDAY=-1")
)

_wall_time = converted(
    matching(_WALL, "not-a-wall-time", _NOT_A_WALL_TIME),
    datetime.fromisoformat,
    "not-a-wall-time",
    _NOT_A_WALL_TIME,
)


def _judge_zone(name: str, node: Node, report: Report) -> None:
    if report.pinned:  # machines differ in the zones they know
        return
    from zoneinfo import ZoneInfo, available_timezones

    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        zones = available_timezones()
        if zones:
            report.wrong(
                node.place,
                "unknown-time-zone",
                phrase(N_("there is no time zone {name}"), name=name),
                (name, zones),
            )


time_zone = judged(line, _judge_zone)


def _judge_window(window: FreezeWindow, node: Node, report: Report) -> None:
    if window.ends <= window.begins:
        report.wrong(node.place, "ends-before-it-begins", phrase(N_("'until' must be later than 'from'")))
    elif window.lasts > _LONGEST_FREEZE:
        report.wrong(node.place, "too-long-a-freeze", phrase(N_("a freeze lasts a year at most")))
    elif window.repeats and not _comes(window):
        words = phrase(
            N_("{repeats} never comes: it is a rule of RFC 5545 that has no day"), repeats=window.repeats
        )
        report.wrong(node.place, "no-repetition", words)


def _comes(window: FreezeWindow) -> bool:
    from promoter.gate.calendar import comes  # with it comes the whole gate, which few checklists ask for

    return comes(window)


freeze = judged(
    record(
        FreezeWindow,
        required("id", slug, "What reasons call it"),
        required("from", _wall_time, "When it begins, on the wall: 2026-12-18 18:00", into="begins"),
        required("until", _wall_time, "When it ends, on the wall", into="ends"),
        optional(
            "repeat",
            matching(_REPEATS, "not-a-repetition", _NOT_A_REPETITION),
            "By which rule of iCalendar it comes again, such as FREQ=WEEKLY",
            "",
            into="repeats",
        ),
        optional(
            "mode",
            constant({"deny": False, "allow": True}),
            "deny: nothing is promoted in it; allow: nothing is promoted outside it; deny wins",
            False,
            into="allows",
        ),
        optional("time_zone", time_zone, "The zone of its clock; by default the pipeline's", ""),
        optional("passed_by", list_of(slug, unique=str), "The roles that may thaw it, for a reason", ()),
    ),
    _judge_window,
)
