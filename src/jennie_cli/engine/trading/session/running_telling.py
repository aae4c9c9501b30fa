"""What was decided is told in its order, and the rest of a stock kept on the bus."""

from jennie_cli.engine.bus.names import BUY_SIGNAL_COOLDOWN
from jennie_cli.engine.errors import OutsideError
from jennie_cli.engine.trading.session.day import TradingDay
from jennie_cli.engine.trading.session.decisions import Decision, Step
from jennie_cli.engine.trading.session.running_ports import SessionRoom
from jennie_cli.engine.trading.session.running_tasks import Errands, Troubles, within

_KEY_S = 3.0


class Teller:
    """Tells each decision once."""

    def __init__(
        self, day: TradingDay, room: SessionRoom, errands: Errands, troubles: Troubles
    ) -> None:
        """What was decided before is known already."""
        self._day, self._room = day, room
        self._errands, self._troubles = errands, troubles
        self._told = len(day.decisions)

    def tell(self) -> None:
        """Tell what was decided since the last time."""
        fresh = self._day.decisions[self._told :]
        self._told += len(fresh)
        for decision in fresh:
            self._room.ears.decided(decision)
            if decision.step is Step.SIGNAL:
                self._errands.begin(self._rest(decision), f"rest {decision.code}")

    async def _rest(self, signal: Decision) -> None:
        key, at = BUY_SIGNAL_COOLDOWN.of(signal.code), signal.at.isoformat()
        try:
            await within(self._room.steady, _KEY_S, self._room.keys.put(key, at))
        except OutsideError as error:
            self._troubles.failed("cooldown", error)
        else:
            self._troubles.worked("cooldown")
