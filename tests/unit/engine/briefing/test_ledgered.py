"""What the ledger tells of a day, held against its own fold to the won."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.engine.portfolio.story import CODE, DAY, at, filled, foreign, holding, taken

from jennie_cli.engine.briefing.ledgered import realised_of, second_tier_of, trades_of
from jennie_cli.engine.broker import Holding
from jennie_cli.engine.model import Side, TradeTier
from jennie_cli.engine.portfolio import Costs, Portfolio, fold
from jennie_cli.engine.store import LedgerEvent

OTHER = "000660"
TODAY = DAY + timedelta(days=1)
TIERS = {DAY: {CODE: TradeTier.TIER2, OTHER: TradeTier.TIER2}, TODAY: {CODE: TradeTier.TIER1}}


def folded(*events: LedgerEvent) -> Portfolio:
    """Return the ledger's tale."""
    return fold(events, Costs())


def traded(
    number: str, qty: int, price: int, side: Side = Side.BUY, *, code: str = CODE, day: date = DAY
) -> list[LedgerEvent]:
    """Return an order of ours that was filled at once."""
    return [
        taken(number, f"o{number}", day=day),
        filled(number, qty, price, side=side, code=code, day=day, second=int(number)),
    ]


@st.composite
def ledgers(draw: st.DrawFn) -> list[LedgerEvent]:
    """Two days of fills of two stocks at any prices, some sold that nobody knows to be held."""
    events: list[LedgerEvent] = [holding(draw(st.integers(1, 50)), 123_457, code=OTHER)]
    for number in map(str, range(1, draw(st.integers(1, 20)))):
        day, code = draw(st.sampled_from((DAY, TODAY))), draw(st.sampled_from((CODE, OTHER)))
        side = draw(st.sampled_from(Side))
        for second in range(draw(st.integers(1, 3))):
            qty, price = draw(st.integers(1, 30)), draw(st.integers(1_000, 200_000))
            made = filled(number, qty, price, second=second, side=side, code=code, day=day)
            events.append(made)
        owned = draw(st.booleans())
        events.append(taken(number, "a", day=day) if owned else foreign(number, day=day))
    return events


@settings(max_examples=100)
@given(events=ledgers())
def test_the_sums_are_those_of_the_fold_to_the_won(events: list[LedgerEvent]) -> None:
    """Over all days nothing is lost or counted twice, and lines and sums of a day agree."""
    ledger = fold(events, Costs())
    days = [trades_of(ledger, day, str, at=at(0)) for day in (DAY, TODAY)]
    earned = [realised_of(ledger, day, at=at(0)) for day in (DAY, TODAY)]
    assert ledger.realised == sum(d.realised for d in days) == sum(e.realised_pnl for e in earned)
    assert (ledger.fees, ledger.taxes) == (sum(d.fees for d in days), sum(d.taxes for d in days))
    assert len(ledger.costless_sales) == sum(d.costless_sales for d in days)
    assert sum(b.cash_flow for b in ledger.booked) == sum(
        d.sold - d.bought - d.fees - d.taxes for d in days
    )
    for told in (d for d in days if not d.rest):
        assert (told.fees, told.taxes) == (
            sum(t.fee for t in told.shown),
            sum(t.tax for t in told.shown),
        )
        assert told.sold == sum(t.amount for t in told.shown if t.side is Side.SELL)
        if not told.costless_sales:
            assert told.realised == sum(t.profit or 0 for t in told.shown)


def test_the_newest_ten_are_shown_and_the_rest_counted() -> None:
    """Fills of one number are one trade; the sums are of all twelve."""
    events = [e for n in range(1, 13) for e in traded(str(n), 1, 1_000 * n)]
    events.append(filled("12", 2, 12_000, second=13))
    told = trades_of(folded(*events), DAY, str, at=at(0))
    assert (10, 2, 102_000) == (len(told.shown), told.rest, told.bought)
    assert (3, 36_000, None) == (told.shown[-1].qty, told.shown[-1].amount, told.shown[-1].profit)


def test_a_sale_of_unknown_cost_has_no_profit() -> None:
    """It is counted, and its fee and tax are paid all the same."""
    told = trades_of(folded(*traded("1", 3, 50_000, Side.SELL)), DAY, str, at=at(0))
    assert (None, 0, 1) == (told.shown[0].profit, told.realised, told.costless_sales)
    assert told.taxes > 0


def held(code: str, cost: int, value: int) -> Holding:
    """Return one share at the broker."""
    return Holding(code=code, name=code, qty=1, sellable_qty=1, cost=cost, price=value, value=value)


def test_the_second_tier_is_what_a_watchlist_called_so() -> None:
    """A stock held goes by its holding, one sold by its sales; what was no second tier is out."""
    ledger = folded(
        *traded("1", 1, 10_000),
        *traded("2", 1, 20_000, code=OTHER),
        *traded("3", 1, 19_000, Side.SELL, code=OTHER, day=TODAY),
        *traded("4", 1, 30_000, day=TODAY),
    )
    holdings = [held(CODE, 40_000, 44_000)]
    told = second_tier_of(ledger, TODAY, TIERS, str, holdings=holdings)
    assert told is not None
    assert (2, 2, 1, 2, 1) == (told.buys, told.stocks, told.held, told.judged, told.winners)
    assert pytest.approx(2.5) == told.average_pct
    assert ([CODE, OTHER], ()) == ([s.code for s in told.best], told.worst)
    assert [pytest.approx(10.0), pytest.approx(-5.0)] == [s.pnl_pct for s in told.best]


def test_best_and_worst_share_no_stock() -> None:
    """Of five stocks three are best, two worst, the worst first."""
    codes = [f"00000{n}" for n in range(1, 6)]
    tiers = {DAY: dict.fromkeys(codes, TradeTier.TIER2)}
    bought = [e for n, code in enumerate(codes, 1) for e in traded(str(n), 1, 10_000, code=code)]
    holdings = [held(code, 10_000, 10_000 - 100 * n) for n, code in enumerate(codes)]
    told = second_tier_of(folded(*bought), DAY, tiers, str, holdings=holdings)
    assert told is not None
    assert (codes[:3], codes[:2:-1]) == ([s.code for s in told.best], [s.code for s in told.worst])


def test_what_nobody_knows_of_the_second_tier_is_no_nought() -> None:
    """Without a list it is None; without a broker a stock held has no result; no buys, no mean."""
    ledger = folded(*traded("1", 1, 10_000))
    old = {DAY - timedelta(days=7): {CODE: TradeTier.TIER2}}
    assert second_tier_of(ledger, DAY, old, str, holdings=()) is None
    unheard = second_tier_of(ledger, DAY, TIERS, str, holdings=None)
    assert unheard is not None
    assert (1, 1, 0, None, ()) == (
        unheard.buys,
        unheard.held,
        unheard.judged,
        unheard.average_pct,
        unheard.best,
    )
    unlisted = second_tier_of(ledger, DAY, {DAY: {}}, str, holdings=())
    assert unlisted is not None
    assert (0, 0, None) == (unlisted.buys, unlisted.stocks, unlisted.average_pct)
