"""The order book and the last trades of one stock."""

from jennie_cli.kis_wire.codes import Sign
from jennie_cli.simulator.exchange import Board, StretchRow
from jennie_cli.simulator.server.asked import Asked, Hall, column
from jennie_cli.simulator.server.envelope import Page
from jennie_cli.simulator.server.figures import change_pct, clock_text, moved, pct, sign
from jennie_cli.simulator.server.quotes import asked_board, day_figures, index_name, stock_day
from jennie_cli.simulator.server.streaming import expectation, session_code
from jennie_cli.simulator.server.survey import restless

_ROWS = 30
_LEVELS = 10


def book(hall: Hall, asked: Asked) -> Page:
    """inquire-asking-price-exp-ccn: ten levels and, in an auction, the expected price."""
    board = asked_board(hall, asked)
    if board is None:
        return Page(outputs={"output1": {}, "output2": {"stck_prpr": "0"}})
    depth = hall.depth(board.code)
    levels: dict[str, str] = {}
    for word, side in (("askp", depth.asks), ("bidp", depth.bids)):
        for place in range(_LEVELS):
            price, qty = side[place] if place < len(side) else (0, 0)
            levels[f"{word}{place + 1}"] = str(price)
            levels[f"{word}_rsqn{place + 1}"] = str(qty)
            levels[f"{word}_rsqn_icdc{place + 1}"] = "0"
    totals = {
        "aspr_acpt_hour": clock_text(board.at_ms),
        "total_askp_rsqn": str(depth.total_ask),
        "total_bidp_rsqn": str(depth.total_bid),
        "total_askp_rsqn_icdc": "0",
        "total_bidp_rsqn_icdc": "0",
        "ovtm_total_askp_icdc": "0",
        "ovtm_total_bidp_icdc": "0",
        "ovtm_total_askp_rsqn": "0",
        "ovtm_total_bidp_rsqn": "0",
        "ntby_aspr_rsqn": str(depth.total_bid - depth.total_ask),
        "new_mkop_cls_code": session_code(board),
    }
    return Page(outputs={"output1": levels | totals, "output2": _expected(board)})


def _expected(board: Board) -> dict[str, str]:
    code, price, qty = expectation(board)
    shown = day_figures(board)
    return {
        **{n: shown[n] for n in ("stck_prpr", "stck_oprc", "stck_hgpr", "stck_lwpr", "stck_sdpr")},
        "antc_mkop_cls_code": code,
        "antc_cnpr": str(price),
        "antc_cntg_vrss_sign": sign(board, price) if price else Sign.FLAT,
        "antc_cntg_vrss": str(price - board.base_price) if price else "0",
        "antc_cntg_prdy_ctrt": change_pct(price, board.base_price) if price else "0.00",
        "antc_vol": str(qty),
        "stck_shrn_iscd": board.code,
        "vi_cls_code": "Y" if board.vi is not None else "N",
    }


def last_trades(hall: Hall, asked: Asked) -> Page:
    """inquire-ccnl: the newest thirty trades, newest first."""
    board = asked_board(hall, asked)
    if board is None:
        return Page(outputs={"output": []})
    trades = hall.play.exchange.prints_so_far(board.code).trades()
    return Page(outputs={"output": [_trade(board, row) for row in _newest(trades)]})


def time_trades(hall: Hall, asked: Asked) -> Page:
    """inquire-time-itemconclusion: thirty trades up to a time of day, newest first."""
    board = asked_board(hall, asked)
    if board is None:
        return Page(outputs={"output1": {"stck_prpr": "0"}, "output2": []})
    until = asked.second("FID_INPUT_HOUR_1") * 1_000 + 999
    trades = hall.play.exchange.prints_between(board.code, -1, until).trades()
    at = column(hall.book, board.code)
    head = {
        **moved(board),
        "stck_prpr": str(board.last),
        "acml_vol": str(board.volume),
        "prdy_vol": str(stock_day(hall.book, at).past_volume),
        "rprs_mrkt_kor_name": index_name(hall.book, at),
    }
    rows = [_conclusion(board, row) for row in _newest(trades)]
    return Page(outputs={"output1": head, "output2": rows})


def _newest(trades: list[list[int]]) -> list[list[int]]:
    return trades[: -_ROWS - 1 : -1]


def _trade(board: Board, row: list[int]) -> dict[str, str]:
    return {
        **moved(board, row[StretchRow.PRICE]),
        "stck_cntg_hour": clock_text(row[StretchRow.AT_MS]),
        "stck_prpr": str(row[StretchRow.PRICE]),
        "cntg_vol": str(row[StretchRow.QTY]),
        "tday_rltv": pct(row[StretchRow.BUY_VOLUME], row[StretchRow.SELL_VOLUME]),
    }


def _conclusion(board: Board, row: list[int]) -> dict[str, str]:
    trade = _trade(board, row)
    return {
        **{n: trade[n] for n in trade if n not in {"stck_prpr", "cntg_vol"}},
        "stck_pbpr": trade["stck_prpr"],
        "askp": str(row[StretchRow.ASK]),
        "bidp": str(row[StretchRow.BID]),
        "acml_vol": str(row[StretchRow.VOLUME]),
        "cnqn": trade["cntg_vol"],
    }


def vi_status(hall: Hall, asked: Asked) -> Page:
    """inquire-vi-status: the interruptions that are running, one code's if one is named."""
    code = asked.word("FID_INPUT_ISCD", "")
    everywhere = code in {"", "0000"}
    codes = hall.play.exchange.interrupted(restless(hall)) if everywhere else (code,)
    found = (hall.board(c) for c in codes)
    rows = [_interrupted(hall, b) for b in found if b is not None and b.vi is not None]
    return Page(outputs={"output": rows})


def _interrupted(hall: Hall, board: Board) -> dict[str, str]:
    vi = board.vi
    if vi is None:
        return {}
    return {
        "hts_kor_isnm": hall.book.names[column(hall.book, board.code)],
        "mksc_shrn_iscd": board.code,
        "vi_cls_code": "Y",
        "bsop_date": f"{hall.day:%Y%m%d}",
        "cntg_vi_hour": clock_text(vi.start_ms),
        "vi_cncl_hour": clock_text(vi.end_ms),
        "vi_kind_code": vi.kind.value,
        "vi_prc": str(vi.price),
        "vi_stnd_prc": str(vi.static_reference),
        "vi_dprt": change_pct(vi.price, vi.static_reference),
        "vi_dmc_stnd_prc": str(vi.dynamic_reference),
        "vi_dmc_dprt": change_pct(vi.price, vi.dynamic_reference),
        "vi_count": str(vi.number),
    }
