"""demo: the whole story, on an embedded service and a throw-away repository."""

from typing import TYPE_CHECKING

from promoter.cli.grammar import option, verb
from promoter.cli.request import Request
from promoter.errors import ExitCode
from promoter.messages import N_, phrase
from promoter.output.console import Style

if TYPE_CHECKING:
    from promoter.demo.stage import Stage


@verb("demo", N_("promoter demo\npromoter demo --headless\npromoter demo --broken\npromoter demo --serve"))
@option("--headless", is_flag=True, help=N_("Play it as lines, without the full screen."))
@option("--broken", is_flag=True, help=N_("Give the service flaws, and show how each is caught."))
@option(
    "--serve", is_flag=True, help=N_("Only serve, and say how to reach the service from your own repository.")
)
def demo_verb(request: Request, headless: bool, broken: bool, serve: bool) -> int:
    """Demonstrates: full screen on a terminal, as lines otherwise."""
    if serve:
        return _serve(request)
    from promoter.demo.stage import set_stage

    console = request.console
    with set_stage(request.language, broken=broken) as stage:
        if headless or not request.has_terminal():
            _play(request, stage, broken=broken)
            return ExitCode.YES
        code = request.full_screen(stage.settings(request.environ), request.language, None)
        left = phrase(N_("the demo's repository stays in {path}"), path=str(stage.repository))
        console.line(console.language.say(left))
    return code


def _play(request: Request, stage: "Stage", *, broken: bool) -> None:
    from promoter.demo.story import Narrator, play, play_broken
    from promoter.output.checks import show_run
    from promoter.output.progress import Progress
    from promoter.output.standing import show_status

    console = request.console
    with Progress(console) as progress:
        narrator = Narrator(
            tell=lambda said: console.line(("▸ ", Style.ACCENT), (console.language.say(said), Style.STRONG)),
            show=lambda standing: show_status(console, standing),
            outcomes=lambda outcomes: show_run(console, outcomes),
            progress=progress.show,
        )
        ending = None
        if broken:
            play_broken(stage, request.environ, narrator)
        else:
            ending = play(stage, request.environ, narrator, console.language)
    left = [phrase(N_("the demo's repository stays in {path}"), path=str(stage.repository))]
    if ending is not None:
        console.block(ending.report)
        left.append(phrase(N_("the report is in {path}"), path=str(ending.report_file)))
    for each in left:
        console.line(console.language.say(each))


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
