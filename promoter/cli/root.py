"""`promoter` itself: finds the verb, speaks the user's language, and turns every end into an exit code."""

import gettext
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module

import click
from click.exceptions import Exit, NoSuchCommand

from promoter import __version__
from promoter.cli.grammar import SHARED, VERSION_OPTION, Spoken, language_of
from promoter.cli.page import page_of_promoter
from promoter.cli.request import FullScreen, Request
from promoter.cli.termination import Terminated, terminable
from promoter.cli.verbs import VERBS
from promoter.errors import ExitCode, PromoterError, UsageError
from promoter.messages import N_, Language, Phrase, locale_directory, phrase
from promoter.usecases.language import language_for


class Root(Spoken, click.Group):
    """The verbs, each imported only when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs, in the order of a release manager's day."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb of that name."""
        if cmd_name not in VERBS:
            return None
        module = import_module(f"promoter.cli.{VERBS[cmd_name].module}")
        found: click.Command = getattr(module, f"{cmd_name}_verb")
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The verb and its arguments; an unknown one is answered with those that look like it."""
        if args[0] not in VERBS:
            raise NoSuchCommand(args[0], possibilities=VERBS, ctx=ctx)
        return super().resolve_command(ctx, args)

    def get_help(self, ctx: click.Context) -> str:
        """The whole help: the verbs, the options, and how it ends."""
        return page_of_promoter(language_of(ctx))


def main(arguments: Sequence[str], full_screen: FullScreen) -> int:
    """Runs one invocation and returns its exit code."""
    language = language_for(_language_asked_for(arguments), os.environ)
    request = Request(language=language, full_screen=full_screen)
    with _speaking(language), terminable():
        return _end_of(request, arguments)


def _end_of(request: Request, arguments: Sequence[str]) -> int:
    try:
        code = _invoke(request, arguments)
        request.console.flush()
        return code
    except click.ClickException as wrong:
        request.as_json |= "--json" in arguments
        request.console.error(_usage_error(wrong))
        return ExitCode.BAD_INPUT
    except PromoterError as error:
        request.console.error(error)
        return error.exit_code
    except Terminated:
        return ExitCode.TERMINATED
    except (KeyboardInterrupt, click.Abort):
        request.console.note(request.language.gettext(N_("interrupted")))
        return ExitCode.INTERRUPTED
    except Exception as bug:  # noqa: BLE001 - the one handler at the top
        from promoter.usecases.secrets import known_secrets

        request.console.bug(bug, __version__, known_secrets(request.environ))
        return ExitCode.BUG


def _invoke(request: Request, arguments: Sequence[str]) -> int:
    root = _root()
    try:
        with root.make_context("promoter", list(arguments), obj=request) as context:
            return int(root.invoke(context))
    except Exit as done:
        return done.exit_code


def _root() -> Root:
    root = Root("promoter", callback=_begin, invoke_without_command=True)
    root.params = [VERSION_OPTION, *SHARED]
    return root


@click.pass_context
def _begin(context: click.Context) -> int:
    request: Request = context.obj
    if context.invoked_subcommand is not None:
        return ExitCode.YES
    return request.full_screen(request.settings(), request.language, request.promotion)


def _usage_error(wrong: click.ClickException) -> UsageError:
    context = getattr(wrong, "ctx", None)
    remedy = phrase(
        N_("'{command} --help' shows how"), command=context.command_path if context else "promoter"
    )
    return UsageError(Phrase("{words}", {"words": wrong.format_message()}), remedy)


def _language_asked_for(arguments: Sequence[str]) -> str | None:
    for index, each in enumerate(arguments):
        if each.startswith("--lang="):
            return each.partition("=")[2]
        if each == "--lang" and index + 1 < len(arguments):
            return arguments[index + 1]
    return None


@contextmanager
def _speaking(language: Language) -> Iterator[None]:
    """Lets click, and what is started from here, speak the language too: through gettext's own settings."""
    before = os.environ.get("LANGUAGE")
    domain = gettext.textdomain()
    gettext.bindtextdomain("promoter", locale_directory())
    gettext.textdomain("promoter")
    os.environ["LANGUAGE"] = language.code
    try:
        yield
    finally:
        gettext.textdomain(domain)
        os.environ.pop("LANGUAGE") if before is None else os.environ.update(LANGUAGE=before)
