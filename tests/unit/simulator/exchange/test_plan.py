"""Interruptions, breaks and halts: found on the tape or put in, with every print kept."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.simulator.exchange.floor import (
    AUCTION,
    BUYER,
    CLOSE,
    CLOSING,
    CODE,
    INTAKE,
    MINUTE,
    OPEN,
    SELLER,
    Row,
    day,
    exchange,
    listing,
    session,
    tape,
)

from jennie_cli.engine.errors import InputError
from jennie_cli.simulator.exchange import (
    BreakerChanged,
    BreakerStage,
    HaltChanged,
    Phase,
    PhaseChanged,
    TradingMode,
    ViChanged,
    ViKind,
)
from jennie_cli.simulator.exchange.plan import NEVER, Pause, Plan, lay
from jennie_cli.simulator.tapes.marks import marks_of

T = OPEN + 10 * MINUTE
MARKS = marks_of(session())


def laid(rows: list[Row], *pauses: Pause, **changes: object) -> Plan:
    """Return the plan of a hand-made tape."""
    return lay(tape(rows), listing(**changes), MARKS, seed=7, pauses=pauses)


def test_the_markets_day_has_its_phases() -> None:
    """Orders from 08:30, continuous from 09:00, closing auction from 15:20, over at 15:30."""
    venue = exchange(day())
    told = venue.advance(CLOSE)
    phases = [(h.at_ms, h.phase) for h in told if isinstance(h, PhaseChanged)]
    assert [
        (INTAKE, Phase.OPENING),
        (OPEN, Phase.CONTINUOUS),
        (CLOSING, Phase.CLOSING),
        (CLOSE, Phase.AFTER),
    ] == phases
    assert Phase.AFTER is venue.phase


@pytest.mark.parametrize(
    ("price", "kospi200", "kind"),
    [
        (10_600, False, ViKind.DYNAMIC),
        (10_590, False, None),
        (10_300, True, ViKind.DYNAMIC),
        (10_290, True, None),
        (9_400, False, ViKind.DYNAMIC),
        (11_000, False, ViKind.BOTH),
    ],
)
def test_a_jump_from_the_last_price_interrupts(
    price: int, kospi200: bool, kind: ViKind | None
) -> None:
    """3 % for a KOSPI200 member and 6 % for others against the last trade, 10 % static."""
    venue = exchange(day((T, price, 5, BUYER), closed=price), kospi200=kospi200)
    told = [h for h in venue.advance(CLOSE) if isinstance(h, ViChanged)]
    assert ([True, False] if kind else []) == [h.active for h in told]
    assert {kind} - {None} == {h.vi.kind for h in told}


def test_a_slow_rise_meets_the_static_band_of_the_last_auction() -> None:
    """±10 % is measured from the last call auction, and an interruption's own auction is one."""
    steps = [10_000 + 100 * k for k in range(1, 24)]
    rows = day(*((T + k * 1000, p, 5, BUYER) for k, p in enumerate(steps)), closed=12_300)
    windows = [w for w in laid(rows).windows if w.vi]
    assert [(11_000, 10_000), (12_100, 11_000)] == [
        (w.vi.price, w.vi.static_reference) for w in windows if w.vi
    ]
    assert all(120_000 <= w.end - w.start <= 150_000 for w in windows)


def test_an_interruption_holds_its_print_back_and_later_ones_follow() -> None:
    """The print that broke the rule gives the price of the auction two minutes later."""
    jump = ((T - 1, 10_000, 5, BUYER), (T, 10_700, 5, BUYER), (T + 1000, 10_710, 5, BUYER))
    rows = day(*jump, closed=10_700)
    plan = laid(rows)
    (window,) = [w for w in plan.windows if w.vi]
    assert (T, 2, 3) == (window.start, window.first, window.last)
    assert (window.end, AUCTION) == (plan.at_ms[2], plan.aggressor[2])
    assert window.end < plan.at_ms[3] < CLOSING
    venue = exchange(rows)
    venue.advance(T + 60_000)
    board = venue.board(CODE)
    assert (Phase.VI, 10_000, 10_000) == (board.phase, board.last, board.static_reference)
    assert board.vi == window.vi
    venue.advance(window.end)
    assert (Phase.CONTINUOUS, 10_700) == (venue.board(CODE).phase, venue.board(CODE).last)
    assert 10_700 == venue.board(CODE).static_reference


