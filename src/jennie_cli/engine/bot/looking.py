"""Looking without touching: flags, holdings, profit, cash, prices, lists, the home's health."""

import json
from collections.abc import Iterable

from jennie_cli.engine.bot.home import Lines, Listed, Talk
from jennie_cli.engine.bot.wishing import watched_lines
from jennie_cli.engine.broker import AccountState, Holding
from jennie_cli.engine.bus import BusDown
from jennie_cli.engine.bus.names import TRADING_CONTEXT
from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import JennieError, OutsideError
from jennie_cli.engine.messages import amount, text
from jennie_cli.engine.model import Side, StockStatus
from jennie_cli.engine.trading.orderable import orderable_cash
from jennie_cli.engine.trading.telling import flag_lines, shares, when, won

_MOST_ROWS = 30
_UNKNOWN = "—"


async def status(talk: Talk) -> Lines:
    """Tell flags, regime and risk, holdings, and when what was last done.

    What cannot be read hides nothing else.
    """
    lang = talk.lang
    lines = [talk.head, *_flags(talk), await _context(talk)]
    try:
        async with talk.home.trading() as room:
            state = await room.account.state()
        told = {"count": len(state.holdings), "total": won(state.total, lang)}
        lines.append(text("bot.holds", lang, **told))
    except JennieError as error:
        lines.append(text("bot.no_account", lang, why=error.message))
    for job, at in talk.home.records.last_jobs().items():
        lines.append(text("bot.last", lang, job=text(f"bot.job.{job}", lang), when=when(at)))
    return [text("bot.status", lang), *lines]


async def portfolio(talk: Talk) -> Lines:
    """Tell each holding with its profit."""
    async with talk.home.trading() as room:
        state = await room.account.state()
    lang = talk.lang
    lines = [talk.head]
    for held in state.holdings:
        told = {"name": held.name, "code": held.code, "qty": shares(held.qty, lang)}
        lines.append(text("bot.held", lang, **told, price=won(held.price, lang)))
        lines.append(f"{won(held.value, lang)} · {_gain(held.value - held.cost, held.cost, lang)}")
    if not state.holdings:
        lines.append(text("trade.no_positions", lang))
    return [text("bot.portfolio", lang), *lines, _unrealised(state.holdings, lang)]


async def pnl(talk: Talk) -> Lines:
    """Tell what was realised today, before fees and tax as everywhere, and what is not realised."""
    async with talk.home.trading() as room:
        state = await room.account.state()
        traded = room.portfolio().traded_on(room.clock.now().astimezone(KST).date())
    lang = talk.lang
    told = {
        "won": _signed(traded.realised, lang),
        "fees": won(traded.fees, lang),
        "taxes": won(traded.taxes, lang),
    }
    lines = [talk.head, *text("bot.realised", lang, **told).splitlines()]
    if costless := traded.costless_sales:
        lines.append(text("bot.costless", lang, count=len(costless)))
    return [text("bot.pnl", lang), *lines, _unrealised(state.holdings, lang)]


async def balance(talk: Talk) -> Lines:
    """Tell cash: what it is, what can be ordered with, what it is when all is settled."""
    async with talk.home.trading() as room:
        state: AccountState = await room.account.state()
        orderable = await orderable_cash(room.account, state, room.desk.stocks)
    told = {
        "cash": state.deposit,
        "orderable": orderable,
        "settled": state.settled_cash,
        "total": state.total,
    }
    figures = {name: won(value, talk.lang) for name, value in told.items()}
    lines = text("trade.cash_line", talk.lang, **figures).splitlines()
    return [text("bot.balance", talk.lang), talk.head, *lines]


async def price(talk: Talk) -> Lines:
    """Tell the price of a stock now, and its change of the day."""
    lang = talk.lang
    if not talk.call.rest:
        return [text("bot.price_how", lang)]
    async with talk.home.trading() as room:
        stock = await room.desk.find(talk.call.rest, Side.SELL)
        quote = await room.quotes.quote(stock.code)
    change = _gain(quote.price - quote.base_price, quote.base_price, lang)
    lines = [f"{won(quote.price, lang)} · {change}"]
    if quote.status is not StockStatus.NORMAL:
        lines.append(text(f"bot.stock.{quote.status}", lang))
    if quote.vi_active:
        lines.append(text("bot.stock.vi", lang))
    return [f"{stock.name} {stock.code}", *lines]


async def watchlist(talk: Talk) -> Lines:
    """Tell the scout's list with its scores, and what was added by hand."""
    found = talk.home.records.listed()
    async with talk.home.standing() as desk:
        by_hand = watched_lines(talk, desk)
    lines = [text("bot.no_list", talk.lang)] if found is None else list(_listed(found, talk.lang))
    return [text("bot.watchlist", talk.lang), *lines, *by_hand]


async def diagnose(talk: Talk) -> Lines:
    """Check the home up, as the doctor does, and tell what went wrong last."""
    found, lang = await talk.home.records.checked(), talk.lang
    bus = _UNKNOWN if found.bus_ms is None else f"{found.bus_ms:.1f} ms"
    lines = [text("bot.bus", lang, latency=bus), *found.troubles]
    lines.append(text("bot.fine", lang, count=found.fine))
    lines.append(text("bot.incidents", lang, count=len(found.alarms)))
    return [text("bot.diagnose", lang), *lines, *(f"  {alarm}" for alarm in found.alarms)]


def _flags(talk: Talk) -> Lines:
    try:
        return flag_lines(talk.home.switches().all(), talk.lang)
    except OutsideError:
        return [text("trade.note.flags_unknown", talk.lang)]


async def _context(talk: Talk) -> str:
    """Return what the running session goes by, as it last told."""
    lang = talk.lang
    try:
        told = await talk.keys.get(TRADING_CONTEXT)
        context = json.loads(told)["context"] if told else None
        if context is None:
            return text("bot.no_context", lang)
        regime, level = context["regime"], context["throttle"]
        return text("bot.context", lang, regime=regime or _UNKNOWN, level=level, at=context["at"])
    except (BusDown, ValueError, KeyError, TypeError):
        return text("bot.no_context", lang)


def _unrealised(holdings: Iterable[Holding], lang: str) -> str:
    held = tuple(holdings)
    gain, cost = sum(h.value - h.cost for h in held), sum(h.cost for h in held)
    return text("bot.unrealised", lang, gain=_gain(gain, cost, lang))


def _gain(gain: int, base: int, lang: str) -> str:
    """Return won with a sign, and its part of what it comes from."""
    if not base:
        return _signed(gain, lang)
    return f"{_signed(gain, lang)} ({amount(gain / base * 100, 'pct', lang)})"


def _signed(value: int, lang: str) -> str:
    return text("trade.won", lang, figure=f"{value:+,}")


def _listed(found: Listed, lang: str) -> Iterable[str]:
    yield text("bot.list_of", lang, day=found.day, when=when(found.made_at))
    for one in found.entries[:_MOST_ROWS]:
        score = amount(one.hybrid_score, "score", lang)
        yield f"{one.rank}. {one.name} {one.code} · {score} · {one.trade_tier}"


def trouble(error: JennieError, lang: str) -> Lines:
    """Return why a command was not done, and what to do."""
    return [text("bot.not_done", lang), *filter(None, (error.message, error.hint))]
