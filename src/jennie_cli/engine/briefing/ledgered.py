"""The part of a briefing that the ledger tells: trades, what they earned, and the second tier."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta

from jennie_cli.engine.briefing.assets import Realised
from jennie_cli.engine.briefing.figures import Bought, SecondTier, Trade, Trades
from jennie_cli.engine.broker import Holding
from jennie_cli.engine.model import Side, TradeTier
from jennie_cli.engine.portfolio import BookedFill, Portfolio

Names = Callable[[str], str]

MOST_TRADES = 10
TIER_DAYS = 7
_EACH_END = 3


def realised_of(portfolio: Portfolio, day: date, *, at: datetime) -> Realised:
    """Return what the sales of a day earned, as known at a moment."""
    traded = portfolio.traded_on(day)
    return Realised(
        realised_pnl=traded.realised,
        fees=traded.fees,
        taxes=traded.taxes,
        costless_sales=len(traded.costless_sales),
        realised_at=at,
    )


def trades_of(portfolio: Portfolio, day: date, names: Names, *, at: datetime) -> Trades:
    """Return a day's trades, those of one broker number as one, oldest first."""
    booked = portfolio.traded_on(day).booked
    numbers: dict[tuple[str, str, Side], list[BookedFill]] = {}
    for fill in booked:
        numbers.setdefault((fill.fill.broker_id, fill.fill.code, fill.fill.side), []).append(fill)
    trades = sorted((_trade(fills, names) for fills in numbers.values()), key=lambda t: t.at)
    earned = realised_of(portfolio, day, at=at)
    return Trades(
        shown=tuple(trades[-MOST_TRADES:]),
        rest=max(0, len(trades) - MOST_TRADES),
        bought=sum(b.fill.amount for b in booked if b.fill.side is Side.BUY),
        sold=sum(b.fill.amount for b in booked if b.fill.side is Side.SELL),
        realised=earned.realised_pnl,
        fees=earned.fees,
        taxes=earned.taxes,
        costless_sales=earned.costless_sales,
    )


def second_tier_of(
    portfolio: Portfolio,
    day: date,
    tiers: Mapping[date, Mapping[str, TradeTier]],
    names: Names,
    *,
    holdings: Sequence[Holding] | None,
) -> SecondTier | None:
    """Return how the second tier did over the last seven days, the day itself among them.

    `tiers` are the watchlists of sessions by day; None without any. A stock still held is judged by
    its holding, None where the broker was not heard; one sold by all its sales since.
    """
    since = day - timedelta(days=TIER_DAYS - 1)
    if not any(since <= d <= day for d in tiers):
        return None
    buys = [b for b in portfolio.booked if since <= b.day <= day and _is_second(b, tiers)]
    first: dict[str, BookedFill] = {}
    for buy in buys:
        first.setdefault(buy.fill.code, buy)
    held = {h.code: h for h in holdings or ()}
    stocks = [_bought(portfolio, code, buy, held, names) for code, buy in first.items()]
    known = [(s.pnl_pct, s) for s in stocks if s.pnl_pct is not None]
    ranked = [s for _, s in sorted(known, key=lambda one: (-one[0], one[1].code))]
    best = ranked[:_EACH_END]
    return SecondTier(
        since=since,
        buys=len({(b.day, b.fill.broker_id) for b in buys}),
        stocks=len(stocks),
        held=sum(s.held for s in stocks),
        judged=len(known),
        winners=sum(pct > 0 for pct, _ in known),
        average_pct=sum(pct for pct, _ in known) / len(known) if known else None,
        best=tuple(best),
        worst=tuple(reversed(ranked[len(best) :][-_EACH_END:])),
    )


def _trade(fills: Sequence[BookedFill], names: Names) -> Trade:
    last = fills[-1].fill
    profits = [b.profit for b in fills if b.profit is not None]
    return Trade(
        at=last.at,
        code=last.code,
        name=names(last.code),
        side=last.side,
        qty=sum(b.fill.qty for b in fills),
        amount=sum(b.fill.amount for b in fills),
        fee=sum(b.fee for b in fills),
        tax=sum(b.tax for b in fills),
        profit=sum(profits) if len(profits) == len(fills) else None,
    )


def _is_second(booked: BookedFill, tiers: Mapping[date, Mapping[str, TradeTier]]) -> bool:
    tier = tiers.get(booked.day, {}).get(booked.fill.code)
    return booked.fill.side is Side.BUY and tier is TradeTier.TIER2


def _bought(
    portfolio: Portfolio, code: str, buy: BookedFill, held: Mapping[str, Holding], names: Names
) -> Bought:
    is_held = code in portfolio.positions
    if is_held:
        mine = held.get(code)
        cost, gain = (mine.cost, mine.value - mine.cost) if mine else (0, 0)
    else:
        sales = [b for b in portfolio.booked if b.fill.code == code and b.fill.at >= buy.fill.at]
        cost = sum(b.cost for b in sales if b.cost is not None)
        gain = sum(b.profit for b in sales if b.profit is not None)
    pct = gain / cost * 100 if cost else None
    return Bought(code=code, name=names(code), held=is_held, pnl_pct=pct)
