"""What headlines say: sentiment by words, political risk by keywords."""

from datetime import timedelta

import pytest
from tests.unit.engine.macro.collecting.makers import DAY, HOUR, NOW, item

from jennie_cli.engine.macro.collecting import Topic, label_of, politics_of
from jennie_cli.engine.macro.collecting.politics import MOST_TOLD, alert_of
from jennie_cli.engine.macro.collecting.sentiment import score_of, sentiments
from jennie_cli.engine.model import PoliticalRisk


@pytest.mark.parametrize(
    ("title", "topic", "score"),
    [
        ("코스피 급등, 사상최고 돌파", Topic.KOREA, 1.0),
        ("코스피 급락 우려에도 반등", Topic.KOREA, -1 / 3),
        ("내일 날씨", Topic.KOREA, 0.0),
        ("금리인상 우려", Topic.KOREA, -1.0),
        ("Stocks rally as fears fade", Topic.GLOBAL, 0.0),
        ("Gains, gains and GAINS", Topic.GLOBAL, 1.0),
        ("Against the tide: enterprises", Topic.GLOBAL, 0.0),
    ],
)
def test_a_title_is_scored_by_its_words(title: str, topic: Topic, score: float) -> None:
    """Up less down over both; each word once; an English word stands alone."""
    assert pytest.approx(score) == score_of(title, topic)


def test_the_mean_of_a_day_is_the_sentiment() -> None:
    """Older headlines and those of other topics are left out; it is as of the newest."""
    told = sentiments(
        [
            item("주가 상승", Topic.KOREA, ago=2 * HOUR),
            item("주가 하락", Topic.KOREA, ago=3 * HOUR),
            item("실적개선 기대", Topic.KOREA, ago=4 * HOUR),
            item("주가 폭락", Topic.KOREA, ago=DAY + HOUR),
            item("주가 폭락", Topic.KOREA, ago=-HOUR),
            item("Markets crash", Topic.POLITICS),
        ],
        NOW,
    )
    assert [("korea_news_sentiment", 0.3333, "bbc.co.uk", NOW - 2 * HOUR)] == [
        (r.field, r.value, r.source, r.as_of) for r in told
    ]


def test_no_headline_has_no_sentiment() -> None:
    """Silence is not neutral."""
    assert () == sentiments([], NOW)


@pytest.mark.parametrize(
    ("score", "label"),
    [
        (0.31, "very_positive"),
        (0.3, "positive"),
        (0.1, "neutral"),
        (-0.1, "negative"),
        (-0.3, "very_negative"),
    ],
)
def test_a_mean_has_a_name(score: float, label: str) -> None:
    """The edges belong to the milder side below."""
    assert label == label_of(score)


@pytest.mark.parametrize(
    ("title", "category", "direction"),
    [
        ("Fed's Powell hints at rate cut", "fed", "bullish"),
        ("New tariff on steel", "trade", "bearish"),
        ("Trump announces sweeping tariff", "us_trade_policy", "bearish"),
        ("Tariff deal reached", "trade", ""),
        ("North Korea fires another missile", "geopolitical", ""),
        ("Russia-Ukraine talks resume", "geopolitical", ""),
        ("Iran and Israel trade fire", "geopolitical", ""),
        ("White House names envoy", "us_politics", ""),
        ("ECB holds", "central_banks", ""),
        ("한국은행 금통위 개최", "central_banks", ""),
        ("연준, 기준금리 동결", "fed", ""),
        ("금융 위기 재현되나", "crisis", ""),
        ("Credit crisis spreads after rate hike", "crisis", "bearish"),
    ],
)
def test_a_headline_is_filed_under_its_worst_keyword(
    title: str, category: str, direction: str
) -> None:
    """Whatever the case; a direction that is said both ways is none."""
    alert = alert_of(item(title))
    assert alert is not None
    assert (category, direction) == (alert.category, alert.direction)


@pytest.mark.parametrize(
    "title", ["Iran", "Miracle on ice", "Shirazi wins", "Objection raised", "Sebastian wins", ""]
)
def test_a_short_keyword_stands_alone(title: str) -> None:
    """No part of another word is meant."""
    assert alert_of(item(title)) is None


@pytest.mark.parametrize("title", ["美ECB가 동결", "IRA법 손질", "FOMC는 오늘"])
def test_a_korean_particle_is_no_part_of_an_english_word(title: str) -> None:
    """Korean headlines write both without a space."""
    assert alert_of(item(title)) is not None


def test_everyday_words_never_make_the_level_critical() -> None:
    """Two ordinary headlines reach the score of critical, and are held to high."""
    risk = politics_of([item("Powell speaks"), item("Tariff talks"), item("Sanctions list")], NOW)
    assert risk is not None
    assert (90, PoliticalRisk.HIGH, PoliticalRisk.CRITICAL, 3) == (
        risk.score,
        risk.level,
        risk.raw,
        risk.count,
    )


@pytest.mark.parametrize("drama", ["Bailout package agreed", "Invasion feared as Powell speaks"])
def test_a_crisis_or_a_conflict_may(drama: str) -> None:
    """Also where the same title is filed under something worse."""
    risk = politics_of([item("Powell speaks"), item(drama)], NOW)
    assert risk is not None
    assert PoliticalRisk.CRITICAL is risk.level


@pytest.mark.parametrize(
    ("titles", "score", "level"),
    [
        (["Weather fine"], 10, PoliticalRisk.LOW),
        (["ECB holds"], 5, PoliticalRisk.LOW),
        (["Powell speaks"], 30, PoliticalRisk.HIGH),
        (["Missile launch", "Nuclear test"], 30, PoliticalRisk.MEDIUM),
        ([f"Invasion {n}" for n in range(4)], 60, PoliticalRisk.HIGH),
        ([f"Invasion {n}" for n in range(9)], 100, PoliticalRisk.CRITICAL),
    ],
)
def test_a_score_has_a_level(titles: list[str], score: int, level: PoliticalRisk) -> None:
    """By weights, and one critical alert is high at least."""
    risk = politics_of([item(t) for t in titles], NOW)
    assert risk is not None
    assert (score, level) == (risk.score, risk.level)


def test_one_title_counts_once_and_only_for_a_day() -> None:
    """Feeds repeat each other, and yesterday's news is told no more."""
    risk = politics_of(
        [
            item("Powell speaks"),
            item("POWELL speaks", ago=2 * HOUR),
            item("Tariff talks", ago=DAY + HOUR),
            item("Tariff talks", Topic.GLOBAL),
        ],
        NOW,
    )
    assert risk is not None
    assert (1, "Powell speaks") == (risk.count, risk.alerts[0].title)


def test_no_feed_is_no_risk_of_nought() -> None:
    """Without a headline of the day nobody knows."""
    assert politics_of([item("Powell speaks", ago=timedelta(days=2))], NOW) is None


def test_the_council_is_told_the_worst_and_newest() -> None:
    """At most fifteen, of eighteen hours."""
    many = [item(f"ECB note {n}", ago=n * HOUR / 4) for n in range(20)]
    old = item("Market crash looms", ago=19 * HOUR)
    risk = politics_of([*many, item("Invasion", ago=10 * HOUR), old], NOW)
    assert risk is not None
    told = [a.title for a in risk.alerts]
    assert (MOST_TOLD, "Invasion", "ECB note 0", 22) == (len(told), *told[:2], risk.count)
