"""Verbs, arguments and options whose help speaks the reader's language, and the options every verb shares."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from promoter.cli.page import HELP, SHARED_BY_ALL, VERSION, Page, Row, Spelling
from promoter.cli.quick import version
from promoter.cli.request import Request
from promoter.cli.verbs import VERBS
from promoter.messages import LANGUAGES, N_, Language

Function = TypeVar("Function", bound=Callable[..., Any])


def language_of(context: click.Context) -> Language:
    """The language of the invocation."""
    request = context.find_object(Request)
    return request.language if request is not None else Language()


def _asked_for_help(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    request = context.find_object(Request)
    if value and request is not None:
        request.console.block(context.get_help())
        context.exit()


def _asked_for_version(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    request = context.find_object(Request)
    if value and request is not None:
        request.console.line(version())
        context.exit()


class Option(click.Option):
    """An option. Its help and the name of its value are English texts marked for translation."""

    @property
    def spelling(self) -> Spelling:
        """How the help shows it."""
        return Spelling(tuple(self.opts), self.metavar or "", self.help or "")

    def row(self, ctx: click.Context) -> Row:
        """Its line in the help, in the reader's language."""
        return self.spelling.row(language_of(ctx))


class Argument(click.Argument):
    """An argument. Its name is an English text marked for translation."""

    def __init__(self, declarations: Sequence[str], *, metavar: str, **settings: Any) -> None:
        super().__init__(declarations, metavar=metavar, **settings)

    def make_metavar(self, ctx: click.Context) -> str:
        """Its name in usage and errors, translated; in brackets when it may be left out."""
        metavar = self.metavar or self.human_readable_name
        name = language_of(ctx).gettext(metavar)
        name += "..." if self.nargs == -1 else ""
        return name if self.required else f"[{name}]"


class Spoken(click.Command):
    """A verb, whose help speaks the reader's language."""

    examples = ""
    details = ""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """`--help`, which is an answer like any other."""
        return HELP_OPTION

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Reads the command line; what is wrong with it names the verb it is wrong for."""
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as wrong:
            wrong.ctx = wrong.ctx or ctx
            raise

    def get_help(self, ctx: click.Context) -> str:
        """The whole help: usage, summary, its own options, those of every verb, examples."""
        language = language_of(ctx)
        page = Page(language)
        page.usage(ctx.command_path, self.usage(ctx))
        page.text(self.help or "")
        if self.details:
            page.text(self.details)
        own = [each.spelling for each in self.params if isinstance(each, Option) and each not in SHARED]
        if own:
            page.options(N_("Options:"), own)
        page.options(N_("Options of every verb:"), [*SHARED_BY_ALL.values(), HELP])
        page.examples(self.examples)
        return str(page)

    def usage(self, ctx: click.Context) -> str:
        """What follows the name: options, then arguments."""
        arguments = [each.make_metavar(ctx) for each in self.params if isinstance(each, Argument)]
        return " ".join((language_of(ctx).gettext(N_("[OPTIONS]")), *arguments))


def verb(name: str, examples: str, details: str = "") -> Callable[[Callable[..., int]], click.Command]:
    """Declares a verb with the options that all of them share; `examples` are command lines, one a line,
    `details` what its summary has no room for."""

    def declare(function: Callable[..., int]) -> click.Command:
        declared = click.command(name, cls=Spoken, help=VERBS[name].summary)(click.pass_obj(function))
        declared.examples = examples
        declared.details = details
        declared.params += SHARED
        return declared

    return declare


def option(*names: str, help: str, **settings: Any) -> Callable[[Function], Function]:  # noqa: A002
    """An option of a verb; `help` and `metavar` are English texts marked for translation."""
    return click.option(*names, cls=Option, help=help, **settings)


def argument(name: str, metavar: str, **settings: Any) -> Callable[[Function], Function]:
    """An argument of a verb; `metavar` is an English text marked for translation."""
    return click.argument(name, cls=Argument, metavar=metavar, **settings)


def _remember(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    request = context.find_object(Request)
    if request is not None and value:
        held = getattr(request, parameter.name or "")
        setattr(request, parameter.name or "", (*held, *value) if isinstance(value, tuple) else value)


def _made(spelling: Spelling, *attribute: str, **settings: Any) -> Option:
    metavar, help_text = spelling.metavar or None, spelling.help
    return Option(
        (*spelling.names, *attribute), help=help_text, metavar=metavar, expose_value=False, **settings
    )


def _shared(attribute: str, **settings: Any) -> Option:
    return _made(SHARED_BY_ALL[attribute], attribute, callback=_remember, **settings)


SHARED: tuple[Option, ...] = (
    _shared("directory", type=click.Path(path_type=Path)),
    _shared("promotion"),
    _shared("pipeline"),
    _shared("as_json", is_flag=True),
    _made(SHARED_BY_ALL["lang"], type=click.Choice(LANGUAGES)),
    _shared("colour", type=click.Choice(("auto", "always", "never"))),
    _shared("connect_to", multiple=True),
    _shared("ca_files", multiple=True, type=click.Path(path_type=Path)),
)
HELP_OPTION = _made(HELP, is_flag=True, is_eager=True, callback=_asked_for_help)
VERSION_OPTION = _made(VERSION, is_flag=True, is_eager=True, callback=_asked_for_version)
