"""Which price alerts a batch of prices rings."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jennie_cli.engine.messages import LANGS
from jennie_cli.engine.store import PriceAlert, Way
from jennie_cli.engine.trading.alerts import Rung, alert_line, rung, rung_line, way_to
from jennie_cli.testing.standing_exam import NINE, alert

CODE = alert(1).code
OTHER = "000660"


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """A price heard."""

    code: str
    at: datetime
    price: int


def heard(*prices: int, code: str = CODE, start: datetime = NINE) -> list[Price]:
    """Return prices a second apart."""
    return [
        Price(code=code, at=start + timedelta(seconds=n), price=price)
        for n, price in enumerate(prices)
    ]


def told(*alerts: PriceAlert, prices: list[Price]) -> list[tuple[int, int]]:
    """Return the alerts that rang with the prices that rang them."""
    return [(one.alert.price, one.price) for one in rung(alerts, prices)]


def test_an_alert_rings_once_by_its_first_price() -> None:
    """Going beyond, coming back and going again in one batch is one ring."""
    assert [(72_000, 72_100)] == told(
        alert(72_000), prices=heard(71_900, 72_100, 71_000, 73_000, 72_000)
    )


def test_a_price_touched_between_two_looks_rings() -> None:
    """It is enough to have been there, however short."""
    assert [(70_000, 69_900)] == told(
        alert(70_000, Way.BELOW), prices=heard(70_100, 69_900, 70_100)
    )


def test_alerts_ring_in_the_order_heard() -> None:
    """One price may ring several of a stock; others go on waiting."""
    waiting = (alert(73_000), alert(72_000), alert(71_500), alert(90_000), alert(71_000, Way.BELOW))
    assert [(71_500, 71_600), (73_000, 73_000), (72_000, 73_000), (71_000, 70_900)] == told(
        *waiting, prices=heard(71_400, 71_600, 73_000, 70_900)
    )


def test_other_stocks_ring_nothing() -> None:
    """Nor does a batch without a price, nor a desk without alerts."""
    assert [] == told(alert(72_000), prices=heard(80_000, code=OTHER))
    assert [] == told(alert(72_000), prices=[])
    assert [] == told(prices=heard(80_000))


def test_prices_from_before_the_alert_and_after_its_end_ring_nothing() -> None:
    """A late tick is not news; the moment of asking counts, that of the end does not."""
    made = alert(72_000, days=1)
    second = timedelta(seconds=1)
    assert [] == told(made, prices=heard(80_000, start=NINE - second))
    assert [(72_000, 80_000)] == told(made, prices=heard(80_000, start=NINE))
    assert [(72_000, 80_000)] == told(made, prices=heard(80_000, start=made.until - second))
    assert [] == told(made, prices=heard(80_000, start=made.until))


@given(
    st.lists(st.tuples(st.sampled_from(Way), st.integers(1, 9)), unique=True, max_size=6),
    st.lists(st.integers(0, 10), max_size=12),
    st.integers(0, 12),
)
def test_cut_into_batches_the_same_alerts_ring(
    asked: list[tuple[Way, int]], prices: list[int], cut: int
) -> None:
    """With what rang taken back in between, as the session does."""
    alerts = [alert(price, way) for way, price in asked]
    whole = heard(*prices)
    first = rung(alerts, whole[:cut])
    left = [a for a in alerts if a not in {one.alert for one in first}]
    assert rung(alerts, whole) == first + rung(left, whole[cut:])


def test_the_way_is_from_the_price_now_to_the_one_asked_for() -> None:
    """At the price itself there is no way."""
    assert (Way.ABOVE, Way.BELOW, None) == tuple(way_to(p, 100) for p in (101, 99, 100))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("way", Way)
def test_words_name_stock_price_side_and_end(lang: str, way: Way) -> None:
    """Both of the alert that waits and of the one that rang."""
    made = replace(alert(72_000), way=way)
    waits = alert_line(made, lang)
    rang = rung_line(Rung(alert=made, price=72_150, at=NINE), lang)
    for words in ("삼성전자", "005930", "72,000"):
        assert words in waits
        assert words in rang
    assert "03-10 09:00" in waits
    assert "72,150" in rang
    assert "09:00:00" in rang
    side = {"ko": {Way.ABOVE: "이상", Way.BELOW: "이하"}}.get(lang, {way: way.value})[way]
    assert side in waits
    assert side in rang
