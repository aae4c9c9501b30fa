"""Puts the parts of one server together: one application for REST, sockets and control."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from datetime import datetime

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route, WebSocketRoute

from jennie_cli.engine.clock import Clock
from jennie_cli.kis_wire.hosts import (
    APPROVAL_PATH,
    HASHKEY_PATH,
    PAPER_CALLS_PER_SECOND,
    REAL_CALLS_PER_SECOND,
    REVOKE_PATH,
    TOKEN_PATH,
)
from jennie_cli.simulator import stepping
from jennie_cli.simulator.playing import Play
from jennie_cli.simulator.sages import SAGES_PATH, SageDesk, sage_routes
from jennie_cli.simulator.server.asked import Hall
from jennie_cli.simulator.server.bounds import Bounded
from jennie_cli.simulator.server.control import Control, guarded
from jennie_cli.simulator.server.doors import Doors
from jennie_cli.simulator.server.faults import Faults
from jennie_cli.simulator.server.gate import Gate
from jennie_cli.simulator.server.hub import Hub
from jennie_cli.simulator.server.motion import Motion
from jennie_cli.simulator.server.oauth import KeyDesk
from jennie_cli.simulator.server.rates import GatewayTime, RateWindow
from jennie_cli.simulator.server.service import Service
from jennie_cli.simulator.server.tape import Tape


class Server:
    """One exchange behind one application."""

    def __init__(
        self,
        play: Play,
        *,
        wall: Clock,
        paper: bool = False,
        speed: float | str = 0,
        faults: Iterable[str] = (),
        limit: int | None = None,
    ) -> None:
        """`wall` is the machine's clock; `speed` as in Motion.run; `limit` calls a second and key,
        None those of KIS. Raises InputError for a fault or a speed that is none.
        """
        usual = PAPER_CALLS_PER_SECOND if paper else REAL_CALLS_PER_SECOND
        seed = play.market.seed
        self.play = play
        self.wall = wall
        self.faults = Faults(seed, faults)
        self.hall = Hall(play=play, paper=paper, faults=self.faults)
        self.rates = RateWindow(usual if limit is None else limit)
        gateway = GatewayTime(wall, lambda: play.now)
        self.sages = SageDesk(seed, clock=wall)
        self.desk = KeyDesk(seed, seconds=gateway.seconds, present=self._later)
        self.hub = Hub(
            self.desk,
            self.faults,
            wall=wall,
            present=lambda: play.now,
            listed=lambda code: self.hall.book.place(code) is not None,
            paper=paper,
        )
        self.tape = Tape(self.hall, self.hub)
        self.motion = Motion(
            play,
            self.tape,
            wall,
            watched=lambda: bool(self.hub.sessions),
            drained=self.hub.drained,
        )
        self.motion.run(speed)
        self._gate = Gate(self.desk, self.faults, self.rates, gateway, paper=paper)

    def app(self) -> Starlette:
        """Return the application; the clock moves while it runs."""
        doors = Doors(self.desk, self.faults)
        service = Service(self.hall, self._gate, self.tape, self.desk, self.wall)
        control = Control(self.hall, self.motion, self.tape, self.hub, self.rates)
        return Starlette(
            routes=[
                Route(TOKEN_PATH, doors.token, methods=["POST"]),
                Route(REVOKE_PATH, doors.revoke, methods=["POST"]),
                Route(APPROVAL_PATH, doors.approval, methods=["POST"]),
                Route(HASHKEY_PATH, doors.hashkey, methods=["POST"]),
                Route("/_sim/clock", guarded(control.show), methods=["GET"]),
                Route("/_sim/clock", guarded(control.move), methods=["POST"]),
                Route("/_sim/faults", guarded(control.faults), methods=["POST"]),
                Route("/_sim/status", guarded(control.status), methods=["GET"]),
                *sage_routes(self.sages),
                Route("/{path:path}", service.answer, methods=["GET", "POST"]),
                WebSocketRoute(stepping.PATH, control.steps),
                WebSocketRoute("/{path:path}", self.hub.serve),
            ],
            middleware=[Middleware(Bounded, apart=f"{SAGES_PATH}/")],
            lifespan=self._lifespan,
        )

    def _later(self) -> datetime:
        """Return the later of both presents."""
        return max(self.play.now, self.wall.now())

    @asynccontextmanager
    async def _lifespan(self, app: Starlette) -> AsyncIterator[None]:
        del app
        mover = asyncio.ensure_future(self.motion.keep_going())
        try:
            yield
        finally:
            mover.cancel()
            with suppress(asyncio.CancelledError):
                await mover
            self.play.close()
