"""How much worse than the price it saw an order is filled, and how far back a walk goes."""

from dataclasses import dataclass

from jennie_cli.engine.model import setting


@dataclass(frozen=True, slots=True, kw_only=True)
class FillPolicy:
    """What stands between a point of the price path and the price of a fill."""

    slippage_bp: float = setting(
        10.0,
        "How much worse than the price on its path a backtest or replay fills an order.",
        unit="bp",
        low=0.0,
        high=500.0,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanPolicy:
    """How much of a generated past is walked through."""

    sessions: int = setting(
        20,
        "Sessions that a backtest of the generated market walks through unless --from is given.",
        unit="sessions",
        low=1,
        high=300,
    )
