"""The root help, drawn plainly from the command table."""

from jennie_cli.commands.argv import GLOBAL_OPTIONS
from jennie_cli.commands.families import FAMILIES

_HEAD = """\
Usage: jennie [OPTIONS] COMMAND [ARGS]...

Find, judge and trade Korean stocks from the terminal.

Commands:
"""

_TAIL = """\
  --version                Show the version
  --install-completion     Install completion for the current shell
  --show-completion        Show completion for the current shell
  --help                   Show this help; `jennie COMMAND --help` for one command

Options may stand before or after the command.

First steps:
  jennie scout run         today's watchlist of the built-in market: no account, no key, no network
  jennie doctor            what this machine has and lacks
"""


def root_help() -> str:
    """Return the text of `jennie --help`."""
    commands = "".join(f"  {f.name:<24} {f.help}\n" for f in FAMILIES)
    options = "".join(
        f"  {_spelled(o.names, o.metavar, o.choices):<24} {o.help}\n"
        for o in GLOBAL_OPTIONS
        if not o.hidden
    )
    return f"{_HEAD}{commands}\nOptions:\n{options}{_TAIL}"


def _spelled(names: tuple[str, ...], metavar: str, choices: tuple[str, ...]) -> str:
    value = "|".join(choices) or metavar
    return ", ".join(names) + (f" {value}" if value else "")
