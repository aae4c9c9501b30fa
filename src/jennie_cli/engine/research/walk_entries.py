"""What gates and strategies say of a whole past session, in one call each, while nothing rests.

The rests hang on what the session itself does, so they are asked afterwards, of the few bars where
something could be bought.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.model import TradingContext
from jennie_cli.engine.research.past import PastSession
from jennie_cli.engine.rules.gates import RECHECKED
from jennie_cli.engine.signals import (
    NO_GUESTS,
    NO_STRATEGY,
    Confirmation,
    Figures,
    GateTable,
    Guests,
    SignalPolicy,
    StrategyPolicy,
    StrategyTable,
    Weather,
    confirm,
    figures_of,
    judge_figures,
    judge_strategies,
    wants_confirmation,
)
from jennie_cli.engine.trading.session.scanner import missed, told, weather_of

Cell = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """The id of the rule that stopped a hit; figure and limit are None where it has none."""

    rule: str
    value: float | None
    limit: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """The session as gates and strategies see it; a cell is (row, column) of its bars."""

    weather: Weather
    figures: Figures
    gates: GateTable
    strategies: StrategyTable
    confirmation: Confirmation
    family: NDArray[np.bool_]
    needed: int

    @property
    def wanted(self) -> NDArray[np.bool_]:
        """Where a signal would be given if the stock did not rest."""
        return np.asarray(self.gates.open & (self.strategies.chosen != NO_STRATEGY))

    def wishes(self) -> list[Cell]:
        """Return the cells of `wanted`, in the order of time."""
        return _in_time(self.wanted, self.weather.at_second)

    def stopped(self) -> Iterator[tuple[Cell, Stopped]]:
        """Yield in the order of time each hit that a gate stops, and the first gate that does."""
        hits = (self.strategies.chosen != NO_STRATEGY) & ~self.gates.open
        failed = self.gates.first_failed
        for cell in _in_time(hits, self.weather.at_second):
            layer = failed[cell]
            yield (
                cell,
                Stopped(
                    rule=self.gates.rules[layer].id,
                    value=told(self.gates.value[(layer, *cell)]),
                    limit=told(self.gates.limit[(layer, *cell)]),
                ),
            )

    def strategy(self, cell: Cell) -> str:
        """Return the strategy that a cell's signal is of."""
        return self.strategies.order[int(self.strategies.chosen[cell])]

    def second(self, cell: Cell) -> int:
        """Return when a bar is judged."""
        return int(self.weather.at_second[cell])

    def waits(self, cell: Cell) -> bool:
        """Whether a signal is published only once later bars have confirmed it."""
        return self.needed > 0 and bool(self.family[cell])

    def verdict(self, cell: Cell) -> tuple[Cell, Stopped | None] | None:
        """Return the bar that confirms a signal, or the one that drops it and by which rule.

        None where the session ends before it.
        """
        row, column = cell
        for age, step in enumerate(self.confirmation.steps, start=1):
            later = (row + age, column)
            if row + age >= len(self.figures.bars) or not self.gates.known[later]:
                return None
            dropped = missed(step, later)
            if dropped is not None:
                return later, Stopped(**dropped._asdict())
        return later, None


def scan(
    past: PastSession,
    context: TradingContext,
    gates: SignalPolicy,
    strategies: StrategyPolicy,
    guests: Guests = NO_GUESTS,
) -> Scan:
    """Judge every bar of a session in weather in which nothing rests."""
    bars, weather = past.bars, calm_weather(past, context)
    figures = figures_of(bars)
    heard = guests.hear(bars, figures, past.candidates, weather)
    gated = judge_figures(figures, past.candidates, weather, gates, heard.gates)
    table = judge_strategies(
        bars, past.candidates, weather, strategies, figures, guests=heard.strategies
    )
    family = wants_confirmation(table.chosen)
    again = gated.passes(RECHECKED)
    return Scan(
        weather=weather,
        figures=figures,
        gates=gated,
        strategies=table,
        confirmation=confirm(bars, gated.open & family, again, strategies.confirmation_bars),
        family=family,
        needed=strategies.confirmation_bars,
    )


def calm_weather(past: PastSession, context: TradingContext) -> Weather:
    """Return what holds all day, with no stock resting; bars are judged as they end."""
    bars, nowhere = past.bars, np.full(past.bars.shape, -np.inf)
    at_second = np.where(bars.known, (bars.minute.astype(np.int64) + 1) * 60, 0)
    calm = (nowhere, nowhere, nowhere)
    return weather_of(past, at_second, context, calm, known=past.context is not None)


def _in_time(where: NDArray[np.bool_], at_second: NDArray[np.int64]) -> list[Cell]:
    row, column = np.nonzero(where)
    order = np.lexsort((column, at_second[row, column]))
    return list(zip(row[order].tolist(), column[order].tolist(), strict=True))
