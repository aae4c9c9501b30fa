"""An encoder of random weights, of the kind that embedding models are."""

from pathlib import Path

import gguf
import numpy as np

WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *(f"\u2581{sign}" for sign in "abcdefghij"))
WIDTH, HEADS, HIDDEN, LAYERS, CONTEXT = 64, 4, 128, 2, 640


def write_bert(path: Path, *, pooling: int | None) -> Path:
    """Write a GGUF whose head names this pooling (None: none at all) and return its path."""
    writer = gguf.GGUFWriter(path, "bert")
    writer.add_name("tiny-bert")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(HIDDEN)
    writer.add_head_count(HEADS)
    writer.add_layer_norm_eps(1e-5)
    writer.add_causal_attention(value=False)
    if pooling is not None:
        writer.add_uint32("bert.pooling_type", pooling)
    _vocabulary(writer)
    _tensors(writer)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _vocabulary(writer: gguf.GGUFWriter) -> None:
    kinds = gguf.TokenType
    writer.add_tokenizer_model("bert")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(list(WORDS))
    writer.add_token_types([kinds.CONTROL] * 5 + [kinds.NORMAL] * (len(WORDS) - 5))
    writer.add_token_type_count(2)
    writer.add_unk_token_id(1)
    writer.add_bos_token_id(2)
    writer.add_sep_token_id(3)
    writer.add_eos_token_id(3)
    writer.add_pad_token_id(0)


def _tensors(writer: gguf.GGUFWriter) -> None:
    dice = np.random.default_rng(3)

    def pair(name: str, rows: int, width: int) -> None:
        drawn = dice.standard_normal((rows, width)) * 0.2
        writer.add_tensor(f"{name}.weight", drawn.astype(np.float32))
        writer.add_tensor(f"{name}.bias", dice.standard_normal(rows).astype(np.float32) * 0.1)

    def norm(name: str) -> None:
        writer.add_tensor(f"{name}.weight", np.ones(WIDTH, np.float32))
        writer.add_tensor(f"{name}.bias", np.zeros(WIDTH, np.float32))

    for name, rows in (("token_embd", len(WORDS)), ("token_types", 2), ("position_embd", CONTEXT)):
        drawn = dice.standard_normal((rows, WIDTH))
        writer.add_tensor(f"{name}.weight", drawn.astype(np.float32))
    norm("token_embd_norm")
    for layer in range(LAYERS):
        block = f"blk.{layer}."
        for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
            pair(block + name, WIDTH, WIDTH)
        pair(f"{block}ffn_up", HIDDEN, WIDTH)
        pair(f"{block}ffn_down", WIDTH, HIDDEN)
        norm(f"{block}attn_output_norm")
        norm(f"{block}layer_output_norm")
