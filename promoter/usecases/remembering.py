"""Whether the pipeline still names the trail that this clone knew it by, and agreeing that it is another one now."""

import contextlib
from collections.abc import Mapping
from pathlib import Path

from promoter.checklist.files import read_capped
from promoter.checklist.loading import load_pipeline, load_unruled
from promoter.errors import CannotAct, TrailUntrusted
from promoter.frozen import frozen
from promoter.messages import N_, Phrase, phrase
from promoter.trail.anchor import Anchor, Anchors, AnchorUnreadable
from promoter.trail.command import GitFailed
from promoter.trail.index import directory_of
from promoter.trail.known_branches import NamedBy, left_behind
from promoter.trail.last_change import Changed, last_naming
from promoter.trail.lock import locked
from promoter.trail.repository import Repository


@frozen
class Elsewhere:
    """A pipeline that names another branch for its trail than this clone knew: `known` is that branch, and
    `changed` who made the pipeline's file name the other, None where that was not committed."""

    known: str
    branch: str
    path: str
    memory: str
    changed: Changed | None

    @property
    def parameters(self) -> dict[str, str]:
        """What is said of it."""
        said = {"known": self.known, "branch": self.branch, "path": self.path, "memory": self.memory}
        if self.changed is None:
            return said
        who = {"name": self.changed.name, "email": self.changed.email}
        return {**said, "commit": self.changed.commit[:12], **who}

    @property
    def said(self) -> Phrase:
        """In words."""
        template = (
            N_(
                "the trail of this clone is on {known}, and {path} names {branch} instead since commit {commit}, "
                "by {name} <{email}>"
            )
            if self.changed is not None
            else N_(
                "the trail of this clone is on {known}, and {path} names {branch} instead: that is not committed, or "
                "older than this clone's history"
            )
        )
        return phrase(template, **self.parameters)


@frozen
class Memory:
    """What this clone knows of the trails of a work tree's pipelines. `files` are those of all its pipelines."""

    repository: Repository
    named_by: NamedBy
    branch: str
    files: tuple[Path, ...]

    @property
    def anchors(self) -> Anchors:
        """Where it is kept."""
        return Anchors(directory_of(self.repository))

    def elsewhere(self) -> Elsewhere | None:
        """Which trail another was put in the place of, if any. Raises AnchorUnreadable."""
        known = self._left(self.anchors.all())
        if known is None:
            return None
        path = self.named_by.path
        changed = None
        with contextlib.suppress(CannotAct):
            changed = last_naming(self.repository, path, (self.branch, known))
        return Elsewhere(known, self.branch, path, str(self.anchors.path), changed)

    def require_known(self) -> None:
        """Raises TrailUntrusted when the pipeline names another trail than this clone knew; nothing when that
        cannot be read, which reading the trail then says."""
        found = None
        with contextlib.suppress(AnchorUnreadable):
            found = self.elsewhere()
        if found is None:
            return
        raise TrailUntrusted(
            found.said,
            phrase(
                N_(
                    "ask whoever changed it; if it was not meant, have {path} name {known} again. 'promoter sync "
                    "--adopt' shows whom the trail on {branch} makes you trust, and goes on with it once you agree"
                ),
                **found.parameters,
            ),
        )

    def agree(self, tip: str, genesis: str | None, founding: str | None) -> None:
        """Remembers the trail that the pipeline names now in place of those it had."""
        anchors = self.anchors
        with locked(anchors.path.with_suffix(".lock")):
            agreed = Anchor(tip, genesis, founding, self.named_by.path, self.named_by.pipeline)
            anchors.remember(self.branch, agreed)
            while (left := self._left(anchors.all())) is not None:
                anchors.forget(left)

    def _left(self, known: Mapping[str, Anchor]) -> str | None:
        continued = {name for name in known if name != self.branch and self._goes_on(known[name])}
        rest = {name: anchor for name, anchor in known.items() if name not in continued}
        if not set(rest) - {self.branch}:
            return None
        return left_behind(rest, self.branch, self.named_by, self._others())

    def _goes_on(self, anchor: Anchor) -> bool:
        """Whether it is the same trail, on a branch that was renamed."""
        tip = self.repository.tip(self.branch)
        with contextlib.suppress(GitFailed):
            return tip is not None and self.repository.is_ancestor(anchor.tip, tip)
        return False

    def _others(self) -> dict[str, str]:
        named: dict[str, str] = {}
        root = self.repository.root
        for each in self.files:
            path = str(each.relative_to(root)) if each.is_relative_to(root) else str(each)
            content = read_capped(each, path) if path != self.named_by.path else None
            if isinstance(content, bytes):
                pipeline = load_pipeline(content, path)[0] or load_unruled(content, path)
                named.update({path: pipeline.branch} if pipeline is not None else {})
        return named
