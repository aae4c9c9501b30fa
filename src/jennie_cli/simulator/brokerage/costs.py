"""What trading costs, in whole won: the fee of one order number, the tax on one sale."""

from decimal import ROUND_HALF_UP, Decimal

_WHOLE_BP = 10_000


def fee(amount: int, *, fee_bp: float) -> int:
    """Return the fee on all that one order number has traded, to the nearest won, halves up."""
    exact = Decimal(str(fee_bp)) * amount / _WHOLE_BP
    return int(exact.to_integral_value(ROUND_HALF_UP))


def tax(amount: int, *, tax_bp: int) -> int:
    """Return the tax on all that one order number has sold, cut to whole won."""
    return amount * tax_bp // _WHOLE_BP
