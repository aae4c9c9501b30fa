"""The settings of the house itself; each room declares its own in its policy module."""

from dataclasses import dataclass

from jennie_cli.engine.model import setting
from jennie_cli.settings.archive import ArchiveOptions, ChromaOptions
from jennie_cli.settings.cloud import CLOUD_SECTIONS
from jennie_cli.settings.kis import KisOptions
from jennie_cli.settings.local_model import LocalOptions
from jennie_cli.settings.macro_sources import MacroSourceOptions
from jennie_cli.settings.news_sources import NewsSourceOptions
from jennie_cli.settings.telegram_bot import TelegramBotOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseOptions:
    """What must be known before a home is opened."""

    home: str = setting("", "Folder of this home; empty = the platform's user-data folder.")
    profile: str = setting(
        "sim",
        "World a command acts in: built-in exchange, KIS paper trading, or real money.",
        choices=("sim", "paper", "live"),
    )
    lang: str = setting("ko", "Language of what a trader reads.", choices=("ko", "en"))


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketOptions:
    """Which market a home reads; the two are never mixed."""

    source: str = setting(
        "auto",
        "Market of this home; auto = imported once anything is imported, else generated.",
        choices=("auto", "generated", "imported"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreOptions:
    """Where records are kept."""

    url: str = setting("", "SQLAlchemy URL of the store; empty = jennie.sqlite in the home.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RedisOptions:
    """A Redis server of one's own for the bus."""

    url: str = setting(
        "",
        "Redis URL of the bus, for one profile of one home alone; empty = the bundled server.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveOptions:
    """The switch before real money."""

    enabled: bool = setting(False, "Allow the live profile, which trades real money.")


@dataclass(frozen=True, slots=True, kw_only=True)
class SimOptions:
    """The built-in exchange."""

    seed: int = setting(
        142, "Seed of the generated market of a new sim world.", low=0, high=2**31 - 1
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelOptions:
    """The model on this machine."""

    model_file: str = setting("", "Path of a GGUF model file; empty = no local model.")


HOUSE_SECTIONS: tuple[tuple[str, type], ...] = (
    ("", HouseOptions),
    ("market", MarketOptions),
    ("store", StoreOptions),
    ("redis", RedisOptions),
    ("live", LiveOptions),
    ("sim", SimOptions),
    ("llm", ModelOptions),
    ("local", LocalOptions),
    ("kis", KisOptions),
    *CLOUD_SECTIONS,
    ("macro_sources", MacroSourceOptions),
    ("news_sources", NewsSourceOptions),
    ("telegram_bot", TelegramBotOptions),
    ("archive", ArchiveOptions),
    ("chroma", ChromaOptions),
)
"""Section name and policy; the section without a name holds the keys without a dot."""
