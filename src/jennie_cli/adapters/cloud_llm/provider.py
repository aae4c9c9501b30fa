"""One provider behind its protocol: asks once, believes nothing, names every failure."""

import asyncio
import logging
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from jennie_cli.adapters.cloud_llm.address import checked
from jennie_cli.adapters.cloud_llm.cleaning import one_line
from jennie_cli.adapters.cloud_llm.dialect import Dialect
from jennie_cli.adapters.cloud_llm.failing import Trouble, reported
from jennie_cli.adapters.cloud_llm.line import Asking, Line
from jennie_cli.adapters.cloud_llm.options import MemberOptions
from jennie_cli.adapters.cloud_llm.said import Finish, Said
from jennie_cli.engine.clock import Clock
from jennie_cli.engine.errors import SettingsError
from jennie_cli.engine.llm import Call, FailureKind, ModelFailed, Patience, Reply

_log = logging.getLogger(__name__)
_VISIBLE = re.compile(r"[!-~]{1,1024}")
_CHARS_PER_TOKEN = 1.5
"""Of Korean text, where a provider does not count; spec operations 4.3."""

_OURS = frozenset({"messages", "system"})
"""What is asked is the prompt's alone."""

_HINTS = {
    FailureKind.CONNECT: "Is the network up, and {name}.url right?",
    FailureKind.TIMEOUT: "Retry later, or allow more time: llm.slow_timeout_s.",
    FailureKind.UNAUTHORISED: "jennie secrets set {secret}",
    FailureKind.NO_SECRET: "jennie secrets set {secret}",
    FailureKind.PAYMENT: "Top up the account at the provider.",
    FailureKind.GONE: "jennie config set {name}.model ID   or look at {name}.url",
    FailureKind.EMPTY: "A model that thinks needs room: {name}.thought_tokens.",
    FailureKind.NOT_JSON: "Retry; if it happens again, ask for less or choose another model.",
}


class CloudProvider:
    """A provider of models; implements Provider. Its key is in no repr, error or log record."""

    def __init__(
        self,
        name: str,
        dialect: Dialect,
        options: MemberOptions,
        *,
        secret: str | None,
        key_name: str,
        keyless: bool,
        steady: Clock,
    ) -> None:
        """`key_name` is what hints call the key; `keyless` works without one.

        Raises SettingsError for an address or a key that cannot be.
        """
        if secret and not _VISIBLE.fullmatch(secret):
            raise SettingsError(
                f"The secret {key_name} has blanks or characters that no key has.",
                hint=f"jennie secrets set {key_name}",
            )
        url = checked(name, options.url, own_network=keyless)
        self._extra = _object(name, options.extra)
        self._patience = _patience(name, options)
        self._name = name
        self._dialect = dialect
        self._options = options
        self._secret = secret or ""
        self._key_name = key_name
        self._lacks_key = not secret and not keyless
        self._url = url.removesuffix(dialect.path)
        self._steady = steady
        self._line: Line | None = None
        self._flying: set[asyncio.Task[Reply]] = set()
        self._closed = False
        self._warned = False

    def __repr__(self) -> str:
        """Show name and model."""
        return f"CloudProvider({self._name!r}, model={self._options.model!r})"

    @property
    def name(self) -> str:
        """The name in settings."""
        return self._name

    @property
    def model(self) -> str:
        """The model id asked for."""
        return self._options.model

    @property
    def patience(self) -> Patience:
        """After which failures it may be asked again, and when."""
        return self._patience

    async def reply(self, call: Call) -> Reply:
        """Ask once. Raises ModelFailed."""
        if self._lacks_key:
            missing = Trouble(kind=FailureKind.NO_SECRET, words=f"{self._key_name} is not set")
            raise self._failed(missing)
        if self._closed:
            raise self._cancelled()
        work = asyncio.create_task(self._replied(call))
        self._flying.add(work)
        work.add_done_callback(self._flying.discard)
        try:
            return await work
        except asyncio.CancelledError:
            caller = asyncio.current_task()
            if caller is None or caller.cancelling():
                raise
        raise self._cancelled()

    async def close(self) -> None:
        """Close the connections; calls in flight fail as cancelled."""
        self._closed = True
        flying = tuple(self._flying)
        for work in flying:
            work.cancel()
        await asyncio.gather(*flying, return_exceptions=True)
        if self._line is not None:
            await self._line.close()

    async def _replied(self, call: Call) -> Reply:
        said, body = Said(), self._dialect.body(call, self._options) | self._extra
        if self._line is None:
            self._line = Line(self._url, self._dialect, steady=self._steady)
        trouble = await self._line.exchange(self._asking(call, body), said)
        trouble = trouble or _verdict(said, call)
        if trouble is not None:
            raise self._failed(trouble, *(_tokens(said, body) if _paid(said) else (0, 0)))
        if None in {said.tokens_in, said.tokens_out} and not self._warned:
            self._warned = True
            _log.warning("%s does not count tokens: they are estimated", self._name)
        asked, answered = _tokens(said, body)
        return Reply(
            text=said.text, model=self._model_of(said), tokens_in=asked, tokens_out=answered
        )

    def _asking(self, call: Call, body: Mapping[str, Any]) -> Asking:
        return Asking(
            path=self._dialect.path,
            headers=self._dialect.headers(self._secret),
            body=orjson.dumps(body),
            stream=bool(body.get("stream")),
            deadline_s=call.deadline_s,
        )

    def _model_of(self, said: Said) -> str:
        return one_line(said.model, self._secret, longest=100) or self.model

    def _failed(self, trouble: Trouble, tokens_in: int = 0, tokens_out: int = 0) -> ModelFailed:
        """Return the error of a call; the tokens are those that were paid for all the same."""
        hint = _HINTS.get(trouble.kind, "")
        return ModelFailed(
            f"{self._name}: {one_line(trouble.words, self._secret)}".rstrip(": "),
            kind=trouble.kind,
            hint=hint.format(name=self._name, secret=self._key_name),
            retry_after_s=trouble.retry_after_s,
            tokens_in=tokens_in,
            tokens_out=tokens_out,
        )

    def _cancelled(self) -> ModelFailed:
        closed = Trouble(kind=FailureKind.CANCELLED, words="closed before it answered")
        return self._failed(closed)


