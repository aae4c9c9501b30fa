"""What changes once a day: trading days and what is on record of a stock."""

from datetime import date, timedelta

from jennie_cli.engine.model import Market, SecurityKind, StockStatus
from jennie_cli.engine.venue import DayState
from jennie_cli.kis_wire.text import long_code
from jennie_cli.simulator.server.asked import Asked, Hall, column
from jennie_cli.simulator.server.envelope import Page, turned

_HOLIDAY_ROWS = 24
_STOCK = "300"
_MARKET_IDS = {Market.KOSPI: "STK", Market.KOSDAQ: "KSQ"}
_GROUPS = {SecurityKind.ETF: "EF", SecurityKind.ETN: "EN", SecurityKind.REIT: "RT"}


def dividends(hall: Hall, asked: Asked) -> Page:
    """ksdinfo/dividend: no company that is listed here pays any."""
    del hall
    asked.day("F_DT")
    asked.day("T_DT")
    return Page(outputs={"output1": []})


def holidays(hall: Hall, asked: Asked) -> Page:
    """chk-holiday: calendar days from one on; a day that nobody can vouch for ends the list."""
    calendar = hall.play.market.calendar
    start = asked.day("CTX_AREA_NK" if asked.next_page else "BASS_DT", hall.now.date())
    if date.max - start < timedelta(days=_HOLIDAY_ROWS):
        raise turned("OPSQ2002")
    days = [start + timedelta(days=n) for n in range(_HOLIDAY_ROWS)]
    known = [day for day in days if calendar.state(day) is not DayState.UNKNOWN]
    rows = []
    for day in known:
        opens = "Y" if calendar.is_open(day) else "N"
        rows.append(
            {
                "bass_dt": f"{day:%Y%m%d}",
                "wday_dvsn_cd": f"{(day.weekday() + 1) % 7 + 1:02}",
                "bzdy_yn": "Y" if _last_of_year(day) else opens,
                "tr_day_yn": "Y",
                "opnd_yn": opens,
                "sttl_day_yn": opens,
            }
        )
    following = f"{days[-1] + timedelta(days=1):%Y%m%d}" if len(known) == len(days) else ""
    return Page(
        outputs={"output": rows},
        code="KIOK0500" if following else "KIOK0460",
        condition=f"{start:%Y%m%d}",
        following=following,
    )


def _last_of_year(day: date) -> bool:
    """Whether banks work and the exchange rests: on the year's last day from Monday to Friday."""
    end = date(day.year, 12, 31)
    return day == end - timedelta(days=max(0, end.weekday() - 4))


def stock_info(hall: Hall, asked: Asked) -> Page:
    """search-stock-info; only Korean stocks (300) are on record."""
    if asked.word("PRDT_TYPE_CD") != _STOCK:
        raise turned("KIOK0560")
    book = hall.book
    code = asked.word("PDNO")
    if book.place(code) is None:
        raise turned("APBK0656")
    at = column(book, code)
    status = book.designation(at)
    kind = book.security(at)
    return Page(
        outputs={
            "output": {
                "pdno": long_code(code),
                "prdt_type_cd": _STOCK,
                "mket_id_cd": _MARKET_IDS[book.market(at)],
                "scty_grp_id_cd": _GROUPS.get(kind, "ST"),
                "excg_dvsn_cd": "02" if book.market(at) is Market.KOSPI else "03",
                "lstg_stqt": str(int(book.shares[at])),
                "kospi200_item_yn": "Y" if book.kospi200[at] else "N",
                "prdt_name": book.names[at],
                "prdt_abrv_name": book.names[at],
                "stck_kind_cd": "201" if kind is SecurityKind.PREFERRED else "101",
                "tr_stop_yn": "Y" if status is StockStatus.HALTED else "N",
                "admn_item_yn": "Y" if status is StockStatus.ADMINISTRATIVE else "N",
                "bfdy_clpr": str(int(book.base[at])),
                "cptt_trad_tr_psbl_yn": "N",
                "nxt_tr_stop_yn": "N",
            }
        }
    )


def product_info(hall: Hall, asked: Asked) -> Page:
    """search-info; only Korean stocks (300) are on record."""
    code, book = asked.word("PDNO"), hall.book
    at = book.place(code)
    if at is None or asked.word("PRDT_TYPE_CD") != _STOCK:
        raise turned("KIOK0560")
    name = book.names[at]
    return Page(
        outputs={
            "output": {
                "pdno": long_code(code),
                "prdt_type_cd": _STOCK,
                "prdt_name": name,
                "prdt_name120": name,
                "prdt_abrv_name": name,
                "shtn_pdno": code,
                "prdt_clsf_cd_name": "주식",
            }
        }
    )
