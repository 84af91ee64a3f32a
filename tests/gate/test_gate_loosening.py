"""Rules beside those before them: whatever demands less is told, and nothing else."""

from dataclasses import replace
from datetime import timedelta

import pytest

from promoter.checklist.loading import load_checklist, load_pipeline
from promoter.gate.loosening import PHRASES, looser, otherwise
from promoter.model.checklist import Checklist
from promoter.model.environment import Environment

_PIPELINE = b"""\
pipeline: shop
environments:
  staging: {data: simulated, urls: {app: "https://staging.shop.example"}}
  prod:
    urls: {app: "https://shop.example"}
    data: real
    outcomes: machines
    digests: required
    signatures: required
    shared: required
    separation: {opener: on, authors: on}
    freezes: [{id: year-end, from: "2026-12-20T00:00", until: "2027-01-04T00:00"}]
transitions: [staging-to-prod]
"""
_CHECKLIST = b"""\
checklist: staging-to-prod
from: staging
to: prod
items:
  - id: backup
    title: A backup
    waivable: false
    sign_off: {roles: [ops, dba], count: 2, evidence: required, fields: [{id: where, title: Where}]}
  - id: reach
    title: It answers
    needs: [backup]
    checks: [http: {url: "https://shop.example/"}]
"""

Rules = tuple[Checklist, Environment]


def rules(checklist: bytes = _CHECKLIST, pipeline: bytes = _PIPELINE) -> Rules:
    loaded, wrong = load_pipeline(pipeline, "pipeline.yaml")
    assert loaded is not None, wrong
    read, wrong = load_checklist(checklist, "staging-to-prod.yaml", loaded, pinned=True)
    assert read is not None, wrong
    return read, loaded.environment("prod")


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("waivable: false", "waivable: true", "item-waivable"),
        ("roles: [ops, dba]", "roles: [ops]", "item-roles-gone"),
        ("count: 2", "count: 1", "item-fewer-sign-offs"),
        (", evidence: required", "", "item-evidence-optional"),
        (", fields: [{id: where, title: Where}]", "", "item-fields-gone"),
        ("    needs: [backup]\n", "", "item-needs-gone"),
        ("id: reach", "id: touch", "item-gone"),
        ("    title: A backup\n", "    title: A backup\n    level: advisory\n", "item-advisory"),
        ("    title: A backup\n", "    title: A backup\n    may_not_apply: true\n", "item-may-not-apply"),
        ("    title: A backup\n", "    title: A backup\n    survives: release\n", "item-survives"),
        ("http: {url", "http: {id: other, url", "item-checks-gone"),
        ("http: {url", "http: {max_age: 30d, url", "item-older-outcomes"),
    ],
)
def test_an_item_that_asks_for_less_is_told(before: str, after: str, code: str) -> None:
    assert before.encode() in _CHECKLIST
    now = rules(_CHECKLIST.replace(before.encode(), after.encode()))
    assert code in [each.code for each in looser(rules(), now)]
    swapped = code in ("item-gone", "item-checks-gone")
    assert swapped == (code in [each.code for each in looser(now, rules())])


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("    signatures: required\n", "", "signatures-optional"),
        ("    shared: required\n", "", "sharing-optional"),
        ("    outcomes: machines\n", "", "outcomes-of-people"),
        ("    digests: required\n", "", "links-alone"),
        ("opener: on", "opener: warn", "opener-freer"),
        ("authors: on", "authors: off", "authors-freer"),
        ("data: real", "data: simulated", "data-not-real"),
        ("id: year-end", "id: other", "freeze-gone"),
        ("2027-01-04", "2026-12-21", "freeze-otherwise"),
        ('urls: {app: "https://shop.example"}', 'urls: {app: "https://other.example"}', "urls-otherwise"),
        ("    data: real\n", "    data: real\n    break_glass: {roles: [ops]}\n", "glass-breakable"),
        ("    data: real\n", "    data: real\n    network: {ca_file: own.pem}\n", "network-otherwise"),
    ],
)
def test_an_environment_that_asks_for_less_is_told(before: str, after: str, code: str) -> None:
    assert before.encode() in _PIPELINE
    now = rules(pipeline=_PIPELINE.replace(before.encode(), after.encode()))
    assert [each.code for each in looser(rules(), now)] == [code]


def test_another_window_in_which_promotions_are_allowed_is_told_where_only_some_are() -> None:
    checklist, free = rules()
    [window] = free.freezes
    nights, days = (replace(window, id=name, allows=True) for name in ("nights", "days"))
    only_nights, both = (replace(free, freezes=each) for each in ((nights,), (nights, days)))

    [found] = looser((checklist, only_nights), (checklist, both))
    assert (found.code, found.parameters["name"]) == ("freeze-wider", "days")
    assert [
        each.code for each in looser((checklist, replace(free, freezes=())), (checklist, only_nights))
    ] == []


def test_the_checklist_as_a_whole_may_ask_for_less() -> None:
    checklist, environment = rules()
    strict = replace(
        checklist,
        requires_previous=True,
        soak=timedelta(hours=2),
        waivers=replace(checklist.waivers, longest=timedelta(days=1)),
    )
    free = replace(
        checklist, waivers=replace(checklist.waivers, roles=("waiver-approver", "dev"), longest=None)
    )
    found = [each.code for each in looser((strict, environment), (free, environment))]
    assert found == ["previous-not-required", "soak-shorter", "waivers-wider", "waivers-longer"]
    assert looser((free, environment), (strict, environment)) == ()


def test_broken_glass_that_is_settled_later_is_told() -> None:
    glass = _PIPELINE.replace(b"    data: real\n", b"    data: real\n    break_glass: {roles: [ops]}\n")
    checklist, environment = rules(pipeline=glass)
    assert environment.break_glass is not None
    later = replace(
        environment, break_glass=replace(environment.break_glass, settle_within=timedelta(days=30))
    )
    [found] = looser((checklist, environment), (checklist, later))
    assert found.code == "glass-settled-later"
    longer = replace(environment, break_glass=replace(environment.break_glass, lasts=timedelta(days=30)))
    assert [each.code for each in looser((checklist, environment), (checklist, longer))] == [
        "glass-lasts-longer"
    ]


def test_the_same_rules_are_neither_looser_nor_otherwise() -> None:
    assert looser(rules(), rules()) == ()
    assert otherwise(rules()[0], rules()[0]) == ()
    assert len(PHRASES) == len(set(PHRASES.values()))
