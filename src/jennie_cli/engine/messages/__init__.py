"""The catalogue of words a trader reads, in Korean and English."""

from jennie_cli.engine.messages.amounts import amount, value_and_limit
from jennie_cli.engine.messages.catalogue import LANGS, known, text

__all__ = ["LANGS", "amount", "known", "text", "value_and_limit"]
