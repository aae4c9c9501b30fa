"""REST: one endpoint lets a call through the gate, has it answered, and sends what it caused."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from jennie_cli.engine.clock import Clock
from jennie_cli.kis_wire import Method, Tr
from jennie_cli.kis_wire.msgs import MESSAGES
from jennie_cli.simulator.server.asked import Asked, Hall
from jennie_cli.simulator.server.envelope import Page, Turned, refused, turned, written
from jennie_cli.simulator.server.faults import Fault, Rule
from jennie_cli.simulator.server.gate import Gate, Knock
from jennie_cli.simulator.server.handlers import HANDLERS
from jennie_cli.simulator.server.oauth import KeyDesk
from jennie_cli.simulator.server.survey import restless
from jennie_cli.simulator.server.tape import Tape

_NEXT = "N"
_ID_LETTERS = 32
_CUT_OFF_S = 0.05


class Service:
    """Answers every TR."""

    def __init__(self, hall: Hall, gate: Gate, tape: Tape, desk: KeyDesk, wall: Clock) -> None:
        """`wall` is the machine's clock, in which answers are held back."""
        self._hall = hall
        self._gate = gate
        self._tape = tape
        self._desk = desk
        self._wall = wall
        self._awake: date | None = None

    async def answer(self, request: Request) -> Response:
        """Answer one call, in good order or as the faults have it."""
        path, faults = request.url.path, self._hall.faults
        slow = faults.strike(Fault.SLOW, path)
        if slow is not None:
            await self._wall.sleep(slow.ms / 1_000)
        raw = await request.body()
        if faults.strike(Fault.ERROR_BEFORE, path):
            return _torn()
        knock = Knock(method=request.method, path=path, headers=request.headers)
        try:
            tr, key = self._gate.admit(knock)
            if tr.name == "vi_status":
                await self._wake()
            response = self._answered(tr, key, request, raw)
        except Turned as no:
            body = refused(no.message, ledger="/trading/" in path)
            return self._reply(body, request, status=no.message.status)
        return await self._disturbed(request, tr, response)

    async def _wake(self) -> None:
        """Have the tapes made of all that may be interrupted today, others going on in between."""
        day = self._hall.day
        for code in () if self._awake == day else restless(self._hall):
            if self._hall.day == day:
                self._hall.play.exchange.interrupted((code,))
                await self._wall.sleep(0)
        self._awake = day

    def _answered(self, tr: Tr, key: str, request: Request, raw: bytes) -> Response:
        handler = HANDLERS.get(tr.name)
        if handler is None:
            raise turned("OPSQ0002")
        fields = _body(raw) if tr.method is Method.POST else _query(request)
        turns = request.headers.get("tr_cont", "").strip() == _NEXT
        page = handler(self._hall, Asked(tr=tr, key=key, fields=fields, next_page=turns))
        return self._reply(written(tr, page), request, cont=_cont(page, turns=turns))

    async def _disturbed(self, request: Request, tr: Tr, response: Response) -> Response:
        """Send the notices of what was done, before or after the answer, and spoil the answer."""
        faults, path = self._hall.faults, request.url.path
        if not tr.places_order:
            return response
        if faults.strike(Fault.NOTICE_FIRST, path):
            self._flush()
            await self._wall.sleep(0)
        else:
            response.background = BackgroundTask(self._flush_later)
        late = faults.strike(Fault.TIMEOUT_AFTER, path)
        if late is not None:
            self._flush()
            await self._silent(request, late)
            return _torn()
        if faults.strike(Fault.EGW00301_AFTER, path):
            self._flush()
            lost = MESSAGES["EGW00301"]
            return self._reply(refused(lost), request, status=lost.status)
        if faults.strike(Fault.ERROR_AFTER, path):
            self._flush()
            return _torn()
        return response

    async def _silent(self, request: Request, rule: Rule) -> None:
        """Say nothing until the client hangs up or the fault has lasted long enough."""
        until = self._wall.monotonic() + rule.ms / 1_000
        while self._wall.monotonic() < until and not await request.is_disconnected():
            await self._wall.sleep(_CUT_OFF_S)

    async def _flush_later(self) -> None:
        self._flush()

    def _flush(self) -> None:
        """Send what calls have caused."""
        events, self._hall.outbox[:] = [*self._hall.outbox], []
        self._tape.tell(events)

    def _reply(
        self, body: Mapping[str, Any], request: Request, *, status: int = 200, cont: str = ""
    ) -> Response:
        headers = {
            "tr_id": request.headers.get("tr_id", ""),
            "tr_cont": cont,
            "gt_uid": self._desk.secret_text(_ID_LETTERS),
        }
        return _json(body, status=status, headers=headers)


def _body(raw: bytes) -> dict[str, Any]:
    """Return the fields of a POST body. Raises Turned for what is no object."""
    try:
        fields = json.loads(raw)
    except (ValueError, RecursionError):
        raise turned("OPSQ9999") from None
    if not isinstance(fields, dict):
        raise turned("OPSQ9997")
    return fields


def _query(request: Request) -> dict[str, str]:
    """Return the query; quote keys may come in lower case, account keys may not."""
    return {
        name.upper() if name.startswith("fid_") else name: value
        for name, value in request.query_params.items()
    }


def _cont(page: Page, *, turns: bool) -> str:
    """Return the header tr_cont: F and M say that more follows, D and E that this was the last."""
    if page.following:
        return "M" if turns else "F"
    return "E" if turns else "D"


def _json(body: Mapping[str, Any], *, status: int, headers: Mapping[str, str]) -> Response:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    kind = "application/json; charset=utf-8"
    return Response(text, status_code=status, headers=dict(headers), media_type=kind)


def _torn() -> Response:
    """Return a server error without a readable body."""
    return Response(status_code=500)
