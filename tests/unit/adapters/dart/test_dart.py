"""The register's list is read page by page; each of its answers has a name, and the key none."""

import asyncio
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.unit.adapters.http.hosting import Answer, Asked, Host, Said, fetcher, hosted
from tests.unit.adapters.news_servers import KEY, Filing, as_json, dart, dart_row, dart_status

from jennie_cli.adapters.dart import DartFilings
from jennie_cli.engine.clock import KST
from jennie_cli.engine.feed import FetchKind, Heard
from jennie_cli.engine.model import Headline, NewsKind

NOW = datetime(2026, 3, 4, 18, 45, tzinfo=KST)
FILING = Filing(
    report="[기재정정]단일판매ㆍ공급계약체결",
    at=datetime(2026, 3, 4, 15, 31, tzinfo=KST),
    number="20260304800123",
    code="900010",
    name="가온전지",
)


def latest(
    host: Host,
    since: datetime = NOW,
    *,
    key: str = KEY,
    codes: Collection[str] = ("900010",),
    **more: Any,
) -> Heard:
    """Return what the register tells."""

    async def one() -> Heard:
        asking = fetcher()
        url = host.url + "/api/list.json"
        source = DartFilings(url=url, key=key, codes=codes, now=lambda: NOW, fetcher=asking, **more)
        try:
            return await source.latest(since)
        finally:
            await asking.close()

    return asyncio.run(one())


def heard(answer: Answer | Said) -> Heard:
    """Return what is heard of a host."""
    with hosted(answer if callable(answer) else lambda _: answer) as host:
        return latest(host)


def many(count: int) -> tuple[Filing, ...]:
    """Return filings of a day."""
    return tuple(replace(FILING, number=f"20260304{n:06d}") for n in range(count))


def test_a_filing_is_told_with_its_day_its_number_and_its_company() -> None:
    """The register tells no hour, so the day's midnight in Korea stands."""
    got = heard(dart([FILING]))
    assert () == got.failures
    assert got.headlines == (
        Headline(
            kind=NewsKind.FILING,
            title="[기재정정]단일판매ㆍ공급계약체결",
            at=datetime(2026, 3, 4, tzinfo=KST),
            source="dart",
            publisher="가온전지",
            url="https://dart.fss.or.kr/dsaf001/main.do?rcpNo=20260304800123",
            code="900010",
            name="가온전지",
        ),
    )


def test_every_kind_and_every_page_is_read_from_the_first_day() -> None:
    """Six kinds; 250 filings of one take three pages."""
    with hosted(dart(many(250))) as host:
        got = latest(host)
    assert 250 == len(got.headlines)
    kinds = [asked.query["pblntf_ty"] for asked in host.asked]
    assert ["A", "B", "C", "D", "E", "I", "I", "I"] == kinds
    assert {("20260304", "20260304", "100")} == {
        (a.query["bgn_de"], a.query["end_de"], a.query["page_count"]) for a in host.asked
    }


def test_only_stocks_of_the_universe_are_kept() -> None:
    """What has no code, or another's, is left out and is no failure."""
    others = (replace(FILING, code="900011"), replace(FILING, code=""), replace(FILING, code=" "))
    got = heard(dart([FILING, *(replace(f, number=f"2026030480000{n}")
                                for n, f in enumerate(others))]))  # fmt: skip
    assert (1, ()) == (len(got.headlines), got.failures)


def test_no_more_than_three_months_are_asked_for() -> None:
    """The register refuses more without a company."""
    with hosted(dart([FILING])) as host:
        latest(host, NOW - timedelta(days=900))
    assert "20251205" == host.asked[0].query["bgn_de"]


def test_a_day_of_too_many_filings_is_said() -> None:
    """What was read stands."""
    with hosted(dart(many(250))) as host:
        got = latest(host, pages=2)
    assert 200 == len(got.headlines)
    assert [FetchKind.TOO_LARGE] == [f.kind for f in got.failures]


