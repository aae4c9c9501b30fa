"""The Typer root: a family is imported only when called, and errors become text in one place."""

import inspect
import logging
import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import closing
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from jennie_cli._version import __version__
from jennie_cli.commands.argv import GLOBAL_OPTIONS, Given, UsageError, split, wants_json
from jennie_cli.commands.families import FAMILIES, Family
from jennie_cli.commands.output import Output, ReaderGone
from jennie_cli.commands.root_help import root_help
from jennie_cli.commands.session import Session
from jennie_cli.commands.streams import spell_anything
from jennie_cli.engine.errors import ExitCode, JennieError, OutsideError, SettingsError
from jennie_cli.settings import (
    Masker,
    Options,
    Profile,
    default_home,
    environment,
    resolve_options,
    secret_values,
)
from jennie_cli.wiring import record_crash

PROGRAM = "jennie"
INTERRUPTED = 130
"""What shells call a process that Ctrl-C ended."""

HELP_COLUMNS = 100
"""Help is drawn plainly and equally wide everywhere, so that a page of it can be compared."""

LOG = logging.getLogger("jennie_cli")
LOG.addHandler(logging.NullHandler())


class LazyGroup(TyperGroup):
    """The root group: a family is a stub until it is called or completed into."""

    def __init__(self, **attrs: Any) -> None:
        """Fill the command table with stubs that carry only name and help."""
        super().__init__(**attrs)
        for family in FAMILIES:
            self.add_command(TyperCommand(family.name, help=family.help))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import and return the family of that name, None when there is none."""
        del ctx
        return next((_load(f) for f in FAMILIES if f.name == cmd_name), None)

    def shell_complete(self, ctx: Any, incomplete: str) -> list[Any]:
        """Complete family names from the table, importing none of them."""
        from typer._click.shell_completion import CompletionItem  # noqa: PLC0415  # only when completing

        fitting = [f for f in FAMILIES if f.name.startswith(incomplete)]
        options = super(TyperGroup, self).shell_complete(ctx, incomplete)
        return [*(CompletionItem(f.name, help=f.help) for f in fitting), *options]


class Call:
    """One command line: runs it, and turns whatever happens into text and an exit code."""

    def __init__(self, argv: Sequence[str]) -> None:
        """Nothing is parsed yet; the environment's secrets are masked from here on."""
        self.argv = argv
        self.masker = Masker(secret_values(environment()))
        for word in argv:
            self.masker.learn_url(word)
        self.out = Output(as_json=wants_json(argv), mask=self.masker)
        self.given = Given()
        self.options: Options | None = None

    def run(self) -> int:
        """Return the exit code; no exception leaves here."""
        try:
            return self._dispatch()
        except (UsageError, TyperException) as error:
            return self._fail(ExitCode.USAGE, "usage", *_usage(error))
        except JennieError as error:
            self._trace(error)
            LOG.error("%s: %s", error.code, error.message)  # noqa: TRY400  # expected: no traceback
            return self._fail(error.exit_code, error.code, error.message, error.hint)
        except KeyboardInterrupt:
            return self._fail(INTERRUPTED, "interrupted", "Interrupted.", "")
        except ReaderGone:  # as `head` does
            return ExitCode.DONE
        except Exception as error:  # noqa: BLE001  # the last net: a bug becomes text, log, code 1
            return self._bug(error)

    def _dispatch(self) -> int:
        self.given = split(self.argv)
        self.out.quiet = self.given.quiet
        rest = self.given.rest
        if not rest and self.given.json:
            raise UsageError("Missing command.")
        if rest in ((), ("--help",), ("help",)):
            self.out.text(root_help().rstrip("\n"))
            return ExitCode.DONE
        if rest == ("--version",):
            self.out.answer({"version": __version__}, lambda: f"{PROGRAM} {__version__}")
            return ExitCode.DONE
        if rest[0] == "help":
            rest = (*rest[1:], "--help")
        if "--help" in rest and (page := help_page(rest[: rest.index("--help")])) is not None:
            self.out.text(page)
            return ExitCode.DONE
        for word in self.argv:
            _refuse_garbled(word)
        self.options = self._options()
        _refuse_garbled(str(self.options.home))
        session = Session(self.options, self.out, self.masker)
        with closing(session), self.out.heard(LOG, self.given.verbosity):
            result = _invoke(rest, session)
        if result == INTERRUPTED:  # typer's word for Ctrl-C inside a command
            raise KeyboardInterrupt
        return result if isinstance(result, int) else ExitCode.DONE

    def _options(self) -> Options:
        given = self.given
        options = resolve_options(
            environment(),
            home=given.home,
            profile=given.profile,
            lang=given.lang,
            json=given.json,
            verbosity=-1 if given.quiet else given.verbosity,
            clock=given.clock,
        )
        if options.clock is not None and options.profile is not Profile.SIM:
            raise UsageError("--clock works only in the sim profile.", hint="--profile sim")
        return options

    def _fail(self, exit_code: int, code: str, message: str, hint: str) -> int:
        try:
            if self.out.as_json and not self.out.answered:
                self.out.document({"error": {"code": code, "message": message, "hint": hint}})
                return int(exit_code)
        except ReaderGone:
            return int(exit_code)
        except OutsideError as unwritten:
            exit_code, message, hint = unwritten.exit_code, unwritten.message, unwritten.hint
        self.out.complain(message, hint)
        return int(exit_code)

    def _bug(self, error: Exception) -> int:
        self._trace(error)
        home = self.options.home if self.options else default_home()
        log = record_crash(home, error, self.masker)
        where = f"Details: {log}" if log else "Run it again with -vv for details."
        message = f"Unexpected {type(error).__name__}: {error}"
        return self._fail(ExitCode.BUG, "bug", message, f"This is a bug in jennie. {where}")

    def _trace(self, error: Exception) -> None:
        if self.given.verbosity > 1:
            self.out.talk("".join(traceback.format_exception(error)))


