"""What is asked of a host, and how it fails, never shows a key."""

from jennie_cli.engine.errors import ExitCode
from jennie_cli.engine.feed import Ask, FetchFailed, FetchKind


def test_an_ask_does_not_show_its_secrets() -> None:
    """A log that prints it tells nothing that opens anything."""
    ask = Ask(url="https://example.com/x", secrets=("k3y-of-mine",))
    assert "k3y-of-mine" not in repr(ask)


def test_a_failure_has_a_kind_and_exits_as_an_outside_one() -> None:
    """What the host asked to wait is kept."""
    failed = FetchFailed("No.", kind=FetchKind.RATE_LIMITED, retry_after_s=3.0)
    assert (ExitCode.OUTSIDE, FetchKind.RATE_LIMITED, 3.0) == (
        failed.exit_code,
        failed.kind,
        failed.retry_after_s,
    )
