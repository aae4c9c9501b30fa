"""Names for our orders that no other process of the home gives, short enough to be typed."""

from jennie_cli.engine.clock import Clock


class OrderIds:
    """Gives the orders of one process their names, such as 0630-091502-k3f-1."""

    def __init__(self, clock: Clock, origin: str) -> None:
        """`origin` is short and differs between processes that may order at the same moment."""
        self._clock = clock
        self._origin = origin
        self._given = 0

    def __call__(self) -> str:
        """Return a name that was not given before."""
        self._given += 1
        return f"{self._clock.now():%m%d-%H%M%S}-{self._origin}-{self._given}"
