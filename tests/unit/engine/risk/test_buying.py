"""What the automatic stamp buys, and what it refuses, rule by rule in the order of the checks."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from tests.unit.engine.risk.auto_cases import (
    DEAR,
    GROUP,
    NOW,
    OTHER_GROUP,
    POLICY,
    SIGNAL,
    auto,
    context,
    correlation,
    flagged,
    held,
    holding,
    on,
    past,
    power,
    quoted,
    signal,
    under,
)
from tests.unit.engine.risk.cases import STOCK, at, flag

from jennie_cli.engine.messages import LANGS, text
from jennie_cli.engine.model import (
    Flag,
    OrderType,
    RiskTag,
    SecurityKind,
    Side,
    Signal,
    StockStatus,
    ThrottleLevel,
    TradeTier,
)
from jennie_cli.engine.risk import (
    BY_SIGNAL,
    ApprovedOrder,
    AutoFacts,
    Refusal,
    loss_reached,
    stamp_signal,
)
from jennie_cli.engine.rules import BUYING_RULES, ORDER_RULES, RULES

SUNDAY, FRIDAY, MONDAY = date(2025, 6, 29), date(2025, 6, 27), date(2025, 6, 30)
EXAM_DAY = date(2025, 11, 13)  # 10:00-16:30

Figure = int | str | None
Case = tuple[str, Signal, AutoFacts, Figure, Figure]


def moved(now: datetime) -> tuple[Signal, AutoFacts]:
    """Return a fresh signal at another moment."""
    return signal(at=now, scored_at=None), auto(now=now)


REFUSED: list[Case] = [
    # 0 switches
    ("flags", SIGNAL, auto(flags=None), None, None),
    ("stop", SIGNAL, flagged(Flag.STOP), None, None),
    ("pause", SIGNAL, flagged(Flag.PAUSE), None, None),
    ("bus", SIGNAL, auto(bus_alive=False), None, None),
    ("loss_latch", SIGNAL, auto(loss_latched=True), None, None),
    # 1 age
    ("age", signal(at=at(9, 58, 59)), auto(), 61, 60),
    ("age", signal(at=at(9, 55)), auto(), 300, 60),
    ("age", signal(at=at(10, 1, 1)), auto(), -61, 60),
    ("age", signal(at=NOW - timedelta(seconds=60.2)), auto(), 61, 60),
    # 2 market
    ("day", *moved(on(SUNDAY, 10)), "2025-06-29", None),
    ("breaker", SIGNAL, auto(market_halted=True), None, None),
    ("entry_hours", *moved(at(8, 59, 59)), "08:59:59", "09:00–15:20"),
    ("entry_hours", *moved(at(15, 20)), "15:20:00", "09:00–15:20"),
    ("entry_hours", *moved(on(EXAM_DAY, 9, 59, 59)), "09:59:59", "10:00–16:20"),
    # 3 once only
    ("taken", SIGNAL, auto(taken=True), None, None),
    ("taken", SIGNAL, auto(taken=None), None, None),
    # 4 the stock and the macro side
    ("tradable", signal(is_tradable=False), auto(), "TIER1", None),
    ("tradable", signal(tier=TradeTier.BLOCKED), auto(), "BLOCKED", None),
    ("tag_known", SIGNAL, auto(risk_tag=None), None, None),
    ("context", SIGNAL, auto(context=None), None, None),
    ("avoided", SIGNAL, under(avoid_sectors=frozenset({GROUP})), GROUP, None),
    ("throttle", SIGNAL, under(throttle=ThrottleLevel.DANGER, size_factor=0.3), "DANGER", None),
    ("throttle", SIGNAL, under(throttle=ThrottleLevel.CRITICAL, size_factor=0), "CRITICAL", None),
    # 6-8 the day and the holdings
    ("day_known", SIGNAL, auto(bought_today=None), None, None),
    ("day_known", SIGNAL, auto(ordered_today=None), None, None),
    ("day_buys", SIGNAL, auto(bought_today=6), 6, 6),
    ("held_known", SIGNAL, auto(holdings=None), None, None),
    ("max_held", SIGNAL, holding(*held(10, OTHER_GROUP)), 10, 10),
    ("max_held", SIGNAL, holding(*held(3, OTHER_GROUP), context=context(max_positions=3)), 3, 3),
    ("held", SIGNAL, holding(replace(DEAR, code=STOCK.code)), None, None),
    # 9-11 what was done before
    ("past_known", SIGNAL, auto(past=None), None, None),
    ("just_bought", SIGNAL, past(bought_at=at(9, 50, 1)), 599, 600),
    ("just_sold", SIGNAL, past(sold_at=NOW - timedelta(hours=24, seconds=-1)), 86_399, 86_400),
    ("stopped_out", SIGNAL, past(stopped_at=on(date(2025, 6, 24), 9)), 4, 5),
    # 12, 14
    ("score_floor", signal(hybrid_score=39.99), auto(), "39.99", "40.0"),
    ("score_floor", signal(hybrid_score=float("nan")), auto(), "nan", "40.0"),
    ("locked", SIGNAL, auto(locked=True), None, None),
    ("locked", SIGNAL, auto(locked=None), None, None),
    # 15 the price now
    ("quote", SIGNAL, auto(quote=None), None, None),
    ("quote", SIGNAL, quoted(price=0), None, None),
    ("kind", SIGNAL, auto(stock=replace(STOCK, kind=SecurityKind.ETF)), "ETF", None),
    ("halted", SIGNAL, quoted(status=StockStatus.HALTED), None, None),
    ("liquidation", SIGNAL, quoted(status=StockStatus.LIQUIDATION), None, None),
    ("chase", SIGNAL, quoted(price=40_050), 40_050, 40_046),
    ("top_change", SIGNAL, quoted(price=39_600, base_price=33_000), "20.0", "20.0"),
    ("top_price", SIGNAL, quoted(price=39_600, upper_limit=39_750), 39_600, 39_600),
    # 16 the account
    ("valued", SIGNAL, auto(holdings=(replace(DEAR, price=None),)), None, None),
    ("valued", SIGNAL, auto(holdings=(replace(DEAR, price=0),)), None, None),
    ("protected", SIGNAL, auto(holdings=(replace(DEAR, protective=None),)), None, None),
    ("cash_known", SIGNAL, auto(cash=None), None, None),
    ("cash_known", SIGNAL, auto(buying_power=None), None, None),
    ("total", SIGNAL, holding(cash=0), 0, 0),
    ("close_known", SIGNAL, auto(closing_equity=None), None, None),
    ("close_known", SIGNAL, auto(closing_equity=0), None, None),
    ("day_loss", SIGNAL, auto(closing_equity=51_546_392), -1_546_392, -1_546_392),
    ("day_loss", SIGNAL, auto(deposits=2_000_000), -2_000_000, -1_500_000),
    # 17
    ("correlation", SIGNAL, auto(correlation=correlation(0.85)), "0.85", "0.85"),
    # 18 no size
    ("size_order_cap", SIGNAL, auto(order_cap=39_999), 208, 0),
    ("size_day_cap", SIGNAL, auto(day_cap=3_000_000, ordered_today=2_970_000), 208, 0),
    ("size_position", SIGNAL, holding(cash=330_000, closing_equity=330_000), 1, 0),
    ("size_cash", SIGNAL, auto(buying_power=power(qty=0)), 150, 0),
    ("size_cash", SIGNAL, auto(buying_power=power(cash=39_999)), 150, 0),
    ("smart_skip", SIGNAL, auto(buying_power=power(qty=103)), 103, 104),
    ("size_heat", SIGNAL, auto(holdings=(replace(DEAR, protective=91_667),)), 150, 0),
    ("factor", SIGNAL, auto(risk_tag=RiskTag.DISTRIBUTION_RISK), "0.0", None),
    ("factor", SIGNAL, under(size_factor=0.0), "0.0", None),
    ("factor", SIGNAL, under(size_factor=float("nan")), "0.0", None),
    # 19 the guard
    ("sector_count", SIGNAL, holding(*held(3)), 3, 3),
    ("sector_count", SIGNAL, auto(sector_cap=0), 0, 0),
    # 20 weights
    ("sector_value", SIGNAL, auto(holdings=(replace(DEAR, group=GROUP),)), 6_000_000, 0),
    # 21 the broker
    ("type", SIGNAL, auto(types=(OrderType.MARKET,)), "limit", "market"),
]


@pytest.mark.parametrize(("code", "asked", "facts", "value", "limit"), REFUSED)
def test_a_signal_is_refused_with_its_figure_and_its_limit(
    code: str, asked: Signal, facts: AutoFacts, value: Figure, limit: Figure
) -> None:
    """The refusal names the rule, what was found and what the limit is."""
    said = stamp_signal(asked, facts, POLICY)
    assert isinstance(said, Refusal)
    assert (f"risk.{code}", value, limit) == (said.rule, _near(said.value), said.limit)
    assert [False] == [c.passed for c in said.checks if not c.passed]
    assert said.rule == said.checks[-1].rule


def _near(figure: Figure) -> Figure:
    """Return a figure without the last digits of a division."""
    try:
        return str(round(float(figure), 6)) if isinstance(figure, str) else figure
    except ValueError:
        return figure


EXACT = signal(price=40_000)
WEEK_AGO = on(date(2025, 6, 23), 15)
SECTOR_HELD = auto(
    holdings=(DEAR, *held(1)),
    correlation=correlation(0.0, 0.0),
    context=context(size_factor=1.0),
)

BOUGHT: list[tuple[str, int, int, Signal, AutoFacts]] = [
    ("the worked example", 150, 40_000, SIGNAL, auto()),
    ("sixty seconds old", 150, 40_000, signal(at=at(9, 59)), auto()),
    ("the first second of the session", 150, 40_000, *moved(at(9))),
    ("the last second of entries", 150, 40_000, *moved(at(15, 19, 59))),
    ("the exam day after four", 150, 40_000, *moved(on(EXAM_DAY, 16, 19, 59))),
    ("the sixth buy of the day", 150, 40_000, SIGNAL, auto(bought_today=5)),
    ("nine stocks held", 60, 40_000, SIGNAL, holding(*held(9, OTHER_GROUP))),
    ("bought ten minutes ago", 150, 40_000, SIGNAL, past(bought_at=at(9, 50))),
    ("sold a day ago", 150, 40_000, SIGNAL, past(sold_at=NOW - timedelta(hours=24))),
    ("stopped out five trading days ago", 150, 40_000, SIGNAL, past(stopped_at=WEEK_AGO)),
    ("a hybrid score of forty", 150, 40_000, signal(hybrid_score=40.0), auto()),
    ("exactly one percent above the signal", 148, 40_400, EXACT, quoted(price=40_400)),
    ("almost twenty percent up", 150, 40_000, SIGNAL, quoted(price=39_550, base_price=33_000)),
    ("four ticks under the limit", 150, 39_750, SIGNAL, quoted(price=39_550, upper_limit=39_750)),
    ("a day without limits", 150, 40_000, SIGNAL, quoted(upper_limit=0, lower_limit=0)),
    ("nothing held", 60, 40_000, SIGNAL, holding()),
    ("a won above the loss limit", 150, 40_000, SIGNAL, auto(closing_equity=51_546_391)),
    ("two holdings of the sector", 60, 40_000, SIGNAL, holding(*held(2))),
    ("the risk budget of a sector that is held", 145, 40_000, SIGNAL, SECTOR_HELD),
    ("an order cap", 25, 40_000, SIGNAL, auto(order_cap=1_000_000)),
    ("the rest of a day", 12, 40_000, SIGNAL, auto(day_cap=3_000_000, ordered_today=2_500_000)),
    ("half of what was meant", 104, 40_000, SIGNAL, auto(buying_power=power(qty=104))),
    ("a flag that was lifted", 150, 40_000, SIGNAL, auto(flags={Flag.PAUSE: flag(up=False)})),
    ("just below the block", 82, 40_000, SIGNAL, auto(correlation=correlation(0.84))),
]


@pytest.mark.parametrize(
    ("qty", "price", "asked", "facts"), [case[1:] for case in BOUGHT], ids=[c[0] for c in BOUGHT]
)
def test_a_signal_is_sized_and_stamped(
    qty: int, price: int, asked: Signal, facts: AutoFacts
) -> None:
    """A limit order of so many shares leaves, with every check it passed."""
    said = stamp_signal(asked, facts, POLICY)
    assert isinstance(said, ApprovedOrder)
    made = said.intent
    assert (qty, price, OrderType.LIMIT, Side.BUY) == (made.qty, made.price, made.type, made.side)
    assert ("0630-100000-a-1", BY_SIGNAL) == (made.order_id, made.reason)
    assert (asked.strategy, False) == (made.strategy, said.dry_run)
    assert all(c.passed for c in said.checks)


def test_one_signal_delivered_twice_is_one_order() -> None:
    """The first delivery is stamped and the second, taken by then, refused."""
    first, second = (stamp_signal(SIGNAL, auto(taken=was), POLICY) for was in (False, True))
    assert (ApprovedOrder, Refusal) == (type(first), type(second))


def test_dry_run_is_stamped_as_such() -> None:
    """The order is marked so that it is journalled and never sent."""
    said = stamp_signal(SIGNAL, flagged(Flag.DRY_RUN), POLICY)
    assert isinstance(said, ApprovedOrder)
    assert said.dry_run


def test_nothing_gathered_means_nothing_bought() -> None:
    """Facts that nobody filled in refuse."""
    calm = auto()
    bare = AutoFacts(
        now=calm.now,
        session=calm.session,
        flags={},
        stock=calm.stock,
        calendar=calm.calendar,
        order_id="x",
    )
    assert isinstance(stamp_signal(SIGNAL, bare, POLICY), Refusal)


def test_a_price_that_cannot_be_compared_is_told_and_makes_the_size_smaller() -> None:
    """An unknown correlation multiplies by 0.75 and leaves a check that says so."""
    said = stamp_signal(SIGNAL, auto(correlation=None), POLICY)
    assert isinstance(said, ApprovedOrder)
    assert 123 == said.intent.qty  # 150 x 1.1 x 0.75
    assert 0.75 == figure(said, "correlation_unknown")
    assert None is figure(said, "correlation")


def test_the_guard_can_be_told_to_record_only() -> None:
    """Switched off, a full sector and the regime's cash no longer refuse but are on record."""
    logs = replace(POLICY, guard=False)
    said = stamp_signal(SIGNAL, holding(*held(3)), logs)
    assert isinstance(said, ApprovedOrder)
    assert 3 == figure(said, "sector_logged")
    assert "risk.sector_count" not in {c.rule for c in said.checks}


