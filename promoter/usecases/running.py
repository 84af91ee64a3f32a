"""Running a promotion's checks, and recording what they came to."""

import asyncio
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import field, replace
from enum import StrEnum
from pathlib import Path

from promoter import __version__
from promoter.errors import ExitCode, UsageError
from promoter.frozen import frozen
from promoter.messages import N_, Message, phrase
from promoter.model.checklist import Checklist, Item
from promoter.model.consent import Ask
from promoter.model.entry import Checked, EntryType, Recorded
from promoter.model.outcome import CheckOutcome, Verdict
from promoter.promotion import Promotion
from promoter.run import Finished, Planned, RunEvent, Surroundings, asks, run_checks
from promoter.run.scrubbing import fitting
from promoter.usecases.consent import agreed_to, require_known
from promoter.usecases.drafting import require_standing, write
from promoter.usecases.identity import identity
from promoter.usecases.news import is_news, observed_anything
from promoter.usecases.pinned import Rules, item_of, rules_of
from promoter.usecases.standing import Standing, chosen_promotion, environment_warnings, standing_of
from promoter.usecases.vouching import vouched_for
from promoter.usecases.workspace import Workspace

WITHIN = 900.0
"""Seconds a run may take that says nothing else."""

_FIRST_PAUSE = 2.0
_LONGEST_PAUSE = 15.0
_LAST_GLANCE = 1.0


class Recording(StrEnum):
    """When a run is recorded: when it brings news (a verdict has changed, or the last record is past half of
    its `max_age`), whatever it brings, or not at all."""

    NEWS = "news"
    ALWAYS = "always"
    NEVER = "never"


@frozen(kw_only=True)
class Wishes:
    """How checks shall be run. `items` by id, all when empty; `checks` for these alone, by item and id, with what
    they need; `unsatisfied` for those alone that do not pass now; `wait` is how many seconds to go on until all
    pass, `within` how many one pass over them may take; a pass after the first ends with the wait. `consents` are ids agreed to for this run; `agree` is
    asked once for what else there is to agree to. `without_effects` leaves out what changes the world."""

    items: Sequence[str] = ()
    checks: frozenset[tuple[str, str]] = frozenset()
    unsatisfied: bool = False
    wait: float | None = None
    within: float = WITHIN
    recording: Recording = Recording.NEWS
    consents: frozenset[str] = frozenset()
    agree: Callable[[Sequence[Ask]], Iterable[str]] = lambda asked: ()
    without_effects: bool = False


@frozen
class RunReport:
    """What a run came to, the last entry it was recorded in (None when there was nothing to record), and
    what should be known of the environment it ran against. `nothing_left` when only what does not pass was
    wanted, and everything passes by what is recorded: then nothing ran, and that is a yes. `withheld` is what
    nobody agreed to."""

    outcomes: tuple[CheckOutcome, ...]
    recorded: Recorded | None
    plan: tuple[Planned, ...] = field(default=(), repr=False)
    warnings: tuple[Message, ...] = ()
    nothing_left: bool = False
    withheld: tuple[Ask, ...] = ()

    def exit_code(self, *, fail_on_warnings: bool = False) -> ExitCode:
        """0 all passed; 1 something failed; 6 something could not be told, or nothing was executed."""
        verdicts = {each.outcome.verdict for each in self.outcomes}
        if Verdict.FAILED in verdicts or (fail_on_warnings and Verdict.WARNED in verdicts):
            return ExitCode.NO
        if self.nothing_left:
            return ExitCode.YES
        if not verdicts or verdicts & {Verdict.ERRORED, Verdict.SKIPPED}:
            return ExitCode.COULD_NOT_TELL
        return ExitCode.YES


