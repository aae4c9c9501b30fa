"""Who bought and sold: foreign and institutional net buying that leads prices a little."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.store.panels import BoolArray, FloatArray
from jennie_cli.simulator.bars import DayBars
from jennie_cli.simulator.dynamics import story_table
from jennie_cli.simulator.roster import Roster
from jennie_cli.simulator.streams import Stream, stream
from jennie_cli.simulator.ticks import IntArray

_MEMORY = 0.20
_FOLLOWS = 0.30
_LEAD = 0.045
_OTHER = 0.01
_MOST = 95.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFlows:
    """Net buying in shares (positive = bought) and foreign holding in percent, (N,) each."""

    foreign: IntArray
    institution: IntArray
    individual: IntArray
    foreign_pct: FloatArray


class FlowMaker:
    """Carries holdings, the habit of yesterday and the push that today's flows give tomorrow."""

    def __init__(self, seed: int, roster: Roster) -> None:
        """Start from the holdings of the roster."""
        log_cap = np.log10(np.maximum(roster.cap, 1e10) / 1e11)
        self._seed = seed
        self._roster = roster
        self._reach = np.clip(0.05 + 0.04 * log_cap, 0.03, 0.17)
        self._habit = np.zeros((2, roster.size))
        self._pct = roster.foreign_pct.copy()
        self.lead: FloatArray = np.zeros(roster.size)

    def step(
        self,
        day: int,
        *,
        bars: DayBars,
        story: NDArray[np.intp],
        growth: FloatArray,
        shares: IntArray,
        trading: BoolArray,
    ) -> DayFlows:
        """Return the day's flows; `lead` then holds their push on tomorrow's return."""
        rng = stream(self._seed, Stream.FLOWS, day)
        fresh = rng.standard_normal((3, self._roster.size))
        table = story_table()
        bias = np.stack([table.foreign[story], table.institution[story]])
        moved = np.clip(bars.change / self._roster.sigma, -4.0, 4.0)
        self._habit = (
            _MEMORY * self._habit + bias + 0.30 * growth + _FOLLOWS * moved + 0.85 * fresh[:2]
        )
        self.lead = _LEAD * self._roster.sigma * np.clip(0.8 * fresh[0] + 0.6 * fresh[1], -3.0, 3.0)
        volume = np.where(trading, bars.volume, 0)
        net = np.tanh(self._habit * self._reach) * volume
        held, free = (np.maximum(p, 0.0) / 100.0 * shares for p in (self._pct, _MOST - self._pct))
        foreign = np.clip(net[0], -held, np.minimum(0.45 * volume, free)).astype(np.int64)
        institution = np.clip(net[1], -0.45 * volume, 0.45 * volume).astype(np.int64)
        other = (_OTHER * fresh[2] * volume).astype(np.int64)
        self._pct = np.clip(self._pct + 100.0 * foreign / shares, 0.0, 100.0)
        return DayFlows(
            foreign=foreign,
            institution=institution,
            individual=-(foreign + institution + other),
            foreign_pct=np.round(self._pct, 2),
        )
