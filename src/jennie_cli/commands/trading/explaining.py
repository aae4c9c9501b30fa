"""Why a stock was or was not traded: the record of a moment, found by what a person types."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NoReturn

from jennie_cli.commands.argv import UsageError
from jennie_cli.commands.session import Session
from jennie_cli.commands.trading import ending
from jennie_cli.commands.trading.documents import order_document
from jennie_cli.commands.trading.lines import head
from jennie_cli.commands.view.judgement import judgement_page, moment_text
from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import ExitCode, UnknownStock
from jennie_cli.engine.messages import text
from jennie_cli.engine.store import Evaluation
from jennie_cli.engine.trading import explain
from jennie_cli.wiring.markets import FOREVER
from jennie_cli.wiring.records import SessionRecord, open_record

_CLOCK = re.compile(r"\d{1,2}:\d{2}(:\d{2})?")
_ZONE = re.compile(r"(Z|[+-]\d{2}:?\d{2})$")
_INSTANT = timedelta(microseconds=1)
_SPANS = {1: timedelta(minutes=1), 2: timedelta(seconds=1)}
"""What a time means by how many colons it has: that whole minute, that whole second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A moment as typed: its last instant by the clock of Seoul.

    Without a day it is of the newest day on record, without a clock the last word of that day.
    """

    day: date | None
    clock: time | None

    def end(self, newest: date) -> datetime:
        """Return the last instant that is meant."""
        return datetime.combine(self.day or newest, self.clock or time.max, KST)


def explain_stock(session: Session, stock: str, at: str | None) -> None:
    """Print what was judged and ordered of a stock at a moment, at its last one by default."""
    asked = None if at is None else _asked(at, session.options.lang)
    record, bound = open_record(session.house), session.options.clock or FOREVER
    newest = record.last(bound)
    if newest is None:
        _nothing(session, "nothing", profile=session.options.profile)
    code = _code(record, stock, bound)
    name = record.stocks.name(code)
    moment = asked.end(newest.astimezone(KST).date()) if asked else bound
    if asked is None or asked.clock is None:
        found = record.last(min(moment, bound), code)
        if found is None:
            _nothing(session, "none_of", code=code, name=name)
        moment = found
    _answer(session, record, record.evaluations.at(code, min(moment, bound)))


def _answer(session: Session, record: SessionRecord, evaluation: Evaluation) -> None:
    lang, code, moment = session.options.lang, evaluation.code, evaluation.moment
    name = record.stocks.name(code)
    told = explain(evaluation, record.orders, lang)
    if not (evaluation.judged or evaluation.stamps or told["orders"]):
        _silent(session, record, evaluation, name)
    shown, day = {row["id"] for row in told["orders"]}, moment.astimezone(KST).date()
    others = [
        order_document(order)
        for order in record.orders
        if order.code == code
        and order.order_id not in shown
        and order.created_at.astimezone(KST).date() == day
    ]
    document = {
        "profile": session.options.profile, "name": name, **told, "day_orders": others,
    }  # fmt: skip
    session.out.answer(
        document,
        lambda: judgement_page(
            document,
            lang,
            head=head(session),
            jennie=session.called,
            figures=session.options.verbosity > 0,
        ),
    )


def _code(record: SessionRecord, asked: str, bound: datetime) -> str:
    """Return the code of a stock; one that no master has any more may still be on record."""
    try:
        return record.stocks.find(asked).code
    except UnknownStock:
        if record.last(bound, asked.upper()) is None:
            raise
        return asked.upper()


def _asked(words: str, lang: str) -> Asked:
    """Return what a person means by a time. Raises UsageError for one nobody understands."""
    told = words.strip()
    try:
        if _CLOCK.fullmatch(told):
            start = time.fromisoformat(told if told[2] == ":" else f"0{told}")
            return Asked(day=None, clock=_end(datetime.combine(date.max, start, KST), told).time())
        found = datetime.fromisoformat(told)
    except ValueError:
        raise UsageError(
            text("trade.explain.no_time", lang, asked=words),
            hint=text("trade.explain.times", lang),
        ) from None
    if len(told) == len("2025-06-30"):
        return Asked(day=found.date(), clock=None)
    local = _end(found.astimezone(KST) if found.tzinfo else found.replace(tzinfo=KST), told)
    return Asked(day=local.date(), clock=local.time())


def _end(start: datetime, told: str) -> datetime:
    """Return the last instant of what was told: a time without seconds is a whole minute."""
    clock = _ZONE.sub("", told)
    if "." in clock:
        return start
    return start + (_SPANS.get(clock.count(":"), _INSTANT) - _INSTANT)


def _silent(session: Session, record: SessionRecord, evaluation: Evaluation, name: str) -> NoReturn:
    """Say that nothing stood at a moment, and when the last word before it was."""
    code, moment = evaluation.code, evaluation.moment
    before = record.last(moment, code)
    told = {"code": code, "name": name, "when": moment_text(moment)}
    if before is None:
        _nothing(session, "silent", **told)
    last = before.astimezone(KST)
    iso = f"{last:%Y-%m-%dT%H:%M:%S}"
    _nothing(session, "silent_since", **told, last=moment_text(before), iso=iso)


def _nothing(session: Session, said: str, **told: object) -> NoReturn:
    """Say why there is nothing to tell, and what to do; leave as for a wrong input."""
    lang = session.options.lang
    error = {
        "code": "nothing_recorded",
        "message": text(f"trade.explain.{said}", lang, **told),
        "hint": text(f"trade.explain.{said}_next", lang, jennie=session.called, **told),
    }
    ending.fail(session, error, {}, ExitCode.INPUT)
