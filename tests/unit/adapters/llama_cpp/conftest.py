"""The parser of llama.cpp itself, asked which documents a grammar lets through."""

import ctypes
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.unit.adapters.llama_cpp.tiny import EOS, write_tiny

from jennie_cli.adapters.llama_cpp.native import library

FIRST_BYTE = 3
"""The token of the byte 0 in a tiny model."""

Judge = Callable[[str, str | bytes], bool]


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of random weights."""
    return write_tiny(tmp_path_factory.mktemp("models") / "tiny.gguf")


@pytest.fixture(scope="session")
def vocabulary(tiny: Path) -> Iterator[Any]:
    """The words of the tiny model, loaded without its weights."""
    pytest.importorskip("llama_cpp")
    llama = library()
    how = llama.llama_model_default_params()
    how.vocab_only = True
    model = llama.llama_model_load_from_file(str(tiny).encode(), how)
    yield llama.llama_model_get_vocab(model)
    llama.llama_model_free(model)


@pytest.fixture(scope="session")
def accepts(vocabulary: Any) -> Judge:
    """Tell whether llama.cpp, bound by a grammar, could write exactly this document."""
    llama = pytest.importorskip("llama_cpp")

    def judge(grammar: str, document: str | bytes) -> bool:
        sampler = llama.llama_sampler_init_grammar(vocabulary, grammar.encode(), b"root")
        assert sampler, f"llama.cpp refuses the grammar:\n{grammar}"
        try:
            return _walk(llama, sampler, document)
        finally:
            llama.llama_sampler_free(sampler)

    return judge


def _walk(llama: Any, sampler: Any, document: str | bytes) -> bool:
    raw = document if isinstance(document, bytes) else document.encode()
    for byte in raw:
        token = FIRST_BYTE + byte
        if not _allowed(llama, sampler, token):
            return False
        llama.llama_sampler_accept(sampler, token)
    return _allowed(llama, sampler, EOS)


def _allowed(llama: Any, sampler: Any, token: int) -> bool:
    row = (llama.llama_token_data * 1)(llama.llama_token_data(id=token, logit=1.0, p=0.0))
    choice = llama.llama_token_data_array(data=row, size=1, selected=-1, sorted=False)
    llama.llama_sampler_apply(sampler, ctypes.byref(choice))
    return bool(row[0].logit == 1.0)
