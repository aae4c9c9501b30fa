"""What a stock's past days add to its price: extremes of 250 days, a year, 52 weeks, and pivots."""

from datetime import timedelta

import numpy as np

from jennie_cli.simulator.exchange import Board
from jennie_cli.simulator.playing import DayBook
from jennie_cli.simulator.server.figures import change_pct

_WEEKS = timedelta(weeks=52)


def ranges(book: DayBook, at: int, board: Board) -> dict[str, str]:
    """Return highest and lowest price, today included, with day and distance, for three spans."""
    days = np.array([*book.past_days, book.day])
    spans = (
        ("d250_{}", "d250_{}_vrss_prpr_rate", "d250_{}_date", days >= days[0]),
        (
            "stck_dryy_{}",
            "dryy_{}_vrss_prpr_rate",
            "dryy_{}_date",
            np.array([d.year == book.day.year for d in days]),
        ),
        ("w52_{}", "w52_{}_vrss_prpr_ctrt", "w52_{}_date", days > book.day - _WEEKS),
    )
    high = np.append(book.past["high"][:, at], board.high)
    low = np.append(book.past["low"][:, at], board.low)
    found: dict[str, str] = {}
    for level_name, rate_name, date_name, chosen in spans:
        for word, values, best in (("hgpr", high, np.argmax), ("lwpr", low, np.argmin)):
            traded = np.flatnonzero(chosen & (values > 0))
            if not traded.size:
                continue
            place = traded[int(best(values[traded]))]
            found[level_name.format(word)] = str(int(values[place]))
            found[rate_name.format(word)] = change_pct(board.last, int(values[place]))
            found[date_name.format(word)] = f"{days[place]:%Y%m%d}"
    return found


def pivots(book: DayBook, at: int) -> dict[str, str]:
    """Return the pivot point of the last day and its two supports and resistances, won."""
    if not book.past_days:
        return {}
    high, low, close = (int(book.past[n][-1, at]) for n in ("high", "low", "close"))
    point = (high + low + close) // 3
    return {
        "pvt_pont_val": str(point),
        "pvt_frst_dmrs_prc": str(2 * point - low),
        "pvt_frst_dmsp_prc": str(2 * point - high),
        "pvt_scnd_dmrs_prc": str(point + high - low),
        "pvt_scnd_dmsp_prc": str(point - high + low),
    }
