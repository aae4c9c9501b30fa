"""The tables of dynamics.toml as arrays."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from jennie_cli.engine.store.panels import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class RegimeTable:
    """Hidden market states: drift and volatility a day (fractions), chance of each next state."""

    drift: FloatArray
    vol: FloatArray
    next: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryTable:
    """Hidden stories of one stock, (5,) each: chance to leave a day, drift in own volatilities,
    factor on that volatility, flow biases in standard deviations, log volume, news points;
    `next` (5, 5) cumulative.
    """

    leave: FloatArray
    drift: FloatArray
    vol: FloatArray
    foreign: FloatArray
    institution: FloatArray
    volume: FloatArray
    news: FloatArray
    next: FloatArray


@cache
def package_table(name: str) -> dict[str, Any]:
    """Return one toml table shipped beside this module."""
    text = files("jennie_cli.simulator").joinpath(name).read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def regime_table() -> RegimeTable:
    """Return the market states."""
    raw = package_table("dynamics.toml")["regime"]
    return RegimeTable(
        drift=np.array(raw["drift"]), vol=np.array(raw["vol"]), next=np.array(raw["next"])
    )


@cache
def story_table() -> StoryTable:
    """Return the stories of a stock."""
    raw = package_table("dynamics.toml")["story"]
    return StoryTable(
        leave=1.0 / np.array(raw["days"]),
        drift=np.array(raw["drift"]),
        vol=np.array(raw["vol"]),
        foreign=np.array(raw["foreign"]),
        institution=np.array(raw["institution"]),
        volume=np.array(raw["volume"]),
        news=np.array(raw["news"]),
        next=np.cumsum(np.array(raw["next"]), axis=1),
    )
