"""The exam of Standing: subclass it in a test module and give `make`."""

from abc import ABC, abstractmethod
from datetime import datetime, timedelta

from jennie_cli.engine.clock import KST
from jennie_cli.engine.store import Ask, Liquidation, Mute, PriceAlert, Standing, Watched, Way

NINE = datetime(2026, 3, 3, 9, 0, 0, 123_456, tzinfo=KST)
WEEK = timedelta(days=7)
WATCHED = Watched(code="005930", name="삼성전자", who="cli", at=NINE)
ALERT = PriceAlert(
    code="005930",
    name="삼성전자",
    price=72_000,
    way=Way.ABOVE,
    who="cli",
    at=NINE,
    until=NINE + WEEK,
)
SOLD = Liquidation(
    code="000660", name="SK하이닉스", who="bot", at=NINE, until=NINE + timedelta(hours=6)
)
MUTE = Mute(who="cli", at=NINE, until=NINE + timedelta(minutes=30))
EVERY: tuple[Ask, ...] = (WATCHED, ALERT, SOLD, MUTE)


def alert(price: int, way: Way = Way.ABOVE, *, days: int = 7) -> PriceAlert:
    """Return an alert on one stock."""
    return PriceAlert(
        code="005930",
        name="삼성전자",
        price=price,
        way=way,
        who="cli",
        at=NINE,
        until=NINE + timedelta(days=days),
    )


class StandingExam(ABC):
    """Numbered questions about what stands. Each test starts empty."""

    @abstractmethod
    def make(self) -> Standing:
        """Return the asks of one account; every call within a test reaches the same."""

    def test_01_nothing_asked_nothing_stands(self) -> None:
        """Asking, putting nothing and taking back what is not there are no failures."""
        assert () == self.make().all()
        self.make().put()
        assert () == self.make().drop(*EVERY, who="cli", at=NINE)

    def test_02_what_was_asked_comes_back_oldest_first(self) -> None:
        """Every kind, to the microsecond, in the order of asking."""
        self.make().put(*EVERY[:2])
        self.make().put(*EVERY[2:])
        assert EVERY == self.make().all()

    def test_03_the_same_thing_asked_again_takes_its_place(self) -> None:
        """The newer one holds, and counts as newest; there is one mute at most."""
        longer = Mute(who="bot", at=NINE, until=NINE + WEEK)
        again = Watched(code="005930", name="삼성전자", who="bot", at=NINE + WEEK)
        self.make().put(*EVERY)
        self.make().put(longer, again)
        assert (ALERT, SOLD, longer, again) == self.make().all()

    def test_04_alerts_differ_by_price_and_way(self) -> None:
        """A stock may have many."""
        four = (alert(72_000), alert(73_000), alert(72_000, Way.BELOW), alert(60_000, Way.BELOW))
        self.make().put(*four)
        self.make().put(alert(73_000, days=1))
        assert (*(a for a in four if a.price != 73_000), alert(73_000, days=1)) == (
            self.make().all()
        )

    def test_05_what_is_taken_back_is_told(self) -> None:
        """Only what was there, and as it was."""
        self.make().put(*EVERY)
        moved = Mute(who="bot", at=NINE + WEEK, until=NINE + 2 * WEEK)
        assert (SOLD, MUTE) == self.make().drop(SOLD, alert(1), moved, who="cli", at=NINE)
        assert (WATCHED, ALERT) == self.make().all()
        assert () == self.make().drop(SOLD, who="cli", at=NINE)

    def test_06_asking_once_more_after_taking_back(self) -> None:
        """Nothing of the first time is left."""
        self.make().put(SOLD)
        self.make().drop(SOLD, who="cli", at=NINE)
        self.make().put(SOLD)
        assert (SOLD,) == self.make().all()
