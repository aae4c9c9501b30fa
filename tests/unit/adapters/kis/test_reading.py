"""Times without a date, sessions without a mark, notices of every kind."""

from datetime import datetime

import pytest

from jennie_cli.adapters.kis import AccountNumber
from jennie_cli.adapters.kis.cleaning import one_line
from jennie_cli.adapters.kis.reading import Reader, nearest
from jennie_cli.engine.clock import KST, ManualClock
from jennie_cli.engine.feed import MarketEventKind
from jennie_cli.engine.model import NoticeKind, Side
from jennie_cli.engine.venue import default_calendar
from jennie_cli.kis_wire import BadFrame, Record, split_records

NIGHT = datetime(2026, 11, 23, 23, 59, 58, tzinfo=KST)
EXAM_DAY = datetime(2026, 11, 19, 16, 29, 0, tzinfo=KST)


def reader(now: datetime, account: AccountNumber | None = None) -> Reader:
    return Reader(clock=ManualClock(now), calendar=default_calendar(), account=account)


def trade(width: int, **fields: str) -> Record:
    values = ["0"] * width
    values[:3] = ["005930", fields.get("hour", "100000"), "71000"]
    values[33] = fields.get("day", "20261123")
    if width > 46:
        values[46] = fields.get("market", "2")
    return split_records("H0STCNT0", 1, "^".join(values)).rows[0]


def notice(width: int, **fields: str) -> Record:
    values = [""] * width
    values[:3] = ["hts", "8765432101", "0000001234"]
    values[3] = fields.get("original", "")
    values[4], values[5], values[8] = fields.get("side", "02"), fields.get("change", "0"), "005930"
    values[9:12] = [fields.get("qty", "0000000003"), fields.get("price", "000071000"), "100001"]
    values[12], values[13] = fields.get("refused", "0"), fields.get("traded", "1")
    values[14], values[16] = fields.get("taken", "1"), "000000010"
    return split_records("H0STCNI0", 1, "^".join(values)).rows[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("235959", datetime(2026, 11, 23, 23, 59, 59, tzinfo=KST)),
        ("000001", datetime(2026, 11, 24, 0, 0, 1, tzinfo=KST)),
        ("120000", datetime(2026, 11, 23, 12, 0, tzinfo=KST)),
    ],
)
def test_a_time_without_a_date_is_the_nearest_one(text: str, expected: datetime) -> None:
    """Just before midnight a second past it is tomorrow's."""
    assert expected == nearest(NIGHT, text)


def test_just_after_midnight_a_late_time_is_yesterdays() -> None:
    """A frame that was on its way."""
    now = datetime(2026, 11, 24, 0, 0, 2, tzinfo=KST)
    assert datetime(2026, 11, 23, 23, 59, 59, tzinfo=KST) == nearest(now, "235959")


def test_a_trade_carries_its_own_date() -> None:
    """BSOP_DATE rules; a blank one leaves the nearest day."""
    assert (
        datetime(2026, 11, 20, 10, tzinfo=KST) == reader(NIGHT).tick(trade(47, day="20261120")).at
    )
    assert datetime(2026, 11, 24, 10, tzinfo=KST) == reader(NIGHT).tick(trade(47, day="")).at


@pytest.mark.parametrize(
    ("market", "regular"), [("1", False), ("2", True), ("3", False), ("5", False)]
)
def test_the_mark_of_the_market_tells_the_regular_session(market: str, regular: bool) -> None:
    """Whatever the hour."""
    assert regular is reader(NIGHT).tick(trade(47, market=market, hour="160000")).regular


@pytest.mark.parametrize("width", [46, 47])
def test_without_a_mark_the_days_session_tells(width: int) -> None:
    """Exam day runs from 10:00 to 16:30; the close may print half a minute late."""
    read = reader(EXAM_DAY)
    found = {
        hour: read.tick(trade(width, market="", day="20261119", hour=hour)).regular
        for hour in ("095959", "100000", "163020", "163101")
    }
    assert {"095959": False, "100000": True, "163020": True, "163101": False} == found


