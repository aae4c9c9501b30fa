"""What is read back of an evaluation is, to the last bit, what gates, strategies and exits said."""

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.engine.exits.test_two_scales import BOUGHT, held, one_by_one, whole
from tests.unit.engine.exits.walks import MINUTES, Walk
from tests.unit.engine.risk.auto_cases import NOW, POLICY, auto, flagged, sale, signal
from tests.unit.engine.signals.charts import weather
from tests.unit.engine.signals.gate_cases import stormy, without
from tests.unit.engine.signals.test_confirmation import scattered
from tests.unit.engine.signals.walks import day, watchlist

from jennie_cli.engine.indicators import SessionBars
from jennie_cli.engine.model import ExitReason, Flag, Regime, Side, Strategy
from jennie_cli.engine.risk import ApprovedOrder, Refusal, stamp_exit, stamp_signal
from jennie_cli.engine.rules import Check, summed
from jennie_cli.engine.rules.strategies import STRATEGY_RULES
from jennie_cli.engine.signals import (
    NO_STRATEGY,
    SignalPolicy,
    StrategyPolicy,
    StrategyTable,
    confirm,
    judge_gates,
    judge_strategies,
)
from jennie_cli.engine.store import Sheet
from jennie_cli.engine.store.codec_sheets import pack, unpack
from jennie_cli.engine.trading.sheets import (
    approved,
    confirmation_sheet,
    exit_sheet,
    gate_sheet,
    refused,
    strategy_sheet,
)

OFF = StrategyPolicy(momentum=False, rsi_rebound=False, watchlist_conviction_entry=True)
BARRED = {"strategy.switch", "strategy.allowed"}
AVOIDED = frozenset({Strategy.GOLDEN_CROSS, Strategy.BB_LOWER})


def kept(sheet: Sheet) -> Sheet:
    """Return a sheet as it comes out of the store."""
    return unpack(pack(sheet), at=sheet.at, judging=sheet.judging)


def read(sheet: Sheet, code: str) -> tuple[Check, ...]:
    """Return what a kept sheet says of a stock, nothing where it does not speak of it."""
    judged = kept(sheet).of(code)
    return () if judged is None else judged.checks


def listed(bars: SessionBars) -> tuple[str, ...]:
    """Return a code for each stock."""
    return tuple(f"{n:06d}" for n in range(bars.shape[1]))


def rows_of(bars: SessionBars, many: int = 6) -> list[int]:
    """Return some rows of a session, the first and the last included."""
    return [int(row) for row in np.linspace(0, bars.shape[0] - 1, many)] if bars.shape[0] else []


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([SignalPolicy(), without("macro_gate", "bear_gate")]))
def test_gates_are_read_back_to_the_last_bit(seed: int, policy: SignalPolicy) -> None:
    """Every gate of every stock, times and regimes in words, and none of a stock without a bar."""
    bars, stocks, sky = stormy(seed)
    table, codes = judge_gates(bars, stocks, sky, policy), listed(bars)
    for row in rows_of(bars):
        sheet = gate_sheet(table, codes, at=NOW, row=row)
        for stock, code in enumerate(codes):
            assert repr(table.checks(row, stock)) == repr(read(sheet, code))


@settings(max_examples=8, deadline=None)
@given(
    st.integers(0, 10**6),
    st.sampled_from([Regime.BULL, Regime.NEUTRAL]),
    st.sampled_from([StrategyPolicy(), OFF]),
)
def test_strategies_are_read_back_to_the_last_bit(
    seed: int, regime: Regime, policy: StrategyPolicy
) -> None:
    """The condition that decided each strategy; the first that passed is the one chosen."""
    table = judged(day(seed, rows=70, stocks=8), seed, regime, policy)
    codes = tuple(f"{n:06d}" for n in range(8))
    for row in range(0, 70, 7):
        sheet = kept(strategy_sheet(table, codes, at=NOW, row=row))
        for stock, code in enumerate(codes):
            told = sheet.of(code)
            if not table.known[row, stock]:
                assert told is None
                continue
            assert told is not None
            said = table.checks(row, stock).items()
            expected = {STRATEGY_RULES[Strategy(strategy)].id: check for strategy, check in said}
            assert repr(expected) == repr(dict(zip(told.counted, told.checks, strict=True)))
            passed = [n for n, check in enumerate(told.checks) if check.passed]
            assert table.chosen[row, stock] == (passed[0] if passed else NO_STRATEGY)


def judged(bars: SessionBars, seed: int, regime: Regime, policy: StrategyPolicy) -> StrategyTable:
    """Return what the strategies say of a day on which some are off and some are avoided."""
    stocks = watchlist(seed, bars.shape[1])
    return judge_strategies(bars, stocks, weather(bars, regime, AVOIDED), policy)


