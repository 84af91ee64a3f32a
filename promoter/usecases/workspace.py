"""The user's work tree, its pipeline and its trail, opened once for a process."""

from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from promoter.checklist.bases import reading_from
from promoter.checklist.extending import Reader
from promoter.checklist.files import read_capped
from promoter.checklist.loading import load_checklist, load_pipeline, load_unruled
from promoter.errors import PromoterError, UsageError
from promoter.messages import N_, Message, Phrase, phrase
from promoter.model.authors import Authors
from promoter.model.checklist import Checklist
from promoter.model.entry import Pinned
from promoter.model.environment import Pipeline
from promoter.place import Problem, ProblemsFound
from promoter.trail.arrival import require_followed
from promoter.trail.history import Told
from promoter.trail.known_branches import NamedBy
from promoter.trail.repository import Repository
from promoter.trail.trail import Trail
from promoter.trail.writing import guard
from promoter.usecases.remembering import Memory
from promoter.usecases.services import service_directory
from promoter.usecases.settings import Settings
from promoter.usecases.trail_reading import TrailReading

if TYPE_CHECKING:
    from promoter.usecases.delivering import Deliveries

CHECKLISTS = "checklists"
DEFAULT_BRANCH = "promoter/trail"
PIPELINE_FILE = "pipeline.yaml"


