"""OpenAI's chat completions, which most providers and all servers of one's own speak."""

from collections.abc import Mapping
from typing import Any

from jennie_cli.adapters.cloud_llm.dialect import bearer, instructed
from jennie_cli.adapters.cloud_llm.framing import Events, Framing
from jennie_cli.adapters.cloud_llm.options import MemberOptions, tempered
from jennie_cli.adapters.cloud_llm.said import Finish, Said, first, mapping, tokens
from jennie_cli.engine.llm import Call, Message

_FINISH = {
    "content_filter": Finish.FILTERED,
    "length": Finish.LENGTH,
    "error": Finish.FAILED,
    "insufficient_system_resource": Finish.FAILED,
}


class ChatCompletions:
    """The dialect. Servers of one's own take more than all providers do: a seed, which Gemini's
    endpoint refuses, and a schema beside JSON alone.
    """

    path = "/chat/completions"

    def __init__(self, *, own: bool = False) -> None:
        """`own` is the dialect of servers of one's own."""
        self._own = own

    def headers(self, secret: str) -> dict[str, str]:
        """Return the key as a bearer token."""
        return bearer(secret)

    def framing(self) -> Framing:
        """Return a reader of server-sent events."""
        return Events()

    def body(self, call: Call, options: MemberOptions) -> dict[str, Any]:
        """Return the request; models without temperature have another name for the bound, too."""
        by_schema = options.structured == "json_schema"
        told = call.messages if by_schema else instructed(call)
        bound = call.max_tokens + options.thought_tokens
        plain = tempered(options)
        body: dict[str, Any] = {
            "model": options.model,
            "messages": [_turn(message) for message in told],
            "max_tokens" if plain else "max_completion_tokens": bound,
            "stream": options.stream,
        }
        if plain:
            body["temperature"] = call.temperature
        if options.stream:
            body["stream_options"] = {"include_usage": True}
        if self._own:
            body["seed"] = call.seed
        if call.schema is not None and options.structured != "prompt":
            body["response_format"] = _json_schema(call) if by_schema else self._json_object(call)
        return body

    def _json_object(self, call: Call) -> dict[str, Any]:
        kind = {"type": "json_object"}
        return kind | {"schema": call.schema} if self._own else kind

    def whole(self, document: Mapping[str, Any], said: Said) -> None:
        """Take an answer in one piece."""
        self._take(document, said, words="message")
        said.ended = True

    def part(self, document: Mapping[str, Any], said: Said) -> None:
        """Take a chunk; the last with words says why they end, one after it may count tokens."""
        self._take(document, said, words="delta")
        said.ended = said.ended or said.finish is not None

    def _take(self, document: Mapping[str, Any], said: Said, *, words: str) -> None:
        choice = first(document.get("choices"))
        said.error = document.get("error") or choice.get("error") or said.error
        said.named(document.get("model"))
        spoken = mapping(choice.get(words))
        said.add(spoken.get("content"))
        said.thought(spoken.get("reasoning_content") or spoken.get("reasoning"))
        if spoken.get("refusal"):
            said.finish = Finish.FILTERED
        elif isinstance(reason := choice.get("finish_reason"), str):
            said.finish = _FINISH.get(reason, Finish.STOP)
        _count(mapping(document.get("usage")), said)


def _turn(message: Message) -> dict[str, str]:
    return {"role": message.role.value, "content": message.text}


def _json_schema(call: Call) -> dict[str, Any]:
    # strict mode refuses schemas with bounds of lengths; the answer is checked here all the same
    told = {"name": call.schema_name, "schema": call.schema, "strict": False}
    return {"type": "json_schema", "json_schema": told}


def _count(usage: Mapping[str, Any], said: Said) -> None:
    """Take the counts. Gemini tells its thinking only in the total, and bills it as answer."""
    asked, answered = tokens(usage.get("prompt_tokens")), tokens(usage.get("completion_tokens"))
    total = tokens(usage.get("total_tokens"))
    if None not in {asked, answered, total}:
        answered = max(answered or 0, (total or 0) - (asked or 0))
    said.counted(asked, answered)
