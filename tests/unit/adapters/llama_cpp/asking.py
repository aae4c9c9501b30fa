"""Calls to a local model, and a schema whose grammar knows one sentence."""

from typing import Any

from jennie_cli.engine.llm import Call, Message, Role


def nonce_schema(nonce: str, *, noise: int = 30) -> dict[str, Any]:
    """Return a schema of answers that carry this nonce and up to `noise` free characters."""
    return {
        "type": "object",
        "properties": {
            "nonce": {"type": "string", "enum": [nonce]},
            "noise": {"type": "string", "minLength": noise // 2, "maxLength": noise},
        },
        "required": ["nonce", "noise"],
        "additionalProperties": False,
    }


def make_call(text: str, **more: Any) -> Call:
    """Return a call with this user's text."""
    settings: dict[str, Any] = {"max_tokens": 64, "deadline_s": 60.0, "temperature": 0.0, **more}
    system = settings.pop("system", "You judge stocks by figures.")
    messages = (Message(role=Role.SYSTEM, text=system), Message(role=Role.USER, text=text))
    return Call(messages=messages, **settings)
