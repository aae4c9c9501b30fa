"""What the mappings of KIS answers need from a session: to make one call."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from jennie_cli.kis_wire import Tr


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What KIS answered, whatever its HTTP status: header names are in lower case."""

    status: int = 200
    head: Mapping[str, str]
    body: Mapping[str, Any] = field(repr=False)

    @property
    def more(self) -> bool:
        """Whether another page follows."""
        return self.head.get("tr_cont", "").strip() in {"F", "M"}


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountNumber:
    """The two parts of an account number; neither is ever printed."""

    number: str = field(repr=False)
    product: str = field(repr=False)

    def fields(self) -> dict[str, str]:
        """Return the two keys every trading call carries."""
        return {"CANO": self.number, "ACNT_PRDT_CD": self.product}


class Caller(Protocol):
    """Makes calls with token, rate limit and retries of reads looked after.

    Every envelope KIS sent is returned, business refusals and gateway errors that no retry mended
    included; `answers.checked` names them. What never became an envelope is raised:
    BrokerUnavailable (surely not sent, or a read), BrokerBusy (no place under the rate limit),
    OutcomeUnknown (an order call without a readable answer), SettingsError (key or secret wrong).
    """

    @property
    def paper(self) -> bool:
        """Whether the host is the one of paper trading."""
        ...

    async def call(
        self,
        tr: Tr,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, str] | None = None,
        next_page: bool = False,
    ) -> Reply:
        """Send one request, a further page with the header `tr_cont: N`."""
        ...
