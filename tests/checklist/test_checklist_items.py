import hashlib
from datetime import timedelta

import pytest

from promoter.checklist.loading import load_checklist
from promoter.model.checklist import FormField, SignOffRule
from promoter.model.environment import Demand
from promoter.model.reference import Fact, Variable
from promoter.model.text import plain
from tests.support.checklist_texts import HEAD, PATH, PIPELINE, checklist, item_problems, pipeline, said

ITEM = "- {id: one, title: One, sign_off: {}}\n"


def test_an_item_may_say_everything() -> None:
    loaded = checklist(
        ITEM + "- id: two\n"
        "  title: {fr: Deux, en: Two}\n"
        "  text: What it means\n"
        "  source: [Somewhere]\n"
        "  notes: [mind this]\n"
        "  level: advisory\n"
        "  checks:\n"
        "    - https: {url: {fact: urls.app}, timeout: 5s}\n"
        "    - https: {id: hook, url: {variable: HOOK_URL}, max_age: 1d}\n"
        "    - credentials: {}\n"
        "  sign_off: {roles: [security], count: 2, evidence: required, fields: [{id: who, title: Who, required: false}]}\n"
        "  needs: [one]\n"
        "  survives: release\n"
        "  waivable: false\n"
        "  may_not_apply: true\n"
    )

    item = loaded.item("two")
    assert item is not None
    assert tuple(each.id for each in item.checks) == ("https", "hook", "credentials")
    assert {"url": Fact("urls.app"), "timeout": "5s"} == item.checks[0].fields
    assert {"url": Variable("HOOK_URL")} == item.checks[1].fields
    assert timedelta(days=1) == loaded.max_age_of(item.checks[1])
    assert timedelta(days=7) == loaded.max_age_of(item.checks[0])
    fields = (FormField("who", plain("Who"), required=False),)
    assert SignOffRule(("security",), 2, Demand.REQUIRED, fields) == item.sign_off
    assert (
        item.required,
        item.survives_release,
        item.waivable,
        item.may_not_apply,
    ) == (False, True, False, True)
    assert (("Somewhere",), (plain("mind this"),), ("one",)) == (item.source, item.notes, item.needs)
    assert item.place.line == 6


