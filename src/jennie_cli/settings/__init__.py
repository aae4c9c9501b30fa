"""One typed tree of settings, and the names of the secrets."""

from jennie_cli.settings.archive import ArchiveOptions, ChromaOptions
from jennie_cli.settings.cloud import (
    CLOUD_SECTIONS,
    ClaudeOptions,
    DeepSeekOptions,
    GeminiOptions,
    MemberOptions,
    OllamaCloudOptions,
    OpenAiOptions,
    OpenRouterOptions,
    ServerOptions,
)
from jennie_cli.settings.environment import environment
from jennie_cli.settings.file import CONFIG_FILE, read_toml, replace_text, urls_in, write_key
from jennie_cli.settings.house import (
    HouseOptions,
    LiveOptions,
    MarketOptions,
    ModelOptions,
    RedisOptions,
    SimOptions,
    StoreOptions,
)
from jennie_cli.settings.kis import KisOptions
from jennie_cli.settings.local_model import LocalOptions
from jennie_cli.settings.macro_sources import MacroSourceOptions
from jennie_cli.settings.masking import Masker
from jennie_cli.settings.news_sources import NewsSourceOptions
from jennie_cli.settings.options import Lang, Options, Profile
from jennie_cli.settings.resolve import default_home, resolve_options
from jennie_cli.settings.secrets import (
    ASKED_BY,
    NEEDED_BY,
    PASSPHRASE_ENV,
    SECRETS,
    Secret,
    secret_named,
    secret_values,
    url_passwords,
)
from jennie_cli.settings.shapes import GENERAL_PRODUCT, BadSecret, doubts, shaped, split_account
from jennie_cli.settings.telegram_bot import TelegramBotOptions
from jennie_cli.settings.tree import (
    Declared,
    Entry,
    Settings,
    Source,
    declarations,
    declared,
)
from jennie_cli.settings.values import allowed, read_value, write_value

__all__ = [
    "ASKED_BY",
    "CLOUD_SECTIONS",
    "CONFIG_FILE",
    "GENERAL_PRODUCT",
    "NEEDED_BY",
    "PASSPHRASE_ENV",
    "SECRETS",
    "ArchiveOptions",
    "BadSecret",
    "ChromaOptions",
    "ClaudeOptions",
    "Declared",
    "DeepSeekOptions",
    "Entry",
    "GeminiOptions",
    "HouseOptions",
    "KisOptions",
    "Lang",
    "LiveOptions",
    "LocalOptions",
    "MacroSourceOptions",
    "MarketOptions",
    "Masker",
    "MemberOptions",
    "ModelOptions",
    "NewsSourceOptions",
    "OllamaCloudOptions",
    "OpenAiOptions",
    "OpenRouterOptions",
    "Options",
    "Profile",
    "RedisOptions",
    "Secret",
    "ServerOptions",
    "Settings",
    "SimOptions",
    "Source",
    "StoreOptions",
    "TelegramBotOptions",
    "allowed",
    "declarations",
    "declared",
    "default_home",
    "doubts",
    "environment",
    "read_toml",
    "read_value",
    "replace_text",
    "resolve_options",
    "secret_named",
    "secret_values",
    "shaped",
    "split_account",
    "url_passwords",
    "urls_in",
    "write_key",
    "write_value",
]
