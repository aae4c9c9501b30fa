"""A language model of random weights, small enough to be made anew by every test run.

It knows bytes, printable ASCII and a few pieces of JSON, so any UTF-8 text can be written and any
answer can come back. What it says means nothing; that is the point.
"""

from dataclasses import dataclass
from pathlib import Path

import gguf
import numpy as np

CHAT = (
    "{% for m in messages %}<|{{ m['role'] }}|>\n{{ m['content'] }}</s>\n{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>\n{% endif %}"
)
CONTROL = ("<unk>", "<s>", "</s>")
PIECES = ("\u2581", *map(chr, range(33, 127)), '{"', '":', '",', '"}', "true", "false", "null")
BOS, EOS = 1, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The sizes of a model; `context` is the length its header says it was trained for.

    `defined` are further words, of the kind that a model's makers define.
    """

    width: int = 64
    layers: int = 1
    hidden: int = 64
    heads: int = 4
    kv_heads: int = 2
    context: int = 4096
    seed: int = 7
    architecture: str = "llama"
    template: str | None = CHAT
    defined: tuple[str, ...] = ()


def write_tiny(path: Path, **shape: int | str | tuple[str, ...] | None) -> Path:
    """Write a GGUF of these sizes (see Shape) and return its path."""
    sizes = Shape(**shape)  # type: ignore[arg-type]  # the names are Shape's own
    writer = gguf.GGUFWriter(path, sizes.architecture)
    _header(writer, sizes)
    words = write_vocabulary(writer, sizes.defined)
    _tensors(writer, sizes, words)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _header(writer: gguf.GGUFWriter, sizes: Shape) -> None:
    writer.add_name("tiny-random")
    writer.add_context_length(sizes.context)
    writer.add_embedding_length(sizes.width)
    writer.add_block_count(sizes.layers)
    writer.add_feed_forward_length(sizes.hidden)
    writer.add_head_count(sizes.heads)
    writer.add_head_count_kv(sizes.kv_heads)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(sizes.width // sizes.heads)
    writer.add_rope_freq_base(10000.0)
    writer.add_file_type(0)
    if sizes.template is not None:
        writer.add_chat_template(sizes.template)


def write_vocabulary(writer: gguf.GGUFWriter, defined: tuple[str, ...] = ()) -> int:
    """Write the words and return how many there are."""
    kinds = gguf.TokenType
    rows = [(text, kinds.CONTROL) for text in CONTROL]
    rows[0] = (CONTROL[0], kinds.UNKNOWN)
    rows += [(f"<0x{byte:02X}>", kinds.BYTE) for byte in range(256)]
    rows += [(piece, kinds.NORMAL) for piece in PIECES]
    first = len(rows) - len(PIECES)
    rows += [(text, kinds.USER_DEFINED) for text in defined]
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_vocab_size(len(rows))
    writer.add_token_list([text for text, _ in rows])
    writer.add_token_scores([-float(max(0, place - first + 1)) for place in range(len(rows))])
    writer.add_token_types([kind for _, kind in rows])
    writer.add_bos_token_id(BOS)
    writer.add_eos_token_id(EOS)
    writer.add_unk_token_id(0)
    writer.add_add_bos_token(True)
    writer.add_add_space_prefix(False)
    return len(rows)


def _tensors(writer: gguf.GGUFWriter, sizes: Shape, words: int) -> None:
    chance = np.random.default_rng(sizes.seed)

    def add(name: str, *shape: int, scale: float = 0.05) -> None:
        drawn = chance.standard_normal(shape) * scale
        writer.add_tensor(name, drawn.astype(np.float32))

    width, hidden = sizes.width, sizes.hidden
    shared = width // sizes.heads * sizes.kv_heads
    add("token_embd.weight", words, width, scale=1.0)
    add("output.weight", words, width, scale=0.3)
    writer.add_tensor("output_norm.weight", np.ones(width, np.float32))
    for layer in range(sizes.layers):
        block = f"blk.{layer}."
        for norm in ("attn_norm", "ffn_norm"):
            writer.add_tensor(f"{block}{norm}.weight", np.ones(width, np.float32))
        for name, rows in (("q", width), ("k", shared), ("v", shared), ("output", width)):
            add(f"{block}attn_{name}.weight", rows, width)
        add(f"{block}ffn_gate.weight", hidden, width)
        add(f"{block}ffn_up.weight", hidden, width)
        add(f"{block}ffn_down.weight", width, hidden)
