"""Models that run on this machine through llama.cpp."""

from jennie_cli.adapters.llama_cpp.grammar import gbnf

__all__ = ["gbnf"]
