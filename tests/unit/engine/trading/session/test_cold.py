"""A session begun in the middle of the day scans a stock once its earlier minutes are read."""

import json
from datetime import datetime

from tests.unit.engine.exits.cases import buy
from tests.unit.engine.research.walk_cases import CALENDAR, CODE, POLICIES, at
from tests.unit.engine.trading.session.tape_cases import STOP_LOSS
from tests.unit.engine.trading.session.test_taping import tick

from jennie_cli.engine.exits import empty_book
from jennie_cli.engine.feed import MinuteBar
from jennie_cli.engine.portfolio import Costs
from jennie_cli.engine.trading.session.day import TradingDay
from jennie_cli.engine.trading.session.opening import Opening


def day_of(*, cold: bool) -> TradingDay:
    """Return a day of one stock begun at ten."""
    opening = Opening(
        book=empty_book(),
        last={},
        signalled_until={},
        equity=50_000_000,
        cash=50_000_000,
        latched=False,
        groups={},
        trades=0,
        cold=frozenset({CODE}) if cold else frozenset(),
    )
    return TradingDay(
        STOP_LOSS,
        opening,
        policies=POLICIES,
        calendar=CALENDAR,
        costs=Costs(),
        since=at("10:00"),
        grace_s=1.0,
    )


def judged(day: TradingDay, minute: str, over: datetime) -> int:
    """Return how many sheets about the stock a minute with a trade leaves."""
    day.hear([tick(9_900, minute)], at(minute))
    day.beat(over)
    return sum(CODE in sheet.codes for sheet in day.take_records()[0])


def test_a_cold_stock_is_not_scanned_before_it_is_warm() -> None:
    """A warm one is judged at each turn of the minute; the chart makes the other like it."""
    warm, cold = day_of(cold=False), day_of(cold=True)
    assert judged(warm, "10:01", at("10:02:02")) > 0 == judged(cold, "10:01", at("10:02:02"))
    told = {"open": 9_900, "high": 9_900, "low": 9_900, "close": 9_900, "volume": 10}
    chart = [MinuteBar(code=CODE, start=at(clock), **told) for clock in ("09:58", "10:01")]
    cold.warm_up(CODE, chart, at("10:02:05"))
    assert judged(warm, "10:03", at("10:04:02")) == judged(cold, "10:03", at("10:04:02")) > 0


def test_others_see_whether_the_charts_are_in_a_watermark() -> None:
    """A session that was killed may have missed the top between; its successor says so."""
    for day, charted in ((day_of(cold=False), True), (day_of(cold=True), False)):
        day.traded(buy(10, 9_900, when=at("10:00"), code=CODE))
        assert charted is shown(day)
        day.warm_up(CODE, [], at("10:02:05"))
        assert shown(day)


def shown(day: TradingDay) -> bool:
    """Return what the session says of its one position."""
    (text,) = day.kept.live(at("10:02")).values()
    (position,) = json.loads(text)["positions"].values()
    return bool(position["charted"])
