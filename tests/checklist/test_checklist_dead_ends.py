"""Gates that could never open, and gates that hold next to nothing, are told when they are written."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from promoter.checklist.loading import load_checklist, load_pipeline
from promoter.usecases.linting import lint
from tests.support.checklist_texts import HEAD, PATH, PIPELINE

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SIGNED = "  - {id: a, title: A, source: ['1'], waivable: false, sign_off: {roles: [security]}}\n"
BOTH = "  - {id: a, title: A, source: ['1'], waivable: false, sign_off: {roles: [security, operations]}}\n"
CHECKED = "  - {id: a, title: A, source: ['1'], waivable: false, checks: [credentials: {}]}\n"


def roster(*people: str) -> str:
    """People as `name: role role`; a name that starts with `bot` is a machine's."""
    lines = []
    for each in people:
        name, _, roles = each.partition(": ")
        sort = "machine" if name.startswith("bot") else "person"
        lines.append(
            f"  - {{id: {name}, name: {name}, emails: [{name}@x.example], class: {sort}, roles: [{', '.join(roles.split())}]}}\n"
        )
    return "roster:\n" + "".join(lines)


def into_preprod(*lines: str) -> str:
    """The pipeline with more said of preprod."""
    return PIPELINE.replace(
        "    data: real\n", "    data: real\n" + "".join(f"    {each}\n" for each in lines)
    )


def codes(items: str, pipeline: str = PIPELINE, head: str = HEAD) -> list[str]:
    loaded, _ = load_pipeline(pipeline.encode(), "pipeline.yaml")
    assert loaded is not None
    problems = load_checklist((head + items).encode(), PATH, loaded)[1]
    assert all(each.warning for each in problems)
    return [each.code for each in problems]


def pipeline_codes(text: str) -> list[str]:
    problems = load_pipeline(text.encode(), "pipeline.yaml")[1]
    assert all(each.warning for each in problems)
    return [each.code for each in problems]


def test_a_sound_checklist_warns_of_nothing() -> None:
    assert codes(SIGNED + CHECKED.replace("id: a", "id: b")) == []
    people = roster("alice: security", "bob: security")
    assert codes(SIGNED, into_preprod('separation: {opener: "on", authors: "on"}') + people) == []


def test_one_person_cannot_fill_two_seats_whatever_roles_they_have() -> None:
    assert codes(BOTH, PIPELINE + roster("alice: security operations")) == ["shared-seats"]
    assert codes(BOTH, PIPELINE + roster("alice: security operations", "bob: security")) == []


def test_a_machine_fills_no_seat() -> None:
    assert codes(SIGNED, PIPELINE + roster("bot: security")) == ["empty-seat"]
    assert codes(BOTH, PIPELINE + roster("alice: security operations", "bot: security")) == ["shared-seats"]


@pytest.mark.parametrize("rule", ['{opener: "on"}', '{authors: "on"}', '{opener: "on", authors: "on"}'])
def test_separation_may_leave_nobody_whoever_opens(rule: str) -> None:
    crossed = into_preprod(f"separation: {rule}") + roster(
        "alice: security operations", "bob: security operations"
    )

    assert codes(BOTH, crossed) == ["separation-leaves-nobody"]
    assert codes(BOTH, crossed + roster("carol: security")[8:]) == []


def test_a_machine_may_open_and_writes_no_code() -> None:
    people = roster("alice: security operations", "bob: security operations", "bot: x")

    assert codes(BOTH, into_preprod('separation: {opener: "on"}') + people) == []
    assert codes(BOTH, into_preprod('separation: {authors: "on"}') + people) == ["separation-leaves-nobody"]


def test_who_could_not_open_without_being_missed_is_told_once() -> None:
    two = into_preprod('separation: {opener: "on"}') + roster("alice: security", "bob: security")

    assert codes(SIGNED.replace("roles: [security]", "count: 2"), two) == ["seats-of-opener"]


def test_a_required_item_that_needs_an_advisory_one_is_told() -> None:
    items = SIGNED.replace("title: A", "title: A, needs: [b]") + CHECKED.replace(
        "id: a", "id: b, level: advisory"
    )

    assert codes(items) == ["needs-advisory"]
    assert codes(items.replace(", level: advisory", "")) == []


def test_a_soak_without_a_previous_environment_waits_for_nothing() -> None:
    head = HEAD.replace("items:", "soak: 24h\nitems:")

    assert codes(SIGNED, head=head) == ["idle-soak"]
    assert codes(SIGNED, head=head.replace("soak:", "requires: previous\nsoak:")) == []


