"""The buy side of a session: closed bars in, signals, confirmations and drops out.

What it says of a bar is what the same gates and strategies say of it in a whole past session. It
asks them only of the stocks whose bars closed, and only of those bars.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.clock import KST
from jennie_cli.engine.exits import day_second
from jennie_cli.engine.indicators import SessionBars
from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.model import TradingContext
from jennie_cli.engine.rules.gates import RECHECKED
from jennie_cli.engine.rules.strategies import NEXT_MINUTE
from jennie_cli.engine.signals import (
    NO_GUESTS,
    NO_STRATEGY,
    REGIMES,
    Candidates,
    Confirmation,
    Figures,
    GateTable,
    Guests,
    StrategyTable,
    Weather,
    confirm,
    judge_figures,
    judge_latest,
    last_rows,
    latest_figures,
    wants_confirmation,
)
from jennie_cli.engine.signals.confirmation import CONFIRMATION, Waiting
from jennie_cli.engine.signals.inputs import Seconds
from jennie_cli.engine.store import Sheet
from jennie_cli.engine.trading.bar_runs import Columns
from jennie_cli.engine.trading.bars import Closed
from jennie_cli.engine.trading.session.morning import Morning
from jennie_cli.engine.trading.session.policies import SessionPolicies
from jennie_cli.engine.trading.session.rests import Rests
from jennie_cli.engine.trading.session.wishes import Cell, Given, Scanned, Settled, Unwritten
from jennie_cli.engine.trading.sheets import confirmation_sheet, gate_sheet, strategy_sheet

Resting = tuple[FloatArray, FloatArray, FloatArray]
"""The seconds until which stocks rest after a signal, a stop-loss, a sale."""

Stocks = TypeVar("Stocks", SessionBars, Figures)

_DAY = 86_400
_ROWS = 400


class Missed(NamedTuple):
    """The rule that dropped a signal; figure and limit are None where it has none."""

    rule: str
    value: float | None
    limit: float | None


def weather_of(
    morning: Morning, at_second: Seconds, context: TradingContext, rests: Resting, *, known: bool
) -> Weather:
    """Return what holds where bars end at these seconds of the day.

    A context that nobody gave, so that it is not `known`, or one older than a day counts as none.
    """
    opens = int(day_second(morning.hours.open))
    age = (morning.hours.open - context.at).total_seconds() + at_second - opens
    signal, stop, sale = rests
    return Weather(
        at_second=at_second,
        opens=opens,
        closes=int(day_second(morning.hours.close)),
        regime=np.array([[REGIMES.index(morning.regime)]], dtype=np.int8),
        risk_off_level=np.array([[context.risk_off_level]], dtype=np.int8),
        vix_crisis=np.array([[context.vix_crisis]]),
        context_known=(age <= _DAY) & known,
        allowed={s: np.array([[False]]) for s in context.avoid},
        signal_rest=signal,
        stop_rest=stop,
        sale_rest=sale,
    )


def missed(step: Waiting, cell: Cell) -> Missed | None:
    """Return what the bar at `cell` dropped the signal by that waited for it, None if it held."""
    place = (slice(None), *cell)
    failed = step.asked[place] & ~step.passed[place]
    if not failed.any():
        return None
    layer = int(failed.argmax())
    return Missed(
        rule=CONFIRMATION[layer].id,
        value=told(step.value[(layer, *cell)]),
        limit=told(step.limit[(layer, *cell)]),
    )


def told(figure: FloatArray | float) -> float | None:
    """Return a figure as a record keeps it: None where it is unknown or without an end."""
    return float(figure) if np.isfinite(figure) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    """The bars that end in one minute, the last of each stock of `bars`: `columns` of them all."""

    columns: Columns
    bars: SessionBars
    minute: int
    gates: GateTable
    strategies: StrategyTable

    @property
    def second(self) -> int:
        """When the bars end, since midnight KST."""
        return (self.minute + 1) * 60

    def cell(self, place: int) -> Cell:
        """Return where the bar of a stock stands in the whole session."""
        return int(self.bars.count[place]) - 1, int(self.columns[place])


class Scanner:
    """Judges the bars of a session as they close, minute by minute."""

    def __init__(
        self,
        morning: Morning,
        policies: SessionPolicies,
        rests: Rests,
        guests: Guests = NO_GUESTS,
    ) -> None:
        """Begin before the first bar; `rests` is told of every signal."""
        self._morning, self._rests, self._guests = morning, rests, guests
        self._gates, self._strategies = policies.signals, policies.strategies
        self._midnight = datetime.combine(morning.day, time(), KST)
        self._waiting: dict[int, dict[int, str]] = {}
        self._figures = _unknown(_ROWS, len(morning.candidates.codes))

    def judge(
        self, bars: SessionBars, closed: Closed, context: TradingContext, *, known: bool
    ) -> Scanned:
        """Judge the bars that closed, each by what had been known at its end.

        The figures told are those of the bars judged so far, NaN elsewhere. `known` says whether
        anybody gave a macro context. Columns beyond the stocks of the morning are only watched:
        nothing is bought there.
        """
        own = closed.column < len(self._morning.candidates.codes)
        row, column = closed.row[own], closed.column[own]
        minutes = bars.minute[row, column]
        found: list[Given | Settled] = []
        unwritten: list[Unwritten] = []
        for minute in np.unique(minutes).tolist():
            columns = np.sort(column[minutes == minute])
            turn = self._turn(bars, columns, minute, context, known=known)
            said = self._confirmation(turn)
            found.extend(self._found(turn, said))
            unwritten.append(partial(self._sheets, turn, said))
        return Scanned(
            found=tuple(found),
            figures=_each(self._figures, lambda kept: kept[: bars.shape[0]]),
            said=tuple(unwritten),
        )

    def _turn(
        self,
        bars: SessionBars,
        columns: Columns,
        minute: int,
        context: TradingContext,
        *,
        known: bool,
    ) -> _Turn:
        """Ask gates and strategies of the bars of one minute."""
        mine = bars
        if len(columns) < bars.shape[1]:
            mine = _each(bars, lambda kept: kept[:, columns])
        if (mine.minute > minute).any():
            mine = mine.until(minute + 1)
        stocks, figures = _among(self._morning.candidates, columns), latest_figures(mine)
        newest = figures.latest()
        self._keep(newest, mine.count - 1, columns)
        rests = self._rests
        weather = weather_of(
            self._morning,
            np.full((1, len(columns)), (minute + 1) * 60),
            context,
            (rests.signal[columns], rests.stop[columns], rests.sale[columns]),
            known=known,
        )
        heard = self._guests.hear(mine, figures, stocks, weather).latest(mine.count)
        return _Turn(
            columns=columns,
            minute=minute,
            bars=mine,
            gates=judge_figures(newest, stocks, weather, self._gates, heard.gates),
            strategies=judge_latest(
                mine, stocks, weather, self._strategies, figures, guests=heard.strategies
            ),
        )

    def _keep(self, newest: Figures, row: Columns, column: Columns) -> None:
        """Keep the figures of the bars that are judged."""
        if row.max() >= len(self._figures.bars):
            more = ((0, _ROWS), (0, 0))
            self._figures = _each(
                self._figures, lambda kept: np.pad(kept, more, constant_values=np.nan)
            )
        for field in fields(Figures):
            getattr(self._figures, field.name)[row, column] = getattr(newest, field.name)[0]

    def _confirmation(self, turn: _Turn) -> Confirmation | None:
        """Hold these bars against the signals that wait for them, None where none does."""
        needed = self._strategies.confirmation_bars
        places = np.flatnonzero(np.isin(turn.columns, list(self._waiting)))
        if not len(places):
            return None
        near = last_rows(turn.bars, turn.bars.count, needed + 1)
        waiting = np.zeros(near.shape, dtype=np.bool_)
        for place in places:
            given = list(self._waiting[int(turn.columns[place])])
            waiting[:, place] = np.isin(near.minute[:, place], given)
        return confirm(near, waiting, turn.gates.passes(RECHECKED), needed)

    def _found(self, turn: _Turn, said: Confirmation | None) -> Iterator[Given | Settled]:
        """Yield by stock the signal that its bar gives, then what it settles, oldest first."""
        wanted = turn.gates.open[0] & (turn.strategies.chosen[0] != NO_STRATEGY)
        waiting = np.isin(turn.columns, list(self._waiting))
        for place in np.flatnonzero(wanted | waiting).tolist():
            earlier = self._waiting.pop(int(turn.columns[place]), {})
            if wanted[place]:
                yield self._given(turn, place)
            yield from self._settled(turn, place, earlier, said)

    def _given(self, turn: _Turn, place: int) -> Given:
        """Return the signal of a bar; the stock rests from now on."""
        cell, layer = turn.cell(place), turn.strategies.chosen[:, place]
        strategy = turn.strategies.order[int(layer[0])]
        waits = self._strategies.confirmation_bars > 0 and bool(wants_confirmation(layer)[0])
        self._rests.signalled(cell[1], turn.second)
        if waits:
            self._wait(cell[1], turn.minute, strategy)
        return Given(cell=cell, second=turn.second, strategy=strategy, waits=waits)

    def _settled(
        self,
        turn: _Turn,
        place: int,
        earlier: Mapping[int, str],
        said: Confirmation | None,
    ) -> Iterator[Settled]:
        """Yield what a bar made of signals that waited for it; what it held may wait on."""
        cell, needed = turn.cell(place), self._strategies.confirmation_bars
        newest = turn.bars.minute[: cell[0] + 1, place][::-1][: needed + 1].tolist()
        for minute, strategy in sorted(earlier.items()):
            age = newest.index(minute) if minute in newest else 0
            step = said.steps[age - 1] if said is not None and age else None
            if step is None or not step.asked[0, needed, place]:
                # a chart told the bars in between, when they were over
                dropped: Missed | None = Missed(NEXT_MINUTE.id, float(turn.minute - minute), 1.0)
            else:
                dropped = missed(step, (needed, place))
                if dropped is None and age < needed:
                    self._wait(cell[1], minute, strategy)
                    continue
            rule, value, limit = dropped or (None, None, None)
            yield Settled(
                cell=cell,
                second=turn.second,
                strategy=strategy,
                dropped_by=rule,
                value=value,
                limit=limit,
            )

    def _wait(self, column: int, minute: int, strategy: str) -> None:
        self._waiting.setdefault(column, {})[minute] = strategy

    def _sheets(self, turn: _Turn, said: Confirmation | None) -> Iterator[Sheet]:
        codes = [self._morning.candidates.codes[column] for column in turn.columns]
        at = self._midnight + timedelta(seconds=turn.second)
        yield gate_sheet(turn.gates, codes, at=at)
        yield strategy_sheet(turn.strategies, codes, at=at)
        if said is not None:
            yield confirmation_sheet(said, codes, at=at)


def _unknown(rows: int, stocks: int) -> Figures:
    return Figures(**{f.name: np.full((rows, stocks), np.nan) for f in fields(Figures)})


def _each(table: Stocks, change: Callable[[NDArray[Any]], NDArray[Any]]) -> Stocks:
    """Return the table with something done to each of its arrays."""
    return type(table)(**{f.name: change(getattr(table, f.name)) for f in fields(table)})


def _among(stocks: Candidates, columns: Columns) -> Candidates:
    """Return some of the stocks."""
    arrays = {f.name: getattr(stocks, f.name) for f in fields(stocks)}
    picked: dict[str, Any] = {
        name: array[columns] for name, array in arrays.items() if isinstance(array, np.ndarray)
    }
    return replace(
        stocks,
        **picked,
        codes=tuple(stocks.codes[n] for n in columns),
        markets=tuple(stocks.markets[n] for n in columns),
        own={strategy: asked[columns] for strategy, asked in stocks.own.items()},
    )
