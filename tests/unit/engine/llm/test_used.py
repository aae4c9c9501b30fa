"""What questions used together."""

from jennie_cli.engine.errors import SettingsError
from jennie_cli.engine.llm import Answer, NoAnswer, Used, used_by


def test_answers_and_failures_are_summed() -> None:
    """An error of ours that asked nobody counts for nothing."""
    answer = Answer(
        value=1,
        provider="one",
        model="one-1",
        tokens_in=100,
        tokens_out=20,
        usd_micro=7,
        latency_s=0.1,
        attempts=1,
        prompt_sha256="",
        key="",
    )
    lost = NoAnswer("nobody")
    lost.spent(10, 2, 3)
    assert Used(tokens_in=110, tokens_out=22, usd_micro=10) == used_by(
        [answer, lost, SettingsError("unset", hint="set it")]
    )
    assert Used() == used_by([])
