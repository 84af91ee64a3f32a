"""Verbs, arguments and options whose help speaks the reader's language, and the options every verb shares."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

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


class Option(click.Option):
    """An option. Its help and the name of its value are English texts marked for translation."""

    def make_metavar(self, ctx: click.Context) -> str:
        """The name of its value, translated."""
        return language_of(ctx).gettext(super().make_metavar(ctx))

    def row(self, ctx: click.Context) -> tuple[str, str]:
        """Its line in the help, translated."""
        spelling, _ = self.get_help_record(ctx) or ("", "")
        return spelling, language_of(ctx).gettext(self.help or "")


class Argument(click.Argument):
    """An argument. Its name is an English text marked for translation."""

    def __init__(self, declarations: Sequence[str], *, metavar: str, **settings: Any) -> None:
        super().__init__(declarations, metavar=metavar, **settings)

    def make_metavar(self, ctx: click.Context) -> str:
        """Its name in usage and errors, translated; in brackets when it may be left out."""
        name = language_of(ctx).gettext(self.metavar or "")
        name += "..." if self.nargs == -1 else ""
        return name if self.required else f"[{name}]"


class Spoken(click.Command):
    """Anything with help: usage, summary, options and examples, in the reader's language."""

    examples = ""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """`--help`, which is an answer like any other."""
        return _HELP

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The whole help."""
        say = language_of(ctx).gettext
        self.format_usage(ctx, formatter)
        formatter.write_paragraph()
        formatter.write_text(say(self.help or ""))
        self.format_options(ctx, formatter)
        if self.examples:
            with formatter.section(say(N_("Examples"))):
                for line in say(self.examples).split("\n"):
                    formatter.write(f"{'':>{formatter.current_indent}}{line}\n")

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The first line of the help."""
        say = language_of(ctx).gettext
        formatter.write_usage(ctx.command_path, self.usage(ctx), f"{say(N_('Usage:'))} ")

    def usage(self, ctx: click.Context) -> str:
        """What follows the name: options, then arguments."""
        arguments = [each.make_metavar(ctx) for each in self.params if isinstance(each, Argument)]
        return " ".join((language_of(ctx).gettext(N_("[OPTIONS]")), *arguments))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The verb's own options, then those of every verb."""
        say = language_of(ctx).gettext
        own = [each for each in self.params if isinstance(each, Option) and each not in SHARED]
        for title, options in (
            (N_("Options"), own),
            (N_("Options of every verb"), (*SHARED, _HELP)),
        ):
            if options:
                with formatter.section(say(title)):
                    formatter.write_dl([each.row(ctx) for each in options])


def verb(name: str, examples: str) -> Callable[[Callable[..., int]], click.Command]:
    """Declares a verb with the options that all of them share; `examples` are command lines, one a line."""

    def declare(function: Callable[..., int]) -> click.Command:
        declared = click.command(name, cls=Spoken, help=VERBS[name].summary)(click.pass_obj(function))
        declared.examples = examples
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


def _shared(*names: str, help: str, **settings: Any) -> Option:  # noqa: A002
    return Option(names, help=help, expose_value=False, callback=_remember, **settings)


SHARED: tuple[Option, ...] = (
    _shared(
        "-C",
        "directory",
        type=click.Path(path_type=Path),
        metavar=N_("DIR"),
        help=N_("Work in the repository of this directory."),
    ),
    _shared(
        "-p",
        "--promotion",
        metavar=N_("PROMOTION"),
        help=N_("Which promotion, by its id or the start of it; by default the only open one."),
    ),
    _shared("--pipeline", metavar=N_("NAME"), help=N_("Which pipeline, where checklists/ holds several.")),
    _shared("--json", "as_json", is_flag=True, help=N_("Answer with one JSON object.")),
    Option(
        ("--lang",),
        type=click.Choice(LANGUAGES),
        expose_value=False,
        help=N_("The language to answer in; by default PROMOTER_LANG, then the locale."),
    ),
    _shared(
        "--color",
        "colour",
        type=click.Choice(("auto", "always", "never")),
        help=N_("When to use colour; NO_COLOR is honoured."),
    ),
    _shared(
        "--connect-to",
        multiple=True,
        metavar="HOST:PORT:ADDRESS:PORT",
        help=N_("Reach HOST:PORT at ADDRESS:PORT; such outcomes do not count. Also PROMOTER_CONNECT_TO."),
    ),
    _shared(
        "--ca-file",
        "ca_files",
        multiple=True,
        type=click.Path(path_type=Path),
        metavar=N_("FILE"),
        help=N_("Trust the authorities in FILE too; such outcomes do not count. Also PROMOTER_CA_FILE."),
    ),
)
_HELP = Option(
    ("-h", "--help"),
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_asked_for_help,
    help=N_("Show this help."),
)
