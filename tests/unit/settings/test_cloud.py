"""How providers of models are set up."""

import pytest

from jennie_cli.engine.errors import SettingsError
from jennie_cli.settings import (
    CLOUD_SECTIONS,
    SECRETS,
    ClaudeOptions,
    DeepSeekOptions,
    GeminiOptions,
    OllamaCloudOptions,
    OpenAiOptions,
    ServerOptions,
    Settings,
    declared,
    secret_named,
)


def test_a_tier_may_have_a_model_of_its_own() -> None:
    """Where it has none, the provider's model serves it."""
    claude = Settings(environ={}, file={}).slice(ClaudeOptions)
    assert [claude.fast_model, claude.model, claude.thinking_model] == [
        claude.model_of(tier) for tier in ("fast", "reasoning", "thinking")
    ]
    assert 3 == len({claude.fast_model, claude.model, claude.thinking_model})
    deepseek = DeepSeekOptions()
    assert {deepseek.model} == {deepseek.model_of(t) for t in ("fast", "reasoning", "thinking")}


def test_waits_double_or_grow_by_the_first() -> None:
    """As often as retries say."""
    assert (1.0, 2.0) == OllamaCloudOptions().retry_waits_s
    assert (5.0, 10.0, 15.0) == GeminiOptions().retry_waits_s
    assert () == DeepSeekOptions().retry_waits_s


def test_names_of_the_seeds_environment_work() -> None:
    """Retries of Ollama Cloud, the address of the own server, and keys under their usual names."""
    environ = {"OLLAMA_CLOUD_MAX_RETRIES": "3", "VLLM_LLM_URL": "http://gpu:8001/v1"}
    settings = Settings(environ=environ, file={})
    assert (1.0, 2.0, 4.0) == settings.slice(OllamaCloudOptions).retry_waits_s
    assert "http://gpu:8001/v1" == settings.slice(ServerOptions).url
    usual = {"openai": "OPENAI_API_KEY", "claude": "ANTHROPIC_API_KEY", "gemini": "GEMINI_API_KEY"}
    assert usual == {name: secret_named(f"{name}_api_key").seed_env for name in usual}


def test_lists_and_addresses_are_set_like_any_other() -> None:
    """Beginnings of ids are separated by commas; an address is written to the file."""
    settings = Settings(environ={"JENNIE_OPENAI_NO_TEMPERATURE": "gpt-6, o4"}, file={})
    assert ("gpt-6", "o4") == settings.slice(OpenAiOptions).no_temperature
    assert declared("openai.url").in_file


def test_a_way_of_structuring_that_is_none_is_refused() -> None:
    """The setting lists those that are."""
    with pytest.raises(SettingsError, match=r"openai\.structured"):
        Settings(environ={}, file={"openai": {"structured": "xml"}}).slice(OpenAiOptions)


def test_every_section_names_its_provider_once() -> None:
    """No key of another provider is read by mistake."""
    names = [name for name, _ in CLOUD_SECTIONS]
    keys = {f"{name.removesuffix('_cloud')}_api_key" for name in names}
    assert len(names) == len(set(names)) == len(keys)
    assert keys <= {secret.name for secret in SECRETS}
