"""What keeps a model from being opened is said before or instead of a crash."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.unit.adapters.llama_cpp.miserly import Miserly
from tests.unit.adapters.llama_cpp.tiny import write_tiny
from tests.unit.adapters.llama_cpp.tiny_bert import write_bert

from jennie_cli.adapters.llama_cpp import LocalModel, machine, opening
from jennie_cli.adapters.llama_cpp.fitting import RESERVE_BYTES
from jennie_cli.adapters.llama_cpp.header import read_header
from jennie_cli.adapters.llama_cpp.native import EAR
from jennie_cli.adapters.system import SystemClock
from jennie_cli.engine.errors import BadFile, SettingsError
from jennie_cli.engine.llm import FailureKind, ModelFailed
from jennie_cli.settings.local_model import LocalOptions

pytest.importorskip("llama_cpp", reason="needs the extra [llm]")


def with_library(monkeypatch: pytest.MonkeyPatch, lib: Any) -> None:
    """Let the opening use another library."""
    monkeypatch.setattr(opening, "library", lambda: lib)


def open_it(path: Path, **options: Any) -> opening.Native:
    """Open a model file natively."""
    return opening.open_native(read_header(path), LocalOptions(**options))


def test_smaller_contexts_are_tried(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When there is no memory, less is computed at once, then less is kept; a note tells."""
    lib = Miserly(3)
    with_library(monkeypatch, lib)
    native = open_it(tiny, n_ctx=8_192, batch=512)
    assert [(8_192, 256), (8_192, 64), (8_192, 32), (4_096, 32)] == lib.tried
    assert 4_096 == native.room.n_ctx
    assert any("4,096" in note for note in native.notes)
    native.close()
    native.close()


