"""Ports to what the world says: files a user brings, and later the network sources."""

from jennie_cli.engine.feed.tables import RawTable, TableReader

__all__ = ["RawTable", "TableReader"]
