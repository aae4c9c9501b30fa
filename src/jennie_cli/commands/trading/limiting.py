"""How many automatic buys a day may have, and for how long notices are silent."""

from typing import Any

from jennie_cli.commands.session import Session
from jennie_cli.commands.trading.lines import head
from jennie_cli.commands.trading.taking import WHO, ask_at
from jennie_cli.engine.messages import text
from jennie_cli.engine.trading.standing import StandingDesk
from jennie_cli.engine.trading.telling import when
from jennie_cli.settings import Source
from jennie_cli.wiring import change_setting

MAX_BUYS = "risk.max_day_buys"


def max_buy(session: Session, count: int | None) -> None:
    """Set the automatic buys of a day, or tell them."""
    house, lang = session.house, session.options.lang
    entry = house.settings.entry(MAX_BUYS)
    document: dict[str, Any] = {"profile": session.options.profile, "max_buys": entry.value}
    lines = [text("trade.max_buy.now", lang, count=entry.value)]
    if count is not None:
        change = change_setting(house, MAX_BUYS, str(count), who=WHO)
        document |= {"max_buys": change.new, "was": change.old}
        lines = [
            text("trade.max_buy.now", lang, count=change.new),
            text("trade.max_buy.was", lang, count=change.old),
        ]
        if entry.source is Source.ENVIRONMENT:
            env = entry.declared.env
            session.out.talk(text("trade.max_buy.outranked", lang, env=env, count=entry.value))
    session.out.answer(document, lambda: "\n".join(lines))


def mute(session: Session, minutes: int | None, *, off: bool) -> None:
    """Silence notices for some minutes of the machine's clock, end that, or tell of it."""

    async def work(desk: StandingDesk) -> None:
        standing = desk.now().mute
        if minutes is not None:
            await desk.mute(minutes, who=WHO)
        elif off and standing is not None:
            await desk.drop(standing, who=WHO)
        found, lang = desk.now().mute, session.options.lang
        line = (
            text("trade.mute.off", lang)
            if found is None
            else text("trade.mute.on", lang, until=when(found.until))
        )
        document = {
            "profile": session.options.profile,
            "muted_until": None if found is None else found.until,
        }
        session.out.answer(document, lambda: f"{head(session)}\n{line}")

    ask_at(session, work)
