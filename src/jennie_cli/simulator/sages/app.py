"""The sages behind HTTP: the two addresses of OpenAI that jennie and others call."""

from collections.abc import Awaitable, Callable, Iterable
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route

from jennie_cli.engine.clock import Clock
from jennie_cli.simulator.sages.answers import chunks, completion, model, models
from jennie_cli.simulator.sages.asked import MODEL, read_asked
from jennie_cli.simulator.sages.faults import SageFault, SageFaults
from jennie_cli.simulator.sages.refusals import (
    Refusal,
    no_such_model,
    no_such_path,
    too_large,
    wrong_method,
)
from jennie_cli.simulator.sages.speaking import digest_of, speak

SAGES_PATH = "/v1"
MOST_BYTES = 1 << 20

_MARKED = {"x-jennie-simulated": "1"}
_WAIT = {"retry-after": "1"}
_JSON, _EVENTS = "application/json", "text/event-stream"
_ANY = ["GET", "POST", "PUT", "PATCH", "DELETE"]

Endpoint = Callable[[Request], Awaitable[Response]]


class SageDesk:
    """Answers questions; holds nothing but its seed and its faults."""

    def __init__(self, seed: int, *, clock: Clock, faults: Iterable[str] = ()) -> None:
        """`clock` passes the time of a slow answer. Raises InputError for a fault that is none."""
        self._seed = seed
        self._clock = clock
        self.faults = SageFaults(seed, faults)

    async def complete(self, request: Request) -> Response:
        """POST /v1/chat/completions."""
        asked = read_asked(await _body(request))
        digest = digest_of(self._seed, asked)
        faults = self.faults.struck(digest)
        if SageFault.SLOW in faults:
            await self._clock.sleep(faults[SageFault.SLOW] / 1_000)
        if SageFault.STATUS in faults:
            raise _failing(faults[SageFault.STATUS])
        said = speak(asked, digest, faults)
        if asked.stream:
            told = chunks(said, digest, tell_usage=asked.tell_usage)
            return StreamingResponse(told, headers=_MARKED, media_type=_EVENTS)
        return Response(completion(said, digest), headers=_MARKED, media_type=_JSON)

    async def models(self, request: Request) -> Response:
        """GET /v1/models."""
        del request
        return JSONResponse(models(), headers=_MARKED)

    async def model(self, request: Request) -> Response:
        """GET /v1/models/NAME."""
        name = str(request.path_params["name"])
        if name != MODEL:
            raise no_such_model(name)
        return JSONResponse(model(), headers=_MARKED)


def sage_app(desk: SageDesk) -> Starlette:
    """Return an application that holds nothing but the sages."""
    return Starlette(routes=sage_routes(desk))


def sage_routes(desk: SageDesk) -> list[BaseRoute]:
    """Return the routes below /v1, for an application of one's own; what is not here is refused
    there as OpenAI does.
    """
    inner = [
        Route("/chat/completions", _told(desk.complete), methods=["POST"]),
        Route("/chat/completions", _told(_wrong_method), methods=_ANY),
        Route("/models", _told(desk.models), methods=["GET"]),
        Route("/models/{name:path}", _told(desk.model), methods=["GET"]),
        Route("/{path:path}", _told(_nowhere), methods=_ANY),
    ]
    return [Mount(SAGES_PATH, routes=inner)]


def _told(endpoint: Endpoint) -> Endpoint:
    """Return an endpoint that tells a refusal as OpenAI does."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except Refusal as refusal:
            headers = _MARKED | (_WAIT if refusal.status in {429, 503} else {})
            return JSONResponse(refusal.body(), status_code=refusal.status, headers=headers)
        except ClientDisconnect:
            return Response(status_code=HTTPStatus.BAD_REQUEST)

    return answer


async def _body(request: Request) -> bytes:
    """Return the body; no more than a bound of it is ever held."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BYTES:
            raise too_large(MOST_BYTES)
    return bytes(body)


async def _wrong_method(request: Request) -> Response:
    raise wrong_method(request.method, request.url.path)


async def _nowhere(request: Request) -> Response:
    raise no_such_path(request.method, request.url.path)


def _failing(status: int) -> Refusal:
    kind = "server_error" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "requests"
    return Refusal("The sages were told to fail.", status=status, kind=kind, code="simulated")