@pytest.mark.parametrize(
    ("items", "wrong"),
    [
        ("- {id: one, title: One}\n", "5:3: one has neither a check nor a sign-off: nothing would ever hold it"),
        ("- {id: one, title: One, level: advisory, sign_off: {}}\n", "1:1: no item is required: the gate would always be open"),
        (ITEM + ITEM, "6:8: one is taken already, at line 5"),
        ("- {id: One, title: One, sign_off: {}}\n", "5:8: id: must be of lower-case letters, digits, '.', '_' and '-', 64 at most, not starting with a sign"),
        ("- {id: " + "a" * 65 + ", title: One, sign_off: {}}\n", "5:8: id: must be of lower-case letters, digits, '.', '_' and '-', 64 at most, not starting with a sign"),
        ("- {id: one, title: '', sign_off: {}}\n", "5:20: title: says nothing; leave the field out or fill it in"),
        ("- {id: one, titel: One, sign_off: {}}\n", "5:13: there is no field titel here; did you mean title?"),
        ("- {id: one, title: One, sign_off: {count: 0}}\n", "5:43: count: must be a whole number from 1 to 100"),
        ("- {id: one, title: One, sign_off: {count: 01}}\n", "5:43: count: must be a whole number from 1 to 100"),
        ("- {id: one, title: One, sign_off: {count: '1'}}\n", "5:43: count: must be a whole number from 1 to 100"),
        ("- {id: one, title: One, sign_off: {roles: []}}\n", "5:43: roles: must not be an empty list"),
        ("- {id: one, title: One, sign_off: {roles: [a, a]}}\n", "5:47: a is taken already, at line 5"),
        ("- {id: one, title: One, sign_off: {}, survives: everything}\n", "5:49: survives: must be one of release"),
        (ITEM + "- {id: two, title: Two, sign_off: {}, needs: [onne]}\n", "6:47: there is no item onne in this checklist; did you mean one?"),
        ("- {id: one, title: One, sign_off: {}, needs: [one]}\n", "5:3: one needs itself, by way of its needs"),
        ("- {id: one, title: One, checks: [{htps: {url: 'https://a.example'}}]}\n", "5:35: there is no kind of check named htps; did you mean https?"),
        ("- {id: one, title: One, checks: [{https: {url: 'https://a.example'}, dns: {}}]}\n", "5:34: checks: a check is one kind with its fields: '- https: {url: …}'"),
        ("- {id: one, title: One, checks: [https]}\n", "5:34: checks: must be a mapping of fields to values"),
        ("- {id: one, title: One, checks: [{https: }]}\n", "5:42: url is missing here"),
        ("- {id: one, title: One, checks: [{https: {ulr: 'https://a.example'}}]}\n", "5:43: https has no field ulr; did you mean url?"),
        ("- {id: one, title: One, checks: [{https: {url: ftp://a.example}}]}\n", "5:48: url: must be an http or https URL, without user name or password"),
        ("- {id: one, title: One, checks: [{https: {url: 'https://a.example', timeout: 0}}]}\n", "5:78: timeout: must be a length of time, such as 5s, 10m or 7d"),
        ("- {id: one, title: One, checks: [{https: {url: 'https://a.example', status: 0404}}]}\n", "5:77: status: 0404 is not the same to every reader of YAML: write it in quotes if it is text, as JSON would write it if not"),
        ("- {id: one, title: One, checks: [{https: {url: 'http://a.example'}}]}\n", "5:48: url: must be an https URL: plain http protects nothing"),
        ("- {id: one, title: One, checks: [{certificate: {url: 'http://a.example'}}]}\n", "5:54: url: must be an https URL: plain http protects nothing"),
        ("- {id: one, title: One, checks: [{https: {url: 'https://a.example', redirects: -1}}]}\n", "5:80: redirects: must be from 0 to 20"),
        ("- {id: one, title: One, checks: [{https: {url: 'https://a.example', status: [99, 1000]}}]}\n", "5:77: status: must be from 200 to 599"),
        ("- {id: one, title: One, checks: [{certificate: {url: 'https://a.example', min_days: -4}}]}\n", "5:85: min_days: must be from 0 to 3660"),
        ("- {id: one, title: One, checks: [{certificate: {url: 'https://a.example', min_days: 40, warn_days: 30}}]}\n", "5:100: warn_days: must not be less than min_days, which is 40: it would never warn"),
        ("- {id: one, title: One, checks: [{certificate: {url: {fact: urls.app}, min_days: 40, warn_days: 30}}]}\n", "5:97: warn_days: must not be less than min_days, which is 40: it would never warn"),
        ("- {id: one, title: One, checks: [{credentials: {variables: [HOOK]}}]}\n", "5:61: preprod has no variable HOOK; did you mean HOOK_URL?"),
        ("- {id: one, title: One, checks: [{credentials: {variables: HOOK}}]}\n", "5:60: preprod has no variable HOOK; did you mean HOOK_URL?"),
        ("- {id: one, title: One, checks: [{credentials: {environment: stagin}}]}\n", "5:62: there is no environment stagin; did you mean staging?"),
        ("- {id: one, title: One, checks: [{credentials: {environment: staging, variables: [NO_SUCH]}}]}\n", "5:83: staging has no variable NO_SUCH"),
        ("- {id: one, title: One, checks: [{https: {url: 'https://a.example', ca_file: ../x.pem}}]}\n", "5:78: ca_file: must be the path of a file inside the repository, without '..'"),
        ("- {id: one, title: One, checks: [{https: {url: 'https://a.example', ca_file: /x.pem}}]}\n", "5:78: ca_file: must be the path of a file inside the repository, without '..'"),
        ("- {id: one, title: One, checks: [{https: {url: {fact: urls.appp}}}]}\n", "5:55: there is no fact urls.appp of preprod; did you mean urls.app?"),
        ("- {id: one, title: One, checks: [{https: {url: {variable: HOOK}}}]}\n", "5:59: preprod has no variable HOOK; did you mean HOOK_URL?"),
        ("- {id: one, title: One, checks: [{https: {url: {variable: SHOP_SECRET}}}]}\n", "5:48: url: is no secret, and would show the value of SHOP_SECRET"),
        ("- {id: one, title: One, checks: [{https: {url: 'https://a.example', max_age: 7}}]}\n", "5:78: max_age: 7 is not text to YAML; write it in quotes"),
        ("- {id: one, title: One, checks: [{https: {url: 'https://a.example', max_age: 0d}}]}\n", "5:78: max_age: must be a length of time with its unit, such as 12h, 7d or 2w, ten years at most"),
        ("- {id: one, title: One, checks: [{credentials: }, {credentials: {}}]}\n", "5:51: credentials is taken already, at line 5"),
    ],
)  # fmt: skip
def test_a_mistake_in_an_item_is_a_problem_with_its_place(items: str, wrong: str) -> None:
    assert wrong in item_problems(items)


