"""Which reading is believed, and what is said of the others."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.unit.engine.macro.collecting.makers import (
    DAY,
    FULL,
    HOUR,
    NOW,
    item,
    reading,
    stored,
)

from jennie_cli.engine.macro import CollectPolicy
from jennie_cli.engine.macro.collecting import Figure, MacroRecord, Reading, politics_of, standing
from jennie_cli.engine.macro.collecting.judging import Believed, believe, completeness, freshness

POLICY = CollectPolicy()


def judged(*told: Reading, before: MacroRecord | None = None) -> Believed:
    """Return what is believed at eleven."""
    return believe(told, now=NOW, stored=before, policy=POLICY)


def test_the_newest_is_taken() -> None:
    """Whoever told it."""
    found = judged(
        reading("vix", 17.0, ago=2 * HOUR), reading("vix", 19.0, source="yahoo", ago=HOUR)
    )
    assert {"vix": Figure(value=19.0, source="yahoo", as_of=NOW - HOUR)} == found.figures


@pytest.mark.parametrize(("field", "value"), [("usd_krw", 1_400.0), ("global_news_sentiment", 0.1)])
def test_of_two_as_new_a_central_bank_is_taken(field: str, value: float) -> None:
    """FRED and the Bank of Korea first, whatever the order; news are alike."""
    two = (reading(field, value, source="ecos"), reading(field, value + 0.01, source="yahoo"))
    first = "ecos" if field == "usd_krw" else two[0].source
    assert first == judged(*two).figures[field].source
    if field == "usd_krw":
        assert "ecos" == judged(*reversed(two)).figures[field].source


def test_a_kospi_that_no_old_range_knew_is_taken() -> None:
    """6,500 was out of the old system's range; only a leap is refused."""
    before = stored({"kospi_index": 6_100.0})
    assert (
        6_500.0
        == judged(reading("kospi_index", 6_500.0), before=before).figures["kospi_index"].value
    )
    assert 6_500.0 == judged(reading("kospi_index", 6_500.0)).figures["kospi_index"].value


@pytest.mark.parametrize(("value", "taken"), [(1_610.0, True), (1_611.0, False), (1_189.0, False)])
def test_a_leap_is_refused_and_named(value: float, taken: bool) -> None:
    """Up or down by more than 15 percent of the last stored value."""
    found = judged(reading("usd_krw", value), before=stored({"usd_krw": 1_400.0}))
    assert taken is ("usd_krw" in found.figures)
    assert taken is not bool(found.rejected)
    if not taken:
        assert ("rejected", f"usd_krw {value:g} (fred): 1400 before") == (
            found.gaps["usd_krw"].why,
            found.rejected[0],
        )


def test_a_fright_is_no_leap() -> None:
    """The VIX may double in a day: that is what it is for."""
    assert 38.0 == judged(reading("vix", 38.0), before=stored({"vix": 18.0})).figures["vix"].value


def test_two_sources_confirm_a_leap() -> None:
    """A real one is told by everybody; two that differ confirm nothing."""
    before = stored({"usd_krw": 1_400.0})
    one, other = reading("usd_krw", 1_700.0), reading("usd_krw", 1_710.0, source="yahoo")
    assert "usd_krw" in judged(one, other, before=before).figures
    far = reading("usd_krw", 1_900.0, source="yahoo")
    assert {} == judged(one, far, before=before).figures


def test_an_old_value_refuses_nothing() -> None:
    """Else a figure that was missing for long could never come back."""
    before = stored({"usd_krw": 1_400.0}, ago=timedelta(days=8))
    assert "usd_krw" in judged(reading("usd_krw", 1_700.0), before=before).figures


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("fed_rate", 26.0),
        ("fed_rate", -3.0),
        ("kospi_index", 0.0),
        ("kospi_index", -5.0),
        ("kospi_change_pct", -31.0),
        ("vix", float("nan")),
        ("vix", float("inf")),
        ("korea_news_sentiment", 1.5),
    ],
)
def test_what_cannot_be_is_dropped_and_listed(field: str, value: float) -> None:
    """Never clamped."""
    found = judged(reading(field, value))
    assert ({}, "rejected", 1) == (found.figures, found.gaps[field].why, len(found.rejected))


