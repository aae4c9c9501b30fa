"""What a running session sells: trades of a stock bought at 10,000 won go in, sales come out."""

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.engine.exits.cases import CODE, at, book, buy, sell
from tests.unit.engine.trading.session.monitor_cases import (
    CALM,
    MONEY,
    Sold,
    book_sales,
    context,
    hear,
    line,
    look,
    monitor,
    tick,
    ticks,
)

from jennie_cli.engine.exits import ExitPolicy, filled
from jennie_cli.engine.model import ExitReason
from jennie_cli.engine.rules import exits as rule
from jennie_cli.engine.store import Sheet
from jennie_cli.engine.store.evaluations import Judged
from jennie_cli.engine.trading.session.monitor import LOOK, Monitor

OTHER = "900020"

CASES: dict[str, tuple[list[tuple[str, float]], list[Sold]]] = {
    "case 14: from +4 % down to +1.4 %, lock 2 sells all": (
        [("10:00:00", 10_000), ("10:01:00", 10_400), ("10:02:00", 10_140)],
        [("10:01:00", "SCALE_OUT", 100, 1), ("10:02:00", "PROFIT_LOCK_2", 300, 0)],
    ),
    "and at +1.5 % it does not": (
        [("10:01:00", 10_400), ("10:02:00", 10_150)],
        [("10:01:00", "SCALE_OUT", 100, 1)],
    ),
    "case 15: 3.6 % below a high of +6 %, at +2.2 %, holds": (
        [("10:01:00", 10_600), ("10:02:00", 10_220)],
        [("10:01:00", "SCALE_OUT", 100, 1)],
    ),
    "3.6 % below a high of +7 %, at +3.1 %, trails": (
        [("10:01:00", 10_300), ("10:01:30", 10_700), ("10:02:00", 10_315)],
        [
            ("10:01:00", "SCALE_OUT", 100, 1),
            ("10:01:30", "SCALE_OUT", 75, 2),
            ("10:02:00", "TRAILING_STOP", 225, 0),
        ],
    ),
    "case 16: a level that was sold is not sold again": (
        [("10:01:00", 10_300), ("10:02:00", 10_290), ("10:03:00", 10_310), ("10:04:00", 10_699)],
        [("10:01:00", "SCALE_OUT", 100, 1)],
    ),
    "case 16: and the high stays what it was": (
        [("10:01:00", 10_400), ("10:02:00", 10_310), ("10:03:00", 10_149)],
        [("10:01:00", "SCALE_OUT", 100, 1), ("10:03:00", "PROFIT_LOCK_2", 300, 0)],
    ),
    "two ATR below the buy price sell": (
        [("10:00:00", 9_760), ("10:00:01", 9_759)],
        [("10:00:01", "ATR_STOP", 400, 0)],
    ),
    "a fall of 10 % is the hard stop's": (
        [("10:00:00", 9_000)],
        [("10:00:00", "HARD_STOP", 400, 0)],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_trades_in_sales_out(case: str) -> None:
    """400 shares, an average true range of 1.2 %, and each sale is filled at once."""
    told, expected = CASES[case]
    of, sold = monitor(book(buy(400))), []
    for each in ticks(*told):
        wishes = of.hear([each], context=context(), total=MONEY)
        sold += [line(wish) for wish in wishes]
        book_sales(of, wishes)
    assert expected == sold


def test_a_sale_holds_the_next_back_until_it_is_over() -> None:
    """Until the order is freed, or 120 seconds are over, the position is not sold again."""
    of = monitor(book())
    assert [("10:00:00", "HARD_STOP", 100, 0)] == hear(of, ("10:00:00", 9_000), ("10:00:01", 8_990))
    assert [] == hear(of, ("10:01:59", 8_900))
    assert [("10:02:00", "HARD_STOP", 100, 0)] == hear(of, ("10:02:00", 8_900))
    of.freed(CODE)
    assert [("10:02:01", "HARD_STOP", 100, 0)] == hear(of, ("10:02:01", 8_900))


def test_one_call_may_hold_back_and_sell_again() -> None:
    """Told at once after a stall, ticks are judged as if they had come one by one."""
    of = monitor(book())
    told = [("10:00:00", 9_000), ("10:01:59", 8_990), ("10:02:00", 8_980), ("10:02:01", 8_970)]
    assert [("10:00:00", "HARD_STOP", 100, 0), ("10:02:00", "HARD_STOP", 100, 0)] == hear(of, *told)
    assert [] == hear(of, ("10:03:59", 8_900))


def test_a_long_backlog_is_judged_to_its_end() -> None:
    """The last of many hundred ticks told in one call sells, on the high of an earlier one."""
    of = monitor(book())
    calm = [tick(at("10:00"), 10_250)] + [tick(at("10:00:01"), 10_200)] * (2 * LOOK)
    (wish,) = of.hear([*calm, tick(at("10:00:02"), 10_040)], context=context(), total=MONEY)
    assert (ExitReason.PROFIT_LOCK_1, 10_040) == (wish.reason, wish.price)


def test_sales_come_in_the_order_of_their_trades() -> None:
    """What was called for first is sold first, whatever its code."""
    held = filled(book(), replace(buy(), code=OTHER), CALM)
    of = monitor(held)
    told = [tick(at("10:00"), 8_900, OTHER), tick(at("10:00"), 8_900)]
    wishes = of.hear(told, context=context(), total=MONEY)
    assert [OTHER, CODE] == [wish.code for wish in wishes]


def test_an_order_out_for_too_long_is_wished_for_again_without_a_tick() -> None:
    """When the 120 seconds are over, a look sells again if the price is still fresh."""
    of = monitor(book())
    hear(of, ("10:00:00", 9_000), ("10:01:55", 8_900))
    assert [] == look(of, "10:01:59")
    assert [("10:02:00", "HARD_STOP", 100, 0)] == look(of, "10:02:00")
    assert [] == look(of, "10:02:01")
    assert [] == look(of, "10:04:00")


def test_a_look_alone_sells_nothing_that_a_tick_has_not() -> None:
    """After a slice was sold and filled, the next level waits for the next trade."""
    of = monitor(book(buy(400)))
    wishes = of.hear(ticks(("10:00:00", 10_800)), context=context(), total=MONEY)
    book_sales(of, wishes)
    assert [] == look(of, "10:00:01")
    assert [("10:00:02", "SCALE_OUT", 75, 2)] == hear(of, ("10:00:02", 10_800))


def test_at_the_lower_limit_one_order_waits_until_the_close() -> None:
    """Locked limit-down, the sale is a limit order and is not wished for again that day."""
    of = monitor(book(), lower=7_000)
    (wish,) = of.hear(ticks(("10:00:00", 7_000)), context=context(), total=MONEY)
    assert (True, 7_000, "HARD_STOP") == (wish.at_lower_limit, wish.price, wish.reason.value)
    assert [] == hear(of, ("10:05:00", 7_000), ("13:00:00", 7_100), ("15:19:59", 7_000))
    of.freed(CODE)
    assert [("15:19:59", "HARD_STOP", 100, 0)] == hear(of, ("15:19:59", 7_000))


def test_a_limit_can_be_learnt_later() -> None:
    """A stock that was not there in the morning brings its lower limit with it."""
    of = monitor(book())
    of.cover(CODE, 7_000)
    (wish,) = of.hear(ticks(("10:00:00", 7_000)), context=context(), total=MONEY)
    assert wish.at_lower_limit
    of.cover(CODE, None)
    of.freed(CODE)
    (wish,) = of.hear(ticks(("10:01:00", 7_000)), context=context(), total=MONEY)
    assert not wish.at_lower_limit


def test_a_forced_liquidation_needs_no_tick() -> None:
    """What must go is sold by the next look inside the session, once, at its mark."""
    of = monitor(book())
    of.mark(CODE, 9_950)
    of.liquidate(frozenset({CODE, OTHER}))
    assert [] == look(of, "08:59:59")
    (wish,) = of.look(at("09:00"), context=context(), total=MONEY)
    expected = (ExitReason.FORCED_LIQUIDATION, 100, 9_950)
    assert expected == (wish.reason, wish.qty, wish.price)
    assert [] == look(of, "09:00:01")
    of.freed(CODE)
    assert [("09:00:02", "FORCED_LIQUIDATION", 100, 0)] == look(of, "09:00:02")
    of.freed(CODE)
    of.liquidate(frozenset())
    assert [] == look(of, "09:00:03")


@pytest.mark.parametrize("code", [CODE, ""])
def test_a_halt_waits_and_its_end_is_judged_at_once(code: str) -> None:
    """Neither a stop nor a liquidation leaves while the stock, or the whole market, is halted."""
    of = monitor(book())
    of.halt(code, halted=True)
    assert [] == hear(of, ("10:00:00", 8_900))
    assert [] == look(of, "10:00:01")
    assert [True] == of.book.halted.tolist()
    of.halt(code, halted=False)
    assert [("10:00:02", "HARD_STOP", 100, 0)] == look(of, "10:00:02")
    of.freed(CODE)
    assert [] == look(of, "10:00:03")


def test_after_a_long_halt_the_next_trade_decides() -> None:
    """A price from before a halt of minutes is too old to sell on."""
    of = monitor(book())
    of.halt(CODE, halted=True)
    hear(of, ("10:00:00", 8_900))
    of.halt(CODE, halted=False)
    assert [] == look(of, "10:20:00")
    assert [("10:20:05", "HARD_STOP", 100, 0)] == hear(of, ("10:20:05", 8_900))


def test_a_halt_of_another_stock_changes_nothing() -> None:
    """Positions are independent, and an end that had no start is no news."""
    of = monitor(book())
    of.halt(OTHER, halted=True)
    of.halt("", halted=False)
    assert [("10:00:00", "HARD_STOP", 100, 0)] == hear(of, ("10:00:00", 8_900))


def test_stops_enter_the_closing_auction_on_its_expected_price() -> None:
    """From 15:20 on the expected price is looked at, until a minute before the close."""
    of = monitor(book(high=10_400))
    assert [] == hear(of, ("15:19:50", 10_200))
    of.expect(CODE, 9_759, at("15:19:58"))
    assert [] == look(of, "15:19:59")
    (wish,) = of.look(at("15:20"), context=context(), total=MONEY)
    assert (ExitReason.ATR_STOP, 9_759) == (wish.reason, wish.price)
    of.freed(CODE)
    of.expect(CODE, 10_000, at("15:21"))
    assert [] == look(of, "15:21:00")
    of.expect(CODE, 9_759, at("15:29"))
    assert [("15:29:00", "ATR_STOP", 100, 0)] == look(of, "15:29:00")
    of.freed(CODE)
    assert [] == look(of, "15:29:01")


def test_the_end_of_the_gap_guard_is_no_tick() -> None:
    """What the guard held back in the opening minutes is sold when they are over."""
    of = monitor(book(), ExitPolicy(gap_guard=True))
    assert [] == hear(of, ("09:04:55", 9_400))
    assert [] == look(of, "09:04:59")
    assert [("09:05:00", "ATR_STOP", 100, 0)] == look(of, "09:05:00")
    of.freed(CODE)
    assert [] == look(of, "09:05:01")


def test_ticks_that_come_late_are_judged_as_old() -> None:
    """A feed that hangs and then tells all at once sells nothing on prices of long ago."""
    of = monitor(book())
    look(of, "10:05:00")
    backlog = [("10:04:49", 8_900), ("10:04:50", 8_900)]
    assert [] == hear(of, backlog[0])
    assert rule.FRESH.id == last_asked(of)
    assert [("10:04:50", "HARD_STOP", 100, 0)] == hear(of, *backlog)


def last_asked(of: Monitor) -> str:
    """Return the rule that ended the last judging on record."""
    judged = of.sheets()[-1].of(CODE)
    assert judged is not None
    return judged.checks[-1].rule


def test_only_trades_of_the_session_in_stocks_held_count() -> None:
    """After-market trades and other stocks move no mark that is judged, and sell nothing."""
    of = monitor(book())
    told = [
        tick(at("10:00"), 8_000, regular=False),
        tick(at("10:00"), 8_000, OTHER),
        tick(at("10:00:01"), 10_010),
    ]
    assert () == of.hear(told, context=context(), total=MONEY)
    assert [10_010.0] == of.marks().tolist()
    assert [10_010.0] == of.book.watermark.tolist()


def test_a_mark_is_shown_and_never_judged() -> None:
    """A base price far below the stop sells nothing and is no high."""
    of = monitor(book())
    assert np.isnan(of.marks()).all()
    of.mark(CODE, 13_000)
    of.liquidate(frozenset())
    assert [] == look(of, "15:20:30")
    assert [13_000.0] == of.marks().tolist()
    assert [10_000.0] == of.book.watermark.tolist()


def test_what_is_bought_is_protected_from_its_first_later_trade() -> None:
    """A purchase takes the days of its stock with it; trades of its own minute are no high."""
    of = monitor(book())
    of.traded(sell(100, 10_000, when=at("09:10")))
    assert () == of.book.codes
    of.traded(buy(50, 10_000, when=at("10:00:20")))
    assert [120.0] == of.book.past.atr.tolist()
    assert [] == hear(of, ("10:00:50", 10_900))
    assert [10_000.0] == of.book.watermark.tolist()
    assert [("10:01:00", "ATR_STOP", 50, 0)] == hear(of, ("10:01:00", 9_759))


def test_a_position_bought_again_is_not_held_back_by_the_sale_before() -> None:
    """The last fill of a sale ends what it held back, whoever tells that the order is over."""
    of = monitor(book())
    hear(of, ("10:00:00", 8_900))
    of.traded(sell(100, 8_900, when=at("10:00:00")))
    of.traded(buy(when=at("10:00:30")))
    assert [("10:00:40", "HARD_STOP", 100, 0)] == hear(of, ("10:00:40", 8_900))


def test_a_floor_armed_between_other_trades_stays_armed() -> None:
    """A high of +15 % told with many ticks arms the floor, and shares bought on top keep it."""
    of = monitor(book())
    assert [] == hear(of, ("10:00:00", 10_000), ("10:00:01", 11_500), ("10:00:02", 11_490))
    of.traded(buy(900, 11_400, when=at("10:00:05")))
    assert [True] == of.book.floor_armed.tolist()
    assert [11_500.0] == of.book.watermark.tolist()


def test_a_macro_side_that_widens_stops_is_heard_at_once() -> None:
    """The stop factor and the regime are those told with the ticks."""
    of = monitor(book())
    wide = context(stop=1.2)
    assert () == of.hear(ticks(("10:00:00", 9_750)), context=wide, total=MONEY)
    assert [9_712.0] == of.levels(at("10:00:01"), wide).tolist()
    assert [9_760.0] == of.levels(at("10:00:01"), context()).tolist()
    assert [("10:00:02", "ATR_STOP", 100, 0)] == hear(of, ("10:00:02", 9_750))


def test_a_small_slice_waits_for_its_worth() -> None:
    """A slice below both 500,000 won and 1 % of the account is not sold; nor if unknown."""
    of = monitor(book())
    assert [] == hear(of, ("10:00:00", 10_300), total=None)
    assert [] == hear(of, ("10:00:01", 10_300), total=25_750_001)
    assert [("10:00:02", "SCALE_OUT", 25, 1)] == hear(of, ("10:00:02", 10_300), total=25_750_000)


def test_the_record_keeps_the_last_of_a_minute_and_every_sale() -> None:
    """Of hundreds of ticks a minute one judging stays; a sale stays besides, as it was said."""
    of = monitor(book())
    minutes = [("10:00:10", 10_010), ("10:00:50", 10_020), ("10:01:05", 9_000), ("10:01:30", 9_000)]
    hear(of, *minutes)
    told = [(f"{sheet.at:%H:%M:%S}", judged.checks[-1].rule) for sheet, judged in kept(of)]
    assert told == [
        ("10:00:50", rule.TIME_EXIT.id),
        ("10:01:05", rule.HARD_STOP.id),
        ("10:01:30", rule.PENDING.id),
    ]
    assert () == of.sheets()
    counts = {count.rule: (count.asked, count.fired) for count in of.counts()}
    assert ((4, 0), (4, 1), (3, 1)) == (
        counts[rule.HOURS.id],
        counts[rule.PENDING.id],
        counts[rule.HARD_STOP.id],
    )


def kept(of: Monitor) -> list[tuple[Sheet, Judged]]:
    """Return what the record keeps of the case's stock."""
    told = [(sheet, sheet.of(CODE)) for sheet in of.sheets()]
    return [(sheet, judged) for sheet, judged in told if judged is not None]
