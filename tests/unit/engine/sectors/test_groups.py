"""One vocabulary: every label of every source leads to one of the 14 groups."""

import csv
from importlib.resources import files
from pathlib import Path

import duckdb
import pytest

from jennie_cli.engine.sectors import FINE, GROUPS, OTHER, group_of, place

MAPS = ("industry_fine.csv", "krx_sector.csv", "sector_overrides.csv")


def rows_of(table: str) -> list[dict[str, str]]:
    text = files("jennie_cli.engine.sectors").joinpath(table).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def test_vocabulary_is_79_fine_names_in_14_groups() -> None:
    """The table defines exactly 79 different fine names and 14 groups."""
    rows = rows_of("naver_sectors.csv")
    assert (79, 79) == (len(rows), len({r["fine"] for r in rows}))
    assert tuple(dict.fromkeys(r["coarse"] for r in rows)) == GROUPS
    assert len(GROUPS) == 14


def test_every_fine_name_is_mapped() -> None:
    """A Naver name resolves to the group of its row, names with commas included."""
    assert {r["fine"]: r["coarse"] for r in rows_of("naver_sectors.csv")} == dict(FINE)
    assert group_of("섬유,의류,신발,호화품", "naver") == "유통/소비재"


@pytest.mark.parametrize("table", MAPS)
def test_maps_speak_one_vocabulary(table: str) -> None:
    """No map names a group outside the 14, none decides a key twice, and each row says why."""
    rows = rows_of(table)
    key = next(iter(rows[0]))
    assert set() == {r["group"] for r in rows} - set(GROUPS)
    assert len(rows) == len({r[key] for r in rows})
    assert all(all(r.values()) for r in rows)


def test_industry_map_covers_62_labels() -> None:
    """The reviewed map has one row for each of the 62 industry labels."""
    assert len(rows_of("industry_fine.csv")) == 62


@pytest.mark.parametrize(
    ("fine", "source", "code", "group"),
    [
        ("반도체와반도체장비", "naver", "005930", "반도체/IT"),
        ("반도체 및 관련장비", "industry_fine", "005930", "반도체/IT"),
        ("전기제품", "naver", "", "2차전지/에너지"),
        ("전기장비", "naver", "", "조선/기계"),
        ("음식료·담배", "krx_sector", "005300", "음식료/농업"),
        ("복합 산업", "industry_fine", "000880", "방산/우주"),
        ("복합기업", "naver", "000880", "방산/우주"),
        ("전자 장비 및 기기", "industry_fine", "373220", "2차전지/에너지"),
        ("복합기업", "generated", "000880", "기타"),
    ],
)
def test_group_of_known_labels(fine: str, source: str, code: str, group: str) -> None:
    """Labels lead to their group, overrides win, and invented codes know no override."""
    assert group == group_of(fine, source, code)


@pytest.mark.parametrize(
    ("fine", "source"), [("새업종", "naver"), (None, "none"), ("화학", "nobody"), ("", "naver")]
)
def test_unknown_label_is_other_and_said_to_be_unknown(fine: str | None, source: str) -> None:
    """A label no map knows becomes 기타 and is told apart from a stock filed under 기타."""
    assert (OTHER, False) == (place(fine, source).group, place(fine, source).known)
    assert place("기타", "naver").known


@pytest.mark.data
def test_industry_map_knows_every_label_of_the_market(market_data: Path) -> None:
    """The labels of the real stock master and of the reviewed maps are the same."""
    with (market_data / "stock_master.csv").open(encoding="utf-8") as file:
        master = list(csv.DictReader(file))
    fine = {r["industry_fine"] for r in master} - {""}
    assert fine == {r["label"] for r in rows_of("industry_fine.csv")}
    assert set() == {r["krx_sector"] for r in master} - {""} - {
        r["label"] for r in rows_of("krx_sector.csv")
    }
    assert set() == {r["code"] for r in rows_of("sector_overrides.csv")} - {
        r["code"] for r in master
    }


@pytest.mark.data
def test_other_is_small_in_the_real_universe(market_data: Path) -> None:
    """Of the 150 largest KOSPI and 50 largest KOSDAQ stocks less than 10 % are 기타."""
    with (market_data / "stock_master.csv").open(encoding="utf-8") as file:
        master = {r["code"]: r for r in csv.DictReader(file)}
    caps = duckdb.execute(
        """select code, market_cap from read_parquet(?)
           where date = '2025-06-27' and code like '%0'
           qualify row_number() over (partition by market order by market_cap desc)
               <= case market when 'KOSPI' then 150 else 50 end""",
        [str(market_data / "marketcap_weekly.parquet")],
    ).fetchall()
    groups = [group_of(*label_of(master[code]), code) for code, _ in caps]
    assert 200 == len(groups)
    assert groups.count(OTHER) <= 20
    other = sum(cap for (_, cap), group in zip(caps, groups, strict=True) if group == OTHER)
    assert other <= 0.1 * sum(cap for _, cap in caps)


def label_of(row: dict[str, str]) -> tuple[str, str]:
    """Return the label of a master row and its source, the finer one first."""
    if row["industry_fine"]:
        return row["industry_fine"], "industry_fine"
    return row["krx_sector"], "krx_sector"
