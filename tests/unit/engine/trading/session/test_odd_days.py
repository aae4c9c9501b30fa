"""The days on which an exchange does not do what it does every day, one table each.

One stock is held, 100 shares at 10,000 won: the fixed stop is at 9,400 won, the hard one at 9,000.
A line is a clock and what came then; below it stands what the session did, and nothing else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
import pytest
from tests.unit.engine.exits.cases import buy
from tests.unit.engine.research.walk_cases import CODE, DAY, Chart, candidates
from tests.unit.engine.risk.auto_cases import signal
from tests.unit.engine.signals.gate_cases import EXAM_DAY
from tests.unit.engine.trading.session.odd_day import (
    PLAIN,
    Line,
    OddDay,
    every,
    holding,
    outside,
    without_limits,
)
from tests.unit.engine.trading.session.test_scenarios import told

from jennie_cli.engine.clock import KST
from jennie_cli.engine.exits import ExDate, empty_book, rebuild
from jennie_cli.engine.feed import MarketEventKind
from jennie_cli.engine.messages import text
from jennie_cli.engine.model import StockStatus
from jennie_cli.engine.risk import Refusal
from jennie_cli.engine.trading import refusal_text

NEW_YEAR = date(2026, 1, 2)
"""The first day of a year opens at ten and closes as usual."""

BREAK, AUCTION = (MarketEventKind.CIRCUIT_BREAKER, ""), (MarketEventKind.CIRCUIT_BREAKER, "")
GOES_ON = (MarketEventKind.RESUMED, "")
HALT, TRADES_AGAIN = (MarketEventKind.HALTED, CODE), (MarketEventKind.RESUMED, CODE)
VI, VI_OVER = (MarketEventKind.VI_STARTED, CODE), (MarketEventKind.VI_ENDED, CODE)
SELL_ALL = ("sell all",)
NOTHING: list[str] = []
SECOND = None
"""A second of the clock in which nothing comes."""

Table = Sequence[tuple[str, Any, list[str]]]


def check(day: OddDay, table: Table) -> None:
    """Play a table line by line; every line says what the session does then."""
    assert [list(line) for line in table] == [
        [clock, came, day.hear(clock, came)] for clock, came, _ in table
    ]


def asked_to_buy(day: OddDay, clock: str) -> str:
    """Return what is said of a signal at a clock."""
    now = day.at(clock)
    wish = replace(signal(code=CODE, price=10_000), at=now)
    answer = day.session.stamp_buy(wish, outside(now, "a-1"))
    return refusal_text(answer, "en")[0] if isinstance(answer, Refusal) else "stamped"


def test_a_circuit_breaker_day() -> None:
    """At −8 % the market stands for twenty minutes and trades by auction for ten: nothing is sold
    meanwhile, and the first second after it judges what the auction made of the price.
    """
    check(
        OddDay(DAY),
        [
            ("10:14:59", 9_600, NOTHING),
            ("10:15:00", BREAK, NOTHING),
            ("10:20:00", SECOND, NOTHING),
            ("10:35:00", AUCTION, NOTHING),
            ("10:44:59", 9_300, NOTHING),
            ("10:45:00", GOES_ON, NOTHING),
            ("10:45:01", SECOND, ["10:45:01 FIXED_STOP 100 at 9,300"]),
        ],
    )


def test_what_must_go_waits_for_the_end_of_a_circuit_breaker() -> None:
    """Even what a person wants sold."""
    check(
        OddDay(DAY),
        [
            ("10:14:59", 9_600, NOTHING),
            ("10:15:00", BREAK, NOTHING),
            ("10:20:00", SELL_ALL, NOTHING),
            ("10:45:00", GOES_ON, NOTHING),
            ("10:45:01", SECOND, ["10:45:01 FORCED_LIQUIDATION 100 at 9,600"]),
        ],
    )


def test_nothing_is_bought_while_the_market_stands() -> None:
    """The refusal says why; once the market trades again it is another rule that speaks."""
    day = OddDay(DAY, book=empty_book())
    day.play(("10:15:00", BREAK))
    assert "a circuit breaker halts the whole market" == asked_to_buy(day, "10:20:00")
    day.play(("10:45:00", GOES_ON))
    assert "a circuit breaker halts the whole market" != asked_to_buy(day, "10:45:01")


def test_a_halt_of_many_days() -> None:
    """A stock halted since before the morning is not sold the whole day, and the record says why;
    its first trade is judged although nobody told of the end of the halt.
    """
    day = OddDay(DAY, status=StockStatus.HALTED)
    check(
        day,
        [
            ("09:00:01", SECOND, NOTHING),
            ("10:00:00", SELL_ALL, NOTHING),
            ("15:21:00", SECOND, NOTHING),
            ("15:29:50", SECOND, NOTHING),
        ],
    )
    judged = [sheet.of(CODE) for sheet in day.session.take_records()[0]]
    said = {c.rule: c.passed for line in judged if line is not None for c in line.checks}
    assert said["exit.halted"] is False
    assert "거래정지" in text("rule.exit.halted", "ko")
    check(
        OddDay(DAY, status=StockStatus.HALTED),
        [("13:00:00", 8_900, ["13:00:00 HARD_STOP 100 at 8,900"])],
    )


def test_a_halt_during_the_day() -> None:
    """A price that was on its way when the halt came sells nothing; the first after it does."""
    check(
        OddDay(DAY),
        [
            ("11:00:00", HALT, NOTHING),
            ("11:00:00", 9_300, NOTHING),
            ("12:00:00", SECOND, NOTHING),
            ("13:00:00", TRADES_AGAIN, NOTHING),
            ("13:00:05", 9_300, ["13:00:05 FIXED_STOP 100 at 9,300"]),
        ],
    )


def test_a_volatility_interruption() -> None:
    """Two minutes of auction: the stop holds through them and acts on the price they made."""
    check(
        OddDay(DAY),
        [
            ("10:59:59", 9_600, NOTHING),
            ("11:00:00", VI, NOTHING),
            ("11:01:00", SECOND, NOTHING),
            ("11:02:10", VI_OVER, NOTHING),
            ("11:02:10", 9_300, ["11:02:10 FIXED_STOP 100 at 9,300"]),
        ],
    )


def test_a_stock_that_trades_every_half_hour_only() -> None:
    """단기과열: the stop acts at an auction, and none of its thirteen bars can buy."""
    check(
        OddDay(DAY, status=StockStatus.OVERHEATED),
        [
            ("10:00:20", 9_600, NOTHING),
            ("10:15:00", SECOND, NOTHING),
            ("10:30:20", 9_350, ["10:30:20 FIXED_STOP 100 at 9,350"]),
        ],
    )
    half_hours: Chart = [(10_000,) * 4 if n % 30 == 0 else None for n in range(390)]
    said = told(half_hours)
    # the window before 09:30 and the hour of danger block too, beside the count of the bars
    assert {"blocked min_bars"} == {line[0] for line in said.values()}


def test_a_stock_in_liquidation_trading() -> None:
    """정리매매 knows no limits: at −70 % it is sold at market, not left in a queue."""
    calm = OddDay(DAY)
    stocks = without_limits(calm.morning).candidates
    check(
        OddDay(DAY, status=StockStatus.LIQUIDATION, candidates=stocks),
        [("09:30:05", 3_000, ["09:30:05 HARD_STOP 100 at 3,000"])],
    )


CASES_EX: Mapping[str, tuple[tuple[ExDate, ...], Table]] = {
    "a dividend of 700 won": (
        (ExDate(code=CODE, day=DAY.toordinal(), dividend=700.0),),
        [
            ("09:31:00", 9_390, NOTHING),
            ("09:31:05", 8_690, ["09:31:05 FIXED_STOP 100 at 8,690"]),
        ],
    ),
    "no dividend": ((), [("09:31:00", 9_390, ["09:31:00 FIXED_STOP 100 at 9,390"])]),
}


@pytest.mark.parametrize("case", CASES_EX)
def test_an_ex_dividend_morning(case: str) -> None:
    """The stop goes down with the price by what is paid out; without a dividend it stays."""
    events, table = CASES_EX[case]
    check(OddDay(DAY, book=rebuild([_bought()], {}, events, PLAIN)), table)


def test_a_split_overnight() -> None:
    """Five shares for one: the average is a fifth, and the stop too."""
    five = ExDate(code=CODE, day=DAY.toordinal(), base_ratio=0.2)
    stocks = candidates(
        [CODE], DAY, base_price=np.array([2_000.0]), upper_limit=np.array([2_600.0])
    )
    check(
        OddDay(DAY, book=rebuild([_bought()], {}, [five], PLAIN), candidates=stocks),
        [
            ("09:31:00", 2_000, NOTHING),
            ("09:31:05", 1_870, ["09:31:05 FIXED_STOP 100 at 1,870"]),
        ],
    )


def _bought() -> Any:
    return buy(when=datetime.combine(DAY - timedelta(days=4), time(10), KST))


ODD_HOURS: Mapping[str, tuple[date, Table]] = {
    "the exam day opens at ten": (
        EXAM_DAY,
        [
            ("09:10:00", 8_900, NOTHING),
            ("09:59:59", SECOND, NOTHING),
            ("10:00:05", 8_900, ["10:00:05 HARD_STOP 100 at 8,900"]),
        ],
    ),
    "the exam day trades at four": (
        EXAM_DAY,
        [("16:15:00", 9_300, ["16:15:00 FIXED_STOP 100 at 9,300"])],
    ),
    "the exam day's closing auction": (
        EXAM_DAY,
        [
            ("16:19:00", 9_500, NOTHING),
            ("16:21:00", ("expected", 9_300), ["16:21:00 FIXED_STOP 100 at 9,300"]),
        ],
    ),
    "the year opens at ten": (
        NEW_YEAR,
        [
            ("09:00:05", 8_900, NOTHING),
            ("10:00:05", 8_900, ["10:00:05 HARD_STOP 100 at 8,900"]),
        ],
    ),
    "the year's first day ends as usual": (
        NEW_YEAR,
        [
            ("15:19:00", 9_500, NOTHING),
            ("15:21:00", ("expected", 9_300), ["15:21:00 FIXED_STOP 100 at 9,300"]),
        ],
    ),
}


@pytest.mark.parametrize("case", ODD_HOURS)
def test_days_with_other_hours(case: str) -> None:
    """The hours are those of the day, nobody's habit."""
    day, table = ODD_HOURS[case]
    check(OddDay(day), table)


