"""Sockets: registrations, frames, encrypted notices, and what the faults do to them."""

import asyncio
import json
import socket as sockets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import Any

import httpx
import pytest
from tests.unit.simulator.server.conftest import ACCOUNT, CODES, KEY, OPEN, SECRET, make_play
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from jennie_cli.adapters.system import SystemClock
from jennie_cli.engine.errors import InputError, OutsideError
from jennie_cli.kis_wire import (
    TRS,
    Ack,
    Record,
    Records,
    StreamKey,
    parse_frame,
    parse_server,
    split_records,
)
from jennie_cli.simulator.server import Server, bind
from jennie_cli.simulator.server.serving import runner
from jennie_cli.simulator.stepping import Steps

TRADES, BOOK, EXPECTED, OPERATION = "H0STCNT0", "H0STASP0", "H0STANC0", "H0STMKO0"


class Desk:
    """A customer with a token and an approval key, on one server."""

    def __init__(self, url: str, http: httpx.Client, server: Server) -> None:
        self.http = http
        self.server = server
        self.url = url
        self._url = url.replace("http://", "ws://")
        grant = {"grant_type": "client_credentials", "appkey": KEY}
        token = http.post("/oauth2/tokenP", json=grant | {"appsecret": SECRET}).json()
        self.approval = self.approve()
        self.headers = {
            "authorization": f"Bearer {token['access_token']}",
            "appkey": KEY,
            "appsecret": SECRET,
        }

    def approve(self, key: str = KEY) -> str:
        """Return an approval key."""
        grant = {"grant_type": "client_credentials", "appkey": key, "secretkey": SECRET}
        text: str = self.http.post("/oauth2/Approval", json=grant).json()["approval_key"]
        return text

    def connect(self, path: str = "/") -> ClientConnection:
        """Open a socket."""
        return connect(self._url + path, proxy=None)

    def order(self, *, qty: int = 2) -> Any:
        """Buy at market."""
        tr = TRS["order_buy"]
        body = dict.fromkeys(tr.body, "") | ACCOUNT | {"PDNO": CODES[0], "ORD_DVSN": "01"}
        body |= {"ORD_QTY": str(qty), "ORD_UNPR": "0"}
        return self.http.post(tr.path, json=body, headers=self.headers | {"tr_id": tr.real})

    def wish(self, tr_id: str, tr_key: str, *, kind: str = "1", approval: str = "") -> str:
        """Return the message of a registration, or with kind 2 of a release."""
        header = {"approval_key": approval or self.approval, "custtype": "P", "tr_type": kind}
        body = {"input": {"tr_id": tr_id, "tr_key": tr_key}}
        return json.dumps({"header": header, "body": body})

    def move(self, seconds: float) -> None:
        """Let exchange time go by."""
        assert 200 == self.http.post("/_sim/clock", json={"seconds": seconds}).status_code


Open = Callable[..., Any]


@pytest.fixture
def opened() -> Open:
    """Return a context that opens a server and a customer on it."""

    @contextmanager
    def opening(
        *, faults: tuple[str, ...] = (), paper: bool = False, start: datetime = OPEN
    ) -> Iterator[Desk]:
        rules = ("notice-first:p=0", *faults)
        server = Server(
            make_play(start), wall=SystemClock(), paper=paper, faults=rules, limit=1_000
        )
        url: list[str] = []
        with _running(server, url), httpx.Client(base_url=url[0], trust_env=False) as http:
            yield Desk(url[0], http, server)

    return opening


