"""Batches of what is known of a company: master, accounts, consensus, headlines."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.model import SecurityKind
from jennie_cli.engine.store import Batch, Dataset
from jennie_cli.engine.store.panels import BoolArray, FloatArray
from jennie_cli.engine.venue import Calendar
from jennie_cli.simulator.accounts import (
    FIRST_YEAR,
    Accounts,
    published_on,
    quarter_label,
    quarter_number,
)
from jennie_cli.simulator.cast import ALWAYS_LISTED, FINES
from jennie_cli.simulator.events import NEVER, STATUSES
from jennie_cli.simulator.evolution import DayMade, Evolution
from jennie_cli.simulator.news import headline, headline_id
from jennie_cli.simulator.packing import (
    SOURCE,
    close_of,
    evening,
    moment,
    objects,
    pack,
    session_of,
)
from jennie_cli.simulator.streams import Stream, stream
from jennie_cli.simulator.ticks import BOARDS

_EOK = 1e8
_FINES = objects(FINES)
_COVERED_FROM = 4e11
_NIGHT_SHARE = 0.3
_DESK_CLOSES = timedelta(hours=6, minutes=30)


def listed_on(evolution: Evolution) -> list[date]:
    """Return every stock's listing day; newcomers that are not listed yet stand at the last day."""
    days = evolution.tape.days
    return [
        on if day == ALWAYS_LISTED else days[min(day, len(days) - 1)]
        for day, on in zip(evolution.roster.list_day, evolution.roster.listed_on, strict=True)
    ]


def master_batch(evolution: Evolution, stocks: BoolArray) -> Batch:
    """Return the master rows of some stocks as they stand after the newest day."""
    who = np.flatnonzero(stocks)
    cast, events, days = evolution.roster, evolution.events, evolution.tape.days
    listed = listed_on(evolution)
    dated = [*days, None]  # NEVER is -1 and so reads None
    return pack(
        Dataset.STOCK_MASTER,
        code=objects(cast.code)[who],
        name=objects(cast.name)[who],
        market=objects([m.value for m in BOARDS])[cast.board[who]],
        kind=objects([k.value for k in cast.kind])[who],
        status=objects([s.value for s in STATUSES])[events.status[who]],
        sector_fine=_FINES[cast.fine[who]],
        sector_source=objects([SOURCE] * who.size),
        shares=evolution.shares[who].astype(np.float64),
        listed_on=objects([listed[i] for i in who]),
        delisted_on=objects([dated[events.delisted[i]] for i in who]),
        status_since=objects([dated[events.since[i]] for i in who]),
        known_at=np.array([moment(listed[i]) for i in who], dtype=np.int64),
    )


def latest_quarter(before: date) -> int:
    """Return the newest quarter published before a day."""
    number = quarter_number(before)
    while published_on(number) >= before:
        number -= 1
    return number


