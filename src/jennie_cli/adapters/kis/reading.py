"""Records of the stream become ticks, market events and notices."""

import logging
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache

from jennie_cli.adapters.kis.caller import AccountNumber
from jennie_cli.engine.clock import Clock
from jennie_cli.engine.feed import MarketEvent, MarketEventKind, Tick
from jennie_cli.engine.model import Notice, NoticeKind
from jennie_cli.engine.venue import Calendar, Session
from jennie_cli.kis_wire.codes import (
    BREAKER_ENDS,
    BREAKER_OPERATIONS,
    MarketClass,
    Operation,
    side_of,
    vi_active,
)
from jennie_cli.kis_wire.frames import BadFrame, Record
from jennie_cli.kis_wire.text import blank, day_of, moment_of, number_of, short_code, whole

_log = logging.getLogger(__name__)
_MARKETS = frozenset(mark.value for mark in MarketClass)
_YES_NO = {"Y": True, "N": False}
_OF_AN_ORDER, _OF_A_FILL = "1", "2"
_HALF_DAY = timedelta(hours=12)
_DAY = timedelta(days=1)
_LATE_CLOSE = timedelta(seconds=60)
"""The closing auction ends at random within half a minute after the hour."""
_SAME_BREAKER = timedelta(seconds=60)
_MARKET_WIDE = BREAKER_OPERATIONS | {Operation.MARKET_HALT}


def nearest(now: datetime, hhmmss: str) -> datetime:
    """Return the moment of a time of day that lies nearest to now, across midnight too."""
    moment = moment_of(now.date(), hhmmss)
    if moment - now > _HALF_DAY:
        return moment - _DAY
    return moment + _DAY if now - moment > _HALF_DAY else moment


