"""Accounts, flows and headlines belong together, and are late or early as they should be."""

from datetime import date, datetime

import numpy as np
import pytest
from tests.unit.simulator.conftest import Made

from jennie_cli.engine.clock import KST
from jennie_cli.engine.store import Dataset
from jennie_cli.simulator.accounts import published_on, quarter_end, quarter_label, quarter_number


@pytest.mark.parametrize(
    ("day", "label", "end", "published"),
    [
        (date(2022, 1, 1), "2022Q1", date(2022, 3, 31), date(2022, 5, 15)),
        (date(2024, 12, 31), "2024Q4", date(2024, 12, 31), date(2025, 3, 31)),
        (date(2025, 6, 30), "2025Q2", date(2025, 6, 30), date(2025, 8, 14)),
    ],
)
def test_a_quarter_is_published_45_days_after_its_end_and_a_year_90(
    day: date, label: str, end: date, published: date
) -> None:
    """The publication lag is 45 days, for the fourth quarter 90."""
    number = quarter_number(day)
    assert label == quarter_label(number)
    assert end == quarter_end(number)
    assert published == published_on(number)


def test_the_newest_quarter_at_the_start_is_the_first_of_2025(made: Made) -> None:
    """The running quarter is not in the accounts."""
    assert max(made.columns(Dataset.FINANCIALS_QUARTERLY)["quarter"]) == "2025Q1"


def test_no_quarter_is_known_before_its_publication(made: Made) -> None:
    """Each quarter becomes known at 18:00 of its publication day, or on a later listing."""
    quarters = made.columns(Dataset.FINANCIALS_QUARTERLY)
    for label in set(quarters["quarter"]):
        number = (int(label[:4]) - 2022) * 4 + int(label[5]) - 1
        due = datetime.combine(published_on(number), datetime.min.time(), KST)
        known = quarters["known_at"][quarters["quarter"] == label]
        assert int(due.timestamp()) + 18 * 3600 == known.min()


def test_earnings_a_share_return_on_equity_and_margin_agree(made: Made) -> None:
    """EPS is net income over shares, ROE four times it over equity, margin income over revenue."""
    q = made.columns(Dataset.FINANCIALS_QUARTERLY)
    shares = dict(zip(made.codes, made.master("shares"), strict=True))
    held = np.array([shares[c] for c in q["code"]])
    sure = np.abs(q["net_income"]) > 1.0
    assert np.allclose(q["eps"] * held / 1e8, q["net_income"], rtol=0.02, atol=1.0)
    assert np.allclose(
        (400 * q["net_income"] / q["equity"])[sure], q["roe"][sure], rtol=0.03, atol=0.05
    )
    assert np.allclose(100 * q["op_income"] / q["revenue"], q["opm"], rtol=0.02, atol=0.1)


def test_a_year_is_the_sum_of_its_quarters(made: Made) -> None:
    """The annual net income of 2024 is that of its four quarters."""
    q, y = made.columns(Dataset.FINANCIALS_QUARTERLY), made.columns(Dataset.FUNDAMENTALS_ANNUAL)
    whole: dict[str, float] = {}
    in_year = np.array([label[:4] == "2024" for label in q["quarter"]])
    for code, income in zip(q["code"][in_year], q["net_income"][in_year], strict=True):
        whole[code] = whole.get(code, 0.0) + income * 1e8
    mine = y["year"] == 2024
    quarters = np.array([whole[c] for c in y["code"][mine]])
    assert np.allclose(quarters, y["net_income"][mine], rtol=0.01, atol=4e6)


def test_some_companies_make_losses(made: Made) -> None:
    """A loss in the newest quarter is usual but not the rule."""
    q = made.columns(Dataset.FINANCIALS_QUARTERLY)
    newest = q["quarter"] == "2025Q1"
    assert 0.1 < float(np.mean(q["eps"][newest] < 0)) < 0.5


def test_flows_are_shares_that_were_traded(made: Made) -> None:
    """Nobody nets more than the volume, and individuals take about the other side."""
    g = made.grids
    there = np.isfinite(g["close"])
    assert (np.abs(g["foreign_net"]) <= g["volume"])[there].all()
    rest = g["foreign_net"] + g["inst_net"] + g["indiv_net"]
    assert (np.abs(rest) <= 0.1 * g["volume"] + 1)[there].all()


def test_foreign_holding_follows_foreign_buying(made: Made) -> None:
    """The holding moves by net buying over listed shares and stays a percentage."""
    g = made.grids
    kept = ~made.split()
    moved = np.diff(g["foreign_pct"][:, kept], axis=0)
    bought = 100 * g["foreign_net"][1:, kept] / made.master("shares")[kept]
    known = np.isfinite(moved)
    assert float(np.abs(moved - bought)[known].max()) < 0.011
    assert 0.0 <= float(np.nanmin(g["foreign_pct"]))
    assert float(np.nanmax(g["foreign_pct"])) <= 100.0


def correlation(left: np.ndarray, right: np.ndarray) -> float:
    known = np.isfinite(left) & np.isfinite(right)
    return float(np.corrcoef(left[known], right[known])[0, 1])


@pytest.mark.parametrize("side", ["foreign_net", "inst_net"])
def test_buying_leads_prices_a_little(made: Made, side: str) -> None:
    """Today's net buying leans towards tomorrow's return, but only a little."""
    volume = np.where(made.grids["volume"] > 0, made.grids["volume"], np.nan)
    share = (made.grids[side] / volume)[:-1]
    ahead = made.returns()
    share = share / np.nanstd(share, axis=0, keepdims=True).clip(1e-9)
    ahead = ahead / np.nanstd(ahead, axis=0, keepdims=True).clip(1e-9)
    assert 0.03 < correlation(share, ahead) < 0.12


def test_headlines_reach_a_few_percent_of_the_stocks_a_day(made: Made) -> None:
    """Each day has headlines, of a few percent of the stocks, with every tone."""
    news = made.columns(Dataset.HEADLINES)
    share = len(news["id"]) / len(made.days) / np.isfinite(made.grids["close"][-1]).sum()
    assert 0.01 < share < 0.08
    assert {"positive", "mixed", "negative"} == set(news["label"])
    assert 0 <= news["sentiment"].min() < 10
    assert 90 < news["sentiment"].max() <= 100


def test_headlines_appear_after_the_close_of_their_day(made: Made) -> None:
    """Since a headline tells of the day's move, none appears during a session."""
    told = made.columns(Dataset.HEADLINES)["published_at"]
    clock = [datetime.fromtimestamp(int(t), KST) for t in told[::97]]
    days = set(made.days)
    assert all(not (9 <= t.hour < 15) for t in clock if t.date() in days)


def test_news_leads_prices_a_little(made: Made) -> None:
    """A better headline leans towards a better next day."""
    news = made.columns(Dataset.HEADLINES)
    at = {c: i for i, c in enumerate(made.codes)}
    col = np.array([at[c] for c in news["code"]])
    day = {d: i for i, d in enumerate(made.days)}
    on = [datetime.fromtimestamp(int(t), KST).date() for t in news["published_at"]]
    row = np.array([day.get(d, -1) for d in on])
    use = (row >= 0) & (row < len(made.days) - 1)
    ahead = made.returns()[row[use], col[use]]
    assert 0.0 < correlation(news["sentiment"][use], ahead) < 0.2