class Workspace(TrailReading):
    """A work tree with a pipeline. Everything is read on first use; close it to let go of git.

    `state` is the trail as of its last reading: `refresh` forgets it after something was written.
    """

    def __init__(self, settings: Settings, repository: Repository) -> None:
        super().__init__()
        self.settings = settings
        self.repository = repository
        self.root = repository.root
        self.not_shared: PromoterError | None = None
        """Why the last decision could not be shared at once, where git is configured to."""
        self.deliveries: list[Deliveries] = []
        """The notifications that are under way."""
        self.not_notified: list[Message | Phrase] = []
        """Who could not be told of a decision, and why."""
        self.told: Told = lambda read, of: None
        """Is told how far it is when much of the trail is read for the first time."""
        self.quiet_until = 0.0
        self.authors: dict[tuple[str, str | None], Authors] = {}
        """Who wrote the commits that lead to one and not to another, as git said."""
        self.rules_read: dict[tuple[Pinned, Pinned], tuple[Pipeline, Checklist]] = {}
        """Pinned copies of pipeline and checklist, as they read."""

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """Finds the repository around `-C`. Raises CannotAct when there is none, or git is missing or too old."""
        if not settings.directory.is_dir():
            raise UsageError(
                phrase(N_("{path} is not a directory"), path=str(settings.directory)),
                phrase(N_("give -C the directory of your repository")),
            )
        return cls(settings, Repository.discover(settings.directory))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of git's processes and of the index, once notifications have arrived or failed."""
        self.await_deliveries()
        if "trail" in self.__dict__:
            self.trail.close()
        self.repository.close()

    def await_deliveries(self) -> None:
        """Waits, within their deadline, for the notifications under way; `not_notified` says what became of them."""
        while self.deliveries:
            ended = self.deliveries.pop(0)
            ended.wait()
            self.not_notified += ended.failed

    def at(self, commit: str) -> "Workspace":
        """The same with the trail as it was at one of its commits: only to be read."""
        from promoter.trail.as_of import EarlierTrail

        earlier = Workspace(self.settings, self.repository)
        earlier.authors = self.authors
        earlier.trail = EarlierTrail(self.repository, self.trail.branch, commit)
        return earlier

    def now(self) -> datetime:
        """The present moment, UTC."""
        return self.settings.clock()

    @cached_property
    def pipeline_directory(self) -> Path:
        """The directory that holds `pipeline.yaml`.

        Raises CannotAct when there is none, UsageError when there are several and none is named.
        """
        return service_directory(self.root / CHECKLISTS, PIPELINE_FILE, self.settings.pipeline)

    @cached_property
    def has_pipeline(self) -> bool:
        """Whether the work tree has a pipeline, or several; without one, what is pinned can still be read."""
        top = self.root / CHECKLISTS
        return (top / PIPELINE_FILE).exists() or any(top.glob(f"*/{PIPELINE_FILE}"))

    @property
    def pipeline_path(self) -> Path:
        """The work tree's `pipeline.yaml`; raises what `pipeline_directory` does."""
        return self.pipeline_directory / PIPELINE_FILE

    @cached_property
    def pipeline_bytes(self) -> bytes:
        """The work tree's `pipeline.yaml`; raises ProblemsFound when it cannot be read."""
        return self.read(self.pipeline_path)

    @cached_property
    def pipeline(self) -> Pipeline:
        """The work tree's pipeline; raises ProblemsFound."""
        path = self.pipeline_path
        pipeline, problems = load_pipeline(self.pipeline_bytes, self.relative(path), read=self.bases(path))
        if pipeline is None:
            raise ProblemsFound(_wrong(problems))
        return pipeline

    @cached_property
    def pipeline_unruled(self) -> Pipeline:
        """The same for what asks for no rules: where the policy that it extends cannot be had or is not obeyed, its
        environments demand nothing. Raises ProblemsFound."""
        try:
            return self.pipeline
        except ProblemsFound:
            unruled = load_unruled(self.pipeline_bytes, self.relative(self.pipeline_path))
            if unruled is None:
                raise
            return unruled

    def checklist_path(self, transition: str) -> Path:
        """Where the work tree keeps a transition's checklist; raises UsageError for an unknown one."""
        if transition not in self.pipeline.transitions:
            raise UsageError(
                phrase(N_("there is no transition named {name}"), name=transition),
                phrase(N_("the ones there are: {names}"), names=list(self.pipeline.transitions)),
            )
        return self.pipeline_directory / f"{transition}.yaml"

    def checklist(self, transition: str) -> Checklist:
        """The work tree's checklist of a transition; raises ProblemsFound, UsageError."""
        path = self.checklist_path(transition)
        content, shown = self.read(path), self.relative(path)
        checklist, problems = load_checklist(content, shown, self.pipeline, read=self.bases(path))
        if checklist is None:
            raise ProblemsFound(_wrong(problems))
        return checklist

    def bases(self, path: Path) -> Reader:
        """What reads the files that a checklist or a pipeline extends."""
        return reading_from(path.parent, self.root, self.relative)

    def read(self, path: Path) -> bytes:
        """The bytes of one of the user's files, capped; raises ProblemsFound."""
        content = read_capped(path, self.relative(path))
        if isinstance(content, Problem):
            raise ProblemsFound((content,))
        return content

    def relative(self, path: Path) -> str:
        """A path as the user would write it."""
        return str(path.relative_to(self.root)) if path.is_relative_to(self.root) else str(path)

    @cached_property
    def trail(self) -> Trail:
        """The trail, on the branch the pipeline names, or where there is only a trail, on the usual one.

        Raises TrailUntrusted when this clone knew the pipeline's trail on another branch.
        """
        memory = self.memory
        if memory is None:
            return Trail(self.repository, DEFAULT_BRANCH, self._tell)
        memory.require_known()
        trail = Trail(self.repository, memory.branch, self._tell)
        trail.named_by = memory.named_by
        return trail

    @property
    def memory(self) -> Memory | None:
        """What this clone knows of the trail that the pipeline names; None where there is only a trail.

        Raises what `pipeline` does.
        """
        if not self.has_pipeline and self._has_usual_trail:
            return None
        path = self.relative(self.pipeline_path)
        named_by = NamedBy(path, self.pipeline_unruled.name, chosen=self.settings.pipeline is not None)
        return Memory(self.repository, named_by, self.pipeline_unruled.branch, self.pipeline_files)

    @property
    def _has_usual_trail(self) -> bool:
        """Whether a trail lies where it mostly does, here or on a remote as last fetched."""
        if self.repository.tip(DEFAULT_BRANCH) is not None:
            return True
        return self.repository.run("for-each-ref", f"refs/remotes/*/{DEFAULT_BRANCH}") != b""

    @property
    def pipeline_files(self) -> tuple[Path, ...]:
        """Where the pipelines of the work tree are, or may be."""
        top = self.root / CHECKLISTS
        return (top / PIPELINE_FILE, *sorted(top.glob(f"*/{PIPELINE_FILE}")))

    @property
    def branch(self) -> str:
        """The branch the trail is looked for on, also where this clone knew it on another; raises what
        `pipeline` does."""
        memory = self.memory
        return DEFAULT_BRANCH if memory is None else memory.branch

    def _tell(self, read: int, of: int) -> None:
        self.told(read, of)

    @property
    def fetched_trail(self) -> Trail:
        """The trail, to be read.

        Raises CannotAct when a remote has it and this clone does not yet, TrailUntrusted when this clone had it,
        or when what the remote has cannot be trusted.
        """
        if self.trail.tip is None:
            self.trail.refresh()
            require_followed(self.repository, self.trail.branch, None)
            guard(self.repository, self.trail.branch, starting=True)
        return self.trail


def _wrong(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    return tuple(each for each in problems if not each.warning)
