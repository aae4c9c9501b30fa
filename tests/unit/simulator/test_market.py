"""Same seed, same bytes, however the days were reached; nothing from the future."""

import subprocess
import sys
from collections.abc import Sequence
from datetime import date, datetime, time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from tests.unit.simulator import digest
from tests.unit.simulator.conftest import SEED, Made

from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import InputError
from jennie_cli.engine.store import SCHEMAS, Batch, Dataset
from jennie_cli.engine.venue import Calendar
from jennie_cli.simulator import WORLD_START, GeneratedMarket
from jennie_cli.simulator.roster import build_roster

pytestmark = pytest.mark.slow

STOPS = (date(2025, 6, 27), date(2025, 7, 1), date(2025, 7, 2), date(2025, 7, 18), date(2025, 8, 8))


@pytest.fixture(scope="module")
def market(calendar: Calendar) -> GeneratedMarket:
    """Return a market that nobody has asked yet."""
    return GeneratedMarket(SEED, calendar)


@pytest.fixture(scope="module")
def later(market: GeneratedMarket) -> list[list[Batch]]:
    """Return the days after the start, asked for in four steps."""
    return [list(market.batches_after(a, through=b)) for a, b in pairwise(STOPS)]


def flat(parts: Sequence[Sequence[Batch]]) -> list[Batch]:
    return [batch for part in parts for batch in part]


def same(left: Batch, right: Batch) -> bool:
    return left.dataset is right.dataset and all(
        np.array_equal(left.columns[n], right.columns[n], equal_nan=left.columns[n].dtype == float)
        for n in SCHEMAS[left.dataset].names()
    )


def test_another_process_makes_the_same_bytes(made: Made) -> None:
    """Neither the process nor the order of Python's hashes changes a byte."""
    child = subprocess.run(
        [sys.executable, str(Path(digest.__file__)), str(SEED)],
        env={"PYTHONHASHSEED": "4242"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert digest.digest(made.all) == child.stdout


def test_days_are_the_same_at_once_and_in_steps(
    market: GeneratedMarket, later: list[list[Batch]]
) -> None:
    """A market asked again for days it has passed starts over and gives in one what steps gave."""
    whole = list(market.batches_after(STOPS[0], through=STOPS[-1]))
    steps = flat(later)
    assert len(steps) == len(whole)
    assert all(same(a, b) for a, b in zip(steps, whole, strict=True))


def test_another_seed_is_another_market() -> None:
    """Two seeds share neither names nor sizes."""
    one, other = build_roster(SEED), build_roster(SEED + 1)
    assert len(set(one.name) & set(other.name)) < len(one.name) / 5
    assert not np.array_equal(one.cap, other.cap)


def test_the_history_is_400_days_up_to_the_eve_of_the_start(made: Made) -> None:
    """The newest bar is the last trading day before the world starts."""
    assert len(made.days) == 400
    assert made.days[-1] == date(2025, 6, 27)
    assert datetime(2025, 6, 30, 8, 30, tzinfo=KST) == WORLD_START


def test_every_schema_column_is_there(made: Made, later: list[list[Batch]]) -> None:
    """Each batch holds exactly the columns of its dataset, equally long, from one source."""
    for batch in [*made.all, *flat(later)]:
        assert SCHEMAS[batch.dataset].names() == tuple(batch.columns)
        assert {len(batch)} == {len(v) for v in batch.columns.values()}
        assert set(batch.columns["source"]) <= {"generated"}


def test_keys_are_unique_and_required_values_present(made: Made) -> None:
    """No row repeats a key or lacks a required value."""
    for dataset, batches in made.batches.items():
        schema = SCHEMAS[dataset]
        keys = [k for b in batches for k in zip(*(b.columns[n] for n in schema.key), strict=True)]
        assert len(set(keys)) == len(keys)
        for column in (c for c in schema.columns if c.required and c.kind in {"text", "date"}):
            assert all(v is not None for b in batches for v in b.columns[column.name])


def test_nothing_of_the_history_is_known_after_the_start(made: Made, start: int) -> None:
    """Whoever stands at the start can know every row of the history."""
    assert all(b.columns["known_at"].max() <= start for b in made.all)


def test_a_bar_is_known_at_its_close_and_flows_in_the_evening(
    made: Made, calendar: Calendar
) -> None:
    """A day's bar is known when its session ends, the investor flows at 18:00."""
    for dataset, hour in ((Dataset.DAILY_BARS, None), (Dataset.FLOWS_STOCK, 18)):
        columns = made.columns(dataset)
        for i in range(0, len(columns["date"]), 50_021):
            day = columns["date"][i]
            session = calendar.session(day)
            assert session is not None
            due = session.close if hour is None else datetime.combine(day, time(hour), KST)
            assert due.timestamp() == columns["known_at"][i]


def test_later_rows_are_not_known_before_their_day(
    later: list[list[Batch]], calendar: Calendar
) -> None:
    """What a later step adds about the market could not be known before that step."""
    for before, part in zip(STOPS[:-1], later, strict=True):
        session = calendar.session(before)
        assert session is not None
        for batch in part:
            if batch.dataset is Dataset.HEADLINES:
                assert session.close.timestamp() < batch.columns["known_at"].min()


def test_a_day_inside_the_history_has_no_later_half(calendar: Calendar) -> None:
    """Days inside the history cannot be asked for one by one."""
    market = GeneratedMarket(SEED, calendar)
    with pytest.raises(InputError, match="lies inside"):
        next(market.batches_after(date(2025, 1, 2), through=STOPS[0]))


def test_a_seed_is_not_negative(calendar: Calendar) -> None:
    """A negative seed is refused by name."""
    with pytest.raises(InputError, match="-1"):
        GeneratedMarket(-1, calendar)


def test_a_split_restates_the_past_of_its_stock(made: Made, later: list[list[Batch]]) -> None:
    """After a split the older bars come again, scaled, so that no price gap is left."""
    restated = [b for b in flat(later) if _is_restatement(b)]
    assert restated
    columns = restated[0].columns
    code = columns["code"][0]
    mine = columns["code"] == code
    column = made.codes.index(code)
    old = made.grids["close"][:, column]
    days = {d: i for i, d in enumerate(made.days)}
    ratios = {
        round(old[days[d]] / c)
        for d, c in zip(columns["date"][mine], columns["close"][mine], strict=True)
        if d in days
    }
    assert ratios <= {5, 10}
    assert len(ratios) == 1


def _is_restatement(batch: Batch) -> bool:
    is_bars = batch.dataset is Dataset.DAILY_BARS
    return is_bars and len(set(batch.columns["date"])) > 1
