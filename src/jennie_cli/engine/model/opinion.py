"""What a model said of a stock: evidence that code weighs, never a decision."""

from dataclasses import dataclass

from jennie_cli.engine.model.judgement import FactCheck, LlmStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """A model's word about one stock, and who said it.

    `raw_score` 0..100 is before any guardrail. `prompt` is name and version of the text it was
    asked with, `prompt_sha256` that text's hash, `key` the hash of all that was asked, by which the
    reply log knows the exchange. Tokens and `usd_micro` (millionths of a US dollar) are what it
    took now: nothing when `cached`, an answer that was given earlier the same day.
    """

    raw_score: int
    reason: str
    provider: str
    model: str
    prompt: str
    prompt_sha256: str
    key: str
    tokens_in: int = 0
    tokens_out: int = 0
    usd_micro: int = 0
    simulated: bool = False
    cached: bool = False
    fact_check: FactCheck = FactCheck.OFF
    unsupported: tuple[str, ...] = ()

    @property
    def status(self) -> LlmStatus:
        """Say where the score came from; words of the built-in sages are never called more."""
        if self.fact_check is FactCheck.FAILED:
            return LlmStatus.FALLBACK
        if self.simulated:
            return LlmStatus.SIMULATED
        return LlmStatus.CACHED if self.cached else LlmStatus.OK