def test_a_checklist_without_items_is_a_problem() -> None:
    _, problems = load_checklist(HEAD.replace("items:", "items: []").encode(), PATH, pipeline())

    assert said(problems) == ["4:8: items: must not be an empty list"]


def test_needs_in_a_circle_are_each_named() -> None:
    items = (
        "- {id: one, title: One, sign_off: {}, needs: [two]}\n"
        "- {id: two, title: Two, sign_off: {}, needs: [one]}\n"
        "- {id: three, title: Three, sign_off: {}, needs: [two]}\n"
    )

    assert item_problems(items) == [
        "5:3: one needs itself, by way of its needs",
        "6:3: two needs itself, by way of its needs",
    ]


def test_an_item_that_cannot_be_read_is_still_there_to_be_needed() -> None:
    items = "- {id: one, title: 1}\n- {id: two, title: Two, sign_off: {}, needs: [one]}\n"

    assert item_problems(items) == ["5:20: title: 1 is not text to YAML; write it in quotes"]


def test_unknown_environments_are_problems_and_so_is_staying_where_one_is() -> None:
    text = HEAD.replace("from: staging", "from: stagging").replace("to: preprod", "to: stagging") + ITEM

    _, problems = load_checklist(text.encode(), PATH, pipeline())

    assert said(tuple(each for each in problems if not each.warning)) == [
        "1:1: 'from' and 'to' are the same environment",
        "2:7: there is no environment stagging; did you mean staging?",
        "3:5: there is no environment stagging; did you mean staging?",
    ]


def test_a_checklist_is_a_transition_of_the_pipeline_in_a_file_of_its_name() -> None:
    unknown = (HEAD.replace("checklist: staging-to-preprod", "checklist: staging-to-prod") + ITEM).encode()

    assert said(tuple(each for each in load_checklist(unknown, PATH, pipeline())[1] if not each.warning)) == [
        "1:12: the pipeline has no transition staging-to-prod; did you mean staging-to-preprod?"
    ]
    assert said(
        tuple(
            each
            for each in load_checklist((HEAD + ITEM).encode(), "other.yaml", pipeline())[1]
            if not each.warning
        )
    ) == ["1:12: the checklist staging-to-preprod must be in a file named staging-to-preprod.yaml"]


def test_only_a_later_transition_asks_by_itself_for_the_one_before() -> None:
    several = PIPELINE.replace("[staging-to-preprod]", "[first, staging-to-preprod]")

    assert not checklist(ITEM).requires_previous
    assert checklist(ITEM, pipeline(several)).requires_previous


