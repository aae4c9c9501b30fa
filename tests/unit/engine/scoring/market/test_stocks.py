"""The master as of a moment, and finding a stock by what a person types."""

import unicodedata
from datetime import date, timedelta

import pytest
from tests.unit.engine.scoring.market import little_market as little

from jennie_cli.engine.errors import AmbiguousStock, UnknownStock
from jennie_cli.engine.model import Market, Stock, StockStatus
from jennie_cli.engine.scoring.market import find_stock, read_stocks
from jennie_cli.engine.store import Dataset, MemoryFacts


def stock(code: str, name: str, *, delisted_on: date | None = None) -> Stock:
    return Stock(code=code, name=name, market=Market.KOSPI, delisted_on=delisted_on)


LISTED = (
    stock("005930", "삼성전자"),
    stock("005935", "삼성전자우"),
    stock("066570", "LG전자"),
    stock("000100", "유한양행", delisted_on=date(2020, 1, 1)),
    stock("000101", "유한양행"),
    stock("00104K", "CJ4우(전환)"),
    stock("111110", "쌍둥이"),
    stock("222220", "쌍둥이"),
)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("005930", "005930"),
        ("삼성전자", "005930"),
        (" 삼성 전자 ", "005930"),
        ("lg전자", "066570"),
        ("00104k", "00104K"),
        (unicodedata.normalize("NFD", "삼성전자"), "005930"),
        ("유한양행", "000101"),
    ],
)
def test_code_or_whole_name_decides(asked: str, code: str) -> None:
    """Case, spaces and Unicode form do not matter; a listed stock comes before a delisted one."""
    assert code == find_stock(LISTED, asked).code


@pytest.mark.parametrize(("asked", "count"), [("쌍둥이", 2), ("삼성", 2), ("전자", 3)])
def test_several_candidates_are_listed(asked: str, count: int) -> None:
    """Twins and parts of names never decide."""
    with pytest.raises(AmbiguousStock) as caught:
        find_stock(LISTED, asked)
    assert count == len(caught.value.candidates)


@pytest.mark.parametrize(
    ("asked", "hint"), [("LG", "066570 LG전자"), ("999999", "six-character"), ("", "six-character")]
)
def test_unknown_stock_says_what_next(asked: str, hint: str) -> None:
    """A single near name is suggested, not taken."""
    with pytest.raises(UnknownStock) as caught:
        find_stock(LISTED, asked)
    assert hint in caught.value.hint


def read(**changed: object) -> Stock:
    facts = MemoryFacts()
    facts.write([little.batch(Dataset.STOCK_MASTER, little.master_rows(**changed))])
    return read_stocks(facts, as_of=little.AS_OF)["005930"]


def test_row_becomes_a_stock_with_its_group() -> None:
    """The label decides the group and the stock says by which source."""
    found = read()
    assert ("삼성전자", Market.KOSPI, "반도체/IT", "naver", little.SHARES) == (
        found.name,
        found.market,
        found.sector_group,
        found.sector_source,
        found.shares,
    )


def test_status_holds_only_from_its_day_on() -> None:
    """A designation made after the moment is not known yet."""
    tomorrow = little.LAST + timedelta(days=1)
    assert read(status="HALTED", status_since=tomorrow).status is StockStatus.NORMAL
    assert read(status="HALTED", status_since=little.LAST).status is StockStatus.HALTED
    assert read(status="HALTED").status is StockStatus.HALTED


def test_delisting_to_come_is_not_known() -> None:
    """A stock delisted later is still listed as of the moment."""
    assert read(delisted_on=little.LAST + timedelta(days=1)).delisted_on is None
    assert read(delisted_on=little.LAST).delisted_on == little.LAST


def test_unknown_label_is_other_without_a_source() -> None:
    """A label no map knows is kept for people and filed under 기타, source none."""
    found = read(sector_fine="새업종")
    assert ("새업종", "기타", "none") == (
        found.sector_fine,
        found.sector_group,
        found.sector_source,
    )


def test_missing_shares_are_none() -> None:
    """An unknown number of shares is not zero shares."""
    assert read(shares=float("nan")).shares is None
