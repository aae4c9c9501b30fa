"""Anthropic's Messages API."""

from collections.abc import Mapping
from typing import Any

from jennie_cli.adapters.cloud_llm.dialect import instructed
from jennie_cli.adapters.cloud_llm.framing import Events, Framing
from jennie_cli.adapters.cloud_llm.options import MemberOptions, tempered
from jennie_cli.adapters.cloud_llm.said import Finish, Said, mapping, tokens
from jennie_cli.engine.llm import Call, Role

_VERSION = "2023-06-01"
_LEAST_BUDGET = 1024
"""A smaller thinking budget is refused; then nothing is thought aloud."""

_FINISH = {
    "max_tokens": Finish.LENGTH,
    "model_context_window_exceeded": Finish.LENGTH,
    "refusal": Finish.FILTERED,
}


class AnthropicMessages:
    """The dialect: the system's words stand apart, the schema is told in words."""

    path = "/messages"

    def headers(self, secret: str) -> dict[str, str]:
        """Return the key and the version of the protocol."""
        key = {"x-api-key": secret} if secret else {}
        return {"anthropic-version": _VERSION, **key}

    def framing(self) -> Framing:
        """Return a reader of server-sent events."""
        return Events()

    def body(self, call: Call, options: MemberOptions) -> dict[str, Any]:
        """Return the request; who thinks takes no temperature."""
        told = instructed(call)
        thinks = options.thought_tokens >= _LEAST_BUDGET
        body: dict[str, Any] = {
            "model": options.model,
            "messages": [
                {"role": m.role.value, "content": m.text} for m in told if m.role is not Role.SYSTEM
            ],
            "max_tokens": call.max_tokens + (options.thought_tokens if thinks else 0),
            "stream": options.stream,
        }
        system = "\n\n".join(m.text for m in told if m.role is Role.SYSTEM)
        if system:
            body["system"] = system
        if thinks:
            body["thinking"] = {"type": "enabled", "budget_tokens": options.thought_tokens}
        elif tempered(options):
            body["temperature"] = min(call.temperature, 1.0)
        return body

    def whole(self, document: Mapping[str, Any], said: Said) -> None:
        """Take an answer in one piece: the blocks of text; thoughts are none."""
        said.error = document.get("error") or said.error
        said.named(document.get("model"))
        blocks = document.get("content")
        for block in map(mapping, blocks if isinstance(blocks, list) else ()):
            if block.get("type") == "text":
                said.add(block.get("text"))
        _stop(document, said)
        _count(mapping(document.get("usage")), said)
        said.ended = True

    def part(self, document: Mapping[str, Any], said: Said) -> None:
        """Take an event; counts come with the first and the last but one, and add up to date."""
        message, delta = mapping(document.get("message")), mapping(document.get("delta"))
        said.error = document.get("error") or said.error
        said.named(message.get("model"))
        if delta.get("type") == "text_delta":
            said.add(delta.get("text"))
        said.thought(delta.get("thinking"))
        _stop(delta, said)
        # what it begins with counts no word of the answer yet, though it says 1 or more
        _count({**mapping(message.get("usage")), "output_tokens": None}, said)
        _count(mapping(document.get("usage")), said)
        said.ended = said.ended or document.get("type") == "message_stop"


def _stop(holder: Mapping[str, Any], said: Said) -> None:
    reason = holder.get("stop_reason")
    if isinstance(reason, str):
        said.finish = _FINISH.get(reason, Finish.STOP)


def _count(usage: Mapping[str, Any], said: Said) -> None:
    """Take the counts; what was read from or written to a cache was asked, too."""
    asked = tokens(usage.get("input_tokens"))
    cached = (usage.get(f"cache_{way}_input_tokens") for way in ("creation", "read"))
    if asked is not None:
        asked += sum(tokens(count) or 0 for count in cached)
    said.counted(asked, tokens(usage.get("output_tokens")))
