"""A report in words: titled tables of short texts, for whoever draws them.

A terminal and a page show the same sheets, so neither can tell anything that the other does not.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from jennie_cli.engine.messages import amount, known, rule_name, text
from jennie_cli.engine.research.measures import (
    FEWEST_DAYS,
    FEWEST_SESSIONS,
    RISK_FREE_PCT,
    SESSIONS_A_YEAR,
    Interval,
    Mean,
)
from jennie_cli.engine.research.report import (
    BacktestReport,
    BlockedRow,
    Drawdown,
    SilentRule,
    Totals,
    TripRow,
)

_RESTS_ON: Mapping[str, object] = {
    "risk_free": RISK_FREE_PCT,
    "year": SESSIONS_A_YEAR,
    "fewest_sessions": FEWEST_SESSIONS,
    "fewest_days": FEWEST_DAYS,
}


class Cell(NamedTuple):
    """A short text; `sign` is 1 for a gain, -1 for a loss, 0 for what is neither."""

    text: str
    sign: int = 0


class Sheet(NamedTuple):
    """A table with its title and what a reader must know of it; the first column holds names."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str


def sheets(report: BacktestReport, lang: str) -> tuple[Sheet, ...]:
    """Return the whole report but its curve; a table without rows is left out."""
    trips: tuple[tuple[str, Sequence[TripRow], Callable[[str, str], str]], ...] = (
        ("strategies", report.strategies, _named("strategy.name")),
        ("exits", report.exits, _named("exit_reason")),
        ("regimes", report.regimes, lambda name, _: name),
    )
    every = (
        _result(report, lang),
        *(_trips(title, rows, name, lang) for title, rows, name in trips),
        _blocked(report.blocked, lang),
        _silent(report.silent, lang),
    )
    return tuple(sheet for sheet in every if sheet.rows)


def won(value: int | None, lang: str, *, signed: bool = False) -> str:
    """Return won in full, a dash where there are none."""
    if value is None:
        return amount(None, "KRW", lang)
    return text("trade.won", lang, figure=f"{value:+,}" if signed and value else f"{value:,}")


def percent(value: float | None, lang: str) -> str:
    """Return percent, signed, always to the hundredth; a dash where it is unknown."""
    if value is None:
        return amount(None, "pct", lang)
    figure = f"{value:+.2f}"
    return f"{figure if figure.strip('+-0.') else '0.00'}%"


def _named(prefix: str) -> Callable[[str, str], str]:
    """Return what tells names in words; one that has none, such as a plugin's, is told as it is."""

    def told(name: str, lang: str) -> str:
        key = f"{prefix}.{name}"
        return text(key, lang) if known(key, lang) else name

    return told


def _sheet(key: str, columns: Iterable[str], rows: Iterable[tuple[Cell, ...]], lang: str) -> Sheet:
    return Sheet(
        title=text(f"report.{key}", lang),
        columns=tuple(text(f"report.column.{name}", lang) for name in columns),
        rows=tuple(rows),
        note=text(f"report.note.{key}", lang, **_RESTS_ON),
    )


def _result(report: BacktestReport, lang: str) -> Sheet:
    figures = (*_money(report.totals, lang), *_odds(report, lang), *_risk(report.totals, lang))
    rows = ((Cell(text(f"report.figure.{key}", lang)), cell) for key, cell in figures)
    return _sheet("result", ("figure", "value"), rows, lang)


def _money(totals: Totals, lang: str) -> tuple[tuple[str, Cell], ...]:
    rows = [
        ("sessions", Cell(f"{totals.sessions:,}")),
        ("capital", Cell(won(totals.capital, lang))),
        ("equity", Cell(won(totals.equity, lang))),
        ("net_profit", _gain(totals.net_profit, lang)),
        ("return", _change(totals.return_pct, lang)),
        ("closed_won", _gain(totals.closed_won, lang)),
        ("open_won", _gain(totals.open_won, lang)),
    ]
    if totals.unexplained_won:
        rows.append(("unexplained", _gain(totals.unexplained_won, lang)))
    return tuple(rows)


def _odds(report: BacktestReport, lang: str) -> tuple[tuple[str, Cell], ...]:
    totals, trading = report.totals, report.totals.trading
    part = trading.costs_of_gross_ratio
    of_gross = amount(None if part is None else part * 100, "share1_pct", lang)
    sold = f"{totals.closed:,}"
    return (
        ("trips", Cell(text("report.trips", lang, closed=sold, open=f"{totals.open:,}"))),
        ("win_ratio", Cell(_of(trading.wins, totals.closed, lang))),
        ("purchase_wins", Cell(_of(trading.purchase_wins, trading.purchases, lang))),
        ("average_win", _gain(trading.average_win, lang)),
        ("average_loss", _gain(trading.average_loss, lang)),
        ("profit_factor", Cell(_number(trading.profit_factor, lang))),
        ("mean_return", _change(trading.return_pct.mean_pct, lang)),
        ("interval", Cell(_between(trading.return_pct.interval, lang))),
        ("costs", Cell(won(trading.costs, lang))),
        ("costs_of_gross", Cell(of_gross)),
        ("traded", Cell(won(trading.traded, lang))),
        ("turnover", Cell(amount(trading.turnover_factor, "times", lang))),
    )


