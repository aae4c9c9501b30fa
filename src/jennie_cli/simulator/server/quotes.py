"""The price of one stock or of thirty, as the exchange stands now."""

from jennie_cli.engine.model import Market, StockStatus
from jennie_cli.engine.venue import tick_size
from jennie_cli.kis_wire.codes import STATUS_CODES, Sign
from jennie_cli.simulator.exchange import Board
from jennie_cli.simulator.playing import DayBook
from jennie_cli.simulator.server.asked import Asked, Hall, column
from jennie_cli.simulator.server.envelope import Page, picked, turned
from jennie_cli.simulator.server.figures import against, change_pct, moved, pct, sign
from jennie_cli.simulator.server.ranges import pivots, ranges
from jennie_cli.simulator.server.streaming import StockDay, expectation, hour_class

HUNDRED_MILLION = 100_000_000
_MANY = range(1, 31)
_DIVISIONS = frozenset({"J", "UN", "NX"})
_ELSEWHERE = "NX"
_NOT_KNOWN = {
    **dict.fromkeys(("per", "pbr", "eps", "bps"), "0.00"),
    **dict.fromkeys(("crdt_rate", "whol_loan_rmnd_rate"), "0.00"),
    **dict.fromkeys(("itewhol_loan_rmnd_ratem", "apprch_rate"), "0.00"),
    **dict.fromkeys(("stck_fcam", "cpfn", "stck_sspr", "dmrs_val", "dmsp_val"), "0"),
    **dict.fromkeys(("frgn_ntby_qty", "pgtr_ntby_qty", "frgn_hldn_qty"), "0"),
    **dict.fromkeys(("last_ssts_cntg_qty", "prdy_vrss_vol"), "0"),
    "marg_rate": "100.00",
    "hts_frgn_ehrt": "0.00",
    "grmn_rate_cls_code": "40",
    "ssts_yn": "N",
}
"""What KIS sends for a stock of which it knows no such figure: zeros, never blanks."""

_ALERTS = {StockStatus.WARNING: "02", StockStatus.RISK: "03"}


def asked_board(hall: Hall, asked: Asked) -> Board | None:
    """Return the board of the stock that a call names, None for a code that trades nowhere here."""
    division = asked.word("FID_COND_MRKT_DIV_CODE")
    if division not in _DIVISIONS:
        raise turned("OPSQ2001", "ERROR INVALID FID_COND_MRKT_DIV_CODE")
    code = asked.word("FID_INPUT_ISCD")
    return None if division == _ELSEWHERE else hall.board(code)


def stock_day(book: DayBook, at: int) -> StockDay:
    """Return what records of a stock need of the day beside its board."""
    return StockDay(
        day=book.day,
        past_volume=int(book.past["volume"][-1, at]) if book.past_days else 0,
        shares=int(book.shares[at]),
        status=STATUS_CODES[book.designation(at)],
    )


def price(hall: Hall, asked: Asked) -> Page:
    """inquire-price; a code that is not listed is answered with a price of 0."""
    board = asked_board(hall, asked)
    if board is None:
        return Page(outputs={"output": {"stck_prpr": "0", "acml_vol": "0"}})
    return Page(outputs={"output": picked(asked.tr, "output", priced(hall.book, board))})


def many_prices(hall: Hall, asked: Asked) -> Page:
    """intstock-multprice; codes that are not listed are left out."""
    rows = []
    for place in _MANY:
        code = asked.word(f"FID_INPUT_ISCD_{place}", "")
        board = hall.board(code) if code else None
        if board is not None:
            rows.append(_inter(hall, board))
    return Page(outputs={"output": rows})