BUYING_HOURS = [
    ("10:29", ["blocked no_trade_window"]),
    ("10:30", ["RECON_BULL_ENTRY"]),
]


@pytest.mark.parametrize(("ends", "expected"), BUYING_HOURS)
def test_buying_begins_half_an_hour_after_a_late_open(ends: str, expected: list[str]) -> None:
    """A day that opens at ten buys from half past ten on."""
    clocks = [clock[:5] for clock in every(1, ("10:01:00", f"{ends}:00"))]
    minutes = {_minute(clock) - 541 for clock in clocks}
    chart: Chart = [(10_000,) * 4 if n in minutes else None for n in range(max(minutes) + 1)]
    assert expected == told(chart, day=NEW_YEAR)[ends]


def _minute(clock: str) -> int:
    moment = time.fromisoformat(clock)
    return moment.hour * 60 + moment.minute


def test_a_clock_that_goes_back() -> None:
    """The time of a trade is the exchange's: it sells by it, once, whatever our clock says."""
    check(
        OddDay(DAY),
        [
            ("10:00:00", 9_500, NOTHING),
            ("09:58:00", SECOND, NOTHING),
            ("09:58:01", 9_300, ["09:58:01 FIXED_STOP 100 at 9,300"]),
            ("10:00:00", 9_300, NOTHING),
        ],
    )


