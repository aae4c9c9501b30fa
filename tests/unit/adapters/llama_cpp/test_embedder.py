"""Texts as vectors: the right pooling, one length, the same alone and in company."""

import asyncio
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
from tests.unit.adapters.llama_cpp.miserly import Miserly
from tests.unit.adapters.llama_cpp.tiny_bert import WIDTH, write_bert

from jennie_cli.adapters.llama_cpp import LocalEmbedder, embedder, machine
from jennie_cli.adapters.llama_cpp.embedder import Vectors, pooling_of
from jennie_cli.adapters.llama_cpp.header import Header, Value
from jennie_cli.adapters.llama_cpp.native import library
from jennie_cli.adapters.llama_cpp.stepping import NativeModel, Part
from jennie_cli.engine.errors import BadFile, SettingsError
from jennie_cli.engine.llm import FailureKind, ModelFailed
from jennie_cli.settings.local_model import LocalOptions

pytest.importorskip("llama_cpp", reason="needs the extra [llm]")

CLOSE = 2e-3
"""The library's attention rounds to halves, in another order for other companions."""

LONG = " ".join("abcdefghij"[n * n % 10] for n in range(700))
TEXTS = ("a b c", "j i h g", "", LONG, "a b c d e f", LONG + " a")


def embedded(path: Path, texts: tuple[str, ...], *, pooling: str = "") -> Vectors:
    """Open a model, embed and close it."""

    async def work() -> Vectors:
        model = await asyncio.to_thread(LocalEmbedder.open, path, LocalOptions(), pooling=pooling)
        try:
            assert WIDTH == model.width
            return await model.embed(texts)
        finally:
            await model.close()

    return asyncio.run(work())


def theirs(path: Path, texts: tuple[str, ...], kind: int) -> Vectors:
    """Return what llama-cpp-python itself makes of texts, one at a time."""
    import llama_cpp

    model = llama_cpp.Llama(
        str(path), embedding=True, pooling_type=kind, n_ctx=640, n_threads=1, verbose=False
    )
    rows = [model.embed(text, normalize=True) for text in texts]
    model.close()
    return np.asarray(rows, np.float32)


@pytest.fixture
def bert(tmp_path: Path) -> Path:
    """An encoder whose file asks for the first token's vector, as BGE-M3 does."""
    return write_bert(tmp_path / "bert.gguf", pooling=2)


@pytest.mark.parametrize(("asked", "kind"), [("", 2), ("cls", 2), ("mean", 1)])
def test_vectors_are_the_librarys_own(bert: Path, asked: str, kind: int) -> None:
    """Many texts in one step give what the binding gives for each alone."""
    short = tuple(text for text in TEXTS if text is not LONG and len(text) < 100)
    found = embedded(bert, short, pooling=asked)
    assert np.float32 == found.dtype
    assert np.allclose(theirs(bert, short, kind), found, atol=CLOSE)


def test_pooling_of_the_file_differs_from_the_mean(bert: Path) -> None:
    """The first token's vector is not the mean's, so a wrong pooling would show."""
    assert not np.allclose(embedded(bert, TEXTS), embedded(bert, TEXTS, pooling="mean"), atol=0.05)


def test_vectors_have_length_one_and_keep_their_order(bert: Path) -> None:
    """Every text has a vector of length 1 in its own row, whoever shares the step."""
    many = TEXTS * 30
    found = embedded(bert, many)
    assert (len(many), WIDTH) == found.shape
    assert np.allclose(1.0, np.linalg.norm(found, axis=1), atol=1e-5)
    alone = np.concatenate([embedded(bert, (text,)) for text in TEXTS])
    assert np.allclose(np.tile(alone, (30, 1)), found, atol=CLOSE)


def test_text_counts_to_its_512th_token(bert: Path) -> None:
    """What follows the 512th token changes nothing."""
    one, more = embedded(bert, (LONG, LONG + " a b c"))
    assert np.allclose(one, more, atol=1e-6)


def test_closed_model_says_so(bert: Path) -> None:
    """Who asks after the end is told by name, and closing again is nothing."""

    async def work() -> ModelFailed:
        model = LocalEmbedder.open(bert, LocalOptions())
        await model.close()
        await model.close()
        with pytest.raises(ModelFailed) as caught:
            await model.embed(("a",))
        return caught.value

    assert FailureKind.CANCELLED == asyncio.run(work()).kind


