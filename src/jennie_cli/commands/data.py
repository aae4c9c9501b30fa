"""Loads files into the store, and says what the store holds."""

import os
from pathlib import Path
from typing import Annotated

import typer

from jennie_cli.commands.session import current, family
from jennie_cli.engine.errors import InputError
from jennie_cli.wiring import coverage, import_files

app = family("data")


@app.command("import")
def import_command(
    ctx: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files or folders")],
) -> None:
    """Load parquet, csv and jsonl files; loading one again changes nothing.

    Wrong rows are left out and counted by reason; a wrong file leaves the store as it was. From
    the first import on, the home reads the imported market.
    """
    from jennie_cli.commands.data_view import import_document, import_view  # noqa: PLC0415  # --help must not pay for rich

    session = current(ctx)
    # pathlib raises for a name longer than the system takes; such a file does not exist
    absent = [str(path) for path in paths if not os.path.exists(path)]  # noqa: PTH110  # see above
    if absent:
        shown = ", ".join(absent).encode("utf-8", "replace").decode()
        raise InputError(f"There is no {shown}.", hint="Nothing was imported.")
    report = import_files(session.house, [str(path) for path in paths])
    for file in report.files:
        if file.rows and sum(file.rejected.values()) == file.rows:
            session.out.talk(f"{file.name}: nothing accepted, all {file.rows} rows were rejected.")
    session.out.answer(import_document(report), lambda: import_view(report))


@app.command()
def status(ctx: typer.Context) -> None:
    """Show what each table of this home's market holds: rows, codes, first and last day."""
    from jennie_cli.commands.data_view import status_document, status_view  # noqa: PLC0415  # --help must not pay for rich

    session = current(ctx)
    market, rows = session.house.market, coverage(session.house)
    session.out.answer(status_document(market, rows), lambda: status_view(market, rows))
