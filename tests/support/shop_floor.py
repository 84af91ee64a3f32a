"""A shop opened as a workspace, whose verbs are called as the faces call them."""

import asyncio
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from promoter.model.overrides import Overrides
from promoter.run import RunEvent
from promoter.usecases.running import RunReport, Wishes, run
from promoter.usecases.settings import Settings, utc_now
from promoter.usecases.workspace import Workspace
from tests.support.git_repositories import Signer
from tests.support.small_shop import VARIABLES, make_shop

EVERY_ROLE = ("roster-admin", "operations", "security")


def shop(directory: Path, *people: Signer) -> Path:
    """A shop whose people have every role, with the variables of preprod in place."""
    made = make_shop(directory, *((person, EVERY_ROLE) for person in people))
    (made / ".env.preprod").touch(mode=0o600)
    (made / ".env.preprod").write_text(VARIABLES, encoding="utf-8")
    return made


@contextmanager
def at_work(
    directory: Path, *, overrides: Overrides | None = None, at: datetime | None = None
) -> Iterator[Workspace]:
    """A workspace on the shop, optionally at another moment or with network overrides."""
    settings = Settings(
        directory,
        overrides=overrides or Overrides(),
        environ=os.environ,
        clock=(lambda: at) if at else utc_now,
    )
    with Workspace.open(settings) as workspace:
        yield workspace


def run_all(workspace: Workspace, items: Sequence[str] = ()) -> RunReport:
    """Runs the checks and waits for them."""
    return asyncio.run(run(workspace, None, Wishes(items=items), on_event=ignore))


def ignore(event: RunEvent) -> None:
    """Shows nothing."""
