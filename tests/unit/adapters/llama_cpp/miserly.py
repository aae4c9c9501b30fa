"""The library on a machine with too little memory."""

from typing import Any

from jennie_cli.adapters.llama_cpp.native import library


class Miserly:
    """The library, which has no memory for a context before the n-th try."""

    def __init__(self, refusals: int) -> None:
        self.tried: list[tuple[int, int]] = []
        self._refusals = refusals
        self._lib = library()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._lib, name)

    def llama_init_from_model(self, model: Any, params: Any) -> Any:
        """Refuse, or do what the library does."""
        self.tried.append((params.n_ctx, params.n_ubatch))
        if len(self.tried) <= self._refusals:
            return None
        return self._lib.llama_init_from_model(model, params)
