"""The checklist's form: its items, their checks, and who must sign them off."""

import hashlib
from datetime import timedelta
from typing import Any

from promoter.checklist.checks import Kinds, check_form
from promoter.checklist.extending import KEY, extends_form
from promoter.checklist.forms import (
    Form,
    Taken,
    judged,
    list_of,
    optional,
    place_of,
    record,
    required,
)
from promoter.checklist.leaves import (
    choice,
    constant,
    declaring,
    duration,
    environment_name,
    flag,
    item_name,
    line,
    slug,
    text,
    whole_number,
)
from promoter.checklist.nodes import Node
from promoter.checklist.reporting import Report
from promoter.checklist.scalars import canonical
from promoter.messages import N_, phrase
from promoter.model.checklist import ApprovalRule, Checklist, FormField, Item, SignOffRule, WaiverRule
from promoter.model.environment import Demand
from promoter.model.text import Text

_WEEK = timedelta(days=7)

_FIELD = record(
    FormField,
    required("id", slug, "What entries call it"),
    required("title", text, "What is asked"),
    optional("required", flag, "Whether it must be filled in", True),
    optional("example", text, "What an answer looks like"),
    optional(
        "due", flag, "It is a date, YYYY-MM-DD, by which this has to be done again: due lists it", False
    ),
)
_SEATS = (
    optional(
        "roles",
        list_of(slug, at_least=1, unique=str),
        "Each role needs people of its own; none: anyone on the roster",
        (),
    ),
    optional("count", whole_number(at_least=1, at_most=100), "How many different people, for each role", 1),
    optional("evidence", choice(Demand), "Whether a link or a file must come with it", Demand.OPTIONAL),
    optional(
        "fields",
        list_of(_FIELD, unique=lambda field: field.id),
        "What must be filled in, where a bare tick is worth nothing",
        (),
    ),
)
_SIGN_OFF = record(SignOffRule, *_SEATS)


def _approvals(valid_for: timedelta | None = None, **seats: Any) -> ApprovalRule:
    return ApprovalRule(SignOffRule(**seats), valid_for)


_APPROVALS = record(
    _approvals,
    *_SEATS,
    optional("valid_for", duration, "How long an approval counts; none: until release or checklist change"),
)


_WAIVERS = record(
    WaiverRule,
    optional(
        "roles",
        list_of(slug, at_least=1, unique=str),
        "Who may waive an item: anyone with one of these roles who did not open the promotion",
        WaiverRule().roles,
    ),
    optional("longest", duration, "How long a waiver may last; none: as long as it says"),
)


def _digest(node: Node) -> str:
    return "sha256:" + hashlib.sha256(canonical(node)).hexdigest()


def _judge_item(item: Item, node: Node, report: Report) -> None:
    if not item.checks and item.sign_off is None:
        words = phrase(
            N_("{item} has neither a check nor a sign-off: nothing would ever hold it"), item=item.id
        )
        report.wrong(node.place, "vacuous-item", words)
    before: list[str] = []
    for check in item.checks:
        for each in check.needs:
            if each not in before:
                words = phrase(
                    N_("{check} needs {name}, which is no check before it in this item"),
                    check=check.id,
                    name=each,
                )
                report.wrong(check.place, "unknown-check", words, (each, before))
        before.append(check.id)


def _item_form(kinds: Kinds | None) -> Form[Item]:
    return judged(
        record(
            Item,
            required("id", declaring("item"), "What commands and entries call it"),
            required("title", text, "What must be true, as the document says it"),
            optional("text", text, "What that means, and how to get there"),
            optional(
                "source", list_of(line, unique=str), "The sections of the source document it answers", ()
            ),
            optional("notes", list_of(text), "What else is good to know", ()),
            optional(
                "level",
                constant({"required": True, "advisory": False}),
                "An advisory item is shown and never holds",
                True,
                into="required",
            ),
            optional(
                "checks",
                list_of(check_form(kinds), unique=lambda check: check.id),
                "What a machine answers; all must pass",
                (),
            ),
            optional("sign_off", _SIGN_OFF, "What people answer"),
            optional("needs", list_of(item_name, unique=str), "Items that come first", ()),
            optional(
                "survives",
                constant({"release": True}),
                "Whether it still stands when the release moves",
                False,
                into="survives_release",
            ),
            optional("waivable", flag, "Whether a waiver may stand in for it", True),
            optional(
                "may_not_apply", flag, "Whether it may be declared not applicable, with a reason", False
            ),
            place_of(),
            Taken("digest", _digest),
        ),
        _judge_item,
    )


def _judge_checklist(checklist: Checklist, node: Node, report: Report) -> None:
    if not any(item.required for item in checklist.items):
        report.wrong(
            node.place, "no-required-item", phrase(N_("no item is required: the gate would always be open"))
        )
    if checklist.from_environment == checklist.to_environment:
        report.wrong(node.place, "nowhere-to-go", phrase(N_("'from' and 'to' are the same environment")))
    for item in _in_circles(checklist.items):
        report.wrong(
            item.place, "circular-needs", phrase(N_("{item} needs itself, by way of its needs"), item=item.id)
        )


def _in_circles(items: tuple[Item, ...]) -> list[Item]:
    needs = {item.id: set(item.needs) for item in items}
    while ready := {name for name, wanted in needs.items() if not wanted & needs.keys()}:
        needs = {name: wanted for name, wanted in needs.items() if name not in ready}
    while ends := {name for name in needs if not any(name in wanted for wanted in needs.values())}:
        needs = {name: wanted for name, wanted in needs.items() if name not in ends}
    return [item for item in items if item.id in needs]


def checklist_form(
    kinds: Kinds | None, *, follows_another: bool = False, digest: str = ""
) -> Form[Checklist]:
    """The form of a checklist. `follows_another` when its transition is not the pipeline's first, so that
    the same release must have come before; `digest` is that of the file's bytes."""

    def make(checklist: str, title: Text, extends: object, **written: Any) -> Checklist:
        return Checklist(id=checklist, title=title or Text({"": checklist}), digest=digest, **written)

    return judged(
        record(
            make,
            required("checklist", slug, "Its id: the name of the transition, and of this file"),
            optional("title", text, "Its name for people", Text({})),
            optional(KEY, extends_form, "The checklist to begin with, of which nothing may be taken away"),
            required(
                "from", environment_name, "The environment a release comes from", into="from_environment"
            ),
            required("to", environment_name, "The environment it goes into", into="to_environment"),
            optional(
                "requires",
                constant({"previous": True, "none": False}),
                "previous: the same release must have been promoted or adopted into 'from'",
                follows_another,
                into="requires_previous",
            ),
            optional(
                "soak",
                duration,
                "How long the release must have been in 'from', where it must have been there at all",
                timedelta(),
            ),
            optional("defaults", _defaults, "What holds for every item", _WEEK, into="max_age"),
            optional("waivers", _WAIVERS, "Who may waive an item, and for how long", WaiverRule()),
            optional("approvals", _APPROVALS, "Who must approve the promotion as a whole"),
            required(
                "items", list_of(_item_form(kinds), at_least=1), "What must be true, in the order it is shown"
            ),
            place_of(),
        ),
        _judge_checklist,
    )


_defaults = record(
    lambda max_age: max_age,
    optional("max_age", duration, "How old the outcome of a check may be and still count", _WEEK),
)