def test_what_is_to_come_is_not_believed() -> None:
    """A host's clock may be ahead by a few minutes, not by an hour."""
    assert {} == judged(reading("vix", 18.0, ago=-HOUR)).figures
    assert "vix" in judged(reading("vix", 18.0, ago=timedelta(minutes=-3))).figures


@pytest.mark.parametrize(
    ("field", "age"),
    [
        ("vix", timedelta(hours=72)),
        ("fed_rate", timedelta(hours=96)),
        ("us_jobless_claims", timedelta(days=14)),
        ("bok_rate", timedelta(days=65)),
        ("us_gdp", timedelta(days=140)),
        ("korea_news_sentiment", timedelta(hours=6)),
    ],
)
def test_every_kind_has_its_age(field: str, age: timedelta) -> None:
    """At its age a figure still stands, a minute later it is blank."""
    assert field in judged(reading(field, 1.0 if field != "vix" else 18.0, ago=age)).figures
    late = judged(reading(field, 0.5 if field != "vix" else 18.0, ago=age + timedelta(minutes=1)))
    assert ({}, "stale") == (late.figures, late.gaps[field].why)


def test_a_figure_nobody_declared_is_left_out() -> None:
    """A source cannot invent a field."""
    assert Believed() == judged(reading("vxx", 30.0))


def figure(ago: timedelta) -> Figure:
    """Return a value of so long ago."""
    return Figure(value=1.0, source="x", as_of=NOW - ago)


def test_freshness_is_the_mean_of_what_changes_by_the_day() -> None:
    """Months are left out, for they are never fresh."""
    figures = {
        "vix": figure(HOUR),
        "usd_krw": figure(6 * HOUR),
        "kospi_index": figure(DAY),
        "kosdaq_index": figure(DAY + HOUR),
        "bok_rate": figure(30 * DAY),
    }
    assert 0.575 == freshness(figures, NOW)
    assert 0.0 == freshness({"bok_rate": figure(DAY)}, NOW)


def test_completeness_counts_seven() -> None:
    """The dollar index stands in for the 10-year yield, and adds nothing to it."""
    whole = {name: figure(HOUR) for name in FULL}
    assert 1.0 == completeness(whole)
    dollar = {**whole, "dxy_index": figure(HOUR)}
    assert 1.0 == completeness(dollar)
    del dollar["treasury_10y"]
    assert 1.0 == completeness(dollar)
    del dollar["dxy_index"]
    assert pytest.approx(6 / 7, abs=1e-4) == completeness(dollar)


def held_at(record: MacroRecord | None, *, after: timedelta) -> MacroRecord | None:
    """Return what still holds so long after eleven; the last session is the day before."""
    since, oldest = (NOW - DAY).date(), 3 * DAY
    return standing(record, NOW + after, since=since, oldest=oldest, policy=POLICY)


def test_an_old_snapshot_tells_nothing() -> None:
    """Its figures would look like today's; nor does one that nobody took."""
    record = stored({"vix": 15.0})
    kept = held_at(record, after=timedelta())
    assert kept is not None
    assert record.figures == kept.figures
    assert held_at(record, after=timedelta(days=3, hours=1)) is None
    assert held_at(None, after=timedelta()) is None


def test_of_a_snapshot_only_what_is_young_enough_holds() -> None:
    """Each figure has its own age, and the change of an index is that of the last session."""
    told = {"vix": 15.0, "bok_rate": 2.5, "kospi_change_pct": 1.0, "kospi_index": 4_000.0}
    record = replace(stored(told), politics=politics_of([item("war")], NOW))
    old = {"odd": Figure(value=1.0, source="x", as_of=NOW)}
    aged = Figure(value=15.0, source="yahoo", as_of=NOW - timedelta(hours=60))
    change = Figure(value=1.0, source="naver", as_of=NOW - 2 * DAY)
    figures = {**record.figures, **old, "vix": aged, "kospi_change_pct": change}
    found = held_at(replace(record, figures=figures), after=timedelta(hours=13))
    assert found is not None
    assert record.politics == found.politics
    assert {"bok_rate", "kospi_index"} == set(found.figures)
    assert ("kospi_change_pct", "odd", "vix") == found.stale
    assert ("stale", "yahoo") == (found.missing["vix"].why, found.missing["vix"].said)
    later = held_at(record, after=timedelta(hours=24))
    assert later is not None
    assert later.politics is None
    assert round(2 / 7, 4) == found.completeness_ratio
