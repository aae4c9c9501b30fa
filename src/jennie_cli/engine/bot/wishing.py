"""What a chat asks of the session: stocks to listen to, alerts, silence."""

from jennie_cli.engine.bot.among import code_asked
from jennie_cli.engine.bot.calls import count_of
from jennie_cli.engine.bot.home import Lines, Talk
from jennie_cli.engine.bus import BusDown
from jennie_cli.engine.messages import text
from jennie_cli.engine.trading import telling
from jennie_cli.engine.trading.alerts import alert_line, way_to
from jennie_cli.engine.trading.standing import StandingDesk
from jennie_cli.engine.trading.telling import when, won

_GONE = "삭제"
_LONGEST_MUTE = 1_440


async def watch(talk: Talk) -> Lines:
    """Add a stock to those the scout lists."""
    if not talk.call.rest:
        return [text("bot.watch_how", talk.lang)]
    stock = (await talk.home.stocks()).find(talk.call.rest)
    async with talk.home.standing() as desk:
        await desk.watch(stock, who=talk.call.who)
        return watched_lines(talk, desk)


async def unwatch(talk: Talk) -> Lines:
    """Take a stock from them."""
    async with talk.home.standing() as desk:
        listed = {one.code: one for one in desk.now().watched}
        names = {code: one.name for code, one in listed.items()}
        code = code_asked(names, talk.call.rest, "watch", talk.lang)
        await desk.drop(listed[code], who=talk.call.who)
        return watched_lines(talk, desk)


def watched_lines(talk: Talk, desk: StandingDesk) -> Lines:
    """Return the stocks that were added by hand."""
    rows = telling.watched_lines(desk.now().watched, talk.lang)
    return [*rows, *untold_lines(desk.untold, talk.lang)]


async def alert(talk: Talk) -> Lines:
    """Tell of a price from the side it is reached, or take alerts of a stock back."""
    words = talk.call.plain
    if words[-1:] == (_GONE,):
        return await _forget(talk, words[:-1])
    price = count_of(words[-1], "원") if len(words) > 1 else None
    if not price:
        return [text("bot.alert_how", talk.lang)]
    stock = (await talk.home.stocks()).find(" ".join(words[:-1]))
    async with talk.home.trading() as room:
        now = (await room.quotes.quote(stock.code)).price
    way = way_to(price, now)
    if way is None:
        there = {"name": stock.name, "price": won(now, talk.lang)}
        return [text("trade.alert.there", talk.lang, **there)]
    async with talk.home.standing() as desk:
        await desk.alert(stock, price, way, who=talk.call.who)
        return _alert_lines(talk, desk)


async def alerts(talk: Talk) -> Lines:
    """Tell which alerts wait."""
    async with talk.home.standing() as desk:
        return _alert_lines(talk, desk)


async def mute(talk: Talk) -> Lines:
    """Keep quiet notices back for minutes; without any tell until when."""
    words = talk.call.words
    minutes = count_of(words[0], "분") if words else None
    if words and (minutes is None or not 0 < minutes <= _LONGEST_MUTE):
        return [text("bot.mute_how", talk.lang, most=_LONGEST_MUTE)]
    async with talk.home.standing() as desk:
        if minutes:
            await desk.mute(minutes, who=talk.call.who)
        return _mute_lines(talk, desk)


async def unmute(talk: Talk) -> Lines:
    """Tell everything again."""
    async with talk.home.standing() as desk:
        found = desk.now().mute
        if found is not None:
            await desk.drop(found, who=talk.call.who)
        return _mute_lines(talk, desk)


async def _forget(talk: Talk, words: tuple[str, ...]) -> Lines:
    """Take back the alerts of a stock, or the one at a price."""
    price = count_of(words[-1], "원") if len(words) > 1 else None
    asked = " ".join(words if price is None else words[:-1])
    async with talk.home.standing() as desk:
        waiting = desk.now().alerts
        code = code_asked({a.code: a.name for a in waiting}, asked, "alert", talk.lang)
        gone = [a for a in waiting if a.code == code and price in {None, a.price}]
        if not gone:
            return [text("trade.alert.no_such", talk.lang), *_alert_lines(talk, desk)]
        await desk.drop(*gone, who=talk.call.who)
        return _alert_lines(talk, desk)


def _alert_lines(talk: Talk, desk: StandingDesk) -> Lines:
    waiting, lang = desk.now().alerts, talk.lang
    heading = text("trade.alert.list", lang, count=len(waiting))
    return [heading, *(alert_line(a, lang) for a in waiting), *untold_lines(desk.untold, lang)]


def _mute_lines(talk: Talk, desk: StandingDesk) -> Lines:
    found, lang = desk.now().mute, talk.lang
    if found is None:
        return [text("trade.mute.off", lang)]
    return [text("trade.mute.on", lang, until=when(found.until)), *untold_lines(desk.untold, lang)]


def untold_lines(why: BusDown | None, lang: str) -> Lines:
    """Return that the bus was not told yet, nothing where it was."""
    return [] if why is None else [text("trade.asked.untold", lang, why=why.message)]
