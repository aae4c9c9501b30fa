"""A call that was let in, the exchange it is put to, and how its fields are read."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from jennie_cli.kis_wire import Tr
from jennie_cli.kis_wire.msgs import refusal
from jennie_cli.kis_wire.text import day_of, time_of
from jennie_cli.simulator.brokerage import Reason, Rejection
from jennie_cli.simulator.exchange import Board, Depth
from jennie_cli.simulator.playing import DayBook, Play, PlayEvent
from jennie_cli.simulator.server.envelope import Turned, turned
from jennie_cli.simulator.server.faults import Faults

_NO_DAY = date(1900, 1, 1)
_DAY_S = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A call: its TR, the app key, the fields of its query or body, whether it turns a page."""

    tr: Tr
    key: str = field(repr=False)
    fields: Mapping[str, str] = field(repr=False)
    next_page: bool = False

    def word(self, name: str, default: str | None = None) -> str:
        """Return a field without blanks around it. Raises Turned when it is absent."""
        value = self.fields.get(name, default)
        if value is None:
            text = f"ERROR : INPUT FIELD NOT FOUND [{name}]"
            raise turned("OPSQ2001", text)
        return value.strip()

    def day(self, name: str, default: date = _NO_DAY) -> date:
        """Return a day, `default` for a blank one. Raises Turned for anything else."""
        text = self.word(name)
        if not text:
            return default
        try:
            return day_of(text)
        except ValueError:
            raise turned("OPSQ2002") from None

    def second(self, name: str) -> int:
        """Return a time of day in seconds since midnight, its end for a blank one."""
        text = self.word(name)
        if not text:
            return _DAY_S
        try:
            at = time_of(text)
        except ValueError:
            raise turned("OPSQ2002") from None
        return at.hour * 3_600 + at.minute * 60 + at.second


@dataclass(slots=True, kw_only=True)
class Hall:
    """The exchange that calls are put to. `outbox` holds what happened during a call until its
    notices are sent.
    """

    play: Play
    paper: bool
    faults: Faults
    outbox: list[PlayEvent] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        """The exchange's present."""
        return self.play.now

    @property
    def now_ms(self) -> int:
        """The present of the played day, ms since its KST midnight."""
        return self.play.exchange.now

    @property
    def day(self) -> date:
        """The day that is being played."""
        return self.book.day

    @property
    def book(self) -> DayBook:
        """What the day began with."""
        return self.play.book

    def board(self, code: str) -> Board | None:
        """Return what is known of a stock, None for one that is not listed."""
        return self.play.exchange.board(code) if self.book.place(code) is not None else None

    def depth(self, code: str) -> Depth:
        """Return the order book of a listed stock."""
        return self.play.exchange.book(code)

    def account(self, asked: Asked) -> str:
        """Return the ten digits of the account a call is for. Raises Turned."""
        number = asked.fields.get("CANO", "").strip() + asked.fields.get("ACNT_PRDT_CD", "").strip()
        try:
            self.play.brokerage.account(number)
        except Rejection as rejection:
            if rejection.reason is Reason.ACCOUNT:
                raise turned("OPSQ2000") from None
            raise Turned(refusal(rejection.reason, paper=self.paper)) from None
        self.play.introduce(hashed(asked.key), number)
        return number


def hashed(key: str) -> str:
    """Return an app key's hash, by which it is written down."""
    return hashlib.sha256(key.encode()).hexdigest()


def named(key: str) -> str:
    """Return the name of an app key in what the server says of itself."""
    return hashed(key)[:12]


def column(book: DayBook, code: str) -> int:
    """Return the column of a listed stock. Raises Turned for another code."""
    at = book.place(code)
    if at is None:
        raise turned("OPSQ2002", f"ERROR INVALID CODE [{code}]")
    return at


def paged(asked: Asked, rows: Sequence[object], *, paper: bool) -> tuple[slice, str]:
    """Return which rows a call gets, and the cursor of the following page ("" on the last)."""
    paging = asked.tr.paging
    if paging is None:
        return slice(None), ""
    size = paging.paper_rows if paper else paging.real_rows
    start = 0
    if asked.next_page:
        cursor = asked.fields.get(paging.keys[1], "").strip()
        start = int(cursor) if cursor.isdecimal() else 0
    end = start + size
    return slice(start, end), str(end) if end < len(rows) else ""