def test_no_memory_at_all_names_what_was_tried(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without memory even for the least context the failure lists the tries."""
    with_library(monkeypatch, Miserly(99))
    with pytest.raises(
        ModelFailed, match=r"n_ctx 2,048 .*; n_ctx 1,024 with batch 32/32"
    ) as caught:
        open_it(tiny, n_ctx=2_048, batch=128)
    assert FailureKind.OUT_OF_MEMORY == caught.value.kind


def test_too_little_memory_is_said_before_loading(
    tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model larger than what is free is not even loaded."""
    monkeypatch.setattr(machine, "free_memory", lambda: 1 << 20)
    with pytest.raises(SettingsError, match="1 MiB are free"):
        open_it(tiny)


def test_fewer_layers_go_to_a_gpu_that_refuses(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a GPU cannot hold is tried with half the layers, at last without it; a note tells."""
    monkeypatch.setattr(machine, "free_gpu_memory", lambda: 1 << 40)
    for refusals, took in ((0, 2), (1, 1), (2, 0)):
        lib = Miserly(refusals)
        with_library(monkeypatch, lib)
        native = open_it(tiny, n_ctx=1_024, batch=32, slots=4)
        assert (took, refusals + 1) == (native.gpu_layers, len(lib.tried))
        told = [f"the GPU took {took} layers, not 2"] if refusals else []
        assert told == native.notes
        native.close()


def test_part_beside_a_gpu_must_fit_into_memory(
    tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the output layer alone on a GPU the block needs memory; with all there it does not."""
    monkeypatch.setattr(machine, "free_gpu_memory", lambda: 1 << 40)
    monkeypatch.setattr(machine, "free_memory", lambda: 1 << 20)
    with pytest.raises(SettingsError, match="1 MiB are free"):
        open_it(tiny, gpu_layers=1)
    open_it(tiny, gpu_layers=2).close()


def test_kind_the_library_does_not_know_is_named(tmp_path: Path) -> None:
    """A sound file of an unknown architecture is refused with the library's reason."""
    path = write_tiny(tmp_path / "odd.gguf", architecture="warbler")
    with pytest.raises(BadFile, match="warbler"):
        LocalModel.open(path, LocalOptions(), steady=SystemClock())


def test_embedding_model_cannot_write(tmp_path: Path) -> None:
    """An encoder is refused where answers are asked for."""
    path = write_bert(tmp_path / "bert.gguf", pooling=2)
    with pytest.raises(BadFile, match="it cannot write"):
        LocalModel.open(path, LocalOptions(), steady=SystemClock())


@pytest.mark.parametrize(
    ("content", "said"), [(None, "no model file"), (b"GGUF1234" * 9, "damaged")]
)
def test_bad_files_end_in_one_sentence(tmp_path: Path, content: bytes | None, said: str) -> None:
    """A missing or broken file raises before any thread is started."""
    path = tmp_path / "m.gguf"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadFile, match=said):
        LocalModel.open(path, LocalOptions(), steady=SystemClock())


def test_free_memory_is_the_least_of_machine_and_container(tmp_path: Path) -> None:
    """A container's limit counts where it is smaller; what cannot be read is unknown."""
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal: 9000 kB\nMemAvailable:   8000 kB\n")
    group = tmp_path / "group"
    assert 8000 * 1024 == machine.free_memory(meminfo, group)
    group.mkdir()
    files = {"max": "5000000\n", "current": "3000000\n", "stat": "anon 1\ninactive_file 500000\n"}
    for name, text in files.items():
        (group / f"memory.{name}").write_text(text)
    assert 2_500_000 == machine.free_memory(meminfo, group)
    (group / "memory.max").write_text("max\n")
    assert 8000 * 1024 == machine.free_memory(meminfo, group)
    assert machine.free_memory(tmp_path / "absent", tmp_path / "absent") is None


def test_gpus_are_those_of_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """A CPU build finds none; a GPU's name and free memory come from the library's device list."""
    assert isinstance(machine.gpus(), tuple)
    monkeypatch.setattr(machine, "can_offload", lambda: True)
    monkeypatch.setattr(machine, "_ggml", lambda: Devices([(0, b"CPU", 1), (1, b"H100", 7)]))
    assert [("H100", 7)] == [(gpu.name, gpu.free_bytes) for gpu in machine.gpus()]
    assert 7 == machine.free_gpu_memory()
    shared = [(2, b"Iris", 9), (1, b"H100", 7)]
    monkeypatch.setattr(machine, "_ggml", lambda: Devices(shared))
    assert ["H100"] == [gpu.name for gpu in machine.gpus()]
    monkeypatch.setattr(machine, "_ggml", lambda: Devices(shared[:1]))
    assert ["Iris"] == [gpu.name for gpu in machine.gpus()]
    two = Devices([(1, b"A", 3 << 30), (1, b"B", 2 << 30)])
    monkeypatch.setattr(machine, "_ggml", lambda: two)
    assert (5 << 30) - RESERVE_BYTES == machine.free_gpu_memory()


class Devices:
    """ggml's device list."""

    def __init__(self, rows: Sequence[tuple[int, bytes, int]]) -> None:
        self._rows = rows

    def ggml_backend_dev_count(self) -> int:
        """How many."""
        return len(self._rows)

    def ggml_backend_dev_get(self, number: int) -> int:
        """One's handle."""
        return number

    def ggml_backend_dev_type(self, device: int) -> int:
        """Its kind."""
        return self._rows[device][0]

    def ggml_backend_dev_description(self, device: int) -> bytes:
        """Its name."""
        return self._rows[device][1]

    def ggml_backend_dev_memory(self, device: int, free: Any, total: Any) -> None:
        """Its memory."""
        free._obj.value = total._obj.value = self._rows[device][2]


def test_log_of_the_library_is_cut_and_kept(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lines come cut and without control characters; the last errors are remembered."""
    monkeypatch.setattr(EAR, "lines", 0)  # other tests may have used up what is written
    caplog.set_level("DEBUG", logger="jennie_cli.llama")
    EAR.hear(4, b"broken \x1b[31m" + b"x" * 900 + b"\n", None)
    EAR.hear(5, b"....", None)
    EAR.hear(3, None, None)
    assert EAR.errors[-1].startswith("broken [31mx")
    assert 300 == len(EAR.errors[-1])
    assert ["INFO"] == [record.levelname for record in caplog.records]
