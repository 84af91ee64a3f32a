"""Policies that several pipelines share: what environments demand, to which a pipeline may add, and nothing less.

A policy holds no addresses, secrets or people. What it does not say it does not rule.
"""

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import replace
from typing import Any

from promoter.checklist.environments import ENVIRONMENT
from promoter.checklist.extending import KEY, extends_form
from promoter.checklist.forms import Form, attempt, map_of, optional, record, required
from promoter.checklist.freezes import time_zone
from promoter.checklist.leaves import slug, text
from promoter.checklist.nodes import Node, Scalar, Series, Table
from promoter.checklist.reporting import Report
from promoter.messages import N_, Message, message, phrase
from promoter.model.checklist import Checklist
from promoter.model.environment import Access, AccessLevel, Data, Environment
from promoter.model.text import Text
from promoter.place import Place

POLICY = "policy"
RULES = ("data", "signatures", "outcomes", "digests", "shared", "separation", "freezes", "break_glass")
"""The keys of an environment that a policy may hold."""
_ENVIRONMENTS = "environments"
_FREEZES = "freezes"
_DATA = "data"
_ZONE = "time_zone"
_NOTHING = Text({})
_NOWHERE = Place("")
_NO_CHECKLIST = Checklist("", _NOTHING, "", "", (), "", _NOWHERE)

_LOOSENED = {
    "data-not-real": (_DATA,),
    "signatures-optional": ("signatures",),
    "outcomes-of-people": ("outcomes",),
    "links-alone": ("digests",),
    "sharing-optional": ("shared",),
    "opener-freer": ("separation", "opener"),
    "authors-freer": ("separation", "authors"),
    "glass-breakable": ("break_glass", "roles"),
    "glass-settled-later": ("break_glass", "settle_within"),
    "glass-lasts-longer": ("break_glass", "lasts"),
}


def _ruled(**rules: Any) -> Environment:
    return Environment(
        name="",
        title=_NOTHING,
        use=_NOTHING,
        urls={},
        access=Access(AccessLevel.RESTRICTED, _NOTHING),
        stability=_NOTHING,
        support=_NOTHING,
        place=_NOWHERE,
        **rules,
    )


_rules: Form[Environment] = record(
    _ruled,
    *(
        replace(each, default=Data.SIMULATED) if each.key == _DATA else each
        for each in ENVIRONMENT
        if each.key in RULES
    ),
)

policy_form: Form[tuple[str, ...]] = record(
    lambda environments, **_: tuple(environments),
    required(POLICY, slug, "The id of this policy"),
    optional("title", text, "Its name for people", _NOTHING),
    optional(KEY, extends_form, "The policy to begin with, of which nothing may be loosened"),
    optional(_ZONE, time_zone, "The zone of the clocks of its freezes, such as Europe/Paris", "UTC"),
    required(
        _ENVIRONMENTS,
        map_of(slug, _rules, lambda _, rules: rules, at_least=1),
        "What it demands of environments, by the names that they have in pipelines",
    ),
)
"""The form of a policy; reads the names of the environments it has rules for."""


def joined_rules(base: Table, own: Table) -> Table:
    """A policy, and a pipeline or a policy that extends it: the rules that the other leaves out, and its freezes
    with those of the other. Whether the data of an environment are real each pipeline says itself."""
    there = _environments(_on_its_clock(base))
    if own.get(POLICY) is None:
        less = (
            (key, _less(rules, {_DATA}) if isinstance(rules, Table) else rules)
            for key, rules in there.entries
        )
        there = Table(tuple(less), there.place)
    entries = [(key, value) for key, value in own.entries if key.text != KEY]
    if own.get(_ENVIRONMENTS) is None:
        entries += [(key, there) for key, _ in base.entries if key.text == _ENVIRONMENTS]
    elif isinstance(own.get(_ENVIRONMENTS), Table):
        both = _over(there, _environments(own), _over_rules)
        entries = [(key, both if key.text == _ENVIRONMENTS else value) for key, value in entries]
    return Table(tuple(entries), own.place)


def less_ruled(own: Table) -> Table:
    """A pipeline without what it extends, and without what a policy may rule."""
    ruled = {each for each in RULES if each != _DATA}

    def less(rules: Node) -> Node:
        return _less(rules, ruled) if isinstance(rules, Table) else rules

    there = _environments(own)
    inner = Table(tuple((key, less(rules)) for key, rules in there.entries), there.place)
    return _less(Table(_with(own, _ENVIRONMENTS, inner), own.place), {KEY})


def judge_policies(bases: Sequence[tuple[str, Table]], own: Table, named: Node, report: Report) -> None:
    """Notes what is wrong with the policies that a file extends, and the environments they speak of and a pipeline
    has not: under another name one would escape."""
    for file, base in bases:
        sound = Report(file)
        attempt(policy_form, base, sound)
        for each in sound.problems:
            report.wrong(each.place, each.code, each.wrong)
        names = [*_environments(own).keys()]
        for key, _ in _environments(base).entries if own.get(POLICY) is None else ():
            if key.text not in names:
                words = N_(
                    "{file} has rules for the environment {environment}, which is not in this pipeline"
                )
                said = phrase(words, file=file, environment=key.text)
                report.wrong(named.place, "lacks-environment", said, (key.text, names))


