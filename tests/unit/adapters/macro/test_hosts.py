"""Each source against a host that speaks its form, and against one that has changed."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.unit.adapters.http.hosting import Answer, Asked, Host, Said, fetcher, hosted
from tests.unit.adapters.macro import pages
from tests.unit.adapters.macro.pages import DAY, KEY, NOW, US_CLOSE, always, as_json, chart, index

from jennie_cli.adapters.macro import (
    EcosSource,
    FinnhubSource,
    FredSource,
    NaverFlowSource,
    NaverIndexSource,
    YahooSource,
)
from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import OutsideError
from jennie_cli.engine.feed import Fetcher
from jennie_cli.engine.macro.collecting import Gathered, MacroSource, Reading, Topic, fields

Make = Callable[[str, Fetcher], MacroSource]


def make_fred(url: str, asking: Fetcher, key: str = KEY) -> MacroSource:
    """Return FRED at an address."""
    return FredSource(url=url, key=key, fetcher=asking)


def make_ecos(url: str, asking: Fetcher, key: str = KEY) -> MacroSource:
    """Return ECOS at an address."""
    return EcosSource(url=url, key=key, fetcher=asking)


def make_finnhub(url: str, asking: Fetcher, key: str = KEY) -> MacroSource:
    """Return Finnhub at an address."""
    return FinnhubSource(url=url, key=key, fetcher=asking)


def make_yahoo(url: str, asking: Fetcher) -> MacroSource:
    """Return Yahoo at an address."""
    return YahooSource(url=url, fetcher=asking)


def make_index(url: str, asking: Fetcher) -> MacroSource:
    """Return Naver's index page at an address."""
    return NaverIndexSource(url=url, fetcher=asking)


def make_flows(url: str, asking: Fetcher) -> MacroSource:
    """Return Naver's page of investors at an address."""
    return NaverFlowSource(url=url, fetcher=asking)


ALL: tuple[Make, ...] = (
    make_fred,
    make_ecos,
    make_finnhub,
    make_yahoo,
    make_index,
    make_flows,
)


def collected(make: Make, answer: Answer) -> tuple[Gathered, Host]:
    """Return what a source gives of a host, and what it asked."""

    async def one(host: Host) -> Gathered:
        asking = fetcher()
        try:
            return await make(host.url, asking).collect(DAY, NOW)
        finally:
            await asking.close()

    with hosted(answer) as host:
        return asyncio.run(one(host)), host


def told(got: Gathered) -> dict[str, float]:
    """Return the figures by field."""
    return {r.field: r.value for r in got.readings}


def as_of(got: Gathered, name: str) -> datetime:
    """Return when a figure was true."""
    return next(r.as_of for r in got.readings if r.field == name)


def test_fred_tells_rates_and_yearly_changes() -> None:
    """A dot is no value; a series that does not reach back a year has no change."""
    got, host = collected(make_fred, pages.fred)
    assert {
        "fed_rate": 4.33,
        "treasury_10y": 4.21,
        "treasury_2y": 3.95,
        "us_cpi_yoy": round((320 / 308 - 1) * 100, 4),
        "us_unemployment": 4.1,
        "us_gdp": 30000.1,
        "us_jobless_claims": 221000.0,
        "vix": 21.5,
    } == told(got)
    assert {"5", "15"} == {a.query["limit"] for a in host.asked}
    assert {"2025-01-28"} == {a.query["observation_start"] for a in host.asked}
    assert {} == dict(got.failed)


def test_fred_dates_a_value_by_the_end_of_what_it_speaks_of() -> None:
    """A US day by its close, a month and a quarter by their last day."""
    got, _ = collected(make_fred, pages.fred)
    assert [
        datetime(2026, 3, 2, 21, tzinfo=UTC),
        datetime(2026, 1, 31, 21, tzinfo=UTC),
        datetime(2025, 12, 31, 21, tzinfo=UTC),
        datetime(2026, 2, 28, 21, tzinfo=UTC),
    ] == [as_of(got, n) for n in ("treasury_10y", "us_cpi_yoy", "us_gdp", "us_jobless_claims")]


