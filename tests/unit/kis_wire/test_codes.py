"""Codes lead to our names and back."""

import pytest

from jennie_cli.engine.model import Market, OrderType, Side, StockStatus
from jennie_cli.kis_wire.codes import (
    MARKET_INDEX,
    SIDES,
    STATUS_CODES,
    OrderDivision,
    Sign,
    change_of,
    order_type,
    side_of,
    sign_of,
    status_of,
    vi_active,
)


def test_indices_have_their_codes() -> None:
    """KIS calls KOSPI 0001 and KOSDAQ 1001."""
    assert {Market.KOSPI: "0001", Market.KOSDAQ: "1001"} == dict(MARKET_INDEX)


def test_sides_come_back() -> None:
    """01 sells, 02 buys, with or without the zero; anything else is an error."""
    assert {side: side for side in Side} == {side: side_of(code) for side, code in SIDES.items()}
    assert Side.SELL is side_of("1")
    with pytest.raises(ValueError, match="no side"):
        side_of("03")


def test_order_kinds_with_a_price_are_limits() -> None:
    """A kind that names a price is a limit to us, one that does not a market order."""
    assert OrderType.LIMIT is order_type("00") is order_type("22") is order_type("41")
    assert OrderType.MARKET is order_type("01") is order_type("03") is order_type("06")
    assert not OrderDivision.POST_CLOSE.priced
    with pytest.raises(ValueError, match="99"):
        order_type("99")


@pytest.mark.parametrize(
    ("price", "sign"),
    [
        (130, Sign.UPPER_LIMIT),
        (101, Sign.UP),
        (100, Sign.FLAT),
        (99, Sign.DOWN),
        (70, Sign.LOWER_LIMIT),
    ],
)
def test_a_price_has_its_sign(price: int, sign: Sign) -> None:
    """Limits have signs of their own, unless there are none."""
    assert sign is sign_of(price, base=100, upper=130, lower=70)
    assert Sign.UP is sign_of(130, base=100, upper=0, lower=0)


def test_designations_are_read_back() -> None:
    """Each status leads to a code that leads back, liquidation by its own mark."""
    for status, code in STATUS_CODES.items():
        mark = "Y" if status is StockStatus.LIQUIDATION else "N"
        assert status is status_of(code, liquidation=mark)


def test_the_strongest_designation_holds() -> None:
    """Several marks at once show the one that binds most."""
    everything = {"liquidation": "Y", "alert": "03", "overheated": "Y", "managed": "Y"}
    assert StockStatus.HALTED is status_of("51", halted="Y", **everything)
    assert StockStatus.LIQUIDATION is status_of("59", **everything)
    assert StockStatus.ADMINISTRATIVE is status_of("59", alert="03", managed="Y")
    assert StockStatus.RISK is status_of("59", alert="03")
    assert StockStatus.WARNING is status_of("55", alert="02")
    assert StockStatus.OVERHEATED is status_of("55", overheated="Y")
    assert StockStatus.NORMAL is status_of("54", alert="01")


def test_only_a_named_interruption_runs() -> None:
    """N, 0, blank and (null) mean none; Y and 1 to 3 mean one."""
    assert [False] * 4 == [vi_active(code) for code in ("N", "0", " ", "(null)")]
    assert [True] * 3 == [vi_active(code) for code in ("Y", "1", "3")]


@pytest.mark.parametrize(
    ("code", "told", "change"),
    [("2", 500, 500), ("1", 300, 300), ("5", 500, -500), ("5", -500, -500), ("4", 300, -300)],
)
def test_a_change_takes_its_direction_from_its_code(code: str, told: int, change: int) -> None:
    """KIS writes falls with a minus in some answers and without one in others."""
    assert change == change_of(code, told)


@pytest.mark.parametrize("code", ["3", "0", ""])
def test_no_change_needs_no_direction(code: str) -> None:
    """Before the first trade the code is blank; a change without a direction is refused."""
    assert 0 == change_of(code, 0)
    with pytest.raises(ValueError, match="change 100"):
        change_of(code, 100)


def test_a_fall_that_is_called_a_rise_is_refused() -> None:
    """A base price made of it would be twice the change wrong."""
    with pytest.raises(ValueError, match="sign '2'"):
        change_of("2", -100)
