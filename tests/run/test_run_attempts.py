"""Needs, retries and the deadline of the whole run."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from promoter.messages import Language
from promoter.model.checklist import CheckSpec
from promoter.model.outcome import CheckOutcome, Verdict
from promoter.place import Place
from promoter.run import Finished, Planned, RunEvent, Started, Surroundings, run_checks
from promoter.usecases.language import phrasebook
from tests.support.kinds import ATTEMPTS, Faltering, Promising, installed
from tests.support.tls_servers import serving, silence


@pytest.fixture(autouse=True)
def _kinds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    ATTEMPTS.clear()
    with installed(Promising, Faltering, folder=tmp_path_factory.mktemp("kinds")):
        yield


def check(
    check_id: str,
    kind: str,
    *,
    needs: tuple[str, ...] = (),
    retries: int = 0,
    item: str = "item",
    **fields: object,
) -> Planned:
    return Planned(item, "sha256:0", CheckSpec(check_id, kind, fields, Place("c.yaml"), None, needs, retries))


def run(root: Path, *plan: Planned, limit: int = 64, within: float | None = None) -> tuple[CheckOutcome, ...]:
    return asyncio.run(
        run_checks(plan, Surroundings(root=root), lambda event: None, limit=limit, within=within)
    )


def test_a_check_whose_need_failed_is_skipped_and_says_which(tmp_path: Path) -> None:
    failing = check("first", "faltering", good_from=9)
    _, second, third = run(
        tmp_path,
        failing,
        check("second", "promising", needs=("first",)),
        check("third", "promising", needs=("second",)),
    )
    assert (second.outcome.verdict, second.outcome.reason.code) == (Verdict.SKIPPED, "needs-not-met")
    assert second.outcome.reason.parameters["needs"] == ("first",)
    assert third.outcome.reason.parameters["needs"] == ("second",)


def test_a_check_whose_needs_passed_runs_after_them_even_one_at_a_time(tmp_path: Path) -> None:
    events: list[str] = []

    def listen(event: RunEvent) -> None:
        if isinstance(event, Finished):
            events.append(f"-{event.outcome.check}")
        elif isinstance(event, Started):
            events.append(f"+{event.planned.check.id}")

    plan = [check("first", "promising"), check("second", "promising", needs=("first",))]
    asyncio.run(run_checks(plan, Surroundings(root=tmp_path), listen, limit=1))
    assert events == ["+first", "-first", "+second", "-second"]


def test_a_need_that_is_not_part_of_the_run_or_comes_later_holds_nothing(tmp_path: Path) -> None:
    outcomes = run(
        tmp_path, check("a", "promising", needs=("b", "elsewhere")), check("b", "promising", needs=("a",))
    )
    assert [each.outcome.verdict for each in outcomes] == [Verdict.PASSED, Verdict.PASSED]


def test_the_need_of_another_item_is_another_check(tmp_path: Path) -> None:
    outcomes = run(
        tmp_path,
        check("first", "faltering", good_from=9, item="one"),
        check("second", "promising", needs=("first",), item="other"),
    )
    assert outcomes[1].outcome.verdict is Verdict.PASSED


def test_a_pass_that_needed_a_retry_is_a_warning_that_shows_the_attempts(tmp_path: Path) -> None:
    (done,) = run(tmp_path, check("it", "faltering", good_from=2, retries=3))
    assert done.outcome.verdict is Verdict.WARNED
    assert Language(phrasebook=phrasebook).say(done.outcome.reason) == "kept, at the second attempt"
    assert len(ATTEMPTS) == 2
    first = done.outcome.evidence[0]
    assert (first.fact.code, first.verdict) == ("attempt-number", Verdict.FAILED)


def test_a_check_that_never_passes_fails_after_all_its_attempts(tmp_path: Path) -> None:
    (done,) = run(tmp_path, check("it", "faltering", good_from=9, retries=1))
    assert (done.outcome.verdict, done.outcome.reason.code) == (Verdict.FAILED, "faltering.broken")
    assert len(ATTEMPTS) == 2
    assert len(done.outcome.evidence) == 1


def test_nothing_is_tried_again_unless_asked(tmp_path: Path) -> None:
    run(tmp_path, check("it", "faltering", good_from=2))
    assert len(ATTEMPTS) == 1


async def test_what_the_run_has_no_time_for_is_could_not_tell(tmp_path: Path) -> None:
    async with serving(silence) as port:
        plan = [check(f"c{each}", "https", url=f"https://localhost:{port}") for each in range(3)]
        outcomes = await run_checks(
            plan, Surroundings(root=tmp_path), lambda event: None, limit=1, within=0.3
        )
    assert [each.outcome.reason.code for each in outcomes] == ["run-timed-out"] * 3
    assert {each.outcome.verdict for each in outcomes} == {Verdict.ERRORED}
