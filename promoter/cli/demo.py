"""demo: the whole story, on an embedded service and a throw-away repository."""

from typing import TYPE_CHECKING

from promoter.cli.grammar import option, verb
from promoter.cli.request import Request
from promoter.errors import ExitCode
from promoter.messages import N_, phrase
from promoter.output.console import Style

if TYPE_CHECKING:
    from promoter.demo.stage import Stage


@verb("demo", N_("promoter demo\npromoter demo --headless\npromoter demo --serve"))
@option("--headless", is_flag=True, help=N_("Play it as lines, without the full screen."))
@option(
    "--serve", is_flag=True, help=N_("Only serve, and say how to reach the service from your own repository.")
)
def demo_verb(request: Request, headless: bool, serve: bool) -> int:
    """Demonstrates: full screen on a terminal, as lines otherwise."""
    if serve:
        return _serve(request)
    from promoter.demo.stage import set_stage

    console = request.console
    with set_stage(request.language) as stage:
        if headless or not request.has_terminal():
            _play(request, stage)
            return ExitCode.YES
        code = request.full_screen(stage.settings(request.environ), request.language, None)
        left = phrase(N_("the demo's repository stays in {path}"), path=str(stage.repository))
        console.line(console.language.say(left))
    return code


def _play(request: Request, stage: "Stage") -> None:
    from promoter.demo.story import Narrator, play
    from promoter.output.progress import Progress
    from promoter.output.standing import show_status

    console = request.console
    with Progress(console) as progress:
        ending = play(
            stage,
            request.environ,
            Narrator(
                tell=lambda said: console.line(
                    ("▸ ", Style.ACCENT), (console.language.say(said), Style.STRONG)
                ),
                show=lambda standing: show_status(console, standing),
                progress=progress.show,
            ),
            console.language,
        )
    console.block(ending.report)
    for left in (
        phrase(N_("the demo's repository stays in {path}"), path=str(stage.repository)),
        phrase(N_("the report is in {path}"), path=str(ending.report_file)),
    ):
        console.line(console.language.say(left))


def _serve(request: Request) -> int:
    import tempfile
    from pathlib import Path
    from threading import Event

    from promoter.demo.service import EmbeddedService
    from promoter.demo.stage import hosts, variables

    console = request.console
    say = console.language.gettext
    with EmbeddedService(hosts()) as service:
        directory = Path(tempfile.mkdtemp(prefix="promoter-demo-"))
        ca_file = directory / "demo-ca.pem"
        ca_file.write_bytes(service.ca_pem)
        console.line(
            say(N_("An embedded Passe Marché is served on loopback until you press ctrl+c. To reach it:"))
        )
        console.line(f"export PROMOTER_CA_FILE={ca_file}")
        console.line(f"export PROMOTER_CONNECT_TO='{' '.join(service.connect_to)}'")
        console.line(
            say(N_("The variables of each environment, to copy into the repository you try it with:"))
        )
        for name in service.credentials:
            path = directory / f".env.{name}"
            path.touch(mode=0o600)
            path.write_text(variables(service, name), encoding="utf-8")
        console.line(f"cp -p {directory}/.env.* .")
        console.line(
            say(N_("What is reached so is recorded and does not count, except for the demo's own trail."))
        )
        console.flush()
        Event().wait()
    return ExitCode.YES
