"""Which headlines a stock's case is shown."""

from datetime import date, datetime, timedelta

from jennie_cli.engine.analyst import News, read_headlines
from jennie_cli.engine.clock import KST
from jennie_cli.engine.model import Market, Stock
from jennie_cli.engine.store import Dataset
from jennie_cli.engine.store.memory import MemoryFacts
from jennie_cli.testing.rows import batch

AS_OF = datetime(2025, 6, 30, 8, 30, tzinfo=KST)
STOCKS = (
    Stock(code="000010", name="가온칩스텍", market=Market.KOSDAQ),
    Stock(code="000020", name="두산", market=Market.KOSPI),
)


def told(*rows: tuple[str | None, str, datetime]) -> MemoryFacts:
    """Return a store of headlines by code, title and moment; each is known at its moment."""
    facts = MemoryFacts()
    cells = [(f"{i}", int(at.timestamp()), code, title) for i, (code, title, at) in enumerate(rows)]
    names = ("id", "published_at", "code", "title")
    at = {str(i): moment for i, (_, _, moment) in enumerate(rows)}
    facts.write([batch(Dataset.HEADLINES, cells, *names, known_at=lambda r: at[r[0]])])
    return facts


def before(**ago: float) -> datetime:
    """Return a moment before the run."""
    return AS_OF - timedelta(**ago)


def test_the_newest_five_of_a_week_are_shown() -> None:
    """Newest first, at most five, nothing older than seven days and nothing of the future."""
    rows = [("000010", f"소식 {n}", before(hours=n)) for n in range(1, 8)]
    rows += [
        ("000010", "낡은 소식", before(days=7, hours=3)),
        ("000010", "내일 소식", before(hours=-2)),
    ]
    found = read_headlines(told(*rows), STOCKS, as_of=AS_OF)
    assert [f"소식 {n}" for n in range(1, 6)] == [n.title for n in found["000010"]]


def test_the_same_news_is_told_once() -> None:
    """Titles that agree in eighty letters are one headline, the newest of them."""
    long = "가" * 80
    rows = [("000010", long + tail, before(days=d)) for d, tail in enumerate(("나", "다"), 1)]
    assert {"000010": (News(title=long + "나", day=date(2025, 6, 29)),)} == read_headlines(
        told(*rows), STOCKS, as_of=AS_OF
    )


def test_a_headline_without_a_code_belongs_to_the_stocks_it_names() -> None:
    """A name of two letters is not looked for, and others' headlines are left out."""
    found = read_headlines(
        told(
            (None, "가온칩스텍과 두산, 손잡다", before(days=1)),
            ("000020", "두산 수주", before(days=2)),
            ("999999", "가온칩스텍의 경쟁사", before(days=1)),
            (None, "시장 전반 상승", before(days=1)),
        ),
        STOCKS,
        as_of=AS_OF,
    )
    assert ["가온칩스텍과 두산, 손잡다"] == [n.title for n in found["000010"]]
    assert ["두산 수주"] == [n.title for n in found["000020"]]


def test_the_longest_name_of_all_that_are_listed_is_the_one_named() -> None:
    """News of a stock nobody asks about is not that of one whose name it begins with."""
    facts = told(
        (None, "가온칩스텍홀딩스 소각", before(days=1)),
        (None, "가온칩스텍, 가온칩스텍홀딩스에 납품", before(days=2)),
        (None, "나래전자우 급등", before(days=3)),
    )
    cells = [("000015", "가온칩스텍홀딩스", "KOSPI", "COMMON", "NORMAL")]
    names = ("code", "name", "market", "kind", "status")
    facts.write([batch(Dataset.STOCK_MASTER, cells, *names, known_at=lambda _: before(days=30))])
    others = [
        Stock(code="000030", name="나래전자", market=Market.KOSPI),
        Stock(code="000035", name="나래전자우", market=Market.KOSPI),
    ]
    found = read_headlines(facts, [*STOCKS, *others], as_of=AS_OF)
    assert ["가온칩스텍, 가온칩스텍홀딩스에 납품"] == [n.title for n in found["000010"]]
    assert {"000010", "000035"} == set(found)


def test_without_headlines_nobody_has_any() -> None:
    """An empty store gives no stock a headline."""
    assert {} == read_headlines(MemoryFacts(), STOCKS, as_of=AS_OF)
