"""Saying what happened after a promotion was authorised, so that what runs where stays true."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from promoter.errors import Refused, UsageError
from promoter.messages import N_, Message, Template, message, phrase
from promoter.model.entry import Deployed, EntryType, Recorded, RolledBack
from promoter.promotion import Promotion, RunsIn, Stage
from promoter.usecases.attaching import link_given
from promoter.usecases.deciding import promotion_of
from promoter.usecases.drafting import require_standing, write
from promoter.usecases.identity import identity
from promoter.usecases.moments import beginning_given
from promoter.usecases.opening import environment_named, required_reason
from promoter.usecases.reconciling import promoted_later
from promoter.usecases.standing import chosen_promotion
from promoter.usecases.workspace import Workspace

PHRASES: Mapping[str, Template] = {
    "returned-unpromoted": N_(
        "{by} rolled it back from {environment} ({reason}): it goes no further from there until it is promoted there again, "
        "or declared there with promoter adopt {environment}"
    ),
}


def deployed(
    workspace: Workspace,
    environment: str | None = None,
    promotion: str | None = None,
    *,
    at: str | None = None,
    url: str | None = None,
    comment: str = "",
) -> Recorded:
    """Says that what was promoted runs: the promotion that is named, or the one that brought what runs in an
    environment, since a moment (now by default), as `moments.beginning_given` reads it.

    Raises UsageError when it is not clear which, or was not promoted; Refused for what was adopted, CannotAct.
    """
    if environment is not None:
        environment_named(workspace, environment)
    if promotion is not None:
        chosen = chosen_promotion(workspace, promotion, reading=True)
    elif environment is not None:
        chosen = _brought_by(workspace, environment)
    else:
        raise UsageError(
            phrase(N_("nothing is named that was deployed")),
            phrase(N_("name an environment, or a promotion with -p")),
        )
    if environment not in (None, chosen.to_environment):
        raise UsageError(
            phrase(
                N_("{promotion} goes into {environment}"),
                promotion=chosen.id,
                environment=chosen.to_environment,
            )
        )
    if chosen.stage is not Stage.PROMOTED:
        raise UsageError(
            phrase(N_("{promotion} was not promoted, so nothing of it may run"), promotion=chosen.id),
            phrase(N_("'promoter adopt' declares what runs without a promotion")),
        )
    require_standing(workspace, identity(workspace), person=True)
    content = Deployed(_since(workspace, at), comment.strip(), link_given(workspace, url))
    return write(workspace, EntryType.DEPLOYED, content, promotion=chosen)


def doubts(workspace: Workspace, recorded: Recorded) -> Iterator[Message]:
    """Warnings where somebody says that something ran, or was left, before it was promoted, or that what was rolled back
    runs again, which lets it go no further."""
    subject, content = recorded.entry.subject, recorded.entry.content
    if subject is None or not isinstance(content, Deployed | RolledBack):
        return
    there = workspace.whole_state.reached.get(subject.to_environment, ())
    ours = [each for each in there if each.release.is_same_as(subject.release)]
    early = promoted_later(ours, datetime.fromisoformat(content.at)) if ours else None
    if early is not None:
        yield early
    again = content.release if isinstance(content, RolledBack) else subject.release
    back = [each.left for each in there if each.release.is_same_as(again)]
    left = back[-1] if back and None not in back else None
    if left is not None and isinstance(left.entry.content, RolledBack):
        yield message(
            "returned-unpromoted",
            by=left.entry.actor.name,
            environment=subject.to_environment,
            reason=left.entry.content.reason,
        )


def rolled_back(
    workspace: Workspace, environment: str, to: str, reason: str, *, at: str | None = None
) -> Recorded:
    """Says that an earlier release runs in an environment again, since a moment (now by default). `to` is its
    name, or the beginning of its commit.

    Raises UsageError for a release that was never there or runs there already, Refused for what was adopted,
    CannotAct.
    """
    environment_named(workspace, environment)
    leaving = _brought_by(workspace, environment)
    runs = workspace.state.runs_in[environment]
    there = workspace.whole_state.reached.get(environment, ())
    found = [each for each in there if _is_called(each, to)]
    if not found:
        names = list(dict.fromkeys(each.release.name for each in there))[-10:]
        raise UsageError(
            phrase(N_("{release} never got to {environment}"), release=to, environment=environment),
            phrase(N_("the ones that did: {names}"), names=names),
        )
    release = found[-1].release
    if release.is_same_as(runs.release):
        raise UsageError(
            phrase(N_("{release} runs in {environment} already"), release=to, environment=environment)
        )
    require_standing(workspace, identity(workspace), person=True)
    content = RolledBack(release, _since(workspace, at), required_reason(reason))
    return write(workspace, EntryType.ROLLED_BACK, content, promotion=leaving)


def _brought_by(workspace: Workspace, environment: str) -> Promotion:
    """The promotion that brought what runs in an environment, or what was rolled back there last."""
    runs = workspace.state.runs_in.get(environment)
    if runs is None:
        raise UsageError(
            phrase(N_("nothing is known to run in {environment}"), environment=environment),
            phrase(
                N_("promote something there, or declare it with promoter adopt {environment}"),
                environment=environment,
            ),
        )
    subject = runs.recorded.entry.subject
    promotion = promotion_of(workspace, subject.promotion) if subject is not None else None
    if promotion is None:
        raise Refused(
            phrase(N_("what runs in {environment} was declared, not promoted"), environment=environment),
            phrase(
                N_("declare what runs there now with promoter adopt {environment}"), environment=environment
            ),
        )
    return promotion


def _is_called(arrival: RunsIn, words: str) -> bool:
    commit = arrival.release.commit or ""
    return arrival.release.name == words or (len(words) >= _SHORTEST and commit.startswith(words))


def _since(workspace: Workspace, at: str | None) -> str:
    now = workspace.now()
    since = now if at is None else beginning_given(at, now)
    if since > now:
        raise UsageError(phrase(N_("what has happened did not happen later than now")))
    return since.strftime("%Y-%m-%dT%H:%M:%SZ")


_SHORTEST = 7
