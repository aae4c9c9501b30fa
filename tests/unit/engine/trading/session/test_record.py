"""What a session writes down."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

import numpy as np

from jennie_cli.engine.clock import KST
from jennie_cli.engine.store import Sheet
from jennie_cli.engine.store.evaluations import Judging
from jennie_cli.engine.trading.session.record import Record

TEN = datetime(2025, 7, 1, 10, tzinfo=KST)


def sheet(number: int) -> Sheet:
    """Return an empty sheet of some minute."""
    none = np.empty((0, 0))
    return Sheet(
        at=TEN + timedelta(minutes=number),
        judging=Judging.GATES,
        codes=(),
        counted=(),
        questions=(),
        deciding=none.astype(np.int16),
        value=none,
        limit=none,
        passed=none.astype(np.bool_),
    )


def test_judgements_are_put_on_sheets_later_and_in_their_order() -> None:
    """Nothing is written while orders wait, some each second, and the rest when it is taken."""
    record, written = Record(), list[int]()

    def write(number: int) -> Iterator[Sheet]:
        written.append(number)
        yield sheet(number)

    record.judged(partial(write, number) for number in range(5))
    assert [] == written
    record.write_down(2)
    assert [0, 1] == written
    taken, _ = record.take()
    assert [0, 1, 2, 3, 4] == written == [(one.at - TEN) // timedelta(minutes=1) for one in taken]
    assert ((), ()) == record.take()
