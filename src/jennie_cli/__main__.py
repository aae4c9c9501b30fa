"""`python -m jennie_cli` and the `jennie` script: answer what needs nothing, else start main.

The version and the root help import neither typer nor rich nor the engine.
"""

import sys
from collections.abc import Sequence

from jennie_cli._version import __version__


def run(argv: Sequence[str] | None = None) -> int:
    """Run one command line (default: this process's) and return its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words == ["--version"]:
        sys.stdout.write(f"jennie {__version__}\n")
        return 0
    if words in (["--help"], ["help"]):
        from jennie_cli.commands.root_help import root_help  # noqa: PLC0415  # the version must answer at once

        sys.stdout.write(root_help())
        return 0
    from jennie_cli.main import main  # noqa: PLC0415  # the version must answer at once

    return main(words)


if __name__ == "__main__":
    sys.exit(run())
