"""The golden values of supply and demand, from flow and volume frames."""

import numpy as np
import pytest
from tests.unit.engine.scoring.frames import Array, flat, points, scored, unpublished, with_rows

VOLUME = flat(value=1_000.0)
QUIET = {
    "foreign": flat(value=0.0),
    "institution": flat(value=0.0),
    "individual": flat(value=0.0),
    "foreign_pct": flat(value=20.0),
}


def turning(before: float, recent: float) -> Array:
    """Return flow rows -10..-6 at one level and the last 5 at another."""
    return np.concatenate([flat(150, 0.0), flat(5, before), flat(5, recent)])


@pytest.mark.parametrize(
    ("ratio", "expected"), [(-0.05, 0), (-0.02, 1.5), (0, 2.5), (0.02, 3.5), (0.05, 5), (0.2, 5)]
)
def test_foreign_today(ratio: float, expected: float) -> None:
    """Foreign net buying counts in mean volume of 20 rows."""
    flows = {"foreign": with_rows(flat(value=0.0), {-1: 1_000.0 * ratio})}
    got = points("supply_demand", "foreign", volume=VOLUME, flows=flows)
    assert expected == pytest.approx(got)


@pytest.mark.parametrize(
    ("ratio", "expected"), [(-0.03, 0), (-0.01, 1.0), (0, 1.5), (0.01, 2.0), (0.03, 3)]
)
def test_institution_today(ratio: float, expected: float) -> None:
    """Institutional net buying counts in mean volume of 20 rows."""
    flows = {"institution": with_rows(flat(value=0.0), {-1: 1_000.0 * ratio})}
    got = points("supply_demand", "institution", volume=VOLUME, flows=flows)
    assert expected == pytest.approx(got)


def test_untraded_stock_has_fixed_yardsticks() -> None:
    """Without volume a million foreign and half a million institutional shares are a full step."""
    flows = {
        "foreign": with_rows(flat(value=0.0), {-1: 400_000.0}),
        "institution": with_rows(flat(value=0.0), {-1: -250_000.0}),
    }
    parts = scored(volume=flat(value=0.0), flows=flows).parts["supply_demand"]
    assert pytest.approx(3.5) == parts["foreign"].points[0, 0]
    assert pytest.approx(0.75) == parts["institution"].points[0, 0]


@pytest.mark.parametrize(
    ("before", "recent", "expected"), [(-5, 5, 3), (5, -5, -3), (5, 5, 0), (-5, -5, 0), (0, 5, 0)]
)
def test_reversal(before: float, recent: float, expected: float) -> None:
    """Five rows of foreign selling turned into buying are a buy turn, and the other way round."""
    table = scored(volume=VOLUME, flows=QUIET | {"foreign": turning(before, recent)})
    assert expected == table.parts["supply_demand"]["reversal"].points[0, 0]
    assert expected / 3.0 == table.flow_reversal[0, 0]


def test_reversal_skips_unpublished_rows() -> None:
    """The ten newest published rows count, up to five unpublished ones among them."""
    foreign = with_rows(turning(-5.0, 5.0), {-1: np.nan, -3: np.nan})
    foreign[-12:-10] = -5.0
    assert points("supply_demand", "reversal", flows={"foreign": foreign}) == 3.0


def test_reversal_needs_ten_rows() -> None:
    """Nine published rows leave the reversal missing at 0 points."""
    foreign = turning(-5.0, 5.0)
    foreign[:-9] = np.nan
    table = scored(flows={"foreign": foreign})
    part = table.parts["supply_demand"]["reversal"]
    assert (True, 0.0) == (part.missing[0, 0], part.points[0, 0])
    assert np.isnan(table.flow_reversal[0, 0])


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (-1.1, 0),
        (-1.0, 0),
        (-0.5, 0.75),
        (0, 1.5),
        (0.3, 2),
        (0.31, 2 + 0.03 / 0.7),
        (0.5, 2 + 0.6 / 0.7),
        (1.0, 5),
        (1.01, 5),
    ],
)
def test_foreign_ratio_trend(change: float, expected: float) -> None:
    """The change of the foreign ratio since ratio[-20] scores along the proposed points."""
    ratio = with_rows(flat(value=20.0), {-20: 20.0 - change, -21: 99.0})
    got = points("supply_demand", "foreign_ratio_trend", flows={"foreign_pct": ratio})
    assert expected == pytest.approx(got)


