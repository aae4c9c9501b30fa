"""Positions, cash and profit as a fold over evidence."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.unit.engine.portfolio.story import (
    CODE,
    DAY,
    at,
    cash,
    filled,
    foreign,
    holding,
    row,
    taken,
)

from jennie_cli.engine.model import Market, Position, SecurityKind, Side, Stock
from jennie_cli.engine.portfolio import Costs, fold, held_codes, positions_at
from jennie_cli.engine.store import LedgerEvent
from jennie_cli.engine.venue import default_calendar

COSTS = Costs()
MILLION = 1_000_000


def bought_and_sold() -> list[LedgerEvent]:
    """Buys of 3 and 4 shares, a sale of 5."""
    return [
        cash(10 * MILLION),
        *(taken(n, n) for n in "123"),
        filled("1", 3, 70_001, second=1),
        filled("2", 4, 70_100, second=2),
        filled("3", 5, 71_000, second=3, side=Side.SELL),
    ]


def test_cost_is_the_moving_average_and_a_sale_takes_its_share_of_it() -> None:
    """The share is cut to the won: 490,403 × 5 ÷ 7 = 350,287.86."""
    portfolio = fold(bought_and_sold(), COSTS)
    assert {CODE: Position(code=CODE, qty=2, cost=490_403 - 350_287)} == dict(portfolio.positions)
    assert [None, None, 355_000 - 350_287] == [b.profit for b in portfolio.booked]
    assert 4_713 == portfolio.realised


def test_the_average_has_four_decimals() -> None:
    """As KIS prints it: 490,403 over 7 shares."""
    held = positions_at(bought_and_sold(), at=at(2))
    assert Decimal("70057.5714") == held[CODE].average


def test_the_last_share_takes_the_whole_cost() -> None:
    """Nothing of the cost stays behind a closed position."""
    events: list[LedgerEvent] = [taken("1", "a"), taken("2", "b"), row("1", 3, 301)]
    events += [filled("2", 1, 100, second=n, side=Side.SELL) for n in (1, 2, 3)]
    portfolio = fold(events, COSTS)
    assert [None, 100, 100, 101] == [b.cost for b in portfolio.booked]
    assert () == portfolio.held


def test_fee_and_tax_come_of_the_whole_amount_of_a_number() -> None:
    """Five executions of 99,600 cost 70 won together, not five times 14; tax is cut once."""
    events: list[LedgerEvent] = [taken("1", "a"), cash(0)]
    events += [filled("1", 1, 99_600, second=n, side=Side.SELL) for n in range(5)]
    portfolio = fold(events, COSTS)
    assert ([14, 14, 14, 14, 14], 70) == ([b.fee for b in portfolio.booked], portfolio.fees)
    assert ([199, 199, 199, 199, 200], 996) == (
        [b.tax for b in portfolio.booked],
        portfolio.taxes,
    )
    assert 498_000 - 70 - 996 == portfolio.cash


def test_a_buy_pays_the_fee_and_no_tax() -> None:
    """995,000 won cost 140 more."""
    portfolio = fold([cash(MILLION), taken("1", "a"), filled("1", 10, 99_500)], COSTS)
    assert (4_860, 140, 0) == (portfolio.cash, portfolio.fees, portfolio.taxes)


def test_a_fund_is_sold_without_tax() -> None:
    """What the code is comes from the listing that was handed in."""
    etf = Stock(code=CODE, name="", market=Market.KOSPI, kind=SecurityKind.ETF)
    events: list[LedgerEvent] = [taken("1", "a"), filled("1", 1, MILLION, side=Side.SELL)]
    assert 0 == fold(events, Costs(listing={CODE: etf}.get)).taxes
    assert 2_000 == fold(events, COSTS).taxes


def test_one_day_of_it_keeps_what_is_held() -> None:
    """The fills of other days are left out of what was traded and earned."""
    whole = fold(bought_and_sold(), COSTS)
    assert 4_713 == whole.traded_on(DAY).realised
    other = whole.traded_on(DAY + timedelta(days=1))
    assert ((), 0, 0, 0) == (other.booked, other.realised, other.fees, other.taxes)
    assert (whole.positions, whole.cash) == (other.positions, other.cash)


@pytest.mark.parametrize(
    ("held", "differing"),
    [
        ({CODE: 2}, ()),
        ({CODE: 2, "000660": 0}, ()),
        ({CODE: 3}, (CODE,)),
        ({}, (CODE,)),
        ({"000660": 1}, ("000660", CODE)),
    ],
)
def test_another_number_of_shares_is_told_by_code(
    held: dict[str, int], differing: tuple[str, ...]
) -> None:
    """Nothing held is as good as not named."""
    assert differing == fold(bought_and_sold(), COSTS).differing(held)


def test_any_past_moment_can_be_asked_for() -> None:
    """Evidence that came later tells of before as well."""
    events: list[LedgerEvent] = [*bought_and_sold(), filled("2", 1, 70_100, second=1, seen=3_000)]
    assert {CODE: 4} == {c: p.qty for c, p in positions_at(events, at=at(1.9)).items()}
    early = fold(events, COSTS, at=at(1))
    assert (280_103, 0) == (early.positions[CODE].cost, early.realised)
    assert 10 * MILLION - 280_103 - early.fees == early.cash
    assert () == held_codes(events, at=at(0))
    assert (CODE,) == held_codes(events)


def test_a_later_baseline_replaces_what_was_before() -> None:
    """Position and cash start anew; the profit made before stays on record."""
    events: list[LedgerEvent] = [
        *bought_and_sold(),
        holding(100, 7 * MILLION, second=10),
        cash(5, second=11),
    ]
    after: list[LedgerEvent] = [
        taken("4", "d"),
        filled("4", 50, 100_000, second=12, side=Side.SELL),
    ]
    portfolio = fold(events + after, COSTS)
    assert Position(code=CODE, qty=50, cost=3_500_000) == portfolio.positions[CODE]
    assert 4_713 + 1_500_000 == portfolio.realised
    assert 5 + 5 * MILLION - 703 - 10_000 == portfolio.cash
    assert 2 == fold(events, COSTS, at=at(9)).positions[CODE].qty


def test_a_position_taken_over_as_nothing_is_gone() -> None:
    """A baseline of no shares closes the position of its code alone."""
    events: list[LedgerEvent] = [
        holding(3, 30),
        holding(5, 50, code="000660"),
        holding(0, 0, second=1),
    ]
    assert ("000660",) == held_codes(events)


def test_within_a_second_evidence_that_came_before_a_baseline_is_in_it() -> None:
    """A fill heard of before the account was read is part of what was read."""
    claim = taken("1", "a")
    early, late = filled("1", 1, 100, second=5.1), filled("1", 1, 100, second=5.9)
    baselines: list[LedgerEvent] = [holding(10, 1_000, second=5.5), cash(MILLION, second=5.5)]
    before, after = fold([claim, early, *baselines], COSTS), fold([claim, late, *baselines], COSTS)
    assert (10, 11) == (before.positions[CODE].qty, after.positions[CODE].qty)
    assert (MILLION, MILLION - 100) == (before.cash, after.cash)


def test_cash_is_unknown_until_it_was_taken_over() -> None:
    """No figure stands in for a missing one."""
    portfolio = fold([taken("1", "a"), filled("1", 1, 100)], COSTS)
    assert portfolio.cash is None
    assert portfolio.deposit(DAY, default_calendar()) is None
    assert portfolio.value({CODE: 100}).equity is None
    assert 100 == portfolio.value({CODE: 100}).value


def test_a_sale_of_shares_never_seen_has_no_profit() -> None:
    """What cannot be explained is counted, and told."""
    events: list[LedgerEvent] = [
        taken("1", "a"),
        holding(2, 200),
        filled("1", 5, 100, side=Side.SELL),
    ]
    portfolio = fold(events, COSTS)
    assert ({CODE: 3}, 0, ()) == (dict(portfolio.unexplained), portfolio.realised, portfolio.held)
    assert ("2026-03-03:1:090000:100:5",) == portfolio.costless_sales


def test_a_buy_that_only_the_records_tell_explains_the_sale_before_its_reading() -> None:
    """A balance is at the latest at its reading: the shares sold may have been these."""
    events: list[LedgerEvent] = [
        *(taken(n, n) for n in "123"),
        filled("1", 4, 120, second=1, side=Side.SELL),
        filled("2", 2, 130, second=2, side=Side.SELL),
        row("3", 10, 1_005, second=9),
    ]
    portfolio = fold(events, COSTS)
    assert {} == dict(portfolio.unexplained)
    assert Position(code=CODE, qty=4, cost=1_005 - 402 - 201) == portfolio.positions[CODE]
    assert [480 - 402, 260 - 201, None] == [b.profit for b in portfolio.booked]


def test_a_buy_too_small_for_the_sale_before_it_leaves_the_rest_unexplained() -> None:
    """Its shares are gone at once; the profit of the sale stays unknown."""
    events: list[LedgerEvent] = [taken("1", "a"), taken("3", "c")]
    events += [filled("1", 4, 120, second=1, side=Side.SELL), row("3", 3, 300, second=9)]
    portfolio = fold(events, COSTS)
    assert ({CODE: 1}, ()) == (dict(portfolio.unexplained), portfolio.held)
    assert 1 == len(portfolio.costless_sales)


def test_a_buy_with_a_known_second_explains_no_earlier_sale() -> None:
    """Shares bought later cannot be those that were sold; a baseline ends the question."""
    events: list[LedgerEvent] = [taken("1", "a"), filled("1", 4, 120, second=1, side=Side.SELL)]
    events += [taken("2", "b"), filled("2", 10, 100, second=2)]
    portfolio = fold(events, COSTS)
    assert ({CODE: 4}, 10) == (dict(portfolio.unexplained), portfolio.positions[CODE].qty)
    settled = fold([*events, holding(6, 600, second=3)], COSTS)
    assert ({}, 6) == (dict(settled.unexplained), settled.positions[CODE].qty)
    assert 1 == len(settled.costless_sales)


def test_external_fills_move_position_and_cash() -> None:
    """What was traded elsewhere is booked like our own, without an order."""
    portfolio = fold([cash(1_000), foreign("1"), filled("1", 1, 100)], COSTS)
    assert (900, [None]) == (portfolio.cash, [b.fill.order_id for b in portfolio.booked])


@pytest.mark.parametrize(
    ("on", "deposit"),
    [
        (date(2026, 2, 26), 1_000_000),
        (date(2026, 2, 27), 1_000_000),
        (date(2026, 3, 2), 1_000_000),
        (date(2026, 3, 3), 999_900),
        (date(2026, 3, 4), 999_800),
    ],
)
def test_money_moves_two_trading_days_after_the_trade(on: date, deposit: int) -> None:
    """A weekend and the holiday of 2 March do not count."""
    events: list[LedgerEvent] = [
        cash(MILLION, second=-9_000_000),
        taken("1", "a", day=date(2026, 2, 26)),
        filled("1", 1, 100, day=date(2026, 2, 26)),
        taken("2", "b", day=date(2026, 2, 27)),
        filled("2", 1, 100, day=date(2026, 2, 27)),
    ]
    portfolio = fold(events, COSTS, at=None if on >= date(2026, 2, 27) else at(9, day=on))
    assert deposit == portfolio.deposit(on, default_calendar())


def test_value_tells_profit_on_paper_and_what_has_no_price() -> None:
    """An unpriced code is in no figure, and then there is no equity."""
    events: list[LedgerEvent] = [cash(1_000), holding(2, 200), holding(1, 50, code="000660")]
    portfolio = fold(events, COSTS)
    whole = portfolio.value({CODE: 110, "000660": 60})
    assert (280, 30, 12.0, 1_280, ()) == (
        whole.value,
        whole.unrealised,
        whole.unrealised_pct,
        whole.equity,
        whole.unpriced,
    )
    part = portfolio.value({CODE: 110})
    assert (220, 20, None, ("000660",)) == (part.value, part.unrealised, part.equity, part.unpriced)
    nothing = fold([cash(5)], COSTS).value({})
    assert (0, None, 5) == (nothing.value, nothing.unrealised_pct, nothing.equity)
