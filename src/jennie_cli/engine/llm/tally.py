"""What one question has used so far, over every call that was made for it."""

from dataclasses import dataclass

from jennie_cli.engine.llm.answered import Reply, Usage


@dataclass(slots=True)
class Tally:
    """Sums of one question; `started` are a clock's monotonic seconds.

    Text, provider and model are those of the last call.
    """

    started: float
    attempts: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    usd_micro: int = 0
    text: str = ""
    provider: str = ""
    model: str = ""
    simulated: bool = False

    def add(self, usage: Usage, reply: Reply | None) -> None:
        """Add one call and what was said."""
        self.attempts += 1
        self.tokens_in += usage.tokens_in
        self.tokens_out += usage.tokens_out
        self.usd_micro += usage.usd_micro
        self.provider, self.model = usage.provider, usage.model
        self.text = "" if reply is None else reply.text
        self.simulated = reply is not None and reply.simulated
