"""What a deployment log says beside what the trail says: what was deployed without a promotion, and what was
promoted and never deployed."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from promoter.frozen import frozen
from promoter.gate.case import release_label
from promoter.messages import N_, Message, Template, message
from promoter.promotion import RunsIn
from promoter.usecases.deployment_log import Deployment, read_deployments
from promoter.usecases.workspace import Workspace

PHRASES: Mapping[str, Template] = {
    "deployed-unpromoted": N_("it was neither promoted nor declared there"),
    "deployed-before-promoted": N_("it was promoted there only later, on {at:time}"),
    "deployed-elsewhere": N_("the pipeline has no such environment"),
    "deployed-ahead": N_("it is dated in the time to come"),
    "runs-otherwise": N_("the trail says that {release} runs there, since {at:time}"),
    "promoted-not-deployed": N_("the log has no deployment of it since it was promoted"),
    "promoted-unbound": N_("it is unbound: there is no commit to look for in the log"),
}
_CLOCKS_DIFFER = timedelta(minutes=5)
_SHORT = 7


@frozen
class Deviation:
    """A deployment that is not as the trail tells, and why not."""

    deployment: Deployment
    why: Message


@frozen
class Undeployed:
    """What was promoted and is not in the log, and why it is not."""

    arrival: RunsIn
    why: Message


@frozen
class Reconciliation:
    """The deployments that no promotion explains, the promotions that were never deployed, the deployments since which
    something else runs than the trail says, how many were read, and the environments that something was promoted into
    and of which the log says nothing, so that nothing can be said of them."""

    deployments: int
    unpromoted: tuple[Deviation, ...]
    undeployed: tuple[Undeployed, ...]
    otherwise: tuple[Deviation, ...]
    silent: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """Whether log and trail tell the same."""
        return not (self.unpromoted or self.undeployed or self.otherwise)


def reconcile(workspace: Workspace, path: Path) -> Reconciliation:
    """Compares a deployment log with the trail.

    What was adopted is explained whenever that was declared. A promotion is looked for in the log where the log
    speaks of its environment, and reaches back that far. Raises ProblemsFound, TrailUntrusted, CannotAct.
    """
    deployments = read_deployments(path)
    reached = workspace.whole_state.reached
    known = {each.name for each in workspace.pipeline_unruled.environments} | set(reached)
    named = {each.environment for each in deployments}
    into = {name for name, arrivals in reached.items() if any(not each.adopted for each in arrivals)}
    return Reconciliation(
        deployments=len(deployments),
        unpromoted=tuple(_unpromoted(deployments, reached, known, workspace.now())),
        undeployed=tuple(_undeployed(deployments, reached)),
        otherwise=tuple(_otherwise(deployments, workspace.whole_state.runs_in)),
        silent=tuple(sorted(into - named)) if deployments else (),
    )


def _unpromoted(
    deployments: Sequence[Deployment],
    reached: Mapping[str, Sequence[RunsIn]],
    known: set[str],
    now: datetime,
) -> Iterator[Deviation]:
    arrived: dict[tuple[str, str], list[RunsIn]] = {}
    for name, arrivals in reached.items():
        for one in arrivals:
            arrived.setdefault((name, (one.release.commit or "")[:_SHORT]), []).append(one)
    for each in deployments:
        if each.environment not in known:
            yield Deviation(each, message("deployed-elsewhere"))
            continue
        if each.at > now + _CLOCKS_DIFFER:
            yield Deviation(each, message("deployed-ahead"))
            continue
        ours = [one for one in arrived.get(_place(each), ()) if _is_of(each, one)]
        why = promoted_later(ours, each.at) if ours else message("deployed-unpromoted")
        if why is not None:
            yield Deviation(each, why)


def promoted_later(arrivals: Sequence[RunsIn], at: datetime) -> Message | None:
    """That what ran somewhere at a moment was promoted there only later; None where it was not, and of what was
    declared."""
    if any(each.adopted or _since(each) <= at + _CLOCKS_DIFFER for each in arrivals):
        return None
    first = min(_since(each) for each in arrivals)
    return message("deployed-before-promoted", at=first.isoformat())


def _undeployed(
    deployments: Sequence[Deployment], reached: Mapping[str, Sequence[RunsIn]]
) -> Iterator[Undeployed]:
    begins = min((each.at for each in deployments), default=None)
    named = {each.environment for each in deployments}
    there: dict[tuple[str, str], list[Deployment]] = {}
    for each in deployments:
        there.setdefault(_place(each), []).append(each)
    for name, arrivals in reached.items():
        if deployments and name not in named:
            continue
        for one in arrivals:
            since = _since(one)
            if one.adopted or (begins is not None and since < begins - _CLOCKS_DIFFER):
                continue
            if one.release.commit is None:
                yield Undeployed(one, message("promoted-unbound"))
            elif not any(
                _is_of(each, one) and since <= each.at + _CLOCKS_DIFFER
                for each in there.get((name, one.release.commit[:_SHORT]), ())
            ):
                yield Undeployed(one, message("promoted-not-deployed"))


def _otherwise(deployments: Sequence[Deployment], runs_in: Mapping[str, RunsIn]) -> Iterator[Deviation]:
    """The last deployment into each environment, where it is of another commit than the trail says runs there by then."""
    last: dict[str, Deployment] = {}
    for each in deployments:
        if each.environment not in last or each.at >= last[each.environment].at:
            last[each.environment] = each
    for name, each in last.items():
        runs = runs_in.get(name)
        since = datetime.fromisoformat(runs.since) if runs is not None else None
        if runs is None or since is None or _is_of(each, runs) or each.at <= since + _CLOCKS_DIFFER:
            continue
        yield Deviation(
            each, message("runs-otherwise", release=release_label(runs.release), at=since.isoformat())
        )


def _place(deployment: Deployment) -> tuple[str, str]:
    """Where it is looked for: abbreviated commits are at least that long."""
    return deployment.environment, deployment.commit[:_SHORT]


def _is_of(deployment: Deployment, arrival: RunsIn) -> bool:
    return (arrival.release.commit or "").startswith(deployment.commit)


def _since(arrival: RunsIn) -> datetime:
    return datetime.fromisoformat(arrival.recorded.entry.at)
