"""Rows of KIS's quotes as the market values of the engine."""

from datetime import date

from jennie_cli.adapters.kis.answers import Row
from jennie_cli.engine.errors import UnknownStock
from jennie_cli.engine.feed import Book, DayBar, Dividend, MinuteBar, Quote, TradedDay
from jennie_cli.kis_wire.codes import Expecting, HourClass, change_of, status_of, vi_active

_LEVELS = range(1, 11)
_EXPECTING = frozenset({HourClass.BEFORE_OPEN, HourClass.VI, HourClass.SINGLE_PRICE})
_RUNNING = frozenset({Expecting.RUNNING, Expecting.CLOSING})


def no_such_code(code: str) -> UnknownStock:
    """Return the error for a code that KIS answers with zeros."""
    return UnknownStock(f"KIS knows no stock {code}.", hint="Give the six-character code.")


def quote_of(code: str, row: Row) -> Quote:
    """Return a quote out of `price`; UnknownStock for a row of zeros."""
    price = row.count("stck_prpr")
    if not price:
        raise no_such_code(code)
    return Quote(
        code=code,
        price=price,
        base_price=row.count("stck_sdpr"),
        open=row.count("stck_oprc"),
        high=row.count("stck_hgpr"),
        low=row.count("stck_lwpr"),
        upper_limit=row.count("stck_mxpr"),
        lower_limit=row.count("stck_llam"),
        volume=row.count("acml_vol"),
        value=row.count("acml_tr_pbmn"),
        status=status_of(
            row.word("iscd_stat_cls_code"),
            halted=row.optional("temp_stop_yn"),
            liquidation=row.optional("sltr_yn"),
            alert=row.optional("mrkt_warn_cls_code"),
            overheated=row.optional("short_over_yn"),
            managed=row.optional("mang_issu_cls_code"),
        ),
        vi_active=vi_active(row.text("vi_cls_code")),
    )


def listed_quote(row: Row, *, closing: bool = True) -> Quote | None:
    """Return a quote out of `many_prices`, None for a row of zeros.

    `closing` is False where no closing auction runs: its hour class stays on after the close.
    """
    price = row.count("inter2_prpr")
    if not price:
        return None
    hour = row.text("hour_cls_code")
    expects = hour in _EXPECTING or (closing and hour == HourClass.AFTER_CLOSE)
    return Quote(
        code=row.word("inter_shrn_iscd"),
        price=price,
        base_price=row.count("inter2_sdpr"),
        open=row.count("inter2_oprc"),
        high=row.count("inter2_hgpr"),
        low=row.count("inter2_lwpr"),
        upper_limit=row.count("inter2_mxpr"),
        lower_limit=row.count("inter2_llam"),
        volume=row.count("acml_vol"),
        value=row.count("acml_tr_pbmn"),
        vi_active=hour == HourClass.VI,
        expected_price=_listed_expectation(row) if expects else None,
    )


def _listed_expectation(row: Row) -> int | None:
    """Return the expected price of a row, None without a share, for one beyond the limits and for
    a change that its sign code does not bear out: whoever needs it asks for the book.
    """
    told, sign = row.whole("intr_antc_cntg_vrss"), row.optional("intr_antc_cntg_vrss_sign")
    try:
        price = row.count("inter2_sdpr") + change_of(sign, told)
    except ValueError:
        return None
    upper = row.count("inter2_mxpr") or price
    if row.count("intr_antc_vol") <= 0 or not max(1, row.count("inter2_llam")) <= price <= upper:
        return None
    return price


def book_of(code: str, book: Row, expected: Row, *, day: date) -> tuple[Book, int | None]:
    """Return the order book and the expected price of a running auction, None outside one.

    Between auctions KIS repeats the price of the last one, so its code decides. UnknownStock where
    the whole answer is zeros.
    """
    if not expected.count("stck_sdpr") and not expected.count("stck_prpr"):
        raise no_such_code(code)
    told = Book(
        code=code,
        at=book.moment("aspr_acpt_hour", day),
        asks=_side(book, "askp", "askp_rsqn"),
        bids=_side(book, "bidp", "bidp_rsqn"),
    )
    runs = expected.optional("antc_mkop_cls_code").strip() in _RUNNING
    return told, (expected.count("antc_cnpr") or None) if runs else None


def _side(row: Row, price: str, qty: str) -> tuple[tuple[int, int], ...]:
    levels = ((row.count(f"{price}{n}"), row.count(f"{qty}{n}")) for n in _LEVELS)
    return tuple(level for level in levels if all(level))


def minute_bar(code: str, row: Row) -> MinuteBar:
    """Return a minute, labelled by its start."""
    return MinuteBar(
        code=code,
        start=row.moment("stck_cntg_hour", row.day("stck_bsop_date")).replace(second=0),
        open=row.count("stck_oprc"),
        high=row.count("stck_hgpr"),
        low=row.count("stck_lwpr"),
        close=row.count("stck_prpr"),
        volume=row.count("cntg_vol"),
    )


def day_bar(code: str, row: Row) -> DayBar:
    """Return a day."""
    return DayBar(
        code=code,
        day=row.day("stck_bsop_date"),
        open=row.count("stck_oprc"),
        high=row.count("stck_hgpr"),
        low=row.count("stck_lwpr"),
        close=row.count("stck_clpr"),
        volume=row.count("acml_vol"),
    )


def traded_day(code: str, row: Row) -> TradedDay:
    """Return a day of the unadjusted chart; its base is the close less the change of the day."""
    close, told = row.count("stck_clpr"), row.whole("prdy_vrss")
    try:
        change = change_of(row.text("prdy_vrss_sign"), told)
    except ValueError:
        row.fail("prdy_vrss_sign", f"does not fit the change {told}")
    if close <= change:
        row.fail("prdy_vrss", "leaves no base price")
    return TradedDay(
        code=code,
        day=row.day("stck_bsop_date"),
        high=row.count("stck_hgpr"),
        close=close,
        base=close - change,
        volume=row.count("acml_vol"),
    )


def dividend(row: Row) -> Dividend:
    """Return a dividend; an amount of zero is one that is not decided."""
    return Dividend(
        code=row.word("sht_cd"),
        record_day=row.day("record_date"),
        won=row.optional_won("per_sto_divi_amt") or None,
    )
