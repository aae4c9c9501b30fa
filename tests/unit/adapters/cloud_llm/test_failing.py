"""What refusals mean that say more than their status."""

from datetime import datetime

import pytest

from jennie_cli.adapters.cloud_llm.failing import refused, reported, seconds
from jennie_cli.engine.clock import KST
from jennie_cli.engine.llm import FailureKind

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=KST)


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("7", 7.0),
        (" 1.5 ", 1.5),
        ("Mon, 23 Nov 2026 00:00:30 GMT", 30.0),
        ("Mon, 23 Nov 2026 00:00:30 -0000", 30.0),
        ("Sun, 22 Nov 2026 00:00:00 GMT", 0.0),
        ("soon", None),
        ("-3", None),
        ("٣", None),
        ("", None),
        (None, None),
    ],
)
def test_the_wait_asked_for_is_in_seconds(header: str | None, wait: float | None) -> None:
    """A number or a date; what is neither, or long past, asks for nothing."""
    assert wait == seconds(header, now=NOW)


@pytest.mark.parametrize(
    ("status", "raw", "kind"),
    [
        (429, b'{"error": {"code": "insufficient_quota"}}', FailureKind.PAYMENT),
        (400, b'{"error": {"code": "context_length_exceeded"}}', FailureKind.CONTEXT_FULL),
        (
            400,
            b'[{"error": {"code": 400, "message": "API key not valid. Please pass a valid one"}}]',
            FailureKind.UNAUTHORISED,
        ),
        (
            400,
            b'{"error": {"message": "Your credit balance is too low to access the API"}}',
            FailureKind.PAYMENT,
        ),
        (
            400,
            b'{"object": "error", "message": "the maximum context length is 4096 tokens"}',
            FailureKind.CONTEXT_FULL,
        ),
        (400, b'{"error": {"message": "x/y is not a valid model ID"}}', FailureKind.GONE),
        (400, b"<html>Bad Request</html>", FailureKind.REFUSED_REQUEST),
        (400, b"\xff\xfe", FailureKind.REFUSED_REQUEST),
        (502, b"<html>maximum context length</html>", FailureKind.SERVER),
        (413, b"{}", FailureKind.REFUSED_REQUEST),
        (400, b'{"error": {"message": "Model Not Exist"}}', FailureKind.GONE),
        (400, b'{"error": {"code": "model_decommissioned"}}', FailureKind.GONE),
        (
            400,
            b'{"error": {"message": "You have reached your specified API usage limits."}}',
            FailureKind.PAYMENT,
        ),
        (
            400,
            b'{"error": {"message": "User location is not supported for the API use."}}',
            FailureKind.FORBIDDEN,
        ),
        *((status, b"{}", FailureKind.SERVER) for status in (202, 204, 409, 425, 499)),
    ],
)
def test_a_code_or_a_phrase_says_more_than_a_status(
    status: int, raw: bytes, kind: FailureKind
) -> None:
    """As the providers are known to send them."""
    assert kind is refused(status, raw, retry_after=None, now=NOW).kind


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b'{"error": {"message": "no"}}', "HTTP 500 no"),
        (b'{"error": "no"}', "HTTP 500 no"),
        (b'{"detail": "no"}', "HTTP 500 no"),
        (b'[{"error": {"message": "no"}}]', "HTTP 500 no"),
        (b"no", "HTTP 500 no"),
        (b"3", "HTTP 500 "),
    ],
)
def test_the_words_of_a_refusal_are_found(raw: bytes, words: str) -> None:
    """In each form that an error object has."""
    assert words == refused(500, raw, retry_after=None, now=NOW).words


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"code": 429, "message": "x"}, FailureKind.RATE_LIMITED),
        ({"code": 7}, FailureKind.SERVER),
        ({"status": "RESOURCE_EXHAUSTED"}, FailureKind.RATE_LIMITED),
        ({"type": "authentication_error"}, FailureKind.UNAUTHORISED),
        ({"type": "invalid_request_error"}, FailureKind.REFUSED_REQUEST),
        ("maximum context length", FailureKind.CONTEXT_FULL),
        (["?"], FailureKind.SERVER),
    ],
)
def test_an_error_in_place_of_words_has_its_kind(error: object, kind: FailureKind) -> None:
    """By number, by name, by phrase, else the server's."""
    assert kind is reported(error).kind
