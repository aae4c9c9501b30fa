"""When a stock held is sold: stops, locks, trailing, slices, and the state that they need."""

from jennie_cli.engine.exits.book import (
    REGIMES,
    ExitBook,
    ExitMoment,
    ExitPrices,
    Past,
    day_second,
    differs,
    empty_book,
    exit_moment,
)
from jennie_cli.engine.exits.judging import held_back_until, judge
from jennie_cli.engine.exits.keeping import (
    ALIKE_RATIO,
    ExDate,
    filled,
    newly_halted,
    raised,
    rebased,
    watch,
)
from jennie_cli.engine.exits.levels import protective_level, scale_out_pct
from jennie_cli.engine.exits.marks import Trade, exit_mark, read_exit_mark, trades_of
from jennie_cli.engine.exits.policy import ExitPolicy
from jennie_cli.engine.exits.rebuilding import WHOLE_DAY, Highs, rebuild
from jennie_cli.engine.exits.table import CHAIN, NO_EXIT, REASONS, STOPS, ExitTable

__all__ = [
    "ALIKE_RATIO",
    "CHAIN",
    "NO_EXIT",
    "REASONS",
    "REGIMES",
    "STOPS",
    "WHOLE_DAY",
    "ExDate",
    "ExitBook",
    "ExitMoment",
    "ExitPolicy",
    "ExitPrices",
    "ExitTable",
    "Highs",
    "Past",
    "Trade",
    "day_second",
    "differs",
    "empty_book",
    "exit_mark",
    "exit_moment",
    "filled",
    "held_back_until",
    "judge",
    "newly_halted",
    "protective_level",
    "raised",
    "read_exit_mark",
    "rebased",
    "rebuild",
    "scale_out_pct",
    "trades_of",
    "watch",
]
