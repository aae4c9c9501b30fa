"""The secrets the program can use, by name; their values are never settings."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from urllib.parse import unquote, unquote_plus

from jennie_cli.engine.errors import SettingsError

PASSPHRASE_ENV = "JENNIE_KEYRING_PASSPHRASE"  # noqa: S105  # the name of the variable, no secret


_LOGIN = re.compile(r"://[^:/@]*:(.*)@", re.DOTALL)
_IN_QUERY = re.compile(r"[?&](?:password|passwd)=([^&#]*)", re.IGNORECASE)
_ACCOUNT_DIGITS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A secret's name, what it is for, and the seed's environment name."""

    name: str
    doc: str
    seed_env: str

    @property
    def envs(self) -> tuple[str, ...]:
        """The environment variables that may hold it, strongest first."""
        return (f"JENNIE_{self.name.upper()}", self.seed_env)


SECRETS: tuple[Secret, ...] = (
    Secret(name="kis_app_key", doc="KIS app key, real account", seed_env="KIS_APP_KEY"),
    Secret(name="kis_app_secret", doc="KIS app secret, real account", seed_env="KIS_APP_SECRET"),
    Secret(name="kis_account_no", doc="KIS account number (8 digits)", seed_env="KIS_ACCOUNT_NO"),
    Secret(
        name="kis_account_suffix",
        doc="KIS product code of the account (01 = general)",
        seed_env="KIS_ACCOUNT_SUFFIX",
    ),
    Secret(
        name="kis_hts_id", doc="HTS id, real and 모의투자, for fill notices", seed_env="KIS_HTS_ID"
    ),
    Secret(name="kis_paper_app_key", doc="KIS app key, 모의투자", seed_env="KIS_VIRTUAL_APP_KEY"),
    Secret(
        name="kis_paper_app_secret",
        doc="KIS app secret, 모의투자",
        seed_env="KIS_VIRTUAL_APP_SECRET",
    ),
    Secret(
        name="kis_paper_account_no",
        doc="KIS account number, 모의투자",
        seed_env="KIS_VIRTUAL_ACCOUNT_NO",
    ),
    Secret(
        name="kis_paper_account_suffix",
        doc="KIS product code, 모의투자",
        seed_env="KIS_VIRTUAL_ACCOUNT_SUFFIX",
    ),
    Secret(name="openrouter_api_key", doc="OpenRouter API key", seed_env="OPENROUTER_API_KEY"),
    Secret(name="deepseek_api_key", doc="DeepSeek API key", seed_env="DEEPSEEK_API_KEY"),
    Secret(name="ollama_api_key", doc="Ollama Cloud API key", seed_env="OLLAMA_API_KEY"),
    Secret(name="openai_api_key", doc="OpenAI API key", seed_env="OPENAI_API_KEY"),
    Secret(
        name="gemini_api_key", doc="Gemini API key, of Google AI Studio", seed_env="GEMINI_API_KEY"
    ),
    Secret(name="claude_api_key", doc="Claude API key, of Anthropic", seed_env="ANTHROPIC_API_KEY"),
    Secret(
        name="server_api_key",
        doc="Key of a model server of one's own, where it asks for one",
        seed_env="VLLM_API_KEY",
    ),
    Secret(name="finnhub_api_key", doc="Finnhub API key, for macro", seed_env="FINNHUB_API_KEY"),
    Secret(name="fred_api_key", doc="FRED API key, for macro", seed_env="FRED_API_KEY"),
    Secret(
        name="bok_ecos_api_key",
        doc="Bank of Korea ECOS key, for macro",
        seed_env="BOK_ECOS_API_KEY",
    ),
    Secret(
        name="telegram_api_id",
        doc="Telegram application id, to read channels with one's own account",
        seed_env="TELEGRAM_API_ID",
    ),
    Secret(
        name="telegram_api_hash",
        doc="Telegram application hash, beside the id",
        seed_env="TELEGRAM_API_HASH",
    ),
    Secret(
        name="telegram_session",
        doc="Signed-in session of that Telegram account",
        seed_env="TELEGRAM_SESSION",
    ),
    Secret(
        name="telegram_bot_token",
        doc="Token of one's own Telegram bot, from @BotFather",
        seed_env="TELEGRAM_BOT_TOKEN",
    ),
    Secret(
        name="telegram_chat_id",
        doc="Id of the one chat that may command, where bot.allowed_chats names none",
        seed_env="TELEGRAM_CHAT_ID",
    ),
    Secret(name="dart_api_key", doc="OpenDART key, for filings", seed_env="DART_API_KEY"),
    Secret(name="krx_id", doc="Name of a KRX data market login, for macro", seed_env="KRX_ID"),
    Secret(name="krx_pw", doc="Password of that login", seed_env="KRX_PW"),
)

NEEDED_BY: Mapping[str, tuple[str, ...]] = {
    "sim": (),
    "paper": ("kis_paper_app_key", "kis_paper_app_secret", "kis_paper_account_no"),
    "live": ("kis_app_key", "kis_app_secret", "kis_account_no"),
}
"""The secrets a profile cannot work without."""

ASKED_BY: Mapping[str, tuple[str, ...]] = {
    "sim": (),
    "paper": (*NEEDED_BY["paper"], "kis_paper_account_suffix", "kis_hts_id"),
    "live": (*NEEDED_BY["live"], "kis_account_suffix", "kis_hts_id"),
}
"""The secrets that setting up a profile asks for."""


def secret_named(asked: str) -> Secret:
    """Return a secret by its name or by one of its environment names. Raises SettingsError."""
    wanted = asked.strip().replace("-", "_").replace(".", "_").lower()
    for secret in SECRETS:
        if wanted in {secret.name, *(env.lower() for env in secret.envs)}:
            return secret
    names = [s.name for s in SECRETS]
    near = get_close_matches(wanted, names, n=3, cutoff=0.5)
    raise SettingsError(
        f"There is no secret named '{asked}'.",
        hint=f"Did you mean {', '.join(near)}?" if near else "Known names: " + ", ".join(names),
    )


def secret_values(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return every secret value the environment holds, to be masked."""
    names = [env for s in SECRETS for env in s.envs]
    urls = [value for name, value in environ.items() if name.upper().endswith("URL")]
    found = [environ.get(name, "") for name in (*names, PASSPHRASE_ENV)]
    accounts = [
        environ.get(e, "") for s in SECRETS if s.name.endswith("_account_no") for e in s.envs
    ]
    numbers = [account.strip()[:_ACCOUNT_DIGITS] for account in accounts]
    return (*filter(None, (*found, *numbers)), *(p for url in urls for p in url_passwords(url)))


def url_passwords(url: str) -> tuple[str, ...]:
    """Return what may be a password inside a URL, as it stands and unquoted.

    A password that was not quoted may hold "/" and "@", which a driver cuts at: its pieces count.
    """
    login = _LOGIN.search(url)
    whole = login.group(1) if login else ""
    pieces = re.split("[@/]", whole) if "@" in whole else ()
    raw = dict.fromkeys(filter(None, (whole, *pieces, *_IN_QUERY.findall(url))))
    return tuple(dict.fromkeys(f for p in raw for f in (p, unquote(p), unquote_plus(p))))
