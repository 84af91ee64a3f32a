import asyncio
import ssl
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from promoter.messages import message_from_json, message_to_json
from promoter.model.checklist import CheckSpec
from promoter.model.environment import DotenvSource, Environment, VariableRule, Variables
from promoter.model.outcome import CheckOutcome, Outcome, Verdict
from promoter.model.overrides import Overrides
from promoter.model.reference import Fact, FileContent, ProcessVariable, Value, Variable
from promoter.place import Place
from promoter.run import Finished, Planned, RunEvent, Started, Surroundings, run_checks, try_check
from tests.support.checks import environment, words
from tests.support.kinds import Misbehaving, installed
from tests.support.tls_servers import OK, Wanted, answering, make, server_side, serving, silence

ROOT = make(Wanted(name="Trusted Root", authority=True))
LEAF = make(Wanted(), ROOT)
SECRET = "correct-horse-battery-staple"


@pytest.fixture
def settings(tmp_path: Path) -> ssl.SSLContext:
    (tmp_path / "root.pem").write_bytes(ROOT.pem)
    return server_side(LEAF, tmp_path)


def planned(item: str, kind: str = "https", **fields: Value) -> Planned:
    return Planned(item, f"sha256:{item}", CheckSpec(f"{item}-check", kind, fields, Place("c.yaml", 1, 1)))


def ignore(event: RunEvent) -> None:
    pass


async def one(surroundings: Surroundings, kind: str, fields: Mapping[str, Value]) -> Outcome:
    return await try_check(kind, fields, surroundings)


async def test_outcomes_come_in_the_order_of_the_plan_and_events_as_they_happen(
    tmp_path: Path, settings: ssl.SSLContext
) -> None:
    events: list[RunEvent] = []
    surroundings = Surroundings(root=tmp_path, clock=lambda: datetime(2026, 11, 22, 9, 30, tzinfo=UTC))
    async with serving(OK, settings) as port, serving(silence, settings) as slow:
        fields = {"ca_file": "root.pem"}
        plan = [
            planned("slow", url=f"https://localhost:{slow}", timeout="300ms", **fields),
            planned("quick", url=f"https://localhost:{port}", **fields),
        ]
        outcomes = await run_checks(plan, surroundings, events.append)
    assert [each.item for each in outcomes] == ["slow", "quick"]
    assert [each.outcome.verdict for each in outcomes] == [Verdict.ERRORED, Verdict.PASSED]
    assert events[:2] == [Started(plan[0]), Started(plan[1])]
    assert events[2:] == [Finished(outcomes[1]), Finished(outcomes[0])]
    quick = outcomes[1]
    assert quick == CheckOutcome(
        "quick", "sha256:quick", "quick-check", "https", "2026-11-22T09:30:00Z", quick.outcome
    )
    assert 0 < quick.outcome.took_s < 1


async def test_a_time_out_is_could_not_tell_and_says_what_was_going_on(
    tmp_path: Path, settings: ssl.SSLContext
) -> None:
    async with serving(silence, settings) as port:
        fields = {"url": f"https://localhost:{port}", "ca_file": "root.pem", "timeout": "200ms"}
        outcome = await one(Surroundings(root=tmp_path), "https", fields)
    assert outcome.verdict is Verdict.ERRORED
    assert outcome.reason.code == "timed-out"
    said = f"no answer after 200 ms, while waiting for the answer of 127.0.0.1:{port}"
    assert words(outcome.reason) == said
    assert 0.2 <= outcome.took_s < 0.6


async def test_no_more_checks_run_at_once_than_allowed(tmp_path: Path) -> None:
    most = 0
    going_on: set[str] = set()

    def listen(event: RunEvent) -> None:
        nonlocal most
        if isinstance(event, Started):
            going_on.add(event.planned.item)
        else:
            going_on.discard(event.outcome.item)
        most = max(most, len(going_on))

    async with serving(silence) as port:
        fields = {"url": f"https://127.0.0.1:{port}", "timeout": "50ms"}
        plan = [planned(str(number), **fields) for number in range(9)]
        await run_checks(plan, Surroundings(root=tmp_path), listen, limit=3)
    assert most == 3


