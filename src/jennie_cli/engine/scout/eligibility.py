"""Which stocks may be candidates at all: one filter after all sources, over the whole market.

Missing is not junk: a rule whose figure is unknown does not fire, and the gap is reported.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.model import SecurityKind, Stock, StockStatus
from jennie_cli.engine.rules import Check, Rule, Tally
from jennie_cli.engine.rules import catalogue as rule
from jennie_cli.engine.scout.policy import ScoutPolicy
from jennie_cli.engine.store import DailyPanel
from jennie_cli.engine.store.panels import BoolArray, FloatArray

_STATUS_RULES = (
    (StockStatus.ADMINISTRATIVE, rule.ADMINISTRATIVE),
    (StockStatus.LIQUIDATION, rule.LIQUIDATION),
    (StockStatus.WARNING, rule.WARNING),
    (StockStatus.RISK, rule.RISK),
    (StockStatus.OVERHEATED, rule.OVERHEATED),
)
_FINDABLE = SecurityKind.COMMON.value
_VOLUME_DAYS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One rule asked of every stock: where it fired, the figure it saw, its limit."""

    rule: Rule
    fired: BoolArray
    value: FloatArray | NDArray[np.str_]
    limit: float | str | None

    def check(self, stock: int) -> Check:
        """Return the answer for one stock."""
        seen = self.value[stock]
        value = str(seen) if self.value.dtype.kind == "U" else _figure(float(seen))
        passed = not self.fired[stock]
        return Check(
            rule=self.rule.id, value=value, limit=self.limit, unit=self.rule.unit, passed=passed
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligibility:
    """Every gate over (N,) stocks and who passed them all."""

    gates: tuple[Gate, ...]
    eligible: BoolArray

    def checks(self, stock: int) -> tuple[Check, ...]:
        """Return every gate's answer for one stock."""
        return tuple(g.check(stock) for g in self.gates)

    def first_fired(self, stock: int) -> Check | None:
        """Return the check that dropped the stock, None if it is eligible."""
        return next((g.check(stock) for g in self.gates if g.fired[stock]), None)


def screen(
    bars: DailyPanel,
    stocks: Sequence[Stock],
    market_cap: FloatArray,
    *,
    policy: ScoutPolicy,
    tally: Tally,
) -> Eligibility:
    """Ask every eligibility rule of the whole market and count askings and firings."""
    gates = (*_master_gates(bars, stocks, policy), *_figure_gates(bars, market_cap, policy))
    for gate in gates:
        known = gate.value.size if gate.value.dtype.kind == "U" else np.isfinite(gate.value).sum()
        tally.count(gate.rule, asked=int(known), fired=int(gate.fired.sum()))
    fired = np.logical_or.reduce([g.fired for g in gates])
    return Eligibility(gates=gates, eligible=~fired)


def _master_gates(
    bars: DailyPanel, stocks: Sequence[Stock], policy: ScoutPolicy
) -> tuple[Gate, ...]:
    kind = np.array([s.kind.value for s in stocks])
    status = np.array([s.status.value for s in stocks])
    gone = np.array([s.delisted_on is not None and s.delisted_on <= bars.days[-1] for s in stocks])
    listed = np.isfinite(bars.close[-1]) & ~gone
    halted = bars.halted[-1] | (status == StockStatus.HALTED.value)
    gates = [
        Gate(rule=rule.KIND, fired=kind != _FINDABLE, value=kind, limit=_FINDABLE),
        Gate(rule=rule.LISTED, fired=~listed, value=_last_bar(bars), limit=str(bars.days[-1])),
        Gate(rule=rule.HALTED, fired=halted & listed, value=status, limit=None),
        *(
            Gate(rule=asked, fired=status == bad.value, value=status, limit=None)
            for bad, asked in _STATUS_RULES
        ),
    ]
    excluded = codes_in(policy.excluded)
    if excluded:
        codes = np.array([s.code for s in stocks])
        fired = np.isin(codes, excluded)
        gates.insert(1, Gate(rule=rule.EXCLUDED, fired=fired, value=codes, limit=None))
    return tuple(gates)


def _figure_gates(
    bars: DailyPanel, market_cap: FloatArray, policy: ScoutPolicy
) -> tuple[Gate, ...]:
    price = bars.close[-1]
    traded = bars.volume[-_VOLUME_DAYS:].mean(axis=0) * price
    return (
        _floor(rule.MARKET_CAP, market_cap, policy.min_market_cap),
        _floor(rule.PRICE, price, policy.min_price),
        _floor(rule.LIQUIDITY, traded, policy.min_traded_value),
    )


def _floor(asked: Rule, value: FloatArray, limit: float) -> Gate:
    with np.errstate(invalid="ignore"):
        return Gate(rule=asked, fired=value < limit, value=value, limit=float(limit))


def _last_bar(bars: DailyPanel) -> NDArray[np.str_]:
    present = np.isfinite(bars.close)
    last = len(bars.days) - 1 - present[::-1].argmax(axis=0)
    days = np.array([str(d) for d in bars.days])
    return np.where(present.any(axis=0), days[last], "")


def _figure(value: float) -> float | None:
    return value if np.isfinite(value) else None


def codes_in(listing: str) -> list[str]:
    """Return the codes of a comma-separated setting."""
    return [c.strip() for c in listing.split(",") if c.strip()]
