"""Ranges of numbers, exact to the digit.

Both ends are followed digit by digit: below the first digit that differs, the rest is free except
along the two edges. A fraction is such a range that may stop early, its missing digits being zeros.
"""

from jennie_cli.adapters.llama_cpp.grammar.text import EMPTY, in_turn, one_of, repeated


def integers(low: int, high: int) -> str:
    """Return text for the whole numbers low..high, without leading zeros and without -0."""
    options = []
    if low < 0:
        options.append(f'"-" {_naturals(max(1, -high), -low)}')
    if high >= 0:
        options.append(_naturals(max(0, low), high))
    return one_of(options)


def decimals(low: int, high: int, places: int) -> str:
    """Return text for low..high, both in units of 10 ** -places, with at most as many decimals."""
    options = []
    if low < 0 and max(1, -high) <= -low:
        options.append(f'"-" {_fixed(max(1, -high), -low, places)}')
    if high >= 0:
        options.append(_fixed(max(0, low), high, places))
    return one_of(options)


def _naturals(low: int, high: int) -> str:
    options = []
    for size in range(len(str(low)), len(str(high)) + 1):
        bottom = 0 if size == 1 else 10 ** (size - 1)
        options.append(_digits(str(max(low, bottom)), str(min(high, 10**size - 1)), short=False))
    return one_of(options)


def _fixed(low: int, high: int, places: int) -> str:
    unit = 10**places
    (first, bottom), (last, top) = divmod(low, unit), divmod(high, unit)
    if first == last:
        return in_turn(_naturals(first, first), _fraction(bottom, top, places))
    options = []
    if bottom:
        options.append(in_turn(_naturals(first, first), _fraction(bottom, unit - 1, places)))
        first += 1
    if top < unit - 1:
        options.append(in_turn(_naturals(last, last), _fraction(0, top, places)))
        last -= 1
    if first <= last:
        options.append(in_turn(_naturals(first, last), _fraction(0, unit - 1, places)))
    return one_of(options)


def _fraction(low: int, high: int, places: int) -> str:
    body = f'"." {_digits(f"{low:0{places}}", f"{high:0{places}}", short=True)}'
    return f"({body})?" if low == 0 else body


def _digits(low: str, high: str, *, short: bool) -> str:
    """Return text for digits of low's length in low..high; `short` may leave out last zeros."""
    if low[0] == high[0]:
        return in_turn(_span(low[0], low[0]), _rest(low[1:], high[1:], short=short))
    size, first, last = len(low) - 1, int(low[0]), int(high[0])
    zeros, nines = "0" * size, "9" * size
    options = []
    if low[1:] != zeros:
        options.append(in_turn(_span(low[0], low[0]), _rest(low[1:], nines, short=short)))
        first += 1
    if high[1:] != nines:
        options.append(in_turn(_span(high[0], high[0]), _rest(zeros, high[1:], short=short)))
        last -= 1
    if first <= last:
        free = repeated("[0-9]", 0 if short else size, size)
        options.append(in_turn(_span(str(first), str(last)), free))
    return one_of(options)


def _rest(low: str, high: str, *, short: bool) -> str:
    if not low:
        return EMPTY
    body = _digits(low, high, short=short)
    return f"({body})?" if short and int(low) == 0 else body


def _span(first: str, last: str) -> str:
    return f'"{first}"' if first == last else f"[{first}-{last}]"
