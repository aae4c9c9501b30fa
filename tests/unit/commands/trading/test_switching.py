"""The flags and leaving the market from the command line."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.commands.trading.counter import Counter
from tests.unit.commands.trading.test_ordering import resting
from tests.unit.engine.risk.cases import STOCK
from tests.unit.engine.trading.little_room import OTHER, holding

from jennie_cli.commands.trading import asking
from jennie_cli.engine.broker import BrokerUnavailable
from jennie_cli.engine.model import Flag, OrderState


@pytest.fixture
def counter(tmp_path: Path) -> Counter:
    """Return a counter without a terminal."""
    return Counter(tmp_path)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let somebody be there to answer."""
    monkeypatch.setattr(asking, "somebody_is_there", lambda: True)


def test_pause_is_put_up_and_resume_lifts_it(counter: Counter) -> None:
    """Who, when and why are told; what is open is counted."""
    resting(counter)
    told = counter.call("pause", "--reason", "점심").document
    assert (True, "cli", "점심") == tuple(
        told["flags"]["pause"][k] for k in ("up", "who", "reason")
    )
    assert ({"up": False}, 1, 0) == (
        told["flags"]["stop"],
        told["open_orders"],
        told["unknown_orders"],
    )
    page = counter.page("pause", "--reason", "점심").out
    assert "켜짐  일시중지 (새로 사지 않음, 자동) · cli 2025-06-30 10:00 점심" in page
    assert "열려 있는 주문 1건" in page
    assert not counter.call("resume").document["flags"]["pause"]["up"]


def test_resume_leaves_the_dry_run_up_and_says_how_to_lift_it(counter: Counter) -> None:
    """Dry-run is lifted by its own name only."""
    counter.call("dryrun")
    counter.call("stop", "--yes")
    page = counter.page("resume", lang="en").out
    assert "off  stop" in page
    assert "on   dryrun" in page
    assert "jennie trade dryrun --off" in page
    assert not counter.call("dryrun", "--off").document["flags"]["dryrun"]["up"]


@pytest.mark.usefixtures("terminal")
def test_stop_wants_its_word_typed(counter: Counter) -> None:
    """Anything else changes nothing; the word freezes."""
    heard = counter.page("stop", typed="y\n")
    assert (5, {}) == (heard.code, dict(counter.room.flags.all()))
    assert "바꾸지 않았습니다." in heard.err
    assert 0 == counter.page("stop", typed="stop\n").code
    assert counter.room.flags.all()[Flag.STOP].up
    refused = counter.call("buy", STOCK.code, "1", "--yes")
    assert (5, "stop") == (refused.code, refused.error["code"])
    sale = counter.call("sell", STOCK.code, "1", "--yes")
    assert (0, ["stopped"]) == (sale.code, sale.document["notes"])


def test_orders_of_unknown_fate_are_named_with_the_flags(counter: Counter) -> None:
    """Whoever resumes must know."""
    counter.room.lives.becomes = OrderState.UNKNOWN
    counter.call("buy", STOCK.code, "10", "--yes")
    assert "결과를 모르는 주문 1건: jennie trade reconcile" in counter.page("resume").out


def test_a_stop_stands_though_the_broker_is_away(counter: Counter) -> None:
    """What is open is then unknown, and that is said; the flag did not wait for it."""
    counter.house.broken = BrokerUnavailable("no answer", hint="later")
    told = counter.call("stop", "--yes")
    assert (0, None, None) == (
        told.code,
        told.document["open_orders"],
        told.document["unknown_orders"],
    )
    assert counter.room.flags.all()[Flag.STOP].up
    assert "no answer" in told.err
    assert "열려 있는 주문" not in counter.page("pause").out


@pytest.mark.usefixtures("terminal")
def test_leaving_the_market_wants_its_word_typed(counter: Counter) -> None:
    """Everything that would happen stands above the question."""
    made = resting(counter)
    counter.room.lives.becomes = OrderState.FILLED
    heard = counter.page("flatten", typed="yes\n")
    assert (5, 1) == (heard.code, len(counter.room.lives.sent))
    for words in ("미체결 1건 취소, 1종목 시장가 매도", made, "100주 (약 7,100,000원)"):
        assert words in heard.err
    done = counter.page("flatten", typed="flatten\n")
    assert 0 == done.code
    assert "100주 모두 체결되었습니다." in done.out
    assert f"  취소 매수 {STOCK.name} {STOCK.code}  {made}  10주" in heard.err
    assert f"취소  {STOCK.name} {STOCK.code}  {made}: 취소되었습니다." in done.out


def test_a_script_leaves_the_market_with_yes(counter: Counter) -> None:
    """The document lists what was taken back, what was sold, what failed."""
    resting(counter)
    counter.room.lives.becomes = OrderState.FILLED
    told = counter.call("flatten", "--yes").document
    assert (1, 1, []) == (len(told["cancelled"]), len(told["sold"]), told["failed"])
    assert ({"qty": 100, "amount": 7_100_000}, "sim") == (
        told["sold"][0]["filled"],
        told["profile"],
    )


def test_what_fails_while_leaving_is_told_with_an_exit_code(counter: Counter) -> None:
    """A refusal is 5 and an unknown outcome 7; the rest was done."""
    made = resting(counter)
    counter.room.lives.stubborn = True
    counter.room.account.holdings = (
        replace(holding(OTHER.code, 7, OTHER.name), sellable_qty=0),
        holding(),
    )
    counter.room.lives.becomes = OrderState.FILLED
    heard = counter.call("flatten", "--yes")
    assert (5, "flatten_incomplete") == (heard.code, heard.error["code"])
    assert [
        ("error", "too late"),
        ("sellable", "지금 팔 수 있는 것이 없습니다: 이미 낸 매도 주문이 잡고 있을 수 있습니다."),
    ] == [(f["reason"], f["message"]) for f in heard.document["failed"]]
    assert 1 == len(heard.document["sold"])
    counter.room.lives.becomes = OrderState.UNKNOWN
    page = counter.page("flatten", "--yes")
    assert 7 == page.code
    assert f"취소 안 됨  {STOCK.name} {STOCK.code}  {made}: too late" in page.out
    assert f"안 됨  {OTHER.name} {OTHER.code}: 지금 팔 수" in page.out
    assert "다시 주문하지 마세요" in page.out


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_a_cancel_whose_outcome_is_unknown_is_no_success(counter: Counter, lang: str) -> None:
    """Leaving the market ends with exit code 7 though every sale was made."""
    resting(counter)
    counter.room.lives.becomes = OrderState.FILLED
    counter.room.lives.cancel_becomes = OrderState.CANCELLING
    heard = counter.page("flatten", "--yes", lang=lang)
    assert (7, True) == (heard.code, "trade reconcile" in heard.err)


def test_with_nothing_to_leave_nothing_is_asked(counter: Counter) -> None:
    """It says so and succeeds."""
    counter.room.account.holdings = ()
    heard = counter.page("flatten", "--yes")
    assert (0, True) == (heard.code, "취소할 주문도, 팔 주식도 없습니다." in heard.out)


def test_a_dry_run_of_leaving_says_that_cancels_go_out(counter: Counter) -> None:
    """Only the sales are kept as dry ones."""
    made = resting(counter)
    counter.call("dryrun")
    heard = counter.page("flatten", "--yes")
    assert "모의(dryrun): 취소는 실제로 나가고, 매도는 기록만 합니다." in heard.out
    assert "기록만 하고 보내지 않습니다" not in heard.out
    assert OrderState.CANCELLED is counter.room.lives.kept[made].state
    assert counter.room.lives.sent[-1].dry_run
