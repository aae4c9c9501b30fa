"""How wide a step may be: halved when memory runs out, doubled again after many that went well."""

from jennie_cli.adapters.llama_cpp.fitting import LEAST_BATCH

QUIET_STEPS = 256
"""Steps in a row that must go well before the width is doubled; twice as many after each halving,
so that memory that stays short costs ever less."""

_MOST_HALVINGS = 8


class Breadth:
    """The most sequences that run at once and the most tokens of a step."""

    def __init__(self, *, sequences: int, tokens: int) -> None:
        """Start with the most there may ever be."""
        self._most = sequences, tokens
        self.sequences = sequences
        self.tokens = tokens
        self._quiet = 0
        self._halvings = 0

    def narrow(self, sequences: int, tokens: int) -> bool:
        """Halve after a step of so many failed; False when there is nothing smaller."""
        if sequences <= 1 and tokens <= LEAST_BATCH:
            return False
        if sequences > 1:
            self.sequences = max(1, min(self.sequences, sequences) // 2)
        if tokens > LEAST_BATCH:
            self.tokens = max(LEAST_BATCH, min(self.tokens, tokens) // 2)
        self._quiet = 0
        self._halvings = min(self._halvings + 1, _MOST_HALVINGS)
        return True

    def went_well(self) -> None:
        """Take in a step that did not fail."""
        if (self.sequences, self.tokens) == self._most:
            return
        self._quiet += 1
        if self._quiet >= QUIET_STEPS << (self._halvings - 1):
            self._quiet = 0
            self.sequences = min(self._most[0], 2 * self.sequences)
            self.tokens = min(self._most[1], 2 * self.tokens)
