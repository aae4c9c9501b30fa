"""Buys that the running session asks about, answered from a chat."""

from jennie_cli.engine.bot.among import code_asked
from jennie_cli.engine.bot.home import Lines, Talk
from jennie_cli.engine.messages import text
from jennie_cli.engine.trading.approving import Answer, answered, waiting_buys
from jennie_cli.engine.trading.telling import waiting_line


async def approve(talk: Talk) -> Lines:
    """Let a buy leave; without a stock tell which wait."""
    return await _answer(talk, Answer.YES)


async def reject(talk: Talk) -> Lines:
    """Let a buy not leave; without a stock tell which wait."""
    return await _answer(talk, Answer.NO)


async def _answer(talk: Talk, answer: Answer) -> Lines:
    waiting, lang = await waiting_buys(talk.keys), talk.lang
    heading = text("bot.waiting", lang, count=len(waiting))
    if not talk.call.rest:
        lines = [waiting_line(one, "open", lang) for one in waiting]
        return [heading, talk.head, *lines, text("bot.approve_how", lang)]
    names = {one.code: one.name for one in waiting}
    code = code_asked(names, talk.call.rest, "approve", lang)
    chosen = [one for one in waiting if one.code == code]
    done = [str(answer) if await answered(talk.keys, one, answer) else "late" for one in chosen]
    said = zip(chosen, done, strict=True)
    return [heading, talk.head, *(waiting_line(one, end, lang) for one, end in said)]
