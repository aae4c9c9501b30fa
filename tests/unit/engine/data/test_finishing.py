"""Columns that files lack: kinds of securities, last days, identities of texts."""

from datetime import date

import numpy as np
import pytest
from tests.unit.engine.data.conftest import Desk

from jennie_cli.engine.data.security import kinds_of
from jennie_cli.engine.store import Dataset
from jennie_cli.testing import moment

LATE = moment(date(2030, 1, 1))


@pytest.mark.parametrize(
    ("code", "name", "kind"),
    [
        ("005930", "삼성전자", "COMMON"),
        ("005935", "삼성전자우", "PREFERRED"),
        ("00104K", "CJ4우(전환)", "PREFERRED"),
        ("115960", "연우", "COMMON"),
        ("0009K0", "에임드바이오", "COMMON"),
        ("0004Y0", "디비금융제14호스팩", "SPAC"),
        ("123450", "어떤기업인수목적1호", "SPAC"),
        ("330590", "롯데리츠", "REIT"),
        ("088260", "이리츠코크렙", "REIT"),
        ("088980", "맥쿼리인프라", "REIT"),
        ("063570", "NICE인프라", "COMMON"),
        ("008560", "메리츠증권", "COMMON"),
        ("369370", "블리츠웨이엔터테인먼트", "COMMON"),
        ("069500", "KODEX 200", "ETF"),
        ("500001", "신한 레버리지 ETN", "ETN"),
        ("036460", "SOL홀딩스", "COMMON"),
    ],
)
def test_the_kind_of_a_security_is_told_by_code_and_name(code: str, name: str, kind: str) -> None:
    """Codes tell preferred shares, names tell funds and shells; a look-alike name does not."""
    codes, names = np.array([code], dtype=object), np.array([name], dtype=object)
    assert [kind] == kinds_of(codes, names).tolist()


def test_a_master_keeps_the_delisted_with_their_last_day(desk: Desk) -> None:
    """Sector labels keep their source; a stock gone by 2026 ended when last seen."""
    desk.put(
        master={
            "code": ["005930", "000060"],
            "name": ["삼성전자", "메리츠화재"],
            "market": ["KOSPI", "KOSPI"],
            "shares_2026": ["5919637922", None],
            "industry_fine": ["반도체 및 관련장비", None],
            "listed_2026": ["True", "False"],
            "last_seen": [None, "2023-02-17"],
        }
    ).run()
    rows = desk.facts.read(Dataset.STOCK_MASTER, as_of=LATE)
    assert [date(2023, 2, 17), None] == rows["delisted_on"].tolist()
    assert [None, "industry_fine"] == rows["sector_source"].tolist()
    assert [None, "반도체 및 관련장비"] == rows["sector_fine"].tolist()
    assert ["COMMON", "COMMON"] == rows["kind"].tolist()
    assert ["NORMAL", "NORMAL"] == rows["status"].tolist()
    np.testing.assert_array_equal([np.nan, 5919637922.0], rows["shares"])


def test_one_story_of_two_stocks_is_two_headlines(desk: Desk) -> None:
    """The address and the code identify a headline; without an address its time and title do."""
    stamp = "2025-06-27T08:00:00+09:00"
    (file,) = (
        desk.put(
            news={
                "published_at": [stamp] * 5,
                "title": ["a", "a", "b", "c", "c"],
                "code": ["005930", "000020", "005930", "005930", "005930"],
                "url": ["u", "u", "u", None, None],
            }
        )
        .run()
        .files
    )
    assert (3, {"duplicate": 2}) == (file.new, dict(file.rejected))


def test_a_filing_is_identified_by_its_receipt_number(desk: Desk) -> None:
    """The same receipt is the same filing; one without a number is told by what it says."""
    stamp = "2025-06-27T08:00:00+09:00"
    (file,) = (
        desk.put(
            filings={
                "disclosed_at": [stamp] * 4,
                "report_name": ["a", "b", "c", "d"],
                "code": ["005930"] * 4,
                "rcept_no": ["1", "1", None, None],
                "url": [None, None, None, None],
            }
        )
        .run()
        .files
    )
    assert (3, {"duplicate": 1}) == (file.new, dict(file.rejected))


def test_a_master_that_says_more_is_believed(desk: Desk) -> None:
    """Kind, status, source and last day given by the file are kept as they are."""
    desk.put(
        master={
            "code": ["005935"],
            "name": ["삼성전자우"],
            "market": ["KOSPI"],
            "kind": ["COMMON"],
            "status": ["HALTED"],
            "sector_fine": ["반도체"],
            "sector_source": ["naver"],
            "delisted_on": ["2025-06-27"],
        }
    ).run()
    rows = desk.facts.read(Dataset.STOCK_MASTER, as_of=LATE)
    said = [rows[n][0] for n in ("kind", "status", "sector_source", "delisted_on")]
    assert ["COMMON", "HALTED", "naver", date(2025, 6, 27)] == said


def test_a_master_without_flags_ends_stocks_where_last_seen(desk: Desk) -> None:
    """A last day alone says that the stock is gone."""
    table = {"code": ["000060"], "name": ["x"], "market": ["KOSPI"], "last_seen": ["20230217"]}
    desk.put(master=table).run()
    rows = desk.facts.read(Dataset.STOCK_MASTER, as_of=LATE)
    assert [date(2023, 2, 17)] == rows["delisted_on"].tolist()
    assert [None] == rows["sector_fine"].tolist()


def test_an_identity_that_is_given_is_kept(desk: Desk) -> None:
    """A source with ids of its own needs none of ours."""
    table = {
        "published_at": ["2025-06-27T08:00:00+09:00"],
        "title": ["t"],
        "id": ["mine"],
        "code": ["bad"],
    }
    desk.put(news=table).run()
    rows = desk.facts.read(Dataset.HEADLINES, as_of=LATE)
    assert (["mine"], [None]) == (rows["id"].tolist(), rows["code"].tolist())
