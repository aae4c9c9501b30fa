"""Orders from a chat: what goes out, what is refused, what is counted."""

import asyncio
from dataclasses import replace

import pytest
from tests.unit.engine.bot.talking import ME, Talking
from tests.unit.engine.risk.cases import DAY, QUOTE, STOCK
from tests.unit.engine.trading.little_room import OTHER, holding

from jennie_cli.engine.bot import BotPolicy
from jennie_cli.engine.bus.names import BOT_TRADES
from jennie_cli.engine.model import (
    Flag,
    OrderState,
    Side,
)


def sent(talking: Talking) -> list[tuple[Side, str, int]]:
    """Return the orders that went out: side, code, shares."""
    return [(a.intent.side, a.intent.code, a.intent.qty) for a in talking.home.room.lives.sent]


def test_a_buy_goes_at_market_for_a_part_of_the_cash() -> None:
    """Or for as many as are asked for; the answer says what became of it."""
    talking = Talking()
    answer = talking.said(f"/buy {STOCK.name}")
    assert "체결" in answer
    talking.said(f"/buy {OTHER.code} 3주")
    (side, code, qty), second = sent(talking)
    assert ((Side.BUY, STOCK.code), (Side.BUY, OTHER.code, 3)) == ((side, code), second)
    assert 0 < qty * QUOTE.price <= talking.home.room.policy.manual_order_cap


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("/buy", "쓰는 법"),
        ("/buy 900010 0", "쓰는 법"),
        ("/buy 900010 전량", "하지 못했습니다"),
        ("/buy 삼성", "하지 못했습니다"),
        ("/sell", "쓰는 법"),
        ("/sell 900020", "가지고 있지 않습니다"),
        ("/sell 900010 101", "거절"),
        ("/buy 900010 100000", "거절"),
    ],
)
def test_what_cannot_be_ordered_is_not(text: str, said: str) -> None:
    """Nothing goes out, and the answer says why."""
    talking = Talking()
    assert said in talking.said(text)
    assert [] == sent(talking)


def test_a_refusal_names_rule_limit_and_figure_and_the_next_hours() -> None:
    """Outside of the session that is when orders are taken."""
    talking = Talking()
    answer = talking.said("/buy 900010 100")
    assert "5,000,000원" in answer
    assert "7,100,000원" in answer
    talking.pass_s(12 * 3_600)
    assert "다음 주문 시간: 2025-07-01" in talking.said("/buy 900010 1")
    assert [] == sent(talking)


@pytest.mark.parametrize("words", ["", " 전량", " ALL", " 모두", " 100"])
def test_a_sale_is_of_all_or_of_some(words: str) -> None:
    """All is the usual."""
    talking = Talking()
    talking.said(f"/sell 가온칩스텍{words}")
    assert [(Side.SELL, STOCK.code, 100)] == sent(talking)


def test_the_same_order_again_takes_the_word() -> None:
    """Somebody may have typed it twice."""
    talking = Talking(policy=BotPolicy(min_gap_s=1))
    talking.home.room.policy = replace(talking.home.room.policy, repeat_seconds=60)
    talking.said("/sell 900010 10")
    assert "확인" in talking.said("/sell 900010 10")
    assert 1 == len(sent(talking))
    talking.said("/sell 900010 10 확인")
    assert 2 == len(sent(talking))


def test_a_sale_that_the_second_stamp_refuses_is_told() -> None:
    """Between plan and order somebody else may have sold."""
    talking = Talking()
    talking.home.room.policy = replace(talking.home.room.policy, repeat_seconds=0)
    account = talking.home.room.account
    told = iter([100, 0, 0, 0])

    async def sellable(code: str) -> int:
        del code
        return next(told)

    account.sellable = sellable  # type: ignore[method-assign]
    assert "거절" in talking.said("/sell 900010 10")
    assert [] == sent(talking)


def test_a_day_has_so_many_orders() -> None:
    """What was refused does not count; the limit is told."""
    talking = Talking(policy=BotPolicy(manual_trades=2))
    answers = talking.heard("/sell 900020", "/sell 900010 1", "/sell 900010 2", "/sell 900010 3")
    assert "한도 2건" in answers[-1]
    assert 2 == len(sent(talking))
    day = BOT_TRADES.of(f"{DAY:%Y%m%d}:{ME}")
    assert "2" == asyncio.run(talking.home.bus.keys.get(day))


def test_without_a_bus_a_sale_passes_and_a_buy_does_not() -> None:
    """A buy that cannot be counted is refused; leaving is never refused for that."""
    talking = Talking()
    talking.home.bus.switch.down = True
    assert "셀 수 없습니다" in talking.said("/buy 900010 1")
    assert [] == sent(talking)
    talking.said("/sell 900010 1")
    assert 1 == len(sent(talking))


def test_selling_everything_takes_the_word_and_counts_once() -> None:
    """Without it the answer shows what would be sold."""
    talking = Talking()
    talking.home.room.account.holdings = (holding(), holding(OTHER.code, 5, "<b>&라온"))
    shown = talking.said("/sellall")
    assert "&lt;b&gt;&amp;라온" in shown
    assert [] == sent(talking)
    assert "매도 주문 2건" in talking.said("/sellall 확인")
    assert [(Side.SELL, STOCK.code, 100), (Side.SELL, OTHER.code, 5)] == sent(talking)
    day = BOT_TRADES.of(f"{DAY:%Y%m%d}:{ME}")
    assert "1" == asyncio.run(talking.home.bus.keys.get(day))


def test_with_nothing_to_sell_nothing_is_sold() -> None:
    """Not even counted."""
    talking = Talking()
    talking.home.room.account.holdings = ()
    assert "팔 주식도 없습니다" in talking.said("/sellall 확인")


def test_open_orders_are_taken_back_before_everything_is_sold() -> None:
    """What cannot be is named."""
    talking = Talking()
    talking.home.room.lives.becomes = OrderState.WORKING
    talking.said("/buy 900020 1")
    assert "취소 매수 라온바이오" in talking.said("/sellall")
    talking.home.room.lives.stubborn = True
    answer = talking.said("/sellall 확인")
    assert "취소 안 됨" in answer
    assert "too late" in answer
    talking.home.room.lives.stubborn = False
    assert "취소 라온바이오 900020" in talking.said("/sellall 확인")


def test_a_dry_run_is_told_with_what_would_be_sold() -> None:
    """Nothing of it goes out."""
    talking = Talking()
    talking.home.room.raise_flag(Flag.DRY_RUN)
    assert "모의(dryrun)" in talking.said("/sellall")