def test_a_pinned_checklist_loads_without_its_kinds_and_without_being_judged_again() -> None:
    text = (HEAD + "- {id: one, title: One, checks: [{gone: {anything: [1, {fact: urls.app}]}}]}\n").encode()

    loaded, problems = load_checklist(text, PATH, pipeline(), pinned=True)

    assert problems == ()
    assert loaded is not None
    check = loaded.items[0].checks[0]
    assert ("gone", "gone", {"anything": [1, Fact("urls.app")]}) == (check.id, check.kind, check.fields)


def test_digests_follow_the_bytes_of_the_file_and_the_keys_of_the_item() -> None:
    plainly, otherwise = checklist(ITEM), checklist('- sign_off: {}\n  "title": "One" # same\n  id: one\n')
    changed = checklist(ITEM.replace("One", "Un"))

    assert "sha256:" + hashlib.sha256((HEAD + ITEM).encode()).hexdigest() == plainly.digest
    written = b'{"id":"one","sign_off":{},"title":"One"}'
    assert "sha256:" + hashlib.sha256(written).hexdigest() == plainly.items[0].digest
    assert plainly.items[0].digest == otherwise.items[0].digest
    assert plainly.digest != otherwise.digest
    assert plainly.items[0].digest != changed.items[0].digest


def test_seats_nobody_could_fill_are_warnings() -> None:
    roster = PIPELINE.replace("data: real", "data: real\n    separation: {opener: on}") + (
        "roster:\n"
        "  - {id: alice, name: Alice, emails: [a@a.example], roles: [security]}\n"
        "  - {id: ci, name: CI, emails: [c@c.example], roles: [operations], class: machine}\n"
    )
    items = (
        "- {id: one, title: One, source: [x], sign_off: {roles: [security, operations]}}\n"
        "- {id: two, title: Two, source: [x], sign_off: {count: 2}}\n"
    )

    loaded, problems = load_checklist((HEAD + items).encode(), PATH, pipeline(roster))

    assert loaded is not None
    assert said(problems) == [
        "1:1: warning: sign-offs of who opens do not count, so nobody who may sign these can open: one",
        "5:3: warning: one: signers wanted as operations: 1; people on the roster with this role: 0",
        "6:3: warning: two: signers wanted: 2; people on the roster: 1",
    ]


def test_an_item_without_a_source_is_a_warning() -> None:
    _, problems = load_checklist((HEAD + ITEM).encode(), PATH, pipeline())

    assert said(problems) == ["5:3: warning: one names no source: nobody can tell what asks for it"]


@pytest.mark.parametrize(
    "check",
    [
        "https: {url: {fact: urls.app}, redirects: 0, status: [200, 599]}",
        "certificate: {url: {fact: urls.app}, min_days: 40}",
        "certificate: {url: {fact: urls.app}, min_days: 30, warn_days: 30}",
        "credentials: {variables: [HOOK_URL, SHOP_SECRET]}",
    ],
)
def test_what_can_be_right_is_no_problem(check: str) -> None:
    assert item_problems(f"- {{id: one, title: One, checks: [{{{check}}}]}}\n") == []


def test_all_problems_of_one_check_are_told_at_once() -> None:
    check = (
        "https: {url: 'http://a.example', status: 012, connect_to: x, max_age: 7, redirects: 99, bogus: 1}"
    )

    assert item_problems(f"- {{id: one, title: One, checks: [{{{check}}}]}}\n") == [
        "5:48: url: must be an https URL: plain http protects nothing",
        "5:76: status: 012 is not the same to every reader of YAML: write it in quotes if it is text, as JSON would write it if not",
        "5:93: connect_to: must be ADDRESS:PORT, with brackets around an IPv6 address",
        "5:105: max_age: 7 is not text to YAML; write it in quotes",
        "5:119: redirects: must be from 0 to 20",
        "5:123: https has no field bogus",
    ]
