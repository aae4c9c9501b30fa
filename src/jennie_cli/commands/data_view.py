"""What an import did and what the store holds, for a person and for a script."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType

from jennie_cli.commands.output import plain, table

if TYPE_CHECKING:
    from jennie_cli.engine.data import Freshness, ImportReport


def import_document(report: "ImportReport") -> dict[str, Any]:
    """Return an import as JSON knows it."""
    return {
        "changed": report.changed_anything,
        "files": report.files,
        "skipped": [{"path": path, "why": why} for path, why in report.skipped],
    }


def import_view(report: "ImportReport") -> RenderableType:
    """Return an import as a table, then every reason for which rows were left out."""
    rows = [
        (f.name, f.dataset, f.rows, f.new, f.changed, f.unchanged, sum(f.rejected.values()))
        for f in report.files
    ]
    head = ("file", "table", "rows", "new", "changed", "unchanged", "rejected")
    reasons = [
        f"{f.name}: {count} rows {word}: {why}"
        for f in report.files
        for word, found in (("rejected", f.rejected), ("kept", f.notes))
        for why, count in found.items()
    ]
    again = [f"{f.name}: same content as before" for f in report.files if f.repeated]
    skipped = [f"{path}: skipped, {why}" for path, why in report.skipped]
    return Group(table(head, rows), *reasons, *again, *skipped)


def status_document(market: str, rows: Sequence["Freshness"]) -> dict[str, Any]:
    """Return coverage and freshness as JSON knows them."""
    tables = [{**plain(r.coverage), "sessions_behind": r.sessions_behind} for r in rows]
    return {"market": market, "tables": tables}


def status_view(market: str, rows: Sequence["Freshness"]) -> RenderableType:
    """Return coverage and freshness as a table; behind = sessions ended after the last day."""
    if not rows:
        return f"The {market} market of this home holds nothing yet."
    head = ("table", "rows", "codes", "first", "last", "behind")
    held = [(r.coverage, r.sessions_behind) for r in rows]
    shown = [(c.dataset, c.rows, c.codes, c.first, c.last, behind) for c, behind in held]
    return Group(f"market: {market}", table(head, shown))
