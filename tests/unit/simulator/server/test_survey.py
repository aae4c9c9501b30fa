"""The whole market at a glance, without a tape of every stock."""

from datetime import datetime, timedelta

import numpy as np
from tests.unit.simulator.server.conftest import OPEN, PRICE, make_play

from jennie_cli.simulator.server.asked import Hall
from jennie_cli.simulator.server.faults import Faults
from jennie_cli.simulator.server.survey import Survey, looked_at, survey


def hall(at: datetime) -> Hall:
    play = make_play(OPEN - timedelta(minutes=30))
    play.advance(at)
    return Hall(play=play, paper=False, faults=Faults(1))


def columns(seen: Survey) -> dict[str, list[int]]:
    return {n: getattr(seen, n).tolist() for n in ("price", "open", "volume", "value")}


def test_before_the_open_every_stock_stands_at_its_base() -> None:
    """Nothing has traded."""
    before = hall(OPEN - timedelta(seconds=1))
    nothing = [0, 0]
    expected = {"price": before.book.base.tolist(), "open": nothing}
    assert expected | {"volume": nothing, "value": nothing} == columns(survey(before))


def test_at_the_close_the_survey_is_what_the_exchange_shows() -> None:
    """But for the value, which a bar does not tell to the won."""
    closed = hall(OPEN.replace(hour=15, minute=31))
    seen = survey(closed)
    exact = looked_at(closed, seen, range(2))
    for name in ("price", "open", "volume"):
        assert getattr(exact, name).tolist() == getattr(seen, name).tolist()
    assert np.allclose(exact.value, seen.value, rtol=0.01)


def test_only_the_stocks_that_are_looked_at_stand_exactly() -> None:
    """The others stay where their bar puts them."""
    running = hall(OPEN + timedelta(minutes=10))
    seen = survey(running)
    one = looked_at(running, seen, [1])
    board = running.play.exchange.board(running.book.codes[1])
    assert (board.last, board.volume) == (one.price[1], one.volume[1])
    assert (seen.price[0], seen.volume[0]) == (one.price[0], one.volume[0])
    assert PRICE <= seen.price[0] <= PRICE + 700