@pytest.mark.parametrize(("gaps", "missing"), [(5, False), (6, True)])
def test_foreign_ratio_needs_twenty_of_25(gaps: int, missing: bool) -> None:
    """Twenty published ratios among 25 rows are enough, nineteen are not."""
    ratio = flat(value=20.0)
    ratio[-10 : -10 + gaps] = np.nan
    ratio[: -20 - min(gaps, 5)] = np.nan
    part = scored(flows={"foreign_pct": ratio}).parts["supply_demand"]["foreign_ratio_trend"]
    assert (missing, 1.0 if missing else 1.5) == (part.missing[0, 0], part.points[0, 0])


@pytest.mark.parametrize(
    ("foreign", "institution", "individual", "expected"),
    [(5, 5, -5, 4), (5, 5, 5, 3), (5, 5, np.nan, 3), (5, -5, -5, 0), (-5, -5, -5, 0)],
)
def test_smart_money_sync(
    foreign: float, institution: float, individual: float, expected: float
) -> None:
    """Foreigners and institutions buying together give 3, with individuals selling 4."""
    flows = {
        "foreign": flat(value=foreign),
        "institution": flat(value=institution),
        "individual": flat(value=individual),
    }
    part = scored(flows=flows).parts["supply_demand"]["smart_money_sync"]
    assert (False, expected) == (part.missing[0, 0], part.points[0, 0])


def test_stale_flow_is_not_today() -> None:
    """The newest published row counts as today's up to five rows later, then no more."""
    flow = with_rows(unpublished(), {-6: 20.0})
    fresh = scored(volume=VOLUME, flows={"foreign": flow}).parts["supply_demand"]["foreign"]
    stale = scored(volume=VOLUME, flows={"foreign": np.roll(flow, -1)}).parts["supply_demand"]
    assert pytest.approx(3.5) == fresh.points[0, 0]
    assert stale["foreign"].missing[0, 0]


def test_published_parts_are_scaled_to_20() -> None:
    """What is not published is left out and the rest counts for all 20 points."""
    flows = {k: v for k, v in QUIET.items() if k in ("foreign", "institution", "individual")}
    table = scored(volume=VOLUME, flows=flows)
    assert pytest.approx(20.0 / 15.0) == table.supply_scale_factor[0, 0]
    assert pytest.approx((2.5 + 1.5) * 20.0 / 15.0) == table.factors["supply_demand"][0, 0]


def test_no_flow_is_the_middle() -> None:
    """Without any flow the factor stands at half of its 20 points and the parts at neutral."""
    table = scored()
    parts = table.parts["supply_demand"].values()
    assert (10.0, 2.0) == (table.factors["supply_demand"][0, 0], table.supply_scale_factor[0, 0])
    assert [2.5, 1.5, 0.0, 1.0, 0.0] == [p.points[0, 0] for p in parts]
    assert all(p.missing[0, 0] for p in parts)


def test_never_below_zero() -> None:
    """A sell turn takes no more than the factor has."""
    flows = {
        "foreign": turning(5_000.0, -5_000.0),
        "institution": flat(value=-5_000.0),
        "individual": flat(value=0.0),
        "foreign_pct": with_rows(flat(value=20.0), {-20: 30.0}),
    }
    assert scored(volume=VOLUME, flows=flows).factors["supply_demand"][0, 0] == 0.0


def test_full_supply_is_reachable() -> None:
    """Everybody who knows buying at once from a turn earns all 20 points."""
    flows = {
        "foreign": turning(-500.0, 500.0),
        "institution": flat(value=500.0),
        "individual": flat(value=-500.0),
        "foreign_pct": with_rows(flat(value=20.0), {-20: 18.0}),
    }
    assert scored(volume=VOLUME, flows=flows).factors["supply_demand"][0, 0] == 20.0