async def test_cancelling_leaves_what_has_finished_and_stops_the_rest(
    tmp_path: Path, settings: ssl.SSLContext
) -> None:
    finished: list[str] = []
    done = asyncio.Event()

    def listen(event: RunEvent) -> None:
        if isinstance(event, Finished):
            finished.append(event.outcome.item)
            done.set()

    async with serving(OK, settings) as port, serving(silence, settings) as slow:
        plan = [
            planned("slow", url=f"https://localhost:{slow}", ca_file="root.pem"),
            planned("quick", url=f"https://localhost:{port}", ca_file="root.pem"),
        ]
        running = asyncio.ensure_future(run_checks(plan, Surroundings(root=tmp_path), listen))
        await done.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    assert finished == ["quick"]
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_bug_of_a_listener_is_a_bug_and_stops_the_rest(tmp_path: Path) -> None:
    def broken(event: RunEvent) -> None:
        if isinstance(event, Finished):
            raise RuntimeError("broken")

    async with serving(silence) as slow:
        plan = [planned("refused", url="https://127.0.0.1:1"), planned("x", url=f"https://127.0.0.1:{slow}")]
        with pytest.raises(RuntimeError, match="broken"):
            async with asyncio.timeout(2):
                await run_checks(plan, Surroundings(root=tmp_path), broken)


NOT_BUILT: dict[str, tuple[str, Mapping[str, Value], str]] = {
    "unknown kind": ("moon", {}, "kind-unknown"),
    "unknown field": ("https", {"url": "https://a.example", "moon": 1}, "field-unknown"),
    "missing field": ("https", {}, "field-missing"),
    "mistaken field": ("https", {"url": "nonsense"}, "field-mistaken"),
    "number out of range": ("https", {"url": "https://a.example", "redirects": -1}, "field-mistaken"),
    "plain http written out": ("https", {"url": "http://a.example"}, "field-mistaken"),
    "fields at odds": (
        "certificate",
        {"url": "https://a.example", "min_days": 40, "warn_days": 30},
        "field-mistaken",
    ),
    "unknown fact": ("https", {"url": Fact("urls.moon")}, "fact-unknown"),
    "circular fact": ("https", {"url": Fact("urls.round")}, "fact-unknown"),
    "variable not set": ("https", {"url": Variable("MOON")}, "variable-not-known"),
    "variable that is no URL": ("https", {"url": Variable("SERVICE_ID")}, "field-mistaken"),
    "secret variable": ("https", {"url": Variable("SERVICE_SECRET")}, "secret-in-the-open"),
    "environment variable": ("https", {"url": ProcessVariable("MOON")}, "environment-variable-not-set"),
    "environment variable in the open": ("https", {"url": ProcessVariable("URL")}, "secret-in-the-open"),
    "file that is not there": ("https", {"url": FileContent("moon")}, "file-not-usable"),
    "file elsewhere": ("https", {"url": FileContent("/etc/hostname")}, "file-not-usable"),
    "file in the open": ("https", {"url": FileContent("root.pem")}, "secret-in-the-open"),
}


def preprod(**urls: Value) -> Environment:
    rules = (
        VariableRule("SERVICE_ID"),
        VariableRule("SERVICE_URL"),
        VariableRule("SERVICE_SECRET", secret=True),
    )
    return environment(urls=urls, variables=Variables((DotenvSource(".env"),), rules))


@pytest.mark.parametrize(("kind", "fields", "reason"), NOT_BUILT.values(), ids=NOT_BUILT.keys())
async def test_a_check_that_cannot_be_built_is_could_not_tell(
    tmp_path: Path, settings: ssl.SSLContext, kind: str, fields: Mapping[str, Value], reason: str
) -> None:
    (tmp_path / ".env").write_text(f"SERVICE_ID=not a url\nSERVICE_SECRET={SECRET}\n")
    surroundings = Surroundings(
        root=tmp_path,
        environment=preprod(round=Fact("urls.round")),
        process_environment={"URL": "https://a.example"},
    )
    outcome = await one(surroundings, kind, fields)
    assert (outcome.verdict, outcome.reason.code) == (Verdict.ERRORED, reason)
    assert words(outcome.reason) != outcome.reason.code
    assert not (tmp_path / "ran").exists()


