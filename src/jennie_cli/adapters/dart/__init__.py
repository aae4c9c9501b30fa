"""The register of filings (DART): the market-wide list."""

from jennie_cli.adapters.dart.source import DartFilings

__all__ = ["DartFilings"]