def _verdict(said: Said, call: Call) -> Trouble | None:
    """Return why words that came in good order are no answer all the same."""
    if said.error:
        return reported(said.error)
    if said.finish is Finish.FILTERED:
        return Trouble(kind=FailureKind.FORBIDDEN, words="the provider's filter kept the answer")
    if said.finish is Finish.FAILED:
        return Trouble(kind=FailureKind.SERVER, words="the model failed while it answered")
    if not said.text.strip():
        return Trouble(kind=FailureKind.EMPTY, words="the answer is empty")
    if said.finish is Finish.LENGTH and call.schema is not None:
        words = f"the answer was cut at {call.max_tokens} tokens"
        return Trouble(kind=FailureKind.NOT_JSON, words=words)
    return None


def _paid(said: Said) -> bool:
    """Whether a call that failed used something: an error in place of all words is a refusal."""
    began = said.parts or said.thoughts or said.tokens_in is not None
    return bool(began or (said.sent and not said.error))


def _tokens(said: Said, body: Mapping[str, Any]) -> tuple[int, int]:
    """Return the reported counts, and estimates of all that was sent and said without them.

    A count of words that did not end is one of their beginning: then the larger one is returned.
    """
    asked, answered = said.tokens_in, said.tokens_out
    if answered is None or not said.ended:
        heard = _estimate((len(said.text), said.thoughts))
        answered = max(heard, answered or 0)
    turns = [body.get("system"), *(turn["content"] for turn in body["messages"])]
    return _estimate(len(turn or "") for turn in turns) if asked is None else asked, answered


def _estimate(chars: Iterable[int]) -> int:
    return math.ceil(sum(chars) / _CHARS_PER_TOKEN)


def _object(name: str, text: str) -> dict[str, Any]:
    try:
        found = orjson.loads(text) if text.strip() else {}
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict) or _OURS & found.keys():
        raise SettingsError(
            f"The setting {name}.extra is no JSON object, or holds what is not its to say: "
            f"{', '.join(sorted(_OURS))}.",
            hint=f"jennie config set {name}.extra '{{\"top_p\": 0.9}}'",
        )
    return found


def _patience(name: str, options: MemberOptions) -> Patience:
    try:
        kinds = frozenset(FailureKind(kind) for kind in options.retry_on)
    except ValueError:
        raise SettingsError(
            f"The setting {name}.retry_on names a failure that there is not.",
            hint=f"There are {', '.join(FailureKind)}.",
        ) from None
    return Patience(kinds=kinds, waits_s=options.retry_waits_s)
