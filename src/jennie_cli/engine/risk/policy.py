"""How much may be bought by hand, and how the automatic stamp sizes and limits what it buys."""

from dataclasses import dataclass

from jennie_cli.engine.model import setting


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskPolicy:
    """Limits of what is bought by hand. Nothing here ever stops a sale."""

    manual_order_cap: int = setting(
        5_000_000, "Most that one buy by hand may be worth.", unit="KRW", low=1
    )
    manual_day_cap: int = setting(
        20_000_000, "Most that the buys by hand of one day may be worth.", unit="KRW", low=1
    )
    cash_share_pct: int = setting(
        20, "Part of the cash that a buy without a quantity takes.", unit="pct", low=1, high=100
    )
    repeat_seconds: int = setting(
        10,
        "An order like the last one (stock, side, shares) within this time is asked about.",
        unit="seconds",
        low=0,
        high=3600,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoPolicy:
    """Figures of the automatic stamp. What limits buying never stops a sale.

    `auto_order_cap` and `auto_day_cap` hold while automatic trading is ramped up with real money:
    whoever gathers the facts puts them there.
    """

    auto_order_cap: int = setting(
        1_000_000, "Most that one automatic buy may be worth in the ramp-up.", unit="KRW", low=1
    )
    auto_day_cap: int = setting(
        3_000_000,
        "Most that the automatic buys of a day may be worth in the ramp-up.",
        unit="KRW",
        low=1,
    )
    signal_age_seconds: int = setting(
        60, "A buy signal older than this is refused.", unit="seconds", low=1, high=600
    )
    max_day_buys: int = setting(
        6,
        "Automatic buys of one trading day; 0 = none.",
        unit="orders",
        low=0,
        high=100,
        env="MAX_BUY_COUNT_PER_DAY",
    )
    max_holdings: int = setting(
        10, "Stocks held at most.", unit="stocks", low=1, high=100, env="MAX_PORTFOLIO_SIZE"
    )
    rebuy_minutes: int = setting(
        10,
        "A stock just bought is not bought again for this long.",
        unit="minutes",
        low=0,
        high=1440,
    )
    sold_hours: int = setting(
        24,
        "A stock just sold is not bought again for this long.",
        unit="hours",
        low=0,
        high=720,
    )
    stop_rest_days: int = setting(
        5,
        "Trading days for which a stock rests after a stop-loss or a death cross.",
        unit="days",
        low=0,
        high=60,
        env="STOPLOSS_COOLDOWN_DAYS",
    )
    hybrid_floor_score: float = setting(
        40.0, "Hybrid score below which nothing is bought.", unit="points", low=0.0, high=100.0
    )
    chase_pct: float = setting(
        1.0,
        "A buy pays at most this much above its signal, and is refused beyond it.",
        unit="pct",
        low=0.0,
        high=5.0,
    )
    momentum_limit: bool = setting(
        True,
        "Give the momentum family its own, nearer limit.",
        env="MOMENTUM_LIMIT_ORDER_ENABLED",
    )
    momentum_premium_ratio: float = setting(
        0.003,
        "The momentum family pays at most this much above its signal.",
        unit="ratio",
        low=0.0,
        high=0.05,
        env="MOMENTUM_LIMIT_PREMIUM",
    )
    top_change_pct: float = setting(
        20.0, "Day change from which nothing is bought.", unit="pct", low=1.0, high=30.0
    )
    top_ticks: int = setting(
        3,
        "Nothing is bought this near to the upper limit.",
        unit="ticks",
        low=0,
        high=50,
    )
    daily_loss_pct: float = setting(
        3.0,
        "Fall of the equity since the last close at which buying ends for the day.",
        unit="pct",
        low=0.1,
        high=100.0,
    )
    risk_per_trade_pct: float = setting(
        1.0,
        "Part of the total that one position puts at risk.",
        unit="pct",
        low=0.01,
        high=10.0,
        env="RISK_PER_TRADE_PCT",
    )
    atr_stop_factor: float = setting(
        2.0,
        "Daily ATRs that make up the risk of one share (1R).",
        unit="times",
        low=0.5,
        high=10.0,
        env="ATR_MULTIPLIER",
    )
    atr_unknown_pct: float = setting(
        2.0, "ATR taken when it is not known, of the price.", unit="pct", low=0.1, high=20.0
    )
    atr_low_pct: float = setting(
        1.0, "Least ATR that a size is made with, of the price.", unit="pct", low=0.1, high=20.0
    )
    atr_high_pct: float = setting(
        5.0, "Most ATR that a size is made with, of the price.", unit="pct", low=0.1, high=20.0
    )
    same_sector_factor: float = setting(
        0.7,
        "Risk budget of a stock whose sector group is held.",
        unit="times",
        low=0.0,
        high=1.0,
    )
    max_qty: int = setting(
        10_000,
        "Shares that one automatic buy asks for at most.",
        unit="shares",
        low=1,
        env="MAX_QUANTITY",
    )
    max_position_pct: float = setting(
        12.0,
        "Part of the total that a new position may be.",
        unit="pct",
        low=0.1,
        high=100.0,
        env="MAX_POSITION_VALUE_PCT",
    )
    cash_keep_pct: float = setting(
        10.0,
        "Cash that always remains, of the total; the regime may ask for more.",
        unit="pct",
        low=0.0,
        high=100.0,
        env="CASH_KEEP_PCT",
    )
    smart_skip_pct: float = setting(
        50.0,
        "A buy cut below this part of what was meant is left out.",
        unit="pct",
        low=0.0,
        high=100.0,
    )
    max_heat_pct: float = setting(
        5.0,
        "What all positions together may lose down to their protective levels, of the total.",
        unit="pct",
        low=0.1,
        high=100.0,
    )
    tier2_factor: float = setting(0.5, "Size of a TIER2 stock.", unit="times", low=0.0, high=1.0)
    recon_factor: float = setting(0.3, "Size of a RECON stock.", unit="times", low=0.0, high=1.0)
    caution_factor: float = setting(
        0.7, "Size of a stock tagged CAUTION.", unit="times", low=0.0, high=1.0
    )
    macro_most_factor: float = setting(
        1.3, "Most that the macro side may multiply a size by.", unit="times", low=1.0, high=1.3
    )
    stale_days: int = setting(
        2, "Trading days from which a model's score is stale.", unit="days", low=1, high=30
    )
    stale_factor: float = setting(0.5, "Size on a stale score.", unit="times", low=0.0, high=1.0)
    old_days: int = setting(
        3, "Trading days from which a model's score is old.", unit="days", low=1, high=60
    )
    old_factor: float = setting(0.3, "Size on an old score.", unit="times", low=0.0, high=1.0)
    correlation_days: int = setting(
        60, "Daily returns over which holdings are compared.", unit="days", low=10, high=250
    )
    correlation_points: int = setting(
        30, "Common returns below which a correlation is unknown.", unit="days", low=5, high=250
    )
    correlation_block_ratio: float = setting(
        0.85,
        "Correlation with a holding from which nothing is bought.",
        unit="ratio",
        low=0.0,
        high=1.0,
        env="CORRELATION_BLOCK_THRESHOLD",
    )
    correlation_high_ratio: float = setting(
        0.7,
        "Correlation from which the size is the smallest.",
        unit="ratio",
        low=0.0,
        high=1.0,
        env="CORRELATION_THRESHOLD",
    )
    correlation_high_factor: float = setting(
        0.5, "Size at a high correlation.", unit="times", low=0.0, high=1.0
    )
    correlation_mid_ratio: float = setting(
        0.5, "Correlation from which the size is smaller.", unit="ratio", low=0.0, high=1.0
    )
    correlation_mid_factor: float = setting(
        0.75,
        "Size at a middling correlation, and at one that is not known.",
        unit="times",
        low=0.0,
        high=1.0,
    )
    correlation_low_ratio: float = setting(
        0.3, "Correlation from which the size is a little smaller.", unit="ratio", low=0.0, high=1.0
    )
    correlation_low_factor: float = setting(
        0.9, "Size at a low correlation.", unit="times", low=0.0, high=1.0
    )
    guard: bool = setting(
        True,
        "Refuse beyond the stocks of a sector and below the regime's cash; off only records it.",
        env="PORTFOLIO_GUARD_ENABLED",
    )
    budget_hours: int = setting(
        24,
        "A sector budget older than this is as good as none.",
        unit="hours",
        low=1,
        high=168,
    )
    sector_value_pct: float = setting(
        30.0,
        "Part of the total that one sector group may be.",
        unit="pct",
        low=1.0,
        high=100.0,
        env="MAX_SECTOR_PCT",
    )
    sector_value_bull_pct: float = setting(
        50.0, "The same in a strong bull market.", unit="pct", low=1.0, high=100.0
    )
    stock_value_pct: float = setting(
        15.0, "Part of the total that one stock may be.", unit="pct", low=1.0, high=100.0
    )
    stock_value_bull_pct: float = setting(
        20.0, "The same in a strong bull market.", unit="pct", low=1.0, high=100.0
    )
    room_least_pct: float = setting(
        0.5, "Room in a sector too small to be used.", unit="pct", low=0.0, high=10.0
    )
    room_spare_pct: float = setting(
        0.1,
        "What a buy cut to the room of a sector or stock leaves of it.",
        unit="pct",
        low=0.0,
        high=5.0,
    )
    auction_cut_seconds: int = setting(
        60,
        "A stop must be decided this long before the close to enter the closing auction.",
        unit="seconds",
        low=1,
        high=600,
    )
