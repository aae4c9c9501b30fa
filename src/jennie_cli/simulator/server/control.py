"""The one private door: the clock, the faults, and what the server says of itself."""

import json
import math
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.websockets import WebSocket, WebSocketDisconnect

from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import InputError, JennieError, Refused
from jennie_cli.simulator.playing import Disturbance, DisturbanceKind
from jennie_cli.simulator.server.asked import Hall, named
from jennie_cli.simulator.server.faults import Fault, Rule
from jennie_cli.simulator.server.hub import Hub
from jennie_cli.simulator.server.motion import Motion
from jennie_cli.simulator.server.rates import RateWindow
from jennie_cli.simulator.server.tape import Tape

_BAD, _FAILED = 400, 500
_TOO_FAR = {"message": "No calendar goes that far.", "hint": ""}

Endpoint = Callable[[Request], Awaitable[Response]]


class Control:
    """Moves time and sets faults, nothing else."""

    def __init__(self, hall: Hall, motion: Motion, tape: Tape, hub: Hub, rates: RateWindow) -> None:
        """All of them belong to one server."""
        self._hall = hall
        self._motion = motion
        self._tape = tape
        self._hub = hub
        self._rates = rates

    def time(self) -> dict[str, Any]:
        """Return the present as a client is told it."""
        told = self._motion.time
        session = self._hall.play.session
        return {
            "now": (told.now + self._skew()).isoformat(),
            "pace": told.pace.value,
            "speed": told.speed,
            "day": self._hall.day.isoformat(),
            "phase": self._hall.play.exchange.phase.value,
            "open": session.open.isoformat(),
            "close": session.close.isoformat(),
        }

    async def show(self, request: Request) -> Response:
        """GET /_sim/clock."""
        del request
        return JSONResponse(self.time())

    async def move(self, request: Request) -> Response:
        """POST /_sim/clock with to, seconds, speed or next."""
        return JSONResponse(await self._moved(await _object(request)))

    async def steps(self, socket: WebSocket) -> None:
        """Do over a socket what POST /_sim/clock does, one text a step; a failure has a status."""
        await socket.accept()
        with suppress(WebSocketDisconnect):
            while True:
                text = await socket.receive_text()
                try:
                    told = await self._moved(_read(text))
                except JennieError as error:
                    told = _failure(error) | {"status": _status(error)}
                except OverflowError:
                    told = _TOO_FAR | {"status": _BAD}
                await socket.send_text(json.dumps(told))

    async def _moved(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        if "to" in asked:
            to = _moment(asked["to"]) - self._skew()
            if not (asked.get("lenient") and to <= self._hall.now):
                await self._motion.advance(to)
        if "seconds" in asked:
            passed = timedelta(seconds=_number(asked["seconds"]))
            await self._motion.advance(self._hall.now + passed)
        if asked.get("next"):
            await self._motion.next_morning()
        if "speed" in asked:
            speed = asked["speed"]
            self._motion.run(speed if isinstance(speed, str) else _number(speed))
        return self.time() | {"sent": self._sent()}

    async def faults(self, request: Request) -> Response:
        """POST /_sim/faults with clear, add, and disturb (halt, resume, break)."""
        asked = await _object(request)
        faults = self._hall.faults
        if asked.get("clear"):
            names = asked["clear"]
            faults.clear(names if isinstance(names, list) else ())
        added = asked.get("add", [])
        if not isinstance(added, list):
            raise InputError("add takes a list of faults.")
        faults.add(str(rule) for rule in added)
        if "disturb" in asked:
            self._tape.tell(self._hall.play.disturb(_disturbance(asked["disturb"])))
        return JSONResponse({"faults": [_told(rule) for rule in faults.rules]})

    async def status(self, request: Request) -> Response:
        """GET /_sim/status. App keys are named by the start of their hash."""
        del request
        keys = {
            named(key): {
                "calls": count.calls,
                "refused": count.refused,
                "largest_second": count.largest,
            }
            for key, count in self._rates.keys.items()
        }
        return JSONResponse(
            {
                **self.time(),
                "mode": "paper" if self._hall.paper else "real",
                "market": self._hall.play.market.name,
                "seed": self._hall.play.market.seed,
                "stocks": len(self._hall.book.codes),
                "limit": self._rates.limit,
                "keys": keys,
                "sockets": len(self._hub.sessions),
                "registrations": sum(len(s.registered) for s in self._hub.sessions),
                "frames": self._hub.frames,
                "faults": [_told(rule) for rule in self._hall.faults.rules],
            }
        )

    def _sent(self) -> dict[str, int]:
        return {named(key): frames for key, frames in self._hub.sent().items()}

    def _skew(self) -> timedelta:
        rule = self._hall.faults.standing(Fault.CLOCK_SKEW)
        return timedelta(milliseconds=rule.ms if rule else 0)


def guarded(endpoint: Endpoint) -> Endpoint:
    """Return an endpoint that tells a JennieError as message and hint."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except JennieError as error:
            return JSONResponse(_failure(error), status_code=_status(error))
        except OverflowError:
            return JSONResponse(_TOO_FAR, status_code=_BAD)

    return answer


def _failure(error: JennieError) -> dict[str, Any]:
    return {"message": error.message, "hint": error.hint}


def _status(error: JennieError) -> int:
    return _BAD if isinstance(error, InputError | Refused) else _FAILED


def _told(rule: Rule) -> dict[str, Any]:
    return {
        "fault": rule.fault.value,
        "p": rule.probability,
        "left": rule.left,
        "path": rule.path,
        "ms": rule.ms,
        "struck": rule.struck,
    }


async def _object(request: Request) -> Mapping[str, Any]:
    return _read(await request.body())


def _read(text: str | bytes) -> Mapping[str, Any]:
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise InputError("The control endpoint takes a JSON object.")
    return body


def _moment(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise InputError(f"{value!r} is no time.", hint="2025-07-01T09:00:00+09:00") from None
    return moment.astimezone(KST) if moment.tzinfo else moment.replace(tzinfo=KST)


def _number(value: Any) -> float:
    known = isinstance(value, int | float) and not isinstance(value, bool)
    if not known or not math.isfinite(value):
        raise InputError(f"{value!r} is no number.")
    return float(value)


def _disturbance(asked: Any) -> Disturbance:
    try:
        kind = DisturbanceKind(asked["kind"])
        return Disturbance(
            kind=kind, code=str(asked.get("code", "")), minutes=int(asked.get("minutes", 20))
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise InputError(
            "A disturbance has a kind: halt or resume (with code), or break (with minutes)."
        ) from None
