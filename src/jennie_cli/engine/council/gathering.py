"""Gathers a morning's evidence from what a home keeps; sources that tell nothing leave it out."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from jennie_cli.engine.council.briefing import read_briefing
from jennie_cli.engine.council.evidence import (
    Evidence,
    Figure,
    PoliticalHeadline,
    SectorMove,
)
from jennie_cli.engine.council.momentum import sector_moves
from jennie_cli.engine.council.policy import CouncilPolicy
from jennie_cli.engine.council.technicals import ROWS, IndexTechnicals, technicals
from jennie_cli.engine.macro import vix_regime
from jennie_cli.engine.macro.collecting import (
    MacroRecord,
    fields,
    rate_differential,
    treasury_spread,
)
from jennie_cli.engine.scoring.market import read_stocks
from jennie_cli.engine.sectors import SectorPolicy, fine_trends
from jennie_cli.engine.store import Dataset, FactStore

_INDICES: Mapping[str, tuple[str, ...]] = {"KOSPI": ("KOSPI", "0001"), "KOSDAQ": ("KOSDAQ", "1001")}
_CALENDAR_DAYS = timedelta(days=ROWS * 2)
_UNITS = {
    "pct": "%",
    "change_pct": "%",
    "eok": "억원",
    "points": "",
    "sentiment": "",
    "KRW": "원",
    "USD": "달러",
}


def gather(
    facts: FactStore,
    record: MacroRecord | None,
    *,
    day: date,
    at: datetime,
    policy: CouncilPolicy,
    sectors: SectorPolicy,
) -> Evidence:
    """Return the evidence known at `at` for a day; `record` is the snapshot that stands then."""
    return Evidence(
        day=day,
        at=at,
        briefing=read_briefing(facts, as_of=at, day=day, policy=policy),
        channel=policy.channel,
        sectors=read_sectors(facts, as_of=at, policy=sectors),
        technicals=read_charts(facts, as_of=at),
        **({} if record is None else _of_snapshot(record)),
    )


def read_charts(facts: FactStore, *, as_of: datetime) -> tuple[IndexTechnicals, ...]:
    """Return the charts of KOSPI and KOSDAQ as known at a moment, without an index nobody has."""
    names = {code: index for index, codes in _INDICES.items() for code in codes}
    since = (as_of - _CALENDAR_DAYS).date()
    rows = facts.read(Dataset.INDEX_DAILY, as_of=as_of, codes=tuple(names), since=since)
    told: dict[str, dict[date, float]] = {index: {} for index in _INDICES}
    for code, on, close in zip(rows["index_code"], rows["date"], rows["close"], strict=True):
        if np.isfinite(close):
            told[names[code]][on] = float(close)
    return tuple(_chart(index, closes) for index, closes in told.items() if closes)


def read_sectors(
    facts: FactStore, *, as_of: datetime, policy: SectorPolicy
) -> tuple[SectorMove, ...]:
    """Return how each fine sector moved on the last known day, as known at a moment."""
    panel = facts.daily(as_of=as_of, days=policy.return_days + 1)
    if not panel.days:
        return ()
    master = read_stocks(facts, as_of=as_of)
    stocks = [master.get(code) for code in panel.codes]
    known = np.array([s is not None and bool(s.sector_fine) for s in stocks], dtype=bool)
    trends = fine_trends(
        close=panel.close,
        fine=[s.sector_fine if s else "" for s in stocks],
        market_cap=np.full(len(stocks), np.nan),
        policy=policy,
        counted=known,
    )
    groups = {s.sector_fine: s.sector_group for s in stocks if s}
    return sector_moves([t for t in trends if t.stocks], groups)


def _chart(index: str, closes: Mapping[date, float]) -> IndexTechnicals:
    days = sorted(closes)
    return technicals(index, days[-1], np.array([closes[d] for d in days]))


def _of_snapshot(record: MacroRecord) -> dict[str, Any]:
    politics = record.politics
    regime = vix_regime(record.value("vix"))
    return {
        "figures": _figures(record),
        "taken_at": record.at,
        "completeness_pct": round(record.completeness_ratio * 100),
        "missing": tuple(sorted({*record.missing, *record.stale})),
        "vix_regime": regime.value if regime else None,
        "political": politics.level if politics else None,
        "headlines": tuple(
            PoliticalHeadline(at=a.at, source=a.source, title=a.title, kind=a.category)
            for a in (politics.alerts if politics else ())
        ),
    }


def _figures(record: MacroRecord) -> dict[str, Figure]:
    units = {name: _UNITS.get(f.unit, f.unit) for name, f in fields().items()}
    told = {
        name: Figure(
            value=figure.value,
            unit=units.get(name, ""),
            source=figure.source,
            as_of=figure.as_of,
        )
        for name, figure in record.figures.items()
    }
    derived = {
        "treasury_spread": treasury_spread(record),
        "rate_differential": rate_differential(record),
    }
    made = {n: Figure(value=v, unit="%p") for n, v in derived.items() if v is not None}
    return {**told, **made}
