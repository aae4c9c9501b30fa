"""The exam of a FactStore: subclass it in a test module and give `make`."""

import math
from abc import ABC, abstractmethod
from datetime import date, datetime, timedelta

import numpy as np

from jennie_cli.engine.store import Batch, Dataset, FactStore, FileRecord, WriteCount
from jennie_cli.testing.rows import bars, batch, flows, moment

_D1, _D2, _D3, _D4 = (date(2025, 6, d) for d in (24, 25, 26, 27))
_LATE = moment(date(2030, 1, 1))


def _sample() -> Batch:
    return bars(
        ("000020", _D1, 100, 110, 90, 105, 10),
        ("000020", _D2, 105, 120, 100, 110, 20),
        ("005930", _D1, 0, 0, 0, 700, 0),
        ("005930", _D2, 710, 720, 700, 715, 30),
    )


class FactsExam(ABC):
    """Questions about writing, reading as of, panels and coverage. Each test starts empty."""

    @abstractmethod
    def make(self) -> FactStore:
        """Return an empty store."""

    def test_writing_the_same_rows_twice_changes_nothing(self) -> None:
        """The second write of a batch counts every row as unchanged."""
        store = self.make()
        assert (self._count(new=4),) == store.write([_sample()])
        assert (self._count(unchanged=4),) == store.write([_sample()])

    def test_counts_are_exact(self) -> None:
        """One new, one changed and one unchanged row are counted as that."""
        store = self.make()
        store.write([_sample()])
        again = bars(
            ("000020", _D1, 100, 110, 90, 105, 10),
            ("000020", _D2, 105, 120, 100, 111, 20),
            ("000030", _D2, 5, 5, 5, 5, 1),
        )
        assert (self._count(new=1, changed=1, unchanged=1),) == store.write([again])

    def test_a_failing_batch_leaves_nothing(self) -> None:
        """When one batch of a call is refused, no batch of it is kept."""
        store = self.make()
        bad = Batch(dataset=Dataset.DAILY_BARS, columns={"code": np.array(["1"], dtype=object)})
        refused = False
        try:
            store.write([_sample(), bad])
        except ValueError:
            refused = True
        assert refused
        assert () == store.coverage()
        assert store.last_day(as_of=_LATE) is None

    def test_missing_never_overwrites_known(self) -> None:
        """A later row without a value leaves the value; one with a value adds it."""
        store = self.make()
        store.write([flows(("000020", _D1, 10.0, math.nan))])
        counts = store.write([flows(("000020", _D1, math.nan, -5.0))])
        assert (1, 0) == (counts[0].changed, counts[0].new)
        rows = store.read(Dataset.FLOWS_STOCK, as_of=_LATE)
        assert [10.0] == rows["foreign_net"].tolist()
        assert [-5.0] == rows["inst_net"].tolist()

    def test_known_at_stays_the_earliest(self) -> None:
        """A correction known later does not hide the row from an earlier reader."""
        store = self.make()
        store.write([bars(("000020", _D1, 1, 1, 1, 1, 1))])
        late = bars(("000020", _D1, 2, 2, 2, 2, 2), known_at=lambda _: moment(_D3))
        store.write([late])
        rows = store.read(Dataset.DAILY_BARS, as_of=moment(_D1))
        assert [2] == rows["close"].tolist()

    def test_reading_is_bounded_by_as_of_codes_and_since(self) -> None:
        """Rows come typed, ordered by key, and only those the reader may and wants to see."""
        store = self.make()
        store.write([_sample()])
        early = store.read(Dataset.DAILY_BARS, as_of=moment(_D1))
        assert [("000020", _D1), ("005930", _D1)] == self._pairs(early)
        one = store.read(Dataset.DAILY_BARS, as_of=_LATE, codes=["005930"], since=_D2)
        assert [("005930", _D2)] == self._pairs(one)
        assert np.dtype("int64") == one["close"].dtype
        assert [] == self._pairs(store.read(Dataset.DAILY_BARS, as_of=_LATE, codes=["999999"]))

    def test_a_moment_bounds_since_where_there_is_no_date(self) -> None:
        """Headlines are bounded by the KST day they were published."""
        store = self.make()
        rows = [("a", int(moment(_D1, 0, 5).timestamp()), None, "t1"), ("b", 1, "000020", "t2")]
        names = ("id", "published_at", "code", "title")
        known = batch(Dataset.HEADLINES, rows, *names, known_at=lambda _: moment(_D1))
        store.write([known])
        read = store.read(Dataset.HEADLINES, as_of=_LATE, since=_D1)
        assert [("a", None, "t1")] == list(
            zip(read["id"], read["code"], read["title"], strict=True)
        )
        assert math.isnan(read["sentiment"][0])
        assert ["t2"] == store.read(Dataset.HEADLINES, as_of=_LATE, codes=["000020"])[
            "title"
        ].tolist()

    def test_panel_carries_halts_and_ends_lives_with_nan(self) -> None:
        """Zeros and gaps inside a life carry the close; before and after it all is NaN."""
        store = self.make()
        store.write([_sample(), bars(("000020", _D4, 120, 121, 119, 120, 7))])
        store.write([bars(("000030", _D3, 5, 6, 4, 5, 1), ("000030", _D4, 5, 5, 5, 5, 2))])
        panel = store.daily(as_of=_LATE, days=10)
        assert (_D1, _D2, _D3, _D4) == panel.days
        assert ("000020", "000030", "005930") == panel.codes
        assert [105, 110, 110, 120] == panel.close[:, 0].tolist()
        assert [False, False, True, False] == panel.halted[:, 0].tolist()
        assert [100, 105, 110, 120] == panel.open[:, 0].tolist()
        assert [10, 20, 0, 7] == panel.volume[:, 0].tolist()
        assert [700, 710] == panel.open[:2, 2].tolist()
        assert [True, False] == panel.halted[:2, 2].tolist()
        for field in (panel.open, panel.high, panel.low, panel.close, panel.volume):
            assert np.isnan(field[:2, 1]).all()
            assert np.isnan(field[2:, 2]).all()

    def test_panel_carries_over_its_own_edge(self) -> None:
        """A pause that began before the window still carries the last close into it."""
        store = self.make()
        store.write([bars(("000020", _D1, 9, 9, 9, 9, 9), ("000020", _D4, 8, 8, 8, 8, 8))])
        store.write([bars(*(("000030", d, 5, 5, 5, 5, 5) for d in (_D1, _D2, _D3, _D4)))])
        panel = store.daily(as_of=_LATE, days=2)
        assert (_D3, _D4) == panel.days
        assert [9, 8] == panel.close[:, 0].tolist()
        before = store.daily(as_of=moment(_D3), days=2)
        assert ("000030",) == before.codes

    def test_panel_hides_what_was_not_yet_known(self) -> None:
        """A bar that became known later than its day is absent before and present after."""
        store = self.make()
        store.write([bars(*(("000030", d, 5, 5, 5, 5, 5) for d in (_D1, _D2, _D3)))])
        store.write([bars(("000020", _D2, 7, 7, 7, 7, 7), known_at=lambda _: moment(_D3))])
        assert ("000030",) == store.daily(as_of=moment(_D2), days=5).codes
        assert ("000020", "000030") == store.daily(as_of=moment(_D3), days=5).codes
        assert store.daily(as_of=moment(_D1) - timedelta(minutes=1), days=5).days == ()

    def test_future_rows_change_no_past_panel(self) -> None:
        """What a reader of yesterday sees is the same after today's rows arrived."""
        store = self.make()
        store.write([_sample()])
        before = store.daily(as_of=moment(_D2), days=5)
        store.write([bars(("000020", _D3, 1, 1, 1, 1, 1), ("000009", _D3, 2, 2, 2, 2, 2))])
        after = store.daily(as_of=moment(_D2), days=5)
        assert (before.days, before.codes) == (after.days, after.codes)
        np.testing.assert_array_equal(before.close, after.close)

    def test_flows_lie_on_the_axes_of_the_panel(self) -> None:
        """Flows are NaN where nothing was published, and hidden until the evening."""
        store = self.make()
        store.write([_sample(), flows(("005930", _D1, 7.0, -3.0), ("005930", _D2, 1.0, 2.0))])
        at_close = store.flows(store.daily(as_of=moment(_D2), days=5))
        assert [7.0] == at_close.foreign[:1, 1].tolist()
        assert np.isnan(at_close.foreign[1, 1])
        assert np.isnan(at_close.foreign[:, 0]).all()
        evening = store.flows(store.daily(as_of=moment(_D2, 18, 0), days=5))
        assert [-3.0, 2.0] == evening.institution[:, 1].tolist()
        assert np.isnan(evening.individual).all()

    def test_last_day_and_coverage(self) -> None:
        """The newest known day and the extent of each dataset are told."""
        store = self.make()
        assert store.last_day(as_of=_LATE) is None
        store.write([_sample()])
        assert _D1 == store.last_day(as_of=moment(_D2) - timedelta(seconds=1))
        assert _D2 == store.last_day(as_of=moment(_D2))
        (row,) = store.coverage()
        assert (Dataset.DAILY_BARS, 4, 2, _D1, _D2) == (
            row.dataset,
            row.rows,
            row.codes,
            row.first,
            row.last,
        )

    def test_minute_bars_are_merged_by_day(self) -> None:
        """Minute bars are kept by code, day and minute, and bounded like all else."""
        store = self.make()
        names = ("code", "date", "time", "open", "high", "low", "close", "volume")

        def minutes(*rows: tuple[object, ...]) -> Batch:
            return batch(Dataset.MINUTE_BARS, rows, *names, known_at=_minute_end)

        first = ("000020", _D1, 901, 1, 1, 1, 1, 1)
        store.write([minutes(first, ("000020", _D2, 900, 2, 2, 2, 2, 2))])
        (count,) = store.write([minutes(first, ("000020", _D1, 900, 3, 3, 3, 3, 3))])
        assert (1, 0, 1) == (count.new, count.changed, count.unchanged)
        rows = store.read(Dataset.MINUTE_BARS, as_of=_LATE)
        assert [900, 901, 900] == rows["time"].tolist()
        assert [900] == store.read(Dataset.MINUTE_BARS, as_of=_LATE, since=_D2)["time"].tolist()
        early = store.read(Dataset.MINUTE_BARS, as_of=moment(_D1, 9, 1))
        assert [900] == early["time"].tolist()
        assert [(3, 1, _D1, _D2)] == [(c.rows, c.codes, c.first, c.last) for c in store.coverage()]

    def test_imported_files_are_remembered(self) -> None:
        """A file's hash, rows and rejections are kept with the rows it brought."""
        store = self.make()
        record = FileRecord(
            name="daily.csv",
            sha256="ab" * 32,
            dataset=Dataset.DAILY_BARS,
            rows=4,
            at=moment(_D2),
            rejected={"duplicate": 2},
        )
        store.write([_sample()], files=[record])
        assert {"ab" * 32: record} == dict(store.imported())

    @staticmethod
    def _count(new: int = 0, changed: int = 0, unchanged: int = 0) -> WriteCount:
        return WriteCount(dataset=Dataset.DAILY_BARS, new=new, changed=changed, unchanged=unchanged)

    @staticmethod
    def _pairs(rows: object) -> list[tuple[str, date]]:
        found = dict(rows)  # type: ignore[call-overload]
        return list(zip(found["code"], found["date"], strict=True))


def _minute_end(row: tuple[object, ...]) -> datetime:
    day, at = row[1], row[2]
    if not isinstance(day, date) or not isinstance(at, int):
        raise TypeError("a minute row is (code, day, HHMM, ...)")
    return moment(day, at // 100, at % 100) + timedelta(minutes=1)
