"""How much one order and one day of manual trading may be."""

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