@pytest.mark.parametrize(
    ("equity", "closing", "deposits", "met"),
    [
        (9_700_000, 10_000_000, 0, True),
        (9_700_001, 10_000_000, 0, False),
        (10_700_000, 10_000_000, 1_000_000, True),  # 3.3 % beside the deposit
        (8_800_000, 10_000_000, -1_000_000, False),
    ],
)
def test_the_loss_limit_is_net_of_deposits(
    equity: int, closing: int, deposits: int, met: bool
) -> None:
    """Three percent below the last close and what was paid in since end the day's buying."""
    assert met is loss_reached(equity, closing, deposits, POLICY)


@pytest.mark.parametrize("lang", LANGS)
def test_every_rule_has_words(lang: str) -> None:
    """A check can be told in both languages, passed or not, by its value and its limit alone."""
    words = [f"check.{rule}.{end}" for rule in BUYING_RULES for end in ("pass", "fail")]
    assert all(text(key, lang, value="1", limit="2") for key in words)


def test_no_rule_is_named_twice() -> None:
    """The automatic stamp shares some rules with that by hand and redefines none."""
    assert set() == BUYING_RULES.keys() & (ORDER_RULES.keys() | RULES.keys())


def test_a_level_above_the_price_makes_no_room_in_the_heat() -> None:
    """A holding already below its protective level risks nothing, and not less than nothing."""
    below, open_risk = replace(DEAR, protective=120_000), replace(DEAR, protective=99_000)
    wealth = auto(holdings=(below, open_risk)).wealth
    assert wealth is not None
    assert 300 * 1_000 == wealth.at_risk


def figure(said: ApprovedOrder, code: str) -> float | str | None:
    """Return the figure of one check."""
    return next(c.value for c in said.checks if c.rule == f"risk.{code}")
