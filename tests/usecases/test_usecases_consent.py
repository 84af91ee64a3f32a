"""Consent in a promotion: what runs, what is recorded, what is remembered."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from promoter.errors import CannotAct, ExitCode, Refused, UsageError
from promoter.gate import Answer
from promoter.messages import message
from promoter.model.consent import Ask
from promoter.model.outcome import Verdict
from promoter.run import Vouched
from promoter.usecases.consent import agree, agreed_to, matching, withdraw
from promoter.usecases.opening import open_promotion
from promoter.usecases.promoting import promote
from promoter.usecases.running import Recording, RunReport, Wishes, run
from promoter.usecases.standing import status
from promoter.usecases.trusting import trusting
from promoter.usecases.voices import sign
from promoter.usecases.vouching import vouched_for
from promoter.usecases.workspace import Workspace
from tests.support.git_repositories import Signer
from tests.support.kinds import ATTEMPTS, Faltering, Promising, Revoking, installed
from tests.support.shop_floor import EVERY_ROLE, at_work, ignore
from tests.support.small_shop import VARIABLES, make_shop

CHECKLIST = """\
checklist: staging-to-preprod
from: staging
to: preprod
requires: none
items:
  - id: token
    title: A token is had
    checks: [revoking: {}]
  - id: service
    title: The service answers
    checks: [faltering: {good_from: 2}]
