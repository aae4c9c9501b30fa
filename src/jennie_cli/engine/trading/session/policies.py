"""The settings of every room that has a say in a session."""

from dataclasses import dataclass, field

from jennie_cli.engine.exits import ExitPolicy
from jennie_cli.engine.macro import MacroPolicy
from jennie_cli.engine.risk import AutoPolicy
from jennie_cli.engine.sectors import SectorPolicy
from jennie_cli.engine.signals import SignalPolicy, StrategyPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPolicies:
    """What gates, strategies, stamp, exits, sector budget and macro side are set to."""

    signals: SignalPolicy = field(default_factory=SignalPolicy)
    strategies: StrategyPolicy = field(default_factory=StrategyPolicy)
    risk: AutoPolicy = field(default_factory=AutoPolicy)
    exits: ExitPolicy = field(default_factory=ExitPolicy)
    sectors: SectorPolicy = field(default_factory=SectorPolicy)
    macro: MacroPolicy = field(default_factory=MacroPolicy)
