"""init, lint, schema: the user's checklists."""

from collections.abc import Sequence
from pathlib import Path

import click

from promoter.cli.grammar import argument, option, verb
from promoter.cli.request import Request
from promoter.errors import ExitCode
from promoter.messages import N_


@verb("init", N_("promoter init\npromoter init --me"))
@option("--me", is_flag=True, help=N_("Put yourself on the roster, with your signing key and every role."))
def init_verb(request: Request, me: bool) -> int:
    """Initialises, and says what it wrote and what comes next."""
    from promoter.output.setup import initialised_document, show_initialised
    from promoter.usecases.setup import init

    console = request.console
    done = init(request.directory, me=me)
    if console.as_json:
        console.document("promoter/init/1", initialised_document(done))
    else:
        show_initialised(console, done)
    return ExitCode.YES


@verb("lint", N_("promoter lint\npromoter lint checklists/staging-to-preprod.yaml"))
@argument("paths", N_("PATH"), nargs=-1, type=click.Path(path_type=Path))
def lint_verb(request: Request, paths: Sequence[Path]) -> int:
    """Lints."""
    from promoter.output.setup import problems_document, show_problems
    from promoter.usecases.linting import lint

    console = request.console
    problems = lint(tuple(paths), request.directory)
    if console.as_json:
        console.document("promoter/lint/1", problems_document(problems, console.language))
    else:
        show_problems(console, problems)
    return ExitCode.YES if all(each.warning for each in problems) else ExitCode.BAD_INPUT


@verb(
    "schema",
    N_("promoter schema checklist > checklist.schema.json\npromoter schema entry\npromoter schema run"),
)
@argument("name", N_("FORMAT"), default="checklist")
def schema_verb(request: Request, name: str) -> int:
    """Prints a schema, which is JSON with and without `--json`."""
    import json

    from promoter.output.run_schema import run_schema
    from promoter.usecases.linting import schema

    request.console.block(
        json.dumps(run_schema() if name == "run" else schema(name), indent=2, ensure_ascii=False)
    )
    return ExitCode.YES
