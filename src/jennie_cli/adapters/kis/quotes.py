"""What KIS says of a stock when asked: price, book, minutes, days, open days."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta

from jennie_cli.adapters.kis.answers import Row, checked, only_row, ordered, rows
from jennie_cli.adapters.kis.caller import Caller, Reply
from jennie_cli.adapters.kis.quotes_rows import (
    book_of,
    day_bar,
    dividend,
    listed_quote,
    minute_bar,
    no_such_code,
    quote_of,
    traded_day,
)
from jennie_cli.engine.broker import BrokerUnavailable
from jennie_cli.engine.clock import Clock
from jennie_cli.engine.errors import UnknownStock
from jennie_cli.engine.feed import Book, DayBar, Dividend, MinuteBar, Quote, TradedDay
from jennie_cli.engine.venue import Calendar, SessionPhase
from jennie_cli.kis_wire import TRS, Tr
from jennie_cli.kis_wire.codes import MarketDivision
from jennie_cli.kis_wire.text import day_text, time_text

_AT_ONCE = 30
_MOST_CALLS = 60
_AUCTIONS = frozenset({SessionPhase.OPENING_AUCTION, SessionPhase.CLOSING_AUCTION})
_ADJUSTED, _AS_TRADED = "0", "1"
"""FID_ORG_ADJ_PRC of the daily chart; in the other daily TR, `day_prices`, 1 means adjusted."""


_EVERY_DIVIDEND = "0"
"""GB1: final and interim ones."""


class KisQuotes:
    """The ports `feed.Quotes` and `feed.History` over KIS.

    Failures are BrokerUnavailable or UnknownStock.
    """

    def __init__(self, caller: Caller, clock: Clock, calendar: Calendar) -> None:
        """`calendar` tells when an auction runs, for only then an expected price is asked."""
        self._caller = caller
        self._clock = clock
        self._calendar = calendar

    @property
    def at_once(self) -> int:
        """How many stocks one call of `quotes` tells; the paper host has no list."""
        return 1 if self._caller.paper else _AT_ONCE

    async def quote(self, code: str) -> Quote:
        """Return the stock now, with the expected price while an auction runs; UnknownStock."""
        tr = TRS["price"]
        reply = await self._ask(tr, {"FID_INPUT_ISCD": code})
        quote = quote_of(code, only_row(tr, reply, "output"))
        if not (quote.vi_active or self._phase() in _AUCTIONS):
            return quote
        _, expected = await self._book(code)
        return replace(quote, expected_price=expected)

    async def quotes(self, codes: Sequence[str]) -> tuple[Quote, ...]:
        """Return many stocks now, thirty a call; unknown codes are left out.

        The list tells no designation: `status` of such a quote is NORMAL. The paper host has no
        list, so each code is asked there, as a single one is everywhere.
        """
        wanted = tuple(dict.fromkeys(codes))
        if self._caller.paper or len(wanted) == 1:
            return await self._one_by_one(wanted)
        found: list[Quote] = []
        for start in range(0, len(wanted), _AT_ONCE):
            found += await self._listed(wanted[start : start + _AT_ONCE])
        return tuple(found)

    async def book(self, code: str) -> Book:
        """Return the order book with ten levels; UnknownStock."""
        book, _ = await self._book(code)
        return book

    async def minutes(self, code: str) -> tuple[MinuteBar, ...]:
        """Return today's minutes with a trade so far, oldest first, without the running one."""
        tr = TRS["minute_chart"]
        now = self._clock.now()
        running = now.replace(second=0, microsecond=0)
        found: dict[datetime, MinuteBar] = {}
        upto = now
        for _ in range(_MOST_CALLS):
            query = {
                "FID_INPUT_ISCD": code,
                "FID_INPUT_HOUR_1": time_text(upto),
                "FID_PW_DATA_INCU_YN": "Y",
            }
            reply = await self._ask(tr, query)
            _check_known(tr, reply, code)
            told = [minute_bar(code, row) for row in _dated(tr, reply)]
            fresh = [b for b in told if b.start.date() == now.date() and b.start <= upto]
            new = [b for b in fresh if b.start not in found]
            found |= {b.start: b for b in new}
            if not new or len(fresh) < len(told):
                break
            upto = min(b.start for b in new) - timedelta(minutes=1)
        bars = (found[start] for start in sorted(found))
        return tuple(b for b in bars if b.volume and b.start < running)

    async def days(self, code: str, *, start: date, end: date) -> tuple[DayBar, ...]:
        """Return adjusted days, oldest first; today's is not final while its session runs."""
        told = await self._day_chart(code, start, end, _ADJUSTED)
        return tuple(self._day_bar(code, row) for row in told)

    async def days_as_traded(self, code: str, *, start: date, end: date) -> tuple[TradedDay, ...]:
        """Return days without any adjustment, oldest first; UnknownStock."""
        told = await self._day_chart(code, start, end, _AS_TRADED)
        return tuple(traded_day(code, row) for row in told)

    async def _day_chart(self, code: str, start: date, end: date, prices: str) -> list[Row]:
        """Return the rows of these days, oldest first, each day once."""
        tr = TRS["day_chart"]
        found: dict[date, Row] = {}
        last = end
        for _ in range(_MOST_CALLS):
            if last < start:
                break
            query = {
                "FID_INPUT_ISCD": code,
                "FID_INPUT_DATE_1": day_text(start),
                "FID_INPUT_DATE_2": day_text(last),
                "FID_PERIOD_DIV_CODE": "D",
                "FID_ORG_ADJ_PRC": prices,
            }
            reply = await self._ask(tr, query)
            _check_known(tr, reply, code)
            told = {row.day("stck_bsop_date"): row for row in _dated(tr, reply)}
            new = {day: row for day, row in told.items() if start <= day <= last}
            if not new:
                break
            found |= new
            last = min(new) - timedelta(days=1)
        return [found[day] for day in sorted(found)]

    async def dividends(self, code: str, *, start: date, end: date) -> tuple[Dividend, ...]:
        """Return cash dividends by their record day, oldest first; the paper host tells none."""
        tr = TRS["dividends"]
        if self._caller.paper:
            raise BrokerUnavailable(
                "Paper trading does not tell dividends.",
                hint="A stop stays where it is on an ex-date.",
            )
        query = {"GB1": _EVERY_DIVIDEND, "F_DT": day_text(start), "T_DT": day_text(end)}
        reply = await self._ask(tr, {"SHT_CD": code, **query})
        told = [dividend(row) for row in rows(tr, reply, "output1")]
        mine = (found for found in told if found.code == code and start <= found.record_day <= end)
        return tuple(sorted(mine, key=lambda found: found.record_day))

    async def open_days(self, start: date) -> tuple[tuple[date, bool], ...]:
        """Return about 24 calendar days from `start` on; the paper host cannot tell."""
        tr = TRS["holidays"]
        if self._caller.paper:
            raise BrokerUnavailable(
                "Paper trading does not tell holidays.", hint="The calendar knows: jennie calendar"
            )
        reply = await self._ask(tr, {"BASS_DT": day_text(start)})
        found = rows(tr, reply, "output")
        return tuple((row.day("bass_dt"), row.word("opnd_yn") == "Y") for row in found)

    async def _ask(self, tr: Tr, query: dict[str, str]) -> Reply:
        if "FID_COND_MRKT_DIV_CODE" in tr.query:
            query = {"FID_COND_MRKT_DIV_CODE": MarketDivision.KRX, **query}
        reply = await self._caller.call(tr, query=ordered(tr, query))
        checked(tr, reply)
        return reply

    async def _book(self, code: str) -> tuple[Book, int | None]:
        tr = TRS["book"]
        reply = await self._ask(tr, {"FID_INPUT_ISCD": code})
        book_row = only_row(tr, reply, "output1")
        return book_of(code, book_row, only_row(tr, reply, "output2"), day=self._clock.now().date())

    async def _listed(self, codes: Sequence[str]) -> list[Quote]:
        tr = TRS["many_prices"]
        query: dict[str, str] = {}
        for place, code in enumerate(codes, start=1):
            query[f"FID_COND_MRKT_DIV_CODE_{place}"] = MarketDivision.KRX
            query[f"FID_INPUT_ISCD_{place}"] = code
        reply = await self._caller.call(tr, query=query)
        checked(tr, reply)
        closing = self._phase() is SessionPhase.CLOSING_AUCTION
        told = (listed_quote(row, closing=closing) for row in rows(tr, reply, "output"))
        return [quote for quote in told if quote is not None and quote.code in codes]

    async def _one_by_one(self, codes: Sequence[str]) -> tuple[Quote, ...]:
        found: list[Quote] = []
        for code in codes:
            with suppress(UnknownStock):
                found.append(await self.quote(code))
        return tuple(found)

    def _phase(self) -> SessionPhase | None:
        now = self._clock.now()
        session = self._calendar.session(now.date())
        return None if session is None else session.phase(now)

    def _day_bar(self, code: str, row: Row) -> DayBar:
        now = self._clock.now()
        session = self._calendar.session(now.date())
        bar = day_bar(code, row)
        running = session is not None and bar.day == now.date() and now < session.close
        return replace(bar, final=not running)


def _dated(tr: Tr, reply: Reply) -> tuple[Row, ...]:
    """Return the rows of a chart without those that only fill it up."""
    return tuple(r for r in rows(tr, reply, "output2") if r.optional("stck_bsop_date"))


def _check_known(tr: Tr, reply: Reply, code: str) -> None:
    """Raise UnknownStock where the head of a chart has no price."""
    if not only_row(tr, reply, "output1").whole("stck_prpr"):
        raise no_such_code(code)
