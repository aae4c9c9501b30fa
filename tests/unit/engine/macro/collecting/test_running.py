"""One collection: sources that fail, the quick scope over what was stored, what is missing."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.unit.engine.macro.collecting.makers import (
    DAY,
    FULL,
    HOUR,
    NOW,
    LateClock,
    Told,
    item,
    reading,
    stored,
)

from jennie_cli.engine.clock import ManualClock
from jennie_cli.engine.errors import OutsideError
from jennie_cli.engine.macro import CollectPolicy
from jennie_cli.engine.macro.collecting import (
    Collection,
    Gap,
    MacroInvalid,
    Plan,
    Scope,
    Topic,
    collect,
    fields,
    politics_of,
)
from jennie_cli.engine.venue import default_calendar

DOWN = OutsideError("fred.example cannot be reached (ConnectError).")


def ran(plan: Plan, *, now: ManualClock | None = None) -> Collection:
    """Return one collection at eleven."""
    return asyncio.run(
        collect(
            plan,
            clock=now or ManualClock(NOW),
            steady=LateClock(NOW),
            calendar=default_calendar(),
            policy=CollectPolicy(),
        )
    )


def told(values: Mapping[str, float], name: str = "fred", ago: timedelta = HOUR) -> Told:
    """Return a source of these figures."""
    return Told(name, [reading(n, v, source=name, ago=ago) for n, v in values.items()])


def without(*names: str) -> dict[str, float]:
    """Return the essentials but these."""
    return {n: v for n, v in FULL.items() if n not in names}


def test_a_full_run_keeps_every_figure_with_its_source() -> None:
    """In the order of the table, with the day and the moment it was taken."""
    source = told(FULL)
    record = ran(Plan(scope=Scope.FULL, sources=[source])).record
    assert (NOW.date(), NOW, Scope.FULL, ("fred",)) == (
        record.day,
        record.at,
        record.scope,
        record.sources,
    )
    assert [n for n in fields() if n in FULL] == list(record.figures)
    assert (1.0, 1.0) == (record.completeness_ratio, record.freshness_ratio)
    assert [(NOW.date(), NOW)] == source.asked


def test_one_source_down_still_gives_a_snapshot() -> None:
    """Completeness drops by what it would have told, and the missing name its figures and why."""
    up, down = (
        told(without("fed_rate", "treasury_10y"), "naver"),
        told({"fed_rate": 4.25, "treasury_10y": 4.2}),
    )
    down.failure = DOWN
    got = ran(Plan(scope=Scope.FULL, sources=[up, down]))
    assert pytest.approx(5 / 7, abs=1e-4) == got.record.completeness_ratio
    why = Gap(why="failed", said="fred: fred.example cannot be reached (ConnectError)")
    assert (why, why) == tuple(got.record.missing[n] for n in ("fed_rate", "treasury_10y"))
    assert [(None, 7), (DOWN.message, 0)] == [(r.failure, r.given) for r in got.reports]


def test_a_silent_source_is_left_out_at_the_ceiling() -> None:
    """The others are not held up by it."""
    silent = Told("finnhub", silent=True, extra=frozenset({"spy"}))
    got = ran(Plan(scope=Scope.FULL, sources=[silent, told(FULL)]))
    assert (True, False) == tuple(r.slow for r in got.reports)
    assert Gap(why="failed", said="finnhub: no answer within 60 s") == got.record.missing["spy"]


def test_every_gap_says_why() -> None:
    """A part that failed, a key that is not there, a source with nothing new, nobody to ask."""
    source = told(FULL)
    source.failed = {"us_cpi_yoy": "HTTP 500"}
    source.extra = frozenset({"us_cpi_yoy", "us_gdp"})
    ready = Plan(
        scope=Scope.FULL,
        sources=[source],
        skipped={"finnhub": ("no_key", frozenset({"spy", "political_risk"}))},
    )
    missing = ran(ready).record.missing
    assert {
        "us_cpi_yoy": Gap(why="failed", said="fred: HTTP 500"),
        "us_gdp": Gap(why="nothing_new", said="fred"),
        "spy": Gap(why="no_key", said="finnhub"),
        "gold": Gap(why="no_source"),
        "political_risk": Gap(why="no_key", said="finnhub"),
    } == {n: missing[n] for n in ("us_cpi_yoy", "us_gdp", "spy", "gold", "political_risk")}


def test_less_than_half_of_what_is_required_is_no_snapshot() -> None:
    """Half is one; the error names what is missing and why."""
    half = told(without("fed_rate", "treasury_10y", "bok_rate"))
    assert 6 == len(ran(Plan(scope=Scope.FULL, sources=[half])).record.figures)
    down = told({"fed_rate": 1.0})
    down.failure = DOWN
    less = told(without("fed_rate", "treasury_10y", "bok_rate", "vix"), "naver")
    keyless = {"ecos": ("no_key", frozenset({"bok_rate"}))}
    with pytest.raises(MacroInvalid) as caught:
        ran(Plan(scope=Scope.FULL, sources=[less, down], skipped=keyless))
    assert (
        "4 of 6 required macro figures are missing (bok_rate, fed_rate, treasury_10y, vix), so "
        "there is no snapshot. ecos: no key; "
        "fred: fred.example cannot be reached (ConnectError)"
    ) == caught.value.message


def test_who_asks_one_source_alone_need_not_know_the_rest() -> None:
    """In an empty home the index has no rates beside it; a source without a figure is nothing."""
    index = told({"kospi_index": 6_500.0}, "naver")
    found = ran(Plan(scope=Scope.QUICK, sources=[index], partial=True)).record
    assert {"kospi_index": 6_500.0} == {n: f.value for n, f in found.figures.items()}
    silent = told({}, "yahoo")
    silent.extra = frozenset({"gold"})
    with pytest.raises(MacroInvalid, match="No source told a figure, so there is no snapshot"):
        ran(Plan(scope=Scope.QUICK, sources=[silent], partial=True))


def test_a_market_that_tells_only_of_itself_is_asked_for_no_more() -> None:
    """What its sources cannot give by nature is missing, and no failure."""
    record = ran(
        Plan(
            scope=Scope.FULL,
            sources=[told({"kospi_index": 5_800.0}, "imported")],
            required=frozenset({"kospi_index"}),
        )
    ).record
    assert (0.1429, Gap(why="no_source")) == (record.completeness_ratio, record.missing["vix"])


def test_a_quick_run_is_laid_over_what_was_stored() -> None:
    """What is newer counts, and what nobody asked for keeps its own moment."""
    before = stored(FULL, ago=3 * HOUR)
    quick = told({"kospi_index": 5_750.0, "kospi_change_pct": -0.9}, "naver", ago=timedelta())
    record = ran(Plan(scope=Scope.QUICK, sources=[quick], stored=before)).record
    assert (5_750.0, NOW) == (
        record.figures["kospi_index"].value,
        record.figures["kospi_index"].as_of,
    )
    assert (18.0, NOW - 3 * HOUR) == (record.figures["vix"].value, record.figures["vix"].as_of)
    assert 1.0 == record.completeness_ratio


def test_an_older_answer_does_not_replace_a_newer_one() -> None:
    """A page that still shows yesterday tells nothing new."""
    before = stored(FULL, ago=HOUR)
    late = told({"kospi_index": 5_700.0}, "naver", ago=DAY)
    record = ran(Plan(scope=Scope.QUICK, sources=[late], stored=before)).record
    assert 5_800.0 == record.figures["kospi_index"].value


def test_a_stored_figure_that_grew_too_old_is_blank() -> None:
    """It is named as stale, unless a new one came; monthly figures live on."""
    before = stored(FULL, ago=timedelta(hours=73), at=NOW - HOUR)
    quick = told(
        {"kospi_index": 5_750.0, "usd_krw": 1_390.0, "vix": 19.0}, "naver", ago=timedelta()
    )
    record = ran(Plan(scope=Scope.QUICK, sources=[quick], stored=before)).record
    assert Gap(why="stale", said="old") == record.missing["kosdaq_index"]
    assert ("kosdaq_index", "kospi_change_pct") == tuple(sorted(record.stale))
    assert {"bok_rate", "fed_rate"} <= record.figures.keys()


def test_an_old_figure_refuses_no_newer_one_that_is_stale_itself() -> None:
    """Both are too old: the figure is blank, and a reading keeps its reason."""
    before = stored(FULL, ago=timedelta(hours=80), at=NOW - HOUR)
    quick = told({"kospi_index": 5_750.0}, "naver", ago=timedelta(hours=75))
    vix = told({"vix": 18.0, "usd_krw": 1_400.0}, "yahoo")
    record = ran(Plan(scope=Scope.QUICK, sources=[quick, vix], stored=before)).record
    assert "stale" == record.missing["kospi_index"].why


def test_a_full_run_stands_on_nothing_stored() -> None:
    """Else a source that is down would not be seen to be."""
    before = stored({**FULL, "gold": 2_900.0})
    record = ran(Plan(scope=Scope.FULL, sources=[told(FULL)], stored=before)).record
    assert "gold" not in record.figures


def test_named_sources_are_laid_over_the_rest() -> None:
    """Only what they would give is asked for; the rest keeps figures and reasons."""
    before = replace(stored(FULL), missing={"spy": Gap(why="no_key", said="finnhub")})
    source = told({"gold": 2_900.0}, "yahoo")
    source.extra = frozenset({"copper"})
    record = ran(Plan(scope=Scope.FULL, sources=[source], stored=before, partial=True)).record
    assert {"gold", "vix"} <= record.figures.keys()
    assert [
        Gap(why="nothing_new", said="yahoo"),
        Gap(why="no_key", said="finnhub"),
        Gap(why="not_asked"),
    ] == [record.missing[n] for n in ("copper", "spy", "wti")]


@pytest.mark.parametrize("ago", [timedelta(days=4), -HOUR])
def test_a_snapshot_of_long_ago_or_of_later_is_not_built_upon(ago: timedelta) -> None:
    """Then a quick run has only what it fetched."""
    before = stored(FULL, ago=HOUR, at=NOW - ago)
    quick = told(without("vix"), "naver")
    record = ran(Plan(scope=Scope.QUICK, sources=[quick], stored=before)).record
    assert "vix" not in record.figures


def test_headlines_become_sentiment_and_risk() -> None:
    """Feeds give headlines, the collection what they sound like."""
    feeds = Told(
        "korea_feeds",
        items=[item("주가 상승", Topic.KOREA), item("Powell speaks")],
        extra=frozenset({"korea_news_sentiment"}),
    )
    record = ran(Plan(scope=Scope.FULL, sources=[told(FULL), feeds])).record
    assert (1.0, "bbc.co.uk") == (
        record.value("korea_news_sentiment"),
        record.figures["korea_news_sentiment"].source,
    )
    assert (30, NOW) == (record.politics and record.politics.score, record.politics_at)
    assert "political_risk" not in record.missing


@pytest.mark.parametrize(("hours", "kept"), [(5, True), (7, False)])
def test_a_quick_run_without_headlines_keeps_the_risk_for_a_while(hours: int, kept: bool) -> None:
    """As long as news live."""
    risk = politics_of([item("Powell speaks")], NOW)
    before = replace(stored(FULL), politics=risk, politics_at=NOW - hours * HOUR)
    record = ran(Plan(scope=Scope.QUICK, sources=[told(FULL)], stored=before)).record
    assert kept is (record.politics is not None)
    assert kept is ("political_risk" not in record.missing)


def test_what_is_refused_is_listed() -> None:
    """And the figure is missing for that."""
    before = stored({"gold": 2_900.0})
    source = told({**FULL, "gold": 9_000.0})
    record = ran(Plan(scope=Scope.FULL, sources=[source], stored=before)).record
    assert ("gold 9000 (fred): 2900 before",) == record.rejected
    assert Gap(why="rejected") == record.missing["gold"]


@pytest.mark.parametrize(("day", "kept"), [(0, True), (8, False)])
def test_a_refused_leap_is_refused_again(day: int, kept: bool) -> None:
    """The value that was believed stays known, until it is too old to judge by."""
    source = told({**FULL, "gold": 9_000.0, "vix": 19.0})
    before = stored({"gold": 2_900.0})
    noon = ran(Plan(scope=Scope.FULL, sources=[source], stored=before)).record
    assert {"gold": before.figures["gold"]} == dict(noon.baseline)
    later = ManualClock(NOW + day * DAY + HOUR)
    again = told({**FULL, "gold": 9_000.0}, ago=-day * DAY)
    evening = replace(noon, at=later.now() - HOUR)
    found = ran(Plan(scope=Scope.FULL, sources=[again], stored=evening), now=later).record
    assert kept is ("gold" in found.baseline)
    assert kept is not ("gold" in found.figures)


def test_a_level_that_is_missing_keeps_its_measure_for_a_week() -> None:
    """Nobody told the gold today; what was believed of it ages out."""
    before = stored({"gold": 2_900.0})
    found = ran(Plan(scope=Scope.FULL, sources=[told(FULL)], stored=before)).record
    assert ["gold"] == list(found.baseline)
    old = replace(before.figures["gold"], as_of=NOW - 8 * DAY)
    aged = replace(before, figures={}, baseline={"gold": old})
    assert {} == ran(Plan(scope=Scope.FULL, sources=[told(FULL)], stored=aged)).record.baseline


def test_a_bug_in_a_source_costs_that_source_alone(caplog: pytest.LogCaptureFixture) -> None:
    """It is named by its kind and told whole in the log."""
    broken = Told("yahoo", failure=TypeError("a defect"), extra=frozenset({"gold"}))
    found = ran(Plan(scope=Scope.FULL, sources=[told(FULL), broken]))
    assert "TypeError" == found.reports[1].failure
    assert Gap(why="failed", said="yahoo: TypeError") == found.record.missing["gold"]
    assert "the macro source yahoo failed" in caplog.messages
