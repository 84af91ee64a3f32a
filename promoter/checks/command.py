"""Does a command end as it should?"""

import errno
import os
import shlex
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from promoter.checks import command_rulings, patterns
from promoter.checks.command_output import in_output, lines_of
from promoter.checks.command_results import Before, Expected, look_before, tested
from promoter.checks.declaration import conclude, kind
from promoter.checks.junit_results import Judged
from promoter.messages import N_, Message, Parameter, message
from promoter.model.context import Context, VariableValues
from promoter.model.duration import Duration
from promoter.model.limits import InsideTree, Names, Within
from promoter.model.outcome import Evidence, Outcome, Verdict
from promoter.net.trouble import Trouble, fact
from promoter.redaction import Secret

if TYPE_CHECKING:
    from promoter.process import Ending

_ALWAYS = ("PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR")
_OF_THE_SHELL = {126: "not-executable", 127: "not-found"}
_WHY_NOT_STARTED = {
    "missing": "not-found",
    "executable": "not-executable",
    "interpreter": "interpreter-missing",
    "other": "not-started",
}
_WHY_NOT_EXECUTED = {
    os.strerror(errno.EACCES): "not-marked",
    os.strerror(errno.ENOEXEC): "no-program",
    os.strerror(errno.ENOMEM): "no-memory",
    os.strerror(errno.E2BIG): "too-long",
}


def _relations(written: Mapping[str, Any]) -> Iterator[tuple[str, Message]]:
    run, shell = written.get("run", ()), written.get("shell", False)
    if len(run) == 1 and not shell and len(run[0].split()) > 1:
        yield "run", message("has-blanks")
    if len(run) > 1 and shell:
        yield "run", message("one-text")
    if any("=" in each for each in written.get("environment", ())):
        yield "environment", message("no-name")
    wrong = patterns.mistake_in(written["matches"]) if written.get("matches") else None
    if wrong is not None:
        yield "matches", message("pattern-mistaken", detail=wrong)


def _presences(written: Collection[str]) -> Iterator[tuple[str, Message]]:
    for each in ("must_include", "skipped"):
        if each in written and "junit" not in written:
            yield each, message("needs-junit")
    if "of" in written and "variables" not in written:
        yield "of", message("needs-variables")