def test_a_change_in_a_year_is_over_twelve_months() -> None:
    """Where that month is missing there is none; its neighbour would tell of thirteen."""
    rows = pages.months(DAY.replace(month=1, day=1), 15, 320.0, step=1.0)
    gap = [row for row in rows if row[0] != "2025-01-01"]
    got, _ = collected(make_fred, lambda _: as_json(pages.observations(gap)))
    assert "us_unemployment" in told(got)
    assert told(got).keys().isdisjoint({"us_cpi_yoy", "us_core_cpi_yoy", "us_pce_yoy"})


def test_ecos_is_asked_in_the_form_of_each_cycle() -> None:
    """The host itself insists; what it has nothing of is no failure."""
    got, host = collected(make_ecos, pages.ecos)
    assert {
        "bok_rate": 2.5,
        "usd_krw": 1425.3,
        "korea_cpi_yoy": 2.0,
        "korea_gdp": 583000.0,
    } == told(got)
    assert (
        datetime(2026, 2, 28, 23, 59, 59, tzinfo=KST),
        datetime(2026, 3, 4, 9, tzinfo=KST),
        datetime(2025, 12, 31, 23, 59, 59, tzinfo=KST),
    ) == tuple(as_of(got, n) for n in ("bok_rate", "usd_krw", "korea_gdp"))
    spans = {a.path.split("/")[7]: a.path.split("/")[8:10] for a in host.asked}
    assert {
        "D": ["20260202", "20260304"],
        "M": ["202501", "202603"],
        "Q": ["2023Q4", "2026Q1"],
    } == spans


def test_finnhub_tells_funds_and_headlines() -> None:
    """The VXX is never asked for; a symbol it does not know gives nothing."""
    got, host = collected(make_finnhub, pages.finnhub)
    assert {
        "spy": 650.2,
        "spy_change_pct": -0.5,
        "qqq": 520.0,
        "qqq_change_pct": 0.25,
    } == told(got)
    assert US_CLOSE == as_of(got, "spy")
    assert {"SPY", "QQQ", "EWY"} == {a.query["symbol"] for a in host.asked if "symbol" in a.query}
    assert (18, Topic.GLOBAL, "Stocks rally 0", "Short [31m") == (
        len(got.items),
        got.items[0].topic,
        got.items[0].title,
        got.items[0].summary,
    )


def test_finnhub_without_one_half_gives_the_other() -> None:
    """Quotes without headlines, headlines without quotes."""

    def no_news(asked: Asked) -> Said:
        return Said(status=403) if asked.path.endswith("/news") else pages.finnhub(asked)

    def no_quotes(asked: Asked) -> Said:
        return pages.finnhub(asked) if asked.path.endswith("/news") else Said(status=403)

    quotes, _ = collected(make_finnhub, no_news)
    assert {"spy", "qqq"} <= told(quotes).keys()
    assert "global_news_sentiment" in quotes.failed
    headlines, _ = collected(make_finnhub, no_quotes)
    assert ({}, 18) == (told(headlines), len(headlines.items))
    assert {"spy", "spy_change_pct"} <= headlines.failed.keys()


def test_yahoo_tells_the_vix_itself() -> None:
    """The last close that is there; a symbol that failed costs no other."""
    got, host = collected(make_yahoo, pages.yahoo)
    assert {"vix": 21.25, "dxy_index": 99.75, "usd_krw": 1424.0} == told(got)
    assert {"usd_jpy", "usd_cny", "brent", "gold", "copper"} == got.failed.keys()
    assert {"/%5EVIX", "/DX-Y.NYB"} <= {a.path for a in host.asked}
    assert {("5d", "1d")} == {(a.query["range"], a.query["interval"]) for a in host.asked}
    assert US_CLOSE == as_of(got, "dxy_index")
    # the newest bar has no close yet: what is told is of the one before
    assert datetime(2026, 3, 2, 14, 30, tzinfo=UTC) == as_of(got, "vix")


