"""A caller that answers from a list and remembers what it was asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from jennie_cli.adapters.kis.caller import AccountNumber, Reply
from jennie_cli.engine.clock import KST, ManualClock
from jennie_cli.kis_wire import Tr

ACCOUNT = AccountNumber(number="12345678", product="01")
OK = {"rt_cd": "0", "msg_cd": "KIOK0510", "msg1": "조회가 완료되었습니다".ljust(60)}


def clock(hour: int = 10, minute: int = 0, second: int = 0) -> ManualClock:
    """Return a clock that stands on Monday 2026-11-23."""
    return ManualClock(datetime(2026, 11, 23, hour, minute, second, tzinfo=KST))


def answer(more: str = "", **body: Any) -> Reply:
    """Return a good answer with these outputs; `more` is the header tr_cont."""
    return Reply(head={"tr_cont": more}, body=OK | body)


def failure(code: str, text: str = "", *, rt_cd: str = "1", status: int = 200) -> Reply:
    """Return an answer that says no."""
    body = {"rt_cd": rt_cd, "msg_cd": code, "msg1": text}
    return Reply(status=status, head={}, body=body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One call as it was made."""

    tr: str
    query: Mapping[str, str]
    body: Mapping[str, str]
    next_page: bool


@dataclass(slots=True)
class Answers:
    """Answers in turn; a call too many is an IndexError."""

    replies: list[Reply]
    paper: bool = False
    asked: list[Asked] = field(default_factory=list)

    async def call(
        self,
        tr: Tr,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, str] | None = None,
        next_page: bool = False,
    ) -> Reply:
        """Return the next answer."""
        self.asked.append(
            Asked(tr=tr.name, query=query or {}, body=body or {}, next_page=next_page)
        )
        return self.replies.pop(0)
