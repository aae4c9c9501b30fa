"""What OpenAI answers when it refuses: a status, and an error with message, type, param, code."""

from typing import Any

_BAD, _UNKNOWN, _METHOD, _LARGE = 400, 404, 405, 413


class Refusal(Exception):
    """A request that gets no answer. `param` names the place that is at fault."""

    def __init__(
        self,
        message: str,
        *,
        status: int = _BAD,
        kind: str = "invalid_request_error",
        param: str | None = None,
        code: str | None = None,
    ) -> None:
        """`status` is the one of HTTP, `kind` the error's type."""
        super().__init__(message)
        self.message = message
        self.status = status
        self.kind = kind
        self.param = param
        self.code = code

    def body(self) -> dict[str, Any]:
        """Return the body that is sent."""
        told = {"message": self.message, "type": self.kind, "param": self.param, "code": self.code}
        return {"error": told}


def no_such_model(name: str) -> Refusal:
    """Return the refusal of a model that is not here."""
    return Refusal(
        f"The model '{name[:100]}' does not exist; there is 'sim-sage-1'.",
        status=_UNKNOWN,
        param="model",
        code="model_not_found",
    )


def no_such_path(method: str, path: str) -> Refusal:
    """Return the refusal of an address that nothing listens at."""
    return Refusal(
        f"Unknown request URL: {method} {path[:100]}.", status=_UNKNOWN, code="unknown_url"
    )


def wrong_method(method: str, path: str) -> Refusal:
    """Return the refusal of a method that an address does not know."""
    return Refusal(
        f"Not allowed to {method} on {path[:100]}.", status=_METHOD, code="method_not_supported"
    )


def too_large(most: int) -> Refusal:
    """Return the refusal of a body beyond `most` bytes."""
    return Refusal(f"The body of your request is larger than {most} bytes.", status=_LARGE)
