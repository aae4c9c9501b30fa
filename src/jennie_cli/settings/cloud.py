"""How models of others are reached: addresses, model ids and patience; keys are secrets.

Ids age quickly, so all of them stand here.
"""

from dataclasses import dataclass
from typing import Any

from jennie_cli.engine.model import setting

_STRUCTURED = ("json_schema", "json_object", "prompt")
RETRIED = (
    "connect",
    "timeout",
    "unauthorised",
    "payment",
    "forbidden",
    "gone",
    "rate_limited",
    "server",
    "empty",
    "refused_request",
    "cancelled",
    "context_full",
    "out_of_memory",
    "busy",
    "no_secret",
)
"""Failures after which a provider may be asked the same again; an answer that cannot be read is
repaired instead, once.
"""

_GROWTH = ("double", "linear")


def _url(default: str, doc: str = "Address of the API; empty = this provider is not used.") -> Any:
    return setting(default, doc)


def _model(default: str) -> Any:
    return setting(default, "Model id asked for.")


def _fast(default: str) -> Any:
    return setting(default, "Model id of the FAST tier; empty = the same as model.")


def _thinking(default: str) -> Any:
    return setting(default, "Model id of the THINKING tier; empty = the same as model.")


def _stream(*, default: bool) -> Any:
    return setting(default, "Take the answer word by word, so that no gateway tires of a long one.")


def _structured(default: str) -> Any:
    return setting(
        default,
        "How the shape of an answer is told: the schema as a parameter, JSON alone as a parameter "
        "and the schema in the prompt, or the prompt alone.",
        choices=_STRUCTURED,
    )


def _no_temperature(*default: str) -> Any:
    return setting(default, "Beginnings of model ids that take no temperature.")


def _thought_tokens(default: int) -> Any:
    return setting(
        default,
        "Tokens that a model may think with, on top of its answer's.",
        unit="tokens",
        low=0,
        high=200_000,
    )


def _extra(default: str) -> Any:
    return setting(default, "JSON object added to the body of each request; empty = none.")


def _retry_on(*default: str) -> Any:
    return setting(
        default, "Failures after which this provider itself is asked again.", choices=RETRIED
    )


def _retries(default: int, env: str = "") -> Any:
    return setting(default, "How often at most.", low=0, high=10, env=env)


def _retry_wait(default: float) -> Any:
    return setting(default, "Wait before the first of them.", unit="s", low=0.0, high=600.0)


def _retry_growth(default: str) -> Any:
    return setting(default, "Whether waits double or grow by the first.", choices=_GROWTH)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberOptions:
    """What every provider of models can be told."""

    url: str = _url("")
    model: str = _model("")
    fast_model: str = _fast("")
    thinking_model: str = _thinking("")
    stream: bool = _stream(default=True)
    structured: str = _structured("json_object")
    no_temperature: tuple[str, ...] = _no_temperature()
    thought_tokens: int = _thought_tokens(0)
    extra: str = _extra("")
    retry_on: tuple[str, ...] = _retry_on()
    retries: int = _retries(0)
    retry_wait_s: float = _retry_wait(1.0)
    retry_growth: str = _retry_growth("double")

    def model_of(self, tier: str) -> str:
        """Return the model id that serves a tier: fast, reasoning or thinking."""
        own = {"fast": self.fast_model, "thinking": self.thinking_model}.get(tier, "")
        return own or self.model

    @property
    def retry_waits_s(self) -> tuple[float, ...]:
        """Seconds to wait before each further try."""
        doubles = self.retry_growth == "double"
        factors = (2**n if doubles else n + 1 for n in range(self.retries))
        return tuple(self.retry_wait_s * factor for factor in factors)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRouterOptions(MemberOptions):
    """OpenRouter: many makers' models behind one key."""

    url: str = _url("https://openrouter.ai/api/v1")
    model: str = _model("deepseek/deepseek-v3.2")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeepSeekOptions(MemberOptions):
    """DeepSeek's own API; its thinking is switched off, as it was with the id deepseek-chat."""

    url: str = _url("https://api.deepseek.com")
    model: str = _model("deepseek-flash")
    extra: str = _extra('{"thinking": {"type": "disabled"}}')


@dataclass(frozen=True, slots=True, kw_only=True)
class OllamaCloudOptions(MemberOptions):
    """Ollama Cloud, by its native API; 5xx is asked again. Models that can think would, unasked."""

    url: str = _url("https://ollama.com/api")
    model: str = _model("deepseek-v3.2:cloud")
    extra: str = _extra('{"think": false}')
    structured: str = _structured("json_schema")
    retry_on: tuple[str, ...] = _retry_on("server")
    retries: int = _retries(2, env="OLLAMA_CLOUD_MAX_RETRIES")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAiOptions(MemberOptions):
    """OpenAI."""

    url: str = _url("https://api.openai.com/v1")
    model: str = _model("gpt-4o")
    fast_model: str = _fast("gpt-4o-mini")
    stream: bool = _stream(default=False)
    structured: str = _structured("json_schema")
    no_temperature: tuple[str, ...] = _no_temperature("gpt-5", "o1", "o3")
    retry_on: tuple[str, ...] = _retry_on("rate_limited", "server")
    retries: int = _retries(2)


@dataclass(frozen=True, slots=True, kw_only=True)
class GeminiOptions(MemberOptions):
    """Gemini through its OpenAI-compatible endpoint; its thinking counts as answer."""

    url: str = _url("https://generativelanguage.googleapis.com/v1beta/openai")
    model: str = _model("gemini-2.5-flash")
    stream: bool = _stream(default=False)
    structured: str = _structured("json_schema")
    thought_tokens: int = _thought_tokens(8192)
    retry_on: tuple[str, ...] = _retry_on("rate_limited")
    retries: int = _retries(3)
    retry_wait_s: float = _retry_wait(5.0)
    retry_growth: str = _retry_growth("linear")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaudeOptions(MemberOptions):
    """Claude by the Messages API; thought tokens of 1,024 or more switch its thinking on."""

    url: str = _url("https://api.anthropic.com/v1")
    model: str = _model("claude-sonnet-4-5")
    fast_model: str = _fast("claude-haiku-4-5")
    thinking_model: str = _thinking("claude-opus-4-6")
    structured: str = setting(
        "prompt",
        "How the shape of an answer is told: by the prompt alone, its API knows no other way.",
        choices=("prompt",),
    )
    retry_on: tuple[str, ...] = _retry_on("rate_limited", "server")
    retries: int = _retries(2)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerOptions(MemberOptions):
    """An OpenAI-compatible server of one's own: vLLM, llama-server, Ollama."""

    url: str = setting(
        "", "Address, such as http://localhost:8001/v1; empty = none.", env="VLLM_LLM_URL"
    )
    model: str = _model("LGAI-EXAONE/EXAONE-4.0-32B-AWQ")
    stream: bool = _stream(default=False)
    structured: str = _structured("json_schema")
    retry_on: tuple[str, ...] = _retry_on("server")
    retries: int = _retries(2)


CLOUD_SECTIONS: tuple[tuple[str, type[MemberOptions]], ...] = (
    ("openrouter", OpenRouterOptions),
    ("deepseek", DeepSeekOptions),
    ("ollama_cloud", OllamaCloudOptions),
    ("openai", OpenAiOptions),
    ("gemini", GeminiOptions),
    ("claude", ClaudeOptions),
    ("server", ServerOptions),
)
"""Provider name, which is the section's, and its options."""
