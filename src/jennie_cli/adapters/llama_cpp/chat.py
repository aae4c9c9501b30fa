"""A conversation as the tokens a model was trained on, in which foreign words stay words.

The template is asked for the conversation with a mark in each message's place. What lies between
the marks is the template's and may name control tokens and those a model's makers defined, such as
`<tool_call>`; a message's text may not.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from jennie_cli.engine.llm import FailureKind, Message, ModelFailed, Role

_MARK = "\ue000{}\ue001"  # private characters: no template writes them


class Words(Protocol):
    """The part of a vocabulary that a conversation needs."""

    bos: int
    adds_bos: bool

    def tokens(self, text: str, *, special: bool, ends: bool = False) -> list[int]:
        """Return the tokens of a text."""
        ...

    def letters(self, text: str) -> list[int]:
        """Return the tokens of a foreign text, none of them a control token or a user's own."""
        ...


class Template(Protocol):
    """Renders messages of roles and contents."""

    def __call__(self, messages: Sequence[dict[str, str]]) -> str:
        """Return the prompt as text. Raises ModelFailed for what it cannot render."""
        ...


def file_template(lib: Any, source: str, *, bos: str, eos: str) -> Template:
    """Return the renderer of a template as a model file holds it. Raises ModelFailed for a bad one.

    It runs in jinja's sandbox. A model that may think aloud is told not to: the grammar of an
    answer has no place for it.
    """
    form = _of_file(
        lambda: lib.llama_chat_format.Jinja2ChatFormatter(source, eos_token=eos, bos_token=bos)
    )

    def render(messages: Sequence[dict[str, str]]) -> str:
        return str(_of_file(lambda: form(messages=list(messages), enable_thinking=False).prompt))

    return render


def _of_file(program: Callable[[], Any]) -> Any:
    """Return what a model file's template comes to. Raises ModelFailed for whatever it raises."""
    try:
        return program()
    except Exception as why:  # a program of others: it may divide by zero as well as refuse a role
        raise _bad_template(why) from why


def plain_template(messages: Sequence[dict[str, str]]) -> str:
    """Render for a model without a template: each turn under its role's name."""
    turns = "".join(f"### {m['role'].capitalize()}\n{m['content']}\n\n" for m in messages)
    return f"{turns}### Assistant\n"


def prompt_tokens(messages: Sequence[Message], template: Template, words: Words) -> list[int]:
    """Return a conversation's tokens. Raises ModelFailed for a template that cannot render it."""
    texts = [m.text for m in messages]
    marked = [{"role": str(m.role), "content": _MARK.format(n)} for n, m in enumerate(messages)]
    try:
        rendered = template(marked)
    except ModelFailed:  # such as Gemma 2's, which knows no system role
        texts, marked = _without_system(messages)
        rendered = template(marked)
    tokens: list[int] = []
    rest = rendered
    for number, text in enumerate(texts):
        before, mark, rest = rest.partition(_MARK.format(number))
        if not mark:
            raise _bad_template("it leaves out a message")
        tokens += _of_template(before, words)
        tokens += words.letters(text.strip())
    tokens += _of_template(rest, words)
    if words.adds_bos and tokens[:1] != [words.bos]:
        tokens.insert(0, words.bos)
    return tokens


def _of_template(text: str, words: Words) -> list[int]:
    return words.tokens(text, special=True) if text else []


def _without_system(messages: Sequence[Message]) -> tuple[list[str], list[dict[str, str]]]:
    """Return texts and marks with what the system says put before the first user's words."""
    said = [m.text for m in messages if m.role is Role.SYSTEM]
    turns = [m for m in messages if m.role is not Role.SYSTEM]
    texts = [m.text for m in turns]
    if texts:
        texts[0] = "\n\n".join([*said, texts[0]])
    return texts, [{"role": str(m.role), "content": _MARK.format(n)} for n, m in enumerate(turns)]


def _bad_template(why: object) -> ModelFailed:
    return ModelFailed(
        f"The model file's chat template cannot render this conversation: {str(why)[:200]}",
        kind=FailureKind.REFUSED_REQUEST,
        hint="Take a model file made for conversations: jennie llm models",
    )
