"""The exam of Assets: subclass it in a test module and give `make`."""

from abc import ABC, abstractmethod
from dataclasses import replace
from datetime import date, datetime, timedelta

from jennie_cli.engine.briefing import Assets, AssetSnapshot, Realised
from jennie_cli.engine.clock import KST

CLOSE = datetime(2026, 3, 3, 15, 45, 0, 123_456, tzinfo=KST)
EARNED = Realised(realised_pnl=-12_000, fees=900, taxes=1_800, costless_sales=1, realised_at=CLOSE)
WORTH = AssetSnapshot(
    day=CLOSE.date(),
    taken_at=CLOSE,
    total_asset=5_000_000_000,
    settled_cash=4_000_000_000,
    orderable_cash=None,
    stock_value=1_000_000_000,
    unrealised_pnl=-7_000_000,
    position_count=9,
    realised=EARNED,
)


class AssetsExam(ABC):
    """What snapshots must do wherever they are kept."""

    @abstractmethod
    def make(self) -> Assets:
        """Return a book that holds what earlier books of this test were given."""

    def test_a_snapshot_comes_back_whole(self) -> None:
        """Every figure, and the moment to the microsecond."""
        self.make().put(WORTH)
        assert WORTH == self.make().on(WORTH.day)

    def test_a_day_has_one_snapshot(self) -> None:
        """The later one takes the place of the earlier."""
        book, later = self.make(), replace(WORTH, orderable_cash=1, total_asset=2)
        book.put(WORTH)
        book.put(later)
        assert later == self.make().on(WORTH.day)

    def test_settling_changes_what_was_earned_only(self) -> None:
        """Cash, holdings and the moment of the first take stay."""
        self.make().put(WORTH)
        late = replace(EARNED, realised_pnl=55, realised_at=CLOSE + timedelta(hours=3))
        assert self.make().settle(WORTH.day, late)
        assert replace(WORTH, realised=late) == self.make().on(WORTH.day)

    def test_nothing_is_settled_without_a_snapshot(self) -> None:
        """A day that was never taken gets no row of noughts."""
        assert not self.make().settle(WORTH.day, EARNED)
        assert self.make().on(WORTH.day) is None

    def test_the_day_before_is_the_newest_earlier_one(self) -> None:
        """Days without a snapshot are stepped over, the day itself is none of them."""
        book = self.make()
        days = [date(2026, 2, 26), date(2026, 2, 27), WORTH.day]
        for day in (days[1], days[0], days[2]):
            book.put(replace(WORTH, day=day))
        assert [None, *days[:2]] == [found and found.day for found in map(self.make().before, days)]

    def test_the_last_days_come_oldest_first(self) -> None:
        """At most as many as asked for, none after the day."""
        days = [date(2026, 2, 26), date(2026, 2, 27), WORTH.day, date(2026, 3, 4)]
        for day in days:
            self.make().put(replace(WORTH, day=day))
        assert days[1:3] == [row.day for row in self.make().last(WORTH.day, 2)]
        assert () == self.make().last(date(2026, 2, 25), 2)
