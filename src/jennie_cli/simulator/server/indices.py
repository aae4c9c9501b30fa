"""The two indices now, by days and by minutes; thousand shares and million won, as on the wire."""

from datetime import date

import numpy as np

from jennie_cli.engine.model import Market
from jennie_cli.kis_wire.codes import INDEX_CODES
from jennie_cli.simulator.playing import DayBook, IndexLevel
from jennie_cli.simulator.server.asked import Asked, Hall
from jennie_cli.simulator.server.envelope import Page, picked, turned
from jennie_cli.simulator.server.figures import against, change_pct, clock_text
from jennie_cli.simulator.server.survey import survey

_MARKETS = {INDEX_CODES[market.value]: market for market in Market}
_THOUSAND = 1_000
_MILLION = 1_000_000
_DAY_ROWS = 100
_CHART_ROWS = 50
_TIME_ROWS = 100
_MINUTE_S = 60


def index_price(hall: Hall, asked: Asked) -> Page:
    """inquire-index-price."""
    market, level = _asked(hall, asked)
    return Page(outputs={"output": picked(asked.tr, "output", _now(hall, market, level))})


def index_days(hall: Hall, asked: Asked) -> Page:
    """inquire-index-daily-price: a hundred days up to one, newest first."""
    market, level = _asked(hall, asked)
    until = asked.day("FID_INPUT_DATE_1", hall.day)
    rows = [row for row in _days(hall, market, level) if row["stck_bsop_date"] <= f"{until:%Y%m%d}"]
    return _charted(hall, asked, market, level, rows[:_DAY_ROWS])


def index_day_chart(hall: Hall, asked: Asked) -> Page:
    """inquire-daily-indexchartprice: fifty days between two, newest first."""
    market, level = _asked(hall, asked)
    start, end = asked.day("FID_INPUT_DATE_1"), asked.day("FID_INPUT_DATE_2", hall.day)
    span = (f"{start:%Y%m%d}", f"{end:%Y%m%d}")
    rows = [r for r in _days(hall, market, level) if span[0] <= r["stck_bsop_date"] <= span[1]]
    return _charted(hall, asked, market, level, rows[:_CHART_ROWS])


def index_times(hall: Hall, asked: Asked) -> Page:
    """inquire-index-timeprice: levels every so many seconds, newest first."""
    market, level = _asked(hall, asked)
    indices = hall.play.indices
    path = indices.path(market, hall.now_ms) if indices else np.array([])
    if not (seconds := asked.word("FID_INPUT_HOUR_1") or str(_MINUTE_S)).isdecimal():
        raise turned("OPSQ2002")
    step = max(1, int(seconds) // _MINUTE_S)
    opened = hall.play.session.open
    first = (opened.hour * 60 + opened.minute) * _MINUTE_S * 1_000
    rows = [
        {
            "bsop_hour": clock_text(first + place * _MINUTE_S * 1_000),
            **_moved(float(path[place]), level.before),
        }
        for place in range(len(path) - 1, -1, -1)
        if place % step == 0
    ]
    return Page(outputs={"output": rows[:_TIME_ROWS]})


def _asked(hall: Hall, asked: Asked) -> tuple[Market, IndexLevel]:
    """Return the index a call names and where it stands. Raises Turned for one we do not keep."""
    market = _MARKETS.get(asked.word("FID_INPUT_ISCD"))
    if market is None or hall.play.indices is None:
        raise turned("OPSQ2001", "ERROR INVALID FID_INPUT_ISCD")
    return market, hall.play.indices.at(market, hall.now_ms)


def _moved(level: float, before: float) -> dict[str, str]:
    return {
        "bstp_nmix_prpr": f"{level:.2f}",
        "bstp_nmix_prdy_vrss": f"{level - before:.2f}",
        "prdy_vrss_sign": against(level, before),
        "bstp_nmix_prdy_ctrt": change_pct(level, before),
    }


def _now(hall: Hall, market: Market, level: IndexLevel) -> dict[str, str]:
    book, place = hall.book, tuple(Market).index(market)
    changes = (survey(hall).price - book.base)[book.board == place]
    return {
        **_moved(level.level, level.before),
        "prdy_nmix": f"{level.before:.2f}",
        "acml_vol": str(level.volume // _THOUSAND),
        "prdy_vol": str(int(book.index["volume"][-2, place]) // _THOUSAND),
        "acml_tr_pbmn": str(level.value // _MILLION),
        "prdy_tr_pbmn": str(int(book.index["value"][-2, place]) // _MILLION),
        "bstp_nmix_oprc": f"{level.open:.2f}",
        "bstp_nmix_hgpr": f"{level.high:.2f}",
        "bstp_nmix_lwpr": f"{level.low:.2f}",
        "ascn_issu_cnt": str(int((changes > 0).sum())),
        "stnr_issu_cnt": str(int((changes == 0).sum())),
        "down_issu_cnt": str(int((changes < 0).sum())),
        "hts_kor_isnm": market.value,
        "bstp_cls_code": INDEX_CODES[market.value],
    }


def _days(hall: Hall, market: Market, level: IndexLevel) -> list[dict[str, str]]:
    """Return the index's days, newest first; today as it stands once its session has begun."""
    book, place = hall.book, tuple(Market).index(market)
    points = book.index["points"][:, place]
    known = [_day(book, place, at, book.past_days[at]) for at in range(len(points) - 1)]
    if hall.now >= hall.play.session.open:
        today = {
            **_moved(level.level, level.before),
            "stck_bsop_date": f"{book.day:%Y%m%d}",
            "bstp_nmix_oprc": f"{level.open:.2f}",
            "bstp_nmix_hgpr": f"{level.high:.2f}",
            "bstp_nmix_lwpr": f"{level.low:.2f}",
            "acml_vol": str(level.volume // _THOUSAND),
            "acml_tr_pbmn": str(level.value // _MILLION),
        }
        known.append(today)
    return known[::-1]


def _day(book: DayBook, place: int, at: int, day: date) -> dict[str, str]:
    opened, high, low, close = (float(p) for p in book.index["points"][at, place])
    before = float(book.index["points"][at - 1, place, 3]) if at else close
    return {
        **_moved(close, before),
        "stck_bsop_date": f"{day:%Y%m%d}",
        "bstp_nmix_oprc": f"{opened:.2f}",
        "bstp_nmix_hgpr": f"{high:.2f}",
        "bstp_nmix_lwpr": f"{low:.2f}",
        "acml_vol": str(int(book.index["volume"][at, place]) // _THOUSAND),
        "acml_tr_pbmn": str(int(book.index["value"][at, place]) // _MILLION),
    }


def _charted(
    hall: Hall, asked: Asked, market: Market, level: IndexLevel, rows: list[dict[str, str]]
) -> Page:
    head = picked(asked.tr, "output1", _now(hall, market, level))
    return Page(
        outputs={"output1": head, "output2": [picked(asked.tr, "output2", row) for row in rows]}
    )
