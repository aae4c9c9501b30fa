"""Buying and selling from a chat, under the same stamp as at a terminal."""

from jennie_cli.engine.bot.calls import count_of
from jennie_cli.engine.bot.home import Lines, Talk, TradingRoom
from jennie_cli.engine.clock import KST
from jennie_cli.engine.messages import text
from jennie_cli.engine.model import Side
from jennie_cli.engine.risk import Refusal
from jennie_cli.engine.trading import Flattened, Wish, refusal_text
from jennie_cli.engine.trading.telling import (
    done_lines,
    flatten_lines,
    outcome_lines,
    plan_lines,
    when,
)

_ALL = frozenset({"전량", "all", "모두"})


async def buy(talk: Talk) -> Lines:
    """Buy at market; without a quantity for a part of the cash."""
    return await _order(talk, Side.BUY)


async def sell(talk: Talk) -> Lines:
    """Sell at market; without a quantity all of it."""
    return await _order(talk, Side.SELL)


async def sell_all(talk: Talk) -> Lines:
    """Take back every open order and sell every holding, once the word was said."""
    lang = talk.lang
    async with talk.home.trading() as room:
        plan = await room.desk.plan_flatten()
        if not (plan.cancels or plan.sells):
            return [talk.head, text("trade.flatten_nothing", lang)]
        names = room.desk.stocks.name
        lines = [talk.head, *flatten_lines(plan, names, lang)]
        if not talk.call.sure:
            return [*lines, text("bot.sellall_word", lang)]
        await _counted(talk, room, Side.SELL)
        done = await room.desk.flatten()
    return [
        talk.head,
        *done_lines(done, names, lang, talk.jennie),
        _sum(done, lang),
    ]


async def _order(talk: Talk, side: Side) -> Lines:
    words, lang = talk.call.plain, talk.lang
    name, qty = _asked(words, side)
    if not name or qty == 0:
        return [text(f"bot.{side}_how", lang)]
    async with talk.home.trading() as room:
        stock = await room.desk.find(name, side)
        plan = await room.desk.plan(Wish(side=side, stock=stock, qty=qty))
        if isinstance(plan, Refusal):
            return _refused(talk, room, plan)
        if plan.repeated_s is not None and not talk.call.sure:
            again = text("trade.ask.again", lang, seconds=plan.repeated_s)
            return [again, talk.head, *plan_lines(plan, lang), text("bot.again_word", lang)]
        await _counted(talk, room, side)
        sent = await room.desk.send(plan, confirmed=talk.call.sure)
        if isinstance(sent, Refusal):
            return _refused(talk, room, sent)
    return [talk.head, *plan_lines(plan, lang), *outcome_lines(sent, lang, talk.jennie)]


def _asked(words: tuple[str, ...], side: Side) -> tuple[str, int | None]:
    """Return the name of a stock and how many, None for as many as is usual."""
    if len(words) > 1:
        qty = count_of(words[-1], "주")
        if qty is not None:
            return " ".join(words[:-1]), qty
        if side is Side.SELL and words[-1].casefold() in _ALL:
            return " ".join(words[:-1]), None
    return " ".join(words), None


async def _counted(talk: Talk, room: TradingRoom, side: Side) -> None:
    day = room.clock.now().astimezone(KST).date()
    await talk.trades.count(talk.call.chat, day, side, talk.lang)


def _refused(talk: Talk, room: TradingRoom, refusal: Refusal) -> Lines:
    """Return rule, figure and limit, and where it is the hour, when orders are taken next."""
    why, hint = refusal_text(refusal, talk.lang, talk.jennie)
    lines = [text("bot.refused", talk.lang), talk.head, why, hint]
    if refusal.code in {"day", "phase"}:
        _, hours = room.desk.next_hours()
        if hours is not None:
            start = when(hours.opening_auction_start)
            lines.append(text("trade.next_hours", talk.lang, start=start))
    return lines


def _sum(done: Flattened, lang: str) -> str:
    told = {
        "cancelled": len(done.cancelled),
        "sold": len(done.sold),
        "failed": len(done.failures),
    }
    return text("trade.flatten_done", lang, **told)
