"""What the archive tells of a stock: by question, known by then, each text once."""

import asyncio
from datetime import datetime, timedelta

from tests.unit.engine.store.shelved import passage, shelved

from jennie_cli.engine.analyst import News, joined, recall
from jennie_cli.engine.clock import KST
from jennie_cli.engine.model import Market, Stock
from jennie_cli.engine.store import Passage

NOON = datetime(2026, 3, 4, 12, tzinfo=KST)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STOCK = Stock(code="005930", name="삼성전자", market=Market.KOSPI, sector_fine="반도체")


def told(*passages: Passage, stock: Stock = STOCK) -> list[str]:
    """Return the titles that are recalled at noon."""
    found = asyncio.run(recall(shelved(passages), stock, as_of=NOON))
    return [news.title for news in found]


def test_texts_of_the_stock_answer_its_questions() -> None:
    """At most five, none of another stock."""
    mine = [passage(f"실적 개선 소식 {n}", NOON - n * HOUR, code="005930") for n in range(9)]
    other = passage("실적 개선 수주 리스크 반도체", NOON - HOUR, code="000660")
    found = told(*mine, other)
    assert (3, True) == (len(found), all(title.startswith("실적") for title in found))
    more = [passage(f"{word} 소식", NOON - HOUR, code="005930") for word in ("수주", "리스크")]
    assert 5 == len(told(*mine, *more))


def test_what_was_known_later_is_not_recalled() -> None:
    """Though it was published before: a run of the past reads what it could have read."""
    late = passage("실적 개선", NOON - DAY, code="005930", known_after=2 * DAY)
    assert [] == told(late)
    assert [] == told(passage("실적 개선", NOON + HOUR, code="005930"))
    assert [] == told(passage("실적 개선", NOON - 8 * DAY, code="005930"))


def test_a_title_is_told_once() -> None:
    """Also where it answers two questions, or came from two houses."""
    one = passage("실적 개선과 대규모 수주", NOON - HOUR, code="005930")
    two = passage("실적 개선과 대규모 수주", NOON - DAY, code="005930")
    assert ["실적 개선과 대규모 수주"] == told(one, two)


def test_texts_that_name_a_stock_stand_in_where_none_is_filed_under_it() -> None:
    """Not those of another code, nor where any is filed."""
    naming = passage("삼성전자 신제품 공개", NOON - HOUR)
    others = passage("삼성전자 협력사 강세", NOON - HOUR, code="000660")
    assert ["삼성전자 신제품 공개"] == told(naming, others)
    mine = passage("리스크 점검", NOON - HOUR, code="005930")
    assert ["리스크 점검"] == told(naming, mine)


def test_a_longer_name_is_another_company() -> None:
    """Its accident is not this one's; a particle makes the name no longer."""
    short = Stock(code="034730", name="SK", market=Market.KOSPI, sector_fine="지주")
    other = passage("SK하이닉스 적자 전환", NOON - HOUR)
    own = passage("SK는 배당을 늘린다", NOON - HOUR)
    assert ["SK는 배당을 늘린다"] == told(other, own, stock=short)


def test_a_stock_without_a_sector_is_asked_about_all_the_same() -> None:
    """No empty question is put."""
    bare = Stock(code="005930", name="삼성전자", market=Market.KOSPI, sector_fine="")
    assert ["수주 공시"] == told(passage("수주 공시", NOON - HOUR, code="005930"), stock=bare)


def test_headlines_fill_up_what_was_recalled() -> None:
    """Each title once, five in all."""
    day = NOON.date()
    first = (News(title="가", day=day), News(title="나", day=day))
    rest = tuple(News(title=title, day=day) for title in "나다라마바")
    assert list("가나다라마") == [news.title for news in joined(first, rest)]
