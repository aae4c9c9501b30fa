"""What stocks held went through is found in their days as traded and in today's base price."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date

import pytest

from jennie_cli.engine.broker import BrokerUnavailable
from jennie_cli.engine.errors import JennieError
from jennie_cli.engine.exits import ExDate
from jennie_cli.engine.feed import Dividend, TradedDay
from jennie_cli.engine.trading.session.opening_days import (
    DaysHeld,
    days_held,
    ex_dates_of,
    ex_dividend_day,
)
from jennie_cli.engine.venue import default_calendar

CODE = "005930"
CALENDAR = default_calendar()
TODAY = date(2025, 7, 3)
DAYS = CALENDAR.days(date(2025, 6, 26), date(2025, 7, 2))
"""Thursday, Friday, and Monday to Wednesday."""


def traded(day: date, close: int, *, base: int, code: str = CODE) -> TradedDay:
    """Return a day as traded."""
    return TradedDay(code=code, day=day, high=close + 100, close=close, base=base, volume=10)


def days(*told: tuple[int, int]) -> tuple[TradedDay, ...]:
    """Return days by base and close, the last of them yesterday."""
    return tuple(
        traded(day, close, base=base)
        for day, (base, close) in zip(DAYS[len(DAYS) - len(told) :], told, strict=True)
    )


PLAIN = ((9_900, 10_000), (10_000, 10_300), (10_300, 10_250))


@pytest.mark.parametrize(
    ("told", "base", "found"),
    [
        (PLAIN, 10_250, {}),  # every day goes on where the one before ended
        (PLAIN, 2_050, {TODAY: 0.2}),  # a split for five this morning
        (PLAIN, 102_500, {TODAY: 10.0}),  # a reduction of capital
        (PLAIN, 10_100, {TODAY: 10_100 / 10_250}),  # rights went off
        (PLAIN, 0, {}),  # no base price is known
        (((9_900, 10_000), (2_000, 2_100), (2_100, 2_050)), 2_050, {DAYS[3]: 0.2}),
        (((9_900, 10_000), (5_000, 5_000), (1_000, 990)), 495, None),
        ((), 10_000, {}),
    ],
)
def test_a_base_price_that_is_not_the_close_before_is_an_ex_date(
    told: Sequence[tuple[int, int]], base: int, found: Mapping[date, float] | None
) -> None:
    """Its ratio moves the stops; None stands for one on each of the last three mornings."""
    wanted = {DAYS[3]: 0.5, DAYS[4]: 0.2, TODAY: 0.5} if found is None else found
    events = ex_dates_of(days(*told), today=TODAY, base=base, calendar=CALENDAR)
    assert wanted == {date.fromordinal(e.day): e.base_ratio for e in events}
    assert all(event.code == CODE and not event.dividend for event in events)


@pytest.mark.parametrize(
    ("base", "ratio"),
    [
        (11_000, None),  # the day that is missing may have ended there
        (7_000, None),
        (6_900, 0.69),  # further than a day can go
        (2_000, 0.2),
    ],
)
def test_a_day_that_is_missing_makes_no_ex_date(base: int, ratio: float | None) -> None:
    """A chart that lacks yesterday says nothing of how today begins, but for what no day can do."""
    told = [traded(DAYS[-2], 10_000, base=9_900)]
    events = ex_dates_of(told, today=TODAY, base=base, calendar=CALENDAR)
    assert ([ratio] if ratio else []) == [event.base_ratio for event in events]


class Charts:
    """Answers with days and dividends; `broken` codes have no chart, on paper no dividends."""

    def __init__(
        self,
        told: Mapping[str, Sequence[TradedDay]],
        *paid: Dividend,
        broken: str = "",
        paper: bool = False,
    ) -> None:
        """Know the charts."""
        self.told, self.paid, self.broken, self.paper = told, paid, broken, paper
        self.asked: list[tuple[str, date, date]] = []

    async def days_as_traded(self, code: str, *, start: date, end: date) -> tuple[TradedDay, ...]:
        """Return the days between, or fail."""
        self.asked.append((code, start, end))
        if code == self.broken:
            raise BrokerUnavailable(f"no chart of {code}", hint="later")
        return tuple(day for day in self.told[code] if start <= day.day <= end)

    async def dividends(self, code: str, *, start: date, end: date) -> tuple[Dividend, ...]:
        """Return those of the span, unless nobody tells them."""
        if self.paper:
            raise BrokerUnavailable("paper tells none", hint="later")
        return tuple(d for d in self.paid if d.code == code and start <= d.record_day <= end)


def held(charts: Charts, since: Mapping[str, date]) -> tuple[DaysHeld, list[JennieError]]:
    """Return what was found, and what went wrong."""
    troubles: list[JennieError] = []
    found = asyncio.run(
        days_held(
            charts,
            since,
            today=TODAY,
            base_prices={CODE: 2_050, "000660": 10_250},
            calendar=CALENDAR,
            trouble=troubles.append,
        )
    )
    return found, troubles


def said(troubles: Sequence[JennieError]) -> list[str]:
    """Return the messages."""
    return [error.message for error in troubles]


def test_stocks_are_asked_from_their_entry_until_yesterday() -> None:
    """One bought today went through nothing; the day of an entry counts as the close before."""
    charts = Charts({CODE: days(*PLAIN), "000660": ()})
    found, troubles = held(charts, {CODE: DAYS[3], "000660": TODAY})
    assert [(CODE, DAYS[3], DAYS[4])] == charts.asked
    assert (ExDate(code=CODE, day=TODAY.toordinal(), base_ratio=0.2),) == found.on(TODAY)
    assert {CODE: (0.2,)} == found.ratios
    assert () == found.on(DAYS[4])
    assert [2] == [len(of) for of in found.days.values()]
    assert not troubles


def test_a_chart_that_cannot_be_had_is_told_and_stops_no_other() -> None:
    """Its stops stand as they were; the other stock's move."""
    other = tuple(traded(d.day, d.close, base=d.base, code="000660") for d in days(*PLAIN))
    charts = Charts({CODE: days(*PLAIN), "000660": other}, broken="000660")
    found, troubles = held(charts, {CODE: DAYS[2], "000660": DAYS[2]})
    assert [CODE] == [event.code for event in found.ex_dates]
    assert {CODE} == found.days.keys()
    assert ["000660: no chart of 000660 Their stops are those last known."] == said(troubles)
    assert (frozenset({"000660"}), 4) == (found.unknown, len(charts.asked))


