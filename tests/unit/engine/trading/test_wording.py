"""Every refusal, check, state, note and flag has words in both languages."""

import pytest

from jennie_cli.engine.messages import LANGS, known
from jennie_cli.engine.model import Flag, OrderState, Side
from jennie_cli.engine.risk import Refusal
from jennie_cli.engine.rules import ORDER_RULES, Check
from jennie_cli.engine.trading import Note, check_line, refusal_text


@pytest.mark.parametrize("lang", LANGS)
def test_everything_that_can_be_said_has_words(lang: str) -> None:
    """No key is missing in either language."""
    wanted = [f"check.{rule}.{end}" for rule in ORDER_RULES for end in ("pass", "fail")]
    wanted += [f"hint.{rule}" for rule in ORDER_RULES]
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
    (value, limit), name = figures, f"risk.{rule}"
    unit = ORDER_RULES[name].unit
    check = Check(rule=name, value=value, limit=limit, unit=unit, passed=False)
    refusal = Refusal(code=rule, rule=name, value=value, limit=limit, unit=unit, checks=(check,))
    assert said == refusal_text(refusal, lang)


def test_a_check_that_passed_is_a_sentence_too() -> None:
    """It names the same figures."""
    check = Check(rule="risk.sellable", value=10, limit=100, unit="shares", passed=True)
    assert "10주: 팔 수 있는 100주 안" == check_line(check, "ko")
