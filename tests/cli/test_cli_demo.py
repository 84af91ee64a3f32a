"""The demo as a new user meets it without a terminal, and the service alone."""

import os
import signal
import subprocess
from pathlib import Path

from tests.support.command_line import promoter, python


def test_without_a_terminal_the_demo_plays_to_its_end_and_says_where_everything_is(tmp_path: Path) -> None:
    done = subprocess.run(
        python("-m", "promoter", "demo"),
        env=os.environ | {"TMPDIR": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        text=True,
    )
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    told = [line.partition(" ")[0].rstrip(":") for line in done.stdout.splitlines()]
    answers = [word for word in told if word in ("BLOCKED", "OPEN", "PROMOTED")]
    assert answers == ["BLOCKED", "BLOCKED", "OPEN", "PROMOTED"]
    (directory,) = tmp_path.glob("promoter-demo-*")
    assert f"the demo's repository stays in {directory / 'integration'}\n" in done.stdout
    assert (directory / "migration.md").read_text(encoding="utf-8") in done.stdout


def test_the_service_alone_says_how_to_reach_it_and_ends_on_ctrl_c(tmp_path: Path) -> None:
    with subprocess.Popen(
        python("-m", "promoter", "demo", "--serve"),
        env=os.environ | {"TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as serving:
        assert serving.stdout is not None
        lines = [serving.stdout.readline().strip() for _ in range(6)]
        exported = dict(
            line.removeprefix("export ").split("=", 1) for line in lines if line.startswith("export ")
        )
        arguments = [f"--ca-file={exported['PROMOTER_CA_FILE']}"]
        arguments += [f"--connect-to={each}" for each in exported["PROMOTER_CONNECT_TO"].strip("'").split()]
        tried = promoter("try", "https", "url=https://preprod.passemarche.data.gouv.fr", *arguments)
        serving.send_signal(signal.SIGINT)
        serving.communicate(timeout=20)
    assert (tried.code, "this outcome does not count" in tried.out) == (0, True)
    assert serving.returncode == 130
    assert (next(tmp_path.glob("promoter-demo-*/.env.preprod")).stat().st_mode & 0o777) == 0o600