def test_a_gap_that_is_long_enough_was_the_interruption() -> None:
    """A print after three silent minutes keeps its time: the auction ran before it."""
    rows = day((T, 10_000, 5, BUYER), (T + 3 * MINUTE, 10_700, 5, BUYER), closed=10_700)
    plan = laid(rows)
    (window,) = [w for w in plan.windows if w.vi]
    assert T + 3 * MINUTE == window.end == plan.at_ms[2]
    assert [row[0] for row in rows] == plan.at_ms.tolist()


def test_silence_beside_the_band_was_an_interruption() -> None:
    """A real tape never shows the price that broke the band, only its neighbour and silence."""
    reached = (T, 10_990, 5, BUYER)
    rows = day((T - 1, 10_500, 5, BUYER), reached, (T + 130_000, 10_800, 5, SELLER))
    (window,) = [w for w in laid(rows).windows if w.phase is Phase.VI]
    assert (T + 130_000, 3) == (window.end, window.first)
    quiet = day((T - 1, 10_500, 5, BUYER), (T + 130_000, 10_800, 5, SELLER))
    assert [] == [w for w in laid(quiet).windows if w.vi]


def test_an_opening_far_from_the_base_price_is_delayed() -> None:
    """An opening price 10 % away prints after an interruption, not at 09:00."""
    plan = laid(day(opened=11_500, closed=11_500))
    opening, vi, _ = plan.windows
    assert (Phase.OPENING, OPEN, 0, 0) == (opening.phase, opening.end, opening.first, opening.last)
    assert (Phase.VI, OPEN, 0, 1) == (vi.phase, vi.start, vi.first, vi.last)
    assert vi.end == plan.at_ms[0]


@st.composite
def days(draw: st.DrawFn) -> list[Row]:
    """Draw a wild tape: jumps, same moments, prints up to the closing auction."""
    times = sorted(draw(st.lists(st.integers(OPEN + 1, CLOSING - 1), max_size=40)))
    price = st.integers(700, 1300).map(lambda p: p * 10)
    rows = [(at, draw(price), draw(st.integers(1, 99)), BUYER) for at in times]
    return day(*rows, opened=draw(price), closed=draw(price))


@given(rows=days(), pause=st.integers(OPEN, CLOSING - 45 * MINUTE), kospi200=st.booleans())
@settings(max_examples=150, deadline=None)
def test_no_print_is_lost_or_overtaken(rows: list[Row], pause: int, kospi200: bool) -> None:
    """Times never fall, auctions keep theirs, no print moves back, and windows do not overlap."""
    stop = Pause(at=pause, until=pause + 20 * MINUTE, phase=Phase.BREAK)
    for pauses in ((), (stop,)):
        plan = laid(rows, *pauses, kospi200=kospi200)
        before = np.array([row[0] for row in rows])
        assert (plan.at_ms >= before).all()
        assert (np.diff(plan.at_ms) >= 0).all()
        assert CLOSE == plan.at_ms[-1]
        assert (plan.at_ms[:-1] < CLOSING).all()
        edges = [edge for w in plan.windows for edge in (w.start, w.end)]
        assert sorted(edges) == edges
        trading = np.concatenate([[-1], plan.at_ms])
        for window in plan.windows:
            inside = (trading > window.start) & (trading < window.end)
            assert not inside.any()


@given(rows=days(), pause=st.integers(OPEN, CLOSING - 45 * MINUTE))
@settings(max_examples=100, deadline=None)
def test_a_pause_leaves_the_past_alone(rows: list[Row], pause: int) -> None:
    """Up to the moment of a break the day is the one that would have been without it."""
    whole = laid(rows)
    stop = Pause(at=pause, until=pause + 20 * MINUTE, phase=Phase.BREAK)
    broken = laid(rows, stop)
    past = whole.at_ms < pause
    assert whole.at_ms[past].tolist() == broken.at_ms[: int(past.sum())].tolist()
    assert (broken.at_ms[int(past.sum()) :] >= pause).all()
    began = [w.start for w in whole.windows if w.start < pause]
    assert began == [w.start for w in broken.windows if w.start < pause]


def test_a_market_wide_break_stops_all_trading_and_ends_in_an_auction() -> None:
    """20 minutes nothing trades, 10 minutes orders are gathered, then the tape goes on."""
    rows = day((T, 10_000, 5, BUYER), (T + 5 * MINUTE, 10_010, 5, BUYER), closed=10_010)
    venue = exchange(rows)
    venue.advance(T)
    venue.break_market(T + MINUTE)
    told = [h for h in venue.advance(CLOSE) if isinstance(h, BreakerChanged)]
    assert [
        (T + MINUTE, BreakerStage.HALT),
        (T + 21 * MINUTE, BreakerStage.AUCTION),
        (T + 31 * MINUTE, BreakerStage.OVER),
    ] == [(h.at_ms, h.stage) for h in told]
    prints = venue.prints_so_far(CODE)
    assert [OPEN, T, T + 31 * MINUTE, CLOSE] == prints.at_ms.tolist()
    assert [AUCTION, BUYER, AUCTION, AUCTION] == prints.aggressor.tolist()


