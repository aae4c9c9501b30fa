"""Past sessions hold what was known on their morning, and nothing that came later."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np
import pytest
from tests.unit.engine.research.loading_market import (
    ALTEOGEN,
    BEFORE,
    CALENDAR,
    DAY,
    KB,
    SAMSUNG,
    SESSIONS,
    Past,
    daily,
    entry,
    index,
    master,
    minutes,
)

from jennie_cli.engine.errors import InputError, OutsideError, UnknownStock
from jennie_cli.engine.macro import MemoryMacro
from jennie_cli.engine.model import MacroInsight, Market, Regime, RiskTag, SecurityKind, TradeTier
from jennie_cli.engine.regime import RegimePolicy, detect
from jennie_cli.engine.research.past import PastSession
from jennie_cli.engine.scoring.market import read_market
from jennie_cli.engine.trading.session import NO_WATCHLIST, StandIn, Watchlists
from jennie_cli.engine.venue import price_limits
from jennie_cli.testing import bars, moment

OPEN = moment(DAY, 9, 0)
JUST_BEFORE, JUST_AFTER = OPEN - timedelta(seconds=1), OPEN + timedelta(minutes=1)
NEWCOMER = "247540"
Change = Callable[[Past, datetime], object]


def told(session: PastSession) -> str:
    """Return everything a session says, to the last digit."""
    with np.printoptions(threshold=1_000_000, floatmode="unique"):
        return repr(session)


def a_daily_bar(past: Past, known_at: datetime) -> None:
    """The bar of this very day, of a stock that had none the day before."""
    past.told(bars((SAMSUNG, DAY, 1, 1, 1, 1, 1), known_at=lambda _: known_at))


def a_lost_day(past: Past, known_at: datetime) -> None:
    """The only daily bar of a stock whose minutes of the session are known."""
    past.told(
        bars((NEWCOMER, BEFORE, 5, 6, 4, 5, 9), known_at=lambda _: known_at),
        minutes((NEWCOMER, DAY, 900, 5, 10)),
    )


def a_master(past: Past, known_at: datetime) -> None:
    """A stock that nobody knew yet."""
    past.told(
        master("000660", known_at=known_at),
        daily("000660", [100] * len(SESSIONS)),
        minutes(("000660", DAY, 900, 100, 10)),
    )


def an_index(past: Past, known_at: datetime) -> None:
    """The index close of the session before."""
    rows = index("KOSPI", [3_000.0], [BEFORE])
    known = np.array([int(known_at.timestamp())])
    past.told(replace(rows, columns={**rows.columns, "known_at": known}))


def a_watchlist(past: Past, known_at: datetime) -> None:
    """A list made of what was known at that moment."""
    past.listed(known_at, entry(KB))


def an_insight(past: Past, known_at: datetime) -> None:
    """What the council wrote."""
    past.macro.insights.append(MacroInsight(day=DAY, at=known_at, sentiment_score=80))


PLANTS = [a_lost_day, a_master, an_index, a_watchlist, an_insight]


def planted(plant: Change, known_at: datetime) -> str:
    """Return what the session says with a fact planted; of the newcomer only the master is old."""
    past = Past.quiet(indexed=SESSIONS[:-1]).told(master(NEWCOMER))
    past.assumed_regime = Regime.STRONG_BEAR
    before = told(past.session())
    plant(past, known_at)
    after = told(past.session())
    return "the same" if before == after else "another"


@pytest.mark.parametrize("plant", [*PLANTS, a_daily_bar])
def test_what_became_known_after_the_open_is_not_seen(plant: Change) -> None:
    """A fact known one minute after the open changes nothing."""
    assert "the same" == planted(plant, JUST_AFTER)


@pytest.mark.parametrize("plant", [*PLANTS, a_daily_bar])
def test_what_became_known_at_the_open_is_not_seen(plant: Change) -> None:
    """A fact known in the second of the open is the session's, not the morning's."""
    assert "the same" == planted(plant, OPEN)


@pytest.mark.parametrize("plant", PLANTS)
def test_what_was_known_before_the_open_is_seen(plant: Change) -> None:
    """The same fact known one second before the open changes the session."""
    assert "another" == planted(plant, JUST_BEFORE)


def test_columns_tell_who_the_stocks_are() -> None:
    """Names, boards, kinds and sector groups are those of the master."""
    session = Past.quiet().session()
    assert (SAMSUNG, KB, ALTEOGEN) == session.candidates.codes
    assert ("삼성전자", "KB금융", "알테오젠") == session.names
    assert (Market.KOSPI, Market.KOSPI, Market.KOSDAQ) == session.markets
    assert ("반도체/IT", "금융", "바이오/헬스케어") == session.groups
    assert (SecurityKind.COMMON,) * 3 == session.kinds
    assert CALENDAR.session(DAY) == session.hours


def test_the_last_close_is_the_base_of_the_price_limit() -> None:
    """Base prices are the closes of the session before; limits are cut to the price steps."""
    stocks = Past.quiet().session().candidates
    last = len(SESSIONS) - 1
    base = [60_000 + 100 * last, 50_000 - 100 * last, 300_000 + 500 * last]
    boards = [Market.KOSPI, Market.KOSPI, Market.KOSDAQ]
    upper = [price_limits(b, market=m, on=DAY).upper for b, m in zip(base, boards, strict=True)]
    assert base == stocks.base_price.tolist()
    assert upper == stocks.upper_limit.tolist()


def test_liquidation_trading_has_no_price_limit() -> None:
    """A stock in 정리매매 has a base price and no upper limit."""
    past = Past.quiet().told(master(KB, status="LIQUIDATION"))
    stocks = past.session().candidates
    assert [False, True, False] == np.isnan(stocks.upper_limit).tolist()
    assert np.isfinite(stocks.base_price).all()


def test_a_stock_without_yesterdays_close_has_no_base_price() -> None:
    """An older close is no base price."""
    past = Past.quiet().told(master(NEWCOMER), minutes((NEWCOMER, DAY, 900, 100, 10)))
    past.told(daily(NEWCOMER, [100] * 20, SESSIONS[-21:-1]))
    session = past.session()
    column = session.candidates.codes.index(NEWCOMER)
    assert np.isnan(session.candidates.base_price[column])
    assert np.isnan(session.candidates.upper_limit[column])
    assert 100.0 == session.days.close[-2, column]


def test_a_split_overnight_leaves_no_base_price() -> None:
    """A first price that the last close does not allow says that the exchange set another base."""
    past = Past.quiet().told(minutes((KB, DAY, 900, 9_000, 10)))
    session = past.session()
    assert [False, True, False] == np.isnan(session.candidates.base_price).tolist()
    assert [False, True, False] == np.isnan(session.candidates.upper_limit).tolist()
    assert [False, True, False] == np.isnan(session.days.close[-1]).tolist()


def test_the_days_before_run_to_the_last_session() -> None:
    """Daily bars end with the session before, oldest first, each stock in its column."""
    days = Past.quiet().session().days
    assert SESSIONS == days.days[-len(SESSIONS) :]
    assert 60 <= len(days.days)
    assert BEFORE == days.days[-1]
    newest = days.close[-1]
    assert np.array_equal(newest + 10, days.high[-1])
    assert np.array_equal(newest - 10, days.low[-1])
    assert np.isnan(days.close[: -len(SESSIONS)]).all()


def test_without_a_watchlist_every_recorded_stock_stands_in() -> None:
    """The session says so; scores are unknown and everything may be bought."""
    session = Past.quiet().session()
    stocks = session.candidates
    assert NO_WATCHLIST == session.watchlist
    assert stocks.is_tradable.all()
    assert not (stocks.is_blocked | stocks.is_recon).any()
    for unknown in (stocks.hybrid_score, stocks.llm_score, stocks.list_days, stocks.list_close):
        assert np.isnan(unknown).all()
    assert ((), (), (), None) == (
        session.tiers,
        session.tags,
        session.scored_at,
        session.sector_budget,
    )


def test_what_is_assumed_of_unlisted_stocks_is_told() -> None:
    """A score and a tag that the caller names stand in for the list's, not for what is held."""
    past = Past.quiet().told(master(NEWCOMER), daily(NEWCOMER, [100] * len(SESSIONS)))
    past.stand_in = StandIn(hybrid_score=60.0, tag=RiskTag.NEUTRAL)
    session = past.session(NEWCOMER)
    assert f"{NO_WATCHLIST}; assumed hybrid score 60, tag NEUTRAL" == session.watchlist
    assert (RiskTag.NEUTRAL,) * 3 + (None,) == session.tags
    assert [60.0] * 3 == session.candidates.hybrid_score[:3].tolist()
    assert np.isnan(session.candidates.hybrid_score[3])
    assert np.isnan(session.candidates.llm_score).all()
    past.listed(moment(DAY, 8, 30), entry(KB))
    listed = past.session(NEWCOMER)
    assert "run-0" == listed.watchlist
    assert (RiskTag.CAUTION, None) == listed.tags
    assert 79.0 == listed.candidates.hybrid_score[0]
    assert np.isnan(listed.candidates.hybrid_score[1])


