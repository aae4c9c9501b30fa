"""Files a user brings: csv, parquet and jsonl, and the folders that hold them."""

from jennie_cli.adapters.files.folders import TableFolder
from jennie_cli.adapters.files.reader import FileReader

__all__ = ["FileReader", "TableFolder"]