@pytest.mark.parametrize(
    ("record_day", "ex_day"),
    [
        (date(2025, 7, 4), date(2025, 7, 3)),  # bought on Wednesday it is settled on Friday
        (date(2025, 7, 7), date(2025, 7, 4)),  # over a weekend
        (date(2025, 6, 29), date(2025, 6, 26)),  # a Sunday counts as Friday
        (date(2024, 12, 31), date(2024, 12, 27)),  # closed: the books are those of the 30th
    ],
)
def test_a_stock_goes_ex_a_session_before_the_record_day(record_day: date, ex_day: date) -> None:
    """Who buys then is on the books a day too late."""
    assert ex_day == ex_dividend_day(record_day, CALENDAR)


def paid(record_day: date, won: float | None = 100.0) -> Dividend:
    """Return a dividend of the stock."""
    return Dividend(code=CODE, record_day=record_day, won=won)


FRIDAY, MONDAY = date(2025, 7, 4), date(2025, 7, 7)
"""Record days of what goes ex today and on the next session."""


def test_a_dividend_lowers_the_stop_from_its_ex_date_on() -> None:
    """That of today and one since the entry; not one of before it, none of tomorrow, and none
    whose amount is not decided.
    """
    old, early = paid(DAYS[4], 60.0), paid(DAYS[1])
    charts = Charts(
        {CODE: days(*PLAIN)}, early, old, paid(FRIDAY), paid(FRIDAY, None), paid(MONDAY)
    )
    found, _ = held(charts, {CODE: DAYS[1]})
    assert [(DAYS[3], 60.0), (TODAY, 100.0)] == [
        (date.fromordinal(e.day), e.dividend) for e in found.ex_dates if e.dividend
    ]
    assert {CODE: 60.0} == found.paid_before(TODAY)
    assert [(TODAY, 100.0), (TODAY, None), (FRIDAY, 100.0)] == [
        (day, dividend.won) for day, dividend in found.dividends
    ]
    assert not any(event.dividend for event in found.on(TODAY))


def test_what_was_bought_today_went_ex_without_us() -> None:
    """It was bought at the lower price; what it goes ex of tomorrow is told."""
    charts = Charts({CODE: days(*PLAIN)}, paid(FRIDAY), paid(MONDAY))
    found, _ = held(charts, {CODE: TODAY})
    assert not found.ex_dates
    assert [FRIDAY] == [day for day, _ in found.dividends]


def test_paper_says_once_that_it_tells_no_dividends() -> None:
    """However many stocks are held."""
    charts = Charts({CODE: days(*PLAIN), "000660": days(*PLAIN)}, paper=True)
    found, troubles = held(charts, {CODE: DAYS[2], "000660": DAYS[2]})
    assert [f"{CODE}, 000660: paper tells none Their stops are those last known."] == said(troubles)
    assert {CODE, "000660"} == found.days.keys()


def test_a_defect_is_no_failure_of_the_broker() -> None:
    """It ends the start instead of leaving stops where they are."""
    with pytest.raises(KeyError):
        held(Charts({}), {CODE: DAYS[2]})


def test_an_empty_chart_is_none() -> None:
    """It would hide the stored days and tell of no ex-date."""
    found, troubles = held(Charts({CODE: ()}), {CODE: DAYS[2]})
    assert {CODE} == found.unknown
    assert "Its chart is empty." in said(troubles)[0]


def test_a_dividend_counts_once_and_within_what_a_price_can_pay() -> None:
    """The same row twice is one; a third of the price and more is told, and moves no stop."""
    twice, absurd = (paid(FRIDAY), paid(FRIDAY)), paid(FRIDAY, 700.0)
    found, troubles = held(Charts({CODE: days(*PLAIN)}, *twice, absurd), {CODE: DAYS[2]})
    assert [100.0] == [event.dividend for event in found.ex_dates if event.dividend]
    assert "no price could pay" in said(troubles)[0]


def test_a_failure_that_passes_is_no_trouble() -> None:
    """A busy key is asked again."""
    charts = Charts({CODE: days(*PLAIN)}, broken=CODE)
    original = charts.days_as_traded

    async def second_time(code: str, *, start: date, end: date) -> tuple[TradedDay, ...]:
        if charts.asked:
            charts.broken = ""
        return await original(code, start=start, end=end)

    charts.days_as_traded = second_time  # type: ignore[method-assign]
    found, troubles = held(charts, {CODE: DAYS[2]})
    assert not troubles
    assert {CODE} == found.days.keys()


def test_two_ex_dates_may_be_counted_one_by_one() -> None:
    """The shares of the first may be in the ledger already: the last alone, then both."""
    told = days((9_900, 10_000), (5_000, 5_000), (5_000, 5_000))
    found, _ = held(Charts({CODE: told}), {CODE: DAYS[2]})
    assert {CODE: pytest.approx((0.41, 0.205))} == dict(found.ratios)
