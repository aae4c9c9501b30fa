"""Control messages of the stream: subscribe, acknowledge, keep alive. They are JSON."""

import json
from dataclasses import dataclass, field
from typing import Any

from jennie_cli.kis_wire.cipher import StreamKey
from jennie_cli.kis_wire.frames import BadFrame

SUBSCRIBED = "OPSP0000"
UNSUBSCRIBED = "OPSP0001"
ALREADY_SUBSCRIBED = "OPSP0002"
NOT_SUBSCRIBED = "OPSP0003"
TOO_MANY = "OPSP0008"
BAD_APPROVAL = "OPSP0011"
KEY_IN_USE = "OPSP8996"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What a client asks: register a key of a TR, or release it."""

    approval_key: str = field(repr=False)
    tr_id: str
    tr_key: str
    register: bool = True
    custtype: str = "P"

    def text(self) -> str:
        """Return the message as a client sends it."""
        head = {
            "approval_key": self.approval_key,
            "custtype": self.custtype,
            "tr_type": "1" if self.register else "2",
            "content-type": "utf-8",
        }
        body = {"input": {"tr_id": self.tr_id, "tr_key": self.tr_key}}
        return _dumped({"header": head, "body": body})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ack:
    """What the server answers to one subscription. `key` comes with every registration."""

    tr_id: str
    tr_key: str
    rt_cd: str
    msg_cd: str
    msg1: str
    encrypt: bool = False
    key: StreamKey | None = field(default=None, repr=False)

    @property
    def taken(self) -> bool:
        """Whether the wish holds now; being subscribed already is as good."""
        return self.rt_cd == "0" or self.msg_cd == ALREADY_SUBSCRIBED

    def text(self) -> str:
        """Return the message as the server sends it."""
        head = {"tr_id": self.tr_id, "tr_key": self.tr_key, "encrypt": "Y" if self.encrypt else "N"}
        body: dict[str, Any] = {"rt_cd": self.rt_cd, "msg_cd": self.msg_cd, "msg1": self.msg1}
        if self.key is not None:
            body["output"] = {"iv": self.key.iv, "key": self.key.key}
        return _dumped({"header": head, "body": body})


@dataclass(frozen=True, slots=True, kw_only=True)
class PingPong:
    """The server's sign of life; the client sends the same text back. `stamp` is YYYYMMDDHHMMSS."""

    stamp: str

    def text(self) -> str:
        """Return the message, the same in both directions."""
        return _dumped({"header": {"tr_id": "PINGPONG", "datetime": self.stamp}})


def key_in_use() -> Ack:
    """Return what a second socket of a key is told before it is closed."""
    return Ack(
        tr_id="(null)", tr_key="", rt_cd="9", msg_cd=KEY_IN_USE, msg1="ALREADY IN USE appkey"
    )


def parse_server(text: str) -> Ack | PingPong:
    """Return a control message of the server; BadFrame for anything else."""
    document = _document(text)
    head = _part(document, "header")
    if head.get("tr_id") == "PINGPONG":
        return PingPong(stamp=_word(head, "datetime"))
    body = _part(document, "body")
    return Ack(
        tr_id=_word(head, "tr_id"),
        tr_key=str(head.get("tr_key", "")),
        rt_cd=_word(body, "rt_cd"),
        msg_cd=_word(body, "msg_cd"),
        msg1=str(body.get("msg1", "")).strip(),
        encrypt=head.get("encrypt") == "Y",
        key=_key(body.get("output")),
    )


def parse_client(text: str) -> Subscription | PingPong:
    """Return a message of a client; BadFrame for anything else."""
    document = _document(text)
    head = _part(document, "header")
    if head.get("tr_id") == "PINGPONG":
        return PingPong(stamp=_word(head, "datetime"))
    wish = _part(_part(document, "body"), "input")
    if head.get("tr_type") not in {"1", "2"}:
        raise BadFrame("invalid tr_type")
    return Subscription(
        approval_key=_word(head, "approval_key"),
        tr_id=_word(wish, "tr_id"),
        tr_key=_word(wish, "tr_key"),
        register=head["tr_type"] == "1",
        custtype=str(head.get("custtype", "P")),
    )


def _dumped(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _document(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadFrame("a control message is no JSON") from error
    if not isinstance(document, dict):
        raise BadFrame("a control message is no object")
    return document


def _part(document: dict[str, Any], name: str) -> dict[str, Any]:
    part = document.get(name)
    if not isinstance(part, dict):
        raise BadFrame(f"a control message has no {name}")
    return part


def _word(part: dict[str, Any], name: str) -> str:
    word = part.get(name)
    if not isinstance(word, str):
        raise BadFrame(f"a control message has no {name}")
    return word


def _key(output: Any) -> StreamKey | None:
    if not isinstance(output, dict) or not output.get("key"):
        return None
    try:
        return StreamKey(key=_word(output, "key"), iv=_word(output, "iv"))
    except ValueError as error:
        raise BadFrame("the stream's key has the wrong length") from error
