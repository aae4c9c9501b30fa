"""The question that follows an answer which could not be read: the same, with what was wrong."""

from collections.abc import Sequence
from dataclasses import replace

import orjson

from jennie_cli.engine.llm.asked import Message, Role
from jennie_cli.engine.llm.prompts import Prompts, filled

_ROOM = "jennie_cli.engine.llm"
_LONGEST_ANSWER = 4_000
_LONGEST_COMPLAINT = 300
_MOST_COMPLAINTS = 10


def repaired(
    messages: tuple[Message, ...], answer: str, complaints: Sequence[str], prompts: Prompts
) -> tuple[Message, ...]:
    """Return the messages with complaints and the quoted answer at the end of the last.

    The turns stay as they were, for some models take only turns that alternate, and what was
    computed for their beginning is of use again. A last turn of the model's gets one of the
    user's behind it.
    """
    told = (f"- {c[:_LONGEST_COMPLAINT]}" for c in complaints[:_MOST_COMPLAINTS])
    text = filled(
        prompts.get(_ROOM, "repair"),
        complaints="\n".join(told),
        answer=orjson.dumps(answer[:_LONGEST_ANSWER]).decode(),
    )
    *before, last = messages
    if last.role is not Role.USER:
        return (*messages, Message(role=Role.USER, text=text))
    return (*before, replace(last, text=f"{last.text}\n\n{text}"))
