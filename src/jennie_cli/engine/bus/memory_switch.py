"""The switch that kills a bus in memory."""

from dataclasses import dataclass

from jennie_cli.engine.bus.failures import BusDown


@dataclass(slots=True)
class Switch:
    """Whether the bus is dead; shared by all that belongs to it."""

    down: bool = False

    def check(self) -> None:
        """Raise BusDown while the bus is dead."""
        if self.down:
            raise BusDown("The bus in memory was switched off.", hint="Switch it on.")
