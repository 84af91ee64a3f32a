import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from promoter.checks import registry
from promoter.checks.declaration import conclude, kind
from promoter.messages import N_
from promoter.model.context import Context
from promoter.model.outcome import Verdict
from promoter.model.ruling import Ruling
from promoter.testing import broken_promises


@pytest.mark.parametrize("name", registry.names())
def test_a_kind_keeps_its_promises(name: str) -> None:
    assert broken_promises(registry.kind(name).cls) == ()


def test_the_contract_finds_every_broken_promise() -> None:
    @kind(
        "Slack",
        rulings={"Bad_Code": Ruling(Verdict.FAILED, "{a.b}")},
        facts={"Bad_Code": ""},
        example={"unknown": 1, "port": "no"},
        effects="",
    )
    @dataclass
    class Slack:
        port: int
        host: str = ""

        def observe(self, context: Context) -> Any:
            return conclude(self, "Bad_Code")

    Slack.__doc__ = None
    found = "\n".join(broken_promises(Slack))
    for promise in (
        "not snake_case",
        "docstring",
        "does not say what it is for",
        "unknown field",
        "example's port must be a whole number",
        "is not Slack. and kebab-case",
        "both a reason and a fact",
        "not simple templates",
        "no remedy",
        "never pass",
        "does not say which",
    ):
        assert promise in found


def test_the_contract_finds_a_class_that_is_open_to_change() -> None:
    @kind("loose", rulings={"ok": Ruling(Verdict.PASSED, N_("fine"))}, example={"name": "x"})
    @dataclass
    class Loose:
        """Documented."""

        name: str

        def observe(self, context: Context) -> Any:
            return conclude(self, "ok")

    assert broken_promises(Loose) == (
        "it is not frozen",
        "it has no slots",
        "it takes positional arguments",
        "its observe is not async",
        "the field name does not say what it is for",
    )


def test_a_class_that_is_not_declared_is_no_kind() -> None:
    assert broken_promises(int) == ("it is not declared with @kind",)


THIRD_PARTY = '''
"""A kind of a third party."""
from dataclasses import dataclass
from promoter.checks.declaration import conclude, kind
from promoter.model.outcome import Verdict
from promoter.model.ruling import Ruling

@kind("moon", rulings={"full": Ruling(Verdict.PASSED, "the moon is full")}, example={})
@dataclass(frozen=True, slots=True, kw_only=True)
class Moon:
    """The moon is full."""
    async def observe(self, context):
        return conclude(self, "full")
'''


def python(code: str, *path: Path) -> str:
    shown = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:0] = {[str(each) for each in path]!r}\n{code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    return shown.stdout.strip()


@pytest.fixture
def plug_in(tmp_path: Path) -> Path:
    (tmp_path / "moonshine.py").write_text(THIRD_PARTY)
    folder = tmp_path / "moonshine-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: moonshine\nVersion: 1.0\n")
    (folder / "entry_points.txt").write_text(
        "[promoter.checks]\nmoon = moonshine:Moon\nsun = moonshine:Sun\n"
    )
    return tmp_path


def test_a_third_party_brings_a_kind_by_entry_point(plug_in: Path) -> None:
    shown = python(
        "from promoter.checks import registry\n"
        "print(registry.names())\n"
        "found = registry.kind('moon')\n"
        "print(found.docstring, registry.template('moon.full'))",
        plug_in,
    )
    assert shown.splitlines() == [
        str(tuple(sorted((*registry.names(), "moon", "sun")))),
        "The moon is full. the moon is full",
    ]


def test_a_third_party_kind_that_cannot_be_imported_is_unknown(plug_in: Path) -> None:
    shown = python(
        "from promoter.checks import registry\n"
        "try: registry.kind('sun')\n"
        "except KeyError as wrong: print(type(wrong).__name__, wrong.why)",
        plug_in,
    )
    assert shown == "KindBroken AttributeError: module 'moonshine' has no attribute 'Sun'"


def test_a_kind_that_cannot_be_loaded_says_why_wherever_it_is_asked_for(plug_in: Path) -> None:
    outcome = python(
        "import asyncio, pathlib\n"
        "from promoter.run import Surroundings, try_check\n"
        "outcome = asyncio.run(try_check('sun', {}, Surroundings(root=pathlib.Path())))\n"
        "print(outcome.verdict, outcome.reason.code, outcome.reason.parameters['why'])",
        plug_in,
    )
    assert outcome.startswith("errored kind-not-loaded AttributeError: module 'moonshine'")
    for words in (["kinds"], ["try", "sun"]):
        told = subprocess.run(
            [sys.executable, "-m", "promoter", *words],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": str(plug_in), "LC_ALL": "C.UTF-8"},
        )
        assert "the kind sun is installed and cannot be loaded (AttributeError: module" in told.stderr


def test_an_unknown_kind_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        registry.kind("registry")


def test_asking_for_a_kind_imports_its_module_only_and_nothing_heavy() -> None:
    shown = python(
        "from promoter.checks import registry\n"
        "registry.names(); registry.kind('certificate')\n"
        "print([name for name in ('promoter.checks.https', 'ssl', 'asyncio', 'h11', 'cryptography', 'yaml')"
        " if name in sys.modules])"
    )
    assert shown == "[]"
