"""What the benchmark of a GPU says, on a machine without one."""

import json
import subprocess
from argparse import Namespace
from pathlib import Path

import pytest

pytest.importorskip("llama_cpp", reason="needs the extra [llm]")

from benchmarks import llm_gpu
from benchmarks.llm_gpu import Row, Sizes, Table

from jennie_cli.adapters.llama_cpp.header import Header, Tensor, read_header

SIZES = Sizes(prefix=20, tail=5, answer=4)


def program(path: Path, body: str) -> Path:
    """Return a program of a shell."""
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def row(sequences: int, decode: float, seconds: float = 1.0) -> Row:
    """Return a line of the table."""
    return Row(name="x", sequences=sequences, seconds=seconds, decode=decode)


def test_bench_of_others_is_asked_for_a_unified_cache(tmp_path: Path) -> None:
    """It shares the prompt's cells, and its context holds the prompt once and every answer."""
    told = json.dumps({"pl": 8, "t": 2.0, "speed_tg": 40.0})
    bench = program(tmp_path / "bench", f"echo \"$@\" > {tmp_path}/said; echo '{told}'")
    asked = Namespace(batched_bench=bench, gpu_layers=-1)
    (found,) = llm_gpu.theirs(tmp_path / "m.gguf", [1, 8], SIZES, asked)
    assert (8, 4.0, 40.0) == (found.sequences, found.requests_s, found.decode)
    said = (tmp_path / "said").read_text().split()
    assert {"-pps", "-kvu"} <= set(said)
    assert 25 + 8 * 4 <= int(said[said.index("-c") + 1])


def test_row_that_is_missing_is_a_miss(
    tiny: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A bench that skips a row misses the goal; one that was not asked for does not."""
    monkeypatch.setattr(llm_gpu, "gpus", lambda: ("H100",))
    head, rows = read_header(tiny), [row(8, 90.0), row(32, 90.0)]
    alone = row(1, 10.0)
    for own, missed in (
        (None, 0),
        ([row(8, 100.0), row(32, 100.0)], 0),
        ([row(8, 100.0)], 1),
        ([], 1),
        ([row(8, 100.0), row(32, 200.0)], 1),
    ):
        table = Table(alone=alone, ours=rows, own=own)
        assert missed == llm_gpu._judge(head, table, SIZES, 0.0)
        skipped = 0 if own is None else 2 - len(own)
        assert skipped == capsys.readouterr().out.count("no row of llama-batched-bench")


@pytest.mark.parametrize(("output", "read"), [(0, 107), (50, 57)])
def test_floor_reads_the_table_of_the_output(output: int, read: int) -> None:
    """One table for words and output is read whole; of two only the output's is."""
    sizes = {"token_embd.weight": 100, "output.weight": output, "output_norm.weight": 2}
    tensors = tuple(
        Tensor(name=name, offset=0, size=size)
        for name, size in (sizes | {"blk.0.a": 5}).items()
        if size
    )
    header = Header(path=Path("m"), file_bytes=9, meta={}, tensors=tensors)
    assert 3 * 1e6 / read == llm_gpu.floor(header, 3, SIZES, 1e6)


def test_own_rows_are_shown_before_a_program_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was measured is not lost with the program of others."""
    bench = program(tmp_path / "bench", "exit 3")
    words = "--layers 1 --embd 128 --words 512 --prefix 20 --tail 5 --answer 4 --sequences 1"
    words += f" --serial 1 --threads 1 --gpu-layers 0 --batched-bench {bench}"
    monkeypatch.setattr("sys.argv", ["llm_gpu", *words.split()])
    with pytest.raises(subprocess.CalledProcessError):
        llm_gpu.main()
    assert "our batch" in capsys.readouterr().out
