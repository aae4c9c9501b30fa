"""A language model of random weights whose layers mostly look back no further than a window."""

from pathlib import Path

import gguf
import numpy as np
from tests.unit.adapters.llama_cpp.tiny import CHAT, write_vocabulary

WINDOW = 16
WIDTH, HEADS, KV_HEADS, HEAD, HIDDEN, LAYERS = 64, 4, 2, 16, 64, 6


def write_window(path: Path) -> Path:
    """Write a GGUF of the kind of Gemma 3 and return its path."""
    writer = gguf.GGUFWriter(path, "gemma3")
    writer.add_name("tiny-window")
    writer.add_context_length(4096)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(HIDDEN)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_key_length(HEAD)
    writer.add_value_length(HEAD)
    writer.add_rope_freq_base(10000.0)
    writer.add_sliding_window(WINDOW)
    writer.add_file_type(0)
    writer.add_chat_template(CHAT)
    _tensors(writer, write_vocabulary(writer))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _tensors(writer: gguf.GGUFWriter, words: int) -> None:
    dice = np.random.default_rng(3)

    def add(name: str, rows: int, width: int) -> None:
        drawn = dice.standard_normal((rows, width)) * 0.2
        writer.add_tensor(f"{name}.weight", drawn.astype(np.float32))

    def norm(name: str, width: int = WIDTH) -> None:
        writer.add_tensor(f"{name}.weight", np.ones(width, np.float32))

    add("token_embd", words, WIDTH)
    norm("output_norm")
    for layer in range(LAYERS):
        block = f"blk.{layer}."
        for name in ("attn_norm", "post_attention_norm", "ffn_norm", "post_ffw_norm"):
            norm(block + name)
        norm(f"{block}attn_q_norm", HEAD)
        norm(f"{block}attn_k_norm", HEAD)
        add(f"{block}attn_q", HEADS * HEAD, WIDTH)
        add(f"{block}attn_k", KV_HEADS * HEAD, WIDTH)
        add(f"{block}attn_v", KV_HEADS * HEAD, WIDTH)
        add(f"{block}attn_output", WIDTH, HEADS * HEAD)
        add(f"{block}ffn_gate", HIDDEN, WIDTH)
        add(f"{block}ffn_up", HIDDEN, WIDTH)
        add(f"{block}ffn_down", WIDTH, HIDDEN)