def account_batches(evolution: Evolution, rows: BoolArray, known: FloatArray) -> tuple[Batch, ...]:
    """Return quarters and years where `rows` (quarters, N) is set, known at `known` (epoch s)."""
    if not rows.any():
        return ()
    who, quarter = np.nonzero(rows.T)
    moments = known.T[rows.T].astype(np.int64)
    made = [_quarterly(evolution, who, quarter, moments)]
    years = np.zeros_like(rows)
    years[3::4] = rows[3::4]
    if years.any():
        who, quarter = np.nonzero(years.T)
        made.append(_annual(evolution, who, quarter // 4, known.T[years.T].astype(np.int64)))
    return tuple(made)


def account_rows(evolution: Evolution, until: date) -> tuple[BoolArray, FloatArray]:
    """Return which quarters of which stocks were published before `until`, and when known.

    A newcomer's older accounts become known on its listing day; a stock that is gone files nothing.
    """
    count = latest_quarter(until) + 1
    cast, events, days = evolution.roster, evolution.events, evolution.tape.days
    filed = np.array([evening(published_on(q)) for q in range(count)], dtype=np.float64)[:, None]
    listed = np.array([moment(d) for d in listed_on(evolution)], dtype=np.float64)
    gone = np.array([moment(days[d]) if d != NEVER else np.inf for d in events.delisted])
    files = ~cast.is_kind(SecurityKind.SPAC, SecurityKind.ETF, SecurityKind.PREFERRED)
    rows = files & (cast.list_day < len(days)) & (filed < gone)
    return rows, np.maximum(filed, listed)


def _stack(accounts: Accounts, name: str, count: int) -> FloatArray:
    return np.array([getattr(accounts.quarter(q), name) for q in range(count)])


def _quarterly(
    evolution: Evolution,
    who: NDArray[np.intp],
    quarter: NDArray[np.intp],
    known: NDArray[np.int64],
) -> Batch:
    count = int(quarter.max()) + 1

    def taken(name: str) -> FloatArray:
        return np.asarray(_stack(evolution.accounts, name, count)[quarter, who])

    net_income, revenue, op_income = taken("net_income"), taken("revenue"), taken("op_income")
    return pack(
        Dataset.FINANCIALS_QUARTERLY,
        code=objects(evolution.roster.code)[who],
        quarter=objects([quarter_label(q) for q in range(count)])[quarter],
        rep_type=objects(["consolidated"] * who.size),
        revenue=np.round(revenue / _EOK, 2),
        op_income=np.round(op_income / _EOK, 2),
        opm=np.round(100.0 * op_income / revenue, 2),
        net_income=np.round(net_income / _EOK, 2),
        equity=np.round(taken("equity") / _EOK, 2),
        eps=np.round(net_income / evolution.shares[who], 2),
        roe=np.round(taken("roe"), 2),
        known_at=known,
    )


def _annual(
    evolution: Evolution, who: NDArray[np.intp], year: NDArray[np.intp], known: NDArray[np.int64]
) -> Batch:
    years = int(year.max()) + 1

    def yearly(name: str) -> FloatArray:
        quarters = _stack(evolution.accounts, name, years * 4)
        return np.asarray(quarters.reshape(years, 4, -1).sum(axis=1))

    equity = _stack(evolution.accounts, "equity", years * 4)[3::4][year, who]
    net_income, revenue, op_income = (yearly(n) for n in ("net_income", "revenue", "op_income"))
    debt = equity * evolution.roster.leverage[who]
    return pack(
        Dataset.FUNDAMENTALS_ANNUAL,
        code=objects(evolution.roster.code)[who],
        year=(year + FIRST_YEAR).astype(np.int64),
        roe=np.round(100.0 * net_income[year, who] / equity, 2),
        debt_ratio=np.round(100.0 * debt / equity, 2),
        cur_ratio=np.round(180.0 / (0.4 + evolution.roster.leverage[who]), 2),
        op_margin=np.round(100.0 * op_income[year, who] / revenue[year, who], 2),
        revenue_yoy=_growth(revenue)[year, who],
        op_income_yoy=_growth(op_income)[year, who],
        net_income=np.round(net_income[year, who]),
        total_equity=np.round(equity),
        total_debt=np.round(debt),
        total_asset=np.round(equity + debt),
        revenue=np.round(revenue[year, who]),
        op_income=np.round(op_income[year, who]),
        known_at=known,
    )


def _growth(values: FloatArray) -> FloatArray:
    growth = np.full(values.shape, np.nan)
    growth[1:] = np.where(values[:-1] > 0, 100.0 * (values[1:] / values[:-1] - 1.0), np.nan)
    return np.round(growth, 2)


def consensus_batch(evolution: Evolution, seed: int, made: DayMade) -> Batch:
    """Return the analysts' forward view of the larger companies on one day."""
    cast = evolution.roster
    quarter = latest_quarter(made.day)
    last_year = [evolution.accounts.quarter(q) for q in range(quarter - 3, quarter + 1)]
    noise = stream(seed, Stream.CONSENSUS, made.number).standard_normal(cast.size)
    covered = made.events.trading & cast.is_kind(SecurityKind.COMMON)
    who = np.flatnonzero(covered & (made.close * made.shares >= _COVERED_FROM))
    growth = evolution.accounts.quarter(quarter_number(made.day)).growth
    earned = np.sum([q.net_income for q in last_year], axis=0)
    ahead = earned + np.abs(earned) * (0.06 + 0.08 * growth + 0.05 * noise)
    eps = np.round(ahead / made.shares, 2)[who]
    positive = eps > 0
    return pack(
        Dataset.CONSENSUS,
        code=objects(cast.code)[who],
        date=objects([made.day] * who.size),
        fwd_per=np.where(
            positive, np.round(made.close[who] / np.where(positive, eps, 1.0), 2), np.nan
        ),
        fwd_eps=eps,
        fwd_roe=np.round(100.0 * ahead / last_year[-1].equity, 2)[who],
        foreign_pct=made.foreign_pct[who],
        known_at=np.full(who.size, evening(made.day), dtype=np.int64),
    )


def headline_batch(days: Sequence[DayMade], evolution: Evolution, calendar: Calendar) -> Batch:
    """Return the headlines after each session until half an hour before the next one."""
    cast = evolution.roster
    who = np.concatenate([d.news.stock for d in days])
    when = np.concatenate([_minutes(d, calendar) for d in days])
    mood = np.concatenate([d.news.sentiment for d in days])
    words = np.concatenate([d.news.words for d in days])
    told = [headline(cast.name[s], m, w) for s, m, w in zip(who, mood, words, strict=True)]
    ids = [
        headline_id(cast.code[s], int(t), title[0])
        for s, t, title in zip(who, when, told, strict=True)
    ]
    return pack(
        Dataset.HEADLINES,
        id=objects(ids),
        published_at=when,
        code=objects(cast.code)[who],
        title=objects([t[0] for t in told]),
        publisher=objects([t[1] for t in told]),
        label=objects([t[2] for t in told]),
        importance=np.concatenate([d.news.importance for d in days]),
        sentiment=mood,
        known_at=when,
    )


def _minutes(made: DayMade, calendar: Calendar) -> NDArray[np.int64]:
    following = session_of(calendar, calendar.next_day(made.day))
    start = close_of(calendar, made.day) + 600
    dark = start + int(_DESK_CLOSES.total_seconds())
    end = int(following.open.timestamp()) - 1_800
    u = made.news.moment
    day_part = start + (dark - start) * u / (1 - _NIGHT_SHARE)
    night = dark + (end - dark) * (u - 1 + _NIGHT_SHARE) / _NIGHT_SHARE
    seconds = np.where(u < 1 - _NIGHT_SHARE, day_part, night)
    return (seconds // 60 * 60).astype(np.int64)
