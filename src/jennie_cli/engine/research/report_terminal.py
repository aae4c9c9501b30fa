"""A report's curve for a terminal, in block characters; never wider than it is told to be."""

from collections.abc import Iterator, Sequence
from unicodedata import combining, east_asian_width

import numpy as np

from jennie_cli.engine.messages import text
from jennie_cli.engine.research.report import BacktestReport
from jennie_cli.engine.research.report_sheets import percent, won

_BLOCKS = " ▁▂▃▄▅▆▇█"
_ROWS = 6
_GAP = 1
_NARROW = 16
"""A drawing of fewer cells is not worth its labels."""


def cells(words: str) -> int:
    """Return how many cells a text takes in a terminal: two for a Korean letter."""
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in words)


def terminal_lines(report: BacktestReport, *, lang: str, width: int) -> tuple[str, ...]:
    """Return the equity as a drawing and how far it lay under its high as one line of depths.

    No line is wider than `width` cells (1 or more). Nothing is drawn without a session.
    """
    curve, capital = report.curve, report.totals.capital
    if not curve.days:
        return ()
    equity = (capital, *curve.equity)
    fall = -np.array((0.0, *curve.drawdown_pct))
    labels = (won(max(equity), lang), won(min(equity), lang), percent(-float(fall.max()), lang))
    beside = max(map(cells, labels))
    room = width - beside - _GAP
    if room < _NARROW:
        beside, room = 0, width
    lines = (
        f"{text('report.equity', lang)}  {curve.days[0]} → {curve.days[-1]}",
        *_labelled(_drawing(equity, room, _ROWS), labels[:2], beside),
        text("report.drawdown", lang),
        *_labelled(_drawing(fall, room, 1, floor=0.0), labels[2:], beside),
    )
    return tuple(_cut(line, width) for line in lines)


def _drawing(
    values: Sequence[float] | np.ndarray[tuple[int], np.dtype[np.float64]],
    room: int,
    rows: int,
    *,
    floor: float | None = None,
) -> tuple[str, ...]:
    """Return bars from the lowest value (or `floor`) up, the last value of each column."""
    levels = np.asarray(values, dtype=np.float64)
    columns = min(room, len(levels))
    ends = np.arange(1, columns + 1) * len(levels) // columns - 1
    low = levels.min() if floor is None else floor
    span = levels.max() - low
    most = rows * (len(_BLOCKS) - 1)
    shares = (levels[ends] - low) / span if span > 0 else np.zeros(columns)
    # the lowest equity still shows a line, no depth at all shows none
    least = 0 if floor is not None else 1
    heights = least + np.rint(shares * (most - least)).astype(np.int64)
    above = np.arange(rows - 1, -1, -1) * (len(_BLOCKS) - 1)
    filled = np.clip(heights - above[:, np.newaxis], 0, len(_BLOCKS) - 1)
    return tuple("".join(_BLOCKS[at] for at in row) for row in filled.tolist())


def _labelled(rows: Sequence[str], labels: Sequence[str], beside: int) -> Iterator[str]:
    """Yield the rows with the first label before the first one and the last before the last."""
    said = {0: labels[0], len(rows) - 1: labels[-1]}
    for at, row in enumerate(rows):
        if not beside:
            yield row.rstrip()
            continue
        label = said.get(at, "")
        yield f"{' ' * (beside - cells(label))}{label}{' ' * _GAP}{row}".rstrip()


def _cut(line: str, width: int) -> str:
    """Return as much of a line as `width` cells hold."""
    while cells(line) > width:
        line = line[:-1]
    return line
