"""Control messages are built and read by both sides."""

import json

import pytest

from jennie_cli.kis_wire import Ack, BadFrame, PingPong, StreamKey, Subscription
from jennie_cli.kis_wire.control import key_in_use, parse_client, parse_server

KEY = StreamKey(key="k" * 32, iv="i" * 16)


@pytest.mark.parametrize("register", [True, False])
def test_a_wish_reaches_the_server(register: bool) -> None:
    """What a client writes the server reads; 1 registers, 2 releases; no repr shows the key."""
    wish = Subscription(
        approval_key="secret-approval", tr_id="H0STCNT0", tr_key="005930", register=register
    )
    assert wish == parse_client(wish.text())
    assert ("1" if register else "2") == json.loads(wish.text())["header"]["tr_type"]
    assert "secret-approval" not in repr(wish)


def test_an_acknowledgement_brings_the_key() -> None:
    """What a server writes the client reads; its repr hides the key."""
    ack = Ack(
        tr_id="H0STCNI0",
        tr_key="user",
        rt_cd="0",
        msg_cd="OPSP0000",
        msg1="SUBSCRIBE SUCCESS",
        encrypt=True,
        key=KEY,
    )
    assert ack == parse_server(ack.text())
    assert ack.taken
    assert KEY.key not in repr(ack)


def test_being_subscribed_already_counts_as_taken() -> None:
    """OPSP0002 is no failure; the socket's key in use is."""
    again = Ack(tr_id="H0STCNT0", tr_key="005930", rt_cd="1", msg_cd="OPSP0002", msg1="ALREADY")
    assert again.taken
    busy = parse_server(key_in_use().text())
    assert isinstance(busy, Ack)
    assert ("9", "OPSP8996", False) == (busy.rt_cd, busy.msg_cd, busy.taken)


def test_the_sign_of_life_is_sent_back_as_it_came() -> None:
    """PINGPONG reads the same on both sides and is written as KIS writes it."""
    text = '{"header":{"tr_id":"PINGPONG","datetime":"20241011121818"}}'
    assert PingPong(stamp="20241011121818") == parse_server(text) == parse_client(text)
    assert text == PingPong(stamp="20241011121818").text()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"header":1}',
        '{"header":{"tr_id":"X"},"body":{}}',
        '{"header":{"tr_id":"X"},"body":{"rt_cd":"0","msg_cd":"M","output":{"key":"a","iv":"b"}}}',
    ],
)
def test_a_broken_message_of_the_server_is_named(text: str) -> None:
    """What lacks a part or brings a key of the wrong length is BadFrame."""
    with pytest.raises(BadFrame):
        parse_server(text)


@pytest.mark.parametrize(
    "text",
    [
        '{"header":{"tr_type":"0"},"body":{"input":{"tr_id":"a","tr_key":"b"}}}',
        '{"header":{"tr_type":"1"},"body":{"input":{"tr_id":"a","tr_key":"b"}}}',
        '{"header":{"tr_type":"1","approval_key":"k"},"body":{"input":{"tr_id":"a"}}}',
    ],
)
def test_a_broken_wish_is_named(text: str) -> None:
    """An unknown type, a missing key or no subject is BadFrame."""
    with pytest.raises(BadFrame):
        parse_client(text)
