"""One page of somebody else's host, asked for politely: what is asked, what comes, how it fails."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from jennie_cli.engine.errors import OutsideError


class FetchKind(StrEnum):
    """How a page was not had."""

    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    BLOCKED = "blocked"
    RATE_LIMITED = "rate_limited"
    BUDGET = "budget"
    GONE = "gone"
    SERVER = "server"
    BAD_REQUEST = "bad_request"
    TOO_LARGE = "too_large"
    LAYOUT_CHANGED = "layout_changed"
    EMPTY = "empty"


class FetchFailed(OutsideError):
    """A page was not had, or was not what its reader knows; the text holds no key.

    `retry_after_s` is what the host asked to wait, None when it said nothing.
    """

    code = "fetch_failed"

    def __init__(
        self,
        message: str,
        *,
        kind: FetchKind,
        hint: str = "",
        retry_after_s: float | None = None,
    ) -> None:
        """`message` names the host and what happened."""
        super().__init__(message, hint=hint)
        self.kind = kind
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One GET, or one POST of a `form`. `budget` names the allowance it is counted under, `secrets`
    what of the address must never be shown; `charset` is what the host is known to speak where it
    does not say. A form is sent nowhere but to its address, and its answer is never kept.
    """

    url: str
    budget: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    charset: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What a host answered; `shown` is the address without secrets, `unchanged` says that the
    text is the one had before. `cookies` are those it set, by name.
    """

    shown: str
    text: str
    content_type: str
    at: datetime
    unchanged: bool = False
    cookies: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetUse:
    """How much of an allowance is used at a moment; a limit of 0 is none."""

    budget: str
    minute_used: int
    minute_limit: int
    day_used: int
    day_limit: int


class Fetcher(Protocol):
    """Gets pages within the allowances of their hosts."""

    async def get(self, ask: Ask) -> Fetched:
        """Return the page. Raises FetchFailed; what may be tried again was tried again."""
        ...

    def used(self) -> tuple[BudgetUse, ...]:
        """Return how much of each allowance is used, by name."""
        ...

    async def close(self) -> None:
        """Let go of its connections."""
        ...
