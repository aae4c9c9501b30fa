"""Asks models of others over HTTP: OpenAI's protocol, Anthropic's, Ollama's."""

from jennie_cli.adapters.cloud_llm.member import Member
from jennie_cli.adapters.cloud_llm.members import MEMBERS, Kind, open_member
from jennie_cli.adapters.cloud_llm.options import MemberOptions

__all__ = ["MEMBERS", "Kind", "Member", "MemberOptions", "open_member"]
