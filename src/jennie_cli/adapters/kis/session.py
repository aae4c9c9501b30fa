"""Calls of one app key: token, rate limit, breaker, and the few retries that are safe.

An order leaves once, and not late. It is sent again only after an answer that proves it was not
taken: a refused token, or a call too many.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
import numpy as np

from jennie_cli.adapters.kis.access import Access, Pace, Patience, Veil
from jennie_cli.adapters.kis.breaker import Breaker
from jennie_cli.adapters.kis.bucket import Bucket
from jennie_cli.adapters.kis.caller import Reply
from jennie_cli.adapters.kis.cleaning import one_line
from jennie_cli.adapters.kis.deadline import Deadline
from jennie_cli.adapters.kis.folder import KeyFolder
from jennie_cli.adapters.kis.line import Answer, Line, Silence
from jennie_cli.adapters.kis.slots import Slots
from jennie_cli.adapters.kis.tokens import TURN_S, Tokens
from jennie_cli.engine.broker import BrokerUnavailable
from jennie_cli.engine.clock import Clock
from jennie_cli.engine.errors import OutcomeUnknown, OutsideError, SettingsError
from jennie_cli.kis_wire import MESSAGES, CallKind, MessageKind, Tr, meaning
from jennie_cli.kis_wire.hosts import TOKEN_WAIT_SECONDS

_log = logging.getLogger(__name__)
_JSON = {"content-type": "application/json; charset=utf-8"}
_READS = 3
_TURNED_AWAY = 4
_FIRST_PAUSE_S = 0.2
_READ_AGAIN = frozenset({MessageKind.RETRY_READ, MessageKind.UNKNOWN})
_PASSES_BREAKER = frozenset({CallKind.ORDER_SELL, CallKind.ORDER_CHANGE})


@dataclass(slots=True)
class _Tries:
    """What one call has been through so far."""

    failed: int = 0
    turned_away: int = 0
    new_token: bool = False


class KisSession:
    """One process's connection with one app key; implements Caller."""

    def __init__(
        self,
        access: Access,
        *,
        runtime: Path,
        clock: Clock,
        steady: Clock,
        veil: Veil,
        rng: np.random.Generator,
        pace: Pace,
        patience: Patience | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        during: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        """`runtime` is where keys are shared, `clock` tells the market's time, `steady` the
        machine's: its monotonic time is the same in every process. `rng` spreads retries.
        `during` is put around each call, with what it waits for before it leaves.
        Raises SettingsError for a host that the key would reach in clear text.
        """
        access.insist_on_privacy()
        self.access = access
        self.folder = KeyFolder(runtime, app_key=access.app_key, host=access.rest_url)
        self.veil = veil
        for secret in (access.app_key, access.app_secret):
            veil.learn(secret)
        self._clock = clock
        self._steady = steady
        self._rng = rng
        self._patience = patience or Patience()
        self._during = during
        self._line = Line(access.rest_url, transport=transport)
        self._breaker = Breaker(steady)
        self.bucket = Bucket(Slots(self.folder, spacing_s=pace.spacing_s), steady)
        self.tokens = Tokens(
            access, folder=self.folder, clock=clock, steady=steady, post=self._post, veil=veil
        )

    @property
    def paper(self) -> bool:
        """Whether the host is the one of paper trading."""
        return self.access.paper

    @property
    def breaker_open(self) -> bool:
        """Whether calls that can wait are held back because the host keeps failing."""
        return self._breaker.open

    async def log_in(self) -> None:
        """Make sure there is a token, waiting for the next minute if one was just issued."""
        await self.tokens.token(patience_s=TOKEN_WAIT_SECONDS)

    async def close(self) -> None:
        """Turn away who waits and close the connections."""
        await self.bucket.close()
        await self._line.close()

    async def __aenter__(self) -> Self:
        """Hand out the session; nothing is sent before the first call."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        await self.close()

    async def call(
        self,
        tr: Tr,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, str] | None = None,
        next_page: bool = False,
    ) -> Reply:
        """Send one request; see Caller for what comes back and what is raised."""
        tr_id = tr.id(paper=self.paper)
        if tr_id is None:
            raise BrokerUnavailable(
                f"KIS paper trading does not offer {tr.name}.", hint="A real key has it."
            )
        with self._during():
            return await self._called(tr, tr_id, query, body, next_page=next_page)

    async def _called(
        self,
        tr: Tr,
        tr_id: str,
        query: Mapping[str, str] | None,
        body: Mapping[str, str] | None,
        *,
        next_page: bool,
    ) -> Reply:
        head = {"tr_id": tr_id, "tr_cont": "N" if next_page else ""}
        tries, deadline = _Tries(), self._deadline(tr)
        while True:
            if tr.kind not in _PASSES_BREAKER:
                self._breaker.admit()
            token = await self._token(deadline)
            answer = await self._send(tr, head | self._credentials(token), query, body, deadline)
            kind = _kind_of(answer)
            await self._note(answer, kind)
            if not await self._again(tr, kind, tries, token):
                return self._concluded(tr, answer)

    def _deadline(self, tr: Tr) -> Deadline | None:
        if not tr.places_order:
            return None
        return Deadline(self._patience, clock=self._clock, steady=self._steady)

    async def _token(self, deadline: Deadline | None) -> str:
        if deadline is None:
            return await self.tokens.token()
        with _nothing_sent():
            return await self.tokens.token(turn_s=min(TURN_S, deadline.left_s()))

    async def _send(
        self,
        tr: Tr,
        head: Mapping[str, str],
        query: Mapping[str, str] | None,
        body: Mapping[str, str] | None,
        deadline: Deadline | None,
    ) -> Answer | Silence:
        patience = self._patience
        granted = await self._slot(tr, deadline)

        async def leaving() -> None:
            await self.bucket.sending(granted)
            if deadline is not None:
                deadline.insist()

        answer = await self._line.exchange(
            tr.method.value,
            tr.path,
            headers=head,
            query=query,
            body=body,
            timeout_s=patience.order_timeout_s if tr.places_order else patience.data_timeout_s,
            leaving=leaving,
        )
        return _enveloped(answer) if isinstance(answer, Answer) else answer

    async def _slot(self, tr: Tr, deadline: Deadline | None) -> float:
        """Wait for a place under the rate limit; an order that got it too late goes nowhere."""
        if deadline is None:
            data = tr.kind is CallKind.DATA
            wait = self._patience.data_wait_s if data else self._patience.order_wait_s
            return await self.bucket.slot(tr.kind, patience_s=wait)
        deadline.insist()
        with _nothing_sent():
            granted = await self.bucket.slot(tr.kind, patience_s=deadline.left_s())
        deadline.insist()
        return granted

    async def _post(self, path: str, body: Mapping[str, str]) -> Answer | Silence:
        """Send what needs no token; everything waits for it, so it goes first."""
        patience = self._patience
        granted = await self.bucket.slot(CallKind.ORDER_SELL, patience_s=patience.order_wait_s)
        return await self._line.exchange(
            "POST",
            path,
            headers=_JSON,
            body=body,
            timeout_s=patience.data_timeout_s,
            leaving=lambda: self.bucket.sending(granted),
        )

    def _credentials(self, token: str) -> dict[str, str]:
        return _JSON | {
            "authorization": f"Bearer {token}",
            "appkey": self.access.app_key,
            "appsecret": self.access.app_secret,
            "custtype": "P",
        }

    async def _note(self, answer: Answer | Silence, kind: MessageKind | None) -> None:
        """Tell the breaker, and the bucket of a call too many."""
        if kind is MessageKind.RATE:
            await self.bucket.slow_down()
        ailing = isinstance(answer, Answer) and answer.status >= 500 and kind in _READ_AGAIN
        if isinstance(answer, Silence) or ailing:
            self._breaker.failed()
        else:
            self._breaker.answered()

    async def _again(self, tr: Tr, kind: MessageKind | None, tries: _Tries, token: str) -> bool:
        """Whether the call may be sent once more, after the pause it needs."""
        if kind is MessageKind.TOKEN and not tries.new_token:
            tries.new_token = True
            self.tokens.refuse(token)
            return True
        if kind is MessageKind.RATE and tries.turned_away < _TURNED_AWAY:
            tries.turned_away += 1
            return True
        fails = kind is None or kind in _READ_AGAIN
        if not fails or tr.places_order or tries.failed + 1 >= _READS:
            return False
        pause = _FIRST_PAUSE_S * 2**tries.failed * (0.5 + self._rng.random())
        tries.failed += 1
        await self._steady.sleep(pause)
        return True

    def _concluded(self, tr: Tr, answer: Answer | Silence) -> Reply:
        if isinstance(answer, Answer):
            return Reply(status=answer.status, head=answer.head, body=self._harmless(answer.body))
        _log.warning("%s: %s", tr.name, answer.why)
        if tr.places_order and answer.sent:
            raise OutcomeUnknown(
                f"KIS gave no readable answer to {tr.name}: {answer.why}.",
                hint="The order is looked up in KIS's own records; it is not sent again.",
            )
        never = "" if answer.sent else " Nothing was sent."
        raise BrokerUnavailable(
            f"KIS could not be asked for {tr.name}: {answer.why}.{never}", hint="Retry later."
        )

    def _harmless(self, body: dict[str, Any]) -> dict[str, Any]:
        """Clean the words that people will read; the figures are for the mappings to check."""
        words = ("rt_cd", "msg_cd", "msg1")
        return body | {word: one_line(str(body.get(word, "")), self.veil) for word in words}


@contextmanager
def _nothing_sent() -> Iterator[None]:
    """Name what keeps an order here as the port does, whatever it is."""
    try:
        yield
    except BrokerUnavailable:
        raise
    except (SettingsError, OutsideError) as error:
        raise BrokerUnavailable(
            f"{error.message} Nothing was sent.", hint=error.hint or "Retry later."
        ) from None


def _enveloped(answer: Answer) -> Answer | Silence:
    """Return an answer in the shape of an envelope; what is none says nothing of the call."""
    if isinstance(answer.body.get("rt_cd"), str | int):
        return answer
    code = answer.body.get("error_code")
    if not isinstance(code, str) or code.strip() not in MESSAGES:
        return Silence(sent=True, why=f"HTTP {answer.status} without an envelope")
    said = answer.body.get("error_description", "")
    body = {"rt_cd": "1", "msg_cd": code, "msg1": said}
    return Answer(status=answer.status, head=answer.head, body=body)


def _kind_of(answer: Answer | Silence) -> MessageKind | None:
    """Return what the code of an answer means, None where there is no answer."""
    if isinstance(answer, Silence):
        return None
    code, rt_cd = answer.body.get("msg_cd", ""), answer.body.get("rt_cd")
    return meaning(str(code), rt_cd=str(rt_cd), status=answer.status).kind
