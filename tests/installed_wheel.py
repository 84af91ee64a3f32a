"""Prove that the wheel alone is enough: build it, install it into a fresh environment, and use it far from this tree.

Run as a script by `make test`. It exits with the first command that fails, showing what that command printed.
"""

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INSTALLED_FILES = (
    "_shipped/checklists/pipeline.yaml",
    "_shipped/templates/board.md.j2",
    "_shipped/templates/report.md.j2",
    "locale/fr/LC_MESSAGES/promoter.mo",
)


def run(*command: str | Path, cwd: Path, env: dict[str, str]) -> str:
    """What the command prints on stdout; leaves the program when it fails."""
    done = subprocess.run(
        command, cwd=cwd, env=env, text=True, capture_output=True, stdin=subprocess.DEVNULL, check=False
    )
    if done.returncode:
        shown = " ".join(str(word) for word in command)
        sys.exit(f"{shown}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def main() -> None:
    """Build, install, use."""
    with tempfile.TemporaryDirectory(prefix="promoter-wheel-") as scratch:
        there = Path(scratch).resolve()
        home, fresh, repository = there / "home", there / "fresh", there / "repository"
        home.mkdir()
        repository.mkdir()
        outside = {name: text for name, text in os.environ.items() if not name.startswith("PYTHON")}
        run(
            sys.executable,
            "-m",
            "build",
            "--wheel",
            "--no-isolation",
            "--outdir",
            there,
            cwd=ROOT,
            env=outside,
        )
        (wheel,) = there.glob("promoter-*.whl")

        venv.create(fresh, with_pip=True)
        python, promoter = fresh / "bin" / "python", fresh / "bin" / "promoter"
        pip = (python, "-m", "pip", "--quiet", "--disable-pip-version-check")
        run(*pip, "install", "--require-hashes", "-r", ROOT / "requirements/run.txt", cwd=there, env=outside)
        run(*pip, "install", "--no-deps", wheel, cwd=there, env=outside)
        run(*pip, "check", cwd=there, env=outside)

        # From here on, nothing of this machine's git configuration and nothing of this tree.
        bare = {"HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "GIT_CONFIG_NOSYSTEM": "1"}
        where = "import promoter; print(promoter.__path__[0])"
        package = Path(run(python, "-I", "-c", where, cwd=home, env=bare).strip())
        if not package.is_relative_to(fresh):
            sys.exit(f"promoter was imported from {package}, not from the fresh environment")
        missing = [name for name in INSTALLED_FILES if not (package / name).is_file()]
        if missing:
            sys.exit(f"not in the wheel: {', '.join(missing)}")
        version = run(promoter, "--version", cwd=home, env=bare).strip()
        run("git", "init", "--quiet", cwd=repository, env=bare)
        run("git", "config", "user.name", "Wheel Check", cwd=repository, env=bare)
        run("git", "config", "user.email", "wheel@example.org", cwd=repository, env=bare)
        run(promoter, "init", cwd=repository, env=bare)
        run(promoter, "lint", cwd=repository, env=bare)
        print(f"{wheel.name}: installed alone, {version}, init and lint hold")


if __name__ == "__main__":
    main()
