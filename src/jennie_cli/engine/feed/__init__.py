"""Ports to what the world says: files a user brings, and later the network sources."""

from jennie_cli.engine.feed.tables import FolderLister, Listing, RawTable, TableReader

__all__ = ["FolderLister", "Listing", "RawTable", "TableReader"]