def priced(book: DayBook, board: Board) -> dict[str, str]:
    """Return everything that is known of a stock's price, by the names of the wire."""
    at = column(book, board.code)
    facts = stock_day(book, at)
    step = tick_size(
        max(1, board.last), market=book.market(at), on=book.day, kind=book.security(at)
    )
    return {
        **_NOT_KNOWN,
        **_foreign(book, at),
        **moved(board),
        **day_figures(board),
        **_extremes(board),
        **_designation(book, board, at),
        **ranges(book, at, board),
        **pivots(book, at),
        "rprs_mrkt_kor_name": index_name(book, at),
        "prdy_vrss_vol_rate": pct(board.volume, facts.past_volume),
        "wghn_avrg_stck_prc": f"{board.vwap:.2f}",
        "rstc_wdth_prc": str(max(0, board.upper_limit - board.base_price)),
        "aspr_unit": str(step),
        "hts_deal_qty_unit_val": "1",
        "lstn_stcn": str(facts.shares),
        "hts_avls": str(facts.shares * board.last // HUNDRED_MILLION),
        "vol_tnrt": pct(board.volume, facts.shares),
        "stck_shrn_iscd": board.code,
        "stck_prdy_clpr": str(board.base_price),
        "prdy_vol": str(facts.past_volume),
    }


def day_figures(board: Board) -> dict[str, str]:
    """Return price, open, high, low, limits, volume and value of the day."""
    return {
        "stck_prpr": str(board.last),
        "stck_oprc": str(board.open),
        "stck_hgpr": str(board.high),
        "stck_lwpr": str(board.low),
        "stck_mxpr": str(board.upper_limit),
        "stck_llam": str(board.lower_limit),
        "stck_sdpr": str(board.base_price),
        "acml_vol": str(board.volume),
        "acml_tr_pbmn": str(board.value),
    }


def _foreign(book: DayBook, at: int) -> dict[str, str]:
    """Return the share that foreigners hold, as known last night."""
    if not book.flows:
        return {}
    return {"hts_frgn_ehrt": f"{float(book.flows['foreign_pct'][-1, at]):.2f}"}


def index_name(book: DayBook, at: int) -> str:
    """Return the index by which KIS names a stock's market."""
    if book.market(at) is Market.KOSDAQ:
        return "KOSDAQ"
    return "KOSPI200" if book.kospi200[at] else "KOSPI"


def _extremes(board: Board) -> dict[str, str]:
    """Return where the price stands against open, high and low, and these against yesterday."""
    found: dict[str, str] = {}
    for word, level in (("oprc", board.open), ("hgpr", board.high), ("lwpr", board.low)):
        found[f"{word}_vrss_prpr"] = str(board.last - level)
        found[f"{word}_vrss_prpr_sign"] = against(board.last, level)
        found[f"prdy_clpr_vrss_{word}_rate"] = change_pct(level, board.base_price)
    limits = {Sign.UPPER_LIMIT: "1", Sign.LOWER_LIMIT: "2"}
    found["mxpr_llam_cls_code"] = limits.get(sign(board, board.last), "0")
    return found


def _designation(book: DayBook, board: Board, at: int) -> dict[str, str]:
    status = book.designation(at)
    halted = _yes(board.halted)
    managed = _yes(status is StockStatus.ADMINISTRATIVE)
    return {
        "iscd_stat_cls_code": STATUS_CODES[StockStatus.HALTED if board.halted else status],
        "temp_stop_yn": halted,
        "trht_yn": halted,
        "oprc_rang_cont_yn": "N",
        "clpr_rang_cont_yn": "N",
        "vi_cls_code": _yes(board.vi is not None),
        "ovtm_vi_cls_code": "N",
        "invt_caful_yn": "N",
        "mrkt_warn_cls_code": _ALERTS.get(status, "00"),
        "short_over_yn": _yes(status is StockStatus.OVERHEATED),
        "sltr_yn": _yes(status is StockStatus.LIQUIDATION),
        "mang_issu_cls_code": managed,
        "mang_issu_yn": managed,
        "crdt_able_yn": "N",
        "elw_pblc_yn": "N",
    }


def _yes(so: bool) -> str:
    return "Y" if so else "N"


def _inter(hall: Hall, board: Board) -> dict[str, str]:
    book, depth = hall.book, hall.depth(board.code)
    at = column(book, board.code)
    _, expected, expected_qty = expectation(board)
    change = moved(board)
    return {
        "inter2_prdy_vrss": change["prdy_vrss"],
        "prdy_vrss_sign": change["prdy_vrss_sign"],
        "prdy_ctrt": change["prdy_ctrt"],
        "kospi_kosdaq_cls_name": book.market(at).value,
        "hour_cls_code": hour_class(board),
        "inter_shrn_iscd": board.code,
        "inter_kor_isnm": book.names[at],
        "inter2_prpr": str(board.last),
        "acml_vol": str(board.volume),
        "inter2_oprc": str(board.open),
        "inter2_hgpr": str(board.high),
        "inter2_lwpr": str(board.low),
        "inter2_llam": str(board.lower_limit),
        "inter2_mxpr": str(board.upper_limit),
        "inter2_askp": str(board.ask),
        "inter2_bidp": str(board.bid),
        "seln_rsqn": str(board.ask_qty),
        "shnu_rsqn": str(board.bid_qty),
        "total_askp_rsqn": str(depth.total_ask),
        "total_bidp_rsqn": str(depth.total_bid),
        "acml_tr_pbmn": str(board.value),
        "inter2_prdy_clpr": str(board.base_price),
        "oprc_vrss_hgpr_rate": change_pct(board.high, board.open),
        "intr_antc_cntg_vrss": str(expected - board.base_price) if expected else "0",
        "intr_antc_cntg_vrss_sign": sign(board, expected) if expected else Sign.FLAT,
        "intr_antc_cntg_prdy_ctrt": change_pct(expected, board.base_price) if expected else "0.00",
        "intr_antc_vol": str(expected_qty),
        "inter2_sdpr": str(board.base_price),
    }