@pytest.mark.parametrize(
    ("code", "kind", "asked"),
    [
        ("010", "blocked", 1),
        ("011", "blocked", 1),
        ("012", "blocked", 1),
        ("020", "rate_limited", 1),
        ("100", "bad_request", 6),
        ("800", "server", 6),
        ("900", "server", 6),
        ("777", "server", 6),
    ],
)
def test_every_status_has_its_name(code: str, kind: str, asked: int) -> None:
    """A refusal ends the asking; the register's own words are not repeated."""
    with hosted(lambda _: dart_status(code, "<b>말씀</b>")) as host:
        got = latest(host)
    assert () == got.headlines
    assert {kind} == {f.kind.value for f in got.failures}
    assert asked == len(host.asked) == len(got.failures)
    assert code in got.failures[0].message
    assert "말씀" not in got.failures[0].message


def test_a_day_without_filings_is_no_failure() -> None:
    """013 is an answer."""
    assert Heard() == heard(dart([]))


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (Said(status=429), "rate_limited"),
        (Said(body="<p>서비스 점검 중입니다".encode()), "server"),
        (Said(body=b"<form><input type=password></form>"), "blocked"),
        (Said(body=b"<html></html>"), "layout_changed"),
        (Said(body=b"[" * 90_000), "layout_changed"),
        (as_json([]), "layout_changed"),
        (as_json({"status": 0}), "layout_changed"),
        (as_json({"status": "0' or"}), "layout_changed"),
        (as_json({"status": "000"}), "layout_changed"),
        (as_json({"status": "000", "list": {}, "total_page": 1}), "layout_changed"),
        (as_json({"status": "000", "list": [], "total_page": True}), "layout_changed"),
        (as_json({"status": "000", "list": [3], "total_page": 1}), "layout_changed"),
    ],
)
def test_what_is_no_list_has_its_name(said: Said, kind: str) -> None:
    """Nothing of it becomes a filing."""
    got = heard(said)
    assert () == got.headlines
    assert {kind} == {f.kind.value for f in got.failures}


@pytest.mark.parametrize(
    "change",
    [
        {"stock_code": "가온전지"},
        {"stock_code": 900010},
        {"rcept_no": "20260304"},
        {"rcept_dt": "20260304800123"},
        {"rcept_dt": "20261341"},
        {"rcept_dt": "29990304"},
        {"report_nm": ""},
        {"corp_name": None},
    ],
)
def test_shuffled_fields_give_no_filing(change: dict[str, Any]) -> None:
    """The row is left out and said; were it the only one, the layout has changed."""

    def answer(rows: list[dict[str, Any]]) -> Said:
        return as_json({"status": "000", "total_page": 1, "list": rows})

    good, bad = dart_row(FILING), {**dart_row(FILING), **change}
    assert {"layout_changed"} == {f.kind.value for f in heard(answer([bad])).failures}
    got = heard(answer([good, bad]))
    assert 1 == len(got.headlines)
    assert "1 of 2 filings of kind A could not be read." == got.failures[0].message


def test_the_key_is_in_no_failure() -> None:
    """Neither where it is refused nor where nobody answers."""

    def answer(asked: Asked) -> Said:
        return Said(status=500) if asked.query["pblntf_ty"] == "B" else Said(body=KEY.encode())

    with hosted(answer) as host:
        got = latest(host)
    with hosted(dart([FILING])) as host:
        wrong = latest(host, key="wr0ng-key")
    nowhere = latest(Host("http://127.0.0.1:1"))
    failures = (*got.failures, *wrong.failures, *nowhere.failures)
    assert {"layout_changed", "server", "blocked", "unreachable"} == {
        f.kind.value for f in failures
    }
    said = "".join(f"{f.message}{f.hint}{f!r}" for f in failures)
    assert KEY not in said
    assert "wr0ng-key" not in said
