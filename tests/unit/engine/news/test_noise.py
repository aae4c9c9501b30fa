"""Market commentary falls, news stays."""

import pytest

from jennie_cli.engine.model import NewsKind
from jennie_cli.engine.news import is_noise
from jennie_cli.testing.news_exam import told


@pytest.mark.parametrize(
    "title",
    [
        "[특징주] 가온칩스텍 상승",
        "특징주, 가온칩스텍 강세",
        "코스피 오전  시황",
        "[마감 시황] 코스피 하락",
        "[이슈종합]가온칩스텍 소식",
        "이 시각 증권 뉴스",
    ],
)
def test_commentary_is_noise(title: str) -> None:
    """A phrase of the table as whole words, with signs around it."""
    assert is_noise(told(title=title))


@pytest.mark.parametrize(
    "title",
    [
        "[단독] 가온칩스텍, 대형 수주 임박",
        "환율 급등에 수출주 강세",
        "가온칩스텍 신형 전기차 출발",
        "NEW 갤럭시 공개…가온칩스텍 납품",
        "신공장 개장한 가온칩스텍",
        "인포가온, 흑자 전환",
        "특징주로 본 한 주",
    ],
)
def test_real_news_is_kept(title: str) -> None:
    """Words that real news holds, and phrases inside longer words, drop nothing."""
    assert not is_noise(told(title=title))


def test_filings_and_posts_are_never_noise() -> None:
    """What a company files and what a channel says is heard whatever it is called."""
    for kind in (NewsKind.FILING, NewsKind.POST):
        assert not is_noise(told(kind=kind, title="장마감 특징주"))
