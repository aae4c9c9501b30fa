"""The live morning is that of the past, with the prices that the exchange tells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from tests.unit.engine.research.loading_market import (
    ALTEOGEN,
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

from jennie_cli.engine.errors import InputError, JennieError, OutsideError
from jennie_cli.engine.feed import Quote
from jennie_cli.engine.model import (
    MacroInsight,
    Market,
    Regime,
    RiskTag,
    SecurityKind,
    StockStatus,
    TradeTier,
)
from jennie_cli.engine.trading.session.gathering import Draft, Mornings, NoWatchlist
from jennie_cli.engine.trading.session.morning import Morning
from jennie_cli.engine.venue import Session
from jennie_cli.testing import moment

MADE = moment(DAY, 8, 30)
OPEN = moment(DAY, 9, 0)
UNLISTED = "900010"
LAST = len(SESSIONS) - 1
CLOSES = {SAMSUNG: 60_000 + 100 * LAST, KB: 50_000 - 100 * LAST, ALTEOGEN: 300_000 + 500 * LAST}


def hours() -> Session:
    """Return the session of the day."""
    session = CALENDAR.session(DAY)
    assert session is not None
    return session


def quote(code: str, base: int, upper: int, **more: Any) -> Quote:
    """Return a quote before the first trade."""
    lower = 2 * base - upper
    return Quote(
        code=code,
        price=base,
        base_price=base,
        open=0,
        high=0,
        low=0,
        upper_limit=upper,
        lower_limit=lower,
        volume=0,
        value=0,
        **more,
    )


def like_the_past(past: Morning) -> dict[str, Quote]:
    """Return quotes that say what the closes of the day before say."""
    told = past.candidates
    prices = zip(told.codes, told.base_price.tolist(), told.upper_limit.tolist(), strict=True)
    return {code: quote(code, int(base), int(upper)) for code, base, upper in prices}


def same(one: Any, other: Any) -> bool:
    """Whether two values of a morning are equal to the last bit."""
    if isinstance(one, np.ndarray):
        return bool(np.array_equal(one, other, equal_nan=one.dtype.kind == "f"))
    if hasattr(one, "__dataclass_fields__"):
        return all(same(getattr(one, f.name), getattr(other, f.name)) for f in fields(one))
    if isinstance(one, Mapping):
        return one.keys() == other.keys() and all(same(one[k], other[k]) for k in one)
    return bool(one == other)


@dataclass
class Home:
    """A home with a market and runs of the scout, asked for the mornings of a day."""

    past: Past = field(default_factory=Past.quiet)
    troubles: list[JennieError] = field(default_factory=list)

    def draft(self, *held: str, now: datetime = OPEN) -> Draft:
        """Return the draft of a moment."""
        return Mornings(self.past.market(), self.troubles.append).draft(hours(), now=now, held=held)

    def morning(self, *held: str, told: Sequence[Quote] = (), now: datetime = OPEN) -> Morning:
        """Return the morning with quotes that say what the closes say, but for those given."""
        draft = self.draft(*held, now=now)
        known = [quote(code, won, won * 13 // 10) for code, won in CLOSES.items()]
        return draft.morning({q.code: q for q in (*known, *told)})


def test_the_live_morning_is_that_of_the_past() -> None:
    """With quotes that say what the closes said, every figure is the one that a backtest of the
    day begins with.
    """
    past = Past.quiet().listed(MADE, entry(ALTEOGEN), entry(SAMSUNG, 2, tier=TradeTier.RECON))
    past.macro.insights.append(MacroInsight(day=DAY, at=MADE, sentiment_score=80))
    before = past.session(KB)
    draft = Home(past).draft(KB, now=OPEN - timedelta(seconds=1))
    found = draft.morning(like_the_past(before))
    assert (ALTEOGEN, SAMSUNG, KB) == draft.codes
    differing = [
        f.name for f in fields(Morning) if not same(getattr(before, f.name), getattr(found, f.name))
    ]
    assert [] == differing


def test_prices_and_status_are_those_of_the_quotes() -> None:
    """Base price and upper limit stand against yesterday's close, the status against the master."""
    home = Home(Past.quiet().told(master(KB, status="WARNING")).listed(MADE, entry(KB)))
    found = home.morning(told=[quote(KB, 46_000, 59_800, status=StockStatus.OVERHEATED)])
    assert (46_000.0, 59_800.0) == (
        found.candidates.base_price[0],
        found.candidates.upper_limit[0],
    )
    assert (StockStatus.OVERHEATED,) == found.statuses
    assert float(CLOSES[KB]) == found.days.close[-1, 0]


