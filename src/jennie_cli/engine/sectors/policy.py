"""The settings of falling knives, hot sectors and the sector budget."""

from dataclasses import dataclass

from jennie_cli.engine.model import setting


@dataclass(frozen=True, slots=True, kw_only=True)
class SectorPolicy:
    """Limits of the sector room; percent values are plain percent."""

    dynamic: bool = setting(
        True,
        "Set the caps by sector heat; off means the fixed cap for every group.",
        env="DYNAMIC_SECTOR_BUDGET_ENABLED",
    )
    fixed_cap: int = setting(
        3,
        "Cap of every group while the dynamic budget is off or missing.",
        unit="stocks",
        low=1,
        high=20,
        env="MAX_SECTOR_STOCKS",
    )
    return_days: int = setting(
        5,
        "Sessions over which a sector's return is measured.",
        unit="days",
        low=1,
        high=60,
        env="SECTOR_RETURN_DAYS",
    )
    min_names: int = setting(
        3, "Names with a return that a sector needs to be ranked.", unit="stocks", low=1, high=50
    )
    hot_cap: int = setting(5, "Cap of a HOT group.", unit="stocks", low=1, high=20)
    warm_cap: int = setting(3, "Cap of a WARM group.", unit="stocks", low=1, high=20)
    cool_cap: int = setting(2, "Cap of a COOL group.", unit="stocks", low=1, high=20)
    cool_knife_ratio: float = setting(
        0.30,
        "Share of a group's stocks in falling-knife sectors that makes the group COOL.",
        unit="ratio",
        low=0.0,
        high=1.0,
    )
    knife_day_pct: float = setting(
        -1.0,
        "Fine sectors with a mean day change below this are checked for a falling knife.",
        unit="pct",
        low=-30.0,
        high=0.0,
    )
    knife_fall_pct: float = setting(
        -3.0,
        "A checked sector is a falling knife when it fell further than this over 5 sessions.",
        unit="pct",
        low=-60.0,
        high=0.0,
    )
    knife_checked: int = setting(
        5,
        "At most this many of the worst fine sectors are checked.",
        unit="sectors",
        low=1,
        high=79,
    )
    knife_largest: int = setting(
        5,
        "Largest members whose normalised prices stand for a sector.",
        unit="stocks",
        low=1,
        high=50,
    )
    outlier_pct: float = setting(
        30.0,
        "A day change beyond this, up or down, is no trade result and is left out of averages.",
        unit="pct",
        low=1.0,
        high=100.0,
    )