def test_a_stock_without_history_does_not_stand_in() -> None:
    """Minutes alone, without a day before, make no candidate."""
    past = Past.quiet().told(master(NEWCOMER), minutes((NEWCOMER, DAY, 900, 100, 10)))
    assert NEWCOMER not in past.session().candidates.codes


def test_the_watchlist_of_the_morning_is_taken() -> None:
    """Stocks, scores, tiers, tags and the budget are those of the list, in its order."""
    recon = entry(SAMSUNG, 2, tier=TradeTier.RECON)
    blocked = entry(KB, 3, tier=TradeTier.BLOCKED)
    made = moment(DAY, 8, 30)
    session = Past.quiet().listed(made, entry(ALTEOGEN), recon, blocked).session()
    stocks = session.candidates
    assert (ALTEOGEN, SAMSUNG, KB) == stocks.codes
    assert "run-0" == session.watchlist
    assert [79.0, 78.0, 77.0] == stocks.hybrid_score.tolist()
    assert [71.0, 72.0, 73.0] == stocks.llm_score.tolist()
    assert (TradeTier.TIER1, TradeTier.RECON, TradeTier.BLOCKED) == session.tiers
    assert [False, True, False] == stocks.is_recon.tolist()
    assert [False, False, True] == stocks.is_blocked.tolist()
    assert [True, True, False] == stocks.is_tradable.tolist()
    assert (RiskTag.CAUTION,) * 3 == session.tags
    assert (made,) * 3 == session.scored_at
    assert session.sector_budget is not None
    assert "run-0" == session.sector_budget["run_id"]