def main(argv: Sequence[str]) -> int:
    """Run one command line and return its exit code."""
    if f"_{PROGRAM.upper()}_COMPLETE" in environment():
        return _complete()
    spell_anything(as_json=wants_json(argv))
    return Call(argv).run()


def root() -> Any:
    """Return the root command with the global options, as shell completion needs them."""
    app = typer.Typer(name=PROGRAM, cls=LazyGroup, rich_markup_mode=None)
    app.callback()(_declare_globals())
    return typer.main.get_command(app)


def help_page(words: Sequence[str]) -> str | None:
    """Return the help of a command, None when there is no such command.

    Typer would parse first, which imports pydantic: most of the time a help text takes.
    """
    command, path = root(), [PROGRAM]
    for word in words:
        if word.startswith("-") or not isinstance(command, TyperGroup):
            break
        command = command.get_command(typer.Context(command), word)
        if command is None:
            return None
        path.append(word)
    context = typer.Context(command, info_name=" ".join(path), terminal_width=HELP_COLUMNS)
    return str(command.get_help(context))


def _invoke(words: Sequence[str], session: Session) -> Any:
    """Run the command; installing shell completion leaves typer by SystemExit."""
    try:
        return root().main([*words], prog_name=PROGRAM, standalone_mode=False, obj=session)
    except SystemExit as done:
        return done.code
    except typer.Abort as error:
        cause = error.__cause__  # typer takes any end of a file for one at a prompt
        raise cause if isinstance(cause, EOFError) else KeyboardInterrupt from None
    except UnicodeEncodeError as error:
        raise _unspeakable(error) from error


def _load(family: Family) -> Any:
    module = import_module(f"jennie_cli.commands.{family.name}")
    if family.single:
        command = typer.main.get_command(module.app)
        command.name = family.name
        return command
    return typer.main.get_group(module.app)


def _declare_globals() -> Callable[..., None]:
    def callback(**_given: object) -> None:
        """Find, judge and trade Korean stocks from the terminal."""

    parameters, kinds = [], {}
    for option in GLOBAL_OPTIONS:
        name = option.names[-1][2:]
        kinds[name] = str if option.metavar else bool
        default = typer.Option(
            "" if option.metavar else False,
            *option.names,
            help=option.help,
            hidden=option.hidden,
        )
        parameters.append(inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default))
    callback.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    callback.__annotations__ = kinds
    return callback


def _complete() -> int:
    """Answer the shell; typer reads the words from the environment and leaves by SystemExit."""
    try:
        root().main([], prog_name=PROGRAM)
    except SystemExit as done:
        return int(done.code or 0)
    return ExitCode.DONE


def _usage(error: UsageError | TyperException) -> tuple[str, str]:
    """Return message and hint of a wrong command line."""
    if isinstance(error, UsageError):
        return error.message, error.hint
    message = error.format_message().replace("Value error, ", "")
    ctx = getattr(error, "ctx", None)
    if ctx is None:
        return message, f"{PROGRAM} --help"
    names = ctx.command.list_commands(ctx) if isinstance(ctx.command, TyperGroup) else ()
    known = f" (one of {', '.join(names)})" if names else ""
    return message, f"{ctx.command_path} --help{known}"


def _refuse_garbled(word: str) -> None:
    """Raise SettingsError where the locale cannot spell a word: it would name another file."""
    if sys.getfilesystemencoding() == "utf-8":
        return
    try:
        word.encode(sys.getfilesystemencoding())
    except UnicodeEncodeError as error:
        raise _unspeakable(error) from None


def _unspeakable(error: UnicodeEncodeError) -> SettingsError:
    return SettingsError(
        f"A name or text cannot be written in the encoding {error.encoding}.",
        hint="set PYTHONUTF8=1, or a UTF-8 locale such as LC_ALL=C.UTF-8",
    )
