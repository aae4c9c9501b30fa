"""Buying, selling, changing and taking back from the command line."""

import signal
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import typer
from rich.cells import cell_len
from tests.unit.commands.trading.counter import Counter
from tests.unit.engine.risk.cases import PRICE, STOCK, at
from tests.unit.engine.trading.little_room import LittleLives, holding

from jennie_cli.commands.argv import UsageError, moment
from jennie_cli.commands.session import Session
from jennie_cli.commands.trading import asking, ordering
from jennie_cli.commands.trading.lines import plan_lines
from jennie_cli.engine.clock import ManualClock
from jennie_cli.engine.errors import ExitCode, Refused, UnknownStock
from jennie_cli.engine.model import Flag, OrderState
from jennie_cli.engine.trading import Plan
from jennie_cli.settings import Profile

ROW = {
    "id",
    "broker_id",
    "code",
    "side",
    "type",
    "qty",
    "price",
    "filled_qty",
    "avg_price",
    "state",
    "created_at",
    "reason",
    "strategy",
}


@pytest.fixture
def counter(tmp_path: Path) -> Counter:
    """Return a counter without a terminal."""
    return Counter(tmp_path)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let somebody be there to answer."""
    monkeypatch.setattr(asking, "somebody_is_there", lambda: True)


def resting(counter: Counter) -> str:
    """Return the id of an order that rests in the book."""
    counter.room.lives.becomes = OrderState.WORKING
    made = counter.call("buy", STOCK.code, "10", "--limit", str(PRICE), "--yes")
    return str(made.document["order"]["id"])


def test_a_buy_answers_what_was_asked_what_is_filled_and_what_is_open(counter: Counter) -> None:
    """The document holds the order as `trade orders` shows it, and the plan it came from."""
    heard = counter.call("buy", STOCK.name, "10", "--limit", "71000", "--yes")
    told = heard.document
    assert (0, "sim", ROW) == (heard.code, told["profile"], set(told["order"]))
    asked = {"code": STOCK.code, "side": "buy", "type": "limit", "qty": 10, "price": PRICE}
    assert {**asked, "venue": "KRX", "name": STOCK.name} == told["asked"]
    assert (710_000, 99_290_000, None) == (told["value"], told["cash_left"], told["shares_left"])
    assert ({"qty": 10, "amount": 710_000}, 0) == (told["filled"], told["open_qty"])
    assert ("FILLED", 71_000, "MANUAL") == tuple(
        told["order"][k] for k in ("state", "avg_price", "reason")
    )


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "ko",
            (
                "sim: 가상 거래소 (실제 돈 아님)",
                "매수  가온칩스텍 900010  10주 · 지정가 71,000원 · KRX",
                "금액 약 710,000원 (1주 71,000원)",
                "주문 뒤 주문 가능 약 99,290,000원",
                "10주 모두 체결되었습니다.",
                "평균 71,000원, 합계 710,000원",
            ),
        ),
        (
            "en",
            (
                "sim: the built-in exchange (no real money)",
                "buy  가온칩스텍 900010  10 shares · limit KRW 71,000 · KRX",
                "worth about KRW 710,000 (KRW 71,000 a share)",
                "left to order with after it about KRW 99,290,000",
                "All 10 shares filled.",
                "average KRW 71,000, in all KRW 710,000",
            ),
        ),
    ],
)
def test_a_person_reads_profile_order_worth_and_outcome(
    counter: Counter, lang: str, words: tuple[str, ...]
) -> None:
    """With --yes everything is told afterwards."""
    heard = counter.page("buy", STOCK.code, "10", "--limit", "71000", "--yes", lang=lang)
    assert (0, "\n".join(words) + "\n") == (heard.code, heard.out)


def test_without_a_terminal_and_without_yes_nothing_is_opened(counter: Counter) -> None:
    """It says so before it looks at anything: exit code 2."""
    for words in (
        ("buy", STOCK.code),
        ("sell", STOCK.code, "1"),
        ("modify", "1", "--limit", "70000"),
        ("cancel", "1"),
        ("flatten",),
        ("stop",),
    ):
        with pytest.raises(UsageError, match="터미널이 없습니다"):
            counter.call(*words)
    assert 0 == counter.house.opened


@pytest.mark.usefixtures("terminal")
def test_a_person_is_shown_the_order_and_asked(counter: Counter) -> None:
    """Profile, worth and what remains stand above the question; a no sends nothing."""
    heard = counter.page("sell", STOCK.code, typed="n\n")
    assert (int(ExitCode.REFUSED), "") == (heard.code, heard.out)
    for words in ("가상 거래소", "100주 · 시장가", "7,100,000원", "팔 수 있는 수량 0주", "낼까요?"):
        assert words in heard.err
    assert "주문하지 않았습니다." in heard.err
    assert [] == counter.room.lives.sent
    yes = counter.page("sell", STOCK.code, typed="y\n")
    assert (0, 1) == (yes.code, len(counter.room.lives.sent))
    assert "100주 모두 체결" in yes.out


@pytest.mark.usefixtures("terminal")
def test_a_repetition_is_asked_about_in_its_own_words(counter: Counter) -> None:
    """The question says how long ago the same order was; a yes sends it."""
    counter.page("buy", STOCK.code, "10", typed="y\n")
    counter.room.clock.advance(3)
    again = counter.page("buy", STOCK.code, "10", typed="y\n")
    assert "3초 전에 냈습니다" in again.err
    assert 2 == len(counter.room.lives.sent)


def test_a_refusal_names_rule_figure_and_limit(counter: Counter) -> None:
    """Exit code 5, with what to do next."""
    heard = counter.call("buy", STOCK.code, "71", "--limit", "71000", "--yes")
    told = heard.error
    assert (5, "order_cap", "risk.order_cap") == (heard.code, told["code"], told["rule"])
    assert (5_041_000, 5_000_000, "KRW") == (told["value"], told["limit"], told["unit"])
    assert "주문 금액 5,041,000원: 한 번 한도 5,000,000원을 넘습니다" == told["message"]
    assert "risk.manual_order_cap" in told["hint"]
    page = counter.page("buy", STOCK.code, "71", "--limit", "71050", "--yes", lang="en")
    assert (5, "") == (page.code, page.out)
    assert (
        "KRW 71,050: no valid price step (nearest KRW 71,000)\nA valid price: --limit 71000\n"
        == page.err
    )


def test_with_v_every_check_is_told(counter: Counter) -> None:
    """The rules that passed stand before the one that did not."""
    counter.verbosity = 1
    heard = counter.page("buy", STOCK.code, "71", "--limit", "71000", "--yes")
    assert "71,000원: 상한가 91,000원 이하" in heard.err
    assert "71주: 현금으로 살 수 있는 1,000주 안" in heard.err


def test_a_brake_pulled_between_plan_and_order_refuses(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stamp is asked again after the yes."""

    def pulled(*_: object, **__: object) -> bool:
        counter.room.raise_flag(Flag.STOP)
        return True

    monkeypatch.setattr(asking, "agreed", pulled)
    heard = counter.call("buy", STOCK.code, "10", "--yes")
    assert (5, "stop") == (heard.code, heard.error["code"])