def test_an_outcome_that_counts_for_ages_is_told() -> None:
    assert codes(CHECKED.replace("credentials: {}", "credentials: {max_age: 365d}")) == ["ageless-outcomes"]
    assert codes(CHECKED.replace("credentials: {}", "credentials: {max_age: 180d}")) == []
    assert codes(SIGNED, head=HEAD.replace("items:", "defaults: {max_age: 365d}\nitems:")) == []


def test_a_checklist_of_which_every_required_item_may_be_let_be_is_told() -> None:
    waivable = SIGNED.replace(", waivable: false", "")
    inapplicable = CHECKED.replace("id: a", "id: b, may_not_apply: true")

    assert codes(waivable + inapplicable) == ["all-exemptible"]
    assert codes(SIGNED + inapplicable) == []
    assert codes(waivable + inapplicable, PIPELINE + roster("alice: security")) == []
    assert codes(waivable + inapplicable, PIPELINE + roster("alice: security waiver-approver")) == [
        "all-exemptible"
    ]


def test_where_only_machines_runs_count_there_has_to_be_a_machine() -> None:
    only = into_preprod("outcomes: machines")
    assert codes(CHECKED, only + roster("alice: security")) == ["no-machines"]
    assert codes(CHECKED, only + roster("alice: security", "bot: security")) == []
    assert codes(SIGNED, only + roster("alice: security", "bob: security")) == []


def test_a_debt_that_nobody_could_pay_is_told() -> None:
    glass = into_preprod("break_glass: {roles: [security]}")
    assert codes(SIGNED, glass + roster("alice: security")) == ["unpayable-debt"]
    assert codes(SIGNED, glass + roster("alice: security", "bob: operations")) == ["unpayable-debt"]
    assert codes(SIGNED, glass + roster("alice: security", "bob: security")) == []
    people = roster("alice: security", "bob: operations")
    assert codes(CHECKED + "approvals: {roles: [security]}\n", glass + people) == ["unpayable-debt"]


def test_roles_with_a_say_that_nobody_has_are_told() -> None:
    freeze = "freezes: [{id: xmas, from: 2026-12-18 18:00, until: 2027-01-04 08:00, passed_by: [captain]}]"
    powers = into_preprod("break_glass: {roles: [duty]}", freeze)
    waivers = HEAD.replace("items:", "waivers: {roles: [judge]}\nitems:")

    assert pipeline_codes(powers) == []
    assert pipeline_codes(powers + roster("alice: x", "bot: duty captain")) == ["role-of-nobody"] * 2
    assert pipeline_codes(powers + roster("alice: duty captain")) == []
    assert codes(SIGNED, PIPELINE + roster("alice: security"), waivers) == ["role-of-nobody"]
    assert codes(SIGNED, PIPELINE + roster("alice: security judge"), waivers) == []


@pytest.mark.parametrize(
    ("window", "shut"),
    [
        ("{id: over, from: 2024-01-01 08:00, until: 2024-01-01 18:00, mode: allow}", True),
        ("{id: ever, from: 2026-01-01 00:00, until: 2026-01-02 00:00, repeat: FREQ=DAILY}", True),
        ("{id: nights, from: 2026-01-01 18:00, until: 2026-01-02 08:00, repeat: FREQ=DAILY}", False),
        ("{id: ahead, from: 2027-01-01 08:00, until: 2027-01-01 18:00, mode: allow}", False),
    ],
)
def test_freezes_that_leave_no_moment_in_a_year_are_told(tmp_path: Path, window: str, shut: bool) -> None:
    directory = tmp_path / "checklists"
    directory.mkdir()
    (directory / "pipeline.yaml").write_text(into_preprod(f"freezes: [{window}]"), encoding="utf-8")
    (directory / "staging-to-preprod.yaml").write_text(HEAD + SIGNED, encoding="utf-8")

    assert [each.code for each in lint((), tmp_path, now=NOW)] == (["never-thawed"] if shut else [])


def test_approvals_that_nobody_could_give_are_told_of_as_seats_of_items_are() -> None:
    asked = SIGNED + "approvals: {roles: [security, operations]}\n"
    assert codes(asked, PIPELINE + roster("alice: security", "bob: security")) == ["empty-seat"]
    assert codes(asked, PIPELINE + roster("alice: security operations")) == ["shared-seats"]
    assert codes(asked, PIPELINE + roster("alice: security operations", "bob: security")) == []
