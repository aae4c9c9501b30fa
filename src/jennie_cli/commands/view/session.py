"""A running session as lines: what was decided, what is wrong, where it stands."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from jennie_cli.engine.clock import KST
from jennie_cli.engine.macro import Turn
from jennie_cli.engine.messages import amount, text
from jennie_cli.engine.trading.explaining import check_text, why_text
from jennie_cli.engine.trading.session.announcing import no_text
from jennie_cli.engine.trading.session.decisions import Decision, Step
from jennie_cli.engine.trading.session.opening_days import DaysHeld
from jennie_cli.engine.trading.session.running_ports import SessionStatus

Names = Callable[[str], str]

_NO = frozenset({Step.DROPPED, Step.REFUSED})


def decision_line(decision: Decision, name: str, lang: str) -> str:
    """Return one step in words, with the figure and its limit where a rule said no."""
    return text(
        f"trade.run.{decision.step}",
        lang,
        at=f"{decision.at.astimezone(KST):%H:%M:%S}",
        name=name,
        code=decision.code,
        why=no_text(decision, lang) if decision.step in _NO else why_text(decision.rule, lang),
        price=amount(decision.price, "KRW", lang),
        qty=text("trade.shares", lang, figure=f"{decision.qty:,}"),
    )


def went_lines(went: DaysHeld, day: date, names: Names, lang: str) -> Iterator[str]:
    """Yield what moved the stops of stocks held this morning, and what the next one brings."""
    for event in went.on(day):
        ratio = f"{event.base_ratio:.2%}"
        yield text("trade.run.ex_date", lang, name=names(event.code), ratio=ratio)
    for code, paid in went.paid_before(day).items():
        won = amount(paid, "KRW", lang)
        yield text("trade.run.ex_dividend.since", lang, name=names(code), won=won)
    for ex_day, dividend in went.dividends:
        when = "today" if ex_day == day else "next"
        known = "unknown" if dividend.won is None else "known"
        won = "" if dividend.won is None else amount(dividend.won, "KRW", lang)
        key = f"trade.run.ex_dividend.{when}.{known}"
        yield text(key, lang, name=names(dividend.code), won=won, day=ex_day)


def status_line(status: SessionStatus, at: str, names: Names, lang: str) -> str:
    """Return where a session stands."""
    held = ", ".join(names(code) for code in status.held) or text("trade.run.nothing_held", lang)
    cash = text("trade.run.unknown", lang) if status.cash is None else _won(status.cash, lang)
    return text("trade.run.status", lang, at=at, held=held, cash=cash)


def throttle_line(turn: Turn, lang: str) -> str:
    """Return where the throttle stands now, with the figures that were read and their limits."""
    read = " · ".join(check_text(check, lang) for check in turn.checks)
    at = f"{turn.state.set_at.astimezone(KST):%H:%M:%S}"
    return text("trade.run.throttled", lang, at=at, level=turn.state.level.value, read=read)


def summary_document(decisions: Iterable[Decision], head: Mapping[str, Any]) -> dict[str, Any]:
    """Return a session as JSON: what it was, how many steps of each kind, and all of them."""
    every = tuple(decisions)
    steps = Counter(decision.step.value for decision in every)
    return {
        **head,
        "steps": {step.value: steps[step.value] for step in Step},
        "decisions": [
            {
                "at": decision.at,
                "code": decision.code,
                "step": decision.step,
                "rule": decision.rule,
                "price": decision.price,
                "qty": decision.qty,
                "value": decision.value,
                "limit": decision.limit,
            }
            for decision in every
        ],
    }


def summary_line(decisions: Iterable[Decision], lang: str) -> str:
    """Return how many signals, purchases and sales a session had."""
    steps = Counter(decision.step for decision in decisions)
    return text(
        "trade.run.summary",
        lang,
        signals=steps[Step.SIGNAL],
        refused=steps[Step.REFUSED] + steps[Step.DROPPED],
        bought=steps[Step.BOUGHT],
        sold=steps[Step.SOLD],
    )


def _won(won: int, lang: str) -> str:
    return text("trade.won", lang, figure=f"{won:,}")
