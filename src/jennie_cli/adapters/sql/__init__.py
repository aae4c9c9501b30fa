"""The store in SQL: facts, scout runs and run-time settings, migrated on opening."""

from jennie_cli.adapters.sql.config import ConfigChanged, SqlConfig
from jennie_cli.adapters.sql.engine import connect
from jennie_cli.adapters.sql.facts import SqlFacts
from jennie_cli.adapters.sql.runs import SqlRuns

__all__ = ["ConfigChanged", "SqlConfig", "SqlFacts", "SqlRuns", "connect"]
