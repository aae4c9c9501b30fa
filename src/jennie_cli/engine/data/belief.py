"""One file's rows from raw to believed: typed, checked, dated, with every rejection counted."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.clock import KST
from jennie_cli.engine.data import parsing
from jennie_cli.engine.data.checks import Fault, faults, notes, repeats, sift, unfinished
from jennie_cli.engine.data.finishing import finish
from jennie_cli.engine.data.moments import known_at, quarter_ends
from jennie_cli.engine.data.shapes import Shape, schema_names
from jennie_cli.engine.errors import BadFile
from jennie_cli.engine.feed import RawTable
from jennie_cli.engine.store import SCHEMAS, Batch, Columns, Dataset
from jennie_cli.engine.store.columns import epoch, missing
from jennie_cli.engine.store.merge import factorize
from jennie_cli.engine.venue import Calendar

Array = NDArray[Any]

_DATED_AFTER_THE_FACT = {
    Dataset.HEADLINES,
    Dataset.DISCLOSURES,
    Dataset.CHANNEL_POSTS,
    Dataset.CONSENSUS,
}
"""Tables whose days need not be trading days."""
_LOOSE_CODES = {Dataset.STOCK_MASTER, Dataset.HEADLINES, Dataset.DISCLOSURES}
"""Tables whose codes need not be in the master: it defines them, or the text stands without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a file is checked against; no codes means no master is known and any code goes."""

    calendar: Calendar
    now: datetime
    known_codes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a file's rows."""

    name: str
    sha256: str
    dataset: Dataset
    rows: int
    accepted: int
    rejected: Mapping[str, int]
    notes: Mapping[str, int] = field(default_factory=dict)


def believe(table: RawTable, shape: Shape, context: Context) -> tuple[Batch, Outcome]:
    """Return the rows to keep, and what became of all.

    Raises BadFile where the file as a whole cannot be trusted.
    """
    rejected: Counter[str] = Counter()
    rows = len(next(iter(table.columns.values())))
    columns, doubts = _typed(table, shape)
    columns = finish(shape.dataset, columns, table.columns)
    _refuse_the_future(table.name, shape.dataset, columns, context.now)
    columns = sift(columns, doubts, rejected)
    columns = sift(columns, _out_of_place(shape.dataset, columns, context), rejected)
    columns = sift(columns, faults(shape.dataset, columns), rejected)
    columns = sift(columns, repeats(shape.dataset, columns), rejected)
    columns["known_at"] = known_at(shape.dataset, columns, context.calendar)
    columns = sift(columns, unfinished(shape.dataset, columns, epoch(context.now)), rejected)
    kept = len(columns["known_at"])
    wanted = {c.name for c in SCHEMAS[shape.dataset].columns}
    batch = Batch(
        dataset=shape.dataset,
        columns={
            **{n: v for n, v in columns.items() if n in wanted},
            "known_at": columns["known_at"],
            "source": np.full(kept, _source(table.name), dtype=object),
        },
    )
    outcome = Outcome(
        name=table.name,
        sha256=table.sha256,
        dataset=shape.dataset,
        rows=rows,
        accepted=kept,
        rejected=dict(rejected),
        notes=notes(shape.dataset, columns),
    )
    return batch, outcome


def _source(name: str) -> str:
    return f"file:{name}"[:64]


def _typed(table: RawTable, shape: Shape) -> tuple[dict[str, Array], list[Fault]]:
    """Return the schema's columns of a table, and the rows whose values are none."""
    schema = SCHEMAS[shape.dataset]
    kinds = schema.kinds()
    needed = {c.name for c in schema.columns if c.required}
    columns: dict[str, Array] = {}
    doubts: list[Fault] = []
    for name, own in schema_names(shape, table).items():
        raw = table.columns[own]
        if name == "code":
            columns[name], wrong = parsing.codes(raw, name=table.name)
            if name in needed:
                doubts.append(("bad_code", wrong))
            else:
                columns[name][wrong] = None
            continue
        columns[name], absent, wrong = parsing.parse(kinds[name], raw)
        doubts.append((f"bad_{kinds[name]}", wrong))
        if name in needed:
            doubts.append(("missing_value", absent))
    rows = len(next(iter(table.columns.values())))
    for name, value in shape.constants.items():
        if name not in columns:
            columns[name] = np.full(rows, value, dtype=object)
    return columns, doubts


def _out_of_place(dataset: Dataset, columns: Columns, context: Context) -> Iterator[Fault]:
    """Yield rows of days without trading, of minutes outside it, and of codes nobody knows."""
    if "date" in columns and dataset not in _DATED_AFTER_THE_FACT:
        days, index = factorize(columns["date"])
        closed = [not context.calendar.is_open(d.item()) for d in days]
        yield "off_calendar", np.array(closed, dtype=bool)[index]
    if dataset is Dataset.MINUTE_BARS:
        yield "off_session", _off_session(columns, context.calendar)
    if dataset is Dataset.FINANCIALS_QUARTERLY:
        yield "bad_quarter", np.isnat(quarter_ends(columns["quarter"]))
    if dataset is Dataset.FUNDAMENTALS_ANNUAL:
        yield "bad_date", np.isnat(columns["received_on"])
    if "code" in columns and context.known_codes and dataset not in _LOOSE_CODES:
        codes, index = factorize(columns["code"])
        unknown = [c not in context.known_codes for c in codes]
        yield "unknown_code", np.array(unknown, dtype=bool)[index]


def _off_session(columns: Columns, calendar: Calendar) -> NDArray[np.bool_]:
    """Return minutes that begin before the open or after the closing auction's bar."""
    days, index = factorize(columns["date"])
    sessions = [calendar.session(d.item()) for d in days]
    opens = [s.open.hour * 100 + s.open.minute if s else 2400 for s in sessions]
    closes = [s.close.hour * 100 + s.close.minute if s else 0 for s in sessions]
    time = columns["time"]
    return (time < np.array(opens)[index]) | (time > np.array(closes)[index])


def _refuse_the_future(name: str, dataset: Dataset, columns: Columns, now: datetime) -> None:
    """Raise BadFile when a row is dated after now: such a file was made by mistake."""
    today = np.datetime64(now.astimezone(KST).date())
    newest: date | None = None
    if dataset is Dataset.FINANCIALS_QUARTERLY:
        labels, _ = factorize(columns["quarter"][~missing(columns["quarter"])])
        newest = _newest(quarter_ends(labels), today)
    elif "date" in columns and dataset is not Dataset.TRADING_DAYS:
        newest = _newest(columns["date"], today)
    elif "received_on" in columns:
        newest = _newest(columns["received_on"], today)
    for moment in ("published_at", "disclosed_at", "posted_at"):
        if moment in columns and (columns[moment] > epoch(now)).any():
            newest = datetime.fromtimestamp(int(columns[moment].max()), KST).date()
    if newest:
        raise BadFile(
            f"{name} holds the date {newest}, which is in the future.",
            hint=f"Today is {now.astimezone(KST).date()}; check the file and the clock.",
        )


def _newest(days: Array, today: np.datetime64) -> date | None:
    late = days[days > today]
    newest: date | None = late.max().item() if len(late) else None
    return newest
