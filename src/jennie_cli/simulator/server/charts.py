"""Days and minutes of one stock. The days before today are the book's, today's row is live."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from jennie_cli.simulator.exchange import Board, Stretch
from jennie_cli.simulator.playing import DayBook
from jennie_cli.simulator.server.asked import Asked, Hall, column
from jennie_cli.simulator.server.envelope import Page, picked
from jennie_cli.simulator.server.figures import against, change_pct, clock_text, moved
from jennie_cli.simulator.server.quotes import asked_board, priced

_DAY_ROWS = 30
_CHART_ROWS = 100
_MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One day, week, month or year; won, shares, and the close before it (0 = unknown)."""

    day: date
    open: int
    high: int
    low: int
    close: int
    volume: int
    before: int

    def change(self) -> dict[str, str]:
        """Return the change against the close before."""
        before = self.before or self.close
        return {
            "prdy_vrss": str(self.close - before),
            "prdy_vrss_sign": against(self.close, before),
            "prdy_ctrt": change_pct(self.close, before),
        }


def day_prices(hall: Hall, asked: Asked) -> Page:
    """inquire-daily-price: the newest thirty days, weeks or months, newest first."""
    board = asked_board(hall, asked)
    if board is None:
        return Page(outputs={"output": []})
    adjusted = asked.word("FID_ORG_ADJ_PRC", "") != "0"
    bars = _bars(hall.book, board, asked.word("FID_PERIOD_DIV_CODE"), adjusted=adjusted)
    rows = []
    for place in range(len(bars) - 1, max(-1, len(bars) - 1 - _DAY_ROWS), -1):
        bar = bars[place]
        past = bars[place - 1].volume if place else 0
        rows.append(
            {**_ohlc(bar), **bar.change(), "prdy_vrss_vol_rate": change_pct(bar.volume, past)}
        )
    return Page(outputs={"output": rows})


def day_chart(hall: Hall, asked: Asked) -> Page:
    """inquire-daily-itemchartprice: at most a hundred rows between two days, newest first."""
    board = asked_board(hall, asked)
    if board is None:
        return Page(outputs={"output1": {}, "output2": []})
    start, end = asked.day("FID_INPUT_DATE_1"), asked.day("FID_INPUT_DATE_2", hall.day)
    # the other way round than in `day_prices`, as on the real host
    adjusted = asked.word("FID_ORG_ADJ_PRC", "") != "1"
    bars = _bars(hall.book, board, asked.word("FID_PERIOD_DIV_CODE"), adjusted=adjusted)
    chosen = [bar for bar in bars if start <= bar.day <= end][-_CHART_ROWS:]
    rows = [_chart_row(bar) for bar in reversed(chosen)]
    known = priced(hall.book, board)
    known |= _yesterday(hall.book, column(hall.book, board.code)) | {
        "hts_kor_isnm": hall.book.names[column(hall.book, board.code)],
        "askp": str(board.ask),
        "bidp": str(board.bid),
    }
    return Page(outputs={"output1": picked(asked.tr, "output1", known), "output2": rows})


def minute_chart(hall: Hall, asked: Asked) -> Page:
    """inquire-time-itemchartprice: thirty minutes of today up to a time, newest first.

    A time still to come is taken for now.
    """
    return _minutes(hall, asked, day=hall.day, rows=30)


def past_minute_chart(hall: Hall, asked: Asked) -> Page:
    """inquire-time-dailychartprice: minutes of a day; of days before today none are kept."""
    return _minutes(hall, asked, day=asked.day("FID_INPUT_DATE_1", hall.day), rows=120)


