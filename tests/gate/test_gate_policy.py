"""The rules of a gate in sentences: every rule is told, and told otherwise where it is otherwise."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings

from promoter.gate.policy import PHRASES, Said, Topic, rules_of_check, rules_of_gate, rules_of_item
from promoter.messages import Language
from promoter.model.checklist import Checklist, Item, WaiverRule
from promoter.model.environment import BreakGlass, Demand, Environment, OutcomesBy, Rule, Separation
from promoter.model.freeze import FreezeWindow
from tests.support.gate_worlds import World, worlds
from tests.support.nouns import check, checklist, environment, item, seats

ENGLISH = Language(phrasebook=PHRASES.get)
WEEKEND = FreezeWindow(
    "weekend",
    datetime.fromisoformat("2026-11-27 18:00"),
    datetime.fromisoformat("2026-11-30 08:00"),
    "FREQ=WEEKLY",
    time_zone="Europe/Paris",
    passed_by=("release-manager",),
)
WEBHOOK = item("webhook", "https", sign_off=seats("integrator"))


def of(one: Item, into: Environment | None = None, waivers: WaiverRule | None = None) -> list[str]:
    rules = checklist(one, waivers=waivers or WaiverRule())
    return words(rules_of_item(one, rules, into or environment()))


def words(said: Sequence[Said]) -> list[str]:
    return [ENGLISH.say(each.rule) for each in said]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (replace(WEBHOOK, required=False), "It is advice: it is shown, and never holds the gate."),
        (replace(WEBHOOK, needs=("a", "b")), "First a, b must be done."),
        (replace(WEBHOOK, sign_off=None), "Nobody signs it off: its checks answer it."),
        (replace(WEBHOOK, sign_off=seats()), "One person signs it off, whoever that is."),
        (replace(WEBHOOK, sign_off=seats(count=3)), "3 different people sign it off, whoever they are."),
        (replace(WEBHOOK, sign_off=seats("r", count=2)), "2 different people sign it off as r."),
        (
            replace(WEBHOOK, sign_off=seats("r", "s")),
            "Different people sign it off, one for each of these roles: r, s.",
        ),
        (
            replace(WEBHOOK, sign_off=seats("r", evidence=Demand.REQUIRED)),
            "Whoever signs gives evidence, a link or a file, or it does not count.",
        ),
        (replace(WEBHOOK, waivable=False), "Nobody may waive it."),
        (
            replace(WEBHOOK, may_not_apply=True),
            "Whoever may sign it off may say, with a reason, that it does not concern a release.",
        ),
        (replace(WEBHOOK, survives_release=True), "Outcomes and sign-offs stay when another release comes."),
    ],
)
def test_every_rule_of_an_item_is_told(changed: Item, told: str) -> None:
    assert told in of(changed)
    assert told not in of(WEBHOOK)


@pytest.mark.parametrize(
    ("opener", "authors", "told"),
    [
        (Rule.ON, Rule.OFF, "Whoever opened the promotion may not."),
        (Rule.WARN, Rule.OFF, "Whoever opened the promotion may, and the answer then says so."),
        (Rule.OFF, Rule.ON, "Whoever wrote one of the release's new commits may not."),
        (
            Rule.OFF,
            Rule.WARN,
            "Whoever wrote one of the release's new commits may, and the answer then says so.",
        ),
    ],
)
def test_who_may_not_sign_is_told_with_the_item(opener: Rule, authors: Rule, told: str) -> None:
    assert told in of(WEBHOOK, environment(opener=opener, authors=authors))
    assert told not in of(WEBHOOK, environment(authors=Rule.OFF))


def test_how_long_a_waiver_may_last_is_told() -> None:
    longest = WaiverRule(("boss",), timedelta(days=7))
    assert (
        "Whoever is boss may waive it for 7 days at most, with a reason; whoever opened the promotion may not."
        in of(WEBHOOK, waivers=longest)
    )


def test_a_check_says_how_long_its_outcome_counts_and_what_comes_before_it() -> None:
    spec = replace(check("oauth", max_age=timedelta(days=2)), needs=("https",), retries=2)
    assert [ENGLISH.say(each) for each in rules_of_check(spec, checklist(), environment())] == [
        "What it came to counts for 2 days.",
        "It is run once https passed.",
        "It is tried 2 more times before it fails.",
    ]
    once = replace(spec, retries=1, max_age=None, needs=())
    assert [ENGLISH.say(each) for each in rules_of_check(once, checklist(), environment())] == [
        "What it came to counts for 7 days.",
        "It is tried once more before it fails.",
    ]


@pytest.mark.parametrize(
    ("rules", "into", "told"),
    [
        (
            checklist(WEBHOOK, requires_previous=True, soak=timedelta(days=2)),
            environment(),
            "It must have been there for 2 days, which goes on counting when a newer one comes.",
        ),
        (
            checklist(WEBHOOK),
            environment(freezes=[WEEKEND]),
            "Whoever is release-manager may let promotions pass weekend, with a reason.",
        ),
        (
            checklist(WEBHOOK),
            environment(freezes=[WEEKEND]),
            "weekend: nothing is promoted from 2026-11-27 18:00 until 2026-11-30 08:00 (on the clocks of Europe/Paris), and again every week.",
        ),
        (
            checklist(WEBHOOK),
            environment(freezes=[replace(WEEKEND, allows=True, repeats="FREQ=WEEKLY;BYDAY=MO")]),
            "weekend: something is promoted from 2026-11-27 18:00 until 2026-11-30 08:00 (on the clocks of Europe/Paris) alone, and again by FREQ=WEEKLY;BYDAY=MO (RFC 5545).",
        ),
        (
            checklist(WEBHOOK),
            replace(environment(), break_glass=BreakGlass(("boss",))),
            "In an emergency whoever is boss may open it at once, with a reason, for 1 day; others settle what that leaves within 3 days.",
        ),
        (
            checklist(WEBHOOK),
            replace(environment(), shared=Demand.REQUIRED),
            "Nothing is promoted while entries are not shared.",
        ),
        (
            checklist(WEBHOOK),
            replace(environment(), outcomes=OutcomesBy.MACHINES),
            "Only checks that a machine ran count.",
        ),
        (
            checklist(WEBHOOK),
            replace(environment(), digests=Demand.REQUIRED),
            "Where evidence is asked for, a file has to come with it: a link alone does not do.",
        ),
        (
            checklist(WEBHOOK),
            replace(environment(), separation=Separation(Rule.ON, Rule.OFF)),
            "Whoever opens a promotion signs nothing off in it.",
        ),
    ],
)
def test_every_rule_of_the_gate_is_told(rules: Checklist, into: Environment, told: str) -> None:
    assert told in words(rules_of_gate(rules, into))
    assert told not in words(rules_of_gate(checklist(WEBHOOK), environment(authors=Rule.OFF)))


def test_a_zone_that_this_machine_does_not_know_is_no_reason_to_fail() -> None:
    lost = replace(WEEKEND, time_zone="Mars/Olympus", repeats="")
    assert "weekend: nothing is promoted from 27 Nov 2026 18:00 UTC until 30 Nov 2026 08:00 UTC." in words(
        rules_of_gate(checklist(WEBHOOK), environment(freezes=[lost]))
    )


@settings(max_examples=50, deadline=None)
@given(worlds())
def test_every_item_has_a_sentence_on_every_topic_and_none_twice(world: World) -> None:
    rules, _, _, into, _ = world
    for each in rules.items:
        said = rules_of_item(each, rules, into)
        assert {one.topic for one in said} == set(Topic) - {Topic.TIME}
        sentences = words(said)
        assert len(set(sentences)) == len(sentences)
        assert all(one.endswith(".") for one in sentences)
    assert {one.topic for one in rules_of_gate(rules, into)} == set(Topic) - {Topic.STALE}