def test_the_days_hold_hits_of_every_sort() -> None:
    """Taken, switched off and forbidden hits all occur in what is read back above."""
    table = judged(day(5, rows=200, stocks=40), 5, Regime.NEUTRAL, OFF)
    codes = tuple(f"{n:06d}" for n in range(40))
    sheets = [kept(strategy_sheet(table, codes, at=NOW, row=row)) for row in range(200)]
    found = {
        sheet.questions[question].rule if sheet.questions[question].rule in BARRED else passed
        for sheet in sheets
        for question, passed in zip(sheet.deciding.flat, sheet.passed.flat, strict=True)
    }
    assert {True, False, "strategy.switch", "strategy.allowed"} == found


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000))
def test_exits_are_read_back_to_the_last_bit(seed: int) -> None:
    """One moment at a time as a session has them, and a row of many moments."""
    walk = Walk.of(seed)
    book = held(walk)
    rows = range(BOUGHT, MINUTES)
    for table in one_by_one(walk, book, rows[::5]):
        for place, code in enumerate(table.codes):
            assert repr(table.checks(place)) == repr(read(exit_sheet(table, at=NOW), code))
    many = whole(walk, book, rows)
    for row in range(0, len(rows), 5):
        sheet = exit_sheet(many, at=NOW, row=row)
        for place, code in enumerate(many.codes):
            assert repr(many.checks(row, place)) == repr(read(sheet, code))


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 3))
def test_confirmations_are_read_back_to_the_last_bit(seed: int, needed: int) -> None:
    """The bars that waiting signals met; nothing of a stock that waited for none."""
    bars = day(seed, rows=40, stocks=6)
    said, codes = confirm(bars, *scattered(bars, seed), needed), listed(bars)
    for row in range(40):
        sheet = confirmation_sheet(said, codes, at=NOW, row=row)
        for stock, code in enumerate(codes):
            assert repr(said.checks(row, stock)) == repr(read(sheet, code))


@pytest.mark.parametrize("seed", [1, 2])
def test_counts_of_sheets_are_those_of_the_tables(seed: int) -> None:
    """Summed over all rows of a session, each rule was asked and fired as often."""
    bars, stocks, sky = stormy(seed)
    gates, codes = judge_gates(bars, stocks, sky, SignalPolicy()), listed(bars)
    sheets = [gate_sheet(gates, codes, at=NOW, row=row) for row in range(bars.shape[0])]
    assert summed(gates.counts()) == summed(c for s in sheets for c in kept(s).counts())
    walked = day(seed, rows=60, stocks=10)
    table = judged(walked, seed, Regime.NEUTRAL, OFF)
    sheets = [strategy_sheet(table, listed(walked), at=NOW, row=row) for row in range(60)]
    assert summed(table.counts()) == summed(c for s in sheets for c in kept(s).counts())
    said = confirm(walked, *scattered(walked, seed), 2)
    sheets = [confirmation_sheet(said, listed(walked), at=NOW, row=row) for row in range(60)]
    assert summed(said.counts()) == summed(c for s in sheets for c in kept(s).counts())
    walk = Walk.of(seed)
    exits = whole(walk, held(walk), range(BOUGHT, MINUTES))
    sheets = [exit_sheet(exits, at=NOW, row=row) for row in range(MINUTES - BOUGHT)]
    assert summed(exits.counts()) == summed(c for s in sheets for c in kept(s).counts())


def test_the_stamp_is_kept_with_its_strategy_or_reason() -> None:
    """A buy by its strategy, a sale by its reason whatever mark it carries; a refusal as asked."""
    bought = stamp_signal(signal(), auto(), POLICY)
    assert isinstance(bought, ApprovedOrder)
    told = approved(bought)
    assert (Side.BUY, signal().strategy, bought.checks) == (told.side, told.why, told.checks)
    assert (bought.intent.order_id, bought.intent.code) == (told.order_id, told.code)
    intent = replace(sale(ExitReason.SCALE_OUT), strategy="SCALE_OUT:1")
    sold = stamp_exit(intent, auto(), POLICY)
    assert isinstance(sold, ApprovedOrder)
    assert (Side.SELL, "SCALE_OUT") == (approved(sold).side, approved(sold).why)
    refusal = stamp_signal(signal(), flagged(Flag.PAUSE), POLICY)
    assert isinstance(refusal, Refusal)
    said = refused(refusal, at=NOW, code="900010", side=Side.BUY, why="MOMENTUM")
    assert (None, "MOMENTUM", refusal.rule) == (said.order_id, said.why, said.checks[-1].rule)


def test_a_session_of_two_hundred_stocks_stays_small() -> None:
    """390 minutes, every gate and every strategy of 200 stocks: some MiB, measured and printed."""
    minutes, stocks = 390, 200
    bars = full_day(minutes, stocks)
    listing = replace(
        watchlist(7, stocks),
        codes=tuple(f"{n * 50:06d}" for n in range(stocks)),
        base_price=np.full(stocks, 15_000.0),
        upper_limit=np.full(stocks, 19_500.0),
    )
    sky = weather(bars, Regime.BULL)
    gates = judge_gates(bars, listing, sky, SignalPolicy())
    table = judge_strategies(bars, listing, sky, StrategyPolicy())
    rows = range(0, minutes, 13)
    for_gates = [len(pack(gate_sheet(gates, listing.codes, at=NOW, row=row))) for row in rows]
    by_strategy = [len(pack(strategy_sheet(table, listing.codes, at=NOW, row=row))) for row in rows]
    mib = [sum(sizes) * minutes / len(rows) / 2**20 for sizes in (for_gates, by_strategy)]
    answers = sum(c.asked for c in (*gates.counts(), *table.counts()))
    print(f"gates {mib[0]:.2f} MiB, strategies {mib[1]:.2f} MiB a session of {answers} answers")  # noqa: T201  # the measurement
    assert sum(mib) < 16.0


def full_day(minutes: int, stocks: int) -> SessionBars:
    """Return a session in which every stock trades in every minute."""
    columns = [day(seed, rows=minutes, stocks=1) for seed in range(stocks)]
    return SessionBars(
        **{
            f.name: np.concatenate([getattr(one, f.name) for one in columns], axis=1)
            for f in fields(SessionBars)
        }
    )