async def run(
    workspace: Workspace,
    promotion: str | None,
    wishes: Wishes | None = None,
    *,
    on_event: Callable[[RunEvent], None],
) -> RunReport:
    """Runs the checks of the promotion, and records what is new.

    When it is cancelled, what has finished is recorded first. Raises UsageError for an unknown item or
    when there is nothing to run, Refused, CannotAct.
    """
    wishes = wishes or Wishes()
    chosen = chosen_promotion(workspace, promotion)
    if wishes.recording is not Recording.NEVER:
        require_standing(workspace, identity(workspace))
    rules = rules_of(workspace, chosen)
    plan = _narrowed(planned(rules.checklist, wishes.items), workspace, chosen, wishes)
    if wishes.unsatisfied and not plan:
        return RunReport((), None, nothing_left=True)
    environments = [each.name for each in rules.pipeline.environments]
    require_known(wishes.consents, (each.check.kind for each in plan), environments)
    with surroundings_of(workspace, chosen, rules) as surroundings:
        consents = wishes.consents | agreed_to(workspace).keys()
        asked = asks(plan, replace(surroundings, consents=consents))
        consents |= frozenset(wishes.agree(asked)) if asked else frozenset()
        withheld = tuple(each for each in asked if each.id not in consents)
        surroundings = replace(surroundings, consents=consents)
        rounds = _Rounds(workspace, chosen, plan, surroundings, wishes, on_event)
        await rounds.play()
    warnings = environment_warnings(rules.source, rules.target)
    return RunReport(rounds.outcomes, rounds.recorded, plan, warnings, withheld=withheld)


def prospect(
    workspace: Workspace, promotion: str, wishes: Wishes
) -> tuple[tuple[Planned, ...], tuple[Ask, ...]]:
    """What a run would execute, and what it would ask to agree to first; raises as `run` does."""
    chosen = chosen_promotion(workspace, promotion)
    require_standing(workspace, identity(workspace))
    rules = rules_of(workspace, chosen)
    plan = _narrowed(planned(rules.checklist, wishes.items), workspace, chosen, wishes)
    if not plan:
        raise UsageError(
            phrase(N_("every check passes: there is nothing to run again")),
            phrase(N_("'promoter run' runs them all")),
        )
    with surroundings_of(workspace, chosen, rules) as surroundings:
        return plan, asks(plan, replace(surroundings, consents=wishes.consents | agreed_to(workspace).keys()))


def planned(checklist: Checklist, items: Sequence[str]) -> tuple[Planned, ...]:
    """The checks of the items named, or of all; raises UsageError for an item without any."""
    chosen = [item_of(checklist, each) for each in dict.fromkeys(items)] or list(checklist.items)
    for item in chosen if items else ():
        if not item.checks:
            raise UsageError(
                phrase(N_("{item} has no checks: only people can answer it"), item=item.id),
                phrase(N_("'promoter sign {item}' signs it off"), item=item.id),
            )
    plan = planned_of(chosen)
    if not plan:
        raise UsageError(phrase(N_("the checklist has no checks to run")))
    return plan


def planned_of(items: Iterable[Item]) -> tuple[Planned, ...]:
    """The checks of these items."""
    return tuple(Planned(item.id, item.digest, check, item.title) for item in items for check in item.checks)


@contextmanager
def surroundings_of(workspace: Workspace, promotion: Promotion, rules: Rules) -> Iterator[Surroundings]:
    """What the checks see. Network settings that the pipeline pins count; what the command line adds does
    not, unless this is a demo's trail."""
    runs = workspace.state.runs_in.get(rules.target.name)
    with _pinned_ca(workspace, promotion) as ca_file:
        yield Surroundings(
            root=workspace.root,
            environment=rules.target,
            source=rules.source,
            environments={each.name: each for each in rules.pipeline.environments},
            release=promotion.release,
            replaces=runs.release if runs is not None else None,
            overrides=replace(workspace.settings.overrides, pinned=workspace.state.demo),
            ca_file=ca_file,
            ca_name=promotion.pinned.ca_file.path if promotion.pinned.ca_file is not None else None,
            process_environment=workspace.settings.environ,
            repository=workspace.repository,
            vouched=vouched_for(workspace, promotion, rules.pipeline, rules.target),
            clock=workspace.now,
        )


