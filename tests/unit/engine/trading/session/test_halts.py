"""What does not trade now, as the exchange tells it and as trades prove otherwise."""

from datetime import datetime, timedelta

import pytest
from tests.unit.engine.exits.cases import CODE, at
from tests.unit.engine.trading.session.monitor_cases import tick

from jennie_cli.engine.feed import MarketEvent, MarketEventKind
from jennie_cli.engine.trading.session.halts import Halts

HALTED_AT = at("11:00:00")


def event(kind: MarketEventKind, code: str = CODE, when: datetime = HALTED_AT) -> MarketEvent:
    """Return what the exchange says."""
    return MarketEvent(kind=kind, code=code, at=when)


def halts(*codes: str) -> tuple[Halts, list[tuple[str, bool]]]:
    """Return who follows the halts, and what others are told of them."""
    told: list[tuple[str, bool]] = []
    return Halts(codes, lambda code, halted: told.append((code, halted))), told


def test_a_halt_and_its_end_are_told() -> None:
    """A stock stands until it is said to trade again."""
    of, told = halts()
    of.hear([event(MarketEventKind.HALTED)])
    assert CODE in of
    of.hear([event(MarketEventKind.RESUMED)])
    assert CODE not in of
    assert [(CODE, True), (CODE, False)] == told


def test_a_stock_halted_before_the_session_stands_until_it_trades() -> None:
    """Nobody tells the end of a halt whose beginning we have not heard."""
    of, told = halts(CODE)
    assert CODE in of
    of.hear([tick(at("13:00:00"), 9_000, regular=False)])
    assert CODE in of
    of.hear([tick(at("13:00:00"), 9_000)])
    assert CODE not in of
    assert [(CODE, True), (CODE, False)] == told


@pytest.mark.parametrize(("after_s", "stands"), [(-1, True), (0, True), (1, False)])
def test_a_trade_from_before_a_halt_does_not_end_it(after_s: int, stands: bool) -> None:
    """It was on its way when the halt came."""
    of, _ = halts()
    trade = tick(HALTED_AT + timedelta(seconds=after_s), 9_000)
    of.hear([event(MarketEventKind.HALTED), trade])
    assert stands is (CODE in of)


def test_trades_do_not_end_the_halt_of_the_market() -> None:
    """The end of a circuit breaker is told, and until then everything stands."""
    of, told = halts()
    of.hear([event(MarketEventKind.CIRCUIT_BREAKER, ""), tick(at("11:30:00"), 9_000)])
    assert of.market
    of.hear([event(MarketEventKind.RESUMED, "")])
    assert not of.market
    assert [("", True), ("", False)] == told
