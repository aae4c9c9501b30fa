"""When something is bought, figure by figure."""

from dataclasses import dataclass
from datetime import time

from jennie_cli.engine.model import setting

_NO_TRADE_START = setting(
    time(9),
    "Start of the time after the open in which nothing is bought; moves with the open.",
    env="NO_TRADE_WINDOW_START",
)
_NO_TRADE_END = setting(
    time(9, 30),
    "End of it; from this second on buying is allowed.",
    env="NO_TRADE_WINDOW_END",
)
_DANGER_START = setting(
    time(14),
    "Start of the danger zone in which nothing is bought; moves with the close.",
    env="DANGER_ZONE_START",
)
_DANGER_END = setting(
    time(15), "End of it; from this second on buying is allowed.", env="DANGER_ZONE_END"
)
_LAST_ENTRY = setting(time(15, 20), "From this second on nothing is bought; moves with the close.")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalPolicy:
    """The limits of the gates that every buy signal must pass.

    Times of day are those of a day from 09:00 to 15:30; on any other they move with its open or
    its close.
    """

    min_bars: int = setting(
        20,
        "Completed one-minute bars of the session that a stock needs.",
        unit="bars",
        low=1,
        high=300,
        env="MIN_REQUIRED_BARS",
    )
    no_trade_start: time = _NO_TRADE_START
    no_trade_end: time = _NO_TRADE_END
    danger_start: time = _DANGER_START
    danger_end: time = _DANGER_END
    last_entry: time = _LAST_ENTRY
    rsi_max: float = setting(
        75.0,
        "RSI above which nothing is bought; an unknown one passes.",
        unit="rsi",
        low=0,
        high=100,
        env="RISK_GATE_RSI_MAX",
    )
    volume_ratio: float = setting(
        2.0,
        "Volume ratio above which a bar is flagged.",
        unit="times",
        low=0,
        high=100,
        env="RISK_GATE_VOLUME_RATIO",
    )
    vwap_above_ratio: float = setting(
        0.02,
        "Distance above the VWAP beyond which a price is flagged.",
        unit="ratio",
        low=0,
        high=1,
        env="RISK_GATE_VWAP_DEVIATION",
    )
    flags_block: int = setting(
        2, "Flags that block together; 3 = none do.", unit="flags", low=1, high=3
    )
    cooldown_seconds: int = setting(
        600,
        "How long a stock rests after a signal.",
        unit="seconds",
        low=0,
        high=86_400,
        env="SIGNAL_COOLDOWN_SECONDS",
    )
    macro_gate: bool = setting(True, "Buy nothing while the macro side says risk-off.")
    risk_off_level: int = setting(
        2, "Level of risk from which nothing is bought.", unit="level", low=1, high=4
    )
    unknown_risk_level: int = setting(
        1, "Level taken where no context is known, or only an old one.", unit="level", low=0, high=3
    )
    bear_gate: bool = setting(
        True, "Buy nothing in a BEAR or STRONG_BEAR market.", env="ENABLE_BEAR_ENTRY_BLOCK"
    )
    stop_loss_gate: bool = setting(True, "Let a stock rest after a stop-loss.")
    sale_gate: bool = setting(True, "Let a stock rest after a sale.")
    micro_timing: bool = setting(
        True, "Look at the shape of the last five-minute bars.", env="ENABLE_MICRO_TIMING"
    )
    wick_ratio: float = setting(
        2.0,
        "Upper wick, in bodies, above which a five-minute bar is a shooting star.",
        unit="times",
        low=0,
        high=100,
    )
    top_change_pct: float = setting(
        20.0, "Day change from which nothing is bought.", unit="pct", low=1, high=30
    )
    top_ticks: int = setting(
        3, "Nothing is bought this near to the upper limit.", unit="ticks", low=0, high=50
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyPolicy:
    """A switch for each strategy, and its figures.

    The founding document lists its seven bull strategies as live, so they start switched on, as do
    the others; one that is off is judged all the same and its hits are kept as shadow hits. The
    counts told here stem from 30 days to 2026-02-13 and from a volume field that was read wrongly.
    """

    recon_bull_entry: bool = setting(
        True, "RECON_BULL_ENTRY: on, as the founding document lists it. 0 hits in 30 days."
    )
    momentum_continuation: bool = setting(True, "MOMENTUM_CONTINUATION. 19 hits in 30 days.")
    short_term_high_breakout: bool = setting(True, "SHORT_TERM_HIGH_BREAKOUT. No hit in 30 days.")
    volume_breakout_1min: bool = setting(
        True, "VOLUME_BREAKOUT_1MIN. No hit in 30 days; -0.34 % a trade in an earlier test."
    )
    bull_pullback: bool = setting(True, "BULL_PULLBACK. No hit in 30 days.")
    vcp_breakout: bool = setting(True, "VCP_BREAKOUT. No hit in 30 days.")
    institutional_entry: bool = setting(
        True, "INSTITUTIONAL_ENTRY: a candle's shape, which says little about institutions."
    )
    dip_buy: bool = setting(True, "DIP_BUY, beyond the founding document. 1 hit in 30 days.")
    golden_cross: bool = setting(True, "GOLDEN_CROSS. 29 hits in 30 days.")
    rsi_rebound: bool = setting(
        True,
        "RSI_REBOUND: on, as founded, but to be reviewed: a later system lost 1.16 % a trade with "
        "it and switched it off.",
    )
    bb_lower: bool = setting(True, "BB_LOWER, only for stocks whose own list asks for it.")
    momentum: bool = setting(True, "MOMENTUM. 40 hits in 30 days.")
    watchlist_conviction_entry: bool = setting(
        False,
        "WATCHLIST_CONVICTION_ENTRY: off, for on 2026-02-25 it bought on every bar past all gates. "
        "Here every gate holds for it too.",
    )

    recon_llm_score: float = setting(
        70.0, "Least model score of RECON_BULL_ENTRY.", unit="points", low=0, high=100
    )
    continuation_llm_score: float = setting(
        65.0, "Least model score of MOMENTUM_CONTINUATION.", unit="points", low=0, high=100
    )
    continuation_rise_pct: float = setting(
        2.0, "Rise since the open from which it buys.", unit="pct", low=-30, high=30
    )
    continuation_max_pct: float = setting(
        5.0,
        "Rise since the open from which it is too late.",
        unit="pct",
        low=-30,
        high=30,
        env="MOMENTUM_CONT_MAX_GAIN_PCT",
    )
    high_bars: int = setting(
        60, "Bars whose highest SHORT_TERM_HIGH_BREAKOUT must close above.", low=2, high=300
    )
    high_volume_bars: int = setting(
        30, "Bars before, whose mean volume it compares with.", low=1, high=300
    )
    high_volume_ratio: float = setting(
        2.0, "Least multiple of that mean volume.", unit="times", low=0, high=100
    )
    volume_bars: int = setting(
        20, "Bars whose closes and volumes VOLUME_BREAKOUT_1MIN looks back on.", low=2, high=300
    )
    volume_breakout_ratio: float = setting(
        3.0, "Least multiple of their mean volume.", unit="times", low=0, high=100
    )
    pullback_down_bars: int = setting(
        2, "Falling bars that BULL_PULLBACK wants among the last three.", low=0, high=3
    )
    vcp_range_ratio: float = setting(
        0.7,
        "Most that the bars' mean range may be, of that ten bars before.",
        unit="ratio",
        low=0,
        high=10,
    )
    vcp_volume_ratio: float = setting(
        3.0, "Least multiple of the mean volume for VCP_BREAKOUT.", unit="times", low=0, high=100
    )
    institution_wick_ratio: float = setting(
        0.1, "Upper share of the bar that INSTITUTIONAL_ENTRY must close in.", low=0, high=1
    )
    institution_body_ratio: float = setting(
        2.0, "Least multiple of the body before.", unit="times", low=0, high=100
    )
    dip_llm_score: float = setting(
        65.0, "Least model score of DIP_BUY.", unit="points", low=0, high=100
    )
    dip_first_day: int = setting(
        1, "Trading days on the list before a dip counts.", unit="rows", low=0, high=30
    )
    dip_last_day_bull: int = setting(
        5, "Last trading day that counts, in a bull market.", unit="rows", low=0, high=30
    )
    dip_last_day: int = setting(
        3, "Last trading day that counts, elsewhere.", unit="rows", low=0, high=30
    )
    dip_least_bull_pct: float = setting(
        -0.5, "Smallest dip, in a bull market.", unit="pct", low=-30, high=0
    )
    dip_most_bull_pct: float = setting(
        -3.0, "Deepest dip, in a bull market.", unit="pct", low=-30, high=0
    )
    dip_least_pct: float = setting(-2.0, "Smallest dip, elsewhere.", unit="pct", low=-30, high=0)
    dip_most_pct: float = setting(-5.0, "Deepest dip, elsewhere.", unit="pct", low=-30, high=0)
    dip_rsi: bool = setting(False, "Whether a dip also wants an RSI from 30 to 50.")
    golden_cross_volume_ratio: float = setting(
        1.5,
        "Least volume ratio of GOLDEN_CROSS.",
        unit="times",
        low=0,
        high=100,
        env="GOLDEN_CROSS_MIN_VOLUME_RATIO",
    )
    rebound_neutral_rsi: float = setting(
        40.0, "RSI that RSI_REBOUND crosses in a NEUTRAL market.", unit="rsi", low=0, high=100
    )
    rebound_bear_rsi: float = setting(
        30.0,
        "RSI that it crosses in a bear market; out of reach while bear entries are blocked.",
        unit="rsi",
        low=0,
        high=100,
    )
    band_sigma: float = setting(
        2.0, "Deviations below the mean of 20 closes for BB_LOWER.", unit="times", low=0, high=10
    )
    momentum_bars: int = setting(
        30, "Bars, at most, over which MOMENTUM measures the rise.", low=2, high=300
    )
    momentum_rise_pct: float = setting(
        1.5, "Rise that MOMENTUM wants by default.", unit="pct", low=-30, high=30
    )
    momentum_listed_pct: float = setting(
        3.0,
        "Rise that it wants where a stock's own list names it without a figure.",
        unit="pct",
        low=-30,
        high=30,
    )
    momentum_max_pct: float = setting(
        7.0,
        "Rise from which it is too late.",
        unit="pct",
        low=-30,
        high=30,
        env="MOMENTUM_MAX_GAIN_PCT",
    )
    conviction_bars: int = setting(3, "Least bars of WATCHLIST_CONVICTION_ENTRY.", low=1, high=300)
    conviction_neutral_score: float = setting(
        75.0, "Least hybrid score in a NEUTRAL market.", unit="points", low=0, high=100
    )
    conviction_last_day: int = setting(
        2, "Last trading day on the list; an unknown day counts as 0.", unit="rows", low=0, high=30
    )
    conviction_hybrid_score: float = setting(
        70.0, "Hybrid score that convinces.", unit="points", low=0, high=100
    )
    conviction_llm_score: float = setting(
        72.0, "Model score that convinces as well.", unit="points", low=0, high=100
    )
    conviction_from: int = setting(
        15, "When it begins, after the open.", unit="minutes", low=0, high=400
    )
    conviction_until: int = setting(
        90, "When it has ended, after the open.", unit="minutes", low=0, high=400
    )
    conviction_max_pct: float = setting(
        3.0,
        "Rise since the stock came on the list from which it is too late.",
        unit="pct",
        low=-30,
        high=30,
    )
    conviction_vwap_pct: float = setting(
        1.5, "Most that the price may stand above the VWAP.", unit="pct", low=-30, high=30
    )
    conviction_rsi: float = setting(
        65.0, "RSI from which it is too late.", unit="rsi", low=0, high=100
    )
    confirmation_bars: int = setting(
        1,
        "Bars that must hold the price of a momentum signal before it is published.",
        low=0,
        high=5,
        env="MOMENTUM_CONFIRMATION_BARS",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestPolicy:
    """Which plugins have a say; their names are those of their entry points."""

    plugin_strategies: tuple[str, ...] = setting(
        (),
        "Strategies of plugins that may buy, by name; every other one that is installed only "
        "records what it would have bought.",
    )
    plugin_gates_off: tuple[str, ...] = setting((), "Gates of plugins that are not asked, by name.")
