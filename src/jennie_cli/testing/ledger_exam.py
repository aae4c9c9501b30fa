"""The exam of a Ledger: subclass it in a test module and give `make`."""

from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor

from jennie_cli.engine.store import Flagged, Ledger
from jennie_cli.testing.ledger_events import every_event, order_events


class LedgerExam(ABC):
    """Numbered questions about keeping evidence. Each test starts empty."""

    @abstractmethod
    def make(self) -> Ledger:
        """Return a Ledger; every call within a test reaches the same events."""

    def test_01_an_empty_ledger_tells_nothing(self) -> None:
        """Reading before anything was kept is no failure."""
        assert () == self.make().read()
        assert () == self.make().read(7)

    def test_02_numbers_start_at_one_and_have_no_gaps(self) -> None:
        """Over several appends, and in what append answers."""
        ledger = self.make()
        first = ledger.append(every_event()[:2])
        second = ledger.append(every_event()[2:5])
        assert [1, 2, 3, 4, 5] == [r.number for r in (*first, *second)]
        assert (*first, *second) == ledger.read()

    def test_03_every_kind_of_event_comes_back_as_it_was(self) -> None:
        """Field by field, to the microsecond, Korean words and line ends included."""
        self.make().append(every_event())
        assert every_event() == tuple(r.event for r in self.make().read())

    def test_04_reading_after_a_number_leaves_out_what_was_read(self) -> None:
        """At the start, in the middle, at the end and beyond it."""
        ledger = self.make()
        kept = ledger.append(every_event())
        for after in (0, 1, len(kept) - 1, len(kept), len(kept) + 5):
            assert kept[after:] == ledger.read(after)

    def test_05_nothing_given_nothing_kept(self) -> None:
        """An empty append takes no number."""
        ledger = self.make()
        assert () == ledger.append(())
        assert [1] == [r.number for r in ledger.append(every_event()[:1])]

    def test_06_equal_events_are_kept_as_often_as_they_came(self) -> None:
        """Evidence may come twice; the ledger judges nothing."""
        ledger = self.make()
        ledger.append(every_event()[:1])
        ledger.append(every_event()[:1])
        assert 2 == len(ledger.read())

    def test_07_who_reads_step_by_step_misses_nothing_of_others(self) -> None:
        """Appends of another holder of the ledger are seen from the last number on."""
        mine, other = self.make(), self.make()
        kept = mine.append(every_event()[:3])
        assert kept == other.read()
        more = other.append(every_event()[3:6])
        assert more == mine.read(kept[-1].number)
        assert 7 == mine.append(every_event()[:1])[0].number

    def test_08_threads_append_whole_orders_side_by_side(self) -> None:
        """The events of one append stand together, and none is lost."""
        names = [f"o{n}" for n in range(40)]
        ledgers = [self.make() for _ in range(4)]

        def write(at: int) -> None:
            ledgers[at % 4].append(order_events(names[at], str(at)))

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(write, range(40)))
        events = [r.event for r in self.make().read()]
        stories = [tuple(events[n : n + 4]) for n in range(0, 160, 4)]
        expected = {order_events(name, str(at)) for at, name in enumerate(names)}
        assert (160, expected) == (len(events), set(stories))

    def test_09_the_hold_can_be_entered_again_by_its_process(self) -> None:
        """Also through another holder of the ledger, and appends go on inside it."""
        ledger, other = self.make(), self.make()
        with ledger.exclusive(), other.exclusive(), ledger.exclusive():
            ledger.append(every_event()[:1])
        with other.exclusive():
            assert 1 == len(other.read())

    def test_10_long_words_are_kept_whole(self) -> None:
        """No length is cut."""
        ledger = self.make()
        flag = every_event()[9]
        assert isinstance(flag, Flagged)
        long = Flagged(at=flag.at, order_id=flag.order_id, text="가" * 100_000)
        ledger.append([long])
        assert long == self.make().read()[0].event
