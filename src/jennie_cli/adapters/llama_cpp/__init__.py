"""Models that run on this machine through llama.cpp."""

from jennie_cli.adapters.llama_cpp.catalogue import Recommended, recommended
from jennie_cli.adapters.llama_cpp.grammar import gbnf

__all__ = ["Recommended", "gbnf", "recommended"]
