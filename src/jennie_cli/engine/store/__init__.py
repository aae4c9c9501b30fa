"""Ports to what we kept, their value types, and an in-memory twin of each."""

from jennie_cli.engine.store.facts import (
    Batch,
    Columns,
    Coverage,
    Dataset,
    FactStore,
    FileRecord,
    WriteCount,
)
from jennie_cli.engine.store.memory import MemoryFacts, MemoryRuns
from jennie_cli.engine.store.panels import DailyPanel, FlowPanel
from jennie_cli.engine.store.runs import (
    Drop,
    FactorScore,
    PartScore,
    RegimeReading,
    RunStore,
    ScoredStock,
    ScoutRun,
    SectorRow,
    Stage,
)
from jennie_cli.engine.store.schema import SCHEMAS, Column, Schema

__all__ = [
    "SCHEMAS",
    "Batch",
    "Column",
    "Columns",
    "Coverage",
    "DailyPanel",
    "Dataset",
    "Drop",
    "FactStore",
    "FactorScore",
    "FileRecord",
    "FlowPanel",
    "MemoryFacts",
    "MemoryRuns",
    "PartScore",
    "RegimeReading",
    "RunStore",
    "Schema",
    "ScoredStock",
    "ScoutRun",
    "SectorRow",
    "Stage",
    "WriteCount",
]
