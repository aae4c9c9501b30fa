"""How often news is collected, how much of it is handled at once, and how a model is asked."""

from dataclasses import dataclass

from jennie_cli.engine.model import setting


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsPolicy:
    """Figures of the news pipeline."""

    day_pause_s: float = setting(
        600.0,
        "Pause between two collections from 07 to 16 o'clock.",
        unit="seconds",
        low=10,
        high=86_400,
    )
    night_pause_s: float = setting(
        1_800.0,
        "Pause between two collections otherwise.",
        unit="seconds",
        low=10,
        high=86_400,
    )
    look_back_h: float = setting(
        48.0,
        "Sources are asked for what is not older; what was published before falls out again.",
        unit="hours",
        low=1,
        high=72,
    )
    keep: int = setting(
        100_000,
        "About so many of the newest messages of a news stream stay.",
        unit="messages",
        low=1_000,
        high=10_000_000,
    )
    batch: int = setting(
        20, "How many messages a consumer handles at once.", unit="messages", low=1, high=1_000
    )
    concurrency: int = setting(
        8, "How many headlines a model is asked about at once.", unit="headlines", low=1, high=64
    )
    max_tokens: int = setting(
        400, "Longest answer to a question about a headline.", unit="tokens", low=100, high=4_000
    )
    wait_s: float = setting(
        5.0, "How long a consumer waits for a message.", unit="seconds", low=0.01, high=60
    )
    claim_every_s: float = setting(
        300.0,
        "How often a consumer looks for what another one left, and for what failed.",
        unit="seconds",
        low=1,
        high=86_400,
    )
    outage_pause_s: float = setting(
        30.0,
        "How long a consumer rests while bus, store or archive is away.",
        unit="seconds",
        low=0.01,
        high=3_600,
    )
    universe: int = setting(
        200,
        "News of so many stocks is collected, the largest by market capitalisation.",
        unit="stocks",
        low=1,
        high=3_000,
        env="COLLECTOR_UNIVERSE_SIZE",
    )
    backfill: int = setting(
        500,
        "Most texts that a back-fill asks about again.",
        unit="texts",
        low=1,
        high=100_000,
    )
    chunk: int = setting(
        500, "Letters of a piece that is archived.", unit="letters", low=100, high=4_000
    )
    overlap: int = setting(
        50, "Letters that two neighbouring pieces share.", unit="letters", low=0, high=99
    )
    peers: int = setting(
        10,
        "How many competitors of the same sector profit from an event, largest first.",
        unit="stocks",
        low=0,
        high=100,
    )
