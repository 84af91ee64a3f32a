"""The copies of pipeline, checklist and template that a promotion pinned in the trail when it opened."""

import hashlib
from dataclasses import replace

from promoter.checklist.loading import load_checklist, load_pipeline, pipeline_written_out, written_out
from promoter.errors import TrailUntrusted, UsageError
from promoter.frozen import frozen
from promoter.messages import N_, phrase
from promoter.model.checklist import Checklist, Item
from promoter.model.entry import Opened, Pinned
from promoter.model.environment import Environment, Pipeline
from promoter.place import ProblemsFound
from promoter.promotion import Promotion
from promoter.usecases.workspace import Workspace


@frozen
class Rules:
    """What a promotion is judged by: its pipeline and checklist, as pinned."""

    pipeline: Pipeline
    checklist: Checklist

    @property
    def target(self) -> Environment:
        """The environment the release goes into."""
        return self.pipeline.environment(self.checklist.to_environment)

    @property
    def source(self) -> Environment:
        """The environment the release comes from."""
        return self.pipeline.environment(self.checklist.from_environment)

    def item(self, item_id: str) -> Item:
        """The item with this id; raises UsageError listing the ones there are."""
        return item_of(self.checklist, item_id)


def item_of(checklist: Checklist, item_id: str) -> Item:
    """An item of a checklist; raises UsageError listing the ones there are."""
    found = checklist.item(item_id)
    if found is None:
        raise UsageError(
            phrase(N_("the checklist has no item {item}"), item=item_id),
            phrase(N_("the ones there are: {names}"), names=[each.id for each in checklist.items]),
        )
    return found


def digest_of(content: bytes) -> str:
    """The name of a blob on the trail: `sha256:` and the hex digest of its bytes."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


def checklist_to_pin(workspace: Workspace, transition: str) -> bytes:
    """What stands for the work tree's checklist by itself: with what it extends in it. Raises ProblemsFound,
    UsageError."""
    path = workspace.checklist_path(transition)
    return written_out(workspace.read(path), workspace.relative(path), workspace.bases(path))


def pipeline_to_pin(workspace: Workspace) -> bytes:
    """What stands for the work tree's pipeline by itself: with the policy that it extends in it. Raises ProblemsFound,
    CannotAct."""
    path = workspace.pipeline_path
    return pipeline_written_out(workspace.pipeline_bytes, workspace.relative(path), workspace.bases(path))


def rules_of(workspace: Workspace, promotion: Promotion) -> Rules:
    """The pinned pipeline and checklist, read from the trail alone and without loading any check kind.

    Raises TrailUntrusted when a pinned copy does not load: it did when it was pinned.
    """
    return pinned_rules(workspace, promotion.pinned)


def with_relooked(workspace: Workspace, promotion: Promotion) -> Promotion:
    """A promotion with what its checks looked at otherwise before its rules were amended; raises what `rules_of` does."""
    if not any(each.rules and each.content.rules is not None for each in promotion.amendments):
        return promotion
    from promoter.usecases.relooking import relooked

    return replace(promotion, relooked=relooked(workspace, promotion))


def pinned_rules(workspace: Workspace, pinned: Opened) -> Rules:
    """The same, of what was pinned; raises what `rules_of` does."""
    named = (pinned.pipeline, pinned.checklist)
    if named not in workspace.rules_read:
        rules = _read(workspace, pinned)
        workspace.rules_read[named] = rules.pipeline, rules.checklist
    return Rules(*workspace.rules_read[named])


def _read(workspace: Workspace, pinned: Opened) -> Rules:
    if workspace.has_pipeline and pinned.pipeline.digest == digest_of(pipeline_to_pin(workspace)):
        pipeline = workspace.pipeline
    else:
        loaded, problems = load_pipeline(
            workspace.trail.blob(pinned.pipeline.digest), pinned.pipeline.path, pinned=True
        )
        if loaded is None:
            raise _damaged(pinned.pipeline) from ProblemsFound(problems)
        pipeline = loaded
    content = workspace.trail.blob(pinned.checklist.digest)
    checklist, problems = load_checklist(content, pinned.checklist.path, pipeline, pinned=True)
    if checklist is None:
        raise _damaged(pinned.checklist) from ProblemsFound(problems)
    return Rules(pipeline, checklist)


def _damaged(pinned: Pinned) -> TrailUntrusted:
    return TrailUntrusted(
        phrase(N_("the copy of {path} pinned in the trail does not load"), path=pinned.path),
        phrase(N_("'promoter verify --full' says what happened to the trail")),
    )
