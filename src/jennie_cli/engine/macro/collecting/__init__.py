"""Collecting the macro side of a day: figures with source and moment, judged and kept."""

from jennie_cli.engine.macro.collecting.dates import korean_day
from jennie_cli.engine.macro.collecting.fields import (
    ESSENTIAL,
    GLOBAL_NEWS,
    KOREA_NEWS,
    REQUIRED,
    Field,
    FieldKind,
    fields,
    quick_fields,
)
from jennie_cli.engine.macro.collecting.judging import standing
from jennie_cli.engine.macro.collecting.keeping import (
    MacroStore,
    MemoryMacroStore,
    SnapshotDamaged,
    newest_sound,
    read_record,
    snapshot_at,
)
from jennie_cli.engine.macro.collecting.politics import Alert, Politics, politics_of
from jennie_cli.engine.macro.collecting.record import (
    Figure,
    Gap,
    KrwPressure,
    MacroRecord,
    Scope,
    as_snapshot,
    is_risk_off,
    krw_pressure,
    rate_differential,
    treasury_spread,
)
from jennie_cli.engine.macro.collecting.recorded import RecordedSource
from jennie_cli.engine.macro.collecting.running import (
    POLITICS,
    Collection,
    MacroInvalid,
    Plan,
    SourceReport,
    collect,
)
from jennie_cli.engine.macro.collecting.sentiment import label_of
from jennie_cli.engine.macro.collecting.sources import (
    Gathered,
    Item,
    MacroSource,
    Reading,
    Topic,
)

__all__ = [
    "ESSENTIAL",
    "GLOBAL_NEWS",
    "KOREA_NEWS",
    "POLITICS",
    "REQUIRED",
    "Alert",
    "Collection",
    "Field",
    "FieldKind",
    "Figure",
    "Gap",
    "Gathered",
    "Item",
    "KrwPressure",
    "MacroInvalid",
    "MacroRecord",
    "MacroSource",
    "MacroStore",
    "MemoryMacroStore",
    "Plan",
    "Politics",
    "Reading",
    "RecordedSource",
    "Scope",
    "SnapshotDamaged",
    "SourceReport",
    "Topic",
    "as_snapshot",
    "collect",
    "fields",
    "is_risk_off",
    "korean_day",
    "krw_pressure",
    "label_of",
    "newest_sound",
    "politics_of",
    "quick_fields",
    "rate_differential",
    "read_record",
    "snapshot_at",
    "standing",
    "treasury_spread",
]
