"""Ollama's own chat, spoken by Ollama Cloud."""

from collections.abc import Mapping
from typing import Any

from jennie_cli.adapters.cloud_llm.dialect import bearer, instructed
from jennie_cli.adapters.cloud_llm.framing import Framing, Records
from jennie_cli.adapters.cloud_llm.options import MemberOptions, tempered
from jennie_cli.adapters.cloud_llm.said import Finish, Said, mapping, tokens
from jennie_cli.engine.llm import Call


class OllamaChat:
    """The dialect. The schema is told in words as well: Ollama asks for that."""

    path = "/chat"

    def headers(self, secret: str) -> dict[str, str]:
        """Return the key as a bearer token."""
        return bearer(secret)

    def framing(self) -> Framing:
        """Return a reader of one document a line."""
        return Records()

    def body(self, call: Call, options: MemberOptions) -> dict[str, Any]:
        """Return the request."""
        bounds: dict[str, Any] = {
            "num_predict": call.max_tokens + options.thought_tokens,
            "seed": call.seed,
        }
        if tempered(options):
            bounds["temperature"] = call.temperature
        body: dict[str, Any] = {
            "model": options.model,
            "messages": [{"role": m.role.value, "content": m.text} for m in instructed(call)],
            "stream": options.stream,
            "options": bounds,
        }
        if call.schema is not None and options.structured != "prompt":
            body["format"] = call.schema if options.structured == "json_schema" else "json"
        return body

    def whole(self, document: Mapping[str, Any], said: Said) -> None:
        """Take an answer in one piece, which has the form of a stream's last record."""
        self.part(document, said)
        said.ended = True

    def part(self, document: Mapping[str, Any], said: Said) -> None:
        """Take a record; the last one is done and counts. Thoughts stand apart and are left."""
        said.error = document.get("error") or said.error
        said.named(document.get("model"))
        message = mapping(document.get("message"))
        said.add(message.get("content"))
        said.thought(message.get("thinking"))
        if document.get("done") is True:
            cut = document.get("done_reason") == "length"
            said.finish, said.ended = Finish.LENGTH if cut else Finish.STOP, True
        asked = tokens(document.get("prompt_eval_count"))
        said.counted(asked, tokens(document.get("eval_count")))
