"""Where the mornings of a home are read from, today's and those of the past."""

from typing import TYPE_CHECKING

from jennie_cli.engine.macro import InsightSource, MacroPolicy, StoredInsights
from jennie_cli.engine.regime import RegimePolicy
from jennie_cli.engine.signals import StrategyPolicy
from jennie_cli.engine.trading.session.known import Sources
from jennie_cli.wiring.insights import insights_of
from jennie_cli.wiring.macro import macro_store_of

if TYPE_CHECKING:
    from jennie_cli.settings import Settings
    from jennie_cli.wiring.house import House


def sources_of(
    house: "House", settings: "Settings", insights: InsightSource | None = None
) -> Sources:
    """Return the stores of a home, read by these settings.

    `insights` are the council's, those of the store without it.
    """
    return Sources(
        facts=house.facts,
        runs=house.runs,
        calendar=house.calendar,
        market=house.market,
        strategies=settings.slice(StrategyPolicy),
        regimes=settings.slice(RegimePolicy),
        macro=settings.slice(MacroPolicy),
        insights=insights or StoredInsights(store=insights_of(house)),
        snapshots=macro_store_of(house),
    )
