"""A session's doings as notices for people who do not sit at its terminal.

Fills, refusals and what was not sent, alarms, failures, the throttle, price alerts and buys that
wait for an answer. Each step of a signal is left to the terminal and the record.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from jennie_cli.engine.clock import KST, Clock
from jennie_cli.engine.errors import JennieError
from jennie_cli.engine.macro import Turn
from jennie_cli.engine.messages import amount, text
from jennie_cli.engine.notify import Kind, Notice
from jennie_cli.engine.rules import BUYING_RULES, GATE_RULES, ORDER_RULES, Check
from jennie_cli.engine.trading.alerts import Rung, rung_line
from jennie_cli.engine.trading.approving import Waiting
from jennie_cli.engine.trading.entries_ends import EntryAlarm, alarm_text
from jennie_cli.engine.trading.explaining import check_text, why_text
from jennie_cli.engine.trading.session.decisions import Decision, Step
from jennie_cli.engine.trading.session.running_buys import APPROVE_S
from jennie_cli.engine.trading.session.running_ports import Loop, SessionEars, SessionStatus

_KINDS = {
    Step.BOUGHT: Kind.FILL,
    Step.SOLD: Kind.FILL,
    Step.REFUSED: Kind.REFUSAL,
    Step.NOT_SENT: Kind.REFUSAL,
}
_RULES = {**GATE_RULES, **ORDER_RULES, **BUYING_RULES}


class PersonEars(SessionEars, Protocol):
    """Hears of a session on behalf of a person."""

    def rung(self, told: Rung) -> None:
        """Hear of a price alert that rang."""
        ...

    def asked(self, waiting: Waiting) -> None:
        """Hear of a buy that waits for an answer."""
        ...


class Announcing:
    """Passes all on to other ears, and tells people's notices beside it."""

    def __init__(
        self,
        ears: PersonEars,
        tell: Callable[[Notice], None],
        *,
        wall: Clock,
        lang: str,
        place: str,
    ) -> None:
        """`tell` must not wait; `wall` stamps notices; `place` names the profile in each title."""
        self._ears, self._tell = ears, tell
        self._wall, self._lang, self._place = wall, lang, place
        self._names: Mapping[str, str] = {}
        self._count = 0

    def know(self, names: Mapping[str, str]) -> None:
        """Learn the names of stocks by code."""
        self._names = dict(names)

    def decided(self, decision: Decision) -> None:
        """Tell what was bought or sold, and what was refused or not sent."""
        self._ears.decided(decision)
        kind = _KINDS.get(decision.step)
        if kind is None:
            return
        refused = decision.step is Step.REFUSED
        line = text(
            f"notice.line.{'refused' if refused else 'order'}",
            self._lang,
            at=_time(decision.at),
            qty=text("trade.shares", self._lang, figure=f"{decision.qty:,}"),
            price=amount(decision.price, "KRW", self._lang),
            why=no_text(decision, self._lang) if refused else why_text(decision.rule, self._lang),
        )
        self._say(kind, decision.step.value, line, name=self._name(decision.code))

    def entry_alarm(self, alarm: EntryAlarm) -> None:
        """Tell of an automatic buy that needs a person."""
        self._ears.entry_alarm(alarm)
        said = alarm_text(alarm, self._lang, name=self._name(alarm.order.code))
        self._say(Kind.ALARM, "entry", said, loud=True)

    def trouble(self, where: str, error: JennieError) -> None:
        """Tell what does not work now."""
        self._ears.trouble(where, error)
        self._say(Kind.ALARM, "trouble", error.message, error.hint, loud=True, where=where)

    def throttled(self, turn: Turn) -> None:
        """Tell of the throttle, with the figures that decided; one that alarms is never muted."""
        self._ears.throttled(turn)
        read = (check_text(check, self._lang) for check in turn.checks)
        level = turn.state.level.value
        self._say(Kind.THROTTLE, "throttle", *read, loud=turn.alarm, level=level)

    def alarm(self, loop: Loop, silent_s: float) -> None:
        """Tell that nothing is judged any more."""
        self._ears.alarm(loop, silent_s)
        said = text(f"trade.run.silent.{loop}", self._lang, seconds=f"{silent_s:.0f}")
        self._say(Kind.ALARM, "silent", said, loud=True)

    def rung(self, told: Rung) -> None:
        """Tell of a price alert that rang."""
        self._ears.rung(told)
        self._say(Kind.ALERT, "alert", rung_line(told, self._lang), name=told.alert.name)

    def asked(self, waiting: Waiting) -> None:
        """Tell that a buy waits for an answer, and how it is given."""
        self._ears.asked(waiting)
        said = text(
            "trade.approve.asked",
            self._lang,
            name=waiting.name,
            worth=text("trade.won", self._lang, figure=f"{waiting.worth:,}"),
            seconds=f"{APPROVE_S:.0f}",
            jennie="jennie",
            code=waiting.code,
        )
        self._say(Kind.APPROVAL, "approval", said, name=waiting.name)

    def beat(self, now: datetime, status: SessionStatus) -> None:
        """Tell nobody; a notice is no clock."""
        self._ears.beat(now, status)

    def _say(
        self, kind: Kind, title: str, *lines: str, loud: bool = False, **words: object
    ) -> None:
        self._count += 1
        now = self._wall.now()
        self._tell(
            Notice(
                kind=kind,
                # one session of a home runs at a time, and the machine's clock does not repeat
                key=f"session:{now.isoformat()}:{self._count}",
                at=now,
                title=f"[{self._place}] {text(f'notice.title.{title}', self._lang, **words)}",
                lines=lines,
                loud=loud,
            )
        )

    def _name(self, code: str) -> str:
        return self._names.get(code, code)


def no_text(decision: Decision, lang: str) -> str:
    """Return why a decision was no, with figure and limit."""
    rule = _RULES.get(decision.rule)
    check = Check(
        rule=decision.rule,
        value=decision.value,
        limit=decision.limit,
        unit="" if rule is None else rule.unit,
        passed=False,
    )
    return check_text(check, lang)


def _time(at: datetime) -> str:
    return f"{at.astimezone(KST):%H:%M:%S}"