def _minutes(hall: Hall, asked: Asked, *, day: date, rows: int) -> Page:
    board = asked_board(hall, asked)
    if board is None:
        return Page(outputs={"output1": {}, "output2": []})
    head = {
        **moved(board),
        "stck_prdy_clpr": str(board.base_price),
        "acml_vol": str(board.volume),
        "acml_tr_pbmn": str(board.value),
        "hts_kor_isnm": hall.book.names[column(hall.book, board.code)],
        "stck_prpr": str(board.last),
    }
    if day != hall.day:
        return Page(outputs={"output1": head, "output2": []})
    stretch = hall.play.exchange.prints_so_far(board.code)
    until = asked.second("FID_INPUT_HOUR_1")
    made = [row for row in minutes(stretch) if row[0] // 1_000 <= until]
    body = [_minute_row(day, row) for row in reversed(made[-rows:])]
    return Page(outputs={"output1": head, "output2": body})


def minutes(stretch: Stretch) -> Iterator[tuple[int, int, int, int, int, int, int]]:
    """Yield (start ms, open, high, low, close, volume, value of the day so far) a minute traded."""
    if not len(stretch):
        return
    starts = stretch.at_ms // _MINUTE_MS
    all_prices, all_shares = stretch.price, stretch.qty
    edges = np.flatnonzero(np.diff(starts)) + 1
    for first, last in zip([0, *edges], [*edges, len(stretch)], strict=True):
        prices = all_prices[first:last]
        yield (
            int(starts[first]) * _MINUTE_MS,
            int(prices[0]),
            int(prices.max()),
            int(prices.min()),
            int(prices[-1]),
            int(all_shares[first:last].sum()),
            int(stretch.value[last - 1]),
        )


def _minute_row(day: date, row: tuple[int, int, int, int, int, int, int]) -> dict[str, str]:
    start, opened, high, low, close, volume, value = row
    return {
        "stck_bsop_date": f"{day:%Y%m%d}",
        "stck_cntg_hour": clock_text(start),
        "stck_prpr": str(close),
        "stck_oprc": str(opened),
        "stck_hgpr": str(high),
        "stck_lwpr": str(low),
        "cntg_vol": str(volume),
        "acml_tr_pbmn": str(value),
    }


def _bars(book: DayBook, board: Board, period: str, *, adjusted: bool) -> list[Bar]:
    """Return the bars of a period, oldest first, today's as it stands now.

    Not adjusted, a day stands in the won of its own day, but for what the division has rounded.
    """
    at = column(book, board.code)
    kept = [book.past[name][:, at].tolist() for name in ("open", "high", "low", "close", "volume")]
    scale = np.ones(len(book.past_days), int) if adjusted else book.divided_since(at)
    bars: list[Bar] = []
    last = 0
    for day, own, opened, high, low, close, volume in zip(
        book.past_days, scale.tolist(), *kept, strict=True
    ):
        if close:
            prices = (opened * own, high * own, low * own, close * own)
            bars.append(_bar(day, prices, volume // own, bars, before=last * own))
            last = close
    if board.volume:
        today = (board.open, board.high, board.low, board.last)
        bars.append(_bar(book.day, today, board.volume, bars, before=board.base_price))
    return bars if period == "D" else _longer(bars, period)


def _bar(
    day: date,
    prices: tuple[int, int, int, int],
    volume: int,
    so_far: list[Bar],
    before: int | None = None,
) -> Bar:
    opened, high, low, close = prices
    last = so_far[-1].close if so_far else 0
    return Bar(
        day=day,
        open=opened,
        high=high,
        low=low,
        close=close,
        volume=volume,
        before=last if before is None else before,
    )


def _longer(days: list[Bar], period: str) -> list[Bar]:
    """Return weeks, months or years made of days; each is dated by its first trading day."""
    made: list[Bar] = []
    for bar in days:
        if made and _span(made[-1].day, period) == _span(bar.day, period):
            old = made.pop()
            prices = (old.open, max(old.high, bar.high), min(old.low, bar.low), bar.close)
            made.append(_bar(old.day, prices, old.volume + bar.volume, made))
        else:
            made.append(_bar(bar.day, (bar.open, bar.high, bar.low, bar.close), bar.volume, made))
    return made


def _span(day: date, period: str) -> date:
    match period:
        case "W":
            return day - timedelta(days=day.weekday())
        case "M":
            return day.replace(day=1)
        case _:
            return day.replace(month=1, day=1)


def _ohlc(bar: Bar) -> dict[str, str]:
    return {
        "stck_bsop_date": f"{bar.day:%Y%m%d}",
        "stck_oprc": str(bar.open),
        "stck_hgpr": str(bar.high),
        "stck_lwpr": str(bar.low),
        "stck_clpr": str(bar.close),
        "acml_vol": str(bar.volume),
        "flng_cls_code": "00",
    }


def _chart_row(bar: Bar) -> dict[str, str]:
    change = bar.change()
    return {
        **_ohlc(bar),
        "prtt_rate": "0.00",
        "mod_yn": "N",
        "prdy_vrss_sign": change["prdy_vrss_sign"],
        "prdy_vrss": change["prdy_vrss"],
    }


def _yesterday(book: DayBook, at: int) -> dict[str, str]:
    if not book.past_days:
        return {}
    names = {"stck_prdy_oprc": "open", "stck_prdy_hgpr": "high", "stck_prdy_lwpr": "low"}
    return {key: str(int(book.past[name][-1, at])) for key, name in names.items()}