@pytest.mark.parametrize(
    ("at", "changed", "wanted"),
    [
        (moment(DAY, 8, 30), {}, "run-1"),
        (moment(DAY, 15, 30), {}, "run-0"),
        (moment(BEFORE, 18, 0), {}, "run-1"),
        (moment(DAY, 8, 30), {"standing": False}, "run-0"),
        (moment(DAY, 8, 30), {"market": "generated"}, "run-0"),
    ],
    ids=["morning", "same evening", "evening before", "narrowed", "other market"],
)
def test_the_last_list_known_before_the_open_is_taken(
    at: datetime, changed: dict[str, object], wanted: str
) -> None:
    """What counts is what the run knew, that it stands, and that it is of this market."""
    past = Past.quiet().listed(moment(BEFORE, 8, 30), entry(KB))
    listed = {"market": "imported", **changed}
    past.listed(at, entry(SAMSUNG))
    (run, *_) = [r for r in past.runs.recent(9) if r.run_id == "run-1"]
    past.runs.save(replace(run, **listed), (entry(SAMSUNG),))  # type: ignore[arg-type]
    assert wanted == past.session().watchlist


def test_an_old_list_has_lapsed() -> None:
    """A list is good for the session it was made for and the five after it."""
    oldest = moment(SESSIONS[-5], 8, 30)
    assert "run-0" == Past.quiet().listed(oldest, entry(KB)).session().watchlist
    lapsed = moment(SESSIONS[-6], 8, 30)
    assert NO_WATCHLIST == Past.quiet().listed(lapsed, entry(KB)).session().watchlist


