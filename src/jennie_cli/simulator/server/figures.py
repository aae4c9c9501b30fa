"""Figures as the wire spells them: changes with a sign code, percentages, times of day."""

from jennie_cli.kis_wire.codes import Sign, sign_of
from jennie_cli.simulator.exchange import Board

NOTHING = "0"


def clock_text(at_ms: int) -> str:
    """Return HHMMSS of milliseconds since midnight; "000000" for a moment that has not come."""
    second = at_ms // 1_000
    return f"{second // 3600:02}{second // 60 % 60:02}{second % 60:02}"


def pct(part: float, whole: float) -> str:
    """Return a share in percent with two decimals, 0.00 of nothing."""
    return f"{part / whole * 100:.2f}" if whole else "0.00"


def change_pct(price: float, base: float) -> str:
    """Return the change from `base` in percent with two decimals."""
    return pct(price - base, base)


def against(price: float, other: float) -> Sign:
    """Return the sign code of a price against another that has no limits."""
    return Sign.UP if price > other else Sign.DOWN if price < other else Sign.FLAT


def sign(board: Board, price: int) -> Sign:
    """Return the sign code of a price of this stock today."""
    return sign_of(price, base=board.base_price, upper=board.upper_limit, lower=board.lower_limit)


def moved(board: Board, price: int | None = None) -> dict[str, str]:
    """Return change, sign code and percentage of a price against the base price."""
    now = board.last if price is None else price
    return {
        "prdy_vrss": str(now - board.base_price),
        "prdy_vrss_sign": sign(board, now),
        "prdy_ctrt": change_pct(now, board.base_price),
    }
