"""The order ledger on disk: an append-only journal, and its projection kept in step."""

from jennie_cli.adapters.journal.joined import JournaledLedger
from jennie_cli.adapters.journal.journal import Journal

__all__ = ["Journal", "JournaledLedger"]
