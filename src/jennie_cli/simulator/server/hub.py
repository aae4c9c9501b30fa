"""The socket side of the exchange: registrations, one session a key, keep-alive, frames out."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

from starlette.websockets import WebSocket, WebSocketDisconnect

from jennie_cli.engine.clock import Clock
from jennie_cli.kis_wire import (
    Ack,
    BadFrame,
    PingPong,
    StreamKey,
    Subscription,
    frame_text,
    join_frame,
    parse_client,
)
from jennie_cli.kis_wire.control import (
    ALREADY_SUBSCRIBED,
    BAD_APPROVAL,
    KEY_IN_USE,
    NOT_SUBSCRIBED,
    SUBSCRIBED,
    TOO_MANY,
    UNSUBSCRIBED,
    key_in_use,
)
from jennie_cli.kis_wire.hosts import STREAM_REGISTRATIONS
from jennie_cli.simulator.server.faults import Fault, Faults
from jennie_cli.simulator.server.oauth import KeyDesk
from jennie_cli.simulator.server.sessions import MAX_WAITING, Session

PING_S = 10.0
LINGER_S = 1.0
"""Real seconds for which the slot of a key stays taken after its socket was cut."""

RECORDS_PER_FRAME = 20
_DRAIN_S, _PATIENCE_S = 0.005, 0.5
_MARKET = frozenset({"H0STCNT0", "H0STASP0", "H0STANC0", "H0STMKO0"})


class Hub:
    """All open sockets."""

    def __init__(
        self,
        desk: KeyDesk,
        faults: Faults,
        *,
        wall: Clock,
        present: Callable[[], datetime],
        listed: Callable[[str], bool],
        paper: bool,
    ) -> None:
        """`present` is the exchange's now, `listed` says whether a code can be watched."""
        self.notice_tr = "H0STCNI9" if paper else "H0STCNI0"
        self.sessions: list[Session] = []
        self.frames = 0
        self._desk = desk
        self._faults = faults
        self._wall = wall
        self._present = present
        self._listed = listed
        self._lingering: dict[str, float] = {}

    async def serve(self, socket: WebSocket) -> None:
        """Look after one socket until it ends."""
        if self._faults.strike(Fault.MAINTENANCE):
            await socket.close(code=1013)
            return
        await socket.accept()
        session = Session(socket, born=self._wall.monotonic())
        self.sessions.append(session)
        tasks = [asyncio.ensure_future(t) for t in (session.write(), self._ping(session))]
        session.writer = tasks[0]
        clean = False
        try:
            clean = await self._listen(socket, session, tasks[0])
        finally:
            self._leave(session, clean=clean and not session.cut)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def keys(self) -> set[str]:
        """The app keys that have a socket."""
        return {s.key for s in self.sessions if s.key is not None}

    def watched(self, tr_id: str) -> set[str]:
        """Return every key that somebody registered for a TR."""
        return {k for s in self.sessions for t, k in s.registered if t == tr_id}

    def publish(self, tr_id: str, tr_key: str, records: Sequence[Sequence[str]]) -> None:
        """Send records of one TR and key to whoever registered for them."""
        listeners = [s for s in self.sessions if s.listens(tr_id, tr_key)]
        if not listeners or not records:
            return
        for first in range(0, len(records), RECORDS_PER_FRAME):
            frame = join_frame(tr_id, records[first : first + RECORDS_PER_FRAME])
            for session in listeners:
                self._send(session, frame)

    def notify(self, key: str, record_for: Callable[[str], Sequence[str]]) -> None:
        """Send one notice, encrypted, to the sockets of an app key."""
        for session in self.sessions:
            if session.key != key:
                continue
            for (tr_id, hts_id), cipher in session.registered.items():
                if tr_id == self.notice_tr:
                    text = cipher.encrypt("^".join(record_for(hts_id)))
                    self._send(session, frame_text(tr_id, text, count=1, encrypted=True))

    def sent(self) -> dict[str, int]:
        """Return by app key how many data frames its socket was given since it opened."""
        return {s.key: s.frames for s in self.sessions if s.key is not None}

    async def drained(self) -> None:
        """Let the writers go on, and while readers take what waits for them, wait for those."""
        await self._wall.sleep(0)
        until, left = self._wall.monotonic() + _PATIENCE_S, self._waiting()
        while left and self._wall.monotonic() < until:
            await self._wall.sleep(_DRAIN_S)
            if (now := self._waiting()) < left:
                until = self._wall.monotonic() + _PATIENCE_S
            left = now

    def end(self) -> None:
        """Close every socket in good order."""
        for session in self.sessions:
            session.end()

    def _waiting(self) -> int:
        """Return what waits for readers who are half way to being cut off."""
        return sum(s.waiting for s in self.sessions if s.waiting > MAX_WAITING // 2)

    def _send(self, session: Session, frame: str) -> None:
        if self._faults.strike(Fault.HALF_FRAMES):
            frame = frame[: len(frame) // 2]
        session.put(frame)
        session.frames += 1
        self.frames += 1
        if self._cuts(session):
            session.end(cut=True)

    def _cuts(self, session: Session) -> bool:
        """Whether this socket is to be cut now, by the dice or because it is old enough."""
        aged = self._faults.standing(Fault.DROP_SOCKET)
        if aged is not None and aged.ms:
            old = (self._wall.monotonic() - session.born) * 1_000 >= aged.ms
            return old and self._faults.strike(Fault.DROP_SOCKET) is not None
        return aged is not None and self._faults.strike(Fault.DROP_SOCKET) is not None

    async def _ping(self, session: Session) -> None:
        while True:
            await self._wall.sleep(PING_S)
            stamp = f"{self._present():%Y%m%d%H%M%S}"
            session.ping(PingPong(stamp=stamp).text())

    async def _listen(
        self, socket: WebSocket, session: Session, writer: "asyncio.Task[None]"
    ) -> bool:
        """Answer the client until one side ends; True when the client left in good order."""
        while not writer.done():
            heard = asyncio.ensure_future(_heard(socket))
            await asyncio.wait({heard, writer}, return_when=asyncio.FIRST_COMPLETED)
            if not heard.done():
                heard.cancel()
                await asyncio.gather(heard, return_exceptions=True)
                break
            try:
                self._answer(session, heard.result())
            except WebSocketDisconnect as gone:
                return gone.code in {1000, 1001}
            except RuntimeError:  # our side has just closed it
                return True
        return True

    def _leave(self, session: Session, *, clean: bool) -> None:
        self.sessions.remove(session)
        if session.key is not None and not clean:
            self._lingering[session.key] = self._wall.monotonic() + LINGER_S

    def _answer(self, session: Session, text: str) -> None:
        try:
            wish = parse_client(text)
        except BadFrame as error:
            code = "OPSP8997" if "tr_type" in str(error) else "OPSP9991"
            session.put(_refusal("(null)", "", code, f"ERROR : {error}").text())
            return
        if isinstance(wish, PingPong):
            session.answered()
            return
        refusal = self._admit(session, wish)
        if refusal is None:
            refusal = self._register(session, wish) if wish.register else _release(session, wish)
        session.put(refusal.text())
        if refusal.msg_cd == KEY_IN_USE:
            session.end()

    def _admit(self, session: Session, wish: Subscription) -> Ack | None:
        """Bind the session to its app key, or return why not."""
        key = self._desk.key_of(wish.approval_key)
        if key is None:
            return _refusal("(null)", "", BAD_APPROVAL, "invalid approval : NOT FOUND")
        if wish.custtype not in {"P", "B"}:
            return _refusal("(null)", "", "OPSP8998", "ERROR : INVALID custtype")
        if session.key == key:
            return None
        if session.key is not None:
            return _refusal("(null)", "", "OPSP0010", "invalid appkey")
        taken = any(s.key == key for s in self.sessions)
        if taken or self._lingering.get(key, 0.0) > self._wall.monotonic():
            return key_in_use()
        session.key = key
        return None

    def _register(self, session: Session, wish: Subscription) -> Ack:
        asked = (wish.tr_id, wish.tr_key)
        refusal = self._refused(session, *asked)
        if refusal is not None:
            return refusal
        cipher = StreamKey(key=self._desk.secret_text(32), iv=self._desk.secret_text(16))
        session.registered[asked] = cipher
        return Ack(
            tr_id=wish.tr_id,
            tr_key=wish.tr_key,
            rt_cd="0",
            msg_cd=SUBSCRIBED,
            msg1="SUBSCRIBE SUCCESS",
            encrypt=wish.tr_id == self.notice_tr,
            key=cipher,
        )

    def _refused(self, session: Session, tr_id: str, tr_key: str) -> Ack | None:
        """Return what refuses a registration, None when it may stand."""
        if tr_id not in _MARKET and tr_id != self.notice_tr:
            return _refusal(tr_id, tr_key, "OPSP8991", "ERROR : INVALID tr_id")
        if not tr_key or (tr_id in _MARKET and not self._listed(tr_key)):
            return _refusal(tr_id, tr_key, "OPSP8992", "ERROR : INVALID tr_key")
        if session.listens(tr_id, tr_key):
            return _refusal(tr_id, tr_key, ALREADY_SUBSCRIBED, "ALREADY IN SUBSCRIBE")
        if len(session.registered) >= STREAM_REGISTRATIONS:
            return _refusal(tr_id, tr_key, TOO_MANY, "MAX SUBSCRIBE OVER")
        return None


async def _heard(socket: WebSocket) -> str:
    """Return the next message of the client, "" for one that is no text."""
    message = await socket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code") or 1005)
    return message.get("text") or ""


def _release(session: Session, wish: Subscription) -> Ack:
    asked = (wish.tr_id, wish.tr_key)
    if session.registered.pop(asked, None) is None:
        return _refusal(*asked, NOT_SUBSCRIBED, "UNSUBSCRIBE ERROR (not found!)")
    return Ack(
        tr_id=wish.tr_id,
        tr_key=wish.tr_key,
        rt_cd="0",
        msg_cd=UNSUBSCRIBED,
        msg1="UNSUBSCRIBE SUCCESS",
    )


def _refusal(tr_id: str, tr_key: str, code: str, text: str) -> Ack:
    return Ack(tr_id=tr_id, tr_key=tr_key, rt_cd="1", msg_cd=code, msg1=text)
