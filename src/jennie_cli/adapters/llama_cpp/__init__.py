"""Models that run on this machine through llama.cpp, many answers at a time."""

from jennie_cli.adapters.llama_cpp.bench import BenchResult, bench
from jennie_cli.adapters.llama_cpp.embedder import LocalEmbedder
from jennie_cli.adapters.llama_cpp.grammar import gbnf
from jennie_cli.adapters.llama_cpp.header import Header, read_header
from jennie_cli.adapters.llama_cpp.machine import Gpu, gpus
from jennie_cli.adapters.llama_cpp.provider import LocalFacts, LocalModel

__all__ = [
    "BenchResult",
    "Gpu",
    "Header",
    "LocalEmbedder",
    "LocalFacts",
    "LocalModel",
    "bench",
    "gbnf",
    "gpus",
    "read_header",
]
