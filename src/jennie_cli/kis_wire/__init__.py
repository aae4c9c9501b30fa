"""KIS as data: its calls, fields, codes, messages and frames. Nothing here reads or sends."""

from jennie_cli.kis_wire.catalogue import TRS, CallKind, Method, Output, Paging, Tr, tr_of
from jennie_cli.kis_wire.cipher import BadCipher, StreamKey
from jennie_cli.kis_wire.control import Ack, PingPong, Subscription, parse_client, parse_server
from jennie_cli.kis_wire.frames import (
    LAYOUTS,
    BadFrame,
    DataFrame,
    Layout,
    Record,
    Records,
    frame_text,
    is_data,
    join_frame,
    parse_frame,
    split_records,
)
from jennie_cli.kis_wire.msgs import MESSAGES, Meaning, Message, MessageKind, meaning, refusal

__all__ = [
    "LAYOUTS",
    "MESSAGES",
    "TRS",
    "Ack",
    "BadCipher",
    "BadFrame",
    "CallKind",
    "DataFrame",
    "Layout",
    "Meaning",
    "Message",
    "MessageKind",
    "Method",
    "Output",
    "Paging",
    "PingPong",
    "Record",
    "Records",
    "StreamKey",
    "Subscription",
    "Tr",
    "frame_text",
    "is_data",
    "join_frame",
    "meaning",
    "parse_client",
    "parse_frame",
    "parse_server",
    "refusal",
    "split_records",
    "tr_of",
]