async def test_references_are_looked_up_in_the_environment_they_are_of(
    tmp_path: Path, settings: ssl.SSLContext
) -> None:
    async with serving(OK, settings) as port:
        (tmp_path / ".env").write_text(f"SERVICE_URL=https://localhost:{port}\n")
        staging = environment("staging", urls={"app": Variable("SERVICE_URL")}, variables=preprod().variables)
        target = environment("preprod", urls={"app": "https://localhost:1"})
        surroundings = Surroundings(
            root=tmp_path, environment=target, source=staging, environments={"staging": staging}
        )
        for path, verdict in (("staging.urls.app", Verdict.PASSED), ("urls.app", Verdict.FAILED)):
            fields = {"url": Fact(path), "ca_file": "root.pem"}
            assert (await one(surroundings, "https", fields)).verdict is verdict


async def test_a_source_of_variables_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").mkdir()
    surroundings = Surroundings(root=tmp_path, environment=preprod(app=Variable("SERVICE_URL")))
    outcome = await one(surroundings, "https", {"url": Fact("urls.app")})
    said = "the variable SERVICE_URL of preprod cannot be had: it is not a regular file"
    assert words(outcome.reason) == said


async def test_secrets_are_scrubbed_from_whatever_a_server_says(
    tmp_path: Path, settings: ssl.SSLContext
) -> None:
    (tmp_path / ".env").write_text(f"SERVICE_SECRET={SECRET}\n")
    told = answering(f"HTTP/1.1 302 No\r\nLocation: http://x.example/{SECRET}\r\n\r\n".encode())
    async with serving(told, settings) as port:
        fields = {"url": f"https://localhost:{port}", "ca_file": "root.pem"}
        outcome = await one(Surroundings(root=tmp_path, environment=preprod()), "https", fields)
    assert outcome.reason.parameters == {"to": "http://x.example/***"}
    assert SECRET not in repr(outcome)


async def test_overrides_are_recorded_in_the_outcome(tmp_path: Path, settings: ssl.SSLContext) -> None:
    async with serving(OK, settings) as port:
        overrides = Overrides(connect_to={"a.example:443": f"127.0.0.1:{port}"})
        fields = {"url": "https://a.example", "server_name": "localhost", "ca_file": "root.pem"}
        outcome = await one(Surroundings(root=tmp_path, overrides=overrides), "https", fields)
    assert outcome.verdict is Verdict.PASSED
    assert outcome.overrides == (f"--connect-to a.example:443:127.0.0.1:{port}",)


async def test_an_outcome_survives_the_trail(tmp_path: Path, settings: ssl.SSLContext) -> None:
    async with serving(OK, settings) as port:
        fields = {"url": f"https://localhost:{port}", "ca_file": "root.pem"}
        outcome = await one(Surroundings(root=tmp_path), "certificate", fields)
    for said in (outcome.reason, *(each.fact for each in outcome.evidence)):
        assert words(message_from_json(message_to_json(said))) == words(said)


PLUG_IN = '''
"""Kinds that misbehave."""
import asyncio
from dataclasses import dataclass
from typing import Annotated
from promoter.checks.declaration import conclude, kind
from promoter.messages import message
from promoter.model.outcome import Evidence, Outcome, Verdict
from promoter.model.ruling import Ruling
from promoter.redaction import Secret

RULINGS = {"done": Ruling(Verdict.PASSED, "done"), "said": Ruling(Verdict.PASSED, "said {words}")}

@kind("crashing", rulings=RULINGS, example={})
@dataclass(frozen=True, slots=True, kw_only=True)
class Crashing:
    """Breaks."""
    key: Annotated[Secret, "A key"]
    async def observe(self, context):
        raise ValueError("no good: " + self.key.reveal() + "x" * 5000)

@kind("wordless", rulings=RULINGS, example={})
@dataclass(frozen=True, slots=True, kw_only=True)
class Wordless:
    """Returns nothing."""
    async def observe(self, context):
        return None

@kind("impatient", rulings=RULINGS, example={})
@dataclass(frozen=True, slots=True, kw_only=True)
class Impatient:
    """Raises a time-out of its own."""
    async def observe(self, context):
        raise TimeoutError("mine")

@kind("talkative", rulings=RULINGS, facts={"fact": "fact"}, example={})
@dataclass(frozen=True, slots=True, kw_only=True)
class Talkative:
    """Says too much."""
    async def observe(self, context):
        lines = [Evidence(message("fact"), None, ["y" * 5000] * 500) for _ in range(500)]
        return conclude(self, "said", lines, words="z" * 5000)

@kind("changing", rulings=RULINGS, example={}, effects="revokes the live token")
@dataclass(frozen=True, slots=True, kw_only=True)
class Changing:
    """Changes something."""
    async def observe(self, context):
        return conclude(self, "done")
'''

