"""Asks models of others over HTTP: OpenAI's protocol, Anthropic's, Ollama's."""

from jennie_cli.adapters.cloud_llm.address import checked
from jennie_cli.adapters.cloud_llm.options import MemberOptions
from jennie_cli.adapters.cloud_llm.provider import CloudProvider
from jennie_cli.adapters.cloud_llm.providers import PROVIDERS, Kind, open_member

__all__ = ["PROVIDERS", "CloudProvider", "Kind", "MemberOptions", "checked", "open_member"]
