"""How KIS writes values: every scalar is text, padded in CP949, with codes beside the numbers."""

import re
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Final

from jennie_cli.engine.clock import KST

MESSAGE_BYTES: Final = 80
CURSOR_WIDTH: Final = 100
NULL: Final = "(null)"
"""How a stream writes a blank field."""

_HIDDEN = re.compile(r"[A-Za-z0-9+/=_.\-]{20,}|\d{8,}(?:-\d{2})?")
_LONG_CODE = re.compile(r"^0{5}A([0-9A-Z]{6})$")
_WHOLE = re.compile(r"^([+-]?)0*(\d+)(?:\.0*)?$", re.ASCII)


def padded(text: str, width: int = MESSAGE_BYTES) -> str:
    """Return `text` with blanks up to `width` bytes of CP949; too long a text loses its end."""
    raw = text.encode("cp949", errors="replace")
    if len(raw) > width:
        text = raw[:width].decode("cp949", errors="ignore")
        raw = text.encode("cp949")
    return text + " " * (width - len(raw))


def cursor(text: str = "", width: int = CURSOR_WIDTH) -> str:
    """Return a paging cursor as the wire pads it; a width of 0 stands for the 20 of holidays."""
    return text.ljust(width or 20)


def masked(text: str) -> str:
    """Return the broker's words on one line, without what may be a key, token or account."""
    return _HIDDEN.sub("…", " ".join(text.split()))


def blank(text: str | None) -> bool:
    """Whether a field holds nothing."""
    return text is None or text.strip() in {"", NULL}


def whole(text: str | None) -> int | None:
    """Return a whole number, None for a blank; ValueError for anything else.

    Leading zeros, a sign and decimals that are all zero are read.
    """
    if text is None:
        return None
    if text.isdigit() and text.isascii():  # what a stream sends thousands of times a second
        return int(text)
    if blank(text):
        return None
    match = _WHOLE.match(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is no whole number")
    return -int(match[2]) if match[1] == "-" else int(match[2])


def exact(text: str | None) -> Decimal | None:
    """Return a number with its decimals, None for a blank; ValueError for anything else."""
    if text is None or blank(text):
        return None
    try:
        value = Decimal(text.strip())
    except InvalidOperation as error:
        raise ValueError(f"{text!r} is no number") from error
    if not value.is_finite():
        raise ValueError(f"{text!r} is no number")
    return value


def long_code(code: str) -> str:
    """Return a code as the 12 characters that profit and product TRs answer with."""
    return f"00000A{code}"


def short_code(text: str) -> str:
    """Return the code of six characters (seven for an ETN) out of either form."""
    text = text.strip()
    match = _LONG_CODE.match(text)
    return match[1] if match else text


def number_on_wire(broker_id: str) -> str:
    """Return an order number as ODNO: ten digits."""
    return broker_id.zfill(10)


def number_of(text: str | None) -> str | None:
    """Return an order number without leading zeros, None for a blank or all zeros."""
    return None if text is None or blank(text) else text.strip().lstrip("0") or None


def day_text(day: date) -> str:
    """Return YYYYMMDD."""
    return day.strftime("%Y%m%d")


def day_of(text: str) -> date:
    """Return the day of YYYYMMDD; ValueError for anything else."""
    text = text.strip()
    if len(text) != 8 or not text.isascii() or not text.isdigit():
        raise ValueError(f"{text!r} is no day")
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))


def time_text(moment: datetime | time) -> str:
    """Return HHMMSS."""
    return moment.strftime("%H%M%S")


def time_of(text: str) -> time:
    """Return the time of HHMMSS; ValueError for anything else."""
    text = text.strip()
    if len(text) != 6 or not text.isascii() or not text.isdigit():
        raise ValueError(f"{text!r} is no time of day")
    return time(int(text[:2]), int(text[2:4]), int(text[4:]))


def moment_of(day: date, text: str) -> datetime:
    """Return the aware moment of HHMMSS on a day, in KST; ValueError for anything else."""
    return datetime.combine(day, time_of(text), tzinfo=KST)
