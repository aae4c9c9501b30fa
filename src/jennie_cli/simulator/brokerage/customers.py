"""Whom the brokerage serves, and where it trades for them."""

from jennie_cli.simulator.brokerage.tickets import Reason, Rejection

_DIGITS = 10
_PRODUCT = "01"
_PENSION = frozenset({"22", "29"})
_VENUES = frozenset({"", "KRX"})


def check_account(number: str) -> None:
    """Refuse what is not the number (8 digits) and product (2) of a brokerage account."""
    if len(number) != _DIGITS or not number.isdecimal():
        raise Rejection(Reason.ACCOUNT)
    if number[-2:] in _PENSION:
        raise Rejection(Reason.PENSION_ACCOUNT)
    if number[-2:] != _PRODUCT:
        raise Rejection(Reason.ACCOUNT)


def check_venue(venue: str) -> None:
    """Refuse every venue but the exchange itself, which a blank means, too."""
    if venue not in _VENUES:
        raise Rejection(Reason.VENUE)