def test_a_clock_that_stands() -> None:
    """No second goes by, and the trades still sell."""
    day = OddDay(DAY)
    stands = day.at("09:59:00")
    assert NOTHING == day.answered(day.session.beat(stands), stands)
    fallen = day.session.hear([day.tick(day.at("10:05:00"), 9_300)], stands)
    assert ["09:59:00 FIXED_STOP 100 at 9,300"] == day.answered(fallen, stands)


def test_a_signal_of_another_hour_is_not_bought() -> None:
    """A clock that is wrong by minutes makes every signal old or early, and says so."""
    day = OddDay(DAY, book=empty_book())
    now = day.at("10:05:00")
    wish = replace(signal(code=CODE, price=10_000), at=day.at("10:00:00"))
    answer = day.session.stamp_buy(wish, outside(now, "a-1"))
    assert isinstance(answer, Refusal)
    assert "risk.age" == answer.rule


def test_a_loss_limit_that_only_the_bus_knows_of() -> None:
    """The bus was down when the session began: what it tells at the stamp refuses the buy."""
    day = OddDay(DAY, book=empty_book())
    now = day.at("10:05:00")
    wish = replace(signal(code=CODE, price=10_000), at=now)
    answer = day.session.stamp_buy(wish, replace(outside(now, "a-1"), latched=True))
    assert isinstance(answer, Refusal)
    assert "risk.loss_latch" == answer.rule


