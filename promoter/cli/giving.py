"""What is given as evidence: the options of the verbs that take it."""

from pathlib import Path

import click

from promoter.cli.grammar import option
from promoter.messages import N_

LINK = option("--link", "links", multiple=True, metavar="URL", help=N_("A link to evidence; repeatable."))
FILE = option(
    "--file",
    "files",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar=N_("FILE"),
    help=N_("A file of evidence, recorded with its digest; repeatable."),
)
