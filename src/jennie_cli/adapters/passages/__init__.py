"""The archive in one SQLite file: passages with their words, and vectors where no Chroma is."""

from jennie_cli.adapters.passages.file import ArchiveFile
from jennie_cli.adapters.passages.meanings import SqliteMeanings
from jennie_cli.adapters.passages.texts import SqliteTexts

__all__ = ["ArchiveFile", "SqliteMeanings", "SqliteTexts"]
