"""What a socket does for readers who are slow, silent, or gone."""

import asyncio
from typing import Any, cast

from starlette.websockets import WebSocket
from tests.unit.simulator.server.conftest import OPEN, make_play

from jennie_cli.adapters.system import SystemClock
from jennie_cli.simulator.server import Server
from jennie_cli.simulator.server.sessions import MAX_WAITING, Session


class Stuck:
    """A client that connects and then neither says nor takes anything."""

    async def accept(self) -> None:
        """Let it in."""

    async def receive(self) -> dict[str, Any]:
        """Never return."""
        await asyncio.Event().wait()
        return {}

    async def send_text(self, text: str) -> None:
        """Never return."""
        del text
        await asyncio.Event().wait()


CLOCK = SystemClock()
FRAME = "x" * (MAX_WAITING // 4)


def test_who_takes_nothing_is_cut_off_and_forgotten() -> None:
    """What waited is dropped, nothing more is kept, and the server is through with the socket."""

    async def served() -> None:
        hub = Server(make_play(OPEN), wall=CLOCK).hub
        serving = asyncio.ensure_future(hub.serve(cast("WebSocket", Stuck())))
        await CLOCK.sleep(0)
        (session,) = hub.sessions
        session.put(FRAME)
        await CLOCK.sleep(0)
        assert 0 == session.waiting
        for _ in range(4):
            session.put(FRAME)
        assert (False, MAX_WAITING) == (session.cut, session.waiting)
        session.put("x")
        session.put(FRAME)
        assert (True, 0) == (session.cut, session.waiting)
        await asyncio.wait_for(serving, 5)
        assert [] == hub.sessions

    asyncio.run(served())


def test_a_mover_of_the_clock_does_not_wait_for_those_who_take_nothing() -> None:
    """It waits a little while nothing moves, then goes on."""

    async def served() -> None:
        hub = Server(make_play(OPEN), wall=CLOCK).hub
        serving = asyncio.ensure_future(hub.serve(cast("WebSocket", Stuck())))
        await CLOCK.sleep(0)
        (session,) = hub.sessions
        for _ in range(4):
            session.put(FRAME)
        await asyncio.wait_for(hub.drained(), 5)
        assert not session.cut
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)

    asyncio.run(served())


def test_only_who_answered_by_text_owes_an_answer() -> None:
    """Three signs of life in a row without one are borne."""

    async def pinged() -> list[bool]:
        found = []
        for answers in (False, True):
            session = Session(cast("WebSocket", Stuck()), born=0.0)
            if answers:
                session.answered()
            for _ in range(3):
                session.ping("sign of life")
            found.append(session.cut)
            session.ping("sign of life")
            found.append(session.cut)
        return found

    assert [False, False, False, True] == asyncio.run(pinged())
