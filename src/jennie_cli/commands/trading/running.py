"""`trade run`: one session in the foreground, told line by line until it ends."""

import asyncio
from datetime import datetime, time, timedelta
from typing import Any

from jennie_cli.commands.argv import UsageError
from jennie_cli.commands.session import Session
from jennie_cli.commands.trading.reconciling import difference_line
from jennie_cli.commands.view.session import (
    decision_line,
    status_line,
    summary_document,
    summary_line,
    throttle_line,
    went_lines,
)
from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import JennieError
from jennie_cli.engine.execution import Reconciliation
from jennie_cli.engine.macro import Turn
from jennie_cli.engine.messages import text
from jennie_cli.engine.trading import EntryAlarm, alarm_text
from jennie_cli.engine.trading.alerts import Rung, rung_line
from jennie_cli.engine.trading.approving import Waiting
from jennie_cli.engine.trading.session.decisions import Decision
from jennie_cli.engine.trading.session.running_buys import APPROVE_S
from jennie_cli.engine.trading.session.running_ports import Loop, SessionStatus
from jennie_cli.engine.trading.telling import won
from jennie_cli.engine.venue import Session as Hours
from jennie_cli.wiring.session import OpenSession, open_session_of

CLOSE = "close"
_STATUS_MINUTES = 30
_LAST_TRADES = timedelta(seconds=35)
"""The closing auction ends at random within half a minute after the hour."""


class Told:
    """Tells a person what a session says, as it says it."""

    def __init__(self, session: Session) -> None:
        """Print through the session of the command."""
        self._out, self._lang, self._called = session.out, session.options.lang, session.called
        self._names: dict[str, str] = {}
        self._shown: datetime | None = None
        self.decisions: list[Decision] = []

    def know(self, opened: OpenSession) -> None:
        """Learn the names of the stocks, and say what is watched."""
        morning = opened.morning
        self._names = dict(zip(morning.candidates.codes, morning.names, strict=True))
        self._out.talk(
            text(
                "trade.run.opened",
                self._lang,
                day=morning.day,
                hours=f"{opened.hours.open:%H:%M}–{opened.hours.close:%H:%M}",
                count=int(morning.candidates.is_tradable.sum()),
                held=len(opened.held),
                regime=morning.regime.value,
                auto=text(f"trade.run.auto.{opened.auto}", self._lang),
            )
        )
        for line in went_lines(opened.went, morning.day, self.name, self._lang):
            self._out.talk(line)
        if opened.compared is not None:
            self._tell_differences(opened.compared)
        if opened.guests:
            self._out.talk(text("trade.plugin.opened", self._lang, guests=opened.guests))

    def _tell_differences(self, compared: Reconciliation) -> None:
        """Say what the ledger did not know, and what it does not know still."""
        for divided in compared.divided:
            name = self.name(divided.code)
            figures = {"before": f"{divided.ledger:,}", "now": f"{divided.broker:,}"}
            self._out.talk(text("trade.run.divided", self._lang, name=name, **figures))
        for difference in compared.differences:
            self._out.talk(f"!! {difference_line(difference, self.name, self._lang)}")
        if compared.differences:
            self._out.talk(text("trade.reconcile.how", self._lang, jennie=self._called))

    def name(self, code: str) -> str:
        """Return the name of a stock."""
        return self._names.get(code, code)

    def decided(self, decision: Decision) -> None:
        """Print one step."""
        self.decisions.append(decision)
        self._out.talk(decision_line(decision, self.name(decision.code), self._lang))

    def entry_alarm(self, alarm: EntryAlarm) -> None:
        """Print an automatic buy that needs a person."""
        self._out.talk(alarm_text(alarm, self._lang, name=self.name(alarm.order.code)))

    def rung(self, told: Rung) -> None:
        """Print that a price alert rang, with the bell of the terminal."""
        self._out.talk(f"\a{rung_line(told, self._lang)}")

    def asked(self, waiting: Waiting) -> None:
        """Print that a buy waits for an answer, with the bell of the terminal."""
        figures = {
            "name": waiting.name,
            "worth": won(waiting.worth, self._lang),
            "seconds": f"{APPROVE_S:.0f}",
            "jennie": self._called,
            "code": waiting.code,
        }
        self._out.talk("\a" + text("trade.approve.asked", self._lang, **figures))

    def trouble(self, where: str, error: JennieError) -> None:
        """Print what does not work now."""
        self._out.talk(text("trade.run.trouble", self._lang, where=where, said=error.message))

    def throttled(self, turn: Turn) -> None:
        """Print that the throttle closes or opens, with what it read."""
        self._out.talk(throttle_line(turn, self._lang))

    def alarm(self, loop: Loop, silent_s: float) -> None:
        """Print that nothing is judged any more."""
        key = f"trade.run.silent.{loop}"
        self._out.talk(text(key, self._lang, seconds=f"{silent_s:.0f}"))

    def beat(self, now: datetime, status: SessionStatus) -> None:
        """Print where the session stands, twice an hour."""
        local = now.astimezone(KST)
        turn = local.replace(minute=local.minute // _STATUS_MINUTES * _STATUS_MINUTES)
        turn = turn.replace(second=0, microsecond=0)
        if turn != self._shown:
            self._shown = turn
            self._out.talk(status_line(status, f"{local:%H:%M}", self.name, self._lang))


def run(session: Session, *, until: str, speed: float | None) -> None:
    """Run today's session, or the world's next one, until its close or a time of the day."""
    told = Told(session)

    async def work() -> dict[str, Any]:
        async with open_session_of(session.house, told) as opened:
            told.know(opened)
            async with opened.room.site.paced(speed):
                await opened.run.run(_end(until, opened.hours))
            return _head(session, opened)

    # a reader who stops reading must not stop the session
    with session.out.unhurried():
        head = asyncio.run(work())
    document = summary_document(told.decisions, head)
    session.out.answer(document, lambda: summary_line(told.decisions, session.options.lang))


def _head(session: Session, opened: OpenSession) -> dict[str, Any]:
    portfolio = opened.room.portfolio()
    return {
        "profile": session.options.profile,
        "market": session.house.market,
        "day": opened.morning.day,
        "until": opened.room.clock.now(),
        "auto": opened.auto,
        "watchlist": opened.morning.watchlist,
        "regime": opened.morning.regime,
        "cash": portfolio.cash,
        "held": {code: position.qty for code, position in portfolio.positions.items()},
    }


def _end(until: str, hours: Hours) -> datetime:
    if until == CLOSE:
        return hours.close + _LAST_TRADES
    try:
        at = time.fromisoformat(until)
    except ValueError:
        raise UsageError(
            f"--until takes a time or the word close, not '{until}'.", hint="--until 15:30"
        ) from None
    return datetime.combine(hours.day, at, KST)