def test_what_no_quote_tells_is_unknown() -> None:
    """Without a quote there is no base price; liquidation trading has a base and no limit."""
    home = Home(Past.quiet().listed(MADE, entry(KB), entry(SAMSUNG, 2)))
    free = quote(SAMSUNG, 65_000, 0, status=StockStatus.LIQUIDATION)
    stocks = home.draft().morning({SAMSUNG: free}).candidates
    assert [True, False] == np.isnan(stocks.base_price).tolist()
    assert [True, True] == np.isnan(stocks.upper_limit).tolist()


def test_a_split_overnight_hides_the_older_prices() -> None:
    """A base price that the last close does not allow says that older won are other won."""
    home = Home(Past.quiet().listed(MADE, entry(KB), entry(SAMSUNG, 2)))
    found = home.morning(told=[quote(KB, 9_000, 11_700)])
    assert [True, False] == np.isnan(found.days.close).all(axis=0).tolist()
    assert 9_000.0 == found.candidates.base_price[0]


def test_what_is_held_is_a_column() -> None:
    """Held stocks follow the list, each once, and may not be bought unless they are on it."""
    home = Home(Past.quiet().listed(MADE, entry(KB)))
    found = home.morning(SAMSUNG, KB)
    assert (KB, SAMSUNG) == found.candidates.codes
    assert [True, False] == found.candidates.is_tradable.tolist()
    assert (TradeTier.TIER1, TradeTier.BLOCKED) == found.tiers
    assert (RiskTag.CAUTION, None) == found.tags


def test_a_stock_held_without_a_master_is_a_plain_one() -> None:
    """Its code is its name, its price steps are the finest, and it can be looked after."""
    home = Home(Past.quiet().listed(MADE, entry(KB)))
    found = home.morning(UNLISTED, told=[quote(UNLISTED, 10_000, 13_000)])
    stock = found.stocks()[1]
    assert (UNLISTED, UNLISTED, SecurityKind.ETF) == (stock.code, stock.name, stock.kind)
    assert 10_000.0 == found.candidates.base_price[1]
    assert np.isnan(found.days.close[:, 1]).all()


def test_a_listed_stock_without_a_master_is_told_by_its_list() -> None:
    """The list names, boards and groups its stocks itself."""
    told = replace(entry(UNLISTED), name="새이름", market="KOSDAQ", sector_group="자동차")
    stock = Home(Past.quiet().listed(MADE, told)).morning().stocks()[0]
    assert ("새이름", Market.KOSDAQ, "자동차") == (stock.name, stock.market, stock.sector_group)


def test_a_home_without_a_run_is_told_the_next_act() -> None:
    """No list, or only one of another market or of a run that is still to come, names the way."""
    past = Past.quiet().listed(MADE, entry(KB))
    run = past.runs.recent(1)[0]
    past.runs.save(replace(run, market="generated"), (entry(KB),))
    past.listed(moment(DAY, 10, 30), entry(KB))
    with pytest.raises(NoWatchlist) as failure:
        Home(past).draft()
    assert isinstance(failure.value, InputError)
    assert "jennie scout run" in failure.value.hint
    assert "2025-06-26" in failure.value.message


