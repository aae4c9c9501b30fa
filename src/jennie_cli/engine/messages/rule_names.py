"""What a rule is called in a list, where no sentence about one stock is made."""

from jennie_cli.engine.messages.catalogue import known, text

_ELSEWHERE = {"strategy": "strategy.name", "exit": "exit_reason"}
"""Rooms whose rules are mostly called as what they lead to."""


def rule_name(rule: str, lang: str) -> str:
    """Return the name of a rule in words, its id where it has none."""
    room, _, rest = rule.partition(".")
    keys = (f"rule.{rule}", f"{_ELSEWHERE.get(room, room)}.{rest.upper()}")
    return next((text(key, lang) for key in keys if known(key, lang)), rule)