@contextmanager
def _running(server: Server, url: list[str]) -> Iterator[None]:
    """Serve in a thread on a free port; the base URL is put into `url`."""
    ready, listener = Event(), bind(0)

    def told(base: str) -> None:
        url.append(base)
        ready.set()

    serving = runner(server, listener, ready=told)
    thread = Thread(target=serving.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        assert ready.wait(10)
        yield
    finally:
        serving.should_exit = True
        thread.join(10)


def _heard(socket: ClientConnection) -> str:
    return str(socket.recv(timeout=5))


def _told(socket: ClientConnection, desk: Desk, *wish: str, **more: str) -> Ack:
    socket.send(desk.wish(*wish, **more))
    ack = parse_server(_heard(socket))
    assert isinstance(ack, Ack)
    return ack


def _records(socket: ClientConnection, tr_id: str) -> Records:
    """Return the records of the next frame of a TR."""
    while True:
        frame = parse_frame(_heard(socket))
        if frame.tr_id == tr_id:
            return split_records(tr_id, frame.count, frame.payload)


def test_registering_and_releasing_are_acknowledged(opened: Open) -> None:
    """A key and iv come with every registration; what stands twice or not at all is told."""
    with opened() as desk, desk.connect("/tryitout") as socket:
        first = _told(socket, desk, TRADES, CODES[0])
        assert ("OPSP0000", "SUBSCRIBE SUCCESS", False) == (
            first.msg_cd,
            first.msg1,
            first.encrypt,
        )
        assert first.key is not None
        assert _told(socket, desk, "H0STCNI0", "trader").encrypt
        codes = [
            _told(socket, desk, TRADES, CODES[0]).msg_cd,
            _told(socket, desk, TRADES, CODES[0], kind="2").msg_cd,
            _told(socket, desk, TRADES, CODES[0], kind="2").msg_cd,
            _told(socket, desk, TRADES, CODES[0], kind="0").msg_cd,
        ]
        assert ["OPSP0002", "OPSP0001", "OPSP0003", "OPSP8997"] == codes


@pytest.mark.parametrize(
    ("tr_id", "tr_key", "code"),
    [
        ("H0NXCNT0", CODES[0], "OPSP8991"),
        ("H0STCNI9", "trader", "OPSP8991"),
        (TRADES, "999999", "OPSP8992"),
        ("H0STCNI0", "", "OPSP8992"),
    ],
)
def test_what_cannot_be_registered(tr_id: str, tr_key: str, code: str, opened: Open) -> None:
    """The other exchange, paper's notices on the real host, an unknown code, no id."""
    with opened() as desk, desk.connect() as socket:
        assert code == _told(socket, desk, tr_id, tr_key).msg_cd


def test_the_forty_second_registration_is_one_too_many(opened: Open) -> None:
    """Notices count like any other."""
    with opened() as desk, desk.connect() as socket:
        keys = [("H0STCNI0", f"trader{n}") for n in range(41)]
        assert {"OPSP0000"} == {_told(socket, desk, *key).msg_cd for key in keys}
        assert "OPSP0008" == _told(socket, desk, TRADES, CODES[0]).msg_cd


def test_an_app_key_has_one_socket_and_its_slot_lingers_after_a_cut(opened: Open) -> None:
    """The second is told so and closed; after an unclean end the slot is still taken."""
    with opened() as desk:
        with desk.connect() as socket:
            _told(socket, desk, TRADES, CODES[0])
            with desk.connect("/other") as second:
                assert ("9", "OPSP8996") == _code(second, desk)
                with pytest.raises(ConnectionClosed):
                    _heard(second)
            socket.socket.shutdown(sockets.SHUT_RDWR)
        with desk.connect() as third:
            assert ("9", "OPSP8996") == _code(third, desk)
        other = desk.approve("o" * 36)
        with desk.connect() as fourth:
            assert "OPSP0000" == _told(fourth, desk, TRADES, CODES[0], approval=other).msg_cd


def _code(socket: ClientConnection, desk: Desk) -> tuple[str, str]:
    ack = _told(socket, desk, TRADES, CODES[0])
    return ack.rt_cd, ack.msg_cd


def test_an_unknown_approval_key_is_not_found(opened: Open) -> None:
    """So is text that is no message."""
    with opened() as desk, desk.connect() as socket:
        ack = _told(socket, desk, TRADES, CODES[0], approval="nobody")
        assert ("1", "OPSP0011") == (ack.rt_cd, ack.msg_cd)
        socket.send("hello")
        told = parse_server(_heard(socket))
        assert isinstance(told, Ack)
        assert "OPSP9991" == told.msg_cd


def test_every_trade_is_streamed_once_with_47_fields(opened: Open) -> None:
    """The day's volume grows by each trade's quantity, from the first to the board's."""
    with opened() as desk, desk.connect() as socket:
        _told(socket, desk, TRADES, CODES[0])
        desk.move(60)
        board = desk.server.play.exchange.board(CODES[0])
        volume = 0
        rows: list[Record] = []
        while volume < board.volume:
            records = _records(socket, TRADES)
            assert 0 == records.broken
            rows += records.rows
            volume = int(rows[-1]["ACML_VOL"])
        start = int(rows[0]["ACML_VOL"]) - int(rows[0]["CNTG_VOL"])
        for row in rows:
            start += int(row["CNTG_VOL"])
            assert (47, start) == (len(row.values), int(row["ACML_VOL"]))
        assert (board.last, board.high) == (
            int(rows[-1]["STCK_PRPR"]),
            int(rows[-1]["STCK_HGPR"]),
        )


def test_the_book_is_sent_when_it_changes_with_63_fields(opened: Open) -> None:
    """It agrees with the exchange's."""
    with opened() as desk, desk.connect() as socket:
        _told(socket, desk, BOOK, CODES[0])
        desk.move(1)
        (row,) = _records(socket, BOOK).rows
        depth = desk.server.play.exchange.book(CODES[0])
        assert (63, depth.asks[0][0], depth.total_bid) == (
            len(row.values),
            int(row["ASKP1"]),
            int(row["TOTAL_BIDP_RSQN"]),
        )


@pytest.mark.parametrize(
    ("paper", "tr_id", "width"), [(False, "H0STCNI0", 26), (True, "H0STCNI9", 23)]
)
def test_notices_are_encrypted_under_the_registrations_own_key(
    paper: bool, tr_id: str, width: int, opened: Open
) -> None:
    """Accepted first, then the fills; the other account of another key is not told."""
    with opened(paper=paper) as desk, desk.connect() as socket:
        if paper:
            desk.headers |= {"custtype": "P"}
        ack = _told(socket, desk, tr_id, "trader")
        tr = TRS["order_buy"]
        body = dict.fromkeys(tr.body, "") | ACCOUNT | {"PDNO": CODES[0], "ORD_DVSN": "01"}
        body |= {"ORD_QTY": "2", "ORD_UNPR": "0"}
        headers = desk.headers | {"tr_id": str(tr.id(paper=paper))}
        number = desk.http.post(tr.path, json=body, headers=headers).json()["output"]["ODNO"]
        desk.move(60)
        rows = [_notice(socket, ack, tr_id) for _ in range(2)]
        assert ["1", "2"] == [row[13] for row in rows]
        assert {number} == {row[2] for row in rows}
        assert {"1234567801"} == {row[1] for row in rows}
        assert {width} == {len(row) for row in rows}
        assert ("0000000002", CODES[0], "02") == (rows[0][9], rows[0][8], rows[0][4])


def _notice(socket: ClientConnection, ack: Ack, tr_id: str) -> list[str]:
    frame = parse_frame(_heard(socket))
    assert (True, tr_id) == (frame.encrypted, frame.tr_id)
    assert isinstance(ack.key, StreamKey)
    return ack.key.decrypt(frame.payload).split("^")


def test_a_doubled_and_a_late_notice(opened: Open) -> None:
    """The late one comes once the exchange's clock has moved that far."""
    faults = ("late-notice:n=1:ms=5000", "double-notice:n=1")
    with opened(faults=faults) as desk, desk.connect() as socket:
        ack = _told(socket, desk, "H0STCNI0", "trader")
        desk.order()
        desk.move(20)
        kinds = [_notice(socket, ack, "H0STCNI0")[13] for _ in range(3)]
        assert (["1", "2", "2"], "2") == (sorted(kinds), kinds[0])


def test_a_lost_notice_never_comes(opened: Open) -> None:
    """The fill is the first that is heard."""
    with opened(faults=("lost-notice:n=1",)) as desk, desk.connect() as socket:
        ack = _told(socket, desk, "H0STCNI0", "trader")
        desk.order()
        desk.move(20)
        assert "2" == _notice(socket, ack, "H0STCNI0")[13]


@pytest.mark.parametrize(("fault", "width"), [("long-frames", 49), ("old-frames", 46)])
def test_frames_of_other_widths(fault: str, width: int, opened: Open) -> None:
    """Fields nobody has heard of, or none of the new ones."""
    with opened(faults=(fault,)) as desk, desk.connect() as socket:
        _told(socket, desk, TRADES, CODES[0])
        desk.move(60)
        assert width == len(_records(socket, TRADES).rows[0].values)


def test_a_half_frame_holds_fewer_fields_than_it_promises(opened: Open) -> None:
    """It is cut in the middle."""
    with opened(faults=("half-frames:n=1",)) as desk, desk.connect() as socket:
        _told(socket, desk, BOOK, CODES[0])
        desk.move(1)
        assert _heard(socket).count("^") < 62


def test_a_cut_socket_is_closed_in_no_good_order(opened: Open) -> None:
    """After the frame with which it is cut nothing comes."""
    with opened(faults=("drop-socket:n=1",)) as desk, desk.connect() as socket:
        _told(socket, desk, TRADES, CODES[0])
        desk.move(60)
        with pytest.raises(ConnectionClosed) as gone:
            _drain(socket)
        assert gone.value.rcvd is not None
        assert 1011 == gone.value.rcvd.code


def _drain(socket: ClientConnection) -> None:
    while True:
        _heard(socket)


def test_an_auction_is_told_with_its_expected_price(opened: Open) -> None:
    """45 fields and a blank one, laid out like a trade."""
    early = OPEN.replace(hour=8, minute=40)
    with opened(start=early) as desk, desk.connect() as socket:
        _told(socket, desk, EXPECTED, CODES[0])
        desk.move(60)
        frame = parse_frame(_heard(socket))
        fields = frame.payload.split("^")
        assert (EXPECTED, 46, CODES[0], "") == (frame.tr_id, len(fields), fields[0], fields[-1])
        assert int(fields[2]) > 0


def test_a_halt_is_told_on_the_operation_channel(opened: Open) -> None:
    """Blank fields arrive as (null)."""
    with opened() as desk, desk.connect() as socket:
        _told(socket, desk, OPERATION, CODES[0])
        disturb = {"disturb": {"kind": "halt", "code": CODES[0]}}
        assert 200 == desk.http.post("/_sim/faults", json=disturb).status_code
        (row,) = _records(socket, OPERATION).rows
        assert (11, "Y", "(null)") == (
            len(row.values),
            row["TRHT_YN"],
            row["TR_SUSP_REAS_CNTT"],
        )


def test_the_whole_market_breaks_and_says_so(opened: Open) -> None:
    """Every watched stock is told of the break and of its end."""
    with opened() as desk, desk.connect() as socket:
        _told(socket, desk, OPERATION, CODES[0])
        _told(socket, desk, TRADES, CODES[0])
        desk.move(60)
        desk.http.post("/_sim/faults", json={"disturb": {"kind": "break", "minutes": 20}})
        desk.move(2_000)
        told = [_records(socket, OPERATION).rows[0]["MKOP_CLS_CODE"] for _ in range(3)]
        assert ["174", "184", "175"] == told


def test_a_trade_at_a_moment_told_of_already_is_streamed(opened: Open) -> None:
    """What an order takes on arrival comes at once, once, and the sums go on from it."""
    with opened() as desk:
        desk.move(60)
        with desk.connect() as socket:
            _told(socket, desk, TRADES, CODES[0])
            desk.order(qty=7)
            (row,) = _records(socket, TRADES).rows
            board = desk.server.play.exchange.board(CODES[0])
            assert ("7", board.volume) == (row["CNTG_VOL"], int(row["ACML_VOL"]))
            desk.move(30)
            after = _records(socket, TRADES).rows[0]
            assert board.volume + int(after["CNTG_VOL"]) == int(after["ACML_VOL"])


@pytest.mark.parametrize("text", [b"\x00\x01", "[" * 200_000])
def test_what_is_no_message_is_said_to_be_none(text: bytes | str, opened: Open) -> None:
    """Bytes and endless nesting close nothing."""
    with opened() as desk, desk.connect() as socket:
        socket.send(text)
        told = parse_server(_heard(socket))
        assert isinstance(told, Ack)
        assert "OPSP9991" == told.msg_cd
        assert "OPSP0000" == _told(socket, desk, TRADES, CODES[0]).msg_cd


def test_steps_over_a_socket_say_what_calls_say(opened: Open) -> None:
    """A wrong wish is answered with its status, and the line goes on."""
    minute, second = timedelta(minutes=1), timedelta(seconds=1)
    with opened() as desk, desk.connect("/_sim/steps") as line:
        answers = []
        for text in (
            json.dumps({"to": (OPEN + minute).isoformat(), "lenient": True}),
            "no object",
            json.dumps({"seconds": 1e300}),
            json.dumps({"seconds": 1.0}),
        ):
            line.send(text)
            answers.append(json.loads(_heard(line)))
        called = desk.http.post("/_sim/clock", json={"seconds": 0.0}).json()
    moved, wrong, far, again = answers
    assert (OPEN + minute).isoformat() == moved["now"]
    assert (400, 400) == (wrong["status"], far["status"])
    assert OPEN + minute + second == datetime.fromisoformat(again["now"])
    assert called == again


def test_a_line_of_steps_goes_on_after_one_that_was_given_up(opened: Open) -> None:
    """The answer that nobody took is not taken for the next one; a server that left is named."""

    async def driven(url: str) -> list[str]:
        steps, told = Steps(url), []
        told.append((await steps.move({"seconds": 1.0}))["now"])
        given_up = asyncio.ensure_future(steps.move({"seconds": 60.0}))
        await SystemClock().sleep(0)
        given_up.cancel()
        await asyncio.gather(given_up, return_exceptions=True)
        with pytest.raises(InputError):
            await steps.move({"seconds": -1.0})
        told.append((await steps.move({"seconds": 1.0}))["now"])
        await steps.close()
        return told

    with opened() as desk:
        first, last = map(datetime.fromisoformat, asyncio.run(driven(desk.url)))
        left = desk.url
    assert first == OPEN + timedelta(seconds=1)
    assert last in {first + timedelta(seconds=1), first + timedelta(seconds=61)}
    with pytest.raises(OutsideError):
        asyncio.run(Steps(left).move({"seconds": 1.0}))
