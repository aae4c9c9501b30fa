"""A stock market invented from a seed, and the world of a home that plays it."""

from jennie_cli.simulator.macro import GeneratedMacro
from jennie_cli.simulator.market import MARKET_EDITION, WORLD_START, GeneratedMarket
from jennie_cli.simulator.wire import GeneratedNews
from jennie_cli.simulator.world import World

__all__ = [
    "MARKET_EDITION",
    "WORLD_START",
    "GeneratedMacro",
    "GeneratedMarket",
    "GeneratedNews",
    "World",
]
