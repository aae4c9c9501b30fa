"""Thirty stocks by volume, by change or by market capitalisation."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.model import Market, SecurityKind
from jennie_cli.engine.store.panels import FloatArray
from jennie_cli.simulator.exchange import Board
from jennie_cli.simulator.server.asked import Asked, Hall
from jennie_cli.simulator.server.envelope import Page
from jennie_cli.simulator.server.figures import against, change_pct, clock_text, moved, pct
from jennie_cli.simulator.server.quotes import HUNDRED_MILLION, stock_day
from jennie_cli.simulator.server.survey import Survey, looked_at, survey
from jennie_cli.simulator.tapes import Ints

_ROWS = 30
_MARKETS = {"0001": Market.KOSPI, "1001": Market.KOSDAQ}
_CLASSES = {"1": SecurityKind.COMMON, "2": SecurityKind.PREFERRED}
_FALLING = frozenset({"1", "3"})
_AGAINST_OPEN = frozenset({"2", "3"})


def volume_rank(hall: Hall, asked: Asked) -> Page:
    """volume-rank: by volume, growth, turnover or value."""
    order = asked.word("FID_BLNG_CLS_CODE", "0")
    chosen = _best(hall, asked, lambda seen: _weights(hall, seen, order))
    return Page(outputs={"output": [_volume(hall, at, rank) for rank, at in enumerate(chosen, 1)]})


def fluctuation_rank(hall: Hall, asked: Asked) -> Page:
    """Fluctuation: by the day's change, or against the open."""
    order = asked.word("FID_RANK_SORT_CLS_CODE", "0")

    def weigh(seen: Survey) -> FloatArray:
        start = seen.open if order in _AGAINST_OPEN else hall.book.base
        change = _ratio(seen.price - start, start)
        return -change if order in _FALLING else change

    chosen = _best(hall, asked, weigh)
    rows = [_fluctuation(hall, at, rank) for rank, at in enumerate(chosen, 1)]
    return Page(outputs={"output": rows})


def market_cap_rank(hall: Hall, asked: Asked) -> Page:
    """market-cap: by capitalisation, with the share of the whole market."""
    shares = hall.book.shares.astype(np.int64)
    whole = int((shares * survey(hall).price).sum())
    rows = []
    for rank, at in enumerate(_best(hall, asked, lambda seen: _caps(shares, seen)), 1):
        cap = int(shares[at]) * _board(hall, at).last
        rows.append(
            {
                **_named(hall, at, "mksc_shrn_iscd", rank),
                "lstn_stcn": str(int(shares[at])),
                "stck_avls": str(cap // HUNDRED_MILLION),
                "mrkt_whol_avls_rlim": pct(cap, whole),
            }
        )
    return Page(outputs={"output": rows})


def _best(hall: Hall, asked: Asked, weigh: Callable[[Survey], FloatArray]) -> list[int]:
    """Return the columns of the thirty heaviest that the call asks for; equal ones by code.

    Four times as many that should be are looked at, and the heaviest of these are returned.
    """
    book = hall.book
    market = _MARKETS.get(asked.word("FID_INPUT_ISCD", "0000"))
    kind = _CLASSES.get(asked.word("FID_DIV_CLS_CODE", "0"))
    wanted = np.ones(len(book.codes), dtype=bool)
    if market is not None:
        wanted &= book.board == tuple(Market).index(market)
    if kind is not None:
        wanted &= book.kind == tuple(SecurityKind).index(kind)
    seen = survey(hall)
    order = np.argsort(-weigh(seen), kind="stable")
    able = np.sort(order[wanted[order]][: 4 * _ROWS])
    weights = weigh(looked_at(hall, seen, able.tolist()))[able]
    return [int(at) for at in able[np.argsort(-weights, kind="stable")][:_ROWS]]


def _weights(hall: Hall, seen: Survey, order: str) -> FloatArray:
    book = hall.book
    match order:
        case "1" if book.past_days:
            return _ratio(seen.volume, book.past["volume"][-1])
        case "2":
            return _ratio(seen.volume, book.shares)
        case "3" | "4":
            return seen.value.astype(np.float64)
        case _:
            return seen.volume.astype(np.float64)


def _caps(shares: Ints, seen: Survey) -> FloatArray:
    return (shares * seen.price).astype(np.float64)


def _ratio(part: NDArray[Any], whole: NDArray[Any]) -> FloatArray:
    """Return part of whole, 0 where there is no whole."""
    found = np.zeros(len(part))
    np.divide(part, whole, out=found, where=np.asarray(whole) > 0)
    return found


def _board(hall: Hall, at: int) -> Board:
    return hall.play.exchange.board(hall.book.codes[at])


def _named(hall: Hall, at: int, code_name: str, rank: int) -> dict[str, str]:
    board = _board(hall, at)
    return {
        **moved(board),
        code_name: board.code,
        "hts_kor_isnm": hall.book.names[at],
        "data_rank": str(rank),
        "stck_prpr": str(board.last),
        "acml_vol": str(board.volume),
    }


def _volume(hall: Hall, at: int, rank: int) -> dict[str, str]:
    facts, board = stock_day(hall.book, at), _board(hall, at)
    return {
        **_named(hall, at, "mksc_shrn_iscd", rank),
        "prdy_vol": str(facts.past_volume),
        "lstn_stcn": str(facts.shares),
        "vol_inrt": change_pct(board.volume, facts.past_volume),
        "vol_tnrt": pct(board.volume, facts.shares),
        "acml_tr_pbmn": str(board.value),
        "tr_pbmn_tnrt": pct(board.value, facts.shares * board.last),
    }


def _fluctuation(hall: Hall, at: int, rank: int) -> dict[str, str]:
    board = _board(hall, at)
    return {
        **_named(hall, at, "stck_shrn_iscd", rank),
        "stck_hgpr": str(board.high),
        "hgpr_hour": clock_text(board.high_at_ms),
        "stck_lwpr": str(board.low),
        "lwpr_hour": clock_text(board.low_at_ms),
        "lwpr_vrss_prpr_rate": change_pct(board.last, board.low),
        "hgpr_vrss_prpr_rate": change_pct(board.last, board.high),
        "oprc_vrss_prpr_sign": against(board.last, board.open),
        "oprc_vrss_prpr": str(board.last - board.open),
        "oprc_vrss_prpr_rate": change_pct(board.last, board.open),
    }