def test_what_is_held_is_watched_without_a_list_too() -> None:
    """A scout that failed is told and stops no exit; nothing may be bought."""
    home = Home()
    morning = home.morning(SAMSUNG)
    assert (SAMSUNG,) == morning.candidates.codes
    assert [NoWatchlist] == [type(failure) for failure in home.troubles]
    assert not morning.candidates.is_tradable.any()
    assert (TradeTier.BLOCKED,) == morning.tiers
    assert not morning.regime_known or morning.context is None


def test_a_list_of_the_day_replaces_the_one_before() -> None:
    """One room of mornings sees the list of 10:30 once it is there, and nothing else that became
    known since the open.
    """
    past = Past.quiet().listed(MADE, entry(KB))
    mornings = Mornings(past.market(), lambda _: None)
    first = mornings.draft(hours(), now=moment(DAY, 10, 0), held=())
    later = moment(DAY, 10, 29)
    past.told(master("000660", known_at=later)).listed(
        moment(DAY, 10, 30), entry(SAMSUNG), entry(KB, 2)
    )
    second = mornings.draft(hours(), now=moment(DAY, 10, 31), held=())
    assert ((KB,), (SAMSUNG, KB)) == (first.codes, second.codes)
    assert ("run-0", "run-1") == (
        first.morning({}).watchlist,
        second.morning({}).watchlist,
    )
    assert first.known.stocks == second.known.stocks


def test_without_yesterdays_index_the_run_tells_the_regime() -> None:
    """The index of the session before rules; where it is missing the run's own reading does."""
    rising = Home(Past.quiet().listed(MADE, entry(KB))).morning()
    blind = Past.quiet(indexed=SESSIONS[:-1])
    bear = replace(_reading(), regime=Regime.BEAR)
    unread = replace(bear, score_points=None)
    of_run = Home(blind.listed(MADE, entry(KB), regime=bear)).morning()
    again = Past.quiet(indexed=SESSIONS[:-1])
    unknown = Home(again.listed(MADE, entry(KB), regime=unread)).morning()
    assert rising.regime is not Regime.BEAR
    assert [(Regime.BEAR, True), (Regime.BEAR, False)] == [
        (m.regime, m.regime_known) for m in (of_run, unknown)
    ]
    assert rising.regime_known


def _reading() -> Any:
    past = Past.quiet().listed(MADE, entry(KB))
    return past.runs.recent(1)[0].regime


def test_the_newest_insight_is_the_context() -> None:
    """What the council wrote by now counts, also in the middle of the session."""
    past = Past.quiet().listed(MADE, entry(KB))
    assert Home(past).morning().context is None
    past.macro.insights.append(
        MacroInsight(day=DAY, at=moment(DAY, 9, 30), sentiment_score=80, size_pct=120)
    )
    context = Home(past).morning(now=moment(DAY, 9, 31)).context
    assert context is not None
    assert 1.2 == context.size_factor


def test_an_insight_that_cannot_be_read_is_told_and_stops_nothing() -> None:
    """The failure is handed on by name; the session goes by the careful context."""
    past = Past.quiet().listed(MADE, entry(KB))
    past.macro.failure = OutsideError("The insights cannot be read.")
    home = Home(past)
    found = home.morning()
    assert [past.macro.failure] == home.troubles
    assert found.context is None


def test_days_that_only_minutes_tell_are_days_too() -> None:
    """A session whose daily bar is missing is told by its recorded minutes, as in the past."""
    lost = SESSIONS[-3]
    past = Past()
    past.told(*(master(code) for code in CLOSES), index("KOSPI", [2_500.0] * len(SESSIONS)))
    rest = [day for day in SESSIONS if day != lost]
    past.told(daily(KB, [50_000] * len(rest), rest))

    past.told(minutes((KB, lost, 900, 51_000, 10))).listed(MADE, entry(KB))
    found = Home(past).morning(told=[quote(KB, 50_000, 65_000)])
    assert [50_000.0, 51_000.0, 50_000.0, 50_000.0] == found.days.close[-4:, 0].tolist()
