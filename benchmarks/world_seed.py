"""Finds seeds whose first list teaches: two TIER1, three RECON, a veto, a COOL cap, six sectors.

    python benchmarks/world_seed.py FIRST LAST

Prints one line a seed; those that fulfil the contract of the first list are marked.
"""

import sys
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from jennie_cli.engine.clock import ManualClock
from jennie_cli.engine.model import Regime, SectorTier, TradeTier
from jennie_cli.engine.rules.catalogue import SECTOR_CAP
from jennie_cli.engine.scoring.market import read_market
from jennie_cli.engine.scout import ScoutPolicies, ScoutRequest, run_scout
from jennie_cli.engine.store import Batch, Dataset, MemoryFacts
from jennie_cli.engine.venue import Calendar, default_calendar
from jennie_cli.simulator import WORLD_START, GeneratedMarket

LONG_PAST = (Dataset.FLOWS_STOCK, Dataset.MARKET_CAPS, Dataset.HEADLINES)
NEEDED = timedelta(days=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What the first list of a seed shows.

    `cool` counts its stocks of COOL groups, `capped` those that the cap of such a group left out.
    """

    regime: Regime
    tier1: int
    recon: int
    watched: int
    vetoed: int
    cool: int
    capped: int
    groups: int
    best: float

    @property
    def teaches(self) -> bool:
        """Whether the list fulfils the contract."""
        enough = self.tier1 >= 2 and self.recon >= 3 and self.groups >= 6
        return enough and self.vetoed >= 1 and self.cool >= 1 and self.capped >= 1


def lesson(seed: int, calendar: Calendar) -> Lesson:
    """Return what the first run of a seed shows."""
    facts = MemoryFacts()
    market = GeneratedMarket(seed, calendar)
    facts.write(_recent(b) for b in market.batches(through=market.history[-1]))
    run, chosen = run_scout(
        read_market(facts, as_of=WORLD_START),
        ScoutRequest(run_id="first", trade_date=WORLD_START.date()),
        ScoutPolicies(),
        ManualClock(WORLD_START),
        profile="sim",
        market="generated",
    )
    tiers = Counter(entry.trade_tier for entry in chosen)
    heat = {row.group: row.tier for row in run.sectors}
    return Lesson(
        regime=run.regime.regime,
        tier1=tiers[TradeTier.TIER1],
        recon=tiers[TradeTier.RECON],
        watched=tiers[TradeTier.BLOCKED],
        vetoed=sum(stock.veto_applied for stock in run.stocks),
        cool=sum(heat[entry.sector_group] is SectorTier.COOL for entry in chosen),
        capped=sum(
            s.drop is not None
            and s.drop.check.rule == SECTOR_CAP.id
            and heat[s.sector_group] is SectorTier.COOL
            for s in run.stocks
        ),
        groups=len({entry.sector_group for entry in chosen}),
        best=chosen[0].hybrid_score if chosen else 0.0,
    )


def _recent(batch: Batch) -> Batch:
    """Leave out the old rows that a run does not read, which halves the search."""
    if batch.dataset not in LONG_PAST:
        return batch
    kept = batch.columns["known_at"] >= int((WORLD_START - NEEDED).timestamp())
    return Batch(dataset=batch.dataset, columns={n: v[kept] for n, v in batch.columns.items()})


def main(first: int, last: int) -> None:
    """Print the lessons of some seeds."""
    calendar = default_calendar()
    for seed in range(first, last + 1):
        shown = lesson(seed, calendar)
        print("TEACHES" if shown.teaches else "-", seed, shown, flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
