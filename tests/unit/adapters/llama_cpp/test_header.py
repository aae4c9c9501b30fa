"""A model file is understood, or refused by name before the library sees it."""

import struct
from contextlib import suppress
from pathlib import Path

import gguf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jennie_cli.adapters.llama_cpp.header import BLOCKS, read_header
from jennie_cli.engine.errors import BadFile


def test_header_tells_sizes(tiny: Path) -> None:
    """Architecture, name and numbers are those the file was written with."""
    header = read_header(tiny)
    assert ("llama", "tiny-random") == (header.architecture, header.name)
    assert (1, 64, 2) == (
        header.number("block_count"),
        header.number("embedding_length"),
        header.number("attention.head_count_kv"),
    )
    assert header.number("nothing") is None
    assert 0 < header.weight_bytes <= header.file_bytes


def test_block_sizes_are_those_of_ggml() -> None:
    """Each kind of weight has the block that the library's own package names."""
    theirs = {int(kind): size for kind, size in gguf.GGML_QUANT_SIZES.items()}
    assert {kind: theirs[kind] for kind in BLOCKS} == dict(BLOCKS)


@pytest.mark.parametrize("share", [0.05, 0.5, 0.99])
def test_cut_file_is_recognised(tiny: Path, tmp_path: Path, share: float) -> None:
    """A file without its end is cut off, wherever the cut is."""
    cut = tmp_path / "cut.gguf"
    data = tiny.read_bytes()
    cut.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(BadFile, match="cut off"):
        read_header(cut)


def test_missing_and_foreign_files_are_named(tmp_path: Path) -> None:
    """No file, an empty one and one of another kind each have their sentence."""
    with pytest.raises(BadFile, match="no model file"):
        read_header(tmp_path / "absent.gguf")
    for content in (b"", b"PK\x03\x04" + bytes(100)):
        foreign = tmp_path / "foreign.gguf"
        foreign.write_bytes(content)
        with pytest.raises(BadFile, match="not a GGUF"):
            read_header(foreign)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (struct.pack("<4sIQQ", b"GGUF", 9, 0, 0), "version 9"),
        (struct.pack("<4sIQQ", b"GGUF", 3, 2**60, 0), "a count of"),
        (struct.pack("<4sIQQ", b"GGUF", 3, 0, 2**60), "a count of"),
        (struct.pack("<4sIQQQ", b"GGUF", 3, 0, 1, 2**62), "a count of"),
        (struct.pack("<4sIQQQ1sII", b"GGUF", 3, 0, 1, 1, b"a", 99, 0), "a count of"),
        (struct.pack("<4sIQQQ1sIIQ", b"GGUF", 3, 0, 1, 1, b"a", 9, 9, 1), "array of arrays"),
        (struct.pack("<4sIQQQ1sIIQ", b"GGUF", 3, 0, 1, 1, b"a", 9, 4, 2**21), "cut off"),
    ],
)
def test_damage_is_named(tmp_path: Path, content: bytes, said: str) -> None:
    """Counts that cannot be are not believed."""
    bad = tmp_path / "bad.gguf"
    bad.write_bytes(content)
    with pytest.raises(BadFile, match=said):
        read_header(bad)


@given(data=st.binary(max_size=300))
def test_any_bytes_are_refused_by_name(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    """Whatever follows the magic, reading ends in a head or in a named refusal."""
    path = tmp_path_factory.mktemp("any") / "any.gguf"
    path.write_bytes(b"GGUF\x03\x00\x00\x00" + data)
    with suppress(BadFile):
        assert read_header(path).file_bytes == 8 + len(data)


def text(value: str) -> bytes:
    """Return a text as GGUF has it."""
    return struct.pack("<Q", len(value)) + value.encode()


def head(*pairs: tuple[str, int, bytes]) -> bytes:
    """Return a GGUF without tensors, with these keys of a kind and their bytes."""
    start = struct.pack("<4sIQQ", b"GGUF", 3, 0, len(pairs))
    told = (text(key) + struct.pack("<I", kind) + data for key, kind, data in pairs)
    return start + b"".join(told) + bytes(4096)


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        ([("split.count", 8, text("x"))], "no number"),
        ([("split.count", 6, struct.pack("<f", float("inf")))], "no number"),
        ([("split.count", 9, struct.pack("<IQI", 4, 1, 2))], "no number"),
        ([("unknown.block_count", 10, struct.pack("<Q", 2**63))], "blocks where"),
        ([("unknown.block_count", 4, struct.pack("<I", 2**28))], "blocks where"),
        ([("unknown.block_count", 5, struct.pack("<i", -1))], "blocks where"),
        ([(f"k{n}", 9, struct.pack("<IQ", 0, 2**20) + bytes(2**20)) for n in range(5)], "arrays"),
    ],
)
def test_hostile_values_are_damage(
    tmp_path: Path, pairs: list[tuple[str, int, bytes]], said: str
) -> None:
    """Values that would fill the memory, take for ever or be no numbers are named."""
    bad = tmp_path / "bad.gguf"
    bad.write_bytes(head(*pairs))
    with pytest.raises(BadFile, match=said):
        read_header(bad)


def test_part_of_a_split_model_is_refused(tmp_path: Path) -> None:
    """One of several files is no model."""
    path = tmp_path / "part.gguf"
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_uint16("split.count", 3)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()
    with pytest.raises(BadFile, match="one part"):
        read_header(path)