"""
COMMANDED = CHECKLIST.replace("faltering: {good_from: 2}", "promising: {key: {command: [cat, value]}}")
ABROAD = CHECKLIST.replace(
    "faltering: {good_from: 2}", "promising: {url: 'https://evil.example', key: {variable: SHOP_SECRET}}"
)


@pytest.fixture(autouse=True)
def _kinds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    ATTEMPTS.clear()
    with installed(Promising, Faltering, Revoking, folder=tmp_path_factory.mktemp("kinds")):
        yield


def shop(directory: Path, alice: Signer, checklist: str = CHECKLIST) -> Path:
    made = make_shop(directory, (alice, EVERY_ROLE), checklist=checklist)
    (made / ".env.preprod").touch(mode=0o600)
    (made / ".env.preprod").write_text(VARIABLES)
    (made / "value").write_text("s3cr3t-value\n")
    with at_work(made) as workspace:
        open_promotion(workspace, "staging-to-preprod", "v1", "v1")
    return made


def ran(workspace: Workspace, **wishes: object) -> RunReport:
    return asyncio.run(run(workspace, None, Wishes(**wishes), on_event=ignore))  # type: ignore[arg-type]


def reasons(report: RunReport) -> list[str]:
    return [each.outcome.reason.code for each in report.outcomes]


def entries(workspace: Workspace) -> int:
    return workspace.trail.position().entries


def test_what_changes_the_world_runs_only_once_it_is_agreed_to(tmp_path: Path, alice: Signer) -> None:
    asked: list[str] = []

    def yes(asks: Sequence[Ask]) -> list[str]:
        asked.extend(each.id for each in asks)
        return [each.id for each in asks]

    with at_work(shop(tmp_path / "shop", alice)) as workspace:
        assert reasons(ran(workspace, items=["token"])) == ["has-effects"]
        assert reasons(ran(workspace, items=["token"], agree=yes)) == ["revoking.kept"]
        assert reasons(ran(workspace, items=["token"], consents=frozenset({"revoking@preprod"}))) == [
            "revoking.kept"
        ]
        assert reasons(ran(workspace, items=["token"], consents=frozenset({"revoking@staging"}))) == [
            "has-effects"
        ]
    assert asked == ["revoking@preprod"]


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("revokin@preprod", "revoking@preprod"),
        ("revoking@preprd", "revoking@preprod"),
        ("oatuh@preprod", "oauth@preprod"),
    ],
)
def test_an_effect_that_nothing_has_is_refused_with_the_one_that_was_meant(
    slip: str, meant: str, tmp_path: Path, alice: Signer
) -> None:
    with at_work(shop(tmp_path / "shop", alice)) as workspace, pytest.raises(UsageError) as refused:
        ran(workspace, items=["token"], consents=frozenset({slip}))
    assert refused.value.remedy is not None
    assert refused.value.remedy.parameters == {"name": meant}


def test_what_was_not_agreed_to_is_not_recorded_and_hides_nothing(tmp_path: Path, alice: Signer) -> None:
    with at_work(shop(tmp_path / "shop", alice)) as workspace:
        ran(workspace, items=["token"], consents=frozenset({"revoking@preprod"}))
        before = entries(workspace)
        report = ran(workspace, items=["token"])
        assert (report.recorded, report.exit_code()) == (None, ExitCode.COULD_NOT_TELL)
        assert entries(workspace) == before
        token = status(workspace).decision.item("token")
        assert token is not None
        assert not token.holds


def test_promoting_never_changes_the_world_again(tmp_path: Path, alice: Signer) -> None:
    with at_work(shop(tmp_path / "shop", alice)) as workspace:
        ATTEMPTS.append("x")
        ran(workspace, consents=frozenset({"revoking@preprod"}))
        assert status(workspace).decision.answer is Answer.OPEN
        heard: list[str] = []
        standing = asyncio.run(
            promote(workspace, None, on_event=lambda event: heard.append(type(event).__name__))
        )
        assert standing.decision.answer is Answer.PROMOTED
    assert heard == ["Started", "Finished"]


def test_a_command_is_remembered_on_this_machine_until_it_changes(tmp_path: Path, alice: Signer) -> None:
    with at_work(shop(tmp_path / "shop", alice, COMMANDED)) as workspace:
        assert reasons(ran(workspace, items=["service"])) == ["command-not-agreed-to"]
        there = trusting(workspace, None)
        assert [each.about.parameters["command"] for each in there.asked] == ["cat value"]
        agree(workspace, there.asked)
        assert reasons(ran(workspace, items=["service"])) == ["promising.kept"]
        assert trusting(workspace, None).asked == ()
        (workspace.root / "value").write_text("another\n")
        assert reasons(ran(workspace, items=["service"])) == ["command-not-agreed-to"]
        kept = workspace.repository.common_directory / "promoter" / "agreed.json"
        assert "s3cr3t" not in kept.read_text()


def test_consent_is_withdrawn_by_the_beginning_of_its_id(tmp_path: Path, alice: Signer) -> None:
    with at_work(shop(tmp_path / "shop", alice, COMMANDED)) as workspace:
        agree(workspace, trusting(workspace, None).asked)
        (name,) = agreed_to(workspace)
        assert withdraw(workspace, name.removeprefix("sha256:")[:12]) == name
        assert agreed_to(workspace) == {}
        with pytest.raises(UsageError):
            withdraw(workspace, "sha256:0")


def test_an_effect_is_never_remembered(tmp_path: Path, alice: Signer) -> None:
    with at_work(shop(tmp_path / "shop", alice)) as workspace:
        agree(workspace, [Ask("revoking@preprod", message("ask-command", command="x"), lasting=False)])
        assert agreed_to(workspace) == {}


def test_a_secret_for_a_host_the_work_tree_does_not_name_is_asked_about(
    tmp_path: Path, alice: Signer
) -> None:
    made = shop(tmp_path / "shop", alice, ABROAD)
    with at_work(made) as workspace:
        report = ran(workspace, items=["service"])
        assert reasons(report) == ["secrets-not-agreed-to"]
        assert report.outcomes[0].outcome.reason.parameters["hosts"] == ("https://evil.example:443",)


def test_nothing_is_vouched_for_when_the_pinned_pipeline_goes_another_way(
    tmp_path: Path, alice: Signer
) -> None:
    made = shop(tmp_path / "shop", alice)
    with at_work(made) as workspace:
        pinned = workspace.pipeline
        opened = status(workspace).promotion
        target = pinned.environment("preprod")
        vouched = vouched_for(workspace, opened, pinned, target)
        assert vouched.places == {"https://staging.shop.example:443", "https://preprod.shop.example:443"}
        assert vouched.open_variables == {("preprod", "SHOP_URL")}
    pipeline = made / "checklists" / "pipeline.yaml"
    honest = pipeline.read_text()
    detour = "    network: {connect_to: {'preprod.shop.example:443': '127.0.0.1:1'}}\n    data: real\n"
    pipeline.write_text(honest.replace("    data: real\n", detour))
    with at_work(made) as workspace:
        assert vouched_for(workspace, opened, pinned, target).places == frozenset()
    pipeline.write_text(honest.replace(".env.preprod", ".env.other"))
    with at_work(made) as workspace:
        assert vouched_for(workspace, opened, pinned, target).open_variables == frozenset()
    pipeline.write_text("nonsense: [")
    with at_work(made) as workspace:
        assert vouched_for(workspace, opened, pinned, target) == Vouched()


@pytest.mark.parametrize("content", ["[", "[]", '{"sha256:1": 3}'])
def test_a_record_of_consent_that_cannot_be_read_agrees_to_nothing(
    content: str, tmp_path: Path, alice: Signer
) -> None:
    with at_work(shop(tmp_path / "shop", alice)) as workspace:
        path = workspace.repository.common_directory / "promoter" / "agreed.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)
        with pytest.raises(CannotAct):
            agreed_to(workspace)


def test_an_id_is_found_by_a_beginning_that_only_it_has() -> None:
    ids = ["sha256:aa11", "sha256:aa22", "sha256:bb33"]
    assert matching("bb", ids) == "sha256:bb33"
    assert matching("sha256:aa1", ids) == "sha256:aa11"
    for wanted in ("aa", "", "cc"):
        with pytest.raises(UsageError):
            matching(wanted, ids)


def test_a_run_is_recorded_when_it_brings_news(tmp_path: Path, alice: Signer) -> None:
    with at_work(shop(tmp_path / "shop", alice)) as workspace:
        assert ran(workspace, items=["service"]).recorded is not None
        assert ran(workspace, items=["service"]).outcomes[0].outcome.verdict is Verdict.PASSED
        before = entries(workspace)
        assert ran(workspace, items=["service"]).recorded is None
        assert ran(workspace, items=["service"], recording=Recording.NEVER).recorded is None
        assert entries(workspace) == before
        assert ran(workspace, items=["service"], recording=Recording.ALWAYS).recorded is not None


def test_a_record_past_half_its_age_is_renewed(tmp_path: Path, alice: Signer) -> None:
    made = shop(tmp_path / "shop", alice)
    now = datetime.now(UTC)
    for after, news in ((timedelta(0), True), (timedelta(days=3), False), (timedelta(days=4), True)):
        with at_work(made, at=now + after) as workspace:
            ATTEMPTS.append("x")
            assert (ran(workspace, items=["service"]).recorded is not None) is news


def test_waiting_goes_on_until_all_passes_and_repeats_no_effect(tmp_path: Path, alice: Signer) -> None:
    with at_work(shop(tmp_path / "shop", alice)) as workspace:
        heard: list[str] = []
        report = asyncio.run(
            run(
                workspace,
                None,
                Wishes(wait=30.0, consents=frozenset({"revoking@preprod"})),
                on_event=lambda event: heard.append(getattr(getattr(event, "planned", None), "item", "")),
            )
        )
    assert report.exit_code() is ExitCode.YES
    assert [each for each in heard if each] == ["token", "service", "service"]


def test_waiting_ends_a_pass_that_hangs_and_keeps_what_was_found_before(
    tmp_path: Path, alice: Signer
) -> None:
    checklist = CHECKLIST.replace("good_from: 2", "good_from: 9, hangs_from: 2")
    with at_work(shop(tmp_path / "shop", alice, checklist)) as workspace:
        report = ran(workspace, items=["service"], wait=3.0)
    assert reasons(report) == ["faltering.broken"]
    assert ATTEMPTS == ["x", "x"]


def test_waiting_does_not_wait_for_what_nobody_agreed_to(tmp_path: Path, alice: Signer) -> None:
    with at_work(shop(tmp_path / "shop", alice)) as workspace:
        assert reasons(ran(workspace, items=["token"], wait=600.0)) == ["has-effects"]


def test_only_what_does_not_pass_is_run_again(tmp_path: Path, alice: Signer) -> None:
    with at_work(shop(tmp_path / "shop", alice)) as workspace:
        ran(workspace, consents=frozenset({"revoking@preprod"}))
        report = ran(workspace, unsatisfied=True)
        assert [each.item for each in report.outcomes] == ["service"]
        again = ran(workspace, unsatisfied=True)
        assert (again.outcomes, again.nothing_left, again.exit_code()) == ((), True, ExitCode.YES)


def test_a_warning_fails_a_run_that_says_so(tmp_path: Path, alice: Signer) -> None:
    retrying = CHECKLIST.replace("{good_from: 2}", "{good_from: 2, retries: 1}")
    with at_work(shop(tmp_path / "shop", alice, retrying)) as workspace:
        report = ran(workspace, items=["service"])
    assert report.outcomes[0].outcome.verdict is Verdict.WARNED
    assert (report.exit_code(), report.exit_code(fail_on_warnings=True)) == (ExitCode.YES, ExitCode.NO)


def test_a_checklist_that_only_people_answer_can_be_promoted(tmp_path: Path, alice: Signer) -> None:
    people = "checklist: staging-to-preprod\nfrom: staging\nto: preprod\nrequires: none\nitems:\n  - {id: a, title: A, sign_off: {}}\n"
    with at_work(shop(tmp_path / "shop", alice, people)) as workspace:
        sign(workspace, None, "a")
        standing = asyncio.run(promote(workspace, None, on_event=ignore))
    assert standing.decision.answer is Answer.PROMOTED


def test_what_needs_a_check_that_nobody_agreed_to_keeps_what_was_recorded(
    tmp_path: Path, alice: Signer
) -> None:
    both = "{revoking: {}}, {promising: {needs: [revoking]}}"
    checklist = CHECKLIST.partition("  - id: service")[0].replace("[revoking: {}]", f"[{both}]")
    with at_work(shop(tmp_path / "shop", alice, checklist)) as workspace:
        ran(workspace, consents=frozenset({"revoking@preprod"}))
        before = entries(workspace)
        assert reasons(ran(workspace)) == ["has-effects", "needs-not-met"]
        assert entries(workspace) == before
        assert status(workspace).decision.answer is Answer.OPEN


def test_a_pass_of_a_command_that_has_changed_since_does_not_promote(tmp_path: Path, alice: Signer) -> None:
    commanded = "checklist: staging-to-preprod\nfrom: staging\nto: preprod\nrequires: none\nitems:\n" + (
        "  - {id: service, title: S, checks: [promising: {key: {command: [cat, value]}}]}\n"
    )
    with at_work(shop(tmp_path / "shop", alice, commanded)) as workspace:
        agree(workspace, trusting(workspace, None).asked)
        ran(workspace)
        assert status(workspace).decision.answer is Answer.OPEN
        (workspace.root / "value").write_text("another\n")
        with pytest.raises(Refused):
            asyncio.run(promote(workspace, None, on_event=ignore))
        assert status(workspace).decision.answer is Answer.OPEN
        agree(workspace, trusting(workspace, None).asked)
        assert asyncio.run(promote(workspace, None, on_event=ignore)).decision.answer is Answer.PROMOTED