@pytest.mark.parametrize(
    ("state", "code", "name"),
    [
        (OrderState.UNKNOWN, 7, "outcome_unknown"),
        (OrderState.SENT, 7, "outcome_unknown"),
        (OrderState.REJECTED, 5, "broker_refused"),
        (OrderState.NOT_SENT, 6, "not_sent"),
    ],
)
def test_an_order_that_did_not_go_through_has_its_own_exit_code(
    counter: Counter, state: OrderState, code: int, name: str
) -> None:
    """The document holds the error and the order as far as it is known."""
    counter.room.lives.becomes, counter.room.lives.note = state, "what the broker said"
    heard = counter.call("buy", STOCK.code, "10", "--yes")
    assert (code, name) == (heard.code, heard.error["code"])
    assert state.value == heard.document["order"]["state"]
    assert "what the broker said" in heard.error["message"]
    counter.room.clock.advance(60)
    page = counter.page("buy", STOCK.code, "10", "--yes")
    assert code == page.code
    assert "매수  가온칩스텍" in page.out
    assert "what the broker said" in page.err


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (OrderState.WORKING, "접수되어 10주가 체결을 기다립니다"),
        (OrderState.PARTIAL, "5주 체결, 5주가 더 기다립니다"),
        (OrderState.DRY_RUN, "보내지 않았습니다"),
    ],
)
def test_an_order_that_waits_is_a_success(counter: Counter, state: OrderState, words: str) -> None:
    """Exit code 0, and the words say what is open and how to take it back."""
    counter.room.lives.becomes = state
    heard = counter.page("buy", STOCK.code, "10", "--limit", "71000", "--yes")
    assert 0 == heard.code
    assert words in heard.out