def test_naver_tells_the_indices() -> None:
    """6,500 points are points like any other; a falling index has a negative change."""
    got, _ = collected(make_index, pages.naver_index)
    assert {
        "kospi_index": 6500.12,
        "kospi_change_pct": 1.23,
        "kosdaq_index": 1011.0,
        "kosdaq_change_pct": -0.75,
    } == told(got)
    assert datetime(2026, 3, 4, 10, 59, 30, tzinfo=KST) == as_of(got, "kospi_index")


def test_naver_tells_who_bought() -> None:
    """By the words above a column and the day of a row; nothing of a later day."""
    got, host = collected(make_flows, pages.flows)
    assert {
        "kospi_foreign_net": 2345.0,
        "kospi_institutional_net": -1100.0,
        "kospi_retail_net": -1234.0,
        "kosdaq_foreign_net": -850.0,
    } == told(got)
    assert NOW == as_of(got, "kospi_foreign_net")
    assert [("20260304", "01"), ("20260304", "02")] == sorted(
        (a.query["bizdate"], a.query["sosok"]) for a in host.asked
    )


def test_two_equal_answers_are_of_neither_board() -> None:
    """A page that does not know the board it is asked for gives its default twice."""
    with pytest.raises(OutsideError, match="one answer for both boards"):
        collected(make_flows, always(pages.flow_page(pages.KOSPI_ROWS)))


def test_one_board_down_gives_the_other() -> None:
    """And names what is missing."""

    def answer(asked: Asked) -> Said:
        return Said(status=500) if asked.query["sosok"] == "02" else pages.flows(asked)

    got, _ = collected(make_flows, answer)
    assert (3, ["kosdaq_foreign_net"]) == (len(got.readings), list(got.failed))


@pytest.mark.parametrize(
    "page",
    [
        pages.flow_page(pages.KOSPI_ROWS, head="<tr><th>날짜</th><th>개인</th></tr>"),
        pages.flow_page(pages.KOSPI_ROWS, head=pages.HEAD.replace("금융투자", "외국인")),
        pages.flow_page(pages.KOSPI_ROWS[:1]),
        pages.flow_page([("26.13.45", "1", "2", "3"), ("26.3.4", "1", "2", "3")]),
        pages.flow_page([("26.03.04", "1", "-", "3")]),
        pages.flow_page([("26.03.04", "1")]),
        b"<html><body>\xc1\xa1\xb0\xcb</body></html>",
        b"<table><tr><td>" * 300,
        b"</table></tr><td colspan=99999999 rowspan=-1>x",
        b"<table><tr><td colspan=" + b"9" * 5_000 + b">x",
        b"<table><tr><td><![foo[x]]>",
    ],
    ids=[
        "head",
        "twice",
        "later",
        "no_day",
        "dash",
        "short",
        "closed",
        "deep",
        "odd",
        "wide",
        "section",
    ],
)
def test_a_page_of_another_form_is_named(page: bytes) -> None:
    """No column is guessed by its place."""
    with pytest.raises(OutsideError, match="is not what it was"):
        collected(make_flows, always(page))


def everything(answer: Said) -> list[tuple[str, str]]:
    """Return what each source says of a host that gives one answer to all."""
    said = []
    for make in ALL:
        with pytest.raises(OutsideError) as caught:
            collected(make, always(answer))
        said.append((make.__name__, caught.value.message))
    return said


@pytest.mark.parametrize(
    "answer",
    [
        Said(body=b"<html>Just a moment...</html>"),
        Said(body=b"[]"),
        Said(body=b"{}"),
        Said(body=b"null"),
        Said(body=b'"text"'),
        Said(body=b"[" * 100_000),
        Said(status=500),
        Said(status=403),
        Said(body=b"\xff\xfe\x00"),
    ],
    ids=["html", "list", "object", "null", "text", "deep", "error", "blocked", "bytes"],
)
def test_a_host_that_has_changed_is_named_and_nothing_invented(answer: Said) -> None:
    """Every source says so, and none shows its key."""
    for _, message in everything(answer):
        assert KEY not in message
        assert "127.0.0.1" in message


