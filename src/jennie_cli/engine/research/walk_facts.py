"""What the stamp is told in a past session beyond the account: the price of that very minute."""

from jennie_cli.engine.broker import BuyingPower
from jennie_cli.engine.feed import Quote
from jennie_cli.engine.model import Signal
from jennie_cli.engine.research.walk_entries import Cell
from jennie_cli.engine.research.walk_stage import Stage
from jennie_cli.engine.trading.session import BuyFacts, Outside, quoted


class Gatherer:
    """Gathers the facts of a buy where an exchange of the past would have been asked."""

    def __init__(self, stage: Stage) -> None:
        """Begin with a session."""
        self._stage, self._past = stage, stage.past
        self.buying = BuyFacts(
            stage.past,
            risk=stage.policies.risk,
            sectors=stage.policies.sectors,
            calendar=stage.calendar,
        )

    def signal(self, cell: Cell, strategy: str, *, confirmed: bool) -> Signal:
        """Return the signal that a bar gives or confirms, priced at its close."""
        scan = self._stage.scan
        at = self._stage.at(scan.second(cell))
        return self.buying.signal(scan.figures, cell, strategy, at=at, confirmed=confirmed)

    def outside(self, signal: Signal, cell: Cell, cash: int | None, bought: int) -> Outside:
        """Return what an exchange of that moment would tell of a signal.

        `cash` is won that may be ordered with, `bought` counts the buys of the day so far.
        """
        return Outside(
            now=signal.at,
            order_id=f"{signal.at:%m%d-%H%M%S}-b-{bought + 1}",
            flags={},
            quote=self._quote(cell),
            power=self._power(signal.code, cash or 0, self.buying.limit(signal)),
            bus_alive=True,
            taken=False,
            locked=False,
        )

    def _quote(self, cell: Cell) -> Quote:
        """Return the day so far at the end of a bar."""
        row, column = cell
        bars, stocks = self._past.bars, self._past.candidates
        rows = slice(0, row + 1)
        volume = bars.volume[rows, column]
        return Quote(
            code=stocks.codes[column],
            status=self._stage.stocks[column].status,
            price=int(bars.close[row, column]),
            base_price=quoted(stocks.base_price[column]),
            open=int(bars.open[0, column]),
            high=int(bars.high[rows, column].max()),
            low=int(bars.low[rows, column].min()),
            upper_limit=quoted(stocks.upper_limit[column]),
            lower_limit=quoted(self._stage.lower_limit[column]),
            volume=int(volume.sum()),
            value=int((volume * bars.close[rows, column]).sum()),
        )

    def _power(self, code: str, cash: int, limit: int) -> BuyingPower:
        """Return the shares that the cash pays for, with their fee."""
        qty = max(0, cash) // limit if limit > 0 else 0
        while qty and qty * limit + self._stage.costs.fee(code, qty * limit) > cash:
            qty -= max(1, (qty * limit + self._stage.costs.fee(code, qty * limit) - cash) // limit)
        return BuyingPower(cash=max(0, cash), qty=qty, unit_price=limit)
