"""A refusal and the checks before it as sentences, made only on reading.

Money is told to the won: a figure just over its limit must look so.
"""

from jennie_cli.engine.messages import amount, text, value_and_limit
from jennie_cli.engine.risk import Refusal
from jennie_cli.engine.rules import Check

_WHOLE = {"KRW": "trade.won", "shares": "trade.shares"}


def refusal_text(refusal: Refusal, lang: str, jennie: str = "jennie") -> tuple[str, str]:
    """Return why an order was refused, with figure and limit, and what to do next.

    `jennie` is how the program was called, so that the command of a hint means the same home.
    """
    limit = _figure(refusal.limit, refusal.unit, lang)
    hint = text(f"hint.{refusal.rule}", lang, limit=_typed(refusal) or limit, jennie=jennie)
    return _why(refusal, lang), hint


def _why(refusal: Refusal, lang: str) -> str:
    if refusal.code == "not_held":
        return text("trade.not_held", lang)
    if refusal.code == "sellable" and refusal.value is None:
        return text("trade.none_sellable", lang)
    return check_line(refusal.checks[-1], lang)


def check_line(check: Check, lang: str) -> str:
    """Return one check as a sentence, its figures in as many digits as tell them apart."""
    key = f"check.{check.rule}.{'pass' if check.passed else 'fail'}"
    if check.unit in _WHOLE:
        value, limit = (_figure(f, check.unit, lang) for f in (check.value, check.limit))
    else:
        value, limit = value_and_limit(check.value, check.limit, check.unit, lang)
    return text(key, lang, value=value, limit=limit)


def _figure(value: float | str | None, unit: str, lang: str) -> str:
    if unit in _WHOLE and isinstance(value, int | float):
        return text(_WHOLE[unit], lang, figure=f"{value:,.0f}")
    return amount(value, unit, lang)


def _typed(refusal: Refusal) -> str:
    """Return a limit as it is typed after an option: a price step without its unit."""
    return str(refusal.limit) if refusal.code == "tick" else ""
