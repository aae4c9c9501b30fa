"""Who bought and sold: the past days' net flows. Today is blank, as before the close."""

from jennie_cli.simulator.playing import DayBook
from jennie_cli.simulator.server.asked import Asked, Hall, column
from jennie_cli.simulator.server.envelope import Page, turned
from jennie_cli.simulator.server.figures import against
from jennie_cli.simulator.server.quotes import asked_board

_ROWS = 30
_MILLION = 1_000_000
_WHO = {"prsn": "individual", "frgn": "foreign", "orgn": "institution"}


def investors(hall: Hall, asked: Asked) -> Page:
    """inquire-investor: thirty days, newest first; won are shares at the day's close."""
    board = asked_board(hall, asked)
    if board is None:
        return Page(outputs={"output": []})
    book = hall.book
    if not book.flows:
        raise turned("OPSQ0002")
    at = column(book, board.code)
    count = min(_ROWS - 1, len(book.flows["foreign"]))
    today = {"stck_bsop_date": f"{book.day:%Y%m%d}", "stck_clpr": str(board.last)}
    rows = [_row(book, at, back) for back in range(1, count + 1)]
    return Page(outputs={"output": [today, *rows]})


def _row(book: DayBook, at: int, back: int) -> dict[str, str]:
    """Return the row of the day `back` days ago."""
    close = int(book.past["close"][-back, at])
    before = int(book.past["close"][-back - 1, at]) if back < len(book.past_days) else close
    row = {
        "stck_bsop_date": f"{book.past_days[-back]:%Y%m%d}",
        "stck_clpr": str(close),
        "prdy_vrss": str(close - before),
        "prdy_vrss_sign": against(close, before),
    }
    for who, name in _WHO.items():
        net = int(book.flows[name][-back, at])
        row[f"{who}_ntby_qty"] = str(net)
        row[f"{who}_ntby_tr_pbmn"] = str(net * close // _MILLION)
    return row