def test_a_stock_was_named_from_the_first_list_on_that_it_stood_on() -> None:
    """Lapsed lists count, later ones and those of another market do not."""
    lapsed, fresh = moment(SESSIONS[-9], 8, 30), moment(BEFORE, 8, 30)
    past = Past.quiet().listed(lapsed, entry(KB)).listed(fresh, entry(SAMSUNG))
    lists = Watchlists(past.runs, "imported")
    assert frozenset() == lists.named(before=lapsed - timedelta(seconds=1))
    assert {KB} == lists.named(before=fresh - timedelta(seconds=1))
    assert {KB, SAMSUNG} == lists.named(before=fresh)
    assert frozenset() == Watchlists(past.runs, "generated").named(before=fresh)


def test_the_day_a_stock_came_on_the_list_is_told() -> None:
    """Sessions since its first list of the last five, and the close of that session."""
    past = Past.quiet()
    past.listed(moment(SESSIONS[-6], 8, 30), entry(ALTEOGEN))
    past.listed(moment(SESSIONS[-3], 8, 30), entry(SAMSUNG))
    past.listed(moment(SESSIONS[-1], 8, 30), entry(SAMSUNG), entry(KB, 2))
    past.listed(moment(DAY, 8, 30), entry(SAMSUNG), entry(KB, 2), entry(ALTEOGEN, 3))
    session = past.session()
    assert [3.0, 1.0, 0.0] == session.candidates.list_days.tolist()
    third, last = session.days.close[-3, 0], session.days.close[-1, 1]
    assert np.array_equal([third, last, np.nan], session.candidates.list_close, equal_nan=True)


def test_what_is_held_is_looked_at_but_not_bought() -> None:
    """A held stock off the list is a column behind it, blocked; one on the list stays as it is."""
    session = Past.quiet().listed(moment(DAY, 8, 30), entry(SAMSUNG)).session(KB, SAMSUNG)
    assert (SAMSUNG, KB) == session.candidates.codes
    assert [True, False] == session.candidates.is_tradable.tolist()
    assert (TradeTier.TIER1, TradeTier.BLOCKED) == session.tiers
    assert (RiskTag.CAUTION, None) == session.tags
    assert 1 == session.bars.count[1]


def test_a_held_stock_without_minutes_has_an_empty_column() -> None:
    """Shares that did not trade are still there."""
    past = Past.quiet().told(master(NEWCOMER), daily(NEWCOMER, [100] * len(SESSIONS)))
    session = past.session(NEWCOMER)
    assert (SAMSUNG, KB, ALTEOGEN, NEWCOMER) == session.candidates.codes
    assert [1, 1, 1, 0] == session.bars.count.tolist()
    assert [True, True, True, False] == session.candidates.is_tradable.tolist()


def test_what_is_held_is_asked_each_morning() -> None:
    """The answer of the day counts, so that what was sold or bought yesterday is known."""
    past = Past.quiet().told(minutes((KB, BEFORE, 900, 50_000, 10)))
    past.listed(moment(SESSIONS[-2], 8, 30), entry(KB))
    answers = iter([(SAMSUNG,), (ALTEOGEN,)])
    first, second = past.sessions(BEFORE, DAY, held=lambda: next(answers))
    assert (KB, SAMSUNG) == first.candidates.codes
    assert (KB, ALTEOGEN) == second.candidates.codes


