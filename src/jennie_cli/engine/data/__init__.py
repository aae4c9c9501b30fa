"""Brings facts into the store: recognises, types, checks and dates what files and rooms hand in."""

from jennie_cli.engine.data.filings import HOT_FILINGS, FilingCategory, FilingName, read_filing
from jennie_cli.engine.data.finishing import row_id
from jennie_cli.engine.data.freshness import Freshness, status
from jennie_cli.engine.data.importing import import_paths
from jennie_cli.engine.data.ingesting import ingest
from jennie_cli.engine.data.report import FileReport, ImportReport, IngestReport

__all__ = [
    "HOT_FILINGS",
    "FileReport",
    "FilingCategory",
    "FilingName",
    "Freshness",
    "ImportReport",
    "IngestReport",
    "import_paths",
    "ingest",
    "read_filing",
    "row_id",
    "status",
]
