"""A JSON Schema as a grammar that a model cannot leave: one line of JSON, ranges included."""

from jennie_cli.adapters.llama_cpp.grammar.failures import RecursiveSchema, UnsupportedSchema
from jennie_cli.adapters.llama_cpp.grammar.text import SECOND_BYTES
from jennie_cli.adapters.llama_cpp.grammar.translate import gbnf

__all__ = ["SECOND_BYTES", "RecursiveSchema", "UnsupportedSchema", "gbnf"]