class _Rounds:
    """One pass over the plan, and when waiting as many more over what does not pass yet."""

    def __init__(
        self,
        workspace: Workspace,
        promotion: Promotion,
        plan: tuple[Planned, ...],
        surroundings: Surroundings,
        wishes: Wishes,
        on_event: Callable[[RunEvent], None],
    ) -> None:
        self._workspace = workspace
        self._promotion = promotion
        self._plan = plan
        self._surroundings = surroundings
        self._wishes = wishes
        self._on_event = on_event
        self._latest: dict[tuple[str, str], CheckOutcome] = {}
        self.recorded: Recorded | None = None

    @property
    def outcomes(self) -> tuple[CheckOutcome, ...]:
        """The latest of each check, in the order of the plan."""
        keys = ((each.item, each.check.id) for each in self._plan)
        return tuple(self._latest[key] for key in keys if key in self._latest)

    async def play(self) -> None:
        clock = asyncio.get_running_loop().time
        ends_at = clock() + (self._wishes.wait or 0.0)
        pause, plan = _FIRST_PAUSE, self._plan
        await self._once(plan, self._wishes.within)
        while True:
            plan = tuple(each for each in self._plan if self._is_worth_another(each))
            left = ends_at - clock()
            if not plan or left <= 0:
                return
            await asyncio.sleep(min(pause, left))
            await self._once(plan, min(self._wishes.within, max(ends_at - clock(), _LAST_GLANCE)))
            pause = min(pause * 1.5, _LONGEST_PAUSE)

    def _is_worth_another(self, planned: Planned) -> bool:
        """Whether waiting may help: not with what nobody agreed to, and what changes the world is done once."""
        done = self._latest[planned.item, planned.check.id].outcome
        return not done.verdict.satisfies and observed_anything(done) and not _changes_the_world(planned)

    async def _once(self, plan: tuple[Planned, ...], within: float) -> None:
        """One pass. What only the end of the wait cuts off tells nothing that was not told before."""
        finished: list[CheckOutcome] = []

        def listen(event: RunEvent) -> None:
            if isinstance(event, Finished):
                if within < self._wishes.within and event.outcome.outcome.reason.code == "run-timed-out":
                    return
                finished.append(event.outcome)
            self._on_event(event)

        try:
            await run_checks(plan, self._surroundings, listen, within=within)
        finally:
            self._latest |= {(each.item, each.check): each for each in finished}
            self._record(plan, finished)

    def _record(self, plan: tuple[Planned, ...], finished: list[CheckOutcome]) -> None:
        order = {(each.item, each.check.id): index for index, each in enumerate(plan)}
        finished.sort(key=lambda each: order[each.item, each.check])
        done = tuple(each for each in finished if observed_anything(each.outcome))
        if not done or self._wishes.recording is Recording.NEVER:
            return
        if self._wishes.recording is Recording.NEWS and not is_news(done, self._standing()):
            return
        content = Checked(fitting(done), __version__)
        self.recorded = write(self._workspace, EntryType.CHECKED, content, promotion=self._promotion)

    def _standing(self) -> Standing:
        fresh = chosen_promotion(self._workspace, self._promotion.id)
        return standing_of(self._workspace, fresh, self._workspace.now())


def _narrowed(
    plan: tuple[Planned, ...], workspace: Workspace, promotion: Promotion, wishes: Wishes
) -> tuple[Planned, ...]:
    if wishes.without_effects:
        plan = tuple(each for each in plan if not _changes_the_world(each))
    if not wishes.unsatisfied and not wishes.checks:
        return plan
    wanted = set(wishes.checks or ((each.item, each.check.id) for each in plan))
    if wishes.unsatisfied:
        items = standing_of(workspace, promotion, workspace.now()).decision.items
        wanted -= {(each.item.id, check.spec.id) for each in items for check in each.checks if check.passes}
    for each in reversed(plan):
        if (each.item, each.check.id) in wanted:
            wanted |= {(each.item, need) for need in each.check.needs}
    return tuple(each for each in plan if (each.item, each.check.id) in wanted)


def _changes_the_world(planned: Planned) -> bool:
    from promoter.checks import registry

    try:
        return registry.kind(planned.check.kind).changes_the_world(planned.check.fields)
    except KeyError:
        return False


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
