"""A market small enough to reckon by hand: four stocks, weekdays up to a Friday, typed facts."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np

from jennie_cli.engine.clock import KST
from jennie_cli.engine.store import Batch, Dataset, MemoryFacts

LAST = date(2025, 6, 27)
AS_OF = datetime(2025, 6, 27, 23, 59, 59, tzinfo=KST)
MASTER: Mapping[str, tuple[str, str, str]] = {
    "005930": ("삼성전자", "KOSPI", "반도체와반도체장비"),
    "105560": ("KB금융", "KOSPI", "은행"),
    "196170": ("알테오젠", "KOSDAQ", "생물공학"),
    "247540": ("에코프로비엠", "KOSDAQ", "전기제품"),
}
CODES = tuple(MASTER)
SHARES = 1_000_000


def weekdays(count: int, last: date = LAST) -> list[date]:
    """Return the newest `count` weekdays up to `last`, oldest first."""
    every = (last - timedelta(days=i) for i in range(count * 2 + 7))
    return sorted([d for d in every if d.weekday() < 5][:count])


def second(day: date, hour: int = 16) -> int:
    """Return the epoch second of an hour of a Korean day."""
    return int(datetime.combine(day, time(hour), KST).timestamp())


def batch(dataset: Dataset, rows: Sequence[Mapping[str, Any]]) -> Batch:
    """Return rows, each with its known_at, as a typed batch."""
    columns: dict[str, Any] = {}
    for name in rows[0]:
        values = [r[name] for r in rows]
        kind = object if isinstance(values[0], (str, date)) or values[0] is None else None
        columns[name] = np.array(values, dtype=kind)
    columns["source"] = np.full(len(rows), "test", dtype=object)
    return Batch(dataset=dataset, columns=columns)


def master_rows(**changed: Any) -> list[dict[str, Any]]:
    """Return the master; keywords replace a column of every row."""
    return [
        {
            "code": code,
            "name": name,
            "market": market,
            "kind": "COMMON",
            "status": "NORMAL",
            "sector_fine": fine,
            "sector_source": "naver",
            "shares": float(SHARES),
            "known_at": 0,
            **changed,
        }
        for code, (name, market, fine) in MASTER.items()
    ]


def bar_rows(code: str, closes: Sequence[float], last: date = LAST) -> list[dict[str, Any]]:
    """Return bars of one stock whose closes end on `last`, each known at 16:00 of its day."""
    return [
        {
            "code": code,
            "date": day,
            "open": int(close),
            "high": int(close),
            "low": int(close),
            "close": int(close),
            "volume": 1000,
            "known_at": second(day),
        }
        for day, close in zip(weekdays(len(closes), last), closes, strict=True)
    ]


def cap_row(code: str, day: date, cap: int, close: int = 10_000) -> dict[str, Any]:
    """Return a market-cap snapshot known at 16:00 of its day."""
    return {
        "code": code,
        "date": day,
        "market": MASTER[code][1],
        "close": close,
        "volume": 1000,
        "value": 1000 * close,
        "market_cap": cap,
        "shares": cap // close,
        "known_at": second(day),
    }


def index_rows(code: str, closes: Sequence[float], value: float = np.nan) -> list[dict[str, Any]]:
    """Return index closes that end on the last day."""
    days = weekdays(len(closes))
    return [
        {"index_code": code, "date": d, "close": float(c), "value": value, "known_at": second(d)}
        for d, c in zip(days, closes, strict=True)
    ]


def quarter_row(code: str, quarter: str, known: date, **figures: float) -> dict[str, Any]:
    """Return quarterly accounts with these figures, known from 16:00 of `known` on."""
    empty = dict.fromkeys(("net_income", "equity", "eps", "roe"), np.nan)
    return {"code": code, "quarter": quarter, **empty, **figures, "known_at": second(known)}


def year_row(code: str, year: int, known: date, **figures: float) -> dict[str, Any]:
    """Return annual accounts with these figures, known from 16:00 of `known` on."""
    empty = dict.fromkeys(("roe", "net_income", "total_equity"), np.nan)
    return {"code": code, "year": year, **empty, **figures, "known_at": second(known)}


def headline_row(code: str, at: datetime, sentiment: float, number: int) -> dict[str, Any]:
    """Return a judged headline, known when it was published."""
    moment = int(at.timestamp())
    return {
        "id": f"h{number}",
        "published_at": moment,
        "code": code,
        "title": "제목",
        "sentiment": sentiment,
        "known_at": moment,
    }


def flat_market(rows: int = 170, close: float = 10_000) -> MemoryFacts:
    """Return a market in which nothing ever moves and every stock is in the master."""
    facts = MemoryFacts()
    bars = [r for code in CODES for r in bar_rows(code, [close] * rows)]
    facts.write([batch(Dataset.STOCK_MASTER, master_rows()), batch(Dataset.DAILY_BARS, bars)])
    return facts
