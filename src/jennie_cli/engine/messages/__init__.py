"""The catalogue of words a trader reads, in Korean and English."""

from jennie_cli.engine.messages.amounts import amount, value_and_limit
from jennie_cli.engine.messages.catalogue import LANGS, known, text
from jennie_cli.engine.messages.rule_names import rule_name

__all__ = ["LANGS", "amount", "known", "rule_name", "text", "value_and_limit"]
