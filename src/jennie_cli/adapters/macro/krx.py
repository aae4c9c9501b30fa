"""KRX's own data market, with a login: both indices, and who bought net on each board.

A day that is still running is told late by twenty minutes. Of a day's row the parts must sum to its
total, and the change must be that of the closes, or the table is not the one known here.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from jennie_cli.adapters.macro.answers import changed, each, number, part
from jennie_cli.adapters.macro.krx_session import KrxLogin, KrxSession
from jennie_cli.engine.clock import KST
from jennie_cli.engine.feed import Fetched, Fetcher
from jennie_cli.engine.macro.collecting import Gathered, Reading

_BOARDS: Mapping[str, tuple[str, str]] = {"kospi": ("1", "STK"), "kosdaq": ("2", "KSQ")}
"""Group of a board's index, of which 001 is the whole board (1001, 2001), and the board's id."""

_INDEX, _FLOWS = "dbms/MDC/STAT/standard/MDCSTAT00301", "dbms/MDC/STAT/standard/MDCSTAT02202"
_WHO: Mapping[str, str] = {
    "institutional": "TRDVAL1",
    "other": "TRDVAL2",
    "retail": "TRDVAL3",
    "foreign": "TRDVAL4",
}
"""All institutions, other companies, private people, and foreigners registered and not."""

_WANTED = {"kospi": ("foreign", "institutional", "retail"), "kosdaq": ("foreign",)}
_SPAN = timedelta(days=15)
_EOK = 100_000_000
_ROUNDING_WON = 10
_ROUNDING_PCT = 0.02
_FALLING = "2"
_CLOSE = time(15, 30)
_LATE = timedelta(minutes=20)
_INDEX_FIELDS: Mapping[str, tuple[str, ...]] = {
    b: (f"{b}_index", f"{b}_change_pct") for b in _BOARDS
}
_FLOW_FIELDS = {b: tuple(f"{b}_{who}_net" for who in whos) for b, whos in _WANTED.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class KrxSource:
    """One login and two calls for each board. `url` is that of the site; `judged` is told each code
    that a login was answered with.
    """

    url: str
    login: KrxLogin
    fetcher: Fetcher
    judged: Callable[[str], None] = lambda _: None
    name: str = "krx"
    fields: frozenset[str] = frozenset(
        n for told in (_INDEX_FIELDS, _FLOW_FIELDS) for names in told.values() for n in names
    )

    async def collect(self, day: date, now: datetime) -> Gathered:
        """Return levels, changes and flows of the newest day told up to `day`."""
        session = KrxSession(
            url=self.url,
            login=self.login,
            fetcher=self.fetcher,
            budget=self.name,
            judged=self.judged,
        )
        await session.begin()
        names: dict[str, tuple[str, ...]] = {f"{b} index": f for b, f in _INDEX_FIELDS.items()}
        names |= {f"{b} flows": f for b, f in _FLOW_FIELDS.items()}
        got = await each(
            {f"{b} index": self._index(session, b, day, now) for b in _BOARDS}
            | {f"{b} flows": self._flows(session, b, day, now) for b in _BOARDS}
        )
        failed = {field: why for told, why in got.failed.items() for field in names[told]}
        return replace(got, failed=failed)

    async def _index(
        self, session: KrxSession, board: str, day: date, now: datetime
    ) -> tuple[Reading, ...]:
        asked = {"indIdx": _BOARDS[board][0], "indIdx2": "001", **_span(day)}
        rows, page = await session.rows(_INDEX, asked)
        told = [
            (at, close, number(part(row, "UPDN_RATE")), str(part(row, "FLUC_TP_CD")))
            for at, row in _dated(rows, day, page)
            if (close := number(part(row, "CLSPRC_IDX")))
        ]
        told.sort(key=lambda known: known[0])
        if not told:
            return ()
        at, level, moved, kind = told[-1]
        if moved is None:
            raise changed(page, "an index without change")
        change = -abs(moved) if kind == _FALLING else moved
        if len(told) > 1 and abs((level / told[-2][1] - 1) * 100 - change) > _ROUNDING_PCT:
            raise changed(page, "a change that the closes do not make")
        as_of = _true_at(at, now)
        return tuple(
            Reading(field=field, value=value, source=self.name, as_of=as_of)
            for field, value in zip(_INDEX_FIELDS[board], (level, change), strict=True)
        )

    async def _flows(
        self, session: KrxSession, board: str, day: date, now: datetime
    ) -> tuple[Reading, ...]:
        blank = dict.fromkeys(("etf", "etn", "elw"), "")
        asked = {"mktId": _BOARDS[board][1], **blank, **_span(day)}
        asked |= {"inqTpCd": "2", "trdVolVal": "2", "askBid": "3"}
        rows, page = await session.rows(_FLOWS, asked)
        known = [(at, _parts(row, page)) for at, row in _dated(rows, day, page)]
        told = [(at, parts) for at, parts in known if any(parts.values())]
        if not told:
            return ()
        at, parts = max(told, key=lambda pair: pair[0])
        as_of = _true_at(at, now)
        return tuple(
            Reading(
                field=f"{board}_{who}_net",
                value=round(parts[who] / _EOK, 4),
                source=self.name,
                as_of=as_of,
            )
            for who in _WANTED[board]
        )


def _span(day: date) -> Mapping[str, str]:
    return {"strtDd": f"{day - _SPAN:%Y%m%d}", "endDd": f"{day:%Y%m%d}"}


def _dated(rows: Sequence[Any], day: date, page: Fetched) -> Iterable[tuple[date, Any]]:
    """Yield rows with their days, none after `day`. Raises FetchFailed for a row without one."""
    for row in rows:
        try:
            at = datetime.strptime(str(part(row, "TRD_DD")), "%Y/%m/%d").date()  # noqa: DTZ007  # a day, no moment
        except ValueError:
            raise changed(page, "a row without a day") from None
        if at <= day:
            yield at, row


def _parts(row: Any, page: Fetched) -> Mapping[str, float]:
    """Return net won by kind of investor. Raises FetchFailed where they do not sum to the total."""
    told = {who: number(part(row, column)) for who, column in _WHO.items()}
    parts = {who: value for who, value in told.items() if value is not None}
    total = number(part(row, "TRDVAL_TOT"))
    if len(parts) < len(_WHO) or total is None:
        raise changed(page, "a row without figures")
    if abs(sum(parts.values()) - total) > _ROUNDING_WON:
        raise changed(page, "parts that are not the total")
    return parts


def _true_at(day: date, now: datetime) -> datetime:
    """Return when a day's figures were true: its close, or what KRX is late by while it runs."""
    return min(datetime.combine(day, _CLOSE, KST), now - _LATE)