def _risk(totals: Totals, lang: str) -> tuple[tuple[str, Cell], ...]:
    under = text("report.sessions", lang, count=totals.longest_under_sessions)
    return (
        ("drawdown", Cell(_fall(totals.drawdown, lang), -1 if totals.drawdown else 0)),
        ("drawdown_days", Cell(_span(totals.drawdown, lang))),
        ("longest_under", Cell(under)),
        ("sharpe", Cell(_number(totals.sharpe_ratio, lang))),
    )


def _trips(key: str, rows: Sequence[TripRow], name: Callable[[str, str], str], lang: str) -> Sheet:
    counted = "sales" if key == "exits" else "purchases"
    columns = ("name", counted, "days", "wins", "mean", "interval", "won")
    return _sheet(key, columns, (_trip_row(row, name(row.name, lang), lang) for row in rows), lang)


def _trip_row(row: TripRow, name: str, lang: str) -> tuple[Cell, ...]:
    mean = row.return_pct
    return (
        Cell(name),
        Cell(f"{mean.count:,}"),
        Cell(f"{mean.days:,}"),
        Cell(f"{row.wins:,}"),
        _change(mean.mean_pct, lang),
        Cell(_between(mean.interval, lang)),
        _gain(row.won, lang),
    )


def _blocked(rows: Sequence[BlockedRow], lang: str) -> Sheet:
    columns = ("rule", "hits", "stock_days", "after_30_min", "interval", "at_close", "interval")
    return _sheet("blocked", columns, (_blocked_row(row, lang) for row in rows), lang)


def _blocked_row(row: BlockedRow, lang: str) -> tuple[Cell, ...]:
    return (
        Cell(rule_name(row.rule, lang)),
        Cell(f"{row.hits:,}"),
        Cell(f"{row.stock_days:,}"),
        *_measured(row.after_30_min, lang),
        *_measured(row.at_close, lang),
    )


def _measured(mean: Mean, lang: str) -> tuple[Cell, Cell]:
    return _change(mean.mean_pct, lang), Cell(_between(mean.interval, lang))


def _silent(rules: Sequence[SilentRule], lang: str) -> Sheet:
    columns = ("rule", "asked", "why_silent")
    return _sheet("silent", columns, (_silent_row(rule, lang) for rule in rules), lang)


def _silent_row(rule: SilentRule, lang: str) -> tuple[Cell, ...]:
    if rule.asleep is not None:
        why = text("report.asleep", lang, setting=rule.asleep)
    else:
        why = text("report.unfired" if rule.asked else "report.unasked", lang)
    return Cell(rule_name(rule.rule, lang)), Cell(f"{rule.asked:,}"), Cell(why)


def _gain(value: int | None, lang: str) -> Cell:
    return Cell(won(value, lang, signed=True), _sign(value))


def _change(value: float | None, lang: str) -> Cell:
    return Cell(percent(value, lang), _sign(None if value is None else round(value, 2)))


def _sign(value: float | None) -> int:
    return 0 if not value else 1 if value > 0 else -1


def _number(value: float | None, lang: str) -> str:
    return amount(value, "number", lang)


def _of(count: int, whole: int, lang: str) -> str:
    share = amount(count / whole * 100 if whole else None, "share1_pct", lang)
    return f"{share} ({count:,}/{whole:,})"


def _between(interval: Interval | None, lang: str) -> str:
    if interval is None:
        return percent(None, lang)
    return f"{percent(interval.low_pct, lang)} … {percent(interval.high_pct, lang)}"


def _fall(fall: Drawdown | None, lang: str) -> str:
    if fall is None:
        return percent(0.0, lang)
    return f"{percent(fall.pct, lang)} ({won(fall.won, lang)})"


def _span(fall: Drawdown | None, lang: str) -> str:
    if fall is None:
        return percent(None, lang)
    peak = _day(fall.peak, "report.start", lang)
    again = _day(fall.recovered, "report.unrecovered", lang)
    sessions = text("report.sessions", lang, count=fall.sessions)
    return f"{peak} → {fall.bottom} ({sessions}) → {again}"


def _day(day: date | None, otherwise: str, lang: str) -> str:
    return text(otherwise, lang) if day is None else str(day)
