"""What a session says of stocks held before it begins to watch them."""

from datetime import date

import pytest

from jennie_cli.commands.view.session import went_lines
from jennie_cli.engine.exits import ExDate
from jennie_cli.engine.feed import Dividend
from jennie_cli.engine.trading.session.opening_days import DaysHeld

TODAY, FRIDAY = date(2025, 7, 3), date(2025, 7, 4)
NAMES = {"005930": "삼성전자", "000660": "SK하이닉스"}
WENT = DaysHeld(
    ex_dates=(
        ExDate(code="005930", day=TODAY.toordinal() - 1, base_ratio=0.5),
        ExDate(code="005930", day=TODAY.toordinal(), base_ratio=0.2),
        ExDate(code="000660", day=TODAY.toordinal(), dividend=300.0),
        ExDate(code="005930", day=TODAY.toordinal() - 2, dividend=100.0),
        ExDate(code="005930", day=TODAY.toordinal() - 3, dividend=60.0),
    ),
    dividends=tuple(
        (day, Dividend(code="000660", record_day=day, won=won))
        for day in (TODAY, FRIDAY)
        for won in (300.0, None)
    ),
)


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        (
            "en",
            [
                "ex-date · 삼성전자: base price 20.00% of the last close",
                "ex-dividend since it was bought · 삼성전자: KRW 160 a share in all",
                "ex-dividend · SK하이닉스: KRW 300 a share",
                "ex-dividend · SK하이닉스: the amount is not decided",
                "ex-dividend on 2025-07-04 · SK하이닉스: KRW 300 a share",
                "ex-dividend on 2025-07-04 · SK하이닉스: the amount is not decided",
            ],
        ),
        (
            "ko",
            [
                "권리락 · 삼성전자: 기준가가 전일 종가의 20.00%",
                "보유 중 배당락 · 삼성전자: 주당 모두 160원",
                "배당락 · SK하이닉스: 주당 300원",
                "배당락 · SK하이닉스: 배당금이 정해지지 않아",
                "2025-07-04 배당락 · SK하이닉스: 주당 300원",
                "2025-07-04 배당락 · SK하이닉스: 배당금이 정해지지 않아",
            ],
        ),
    ],
)
def test_a_morning_of_ex_dates_is_told(lang: str, said: list[str]) -> None:
    """Today's with what moved, the next session's before it comes; nothing of yesterday."""
    told = list(went_lines(WENT, TODAY, NAMES.__getitem__, lang))
    assert len(said) == len(told)
    for line, start in zip(told, said, strict=True):
        assert line.startswith(start)
        assert "{" not in line