@kind(
    "command",
    rulings=command_rulings.RULINGS,
    facts=command_rulings.FACTS,
    example={
        "run": ["npm", "run", "test:integration"],
        "variables": ["PASSEMARCHE_URL", "PASSEMARCHE_CLIENT_ID", "PASSEMARCHE_CLIENT_SECRET"],
        "junit": "reports/**/*.xml",
        "must_include": ["creation_marche", "candidature", "webhook"],
    },
    relations=_relations,
    presences=_presences,
    executes="run",
    timeout=600.0,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command ends as it should: with status 0, unless `status` says otherwise, and within 10 minutes.

    Runs the program with its arguments as they are, no shell between, in the work tree or the `directory`
    of it. A person has to agree to the command first, and again when it or a script it names changes. It
    has nothing to read, and of the environment only PATH, HOME, the language, the time zone, what
    `environment` names, and the `variables` of the environment being promoted to, or of another (`of`).
    When it ends, whatever it left running in its process group is ended; at the deadline it is asked to
    end (SIGTERM), then made to (SIGKILL).

    Texts are looked for in all it prints, a pattern in the first and the last 128 KiB, which are all that
    is kept. Of that the last lines are shown: without secrets, and without values of 8 characters or more
    that `environment` passes on. Where the data is real no output is shown.

    With `junit`, the command must have written JUnit XML there, which is judged as the kind `junit` does: at
    least one test ran, none failed, what became of each is known, and of each name in `must_include` at
    least one was executed. The results must be of this run, by when the files were written and by the
    timestamps in them, and from after the commit of the release; results of an earlier run that were kept
    or copied fail, as far as their timestamps tell.
    """

    run: Annotated[tuple[str, ...], N_("The program and its arguments; with `shell`, one text")]
    shell: Annotated[bool, N_("Whether `run` is a text for /bin/sh")] = False
    directory: Annotated[
        str | None, InsideTree(), N_("The directory to run it in, from the root of the work tree")
    ] = None
    environment: Annotated[
        tuple[str, ...], N_("Variables of promoter's own environment to pass on, by name")
    ] = ()
    variables: Annotated[
        tuple[str, ...], Names.VARIABLE, N_("Variables of the promoted-to environment to pass on, by name")
    ] = ()
    of: Annotated[str | None, Names.ENVIRONMENT, N_("Another environment whose variables they are")] = None
    status: Annotated[tuple[int, ...], Within(0, 255), N_("The exit status or statuses to accept")] = (0,)
    contains: Annotated[tuple[str, ...], N_("Texts that the output must contain")] = ()
    lacks: Annotated[tuple[str, ...], N_("Texts that the output must not contain")] = ()
    matches: Annotated[str | None, N_("A regular expression that must be found in the output")] = None
    junit: Annotated[
        tuple[str, ...], InsideTree(), N_("The JUnit XML that the command writes; `*` and `**` may be used")
    ] = ()
    must_include: Annotated[
        tuple[str, ...], N_("Names that suites, classes, files or tests must bear, and be executed")
    ] = ()
    skipped: Annotated[
        int | None, Within(0, 100_000), N_("How many tests may be skipped; any number by default")
    ] = None
    timeout: Annotated[Duration | None, N_("How long the whole check may take; 10 minutes by default")] = None

    async def observe(self, context: Context) -> Outcome:
        """Runs the command once and judges how it ended, what it printed and what it wrote."""
        seen: list[Evidence] = []
        try:
            code, said = await self._run(context, seen)
        except Trouble as trouble:
            code, said = trouble.code, trouble.parameters
        return conclude(self, code, (*seen, self._by_hand()), **said)

    async def _run(self, context: Context, seen: list[Evidence]) -> tuple[str, Mapping[str, Parameter]]:
        import asyncio

        from promoter import process

        for field, why in _relations({"run": self.run, "shell": self.shell, "matches": self.matches}):
            raise Trouble("not-usable", field=field, why=why)
        passed_on = self._environment(context)
        seen.append(fact("passed-on", observed=sorted(passed_on)))
        invocation = process.Invocation(
            arguments=("/bin/sh", "-c", self.run[0]) if self.shell else self.run,
            directory=self._directory(context),
            environment=passed_on,
            sought=[each.encode("utf-8", "surrogateescape") for each in (*self.contains, *self.lacks)],
        )
        before = await asyncio.to_thread(look_before, self.junit, context.root)
        context.journal.doing = message("command.running", program=self._program)
        try:
            ending = await process.run(invocation, context.deadline)
        except process.NotStarted as error:
            code = _WHY_NOT_STARTED[error.why]
            known = _WHY_NOT_EXECUTED.get(error.detail)
            said: Parameter = message(known) if known is not None else error.detail
            raise Trouble(code, program=self._program, detail=said) from None
        seen += self._of_ending(ending)
        seen += lines_of(ending.output, self._masked(context), context)
        self._hold_to_an_end(ending)
        judged = await self._tested(before, context, seen)
        self._hold_to_status(ending)
        await in_output(ending.output, self.contains, self.lacks, self.matches, context.deadline, seen)
        if isinstance(judged, Trouble):
            raise judged
        if judged is None:
            return "succeeded", {"program": self._program, "took": ending.took_s}
        if judged.warning is not None:
            raise judged.warning
        return "tests-passed", {"count": judged.ran, "skipped": judged.skipped, "took": ending.took_s}

    @property
    def _program(self) -> str:
        return self.run[0] if len(self.run[0]) <= 100 else f"{self.run[0][:99]}…"

    def _environment(self, context: Context) -> dict[str, str]:
        """All the environment the command has. Raises Trouble when what is named is not set."""
        process = context.process_environment
        unset = [each for each in self.environment if each not in process]
        if unset:
            raise Trouble("environment-not-set", names=unset)
        named = self.of or context.environment.name
        found = context.variables.get(named, VariableValues(source=None, values={}))
        unset = [each for each in self.variables if each not in found.values]
        if unset:
            raise Trouble("variables-not-set", names=unset, environment=named)
        passed_on = {each: process[each] for each in (*_ALWAYS, *self.environment) if each in process}
        values = {each: found.values[each] for each in self.variables}
        return passed_on | {
            name: value.reveal() if isinstance(value, Secret) else value for name, value in values.items()
        }

    def _masked(self, context: Context) -> list[Secret]:
        """What a person had to name: tokens come by these ways, and words such as `test`, which are too short."""
        return [Secret(context.process_environment[each]) for each in self.environment if each not in _ALWAYS]

    def _directory(self, context: Context) -> Path:
        root = context.root.resolve()
        try:
            directory = (root / (self.directory or "")).resolve()
            usable = directory.is_relative_to(root) and directory.is_dir()
        except (OSError, RuntimeError, ValueError):
            usable, directory = False, root
        if not usable:
            raise Trouble("directory-unusable", directory=self.directory)
        return directory

    def _hold_to_an_end(self, ending: "Ending") -> None:
        if ending.stopped:
            raise Trouble("stopped", program=self._program, took=ending.took_s)
        if ending.status is None:
            raise Trouble("killed", program=self._program, signal=ending.signal, took=ending.took_s)

    def _hold_to_status(self, ending: "Ending") -> None:
        if ending.status in self.status:
            return
        if self.shell and ending.status in _OF_THE_SHELL:
            detail = message("status-of-the-shell", status=ending.status)
            raise Trouble(_OF_THE_SHELL[ending.status], program=self._program, detail=detail)
        raise Trouble("wrong-status", program=self._program, status=ending.status, expected=self.status)

    async def _tested(
        self, before: Before, context: Context, seen: list[Evidence]
    ) -> Judged | Trouble | None:
        """What the results come to. A test that failed says more than the status; all else comes after it."""
        if not self.junit:
            return None
        try:
            return await tested(Expected(self.junit, self.must_include, self.skipped), before, context, seen)
        except Trouble as trouble:
            if trouble.code in ("tests-failed", "counted-failures"):
                raise
            return trouble

    def _of_ending(self, ending: "Ending") -> Iterator[Evidence]:
        observed: Parameter = ending.status
        if ending.status is None:
            stopped = message("none-at-the-deadline")
            observed = stopped if ending.stopped else message("signal", name=ending.signal)
        right = ending.status in self.status
        yield fact("status", self.status, observed, Verdict.PASSED if right else Verdict.FAILED)
        yield fact("time", observed=message("seconds", seconds=ending.took_s))

    def _by_hand(self) -> Evidence:
        line = self.run[0] if self.shell else shlex.join(self.run)
        return fact(
            "by-hand", observed=f"(cd {shlex.quote(self.directory)} && {line})" if self.directory else line
        )
