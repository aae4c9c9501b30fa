"""The port that carries messages between tasks and processes, and its in-memory twin."""

from jennie_cli.engine.bus.bus import Bus, MemoryBus, Message

__all__ = ["Bus", "MemoryBus", "Message"]
