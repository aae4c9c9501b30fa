"""The order kinds of the wire (ORD_DVSN) that the brokerage takes to the exchange."""

from collections.abc import Mapping
from types import MappingProxyType

from jennie_cli.simulator.brokerage.tickets import Reason, Rejection
from jennie_cli.simulator.exchange import Pricing, Remainder

DIVISIONS: Mapping[str, tuple[Pricing, Remainder]] = MappingProxyType(
    {
        "00": (Pricing.LIMIT, Remainder.REST),
        "01": (Pricing.MARKET, Remainder.REST),
        "02": (Pricing.CONDITIONAL, Remainder.REST),
        "03": (Pricing.BEST, Remainder.REST),
        "04": (Pricing.PRIORITY, Remainder.REST),
        "11": (Pricing.LIMIT, Remainder.IOC),
        "12": (Pricing.LIMIT, Remainder.FOK),
        "13": (Pricing.MARKET, Remainder.IOC),
        "14": (Pricing.MARKET, Remainder.FOK),
        "15": (Pricing.BEST, Remainder.IOC),
        "16": (Pricing.BEST, Remainder.FOK),
        "22": (Pricing.STOP_LIMIT, Remainder.REST),
    }
)
"""What each kind is at the exchange: how it names its price, what becomes of its rest."""

_OUTSIDE_SESSION = frozenset({"05", "06", "41", "42", "43", "44", "45", "46", "47"})


def division(code: str) -> tuple[Pricing, Remainder]:
    """Return what a kind is at the exchange; kinds of other markets and hours are refused."""
    if code in _OUTSIDE_SESSION:
        raise Rejection(Reason.AFTER_MARKET)
    if code not in DIVISIONS:
        raise Rejection(Reason.DIVISION)
    return DIVISIONS[code]