def test_a_stranger_held_is_named() -> None:
    """A held stock that the master does not know is an error, not a gap."""
    with pytest.raises(UnknownStock, match="'999999'"):
        Past.quiet().session("999999")


def test_only_sessions_with_minutes_are_yielded() -> None:
    """Days without a recorded minute are passed over, inside and outside the recorded span."""
    past = Past.quiet().told(minutes((KB, SESSIONS[-3], 900, 50_000, 10)))
    days = [s.day for s in past.sessions(SESSIONS[-10], DAY + timedelta(days=30))]
    assert [SESSIONS[-3], DAY] == days
    assert () == past.sessions(DAY + timedelta(days=1), DAY + timedelta(days=30))
    assert () == Past().sessions()


def test_the_regime_is_what_the_scout_would_have_read() -> None:
    """The same detector over the same facts as a scout run just before the open."""
    past = Past.quiet()
    view = read_market(past.facts, as_of=JUST_BEFORE)
    scouted = detect(
        days=view.bars.days,
        index_close=view.index_close,
        advances=view.advances,
        declines=view.declines,
        turnover=view.turnover,
        policy=RegimePolicy(),
    )
    session = past.session()
    assert scouted.regime is session.regime
    assert session.regime_known
    assert session.regime is not Regime.NEUTRAL


def test_an_unknown_regime_is_an_error() -> None:
    """Without the index of the session before, nothing is assumed in silence."""
    past = Past.quiet().told(daily(KB, [50_000] * len(SESSIONS)))
    later = CALENDAR.next_day(DAY)
    past.told(minutes((KB, later, 900, 50_000, 10)))
    with pytest.raises(InputError, match=str(later)):
        past.sessions(later, later)


def test_an_assumed_regime_is_marked() -> None:
    """A regime that the caller named stands in only where none is known."""
    past = Past.quiet()
    past.assumed_regime = Regime.BEAR
    later = CALENDAR.next_day(DAY)
    past.told(minutes((KB, later, 900, 50_000, 10)))
    known, assumed = past.sessions(DAY, later)
    assert known.regime_known
    assert (Regime.BEAR, False) == (assumed.regime, assumed.regime_known)
    assert known.regime is not Regime.BEAR


def test_a_stored_insight_gives_the_context() -> None:
    """The insight of the morning stands behind the context of the session; without one is none."""
    past = Past.quiet()
    assert past.session().context is None
    past.macro.insights.append(
        MacroInsight(day=DAY, at=moment(DAY, 7, 30), sentiment_score=80, size_pct=110)
    )
    context = past.session().context
    assert context is not None
    assert (1.1, moment(DAY, 7, 30), False) == (
        context.size_factor,
        context.insight_at,
        context.stale,
    )


def test_an_insight_that_cannot_be_read_is_an_error() -> None:
    """A past without its insight would be another past."""
    past = Past.quiet()
    past.macro = MemoryMacro(failure=OutsideError("The insights are gone."))
    with pytest.raises(OutsideError, match="gone"):
        past.session()


def test_earlier_minutes_stand_in_for_missing_daily_bars() -> None:
    """A session of which only minutes are known gives high, low, close and the base price."""
    later = CALENDAR.next_day(DAY)
    past = Past.quiet()
    past.assumed_regime = Regime.NEUTRAL
    past.told(
        minutes((KB, DAY, 901, 50_000, 10), (KB, DAY, 1530, 46_000, 10)),
        minutes((KB, later, 900, 47_000, 10), (SAMSUNG, later, 900, 66_000, 10)),
    )
    (session,) = past.sessions(later, later)
    column = session.candidates.codes.index(KB)
    day = [getattr(session.days, n)[-1, column] for n in ("high", "low", "close")]
    assert [50_001.0, 44_999.0, 46_000.0] == day
    assert 46_000.0 == session.candidates.base_price[column]
    assert date(2025, 6, 26) == session.days.days[-1]
