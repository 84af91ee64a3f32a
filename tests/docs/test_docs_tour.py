"""The tour of the README is run as it is written, in a repository of its own, against the embedded service."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from promoter.demo.service import EmbeddedService
from promoter.demo.stage import connect_to, hosts, results, variables

ROOT = Path(__file__).parents[2]
_TOUR = re.compile(r"<!-- tour -->\n(.*?)\n<!-- end -->", re.DOTALL)
_SHOWN = re.compile(r"```console\n(.*?)```|<!-- also run:\n(.*?)-->", re.DOTALL)
_CHANGING = (
    (re.compile(r"\b[0-9a-f]{7}(?:[0-9a-f]{5})?\b"), "COMMIT"),
    (re.compile(r"(?<=-)[0-9a-f]{6}\b"), "ID"),
    (re.compile(r"\b\d+(?:\.\d+)? m?s\b"), "TIME"),
    (re.compile(r"\b\d{1,2} [A-Z][a-z]{2} \d{4}(?: \d\d:\d\d UTC)?"), "DATE"),
    (re.compile(r"\b\d+ days left"), "DAYS"),
    (re.compile(r"just now|\bTIME ago"), "WHEN"),
)


def _shown() -> Iterator[tuple[str, list[str]]]:
    """The commands of the tour, each with the lines it is said to answer; `…` stands for any others."""
    tour = _TOUR.search((ROOT / "README.md").read_text(encoding="utf-8"))
    assert tour is not None
    for visible, hidden in _SHOWN.findall(tour[1]):
        for each in re.split(r"^\$ ", visible or hidden, flags=re.MULTILINE)[1:]:
            command, *lines = each.rstrip("\n").split("\n")
            yield command, lines if visible else ["…"]


def _steady(line: str) -> str:
    for pattern, name in _CHANGING:
        line = pattern.sub(name, line)
    return line.rstrip()


def _differences(said: list[str], answered: list[str]) -> str | None:
    """What the document says and the program does not; None when it is all there, in order."""
    expected, real = [*map(_steady, said)], [*map(_steady, answered)]
    pattern = "".join(".*?" if each == "…" else re.escape(f"{each}\n") for each in expected)
    if re.fullmatch(pattern, "".join(f"{each}\n" for each in real), re.DOTALL):
        return None
    return "the document:\n" + "\n".join(expected) + "\nthe program:\n" + "\n".join(real)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    binaries = Path(sys.executable).parent
    return {
        "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "COLUMNS": "120",
    }


@pytest.fixture
def repository(tmp_path: Path, environment: dict[str, str]) -> Path:
    """Alice's: one release, a key, a remote."""
    root = tmp_path / "integration"
    script = """
        set -eu
        ssh-keygen -q -t ed25519 -N '' -f key
        git init -q --bare shared.git
        git init -q -b main integration
        cd integration
        git config user.name 'Alice Martin'
        git config user.email alice@editeur.example
        git config gpg.format ssh
        git config user.signingkey "$HOME/key.pub"
        git config commit.gpgsign true
        git remote add origin ../shared.git
        echo '.env.*' > .gitignore
        git add .gitignore
        git commit -q -m 'Integration'
        git tag --no-sign v1.4.0
    """
    subprocess.run(["sh", "-c", script], cwd=tmp_path, env=environment, check=True, timeout=60)
    return root


def _prepare(repository: Path, service: EmbeddedService) -> None:
    """What stands for the real service and the credentials obtained for it."""
    for name in service.credentials:
        path = repository / f".env.{name}"
        path.touch(mode=0o600)
        path.write_text(variables(service, name), encoding="utf-8")
    (repository / "reports" / "staging").mkdir(parents=True)
    (repository / "reports" / "staging" / "integration.xml").write_text(results(), encoding="utf-8")
    (repository / "checklists" / "ca.pem").write_bytes(service.ca_pem)
    pairs = ", ".join(
        f"'{host}': '{address}'"
        for host, address in connect_to(service).items()
        if host.startswith("preprod.")
    )
    pipeline = repository / "checklists" / "pipeline.yaml"
    written = pipeline.read_text(encoding="utf-8")
    pinned = f"    network: {{ca_file: ca.pem, connect_to: {{{pairs}}}}}\n"
    before, preprod, after = written.partition("\n  preprod:\n")
    pipeline.write_text(f"{before}{preprod}{pinned}{after}", encoding="utf-8")


def test_the_tour_of_the_readme_answers_as_it_says(repository: Path, environment: dict[str, str]) -> None:
    wrong = []
    with EmbeddedService(hosts()) as service:
        for number, (command, said) in enumerate(_shown()):
            done = subprocess.run(
                ["bash", "-c", command],
                cwd=repository,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
                timeout=120,
            )
            on_error = done.stderr if done.returncode and not done.stdout else ""
            difference = _differences(said, (done.stdout + on_error).splitlines())
            if difference is not None:
                wrong.append(f"$ {command}\n{difference}\nand on stderr:\n{done.stderr}")
            if number == 0:
                _prepare(repository, service)
    assert not wrong, "\n\n".join(wrong)
