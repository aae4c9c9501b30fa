"""`python -m jennie_cli` and the `jennie` script: answer what needs nothing, else start main.

The version and the root help import neither typer nor rich nor the engine.
"""

import sys
from collections.abc import Sequence

from jennie_cli._version import __version__
from jennie_cli.commands.streams import mend, silence

_OUTSIDE = 6
"""The exit code of main for a resource that failed; its table is not worth importing here."""


def run(argv: Sequence[str] | None = None) -> int:
    """Run one command line (default: this process's) and return its exit code."""
    mend()
    words = list(sys.argv[1:] if argv is None else argv)
    if words == ["--version"]:
        return _say(f"jennie {__version__}\n")
    if words in (["--help"], ["help"]):
        from jennie_cli.commands.root_help import root_help  # noqa: PLC0415  # the version must answer at once

        return _say(root_help())
    from jennie_cli.main import main  # noqa: PLC0415  # the version must answer at once

    return main(words)


def _say(text: str) -> int:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        silence(sys.stdout)
        if isinstance(error, BrokenPipeError):
            return 0
        sys.stderr.write(f"The answer was not written to stdout: {error.strerror}.\n")
        return _OUTSIDE
    return 0


if __name__ == "__main__":
    sys.exit(run())
