"""The sentences of checks and parts never contradict themselves and show no odd digits."""

import re

import pytest

from jennie_cli.engine.messages import LANGS
from jennie_cli.engine.messages.catalogue import catalogue
from jennie_cli.engine.model import Market, TradeTier
from jennie_cli.engine.rules import RULES, Check, Rule
from jennie_cli.engine.scout import check_text, not_tradable_reason
from jennie_cli.engine.scout.wording import part_label
from jennie_cli.engine.store import PartScore, ScoredStock

TEXT_RULES = {"model.fact_check", "eligible.kind", "eligible.listed", "veto.distribution"}


def failed(rule: str, value: float | str | None, limit: float | str | None) -> Check:
    """Return a check that fired, in the unit of its rule."""
    return Check(rule=rule, value=value, limit=limit, unit=RULES[rule].unit, passed=False)


@pytest.mark.parametrize(
    ("check", "ko", "en"),
    [
        (
            failed("cut.quant", 46.10, 46.12),
            "퀀트 46.10: 컷 46.12 미만",
            "quant 46.10: below the cut of 46.12",
        ),
        (
            failed("cut.quant", 46.1, 46.1),
            "퀀트 46.1: 컷 46.1에 들지 못함(동점)",
            "quant 46.1: tied at the cut of 46.1, ranked behind it",
        ),
        (
            failed("eligible.liquidity", 986_462_977, 1e9),
            "20일 평균 거래대금 9.9억원: 하한 10억원 미만",
            "traded value of 20 days KRW 0.99bn: below KRW 1bn",
        ),
        (
            failed("tag.distribution_risk", 79.2079, 70.0),
            "고점 근처 · RSI 79 > 70 · 외국인 매도 전환: DISTRIBUTION_RISK",
            "near its high, RSI 79 > 70, foreigners turned to selling: DISTRIBUTION_RISK",
        ),
        (
            failed("tag.bullish", 9.73333, 10.0),
            "BULLISH 조건(외국인 매수 전환, 수급 10 이상, 모멘텀)이 아닙니다",
            "not BULLISH (foreigners turned to buying, supply/demand from 10, momentum)",
        ),
    ],
)
def test_a_failed_check_shows_that_it_failed(check: Check, ko: str, en: str) -> None:
    """Value and limit look different when they are, and a tie is called a tie."""
    assert (ko, en) == tuple(check_text(check, lang) for lang in LANGS)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("passed", [True, False])
@pytest.mark.parametrize("rule", [r for r in RULES.values() if r.unit], ids=lambda r: r.id)
def test_no_sentence_shows_a_raw_figure(rule: Rule, passed: bool, lang: str) -> None:
    """Every rule with a unit prints at most two digits behind the point."""
    check = Check(rule=rule.id, value=79.2079207, limit=12.3456, unit=rule.unit, passed=passed)
    assert [] == re.findall(r"\d+\.\d{3,}", check_text(check, lang))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("rule", [r for r in RULES.values() if not r.unit], ids=lambda r: r.id)
def test_a_rule_without_a_unit_shows_no_figure(rule: Rule, lang: str) -> None:
    """What is judged by words or by yes and no has no figure that would need a unit."""
    words = catalogue(lang)
    said = [words.get(f"check.{rule.id}.{end}", "") for end in ("pass", "fail")]
    assert rule.id in TEXT_RULES or not any("{" in w for w in said)


@pytest.mark.parametrize(
    ("figure", "ko", "en"),
    [
        (-0.585, "PER 과거 평균보다 58% 높음", "PER 58% above past"),
        (0.3, "PER 과거 평균보다 30% 낮음", "PER 30% below past"),
        (0.0, "PER 과거 수준", "PER as in the past"),
    ],
)
def test_a_multiple_against_its_own_past_says_which_way(figure: float, ko: str, en: str) -> None:
    """The words carry the direction, so the figure has no sign."""
    part = PartScore(points=0.0, max=5.0, input=figure, unit="ratio", missing=False)
    said = tuple(part_label("value", "per_vs_history", part, lang) for lang in LANGS)
    assert (ko, en) == said


def test_a_rise_from_the_low_says_what_it_is_measured_from() -> None:
    """The figure is the distance from the low, not the low."""
    part = PartScore(points=4.0, max=5.0, input=19.8, unit="pct", missing=False)
    assert "20일 저점 대비 +20%" == part_label("momentum", "bottom_bounce", part, "ko")


def test_data_just_below_what_is_needed_is_shown_below_it() -> None:
    """A share of data that rounds to the limit takes another digit."""
    thin = ScoredStock(
        code="900010",
        name="가온칩스텍",
        market=Market.KOSPI.value,
        sector="반도체와반도체장비",
        sector_group="반도체/IT",
        trade_tier=TradeTier.RECON,
        is_tradable=False,
        checks=(failed("score.coverage", 0.598, 0.6),),
    )
    assert "자료 59.8% (기준 60%)" == not_tradable_reason(thin, "ko")
    assert "data 59.8% (needs 60%)" == not_tradable_reason(thin, "en")


def test_a_part_without_words_is_shown_by_its_name() -> None:
    """A part that the catalogue does not know is not hidden."""
    part = PartScore(points=1.0, max=2.0, input=3.0, unit="pct", missing=False)
    assert "value.dreams" == part_label("value", "dreams", part, "ko")
