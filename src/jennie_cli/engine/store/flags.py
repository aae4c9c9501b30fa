"""The port to the trading flags. A flag stays until a person lifts it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from jennie_cli.engine.model import Flag


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagState:
    """Whether a flag is up, who set it last, when and why."""

    up: bool
    who: str
    at: datetime
    reason: str


class Flags(Protocol):
    """Keeps the flags of one home, with every change."""

    def all(self) -> Mapping[Flag, FlagState]:
        """Return the flags that were ever set. Raises OutsideError when they cannot be read."""
        ...

    def put(self, flag: Flag, state: FlagState) -> None:
        """Keep the new state and the change."""
        ...
