"""Rules of plugins: their ids are told apart from ours, whoever brings them."""

PREFIX = "plugin."
"""What the rule ids of every plugin begin with, and the name under which its strategy buys."""

WORKS = "works"
"""The rule that asks whether a plugin gave an answer at all; it fires when there is none."""


def is_of_guest(rule: str) -> bool:
    """Whether a rule id is that of a plugin's own rule, whose silence is worth a word."""
    return rule.startswith(PREFIX) and not rule.endswith(f".{WORKS}")
