"""The providers by name: one line each says which protocol they speak and which key they want."""

from collections.abc import Mapping
from dataclasses import dataclass

from jennie_cli.adapters.cloud_llm.chat import ChatCompletions
from jennie_cli.adapters.cloud_llm.dialect import Dialect
from jennie_cli.adapters.cloud_llm.messages import AnthropicMessages
from jennie_cli.adapters.cloud_llm.ollama import OllamaChat
from jennie_cli.adapters.cloud_llm.options import MemberOptions
from jennie_cli.adapters.cloud_llm.provider import CloudProvider
from jennie_cli.engine.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A provider's protocol and the name of its key; `keyless` may be asked without one."""

    dialect: Dialect
    key_name: str
    keyless: bool = False


PROVIDERS: Mapping[str, Kind] = {
    "openrouter": Kind(dialect=ChatCompletions(), key_name="openrouter_api_key"),
    "deepseek": Kind(dialect=ChatCompletions(), key_name="deepseek_api_key"),
    "ollama_cloud": Kind(dialect=OllamaChat(), key_name="ollama_api_key"),
    "openai": Kind(dialect=ChatCompletions(), key_name="openai_api_key"),
    "gemini": Kind(dialect=ChatCompletions(), key_name="gemini_api_key"),
    "claude": Kind(dialect=AnthropicMessages(), key_name="claude_api_key"),
    "server": Kind(dialect=ChatCompletions(own=True), key_name="server_api_key", keyless=True),
}
"""By name of the provider, which is that of its section in settings."""


def open_member(
    name: str, options: MemberOptions, secret: str | None, *, steady: Clock
) -> CloudProvider:
    """Return a provider by its name in PROVIDERS; it connects with its first call.

    Without the key it needs, each call fails as NO_SECRET. Raises SettingsError for an address or
    a key that cannot be.
    """
    kind = PROVIDERS[name]
    return CloudProvider(
        name,
        kind.dialect,
        options,
        secret=secret,
        key_name=kind.key_name,
        keyless=kind.keyless,
        steady=steady,
    )
