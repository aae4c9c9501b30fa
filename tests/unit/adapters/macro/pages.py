"""Answers of the hosts, made by hand in the form that each documents."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.unit.adapters.http.hosting import Answer, Asked, Said

from jennie_cli.engine.clock import KST

NOW = datetime(2026, 3, 4, 11, 0, tzinfo=KST)
DAY = NOW.date()
KEY = "s3cr3t-k3y"


def as_json(value: Any) -> Said:
    """Return a JSON answer."""
    headers = {"Content-Type": "application/json"}
    return Said(body=json.dumps(value, ensure_ascii=False).encode(), headers=headers)


def observations(rows: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Return what FRED says of a series, newest first."""
    return {
        "realtime_start": "2026-03-04",
        "units": "lin",
        "count": len(rows),
        "observations": [
            {"realtime_start": "2026-03-04", "realtime_end": "2026-03-04", "date": d, "value": v}
            for d, v in rows
        ],
    }


def months(newest: date, count: int, value: float, *, step: float) -> list[tuple[str, str]]:
    """Return monthly observations, newest first, each `step` less than the one after it."""
    rows = []
    first = newest
    for n in range(count):
        rows.append((first.isoformat(), f"{value - n * step:.3f}"))
        first = (first - timedelta(days=1)).replace(day=1)
    return rows


FRED: Mapping[str, Sequence[tuple[str, str]]] = {
    "DFF": [("2026-03-02", "4.33"), ("2026-03-01", "4.33")],
    "DGS10": [("2026-03-03", "."), ("2026-03-02", "4.21")],
    "DGS2": [("2026-03-02", "3.95")],
    "CPIAUCSL": months(date(2026, 1, 1), 15, 320.0, step=1.0),
    "PCEPI": months(date(2026, 1, 1), 5, 130.0, step=0.3),
    "UNRATE": [("2026-01-01", "4.1")],
    "GDP": [("2025-10-01", "30000.1")],
    "ICSA": [("2026-02-28", "221000")],
    "VIXCLS": [("2026-03-02", "21.5")],
}


def fred(asked: Asked) -> Said:
    """Answer as FRED does; what it does not know is an empty list."""
    if asked.query.get("api_key") != KEY:
        return Said(status=400, body=b'{"error_code":400,"error_message":"Bad Request."}')
    return as_json(observations(FRED.get(asked.query["series_id"], ())))


ECOS: Mapping[tuple[str, str], Sequence[tuple[str, str]]] = {
    ("722Y001", "M"): [("202601", "2.5"), ("202602", "2.5")],
    ("731Y001", "D"): [("20260303", "1,421.5"), ("20260304", "1,425.3")],
    ("901Y009", "M"): [("202501", "115.0"), ("202502", "115.4"), ("202601", "117.3")],
    ("200Y001", "Q"): [("2025Q3", "580000"), ("2025Q4", "583000")],
}


def ecos(asked: Asked) -> Said:
    """Answer as ECOS does: the key is the first part of the path."""
    parts = asked.path.strip("/").split("/")
    key, kind, lang, _, _, table, cycle, first, last, item = parts
    if key != KEY:
        return as_json({"RESULT": {"CODE": "INFO-100", "MESSAGE": "인증키가 유효하지 않습니다."}})
    assert (kind, lang) == ("json", "kr")
    width = {"D": 8, "M": 6, "Q": 6}[cycle]
    assert width == len(first) == len(last), "the date must follow the cycle"
    assert ("Q" in first) is (cycle == "Q")
    rows = ECOS.get((table, cycle))
    if rows is None:
        return as_json({"RESULT": {"CODE": "INFO-200", "MESSAGE": "해당하는 데이터가 없습니다."}})
    told = [
        {"STAT_CODE": table, "ITEM_CODE1": item, "TIME": time, "DATA_VALUE": value}
        for time, value in rows
    ]
    return as_json({"StatisticSearch": {"list_total_count": len(told), "row": told}})


def stamp(moment: datetime) -> int:
    """Return epoch seconds."""
    return int(moment.timestamp())


US_CLOSE = datetime(2026, 3, 3, 21, 0, tzinfo=UTC)


