"""Every refusal, check, state, note and flag has words in both languages."""

import re
from dataclasses import fields

import pytest

from jennie_cli.engine.messages import LANGS, known, text
from jennie_cli.engine.model import Flag, OrderState, Side
from jennie_cli.engine.risk import AutoPolicy, Refusal, RiskPolicy
from jennie_cli.engine.risk.stamp import refusal
from jennie_cli.engine.rules import BUYING_RULES, ORDER_RULES, Check
from jennie_cli.engine.trading import Note, check_line, refusal_text

STAMPED = ORDER_RULES | BUYING_RULES  # type: ignore[operator]


def refused(rule: str, value: float | str | None, limit: float | str | None) -> Refusal:
    """Return a refusal as the stamp makes it."""
    unit = STAMPED[rule].unit
    check = Check(rule=rule, value=value, limit=limit, unit=unit, passed=False)
    return refusal([check])


@pytest.mark.parametrize("lang", LANGS)
def test_everything_that_can_be_said_has_words(lang: str) -> None:
    """No key is missing in either language."""
    wanted = [f"check.{rule}.{end}" for rule in STAMPED for end in ("pass", "fail")]
    wanted += [f"hint.{rule}" for rule in STAMPED]
    wanted += [f"trade.{kind}.{s}" for s in OrderState for kind in ("state", "said")]
    wanted += [f"trade.note.{note}" for note in Note] + [f"trade.flag.{flag}" for flag in Flag]
    wanted += [f"trade.side.{side}" for side in Side]
    assert [] == [key for key in wanted if not known(key, lang)]


@pytest.mark.parametrize(
    ("rule", "figures", "lang", "said"),
    [
        (
            "order_cap",
            (5_000_001, 5_000_000),
            "ko",
            (
                "주문 금액 5,000,001원: 한 번 한도 5,000,000원을 넘습니다",
                "나누어 주문하거나 jennie config set risk.manual_order_cap",
            ),
        ),
        (
            "day_cap",
            (100_000_001, 100_000_000),
            "ko",
            (
                "오늘 손으로 산 금액이 100,000,001원이 되어 하루 한도 100,000,000원을 넘습니다",
                "내일 다시, 또는 jennie config set risk.manual_day_cap",
            ),
        ),
        (
            "tick",
            (71_050, 71_000),
            "en",
            (
                "KRW 71,050: no valid price step (nearest KRW 71,000)",
                "A valid price: --limit 71000",
            ),
        ),
        (
            "cash",
            (1_500, 1_400),
            "en",
            (
                "1,500 shares: cash buys 1,400 shares at most",
                "Order less. A market order reserves its upper limit, so --limit buys more.",
            ),
        ),
        (
            "repeat",
            (9, 10),
            "ko",
            (
                "같은 주문을 9초 전에 냈습니다 (10초 안에는 확인이 필요합니다)",
                "정말 한 번 더라면 --yes",
            ),
        ),
    ],
)
def test_a_refusal_is_a_sentence_with_its_figures(
    rule: str, figures: tuple[int, int], lang: str, said: tuple[str, str]
) -> None:
    """Money is told to the won, and the hint can be typed."""
    assert said == refusal_text(refused(f"risk.{rule}", *figures), lang)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("rule", sorted(STAMPED))
def test_every_rule_can_refuse_in_words(rule: str, lang: str) -> None:
    """Each rule gives a whole sentence and a hint, with figures and without."""
    for figure in (7, None):
        message, hint = refusal_text(refused(rule, figure, figure), lang)
        assert message
        assert hint
        assert not set("{}") & set(message + hint)


@pytest.mark.parametrize("lang", LANGS)
def test_a_hint_names_settings_that_exist(lang: str) -> None:
    """What is to be set is a setting of the risk room."""
    settings = {f"risk.{f.name}" for policy in (RiskPolicy, AutoPolicy) for f in fields(policy)}
    hints = [text(f"hint.{rule}", lang, limit="", jennie="jennie") for rule in STAMPED]
    named = {key for hint in hints for key in re.findall(r"risk\.[a-z0-9_]+", hint)}
    assert "risk.max_day_buys" in named
    assert set() == named - settings


@pytest.mark.parametrize(
    ("rule", "value", "limit", "said"),
    [
        ("age", 61, 60, "신호 시각과 61초 차이: 60초 안의 신호만 삽니다"),
        ("just_bought", 599, 600, "9분 59초 전에 샀습니다 (10분 동안 다시 사지 않음)"),
        ("just_sold", 86_399, 86_400, "23시간 59분 전에 팔았습니다 (24시간 동안 다시 사지 않음)"),
        ("score_floor", 39.99, 40.0, "점수 39.99: 최저 40에 못 미칩니다"),
        ("top_change", 20.04, 20.0, "오늘 +20.04%: +20%부터는 사지 않습니다"),
        ("size_cash", 150, 0, "쓸 수 있는 현금으로 살 수 있는 것은 0주입니다 (사려던 수량 150주)"),
        (
            "sector_value",
            6_000_000,
            0,
            "6,000,000원: 업종 비중에 남은 금액이 0원뿐이라 사지 않습니다",
        ),
    ],
)
def test_an_automatic_refusal_tells_figure_and_limit_apart(
    rule: str, value: float, limit: float, said: str
) -> None:
    """A figure just beyond its limit never looks like it, and a long time is no row of seconds."""
    assert said == refusal_text(refused(f"risk.{rule}", value, limit), "ko")[0]


def test_a_check_that_passed_is_a_sentence_too() -> None:
    """It names the same figures."""
    check = Check(rule="risk.sellable", value=10, limit=100, unit="shares", passed=True)
    assert "10주: 팔 수 있는 100주 안" == check_line(check, "ko")
