"""A model with a sliding window answers as if its cache had never been shared."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.unit.adapters.llama_cpp.tiny_window import WINDOW, write_window

from jennie_cli.adapters.llama_cpp.desk import Desk
from jennie_cli.adapters.llama_cpp.grammar import gbnf
from jennie_cli.adapters.llama_cpp.header import read_header
from jennie_cli.adapters.llama_cpp.picking import FreePicker, Logits
from jennie_cli.adapters.llama_cpp.work import Work
from jennie_cli.adapters.system import SystemClock
from jennie_cli.settings.local_model import LocalOptions

pytest.importorskip("llama_cpp", reason="needs the extra [llm]")


class Noting(FreePicker):
    """Takes the favourite and keeps the logits it was asked with."""

    def __init__(self) -> None:
        super().__init__(temperature=0.0)
        self.seen: list[Logits] = []

    def pick(self, logits: Logits) -> int:
        """Keep a copy."""
        self.seen.append(np.array(logits))
        return super().pick(logits)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """The tiny model with a window, opened."""
    header = read_header(write_window(tmp_path / "window.gguf"))
    options = LocalOptions(threads=1, slots=4, n_ctx=1_024)
    opened = Desk(header, options, steady=SystemClock(), grammar=gbnf)
    yield opened
    opened.close()


def ask(desk: Desk, *prompts: np.ndarray, most: int = 4) -> list[tuple[Work, Logits]]:
    """Answer prompts together; return their works and the logits of their first tokens."""
    pickers = [Noting() for _ in prompts]
    works = [
        Work(prompt=prompt.astype(np.int32), most=most, picker=picker, endless=True)
        for prompt, picker in zip(prompts, pickers, strict=True)
    ]
    for work in works:
        desk.batcher.add(work)
    while desk.batcher.busy:
        assert not [ended.failure for ended in desk.batcher.step() if ended.failure]
    return [(work, picker.seen[0]) for work, picker in zip(works, pickers, strict=True)]


def test_half_empty_beginning_is_not_built_upon(desk: Desk) -> None:
    """Where the window before a shared beginning's cut was given to others, it is computed anew."""
    assert WINDOW == desk.native.window
    dice = np.random.default_rng(0)
    for _ in range(3):
        beginning = dice.integers(3, 300, 200)
        for _ in range(3):
            ask(desk, np.append(beginning, dice.integers(3, 300, 30)))
        for _ in range(6):
            ask(desk, *(dice.integers(3, 300, 100) for _ in range(4)))
        prompt = np.append(beginning[:100], dice.integers(3, 300, 10))
        ((_, late),) = ask(desk, prompt)
        desk.batcher.forget()
        ((_, fresh),) = ask(desk, prompt)
        assert np.allclose(fresh, late, atol=0.02)


def test_step_that_is_broken_off_fails(desk: Desk) -> None:
    """After the order to break off the library computes nothing more, which ends who asked."""
    desk.native.break_off()
    prompt = np.full(50, 40, np.int32)
    desk.batcher.add(Work(prompt=prompt, most=4, picker=Noting()))
    (ended,) = desk.batcher.step()
    assert "code 2" in str(ended.failure)


def test_beginning_whose_window_is_whole_is_shared(desk: Desk) -> None:
    """A beginning that several requests have is computed once, and says what it says alone."""
    dice = np.random.default_rng(1)
    beginning = dice.integers(3, 300, 200)
    prompts = [np.append(beginning, dice.integers(3, 300, 10)) for _ in range(4)]
    together = ask(desk, *prompts)
    assert sum(work.reused for work, _ in together) >= 3 * 200
    for prompt, (_, shared) in zip(prompts, together, strict=True):
        desk.batcher.forget()
        ((_, fresh),) = ask(desk, prompt)
        assert np.allclose(fresh, shared, atol=0.02)
