"""One world in motion over days: markets to play, the clock, the journal, scripted orders."""

from jennie_cli.simulator.playing.daybook import DayBook
from jennie_cli.simulator.playing.generated import GeneratedDays
from jennie_cli.simulator.playing.indices import DayIndices, IndexLevel
from jennie_cli.simulator.playing.markets import PlayedMarket
from jennie_cli.simulator.playing.moments import (
    DayOpened,
    Disturbance,
    DisturbanceKind,
    Scripted,
)
from jennie_cli.simulator.playing.play import Play, PlayEvent
from jennie_cli.simulator.playing.recorded import MinuteBars, RecordedDays
from jennie_cli.simulator.playing.script import Line, read_script

__all__ = [
    "DayBook",
    "DayIndices",
    "DayOpened",
    "Disturbance",
    "DisturbanceKind",
    "GeneratedDays",
    "IndexLevel",
    "Line",
    "MinuteBars",
    "Play",
    "PlayEvent",
    "PlayedMarket",
    "RecordedDays",
    "Scripted",
    "read_script",
]
