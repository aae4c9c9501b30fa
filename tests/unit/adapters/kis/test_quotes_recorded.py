"""Answers recorded from KIS go through the mappings whole."""

import asyncio
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.unit.adapters.kis.answering import ACCOUNT, Answers

from jennie_cli.adapters.kis.account import KisAccount
from jennie_cli.adapters.kis.caller import Reply
from jennie_cli.adapters.kis.orders import KisOrders
from jennie_cli.adapters.kis.quotes import KisQuotes
from jennie_cli.engine.broker import Acknowledged, BrokerBusy, BuyingPower, OrderTicket
from jennie_cli.engine.clock import KST, ManualClock
from jennie_cli.engine.model import OrderType, Side, StockStatus
from jennie_cli.engine.venue import default_calendar

pytestmark = pytest.mark.data


def _recorded(folder: Path, name: str) -> tuple[Reply, dict[str, Any]]:
    file = folder / "kis_fixtures" / f"{name}.json"
    told = json.loads(file.read_text(encoding="utf-8"))
    return Reply(status=told["http_status"], head={}, body=told["response"]), told["request"]


def _quotes(reply: Reply, at: datetime) -> tuple[KisQuotes, Answers]:
    caller = Answers([reply])
    return KisQuotes(caller, ManualClock(at), default_calendar()), caller


def test_a_recorded_quote(market_data: Path) -> None:
    """Price, limits and status of 000660; the query is the recorded one."""
    reply, request = _recorded(market_data, "inquire_price_000660")
    quotes, caller = _quotes(reply, datetime(2022, 1, 13, 11, tzinfo=KST))
    quote = asyncio.run(quotes.quote("000660"))
    assert request == caller.asked[0].query
    assert (128500, 128500, 167000, 90000, 2669075, 344570137500, StockStatus.NORMAL) == (
        quote.price,
        quote.base_price,
        quote.upper_limit,
        quote.lower_limit,
        quote.volume,
        quote.value,
        quote.status,
    )


def test_recorded_minutes(market_data: Path) -> None:
    """The running minute is left out of the two that were recorded."""
    reply, request = _recorded(market_data, "inquire_time_itemchartprice_000660")
    caller = Answers([reply, Reply(head={}, body={**reply.body, "output2": []})])
    quotes = KisQuotes(
        caller, ManualClock(datetime(2022, 9, 2, 10, tzinfo=KST)), default_calendar()
    )
    (bar,) = asyncio.run(quotes.minutes("000660"))
    assert request == caller.asked[0].query
    assert (datetime(2022, 9, 2, 9, 59, tzinfo=KST), 92500, 92400, 1564) == (
        bar.start,
        bar.open,
        bar.close,
        bar.volume,
    )


def test_recorded_open_days(market_data: Path) -> None:
    """30 December 2022 was a bank day on which the exchange stayed closed."""
    reply, request = _recorded(market_data, "chk_holiday_20221227")
    quotes, caller = _quotes(reply, datetime(2022, 12, 27, 8, tzinfo=KST))
    days = dict(asyncio.run(quotes.open_days(date(2022, 12, 27))))
    assert request == caller.asked[0].query
    assert (True, False, True) == (
        days[date(2022, 12, 29)],
        days[date(2022, 12, 30)],
        days[date(2023, 1, 2)],
    )


def test_a_recorded_account(market_data: Path) -> None:
    """Cash and credit rows of one code are one holding; the credit part is not sellable."""
    reply, request = _recorded(market_data, "inquire_balance")
    caller = Answers([reply])
    state = asyncio.run(KisAccount(caller, ACCOUNT).state())
    (holding,) = state.holdings
    assert [*request] == [*caller.asked[0].query]
    assert ("009150", 1660, 1611, 224793497, 346455) == (
        holding.code,
        holding.qty,
        holding.sellable_qty,
        holding.cost,
        state.settled_cash,
    )


def test_recorded_buying_power(market_data: Path) -> None:
    """Only the figures without receivables count."""
    reply, request = _recorded(market_data, "inquire_psbl_order")
    caller = Answers([reply])
    power = asyncio.run(
        KisAccount(caller, ACCOUNT).buying_power("005930", type_=OrderType.MARKET, price=None)
    )
    hidden = {"CANO", "ACNT_PRDT_CD"}
    assert {k: v for k, v in request.items() if k not in hidden} == {
        k: v for k, v in caller.asked[0].query.items() if k not in hidden
    }
    assert BuyingPower(cash=107177377, qty=1531, unit_price=70000) == power


def test_a_recorded_order(market_data: Path) -> None:
    """The number of a taken order loses its zeros."""
    reply, request = _recorded(market_data, "order_cash_buy")
    at = datetime(2026, 11, 23, 15, 52, 11, tzinfo=KST)
    caller = Answers([reply])
    ticket = OrderTicket(code="009150", side=Side.BUY, type=OrderType.LIMIT, qty=3, price=150000)
    row = asyncio.run(KisOrders(caller, ACCOUNT, ManualClock(at)).place(ticket))
    assert Acknowledged(broker_id="1569157", branch="06010", at=at) == row
    assert {"PDNO": "009150", "ORD_DVSN": "00", "ORD_QTY": "3", "ORD_UNPR": "150000"} == {
        k: caller.asked[0].body[k] for k in request if k not in {"CANO", "ACNT_PRDT_CD"}
    }


def test_a_recorded_rate_limit(market_data: Path) -> None:
    """Turned away with HTTP 500 is BrokerBusy."""
    reply, _ = _recorded(market_data, "error_rate_limit")
    with pytest.raises(BrokerBusy):
        asyncio.run(KisAccount(Answers([reply]), ACCOUNT).state())
