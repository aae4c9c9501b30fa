"""What a chat is shown, and the settings that it may change."""

import asyncio
import json
from dataclasses import replace
from datetime import date

import pytest
from tests.unit.engine.bot.talking import ME, TEN, Talking
from tests.unit.engine.risk.cases import DAY, QUOTE, STOCK
from tests.unit.engine.trading.little_room import OTHER, holding

from jennie_cli.engine.bot import Checked, Listed
from jennie_cli.engine.broker import BrokerUnavailable
from jennie_cli.engine.bus.names import TRADING_CONTEXT
from jennie_cli.engine.model import (
    Fill,
    Side,
    StockStatus,
    WatchlistEntry,
)
from jennie_cli.engine.portfolio import BookedFill, Portfolio
from jennie_cli.testing.runs import make_watchlist


def test_status_tells_what_can_be_read() -> None:
    """What cannot hides nothing else."""
    talking = Talking()
    talking.home.records.jobs = {"scout": TEN}
    context = {"context": {"regime": "BULL", "throttle": "CAUTION", "at": "2025-06-30T09:59"}}
    asyncio.run(talking.home.bus.keys.put(TRADING_CONTEXT, json.dumps(context)))
    answer = talking.said("/status")
    assert "국면 BULL · 위험 CAUTION" in answer
    assert "보유 1종목" in answer
    assert "마지막 종목 고르기(scout): 2025-06-30 10:00" in answer
    talking.home.broken = BrokerUnavailable("no answer", hint="later")
    talking.home.room.flags.silent = True
    for broken in ("{", '{"context": {}}', "[]"):
        asyncio.run(talking.home.bus.keys.put(TRADING_CONTEXT, broken))
        answer = talking.said("/status")
        assert "no answer" in answer
        assert "알려 준 것이 없습니다" in answer
        assert "스위치를 읽을 수 없습니다" in answer
    talking.home.bus.switch.down = True
    assert "알려 준 것이 없습니다" in talking.said("/status")


def test_holdings_are_told_with_their_profit() -> None:
    """Each and all of them; one without a cost has no percentage."""
    talking = Talking()
    gift = replace(holding(OTHER.code, 5, "A<B"), cost=0)
    talking.home.room.account.holdings = (holding(), gift)
    answer = talking.said("/portfolio")
    assert "+100,000원 (+1.4%)" in answer
    assert "A&lt;B" in answer
    assert "평가손익 +455,000원 (+6.5%)" in answer
    talking.home.room.account.holdings = ()
    assert "가지고 있는 주식이 없습니다" in talking.said("/portfolio")


def test_cash_is_told_in_each_of_its_senses() -> None:
    """What can be ordered with is unknown where nobody tells."""
    talking = Talking()
    answer = talking.said("/balance")
    assert "예수금 100,000,000원 · 주문 가능 100,000,000원" in answer
    talking.home.room.account.power = None
    assert "주문 가능 모름" in talking.said("/balance")


def test_a_price_is_told_with_its_change() -> None:
    """And with what keeps it from trading."""
    talking = Talking()
    assert "71,000원 · +1,000원 (+1.4%)" in talking.said("/price 가온칩스텍")
    assert "쓰는 법" in talking.said("/price")
    assert talking.home.room.quotes.now is not None
    stopped = replace(QUOTE, status=StockStatus.HALTED, vi_active=True)
    talking.home.room.quotes.now = stopped
    answer = talking.said("/price 900010")
    assert "거래정지" in answer
    assert "VI" in answer


def entry(rank: int, name: str) -> WatchlistEntry:
    """Return one stock of a list."""
    return replace(make_watchlist()[0], rank=rank, code=f"{900_000 + rank}", name=name)


def test_the_list_is_told_with_scores_and_what_was_added() -> None:
    """Markup in a name is text, and a message is never longer than a chat takes."""
    talking = Talking()
    assert "jennie scout run" in talking.said("/watchlist")
    names = ["<b>굵은</b>&전자" * 20] * 60
    entries = tuple(entry(n + 1, name) for n, name in enumerate(names))
    talking.home.records.list = Listed(day="2025-06-30", made_at=TEN, entries=entries)
    answer = talking.said("/watchlist")
    assert "1. &lt;b&gt;굵은&lt;/b&gt;&amp;전자" in answer
    assert len(answer) <= 4_096
    assert answer.endswith("…")
    talking.home.records.list = Listed(day="2025-06-30", made_at=TEN, entries=entries[:1])
    assert "71.2 · TIER1" in talking.said("/watch 900020", "/watchlist")