def test_what_was_opened_is_freed_when_the_rest_fails(
    bert: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault between opening and work frees model, context and batch, once each."""
    lib, freed = library(), list[str]()

    class Counting:
        def __getattr__(self, name: str) -> Any:
            if name in {"llama_free", "llama_model_free", "llama_batch_free"}:
                freed.append(name)
            return getattr(lib, name)

    def fault(*_: Any) -> None:
        raise MemoryError("planted")

    monkeypatch.setattr(embedder, "library", Counting)
    monkeypatch.setattr(embedder, "Vocabulary", fault)
    with pytest.raises(MemoryError, match="planted"):
        LocalEmbedder.open(bert, LocalOptions())
    assert ["llama_batch_free", "llama_free", "llama_model_free"] == freed


@pytest.mark.parametrize(("refusals", "took"), [(0, 3), (1, 1), (2, 0)])
def test_fewer_layers_go_to_a_gpu_that_refuses(
    bert: Path, monkeypatch: pytest.MonkeyPatch, refusals: int, took: int
) -> None:
    """What a GPU cannot hold after all is tried with half the layers, at last without it."""
    lib = Miserly(refusals)
    monkeypatch.setattr(machine, "free_gpu_memory", lambda: 1 << 40)
    monkeypatch.setattr(embedder, "library", lambda: lib)
    model = LocalEmbedder.open(bert, LocalOptions())
    assert (took, refusals + 1) == (model.gpu_layers, len(lib.tried))
    asyncio.run(model.close())


def test_no_memory_at_all_is_named(bert: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a GPU there is nothing smaller to try."""
    monkeypatch.setattr(embedder, "library", lambda: Miserly(99))
    with pytest.raises(ModelFailed, match="no memory for the embedding model") as caught:
        LocalEmbedder.open(bert, LocalOptions())
    assert FailureKind.OUT_OF_MEMORY == caught.value.kind


def test_step_without_memory_is_halved(bert: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts come in fewer at a time; one alone that has no memory fails by name."""
    whole = embedded(bert, TEXTS)
    real = NativeModel.step
    bound = 600

    def step(model: NativeModel, parts: list[Part]) -> int:
        return real(model, parts) or -2 * (sum(len(p.tokens) for p in parts) > bound)

    monkeypatch.setattr(NativeModel, "step", step)
    assert np.allclose(whole, embedded(bert, TEXTS), atol=CLOSE)
    bound = 100
    with pytest.raises(ModelFailed, match="over one text") as caught:
        embedded(bert, TEXTS)
    assert FailureKind.OUT_OF_MEMORY == caught.value.kind


def test_no_texts_are_no_vectors(bert: Path) -> None:
    """An empty list gives an empty array of the right width."""
    assert (0, WIDTH) == embedded(bert, ()).shape


def header_of(architecture: str, **meta: Value) -> Header:
    """Return the head of such a model."""
    told: dict[str, Value] = {"general.architecture": architecture}
    told |= {f"{architecture}.{name}": value for name, value in meta.items()}
    return Header(path=Path("m"), file_bytes=1, meta=MappingProxyType(told), tensors=())


def test_pooling_is_asked_then_told_then_guessed() -> None:
    """A setting wins over the file, the file over the kind of network."""
    assert "mean" == pooling_of(header_of("bert", pooling_type=2), "mean")
    assert "cls" == pooling_of(header_of("bert", pooling_type=2))
    assert "mean" == pooling_of(header_of("bert", pooling_type=1))
    assert "cls" == pooling_of(header_of("bert"))
    assert "last" == pooling_of(header_of("qwen3"))
    assert "mean" == pooling_of(header_of("nomic-bert", pooling_type=0))


def test_wrong_pooling_and_rankers_are_refused(tiny: Path) -> None:
    """An unknown pooling and a model that compares texts each have their sentence."""
    with pytest.raises(SettingsError, match="no pooling 'best'"):
        LocalEmbedder.open(tiny, LocalOptions(), pooling="best")
    with pytest.raises(SettingsError, match="makes no vectors"):
        pooling_of(header_of("bert", pooling_type=4))
    with pytest.raises(BadFile):
        LocalEmbedder.open("/absent.gguf", LocalOptions())


def test_decoder_gives_vectors_too(tiny: Path) -> None:
    """A model that writes can embed by its last token, as Qwen3's embedding models do."""
    found = embedded(tiny, ("a", "b", "a"))
    assert np.allclose(found[0], found[2], atol=1e-5)
    assert not np.allclose(found[0], found[1], atol=1e-2)