def test_a_feed_that_is_frozen() -> None:
    """No price comes for ten minutes: nothing is sold on the old one, except what must go."""
    check(
        OddDay(DAY),
        [
            ("10:00:00", 9_500, NOTHING),
            ("10:00:30", SECOND, NOTHING),
            ("10:10:00", SECOND, NOTHING),
            ("10:10:01", SELL_ALL, ["10:10:01 FORCED_LIQUIDATION 100 at 9,500"]),
        ],
    )


def test_a_lock_at_the_lower_limit() -> None:
    """The sale rests in the queue at the limit, and no second one is sent after it."""
    check(
        OddDay(DAY),
        [
            ("10:00:00", 7_000, ["10:00:00 HARD_STOP 100 rests at 7,000"]),
            ("10:00:01", SECOND, NOTHING),
            ("10:05:00", 7_000, NOTHING),
            ("15:21:00", SECOND, NOTHING),
        ],
    )


def test_shares_that_cannot_be_sold() -> None:
    """Pledged or already in an order: the refusal says how many can be, and the next trade tries
    again.
    """
    refused = "selling 100 shares: 0 shares can be sold"
    check(
        OddDay(DAY, sellable=0),
        [
            ("10:00:00", 7_000, [f"10:00:00 {refused}"]),
            ("10:00:01", SECOND, NOTHING),
            ("10:00:05", 7_000, [f"10:00:05 {refused}"]),
        ],
    )


def test_a_stock_renamed_while_held() -> None:
    """Its code is what counts."""
    check(
        OddDay(DAY, names=("새이름홀딩스",)),
        [("10:00:00", 9_300, ["10:00:00 FIXED_STOP 100 at 9,300"])],
    )


def test_a_stock_delisted_while_held() -> None:
    """Nobody lists it, nobody trades it: it stays in the book, sells nothing by itself, and what a
    person wants sold is passed on to the broker, who knows better.
    """
    day = OddDay(DAY, book=holding(buy(code="900099"), day=DAY))
    lines: list[Line] = [("09:00:01", SECOND), ("12:00:00", 9_000), ("15:21:00", SECOND)]
    assert NOTHING == day.play(*lines)
    assert ("900099",) == day.session.held
    day.session.liquidate(frozenset({"900099"}))
    wishes = day.session.beat(day.at("15:21:01"))
    assert ["15:21:01 FORCED_LIQUIDATION 100 at 0"] == day.answered(wishes, day.at("15:21:01"))