def test_a_break_cuts_an_interruption_short() -> None:
    """The print an interruption held back waits for the auction after the break."""
    rows = day((T - 1, 10_000, 5, BUYER), (T, 10_700, 5, BUYER), closed=10_700)
    venue = exchange(rows)
    venue.advance(T + MINUTE)
    assert Phase.VI is venue.board(CODE).phase
    venue.break_market(T + 2 * MINUTE - 10_000)
    venue.advance(T + 2 * MINUTE)
    assert (Phase.BREAK, Phase.BREAK) == (venue.phase, venue.board(CODE).phase)
    venue.advance(T + 25 * MINUTE)
    assert (Phase.AUCTION, 10_000) == (venue.board(CODE).phase, venue.board(CODE).last)
    venue.advance(T + 33 * MINUTE)
    assert (Phase.CONTINUOUS, 10_700) == (venue.board(CODE).phase, venue.board(CODE).last)


def test_a_break_too_late_for_the_days_prints_is_refused() -> None:
    """A stop must lie ahead and leave room before the closing auction."""
    venue = exchange(day())
    venue.advance(T)
    for at in (T, CLOSING - 30 * MINUTE):
        with pytest.raises(InputError):
            venue.break_market(at)


def test_a_halt_lasts_until_it_is_lifted() -> None:
    """A halted stock prints nothing; resumed, an auction of ten minutes trades first."""
    rows = day((T, 10_000, 5, BUYER), (T + 5 * MINUTE, 10_010, 5, SELLER), closed=10_010)
    venue = exchange(rows)
    venue.advance(T)
    venue.halt(CODE, T + 1)
    venue.advance(T + 60 * MINUTE)
    board = venue.board(CODE)
    assert (True, Phase.HALTED, 1005) == (board.halted, board.phase, board.volume)
    venue.resume(CODE, T + 61 * MINUTE)
    told = [h for h in venue.advance(CLOSE) if isinstance(h, HaltChanged)]
    assert [(T + 61 * MINUTE, False)] == [(h.at_ms, h.halted) for h in told]
    assert T + 71 * MINUTE == venue.prints_so_far(CODE).at_ms[2]
    assert 2010 == venue.board(CODE).volume


def test_a_stock_halted_to_the_end_never_closes() -> None:
    """Without being resumed the rest of the tape does not trade."""
    plan = laid(day((T, 10_000, 5, BUYER)), Pause(at=T + 1, until=None, phase=Phase.HALTED))
    assert [OPEN, T, NEVER] == plan.at_ms.tolist()
    assert Phase.HALTED is plan.windows[-1].phase


@pytest.mark.parametrize("mode", [TradingMode.SINGLE_PRICE, TradingMode.LIQUIDATION])
def test_a_single_price_stock_trades_every_half_hour(mode: TradingMode) -> None:
    """A stock under 단기과열 or 정리매매 trades at its slots only, whatever its tape says."""
    rows = day((OPEN + MINUTE, 9_000, 5, BUYER), (OPEN + 40 * MINUTE, 20_000, 5, BUYER))
    plan = laid(rows, mode=mode)
    slots = [OPEN, OPEN + 30 * MINUTE, OPEN + 60 * MINUTE, CLOSE]
    assert slots == plan.at_ms.tolist()
    assert {AUCTION} == set(plan.aggressor.tolist())
    assert not any(w.vi for w in plan.windows)
    assert Phase.SINGLE_PRICE is plan.windows[-1].phase


def test_a_single_price_stock_sits_out_a_break() -> None:
    """Auctions that fall into a break do not take place; their prints wait for the next."""
    rows = day((OPEN + 20 * MINUTE, 10_000, 5, BUYER))
    stop = Pause(at=OPEN + 15 * MINUTE, until=OPEN + 35 * MINUTE, phase=Phase.BREAK)
    plan = laid(rows, stop, mode=TradingMode.SINGLE_PRICE)
    assert [OPEN, OPEN + 60 * MINUTE, CLOSE] == plan.at_ms.tolist()
