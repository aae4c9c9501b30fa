"""Panels read out of grids: the newest days known, halts carried, the outside of a life NaN."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from jennie_cli.engine.store.columns import epoch
from jennie_cli.engine.store.grid import Array, Grid, Index, held
from jennie_cli.engine.store.panels import BoolArray, DailyPanel, FloatArray, FlowPanel


@dataclass(frozen=True, slots=True, kw_only=True)
class _Window:
    """Rows of a grid between two moments, still as written."""

    fields: Mapping[str, Array]
    held: BoolArray
    carry: Index
    days: Array
    codes: Array


def visible_days(grid: Grid, as_of: datetime) -> Index:
    """Return the indices of the days of which something was known at `as_of`."""
    return np.flatnonzero(grid.known_at <= epoch(as_of))


def daily_panel(grid: Grid, *, as_of: datetime, days: int) -> DailyPanel:
    """Return the newest `days` known days of every stock with a row among them."""
    seen = visible_days(grid, as_of)
    cut = max(len(seen) - max(days, 0), 0)
    earlier, rows = seen[:cut], seen[cut:]
    grid = replace(grid, late=grid.late[grid.late[:, 2] > epoch(as_of)])
    fields = {n: _rows(f, rows) for n, f in grid.fields.items()}
    there = held(fields)
    _hide(there, grid.late, rows)
    picked = np.flatnonzero(there.any(axis=0))
    if len(picked) < len(grid.codes):
        fields = {n: f[:, picked] for n, f in fields.items()}
        there = there[:, picked]
    window = _Window(
        fields=fields,
        held=there,
        carry=_carry(grid, there, picked, earlier),
        days=grid.days[rows],
        codes=grid.codes[picked],
    )
    return _filled(window, as_of)


def flow_panel(grid: Grid, panel: DailyPanel) -> FlowPanel:
    """Return the flows on the axes of `panel`, hiding what its as-of did not know."""
    shape = (len(panel.days), len(panel.codes))
    row, column = _place_days(grid, panel), _place_codes(grid, panel)
    to = np.ix_(row >= 0, column >= 0)
    source = np.ix_(row[row >= 0], column[column >= 0])
    late = grid.late[:0]
    if panel.as_of is not None:
        late = grid.late[grid.late[:, 2] > epoch(panel.as_of)]

    def take(name: str) -> FloatArray:
        out = np.full(shape, np.nan)
        field = grid.fields[name]
        if len(late):
            field = np.array(field)
            field[late[:, 0], late[:, 1]] = np.nan
        out[to] = field[source]
        return out

    return FlowPanel(
        days=panel.days,
        codes=panel.codes,
        foreign=take("foreign_net"),
        institution=take("inst_net"),
        individual=take("indiv_net"),
        foreign_pct=take("foreign_pct"),
    )


def _rows(field: Array, rows: Index) -> Array:
    """Return the rows, by one slice where they are unbroken."""
    if len(rows) and rows[-1] - rows[0] + 1 == len(rows):
        return np.asarray(field[rows[0] : rows[-1] + 1])
    return np.asarray(field[rows])


def _hide(there: BoolArray, late: Index, rows: Index) -> None:
    """Clear the late cells that fall on `rows`."""
    if len(late) and len(rows):
        at = np.minimum(np.searchsorted(rows, late[:, 0]), len(rows) - 1)
        inside = rows[at] == late[:, 0]
        there[at[inside], late[inside, 1]] = False


def _carry(grid: Grid, there: BoolArray, picked: Index, earlier: Index) -> Index:
    """Return for each picked code the close to carry into the window, 0 if it needs none."""
    carry = np.zeros(len(picked), dtype=np.int64)
    if not len(earlier) or not len(picked):
        return carry
    need = np.flatnonzero(~there[0] & (grid.first[picked] <= earlier[-1]))
    if len(need):
        # a stock that paused over the edge of the window is rare, so the whole past is affordable
        past = np.array(grid.fields["close"][earlier][:, picked[need]])
        late = grid.late[np.isin(grid.late[:, 1], picked[need])]
        late[:, 1] = np.searchsorted(picked[need], late[:, 1])
        known = past > 0
        _hide(known, late, earlier)
        last = len(earlier) - 1 - np.argmax(known[::-1], axis=0)
        carry[need] = np.where(known.any(axis=0), past[last, np.arange(len(need))], 0)
    return carry


def _filled(window: _Window, as_of: datetime) -> DailyPanel:
    """Return the panel: carry the last close over halts and gaps, NaN outside each life."""
    raw, there = window.fields, window.held
    steps = np.arange(len(window.days))[:, None]
    last_row = np.maximum.accumulate(np.where(there, steps, -1), axis=0)
    ends = len(window.days) - 1 - np.argmax(there[::-1], axis=0) if len(steps) else window.carry
    alive = ((last_row >= 0) | (window.carry > 0)) & (steps <= ends)
    carried = np.take_along_axis(raw["close"], np.maximum(last_row, 0), axis=0)
    close = np.where(last_row >= 0, carried, window.carry).astype(np.float64)
    close[~alive] = np.nan
    halted = alive & (~there | (raw["open"] == 0))
    still = halted | ~alive
    prices = {n: np.where(still, close, raw[n]) for n in ("open", "high", "low")}
    return DailyPanel(
        days=tuple(window.days.astype(object)),
        codes=tuple(window.codes),
        close=close,
        volume=np.where(still, np.where(alive, 0.0, np.nan), raw["volume"]),
        halted=halted,
        as_of=as_of,
        **prices,
    )


def _place_days(grid: Grid, panel: DailyPanel) -> Index:
    """Return the grid row of each panel day, -1 where there is none or it was not known."""
    if not len(grid.days):
        return np.full(len(panel.days), -1)
    days = np.array(panel.days, dtype="datetime64[D]")
    row = np.minimum(np.searchsorted(grid.days, days), len(grid.days) - 1)
    found = grid.days[row] == days
    if panel.as_of is not None:
        found &= grid.known_at[row] <= epoch(panel.as_of)
    return np.where(found, row, -1)


def _place_codes(grid: Grid, panel: DailyPanel) -> Index:
    """Return the grid column of each panel code, -1 where there is none."""
    place = {v: i for i, v in enumerate(grid.codes)}
    return np.array([place.get(c, -1) for c in panel.codes], dtype=np.int64)