def judge_against_policies(bases: Sequence[tuple[str, Table]], whole: Table, report: Report) -> None:
    """Notes where a file falls short of what the policies that it extends demand. `whole` is the file with them in
    it, and each of them sound."""
    own = _environments(_on_its_clock(whole))
    for _, base in bases:
        for key, rules in _environments(_on_its_clock(base)).entries:
            mine = own.get(key.text)
            if isinstance(mine, Table) and isinstance(rules, Table):
                _judge_environment(
                    key.text, rules if mine.get(_DATA) else _less(rules, {_DATA}), mine, report
                )


def _judge_environment(name: str, rules: Table, mine: Table, report: Report) -> None:
    from promoter.gate.loosening import looser  # with it comes the whole gate, which few files need

    was, now = _read(name, _over(mine, rules, _over_rule), report), _read(name, mine, report)
    if was is None or now is None:
        return
    for each in looser((_NO_CHECKLIST, was), (_NO_CHECKLIST, now)):
        freeze = each.parameters.get("name")
        path = _LOOSENED.get(each.code) or (_FREEZES, str(freeze))
        _refuse(each, _place(mine, path), _place(rules, path), report)
    ruled = {each for each in map(_id, _children(rules.get(_FREEZES))) if each is not None}
    if any(each.allows and each.id in ruled for each in was.freezes):
        for window in now.freezes:
            if window.allows and window.id not in ruled:
                said = message("freeze-wider", environment=name, name=window.id)
                _refuse(said, _place(mine, (_FREEZES, window.id)), _place(rules, (_FREEZES,)), report)


def _refuse(rule: Message, place: Place, ruled: Place, report: Report) -> None:
    words = N_("{rule}, which {policy} does not allow: take this out, or demand as much as it does")
    report.wrong(place, "looser-than-base", phrase(words, rule=rule, policy=str(ruled)))


def _read(name: str, rules: Table, report: Report) -> Environment | None:
    known = tuple((key, value) for key, value in rules.entries if key.text in RULES)
    got = attempt(_rules, Table(known, rules.place), report)
    return None if got is None else replace(got[0], name=name)


def _place(rules: Table, path: Iterable[str]) -> Place:
    """Where a rule stands, or what it stands in."""
    node: Node = rules
    for each in path:
        inner = node.get(each) if isinstance(node, Table) else None
        if isinstance(node, Series):
            inner = next((child for child in node.children if _id(child) == each), None)
        if inner is None:
            break
        node = inner
    return node.place


def _over(under: Table, over: Table, both: Callable[[str, Node, Node], Node]) -> Table:
    """Two tables as one: where they have the same key, what `both` makes of it."""
    there = {key.text: (key, value) for key, value in under.entries}
    entries = [
        (key, both(key.text, there.pop(key.text)[1], value) if key.text in there else value)
        for key, value in over.entries
    ]
    return Table((*entries, *there.values()), over.place)


def _over_rules(_: str, under: Node, over: Node) -> Node:
    """An environment's rules: separation by its keys, freezes by their ids, any other as it is in the second."""
    if isinstance(under, Table) and isinstance(over, Table):
        return _over(under, over, _over_rule)
    return over


def _over_rule(rule: str, under: Node, over: Node) -> Node:
    if rule == "separation" and isinstance(under, Table) and isinstance(over, Table):
        return _over(under, over, lambda _, first, second: second)
    if rule == _FREEZES and isinstance(under, Series) and isinstance(over, Series):
        named = {each for each in map(_id, over.children) if each is not None}
        rest = (each for each in under.children if _id(each) not in named)
        return Series((*over.children, *rest), over.place)
    return over


def _environments(table: Table) -> Table:
    found = table.get(_ENVIRONMENTS)
    return found if isinstance(found, Table) else Table((), table.place)


def _less(table: Table, keys: Container[str]) -> Table:
    return Table(tuple((key, value) for key, value in table.entries if key.text not in keys), table.place)


def _on_its_clock(table: Table) -> Table:
    """The file with the zone of its clock in each of its freezes that names none: another file has another."""
    zone = table.get(_ZONE) or Scalar("UTC", True, table.place)

    def clocked(window: Node) -> Node:
        if not isinstance(window, Table) or window.get(_ZONE) is not None:
            return window
        return Table((*window.entries, (Scalar(_ZONE, True, window.place), zone)), window.place)

    def ruled(rules: Node) -> Node:
        freezes = rules.get(_FREEZES) if isinstance(rules, Table) else None
        if not isinstance(rules, Table) or not isinstance(freezes, Series):
            return rules
        windows = Series(tuple(map(clocked, freezes.children)), freezes.place)
        return Table(_with(rules, _FREEZES, windows), rules.place)

    environments = _environments(table)
    inner = Table(tuple((key, ruled(value)) for key, value in environments.entries), environments.place)
    return Table(_with(table, _ENVIRONMENTS, inner), table.place)


def _with(table: Table, name: str, value: Node) -> tuple[tuple[Scalar, Node], ...]:
    return tuple((key, value if key.text == name else each) for key, each in table.entries)


def _children(node: Node | None) -> tuple[Node, ...]:
    return node.children if isinstance(node, Series) else ()


def _id(window: Node) -> str | None:
    found = window.get("id") if isinstance(window, Table) else None
    return found.text if isinstance(found, Scalar) else None
