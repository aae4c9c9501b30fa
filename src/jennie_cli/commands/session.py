"""What every command is handed: the options, the output and, on first need, the open house.

A command takes `ctx: typer.Context`, asks `current(ctx)` and stays a few lines: parse, call the
engine, print. It lets every JennieError rise; main turns it into text and exit code.
"""

import shlex
from functools import cached_property

import typer

from jennie_cli.commands.families import help_of
from jennie_cli.commands.output import Output
from jennie_cli.settings import Masker, Options
from jennie_cli.wiring import House, open_house


class Session:
    """One call of the program."""

    def __init__(self, options: Options, out: Output, masker: Masker) -> None:
        """The house is opened when a command first asks for it."""
        self.options = options
        self.out = out
        self.masker = masker

    @cached_property
    def house(self) -> House:
        """The running engine of this home; creates the home on first use."""
        return open_house(self.options, self.masker, self.out.progress)

    @property
    def called(self) -> str:
        """How the program was called, so that a suggested command means the same home."""
        given = [f"--{name} {shlex.quote(value)}" for name, value in self.options.given.items()]
        return " ".join(("jennie", *given))

    def close(self) -> None:
        """Let go of what the command opened."""
        if "house" in self.__dict__:
            self.house.close()


def current(ctx: typer.Context) -> Session:
    """Return the session of the running command."""
    session = ctx.find_object(Session)
    if session is None:
        raise RuntimeError("a command ran outside of main")
    return session


def family(name: str) -> typer.Typer:
    """Return the empty command family of this name; its one line stands in the table."""
    return typer.Typer(name=name, help=help_of(name), add_completion=False, rich_markup_mode=None)
