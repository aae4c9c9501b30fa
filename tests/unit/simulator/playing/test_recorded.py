"""Days of minute bars, invented here and real ones where the data folder is at hand."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import InputError
from jennie_cli.engine.model import Market, Side, Stock
from jennie_cli.engine.venue import default_calendar
from jennie_cli.simulator.brokerage import Ticket
from jennie_cli.simulator.playing import MinuteBars, Play, RecordedDays

MON, TUE, THU = date(2025, 9, 1), date(2025, 9, 2), date(2025, 9, 4)
COLUMNS = ("time", "open", "high", "low", "close", "volume")


def bars(*rows: tuple[int, ...]) -> MinuteBars:
    """Return minute bars from rows of time, open, high, low, close, volume."""
    return dict(zip(COLUMNS, np.array(rows).T, strict=True))


TAPE: dict[date, Mapping[str, MinuteBars]] = {
    MON: {
        "000010": bars(
            (900, 10_000, 10_050, 9_990, 10_010, 500), (1530, 10_020, 10_020, 10_020, 10_020, 80)
        ),
        "000020": bars((905, 5_000, 5_000, 5_000, 5_000, 10)),
    },
    TUE: {
        "000010": bars(
            (900, 10_020, 10_020, 10_000, 10_000, 40), (901, 10_000, 10_000, 10_000, 10_000, 0)
        ),
        "000020": bars((900, 9_000, 9_000, 9_000, 9_000, 10)),
    },
    THU: {"000010": bars((900, 8_000, 8_010, 8_000, 8_010, 40))},
    date(2025, 9, 6): {},
}


def tape(**more: Any) -> RecordedDays:
    """Return the tape; its Saturday cannot be played."""
    return RecordedDays(
        list(TAPE), TAPE.__getitem__, seed=3, calendar=default_calendar(), name="test", **more
    )


def test_only_recorded_trading_days_are_played() -> None:
    """A Saturday in the tape is left out; a day without bars is refused."""
    market = tape()
    assert (MON, TUE, THU) == market.days(date(2025, 1, 1), date(2025, 12, 31))
    with pytest.raises(InputError, match="2025-09-03"):
        market.book(date(2025, 9, 3))


def test_the_base_is_the_close_of_the_day_before() -> None:
    """Where that day is missing, it is the first price."""
    market = tape()
    assert [10_000, 5_000] == market.book(MON).base.tolist()
    assert [10_020, 5_000] == market.book(TUE).base.tolist()
    assert [8_000] == market.book(THU).base.tolist()


def test_a_stock_outside_its_limits_trades_without_them() -> None:
    """A jump of 80 % is no error of the tape."""
    assert [False, True] == tape().book(TUE).unlimited.tolist()


def test_names_and_boards_come_from_the_master() -> None:
    """A code without an entry is called by its code."""
    known = {"000010": Stock(code="000010", name="가온", market=Market.KOSDAQ)}
    book = tape(stocks=known).book(MON)
    assert ("가온", "000020") == book.names
    assert (Market.KOSDAQ, Market.KOSPI) == (book.market(0), book.market(1))


def test_a_day_bar_counts_only_minutes_that_traded() -> None:
    """Open to volume come from the minutes with shares."""
    figures = tape().book(MON).bars
    assert [10_000, 10_050, 9_990, 10_020, 580] == [
        figures[n][0] for n in ("open", "high", "low", "close", "volume")
    ]


def test_a_tape_is_played_to_its_last_day() -> None:
    """Days between recorded ones are skipped; after the last one nothing happens any more."""
    play = Play(tape(), start=datetime(2025, 9, 1, 8, 30, tzinfo=KST))
    play.place("1234567801", Ticket(code="000010", side=Side.BUY, qty=5, division="01"))
    play.advance(datetime(2025, 9, 3, 12, 0, tzinfo=KST))
    assert TUE == play.day
    (held,) = play.brokerage.balance("1234567801").holdings
    assert 5 == held.qty
    assert play.indices is None
    play.advance(datetime(2025, 9, 12, 12, 0, tzinfo=KST))
    assert THU == play.day
    assert (None, None) == (play.next_event(), play.next_open())


@pytest.mark.data
def test_real_minutes_are_reproduced_by_the_exchange(market_data: Path) -> None:
    """After the close, open, high, low, close and volume of a real day are on the boards."""
    file = market_data / "minute_bars.parquet"

    def read(day: date) -> Mapping[str, MinuteBars]:
        rows = duckdb.execute(
            "select * from read_parquet(?) where date = ? order by code, time", [str(file), day]
        ).fetchnumpy()
        codes = np.asarray(rows["code"]).astype(str)
        return {
            code: {n: np.asarray(rows[n][codes == code]) for n in COLUMNS}
            for code in np.unique(codes)[:25]
        }

    market = RecordedDays([MON, TUE], read, seed=3, calendar=default_calendar(), name="real")
    play = Play(market, start=datetime(2025, 9, 2, 8, 0, tzinfo=KST))
    play.advance(datetime(2025, 9, 2, 15, 40, tzinfo=KST))
    for at, code in enumerate(play.book.codes):
        board = play.exchange.board(code)
        bar = [int(play.book.bars[n][at]) for n in ("open", "high", "low", "close", "volume")]
        assert bar == [board.open, board.high, board.low, board.last, board.volume], code