@pytest.mark.parametrize("mark", ["0", "4", "20"])
def test_an_unknown_mark_leaves_it_to_the_clock_and_is_told_once(
    mark: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A new market class costs no bar; one warning says that it came."""
    read = reader(NIGHT)
    found = [read.tick(trade(47, market=mark, hour=hour)).regular for hour in ("100000", "170000")]
    assert [True, False] == found
    assert [True] == [mark in record.getMessage() for record in caplog.records]


def test_a_blank_halt_or_interruption_changes_nothing() -> None:
    """Only N tells that a halt or a volatility interruption is over."""
    read = reader(NIGHT)

    def told(halted: str, vi: str) -> list[MarketEventKind]:
        values = ["005930", halted, "x", "(null)", "(null)", "311", "(null)", "(null)", vi, "N"]
        record = split_records("H0STMKO0", 1, "^".join([*values, "KRX"])).rows[0]
        return [event.kind for event in read.events(record)]

    kinds = MarketEventKind
    assert [kinds.HALTED, kinds.VI_STARTED] == told("Y", "1")
    assert [] == [*told("(null)", "(null)"), *told("", "")]
    assert [kinds.RESUMED, kinds.VI_ENDED] == told("N", "N")


@pytest.mark.parametrize(
    "fields",
    [
        {"traded": "3"},
        {"traded": ""},
        {"traded": "2", "qty": "0000000000"},
        {"traded": "2", "qty": ""},
        {"traded": "2", "price": "000000000"},
        {"traded": "2", "price": ""},
        {"price": ""},
    ],
)
def test_a_notice_that_cannot_be_is_no_notice(fields: dict[str, str]) -> None:
    """Neither of an order nor of a fill, or a fill of nothing or for nothing."""
    with pytest.raises(BadFrame):
        reader(NIGHT).notice(notice(26, **fields))


def test_a_refusal_needs_no_price() -> None:
    """A market order that the exchange turned away."""
    found = reader(NIGHT).notice(notice(26, refused="1", price=""))
    assert found is not None
    assert (NoticeKind.REJECTED, 0) == (found.kind, found.price)


@pytest.mark.parametrize("width", [23, 26])
@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({}, NoticeKind.ACCEPTED),
        ({"traded": "2", "taken": "2"}, NoticeKind.FILLED),
        ({"change": "1", "taken": "2", "original": "0000000900"}, NoticeKind.MODIFIED),
        ({"change": "2", "taken": "2", "original": "0000000900"}, NoticeKind.CANCELLED),
        ({"change": "2", "taken": "1", "original": "0000000900"}, NoticeKind.ACCEPTED),
        ({"taken": "3"}, NoticeKind.CANCELLED),
        ({"refused": "1"}, NoticeKind.REJECTED),
        ({"refused": "1", "change": "2", "original": "0000000900"}, NoticeKind.REJECTED),
    ],
)
def test_a_notice_of_either_width_tells_what_happened(
    width: int, fields: dict[str, str], kind: NoticeKind
) -> None:
    """The 23 fields of paper and the 26 of real."""
    found = reader(NIGHT).notice(notice(width, **fields))
    assert found is not None
    assert (kind, "1234", "900" if "original" in fields else None) == (
        found.kind,
        found.broker_id,
        found.original_id,
    )
    assert (Side.BUY, 3, 71_000, 10) == (found.side, found.qty, found.price, found.order_qty)


def test_another_accounts_notice_is_none() -> None:
    """One HTS id delivers all accounts attached to it."""
    other = AccountNumber(number="11111111", product="01")
    assert reader(NIGHT, other).notice(notice(26)) is None


def test_a_line_is_masked_before_it_is_cut() -> None:
    """Half a secret would be recognised no more."""
    text = "x" * 190 + " topsecret" + "\x07\x1b[31m\u202e"
    assert "x" * 190 + " ***" == one_line(text, lambda t: t.replace("topsecret", "***"))
