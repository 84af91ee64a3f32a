"""The anchor: what this clone remembers of the trail, against rewinding and replacing it.

A forge's administrator can rewrite a branch, and a fresh clone cannot tell. One that has seen the
trail can: its last verified tip must still be in the history, and the beginning must be the same.
"""

import contextlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from promoter.errors import CannotAct, TrailUntrusted
from promoter.frozen import frozen
from promoter.messages import N_, Phrase, phrase
from promoter.trail.repository import reference_of
from promoter.trail.rights import as_the_repository
from promoter.trail.trust import State


@frozen
class Anchor:
    """The last verified tip of a branch, and the commits of the genesis and of the first roster (None
    where the genesis has one, or there is none yet). `path` and `pipeline` are the file that named the
    branch, and the name of the pipeline in it; None where that was never noted."""

    tip: str
    genesis: str | None
    founding: str | None = None
    path: str | None = None
    pipeline: str | None = None


class AnchorUnreadable(CannotAct):
    """What a clone remembers of its trails cannot be read: what it would have told cannot be told."""


class Anchors:
    """The anchors of a repository's trails, in one small file that is replaced whole."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / "anchor"

    def of(self, branch: str) -> Anchor | None:
        """What is remembered of a branch that had a trail; raises AnchorUnreadable."""
        known = self.all().get(branch)
        return None if known is None or known.genesis is None else known

    def all(self) -> Mapping[str, Anchor]:
        """What is remembered of every branch; raises AnchorUnreadable."""
        return {branch: Anchor(**known) for branch, known in self._all().items()}

    def remember(self, branch: str, anchor: Anchor) -> None:
        """Remembers; where the repository cannot be written there is no memory."""
        self._keep(dict(self._all()) | {branch: asdict(anchor)})

    def forget(self, branch: str) -> None:
        """Forgets one branch: its last tip can no longer be had, or another trail was agreed to."""
        self._keep({name: kept for name, kept in self._all().items() if name != branch})

    def _keep(self, anchors: Mapping[str, dict[str, Any]]) -> None:
        import tempfile

        with contextlib.suppress(OSError):
            descriptor, beside = tempfile.mkstemp(dir=self.path.parent, prefix=".anchor-")
            try:
                with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                    json.dump({"version": 1, "branches": anchors}, stream, indent=2, sort_keys=True)
                    stream.flush()
                    os.fsync(stream.fileno())
                Path(beside).chmod(0o644)
                as_the_repository(Path(beside))
                Path(beside).replace(self.path)
            except OSError:
                Path(beside).unlink(missing_ok=True)
                raise

    def _all(self) -> Mapping[str, dict[str, Any]]:
        try:
            kept = json.loads(self.path.read_text(encoding="utf-8"))
            branches = kept["branches"] if kept["version"] == 1 else None
            if not isinstance(branches, dict) or not all(map(_is_anchor, branches.values())):
                raise ValueError(branches)
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except (OSError, ValueError, KeyError, TypeError) as wrong:
            raise AnchorUnreadable(
                phrase(
                    N_("what this clone remembers of the trail cannot be read: {path}"), path=str(self.path)
                ),
                phrase(N_("run 'promoter verify --full'; where it finds nothing else, remove that file")),
            ) from wrong
        return branches


def _is_anchor(value: object) -> bool:
    names = {"tip", "genesis", "founding"}
    return (
        isinstance(value, dict)
        and names <= set(value) <= names | {"path", "pipeline"}
        and isinstance(value["tip"], str)
        and all(each is None or isinstance(each, str) for each in value.values())
    )


def require_descent(
    branch: str, anchor: Anchor, tip: str | None, path: Path, follows: Callable[[str, str], bool]
) -> None:
    """Raises TrailUntrusted when the branch no longer has the last verified tip in its history.

    `follows` says whether the second commit has the first in its history.
    """
    if tip == anchor.tip:
        return
    if tip is None:
        raise TrailUntrusted(
            phrase(N_("the trail's branch {branch} was deleted"), branch=branch),
            _restore(branch, anchor, path),
        )
    if not follows(anchor.tip, tip):
        raise TrailUntrusted(
            phrase(
                N_("the trail was rewritten or cut short: {branch} no longer has {tip}, seen before"),
                branch=branch,
                tip=anchor.tip[:12],
            ),
            _restore(branch, anchor, path),
        )


def require_same_beginning(branch: str, anchor: Anchor, state: State, path: Path) -> None:
    """Raises TrailUntrusted when the trail begins with another genesis, or another first roster."""
    if anchor.genesis is not None and anchor.genesis != state.origin:
        raise TrailUntrusted(
            phrase(N_("the trail on {branch} now begins with another genesis"), branch=branch),
            _restore(branch, anchor, path),
        )
    if anchor.founding is not None and anchor.founding != state.founding:
        raise TrailUntrusted(
            phrase(N_("the first roster of the trail on {branch} is another one now"), branch=branch),
            _restore(branch, anchor, path),
        )


def _restore(branch: str, anchor: Anchor, path: Path) -> Phrase:
    return phrase(
        N_(
            "'promoter doctor --fix' brings it back, as 'git update-ref {reference} {tip}' does; if you know why it "
            "was replaced, remove {path} to trust what is there now"
        ),
        reference=reference_of(branch),
        tip=anchor.tip,
        path=str(path),
    )
