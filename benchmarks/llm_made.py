"""Writes a language model with made weights: the shape and speed of a real one, and no sense.

Weights are one random block of Q4_0 repeated, so that eight billion of them are written in the time
the disk takes; what a step costs does not depend on their values.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import gguf
import numpy as np
from gguf.quants import quantize
from numpy.typing import NDArray

BLOCK_ROWS = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Sizes of a llama-like model; the defaults are those of EXAONE 3.5 7.8B."""

    layers: int = 32
    width: int = 4096
    hidden: int = 14336
    heads: int = 32
    kv_heads: int = 8
    words: int = 102_400
    context: int = 131_072


EXAONE = Shape()
TINY = Shape(layers=2, width=128, hidden=256, heads=4, kv_heads=2, words=4096, context=65_536)


def write_made(path: Path, shape: Shape, *, seed: int = 7) -> Path:
    """Write a GGUF of this shape in Q4_0 and return its path."""
    writer = gguf.GGUFWriter(path, "llama")
    _head(writer, shape)
    _words(writer, shape.words)
    dice = np.random.default_rng(seed)
    kv = shape.width // shape.heads * shape.kv_heads
    _matrix(writer, dice, "token_embd.weight", shape.words, shape.width)
    _matrix(writer, dice, "output.weight", shape.words, shape.width)
    _ones(writer, "output_norm.weight", shape.width)
    for layer in range(shape.layers):
        block = f"blk.{layer}."
        _ones(writer, f"{block}attn_norm.weight", shape.width)
        _ones(writer, f"{block}ffn_norm.weight", shape.width)
        for name, rows in (("q", shape.width), ("k", kv), ("v", kv), ("output", shape.width)):
            _matrix(writer, dice, f"{block}attn_{name}.weight", rows, shape.width)
        _matrix(writer, dice, f"{block}ffn_gate.weight", shape.hidden, shape.width)
        _matrix(writer, dice, f"{block}ffn_up.weight", shape.hidden, shape.width)
        _matrix(writer, dice, f"{block}ffn_down.weight", shape.width, shape.hidden)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _head(writer: gguf.GGUFWriter, shape: Shape) -> None:
    writer.add_name("made")
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.hidden)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(shape.width // shape.heads)
    writer.add_rope_freq_base(1_000_000.0)
    writer.add_file_type(2)


def _words(writer: gguf.GGUFWriter, count: int) -> None:
    kinds = gguf.TokenType
    rows = [("<unk>", kinds.UNKNOWN), ("<s>", kinds.CONTROL), ("</s>", kinds.CONTROL)]
    rows += [(f"<0x{byte:02X}>", kinds.BYTE) for byte in range(256)]
    rows += [(sign, kinds.NORMAL) for sign in ("\u2581", *map(chr, range(33, 127)))]
    rows += [(f"w{n}\u2581", kinds.NORMAL) for n in range(count - len(rows))]
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_vocab_size(count)
    writer.add_token_list([text for text, _ in rows])
    writer.add_token_scores([-float(n) for n in range(count)])
    writer.add_token_types([kind for _, kind in rows])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_add_bos_token(True)
    writer.add_add_space_prefix(False)


def _matrix(
    writer: gguf.GGUFWriter, dice: np.random.Generator, name: str, rows: int, width: int
) -> None:
    drawn = (dice.standard_normal((BLOCK_ROWS, width)) / np.sqrt(width)).astype(np.float32)
    block: NDArray[np.uint8] = quantize(drawn, gguf.GGMLQuantizationType.Q4_0)
    times = -(-rows // BLOCK_ROWS)
    turned = [np.roll(block, n, axis=0) for n in range(times)]
    data = np.concatenate(turned)[:rows]
    writer.add_tensor(name, data, raw_dtype=gguf.GGMLQuantizationType.Q4_0)


def _ones(writer: gguf.GGUFWriter, name: str, width: int) -> None:
    writer.add_tensor(name, np.ones(width, np.float32))


def main() -> int:
    """Write the model that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("path", type=Path)
    parser.add_argument("--layers", type=int, default=EXAONE.layers)
    parser.add_argument("--embd", type=int, default=EXAONE.width)
    parser.add_argument("--hidden", type=int, default=EXAONE.hidden)
    parser.add_argument("--words", type=int, default=EXAONE.words)
    asked = parser.parse_args()
    heads = max(1, asked.embd // 128)
    shape = Shape(
        layers=asked.layers,
        width=asked.embd,
        hidden=asked.hidden,
        heads=heads,
        kv_heads=max(1, heads // 4),
        words=asked.words,
    )
    print(f"{write_made(asked.path, shape)}: {asked.path.stat().st_size / 1e9:.2f} GB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