NAN = as_json(
    {
        "closePrice": "NaN",
        "fluctuationsRatio": "1",
        "localTradedAt": "2026-03-04T10:59:30+09:00",
    }
)


@pytest.mark.parametrize(
    ("make", "answer"),
    [
        (make_index, NAN),
        (make_index, as_json({**index("1", "1"), "localTradedAt": "now"})),
        (make_index, as_json({**index("1", "1"), "closePrice": True})),
        (make_index, as_json({**index("1", "1"), "closePrice": "1e999"})),
        (make_yahoo, as_json(chart("VXX", (30.0,)))),
        (make_yahoo, as_json({"chart": {"result": [{"meta": {"symbol": None}}]}})),
        (make_fred, as_json({"observations": [{"date": 3, "value": "1"}]})),
        (make_fred, as_json({"observations": [{"date": "2026-99-99", "value": "1"}]})),
        (make_fred, as_json({"observations": [{"date": "9999-12-01", "value": "1"}]})),
        (make_fred, as_json({"observations": [{"date": "0001-01-01", "value": "1"}]})),
        (
            make_ecos,
            as_json({"StatisticSearch": {"row": [{"TIME": "2026Q9", "DATA_VALUE": "1"}]}}),
        ),
        (make_ecos, as_json({"StatisticSearch": {"row": [{"TIME": "abcd", "DATA_VALUE": "1"}]}})),
        (make_ecos, as_json({"RESULT": {"CODE": "ERROR-602", "MESSAGE": "x"}})),
        (make_ecos, as_json({"RESULT": {"CODE": "\x1b[31m", "MESSAGE": "x"}})),
    ],
)
def test_a_figure_of_another_form_is_not_believed(make: Make, answer: Said) -> None:
    """A chart of the VXX is never taken for the VIX."""
    with pytest.raises(OutsideError) as caught:
        collected(make, always(answer))
    assert "\x1b" not in caught.value.message


@pytest.mark.parametrize(
    ("make", "answer", "kind"),
    [
        (make_fred, pages.fred, "HTTP 400"),
        (make_ecos, pages.ecos, "INFO-100"),
        (make_finnhub, pages.finnhub, "HTTP 401"),
    ],
)
def test_a_wrong_key_is_told_without_the_key(make: Any, answer: Answer, kind: str) -> None:
    """Not even a part of it, in the path, the query or the hint."""
    wrong = "wr0ng-k3y-of-mine"

    def with_wrong_key(url: str, asking: Fetcher) -> MacroSource:
        source: MacroSource = make(url, asking, wrong)
        assert wrong not in repr(source)
        return source

    with pytest.raises(OutsideError) as caught:
        collected(with_wrong_key, answer)
    assert kind in caught.value.message
    assert wrong not in f"{caught.value.message}{caught.value.hint}{caught.value!r}"


def test_a_chart_without_a_close_tells_nothing() -> None:
    """An empty chart is no failure and no nought."""
    empty = {"chart": {"result": [{"meta": {"symbol": "^VIX"}}]}}

    def answer(asked: Asked) -> Said:
        return as_json(empty) if "VIX" in asked.path else Said(status=404)

    got, _ = collected(make_yahoo, answer)
    assert ({}, False) == (told(got), "vix" in got.failed)


def test_a_moment_ahead_of_us_is_now() -> None:
    """A host's clock may run ahead; the future is not told."""
    ahead = {**index("5,000", "0"), "localTradedAt": (NOW + timedelta(hours=1)).isoformat()}
    got, _ = collected(make_index, always(as_json(ahead)))
    assert NOW == as_of(got, "kospi_index")


@pytest.mark.parametrize("make", ALL)
def test_every_source_declares_fields_of_the_table(make: Make) -> None:
    """What it can give is what the collection knows."""
    assert make("http://x", fetcher()).fields <= fields().keys()
    assert Reading.__doc__