def test_a_check_up_tells_what_is_wrong() -> None:
    """And the last incidents."""
    talking = Talking()
    assert "0.4 ms" in talking.said("/diagnose")
    talking.home.records.health = Checked(
        troubles=("disk: full",), fine=3, bus_ms=None, alarms=("손절이 나가지 않음",)
    )
    answer = talking.said("/report")
    for part in ("disk: full", "3가지", "손절이 나가지 않음", "—"):
        assert part in answer


SOLD = Fill(
    key="1",
    broker_id="1",
    order_id=None,
    code=STOCK.code,
    side=Side.SELL,
    qty=1,
    amount=71_000,
    at=TEN,
    source="notice",
)


def sale(*, profit: int | None, fee: int, tax: int, day: date = DAY) -> BookedFill:
    """Return a sale of one share, of which a profit before costs may be known."""
    cost = None if profit is None else SOLD.amount - profit
    return BookedFill(fill=SOLD, day=day, fee=fee, tax=tax, cost=cost)


def test_profit_of_today_equals_the_ledger_to_the_won() -> None:
    """Fees and tax stand beside it; a sale of which nobody knows the cost is counted apart."""
    talking = Talking()
    booked = (
        sale(profit=30_001, fee=11, tax=22),
        sale(profit=-10_000, fee=5, tax=3),
        sale(profit=None, fee=1, tax=1),
        sale(profit=99_999, fee=0, tax=0, day=date(2025, 6, 27)),
        replace(sale(profit=None, fee=9, tax=0), fill=replace(SOLD, side=Side.BUY)),
    )
    told = Portfolio(positions={}, cash=1, booked=booked, unexplained={})
    talking.home.room.portfolio = lambda: told  # type: ignore[method-assign]
    answer = talking.said("/pnl")
    assert "실현손익 +20,001원 (수수료와 세금을 빼기 전)" in answer
    assert "수수료 26원 · 세금 26원" in answer
    assert "매도 1건은" in answer
    assert "평가손익 +100,000원" in answer


def test_the_risk_is_one_of_three() -> None:
    """Each sets the size and the buys of a day."""
    talking = Talking()
    assert "risk.max_day_buys = 6" in talking.said("/risk")
    assert "쓰는 법" in talking.said("/risk wild")
    assert "쓰는 법" in talking.said("/risk moderate please")
    answer = talking.said("/risk Conservative")
    assert "risk.risk_per_trade_pct: 1.0 → 0.8" in answer
    assert "다음에 시작할 때부터" in answer
    assert ("risk.max_day_buys", "3", f"telegram:{ME}") in talking.home.settings.changes


@pytest.mark.parametrize(
    ("name", "key", "too_much"),
    [("maxbuy", "risk.max_day_buys", "21"), ("minscore", "risk.hybrid_floor_score", "101")],
)
def test_a_number_is_set_within_its_range(name: str, key: str, too_much: str) -> None:
    """Without one it is told; a variable that stands above it is named."""
    talking = Talking()
    assert key in talking.said(f"/{name}")
    for wrong in (too_much, "많이", "1 2"):
        assert "쓰는 법" in talking.said(f"/{name} {wrong}")
    assert [] == talking.home.settings.changes
    talking.home.settings.env = "SOME_VARIABLE"
    assert "SOME_VARIABLE" in talking.said(f"/{name} 7")
    assert [(key, "7", f"telegram:{ME}")] == talking.home.settings.changes


def test_settings_are_shown() -> None:
    """Without a word those that were changed; of many only so many."""
    talking = Talking()
    assert "다른 설정 0가지" in talking.said("/config")
    talking.said("/maxbuy 3")
    assert "risk.max_day_buys = 3" in talking.said("/config")
    assert "설정 3가지" in talking.said("/config risk")
    assert "하지 못했습니다" in talking.said("/config nothing")
    talking.home.settings.values |= {f"risk.x{n}": "1" for n in range(50)}
    assert "그 밖에 13가지" in talking.said("/config risk")
