"""Buys that the running session asks about, and a person's answer."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict

from jennie_cli.commands.session import Session
from jennie_cli.commands.trading.lines import head
from jennie_cli.commands.trading.watching import found_in
from jennie_cli.engine.bus import Keys
from jennie_cli.engine.messages import text
from jennie_cli.engine.trading.approving import Answer, Waiting, answered, waiting_buys
from jennie_cli.engine.trading.telling import waiting_line
from jennie_cli.wiring.bus import open_bus_of


def approve(session: Session, asked: Sequence[str], *, everything: bool, no: bool) -> None:
    """Answer for some of the buys that wait, or for all; without either only list them."""

    async def work() -> None:
        async with open_bus_of(session.house) as bus:
            waiting = await waiting_buys(bus.keys)
            chosen = waiting if everything else _chosen(session, waiting, asked)
            done = await _answer(bus.keys, chosen, Answer.NO if no else Answer.YES)
        _show(session, waiting, done)

    asyncio.run(work())


async def _answer(keys: Keys, chosen: Sequence[Waiting], answer: Answer) -> dict[str, str]:
    """Return what became of each order id: the answer, or that it came too late."""
    return {
        one.order_id: str(answer) if await answered(keys, one, answer) else "late" for one in chosen
    }


def _chosen(
    session: Session, waiting: Sequence[Waiting], asked: Sequence[str]
) -> tuple[Waiting, ...]:
    """Return the buys that a person means by order id, code or name; leave if one is none."""
    codes = [_code(session, waiting, name) for name in asked]
    wanted = {*asked, *codes}
    return tuple(one for one in waiting if one.order_id in wanted or one.code in wanted)


def _code(session: Session, waiting: Sequence[Waiting], asked: str) -> str:
    if any(one.order_id == asked for one in waiting):
        return asked
    return found_in(session, waiting, asked, "approve")


def _show(session: Session, waiting: Sequence[Waiting], done: dict[str, str]) -> None:
    lang = session.options.lang
    lines = [head(session)]
    lines += [waiting_line(one, done.get(one.order_id, "open"), lang) for one in waiting]
    if not waiting:
        lines.append(text("trade.approve.nothing", lang))
    elif not done:
        lines.append(text("trade.approve.how", lang, jennie=session.called))
    told = [{**asdict(one), "answer": done.get(one.order_id)} for one in waiting]
    document = {"profile": session.options.profile, "waiting": told}
    session.out.answer(document, lambda: "\n".join(lines))