def test_warnings_reach_a_script_on_stderr(counter: Counter) -> None:
    """No monitor is running: the document and stderr say that no stop is live."""
    counter.room.alone, counter.profile = True, Profile.PAPER
    heard = counter.call("buy", STOCK.code, "10", "--yes")
    assert (0, ["unwatched"], "paper") == (
        heard.code,
        heard.document["notes"],
        heard.document["profile"],
    )
    assert "감시 프로그램이 돌고 있지 않습니다" in heard.err
    counter.room.clock.advance(60)
    assert "어떤 손절도" in counter.page("buy", STOCK.code, "10", "--yes").out


def test_an_auction_shows_its_expected_price(counter: Counter) -> None:
    """A person sees at what price everything would trade."""
    quote = counter.room.quotes.now
    assert quote is not None
    counter.room.quotes.now = replace(quote, expected_price=71_200)
    heard = counter.page("buy", STOCK.code, "10", "--yes")
    assert "예상체결가 71,200원" in heard.out


def test_an_unknown_stock_orders_nothing(counter: Counter) -> None:
    """Exit code 4 is main's; nothing was sent."""
    with pytest.raises(UnknownStock):
        counter.call("buy", "없는종목", "--yes")
    assert [] == counter.room.lives.sent


def test_an_order_is_changed_by_its_id_or_broker_number(counter: Counter) -> None:
    """The document holds it before and after."""
    made = resting(counter)
    heard = counter.call("modify", made, "--limit", "71500", "--yes")
    told = heard.document
    assert (0, 71_000, 71_500) == (heard.code, told["before"]["price"], told["order"]["price"])
    assert told["before"]["broker_id"] != told["order"]["broker_id"]
    page = counter.page(
        "modify", f"000{told['order']['broker_id']}", "--limit", "71600", "--yes", lang="en"
    )
    assert "limit KRW 71,500 → limit KRW 71,600 · 10 shares" in page.out


@pytest.mark.usefixtures("terminal")
def test_a_change_is_asked_about(counter: Counter) -> None:
    """A no leaves the order as it is."""
    made = resting(counter)
    heard = counter.page("modify", made, "--limit", "71500", typed="n\n")
    assert (5, "이렇게 바꿀까요?" in heard.err) == (heard.code, True)
    assert PRICE == counter.room.lives.kept[made].price


def test_a_change_can_be_refused_by_the_stamp_and_by_the_broker(counter: Counter) -> None:
    """A price off the step never leaves; an order that keeps its price was no success."""
    made = resting(counter)
    assert "tick" == counter.call("modify", made, "--limit", "71510", "--yes").error["code"]
    counter.room.lives.stubborn = True
    heard = counter.call("modify", made, "--limit", "71500", "--yes")
    assert (5, "broker_refused") == (heard.code, heard.error["code"])


