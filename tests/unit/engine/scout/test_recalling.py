"""Stocks that archived news names: by theme, known by then, and what a run keeps of it."""

import asyncio
from datetime import datetime, timedelta

from tests.unit.engine.scout.builders import random_market, run
from tests.unit.engine.store.shelved import passage, shelved

from jennie_cli.engine.clock import KST
from jennie_cli.engine.model import NewsKind
from jennie_cli.engine.scout import Recalled, explain, recall_candidates
from jennie_cli.engine.store import Passage

NOON = datetime(2026, 3, 4, 12, tzinfo=KST)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def named(*passages: Passage, most: int = 30) -> tuple[Recalled, ...]:
    """Return what is recalled at noon."""
    return asyncio.run(recall_candidates(shelved(passages), as_of=NOON, most=most))


def test_each_theme_names_its_stocks_once() -> None:
    """With the text that did, the best of each theme before the second of any."""
    passages = [
        passage("영업이익 증가로 흑자 전환", NOON - HOUR, code="000001"),
        passage("대규모 공급 계약 체결", NOON - HOUR, code="000002"),
        passage("자사주 소각과 배당 확대", NOON - HOUR, code="000003", kind=NewsKind.FILING),
        passage("공급 계약 또 체결", NOON - DAY, code="000002"),
    ]
    found = named(*passages)
    assert {"000001", "000002", "000003"} == {one.code for one in found}
    assert 3 == len(found)
    by_code = {one.code: one for one in found}
    assert ("earnings", "영업이익 증가로 흑자 전환", "naver", NOON - HOUR) == (
        by_code["000001"].theme,
        by_code["000001"].title,
        by_code["000001"].source,
        by_code["000001"].at,
    )
    assert found[:2] == named(*passages, most=2)


def test_what_was_known_later_names_nobody() -> None:
    """Nor what is old, of the market, without a stock, or without a word of a theme."""
    assert () == named(
        passage("공급 계약 체결", NOON - DAY, code="000001", known_after=2 * DAY),
        passage("공급 계약 체결", NOON - 8 * DAY, code="000001"),
        passage("공급 계약 체결", NOON - DAY, code="000001", kind=NewsKind.MARKET),
        passage("공급 계약 체결", NOON - DAY),
        passage("신입 사원 환영 행사", NOON - DAY, code="000001"),
    )


def hit(code: str) -> Recalled:
    """Return a stock that a text of the morning named."""
    return Recalled(code=code, theme="orders", title="공급 계약", at=NOON, source="naver")


def test_who_is_named_becomes_a_candidate_under_the_same_filters() -> None:
    """With the text in the record of the run; a code that nobody lists is passed over."""
    market = random_market(60).view()
    outside = set(market.bars.codes) - {s.code for s in run(market, universe=5)[0].stocks}
    code = min(outside)
    result, _ = run(market, universe=5, recalled=(hit(code), hit("999999")), recalled_by="words")
    candidate = next(s for s in result.stocks if s.code == code)
    assert ("archived_news",) == candidate.sources
    assert 1 == result.counts["from_archived_news"]
    told = explain(result, code, "ko")["recalled"]
    assert ("orders", "공급 계약") == (told["theme"], told["title"])
    assert "words" == result.settings["recalled_by"]
    assert None is explain(result, result.stocks[0].code, "ko")["recalled"] or code == (
        result.stocks[0].code
    )


def test_an_archive_that_could_not_be_read_is_missing() -> None:
    """And without one nothing is said of it."""
    market = random_market(30).view()
    silent, _ = run(market, recalled=None)
    without, _ = run(market)
    assert ("*", "archived_news") in silent.data_missing
    assert ("*", "archived_news") not in without.data_missing
    assert {"recalled", "recalled_by"}.isdisjoint(without.settings)
    assert "from_archived_news" not in without.counts
