"""When a stock held is sold, figure by figure.

Trailing as it stands: with a drop of 3.5 % and a least profit of 3.0 % it can only sell if the
high reached 6.74 % (6.19 % at a drop of 3.0 %). A high of 5.0 % to 6.7 % arms it, and the way down
then belongs to the profit locks; so does a fall that leaps over the 3.0 % line.
"""

from dataclasses import dataclass
from itertools import pairwise

from jennie_cli.engine.errors import SettingsError
from jennie_cli.engine.model import setting


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitPolicy:
    """Limits of the exit chain; percent of the average buy price unless said otherwise."""

    tick_age: float = setting(
        10.0, "A price older than this is not judged.", unit="seconds", low=1.0, high=60.0
    )
    pending: int = setting(
        120,
        "How long a sell order without a result holds back the next.",
        unit="seconds",
        low=10,
        high=3600,
    )
    auction_cut: int = setting(
        60,
        "How long before the close the stops last enter the closing auction.",
        unit="seconds",
        low=0,
        high=600,
    )
    hard_stop_pct: float = setting(
        -10.0, "Loss that sells whatever else holds.", unit="pct", low=-30.0, high=0.0
    )
    fixed_stop_pct: float = setting(
        -6.0,
        "Loss that sells, widened by the macro stop factor but never beyond the hard stop.",
        unit="pct",
        low=-30.0,
        high=0.0,
    )
    recon_stop_pct: float = setting(
        -2.5, "Loss that sells a RECON position.", unit="pct", low=-30.0, high=0.0
    )
    atr_stop: float = setting(
        2.0, "Average true ranges below the buy price that sell.", unit="times", low=0.5, high=10.0
    )
    atr_unknown_pct: float = setting(
        2.0, "What stands for an average true range not known.", unit="pct", low=0.1, high=30.0
    )
    gap_guard: bool = setting(
        False, "Hold the ATR and the fixed stop back while a loss of the opening minutes settles."
    )
    gap_guard_pct: float = setting(
        -5.0, "Loss from which the gap guard holds back.", unit="pct", low=-30.0, high=0.0
    )
    gap_guard_seconds: int = setting(
        300, "How long after the open the gap guard holds.", unit="seconds", low=0, high=3600
    )
    profit_floor_armed_pct: float = setting(
        15.0, "High that arms the profit floor.", unit="pct", low=0.0, high=1000.0
    )
    profit_floor_pct: float = setting(
        10.0, "Profit below which an armed floor sells.", unit="pct", low=0.0, high=1000.0
    )
    profit_lock_1: bool = setting(
        True, "Use profit lock 1; off leaves its place to the breakeven stop."
    )
    profit_lock_1_atr: float = setting(
        1.5, "Average true ranges of high that arm lock 1.", unit="times", low=0.0, high=20.0
    )
    profit_lock_1_least_pct: float = setting(
        1.5, "Least high that arms lock 1.", unit="pct", low=0.0, high=100.0
    )
    profit_lock_1_most_pct: float = setting(
        3.0, "High that arms lock 1 in any case.", unit="pct", low=0.0, high=100.0
    )
    profit_lock_1_pct: float = setting(
        0.5, "Profit below which lock 1 sells.", unit="pct", low=-10.0, high=100.0
    )
    profit_lock_2_atr: float = setting(
        2.5, "Average true ranges of high that arm lock 2.", unit="times", low=0.0, high=20.0
    )
    profit_lock_2_least_pct: float = setting(
        3.0, "Least high that arms lock 2.", unit="pct", low=0.0, high=100.0
    )
    profit_lock_2_most_pct: float = setting(
        5.0, "High that arms lock 2 in any case.", unit="pct", low=0.0, high=100.0
    )
    profit_lock_2_pct: float = setting(
        1.5, "Profit below which lock 2 sells.", unit="pct", low=-10.0, high=100.0
    )
    breakeven_armed_pct: float = setting(
        3.0, "High that arms the breakeven stop.", unit="pct", low=0.0, high=100.0
    )
    breakeven_pct: float = setting(
        0.3, "Profit below which the breakeven stop sells.", unit="pct", low=-10.0, high=100.0
    )
    trailing: bool = setting(True, "Use the trailing stop; off leaves its place to the target.")
    trailing_armed_pct: float = setting(
        5.0, "High that arms the trailing stop.", unit="pct", low=0.0, high=100.0
    )
    trailing_least_pct: float = setting(
        3.0,
        "Least profit at which the trailing stop sells: with a fall of 3.5 %, only a high of "
        "6.74 % or more can come to that.",
        unit="pct",
        low=-10.0,
        high=100.0,
    )
    trailing_drop_bull_pct: float = setting(
        3.0, "Fall from the high that sells in a bull market.", unit="pct", low=0.1, high=50.0
    )
    trailing_drop_pct: float = setting(
        3.5, "Fall from the high that sells else.", unit="pct", low=0.1, high=50.0
    )
    trailing_drop_strong_bear_pct: float = setting(
        4.0, "Fall from the high that sells in a strong bear.", unit="pct", low=0.1, high=50.0
    )
    divergence_stop: float = setting(
        0.75, "Width of the ATR stop on a MACD divergence.", unit="times", low=0.1, high=1.0
    )
    topping_stop: float = setting(
        0.8, "Width of the ATR stop while a chart tops out.", unit="times", low=0.1, high=1.0
    )
    divergence_trailing: float = setting(
        0.8, "High that arms trailing on a MACD divergence.", unit="times", low=0.1, high=1.0
    )
    topping_trailing: float = setting(
        0.7, "High and fall of trailing while a chart tops out.", unit="times", low=0.1, high=1.0
    )
    scale_bull_pct: tuple[float, ...] = setting(
        (7.0, 15.0, 25.0), "Profits that sell a slice each in a bull market.", unit="pct"
    )
    scale_bull_share_pct: tuple[float, ...] = setting(
        (25.0, 25.0, 15.0), "Slices of the shares left, in a bull market.", unit="pct"
    )
    scale_neutral_pct: tuple[float, ...] = setting(
        (3.0, 7.0, 12.0, 18.0), "Profits that sell a slice each in a neutral market.", unit="pct"
    )
    scale_neutral_share_pct: tuple[float, ...] = setting(
        (25.0, 25.0, 25.0, 15.0), "Slices of the shares left, else.", unit="pct"
    )
    scale_bear_pct: tuple[float, ...] = setting(
        (2.0, 5.0, 8.0, 12.0), "Profits that sell a slice each in a bear market.", unit="pct"
    )
    scale_bear_share_pct: tuple[float, ...] = setting(
        (25.0, 25.0, 25.0, 15.0), "Slices of the shares left, in a bear market.", unit="pct"
    )
    scale_least: int = setting(
        500_000, "Worth from which a slice is always sold.", unit="KRW", low=0
    )
    scale_least_total_pct: float = setting(
        1.0,
        "Part of the account from which a slice is sold too, if that is less.",
        unit="pct",
        low=0.0,
        high=100.0,
    )
    rsi_limit: float = setting(
        75.0, "Daily RSI from which a part is sold once.", unit="rsi", low=50.0, high=100.0
    )
    rsi_profit_pct: float = setting(
        3.0, "Least profit for the sale on RSI.", unit="pct", low=-10.0, high=100.0
    )
    rsi_share_pct: float = setting(
        50.0, "Part of the shares sold on RSI.", unit="pct", low=1.0, high=100.0
    )
    target_pct: float = setting(
        10.0, "Profit that sells when the trailing stop is off.", unit="pct", low=0.1, high=1000.0
    )
    death_cross_pct: float = setting(
        0.2, "How far MA5 has come below MA20, of MA20.", unit="pct", low=0.0, high=20.0
    )
    death_cross_loss_pct: float = setting(
        -1.0, "A death cross sells below this.", unit="pct", low=-30.0, high=30.0
    )
    time_exit_days: int = setting(
        30, "Calendar days after which a position is sold.", unit="days", low=1, high=3650
    )

    def __post_init__(self) -> None:
        """Raise SettingsError where profits and slices of scaling out do not pair up."""
        for market in ("bull", "neutral", "bear"):
            profits = getattr(self, f"scale_{market}_pct")
            shares = getattr(self, f"scale_{market}_share_pct")
            rising = all(low < high for low, high in pairwise(profits))
            if len(profits) != len(shares) or not rising or not all(0 < s < 100 for s in shares):
                raise SettingsError(
                    f"exits.scale_{market}_pct {profits} and its slices {shares} do not fit.",
                    hint="Give rising profits, and for each a slice of more than 0, below 100 %.",
                )
