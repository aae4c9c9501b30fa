"""Every broker number that rows and notices told of, and who owns it."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from jennie_cli.engine.execution.numbers import Number, NumberKey, Sighting
from jennie_cli.engine.model import BrokerOrder, Notice, NoticeKind


class Records:
    """The numbers of one account. A number is ours once a call of ours took it."""

    def __init__(self) -> None:
        """Know no number yet. `turn` counts the events taken in: the order of the evidence, which
        a clock that is set back cannot turn round.
        """
        self.turn = 0
        self.numbers: dict[NumberKey, Number] = {}
        self.foreign: set[NumberKey] = set()
        self._owner: dict[NumberKey, str] = {}
        self._unowned: dict[NumberKey, None] = {}
        self._rowed: defaultdict[date, set[str]] = defaultdict(set)

    def number(self, key: NumberKey) -> Number:
        """Return what is known of a number, which is heard of now if never before."""
        if key not in self.numbers:
            self.numbers[key] = Number(key=key, turn=self.turn)
            if key.broker_id:
                self._unowned[key] = None
        return self.numbers[key]

    def see_notice(self, notice: Notice) -> Iterator[NumberKey]:
        """Take in a notice; yield the numbers it tells of."""
        key = key_of(notice)
        self.number(key).see_notice(notice)
        yield key
        if not notice.original_id:
            return
        parent = self.number(NumberKey(key.day, notice.original_id))
        if notice.kind is NoticeKind.MODIFIED:
            parent.children.add(key.broker_id)
        elif notice.kind is NoticeKind.CANCELLED:
            parent.cancels[key.broker_id] = notice.qty
        yield parent.key

    def see_row(self, row: BrokerOrder) -> Iterator[NumberKey]:
        """Take in a row; yield the numbers it tells of."""
        key = NumberKey(row.day, row.broker_id)
        self.number(key).see_row(row)
        self._rowed[row.day].add(row.broker_id)
        yield key
        if row.original_id and not row.cancels:
            parent = self.number(NumberKey(row.day, row.original_id))
            parent.children.add(row.broker_id)
            yield parent.key

    def rowed(self, day: date) -> frozenset[str]:
        """Return the numbers of a day that the broker's records held."""
        return frozenset(self._rowed[day])

    def is_news(self, row: BrokerOrder) -> bool:
        """Whether a row tells more than what is known."""
        number = self.numbers.get(NumberKey(row.day, row.broker_id))
        return number is None or number.is_news(row)

    def is_known(self, notice: Notice) -> bool:
        """Whether a notice like this was taken in before."""
        number = self.numbers.get(key_of(notice))
        return number is not None and number.knows(notice)

    def own(self, key: NumberKey, order_id: str) -> None:
        """Give a number to an order."""
        self._owner[key] = order_id
        self._unowned.pop(key, None)
        self.foreign.discard(key)

    def disown(self, key: NumberKey, order_id: str) -> None:
        """Take a number back from an order that turned out to have another."""
        if self._owner.get(key) == order_id:
            del self._owner[key]
            self._unowned[key] = None

    def owner(self, key: NumberKey) -> str | None:
        """Return the id of the order that owns a number."""
        return self._owner.get(key)

    def loose_days(self) -> set[date]:
        """Return the days with numbers of which it is not known whose they are."""
        return {
            k.day
            for k in self._unowned
            if k not in self.foreign and self.numbers[k].sighting() is not None
        }

    def unowned(self, day: date) -> tuple[Sighting, ...]:
        """Return the numbers of a day that no call explains, oldest first, foreign ones too."""
        found = (self.numbers[k].sighting() for k in self._unowned if k.day == day)
        return tuple(sorted((s for s in found if s is not None), key=lambda s: (s.at, s.key)))


def key_of(notice: Notice) -> NumberKey:
    """Return the number a notice is about."""
    return NumberKey(notice.at.date(), notice.broker_id)
