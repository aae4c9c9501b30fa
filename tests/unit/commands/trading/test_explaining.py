"""Why a stock was or was not traded: the moment that is meant, the page, and what is not there."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from tests.unit.commands.trading import recorded
from tests.unit.commands.trading.counter import Counter
from tests.unit.commands.view.test_watchlist import drawn
from tests.unit.conftest import Jennie
from tests.unit.engine.trading.little_room import OTHER, STOCKS

from jennie_cli.adapters.sql import SqlEvaluations, connect
from jennie_cli.commands.argv import UsageError
from jennie_cli.commands.trading import explaining
from jennie_cli.commands.view.judgement import judgement_page
from jennie_cli.engine.errors import UnknownStock
from jennie_cli.engine.model import Order
from jennie_cli.engine.store import MemoryEvaluations
from jennie_cli.engine.trading import StockList, explain
from jennie_cli.wiring.records import SessionRecord

CODE = recorded.CODE
NAME = STOCKS[CODE].name
KINDS = ("gates", "strategies", "confirmation", "exits")


class Records:
    """What a home has on record, changed by a test."""

    def __init__(self) -> None:
        """Start with the morning and the one order of it."""
        self.evaluations = MemoryEvaluations()
        self.orders: tuple[Order, ...] = ()

    def morning(self) -> None:
        """Have the morning on record."""
        recorded.keep_morning(self.evaluations)
        self.orders = (recorded.bought(),)

    def open(self, _house: object) -> SessionRecord:
        """Return the record as a command opens it."""
        return SessionRecord(
            evaluations=self.evaluations, orders=self.orders, stocks=StockList(lambda: STOCKS)
        )


@pytest.fixture
def records(monkeypatch: pytest.MonkeyPatch) -> Records:
    """Return an empty record that the command will open."""
    made = Records()
    monkeypatch.setattr(explaining, "open_record", made.open)
    return made


@pytest.fixture
def counter(tmp_path: Path, records: Records) -> Counter:
    """Return a counter over the morning."""
    records.morning()
    return Counter(tmp_path)


@pytest.mark.parametrize(
    ("asked", "buy", "sell"),
    [
        ("10:00", "stopped", "not_judged"),
        ("10:00:30", "stopped", "not_judged"),
        ("2025-06-30T10:01", "waiting", "not_judged"),
        ("2025-06-30 10:01:59", "waiting", "not_judged"),
        ("2025-06-30T01:01:59.5+00:00", "waiting", "not_judged"),
        # a minute is meant whole: the stamp and the order of that minute are in it
        ("10:02", "filled", "not_judged"),
        ("10:02:00", "filled", "not_judged"),
        ("10:02:00.000000", None, None),
        ("2025-06-30T10:02:00.000000", "waiting", "not_judged"),
        ("10:03", "not_judged", "not_wanted"),
        ("10:04", "refused", "not_judged"),
        ("2025-06-30", "refused", "not_wanted"),
    ],
)
def test_a_moment_is_what_a_person_means_by_it(
    counter: Counter, asked: str, buy: str | None, sell: str | None
) -> None:
    """Hours of the newest day, whole minutes and seconds, days, and times of any zone."""
    if buy is None:
        with pytest.raises(UsageError, match="알 수 없는 시각"):
            counter.call("explain", CODE, "--at", asked)
        return
    told = counter.call("explain", CODE, "--at", asked).document
    assert [buy, sell] == [told["buy"]["outcome"], told["sell"]["outcome"]]
    assert [CODE, NAME, "sim"] == [told[k] for k in ("code", "name", "profile")]


def test_without_a_time_the_last_word_is_told(counter: Counter, records: Records) -> None:
    """By code or name; of an order by hand after the session as well."""
    told = counter.call("explain", NAME).document
    assert ["refused", "risk.pause"] == [
        told["buy"]["outcome"], told["buy"]["stopped_by"]["rule"],
    ]  # fmt: skip
    later = recorded.TEN + timedelta(hours=6)
    by_hand = {"order_id": "m1", "reason": "MANUAL", "strategy": None, "created_at": later}
    records.orders = (recorded.bought(), _order(by_hand))
    told = counter.call("explain", CODE).document
    assert ["filled", "MANUAL", "m1"] == [told["buy"][k] for k in ("outcome", "why", "order_id")]
    assert [None] * 4 == [told[kind] for kind in KINDS]
    assert [recorded.ORDER_ID] == [row["id"] for row in told["day_orders"]]


def _order(changes: dict[str, Any]) -> Order:
    return replace(recorded.bought(), **changes)


def test_the_document_holds_every_rule_with_value_and_limit(counter: Counter) -> None:
    """Gates, strategies and the bar that confirmed; then the stamp with its order."""
    told = counter.call("explain", CODE, "--at", "10:02").document
    checks = [c for kind in KINDS if told[kind] for c in told[kind]["checks"]]
    (stamp,) = told["stamps"]
    shape = {"rule", "value", "limit", "unit", "passed", "text"}
    assert all(shape <= check.keys() for check in (*checks, *stamp["checks"]))
    assert {"gate.rsi", "strategy.held_price"} <= {check["rule"] for check in checks}
    assert 21 == len(told["gates"]["checks"])
    assert (recorded.ORDER_ID, "골든크로스") == (stamp["order_id"], stamp["why_text"])
    assert [recorded.ORDER_ID] == [row["id"] for row in told["orders"]]
    assert [] == told["day_orders"]
    exits = counter.call("explain", CODE, "--at", "10:03").document["exits"]["checks"]
    assert "exit.hard_stop" in {check["rule"] for check in exits}


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("figures", [False, True])
@pytest.mark.parametrize("width", [80, 100])
@pytest.mark.parametrize("minute", [0, 2, 3, 4])
def test_the_page_fits_and_loses_nothing(
    records: Records, lang: str, figures: bool, width: int, minute: int
) -> None:
    """The verdict first; each check of each kind is on it, whole, whatever the width."""
    records.morning()
    moment = recorded.TEN + timedelta(minutes=minute, seconds=59, microseconds=999_999)
    told = explain(records.evaluations.at(CODE, moment), records.orders, lang)
    doc = {"name": NAME, **told, "day_orders": told["orders"]}
    page = drawn(judgement_page(doc, lang, head="sim", jennie="jennie", figures=figures), width)
    lines = page.splitlines()
    assert max(cell_len(line) for line in lines) <= width
    assert lines[1].endswith(f"2025-06-30 10:0{minute}")
    said = "".join(page.split())
    judged = [doc[kind]["checks"] for kind in KINDS if doc[kind]]
    for check in [c for checks in (*judged, *(s["checks"] for s in doc["stamps"])) for c in checks]:
        assert "".join(check["text"].split()) in said
        assert figures == (f"[{check['rule']}" in said)
    places = [said.index("".join(doc[side]["text"].split())) for side in ("buy", "sell")]
    assert places == sorted(places)
    assert max(places) < said.index("✓" if minute < 3 else "○" if minute == 3 else "✗")


def test_marks_tell_what_stops_from_what_is_only_noted(counter: Counter) -> None:
    """A flag on the volume is no shut gate; a rule of the chain is reached or not."""
    shut = counter.page("explain", CODE, "--at", "10:00").out
    assert [" ".join(line.split()) for line in shut.splitlines() if line.startswith(("✗", "!"))][
        :2
    ] == [
        "✗ RSI 80: 과열 (75 초과)",
        "! 거래량 2.50배: 평균의 2.00배 초과, 주의 1",
    ]
    held = counter.page("explain", CODE, "--at", "10:03").out
    assert "○ 수익률" in held
    assert "✗" not in held


def test_the_page_names_the_other_orders_of_the_day(counter: Counter) -> None:
    """With the command that tells why."""
    page = counter.page("explain", CODE, "--at", "10:00").out
    assert "이날의 다른 주문\n10:02:00 매수 100주 · 40,000원 · 체결" in page
    assert f"jennie trade explain {CODE} --at 2025-06-30T10:02:00" in page
    again = counter.page("explain", CODE, "--at", "2025-06-30T10:02:00").out
    assert "샀습니다. 골든크로스: 100주 체결, 평균 39,800원" in again


def test_where_nothing_is_recorded_the_next_act_is_named(tmp_path: Path, records: Records) -> None:
    """Nothing at all; nothing of the stock; nothing at the moment, or before it."""
    counter = Counter(tmp_path)
    heard = counter.call("explain", CODE)
    assert (4, "nothing_recorded") == (heard.code, heard.error["code"])
    assert heard.error["hint"].endswith("jennie trade run")
    assert "판단하거나 주문한 기록이 없습니다" in counter.page("explain", CODE).err
    records.morning()
    heard = counter.call("explain", OTHER.name)
    assert (4, f"jennie scout explain {OTHER.code}") == (
        heard.code, heard.error["hint"].partition(": ")[2],
    )  # fmt: skip
    heard = counter.call("explain", CODE, "--at", "11:30")
    assert "2025-06-30 11:30" in heard.error["message"]
    assert "마지막 기록은 2025-06-30 10:04:00" in heard.error["message"]
    command = heard.error["hint"].partition(": jennie trade ")[2].split()
    assert 0 == counter.call(*command).code
    heard = counter.call("explain", CODE, "--at", "09:00", lang="en")
    assert "had not been judged yet" in heard.error["message"]


def test_a_code_that_no_master_has_any_more_is_found(counter: Counter, records: Records) -> None:
    """It was judged once; one that never was is unknown."""
    records.orders = (*records.orders, _order({"code": "90012A", "order_id": "x"}))
    assert "90012A" == counter.call("explain", "90012a").document["name"]
    with pytest.raises(UnknownStock):
        counter.call("explain", "90013A")


@pytest.mark.parametrize("wrong", ["", "soon", "25:00", "10", "10:61", "2025-06-31", "6/30"])
def test_a_time_nobody_understands_is_wrong_usage(counter: Counter, wrong: str) -> None:
    """Before anything is opened, with examples."""
    with pytest.raises(UsageError, match=f"'{wrong}'") as error:
        counter.call("explain", CODE, "--at", wrong)
    assert "10:15:30" in error.value.hint


def test_a_clock_of_the_past_knows_nothing_later(jennie: Jennie, tmp_path: Path) -> None:
    """The whole way through a home, its database and its ledger; no exchange is started."""
    for name, rows in {
        "stock_master": ("code,name,market,kind,status,sector_fine,sector_source",
                         f"{CODE},{NAME},KOSPI,COMMON,NORMAL,반도체와반도체장비,naver"),
        "daily_ohlcv": ("code,date,open,high,low,close,volume",
                        f"{CODE},2025-06-30,39000,39900,38900,39600,1000000"),
    }.items():  # fmt: skip
        path = tmp_path / f"{name}.csv"
        path.write_text("\n".join(rows) + "\n", encoding="utf-8")
        assert 0 == jennie("data", "import", str(path)).code
    home = Path(jennie("config", "get", "home", "--json").document["value"])
    engine = connect(f"sqlite:///{home / 'jennie.sqlite'}")
    recorded.keep_morning(SqlEvaluations(engine, profile="sim"))
    engine.dispose()
    told = jennie("trade", "explain", NAME, "--json").document
    assert [CODE, "refused"] == [told["code"], told["buy"]["outcome"]]
    early = ("--clock", "2025-06-30T10:01:20+09:00")
    told = jennie("trade", "explain", NAME, "--json", *early).document
    assert ["waiting", "2025-06-30T10:01:00+09:00"] == [told["buy"]["outcome"], told["moment"]]
    assert 4 == jennie("trade", "explain", NAME, "--profile", "paper").code
    assert not (home / "exchange").exists()
