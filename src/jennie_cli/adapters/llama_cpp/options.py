"""How a local model is to run; the settings of the section `local` are of this form."""

from typing import Protocol


class Options(Protocol):
    """Sizes and threads."""

    @property
    def threads(self) -> int:
        """Threads that compute, 0 = chosen by measurement."""
        ...

    @property
    def slots(self) -> int:
        """Answers written at the same time."""
        ...

    @property
    def n_ctx(self) -> int:
        """Tokens that the cache holds for all slots together."""
        ...

    @property
    def batch(self) -> int:
        """Most tokens of a step."""
        ...

    @property
    def gpu_layers(self) -> int:
        """Blocks on the GPU, -1 = as many as fit."""
        ...