class Reader:
    """Reads the records of one stream; remembers what was told, so that events are transitions."""

    def __init__(self, *, clock: Clock, calendar: Calendar, account: AccountNumber | None) -> None:
        """`account` is the one whose notices count; None = every account of the HTS id."""
        self._clock = clock
        self._calendar = calendar
        self._account = account
        self._day: date | None = None
        self._session: Session | None = None
        self._halted: dict[str, bool] = {}
        self._vi: dict[str, bool] = {}
        self._breaker: tuple[str, datetime] | None = None
        self._warned = False

    def tick(self, record: Record) -> Tick:
        """Return a trade. Raises BadFrame, ValueError for figures that cannot be."""
        at = self._moment(record.get("BSOP_DATE"), record["STCK_CNTG_HOUR"])
        return Tick(
            code=short_code(record["MKSC_SHRN_ISCD"]),
            at=at,
            price=_figure(record, "STCK_PRPR", least=1),
            qty=_figure(record, "CNTG_VOL"),
            day_volume=_figure(record, "ACML_VOL"),
            day_high=_figure(record, "STCK_HGPR"),
            regular=self._is_regular(record.get("MARKET_CLS_CODE") or "", at),
        )

    def _is_regular(self, mark: str, at: datetime) -> bool:
        """Whether a trade is of the regular session by its mark, else by the clock."""
        mark = mark.strip()
        if mark in _MARKETS:
            return mark == MarketClass.REGULAR
        if not blank(mark) and not self._warned:
            self._warned = True
            _log.warning("trades of an unknown market class %.8r are told apart by the clock", mark)
        return self.regular(at)

    def regular(self, at: datetime) -> bool:
        """Whether a moment lies in the regular session of its day."""
        if at.date() != self._day:
            self._day, self._session = at.date(), self._calendar.session(at.date())
        session = self._session
        return session is not None and session.open <= at <= session.close + _LATE_CLOSE

    def events(self, record: Record) -> Iterator[MarketEvent]:
        """Yield what changed by a record of the market operation channel."""
        code, now = short_code(record["MKSC_SHRN_ISCD"]), self._clock.now()
        halted, was = _YES_NO.get(record["TRHT_YN"].strip()), self._halted.get(code, False)
        if halted is not None and halted is not was:
            self._halted[code] = halted
            kind = MarketEventKind.HALTED if halted else MarketEventKind.RESUMED
            text = record["TR_SUSP_REAS_CNTT"]
            yield MarketEvent(kind=kind, code=code, at=now, text="" if blank(text) else text)
        if not blank(record["VI_CLS_CODE"]):
            yield from self._vi_event(code, vi_active(record["VI_CLS_CODE"]), now)
        yield from self._breaker_event(record["MKOP_CLS_CODE"].strip(), now)

    def _vi_event(self, code: str, active: bool, now: datetime) -> Iterator[MarketEvent]:
        if active is not self._vi.get(code, False):
            self._vi[code] = active
            kind = MarketEventKind.VI_STARTED if active else MarketEventKind.VI_ENDED
            yield MarketEvent(kind=kind, code=code, at=now)

    def _breaker_event(self, stage: str, now: datetime) -> Iterator[MarketEvent]:
        """Tell a stage once, though the frames of every held stock bring it.

        The stages that end a breaker say that the market trades again.
        """
        if stage not in _MARKET_WIDE:
            return
        told = self._breaker
        if told is None or told[0] != stage or now - told[1] > _SAME_BREAKER:
            self._breaker = (stage, now)
            over = stage in BREAKER_ENDS
            kind = MarketEventKind.RESUMED if over else MarketEventKind.CIRCUIT_BREAKER
            yield MarketEvent(kind=kind, code="", at=now, text=stage)

    def notice(self, record: Record) -> Notice | None:
        """Return a notice of our account, None for another account's."""
        if self._account is not None and record["ACNT_NO"].strip() != "".join(
            self._account.fields().values()
        ):
            return None
        number = number_of(record["ODER_NO"])
        if number is None:
            raise BadFrame("a notice has no order number")
        kind = _kind(record)
        least = int(kind is NoticeKind.FILLED)
        turned_down = kind is NoticeKind.REJECTED and blank(record["CNTG_UNPR"])
        return Notice(
            kind=kind,
            broker_id=number,
            original_id=number_of(record["OODER_NO"]),
            code=short_code(record["STCK_SHRN_ISCD"]),
            side=side_of(record["SELN_BYOV_CLS"]),
            qty=_figure(record, "CNTG_QTY", least=least),
            price=0 if turned_down else _figure(record, "CNTG_UNPR", least=least),
            order_qty=_figure(record, "ODER_QTY"),
            at=nearest(self._clock.now(), record["STCK_CNTG_HOUR"]),
        )

    def _moment(self, day: str | None, hhmmss: str) -> datetime:
        if day is None or blank(day):
            return nearest(self._clock.now(), hhmmss)
        return _second(day, hhmmss)


@lru_cache(maxsize=8)
def _second(day: str, hhmmss: str) -> datetime:
    """Return the moment of texts that hundreds of records in a row have in common."""
    return moment_of(day_of(day), hhmmss)


def _kind(record: Record) -> NoticeKind:
    if record["RFUS_YN"].strip() in {"1", "Y"}:
        return NoticeKind.REJECTED
    told = record["CNTG_YN"].strip()
    if told not in {_OF_AN_ORDER, _OF_A_FILL}:
        raise BadFrame("CNTG_YN is neither of an order nor of a fill")
    if told == _OF_A_FILL:
        return NoticeKind.FILLED
    change, taken = record["RCTF_CLS"].strip(), record["ACPT_YN"].strip()
    if taken == "3":
        return NoticeKind.CANCELLED
    if taken == "2" and change in {"1", "2"}:
        return NoticeKind.MODIFIED if change == "1" else NoticeKind.CANCELLED
    return NoticeKind.ACCEPTED


def _figure(record: Record, name: str, *, least: int = 0) -> int:
    value = whole(record[name])
    if value is None or value < least:
        raise BadFrame(f"{name} is no figure")
    return value