def finnhub(asked: Asked) -> Said:
    """Answer as Finnhub does; a symbol it does not know has noughts."""
    if asked.query.get("token") != KEY:
        return Said(status=401, body=b'{"error":"Invalid API key"}')
    if asked.path.endswith("/news"):
        rows = [
            {
                "category": "top news",
                "datetime": stamp(NOW - timedelta(hours=n)),
                "headline": f"Stocks rally {n}",
                "summary": "Short\x1b[31m",
            }
            for n in range(25)
        ]
        return as_json([{"headline": 3}, {"headline": " ", "datetime": 1}, *rows])
    prices = {"SPY": (650.2, -0.5), "QQQ": (520.0, 0.25)}
    price, change = prices.get(asked.query["symbol"], (0, None))
    at = stamp(US_CLOSE) if price else 0
    return as_json({"c": price, "d": 1, "dp": change, "h": 1, "l": 1, "o": 1, "pc": 1, "t": at})


def chart(symbol: str, closes: Sequence[float | None], **meta: Any) -> dict[str, Any]:
    """Return a chart of Yahoo whose last bar began on Tuesday morning in New York."""
    opened = datetime(2026, 3, 3, 14, 30, tzinfo=UTC)
    days = [stamp(opened - timedelta(days=n)) for n in reversed(range(len(closes)))]
    return {
        "chart": {
            "result": [
                {
                    "meta": {"symbol": symbol, "regularMarketTime": stamp(US_CLOSE), **meta},
                    "timestamp": days,
                    "indicators": {"quote": [{"close": list(closes), "open": list(closes)}]},
                }
            ],
            "error": None,
        }
    }


YAHOO: Mapping[str, Sequence[float | None]] = {
    "^VIX": (19.0, 21.25, None),
    "DX-Y.NYB": (99.5, 99.75),
    "KRW=X": (1_424.0,),
    "CL=F": (None, None),
}


def yahoo(asked: Asked) -> Said:
    """Answer as Yahoo does."""
    from urllib.parse import unquote

    symbol = unquote(asked.path.rpartition("/")[2])
    if symbol not in YAHOO:
        return Said(status=404, body=b'{"chart":{"result":null,"error":{"code":"Not Found"}}}')
    return as_json(chart(symbol, YAHOO[symbol]))


def index(close: str, ratio: str, *, falling: bool = False) -> dict[str, Any]:
    """Return what Naver's mobile page says of an index."""
    return {
        "stockName": "코스피",
        "closePrice": close,
        "compareToPreviousPrice": {"code": "5" if falling else "2"},
        "fluctuationsRatio": ratio,
        "localTradedAt": "2026-03-04T10:59:30+09:00",
    }


def naver_index(asked: Asked) -> Said:
    """Answer as Naver's index page does."""
    known = {
        "/KOSPI/basic": index("6,500.12", "1.23"),
        "/KOSDAQ/basic": index("1,011.00", "0.75", falling=True),
    }
    return as_json(known[asked.path]) if asked.path in known else Said(status=404)


HEAD = """<tr><th rowspan="2">날짜</th><th rowspan="2">개인</th><th rowspan="2">외국인</th>
<th rowspan="2">기관계</th><th colspan="3">기관</th><th rowspan="2">기타법인</th></tr>
<tr><th>금융투자</th><th>투신</th><th>연기금등</th></tr>"""


def flow_page(rows: Sequence[Sequence[str]], head: str = HEAD) -> bytes:
    """Return Naver's page of investors, in the charset that it speaks."""
    cells = "".join(
        f"<tr>{''.join(f'<td class=date2>{cell}</td>' for cell in row)}</tr>" for row in rows
    )
    page = (
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset=euc-kr"></head>'
        "<body><table><tr><td>광고</td></tr></table>"
        f'<table class="type_1">{head}<tr><td colspan="8"></td></tr>{cells}</table></body></html>'
    )
    return page.encode("cp949")


KOSPI_ROWS = (
    ("26.03.05", "9", "9", "9", "9", "9", "9", "9"),
    ("26.03.04", "-1,234", "2,345", "-1,100", "-500", "-300", "-300", "-11"),
    ("26.03.03", "1", "2", "3", "4", "5", "6", "7"),
)
KOSDAQ_ROWS = (("26.03.04", "900", "-850", "-40", "-10", "-20", "-10", "-10"),)


def flows(asked: Asked) -> Said:
    """Answer as Naver's page of investors does; a board it is not told is KOSPI."""
    rows = KOSDAQ_ROWS if asked.query.get("sosok") == "02" else KOSPI_ROWS
    return Said(body=flow_page(rows), headers={"Content-Type": "text/html;charset=EUC-KR"})


def always(said: Said | bytes) -> Answer:
    """Return a host that says one thing."""
    return lambda _: said if isinstance(said, Said) else Said(body=said)
