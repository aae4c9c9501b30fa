"""What people are told: notices, their form on the bus and in a chat, and the port of chats."""

from jennie_cli.engine.notify.chat import Chat, ChatDown, ChatRefused, MemoryChat
from jennie_cli.engine.notify.markup import MOST, cut, escaped, told
from jennie_cli.engine.notify.notice import BadNotice, Kind, Notice, fields_of, plain, read_notice
from jennie_cli.engine.notify.outbox import Carrier, Notices
from jennie_cli.engine.notify.policy import NotifyPolicy

__all__ = [
    "MOST",
    "BadNotice",
    "Carrier",
    "Chat",
    "ChatDown",
    "ChatRefused",
    "Kind",
    "MemoryChat",
    "Notice",
    "Notices",
    "NotifyPolicy",
    "cut",
    "escaped",
    "fields_of",
    "plain",
    "read_notice",
    "told",
]