PROGRAM = """
import asyncio, sys
from pathlib import Path
from promoter.messages import Language
from promoter.model.reference import ProcessVariable
from promoter.run import Surroundings, try_check
from promoter.usecases.language import phrasebook

def told(kind, consents=(), **fields):
    secrets = {"KEY": "correct-horse-battery-staple"}
    surroundings = Surroundings(root=Path(), process_environment=secrets, consents=consents)
    return asyncio.run(try_check(kind, fields, surroundings))

say = Language("en", phrasebook=phrasebook).say
"""


@pytest.fixture
def plug_in(tmp_path: Path) -> Path:
    (tmp_path / "misbehaving.py").write_text(PLUG_IN)
    folder = tmp_path / "misbehaving-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: misbehaving\nVersion: 1.0\n")
    names = ("Crashing", "Wordless", "Impatient", "Talkative", "Changing")
    lines = "".join(f"{name.lower()} = misbehaving:{name}\n" for name in names)
    (folder / "entry_points.txt").write_text(f"[promoter.checks]\n{lines}")
    return tmp_path


def shown(plug_in: Path, code: str) -> list[str]:
    program = f"import sys; sys.path.insert(0, {str(plug_in)!r})\n{PROGRAM}\n{code}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_check_that_raises_is_could_not_tell_with_a_scrubbed_traceback(plug_in: Path) -> None:
    lines = shown(
        plug_in,
        "outcome = told('crashing', key=ProcessVariable('KEY'))\n"
        "print(outcome.verdict, outcome.reason.code)\n"
        "print(say(outcome.reason)[:60])\n"
        "print(outcome.evidence[0].observed[-1])\n"
        "print('battery' in repr(outcome), len(repr(outcome)) < 3000)",
    )
    assert lines[0] == "errored crashed"
    assert lines[1].startswith("the check itself broke: ValueError: no good: ***xxx")
    assert lines[2].startswith("misbehaving.py:")
    assert lines[2].endswith(" observe")
    assert lines[3] == "False True"


def test_a_check_that_returns_no_outcome_or_times_out_by_itself_is_could_not_tell(plug_in: Path) -> None:
    lines = shown(plug_in, "for kind in ('wordless', 'impatient'):\n  print(say(told(kind).reason))")
    assert lines == [
        "the check itself broke: TypeError: a check of the kind wordless did not return an outcome",
        "the check itself broke: TimeoutError: mine",
    ]


def test_an_outcome_is_cut_to_a_size_that_fits_an_entry(plug_in: Path) -> None:
    lines = shown(
        plug_in,
        "outcome = told('talkative')\n"
        "print(len(outcome.reason.parameters['words']), len(repr(outcome)) < 70_000)\n"
        "print(len(outcome.evidence[0].observed), len(outcome.evidence[0].observed[0]))",
    )
    assert lines == ["1000 True", "50 1000"]


def test_a_check_that_changes_something_runs_only_when_asked_for(plug_in: Path) -> None:
    lines = shown(
        plug_in,
        "for consents in ((), ('changing',)):\n"
        "  outcome = told('changing', consents)\n"
        "  print(outcome.verdict, outcome.reason.code, say(outcome.reason))",
    )
    assert lines == [
        "skipped has-effects not run, because it changes something in its environment: revokes the live token",
        "passed changing.done done",
    ]


@pytest.mark.parametrize(
    ("how", "wanted"),
    [
        ("ends", "crashed"),
        ("gives up", "crashed"),
        ("answers for another", "crashed"),
        ("answers otherwise", "crashed"),
        ("leaves words out", "crashed"),
        ("passes against its evidence", "crashed"),
        ("gives an object", "crashed"),
        ("holds", "timed-out-somewhere"),
        ("goes on", "timed-out-somewhere"),
    ],
)
async def test_a_kind_that_misbehaves_neither_passes_nor_ends_the_run(
    tmp_path: Path, how: str, wanted: str
) -> None:
    with installed(Misbehaving, folder=tmp_path):
        plan = [planned("bad", "misbehaving", how=how), planned("good", "command", run=("true",))]
        surroundings = Surroundings(root=tmp_path)
        bad, _ = await run_checks(plan, surroundings, ignore)
    assert (bad.outcome.verdict, bad.outcome.reason.code) == (Verdict.ERRORED, wanted)