def test_a_change_is_stamped_again_after_the_yes(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What filled meanwhile is not changed."""
    made = resting(counter)

    def filled(*_: object, **__: object) -> bool:
        book = counter.room.lives.kept
        book[made] = replace(book[made], state=OrderState.FILLED, filled_qty=10)
        return True

    monkeypatch.setattr(asking, "agreed", filled)
    heard = counter.call("modify", made, "--limit", "71500", "--yes")
    assert (5, "open_order") == (heard.code, heard.error["code"])


def test_an_order_is_taken_back(counter: Counter) -> None:
    """A second cancel of it is no failure."""
    made = resting(counter)
    heard = counter.call("cancel", made, "--yes")
    assert (0, "CANCELLED") == (heard.code, heard.document["order"]["state"])
    again = counter.page("cancel", made, "--yes")
    assert (0, "취소되었습니다. 그 전에 체결된 것: 0주.\n") == (again.code, again.out)


def test_an_order_that_is_not_there_or_not_alone_is_named_in_words(counter: Counter) -> None:
    """Exit code 4, in the reader's language, with the command that lists the ids."""
    first = resting(counter)
    counter.room.clock.advance(60)
    resting(counter)
    nobody = counter.page("cancel", "nobody", "--yes")
    assert (4, "") == (nobody.code, nobody.out)
    assert (
        "'nobody' 에 맞는 주문이 없습니다.\n주문 번호 찾기: jennie trade orders --all\n"
        == nobody.err
    )
    both = counter.call("modify", first[:5], "--limit", "71500", "--yes")
    assert (4, "ambiguous_order") == (both.code, both.error["code"])
    assert "2건" in both.error["message"]


def test_a_market_buy_says_what_it_locks(counter: Counter) -> None:
    """The upper limit is reserved, so less is left to order with than the order will cost."""
    told = counter.call("buy", STOCK.code, "10", "--yes").document
    assert (710_000, 910_000, 99_090_000) == tuple(
        told[k] for k in ("value", "reserved", "cash_left")
    )
    counter.room.clock.advance(60)
    page = counter.page("buy", STOCK.code, "10", "--yes").out
    assert "시장가는 상한가로 910,000원을 잡아 두고" in page


def test_a_sale_of_nothing_does_not_invent_a_share(counter: Counter) -> None:
    """Not held, and held but locked, are two things."""
    counter.room.account.holdings = ()
    none = counter.call("sell", STOCK.code, "--yes")
    assert (5, "not_held", None) == (none.code, none.error["code"], none.error["value"])
    assert "이 종목을 가지고 있지 않습니다." == none.error["message"]
    counter.room.account.holdings = (replace(holding(), sellable_qty=0),)
    locked = counter.call("sell", STOCK.code, "--yes")
    assert "sellable" == locked.error["code"]
    assert "지금 팔 수 있는 것이 없습니다" in locked.error["message"]
    asked = counter.call("sell", STOCK.code, "3", "--yes")
    assert "3주: 팔 수 있는 것은 0주입니다" == asked.error["message"]


def test_hints_call_the_program_as_it_was_called(counter: Counter) -> None:
    """The home that was named stands in the command that is suggested."""
    counter.given = {"home": "/h"}
    heard = counter.call("sell", STOCK.code, "101", "--yes")
    assert "가지고 있는 것 보기: jennie --home /h trade positions" == heard.error["hint"]


def test_control_c_at_a_question_ends_it_at_once(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The running loop does not keep the signal, and nothing is sent."""
    monkeypatch.setattr(asking, "somebody_is_there", lambda: True)

    went_on = []

    def pressed(*_: object, **__: object) -> bool:
        signal.raise_signal(signal.SIGINT)
        went_on.append(True)
        return True

    monkeypatch.setattr(typer, "confirm", pressed)
    before = signal.getsignal(signal.SIGINT)
    heard = counter.page("buy", STOCK.code, "10")
    assert (130, [], []) == (heard.code, went_on, counter.room.lives.sent)
    assert before == signal.getsignal(signal.SIGINT)


def test_an_order_that_rests_in_the_opening_auction_says_what_comes_next(
    counter: Counter,
) -> None:
    """The exchange's time, when it trades, and a command that goes there."""
    counter.room.clock = ManualClock(at(8, 45))
    counter.room.lives = LittleLives(counter.room.ledger, counter.room.clock)
    counter.room.lives.becomes = OrderState.WORKING
    page = counter.page("buy", STOCK.code, "10", "--limit", "71000", "--yes").out
    assert "거래소 시각 08:45:00. 09:00에 한꺼번에 한 가격으로 체결됩니다." in page
    command = "jennie sim clock set 2025-06-30T09:01:00+09:00"
    assert command in page
    assert moment("TIME", command.rsplit(maxsplit=1)[-1]).tzinfo is not None


def test_outside_the_hours_the_next_ones_are_named(counter: Counter) -> None:
    """After the close, and on a closed day with its reason."""
    counter.room.clock = ManualClock(at(16))
    after = counter.call("buy", STOCK.code, "10", "--yes").error
    assert "phase" == after["code"]
    assert "다음 주문 시간: 2025-07-01 08:30부터." in after["message"]
    counter.room.clock = ManualClock(at(10, day=date(2025, 7, 5)))
    closed = counter.page("buy", STOCK.code, "10", "--yes", lang="en").err
    assert "Orders are taken next from 2025-07-07 08:30." in closed
    assert "Because: weekend." in closed
    counter.room.clock = ManualClock(at(10, day=date(2025, 8, 15)))
    holiday = counter.page("buy", STOCK.code, "10", "--yes").err
    assert "이유: " in holiday
    assert "주말" not in holiday
    assert "2025-08-18 08:30부터" in holiday


@pytest.mark.usefixtures("terminal")
def test_a_cancel_is_asked_about(counter: Counter) -> None:
    """A no leaves the order open."""
    made = resting(counter)
    heard = counter.page("cancel", made, typed="n\n")
    assert 5 == heard.code
    assert f"취소  가온칩스텍 900010  {made}: 열려 있는 10주" in heard.err
    assert OrderState.WORKING is counter.room.lives.kept[made].state


@pytest.mark.parametrize(
    ("becomes", "code", "name"),
    [
        (OrderState.CANCELLING, 7, "outcome_unknown"),
        (OrderState.UNKNOWN, 7, "outcome_unknown"),
        (OrderState.FILLED, 5, "nothing_open"),
        (OrderState.WORKING, 5, "broker_refused"),
    ],
)
def test_a_cancel_that_did_not_work_says_so(
    counter: Counter, becomes: OrderState, code: int, name: str
) -> None:
    """Only a cancelled order is a success."""
    made = resting(counter)
    counter.room.lives.cancel_becomes = becomes
    heard = counter.call("cancel", made, "--yes")
    assert (code, name) == (heard.code, heard.error["code"])


def test_a_broker_that_refuses_a_cancel_is_heard(counter: Counter) -> None:
    """Its error rises to main."""
    made = resting(counter)
    counter.room.lives.stubborn = True
    with pytest.raises(Refused, match="too late"):
        counter.call("cancel", made, "--yes")


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_what_is_asked_fits_eighty_columns(
    counter: Counter, lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each line of an ordinary order is at most eighty cells wide."""
    shown: list[str] = []
    drawn = plan_lines

    def kept(session: Session, plan: Plan) -> list[str]:
        shown.extend(drawn(session, plan))
        return shown

    monkeypatch.setattr(ordering, "plan_lines", kept)
    counter.page("buy", STOCK.code, "10", "--limit", "71000", "--yes", lang=lang)
    assert len(shown) >= 3
    assert 80 >= max(map(cell_len, shown))
