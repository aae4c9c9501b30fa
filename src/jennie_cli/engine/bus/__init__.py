"""The port that carries messages, state and locks between processes, and its in-memory twin."""

from jennie_cli.engine.bus.failures import BusDown, BusRefused, GroupLost, NoBusServer
from jennie_cli.engine.bus.keys import Hashes, Key, KeyOf, Keys, Sets
from jennie_cli.engine.bus.locks import Held, Locks, holding
from jennie_cli.engine.bus.memory import MemoryBus
from jennie_cli.engine.bus.messages import Aged, Message, by_age, told_at
from jennie_cli.engine.bus.outbox import Bus, TickOutbox
from jennie_cli.engine.bus.policy import BusPolicy
from jennie_cli.engine.bus.streams import (
    KEEP,
    Backlog,
    Claimed,
    Group,
    Start,
    Streams,
    StreamView,
    dead_of,
)

__all__ = [
    "KEEP",
    "Aged",
    "Backlog",
    "Bus",
    "BusDown",
    "BusPolicy",
    "BusRefused",
    "Claimed",
    "Group",
    "GroupLost",
    "Hashes",
    "Held",
    "Key",
    "KeyOf",
    "Keys",
    "Locks",
    "MemoryBus",
    "Message",
    "NoBusServer",
    "Sets",
    "Start",
    "StreamView",
    "Streams",
    "TickOutbox",
    "by_age",
    "dead_of",
    "holding",
    "told_at",
]
