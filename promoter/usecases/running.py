"""Running a promotion's checks, and recording what they came to."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from promoter import __version__
from promoter.errors import ExitCode, UsageError
from promoter.messages import N_, Message, phrase
from promoter.model.checklist import Checklist
from promoter.model.entry import Checked, EntryType, Recorded
from promoter.model.outcome import CheckOutcome, Verdict
from promoter.promotion import Promotion
from promoter.run import Finished, Planned, RunEvent, Surroundings, run_checks
from promoter.usecases.drafting import require_standing, write
from promoter.usecases.identity import identity
from promoter.usecases.pinned import Rules, item_of, rules_of
from promoter.usecases.standing import chosen_promotion, environment_warnings
from promoter.usecases.workspace import Workspace


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run came to, the entry it was recorded in (None when nothing finished), and what should be
    known of the environment it ran against."""

    outcomes: tuple[CheckOutcome, ...]
    recorded: Recorded | None
    warnings: tuple[Message, ...] = ()

    @property
    def exit_code(self) -> ExitCode:
        """0 all passed; 1 something failed; 6 something could not be told, or nothing was executed."""
        verdicts = {each.outcome.verdict for each in self.outcomes}
        if Verdict.FAILED in verdicts:
            return ExitCode.NO
        if not verdicts or verdicts & {Verdict.ERRORED, Verdict.SKIPPED}:
            return ExitCode.COULD_NOT_TELL
        return ExitCode.YES


async def run(
    workspace: Workspace,
    promotion: str | None,
    items: Sequence[str] = (),
    *,
    on_event: Callable[[RunEvent], None],
) -> RunReport:
    """Runs the checks of the promotion, or of the items named, and records every outcome in one entry.

    When it is cancelled, what has finished is recorded first. Raises UsageError for an unknown item or
    when there is nothing to run, Refused, CannotAct.
    """
    chosen = chosen_promotion(workspace, promotion)
    require_standing(workspace, identity(workspace))
    rules = rules_of(workspace, chosen)
    plan = planned(rules.checklist, items)
    finished: list[CheckOutcome] = []

    def listen(event: RunEvent) -> None:
        if isinstance(event, Finished):
            finished.append(event.outcome)
        on_event(event)

    recorded = None
    try:
        with _surroundings(workspace, chosen, rules) as surroundings:
            outcomes = await run_checks(plan, surroundings, listen)
    finally:
        if finished:
            order = {(each.item, each.check.id): index for index, each in enumerate(plan)}
            done = tuple(sorted(finished, key=lambda each: order[each.item, each.check]))
            recorded = write(workspace, EntryType.CHECKED, Checked(done, __version__), promotion=chosen)
    return RunReport(outcomes, recorded, environment_warnings(rules.source, rules.target))


def planned(checklist: Checklist, items: Sequence[str]) -> tuple[Planned, ...]:
    """The checks of the items named, or of all; raises UsageError for an item without any."""
    chosen = [item_of(checklist, each) for each in dict.fromkeys(items)] or list(checklist.items)
    for item in chosen if items else ():
        if not item.checks:
            raise UsageError(
                phrase(N_("{item} has no checks: only people can answer it"), item=item.id),
                phrase(N_("'promoter sign {item}' signs it off"), item=item.id),
            )
    plan = tuple(Planned(item.id, item.digest, check) for item in chosen for check in item.checks)
    if not plan:
        raise UsageError(phrase(N_("the checklist has no checks to run")))
    return plan


@contextmanager
def _surroundings(workspace: Workspace, promotion: Promotion, rules: Rules) -> Iterator[Surroundings]:
    """What the checks see. Network settings that the pipeline pins count; what the command line adds does
    not, unless this is a demo's trail."""
    with _pinned_ca(workspace, promotion) as ca_file:
        yield Surroundings(
            root=workspace.root,
            environment=rules.target,
            source=rules.source,
            environments={each.name: each for each in rules.pipeline.environments},
            release=promotion.release,
            overrides=replace(workspace.settings.overrides, pinned=workspace.state.demo),
            ca_file=ca_file,
            process_environment=workspace.settings.environ,
            repository=workspace.repository,
            clock=workspace.now,
        )


@contextmanager
def _pinned_ca(workspace: Workspace, promotion: Promotion) -> Iterator[Path | None]:
    """The pinned roots as a file, for as long as the checks need it."""
    pinned = promotion.pinned.ca_file
    if pinned is None:
        yield None
        return
    with tempfile.NamedTemporaryFile(prefix="promoter-ca-", suffix=".pem") as copy:
        copy.write(workspace.trail.blob(pinned.digest))
        copy.flush()
        yield Path(copy.name)
