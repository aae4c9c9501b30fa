"""Forced liquidation from a chat: stocks are gathered, shown with their worth, then asked for."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from jennie_cli.engine.bot.among import code_asked
from jennie_cli.engine.bot.home import Lines, Talk
from jennie_cli.engine.bot.policy import BotPolicy
from jennie_cli.engine.bot.wishing import untold_lines
from jennie_cli.engine.clock import KST
from jennie_cli.engine.messages import text
from jennie_cli.engine.model import Side
from jennie_cli.engine.trading.liquidating import meant, meant_lines
from jennie_cli.engine.trading.standing import StandingDesk
from jennie_cli.engine.trading.telling import liquidation_lines


class Liquidator:
    """Answers /liquidate and the word behind it."""

    def __init__(self, policy: BotPolicy) -> None:
        """`policy` says for how long what was shown may be asked for."""
        self._within = timedelta(seconds=policy.arm_s)
        self._acts: Mapping[str, Callable[[Talk, str], Awaitable[Lines]]] = {
            "add": self._add,
            "remove": self._remove,
            "list": self._list,
            "status": self._list,
            "arm": self._arm,
            "disarm": self._disarm,
            "clear": self._clear,
        }

    async def __call__(self, talk: Talk) -> Lines:
        """Do what the first word says."""
        act, *names = talk.call.plain or ("",)
        if act.casefold() not in self._acts:
            return [text("bot.liquidate_how", talk.lang)]
        return await self._acts[act.casefold()](talk, " ".join(names))

    async def _add(self, talk: Talk, asked: str) -> Lines:
        if not asked:
            return [text("bot.liquidate_how", talk.lang)]
        async with talk.home.trading() as room:
            stock = await room.desk.find(asked, Side.SELL)
            held = (await room.account.state()).holdings
        if not any(h.code == stock.code and h.qty for h in held):
            return [text("trade.not_held", talk.lang), f"{stock.name} {stock.code}"]
        gathered = talk.lists.of(talk.call.chat)
        gathered.stocks[stock.code] = stock.name
        gathered.shown = None
        return await self._list(talk, "")

    async def _remove(self, talk: Talk, asked: str) -> Lines:
        """Take a stock from what was gathered and from what is in force."""
        gathered = talk.lists.of(talk.call.chat)
        async with talk.home.standing() as desk:
            armed = {one.code: one for one in desk.now().liquidations}
            names = gathered.stocks | {code: one.name for code, one in armed.items()}
            code = code_asked(names, asked, "liquidate", talk.lang)
            gathered.stocks.pop(code, None)
            gathered.shown = None
            if code in armed:
                await desk.drop(armed[code], who=talk.call.who)
            return self._lines(talk, desk)

    async def _list(self, talk: Talk, _: str) -> Lines:
        async with talk.home.standing() as desk:
            return self._lines(talk, desk)

    async def _arm(self, talk: Talk, _: str) -> Lines:
        """Show what would be sold; with the word and in time have it sold."""
        lang, gathered = talk.lang, talk.lists.of(talk.call.chat)
        if not gathered.stocks:
            return [text("bot.liquidate_empty", lang)]
        now, shown = talk.clock.now(), gathered.shown
        timely = shown is not None and timedelta(0) <= now - shown <= self._within
        async with (
            talk.home.trading() as room,
            talk.home.standing(room.clock) as desk,
        ):
            found = await meant(room, desk, [*gathered.stocks], calendar=talk.calendar)
            lines = [talk.head, *meant_lines(found, lang, talk.jennie)]
            lines += [text("bot.liquidate_gone", lang, code=code) for code in found.missing]
            if not found.holdings:
                return [*lines, text("bot.liquidate_empty", lang)]
            if not (talk.call.sure and timely):
                gathered.shown = now
                seconds = f"{self._within.total_seconds():g}"
                return [*lines, text("bot.liquidate_word", lang, seconds=seconds)]
            day = room.clock.now().astimezone(KST).date()
            await talk.trades.count(talk.call.chat, day, Side.SELL, lang)
            await desk.put(*found.asks(who=talk.call.who, at=desk.clock.now()))
            gathered.stocks.clear()
            gathered.shown = None
            return [text("bot.liquidate_armed", lang), *lines, *self._lines(talk, desk)]

    async def _disarm(self, talk: Talk, _: str) -> Lines:
        """Have nothing sold any more; what was in force is gathered again."""
        gathered = talk.lists.of(talk.call.chat)
        async with talk.home.standing() as desk:
            armed = desk.now().liquidations
            await desk.drop(*armed, who=talk.call.who)
            gathered.stocks.update({one.code: one.name for one in armed})
            gathered.shown = None
            return self._lines(talk, desk)

    async def _clear(self, talk: Talk, _: str) -> Lines:
        """Have nothing sold any more, and forget what was gathered."""
        gathered = talk.lists.of(talk.call.chat)
        gathered.stocks.clear()
        gathered.shown = None
        async with talk.home.standing() as desk:
            await desk.drop(*desk.now().liquidations, who=talk.call.who)
            return self._lines(talk, desk)

    def _lines(self, talk: Talk, desk: StandingDesk) -> Lines:
        """Return what is in force and what was only gathered."""
        armed, lang = desk.now().liquidations, talk.lang
        gathered = talk.lists.of(talk.call.chat).stocks
        lines = liquidation_lines(armed, lang)
        lines.append(text("bot.liquidate_gathered", lang, count=len(gathered)))
        lines.extend(f"  {name} {code}" for code, name in gathered.items())
        return [*lines, *untold_lines(desk.untold, lang)]
