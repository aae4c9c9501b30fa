"""Every rule that an order must pass before it is stamped, by id, with the unit it judges in.

These are asked once an order, not over a market, so a rule that stays silent for months is what one
hopes for; they stand apart from the rules whose silence is reported.
"""

from collections.abc import Mapping

from jennie_cli.engine.rules.check import Rule


def _rule(rule_id: str, *needs: str, unit: str = "") -> Rule:
    return Rule(id=f"risk.{rule_id}", needs=needs, unit=unit)


FLAGS_KNOWN = _rule("flags", "flags")
STOP = _rule("stop", "flags")
DRY_CHANGE = _rule("dry_run", "flags")
VENUE = _rule("venue", "broker")
TYPE = _rule("type", "broker")
DAY = _rule("day", "calendar")
PHASE = _rule("phase", "calendar")
KIND = _rule("kind", "master")
HALTED = _rule("halted", "quote")
LIQUIDATION = _rule("liquidation", "quote")
TICK = _rule("tick", "master", unit="KRW")
UPPER = _rule("upper_limit", "quote", unit="KRW")
LOWER = _rule("lower_limit", "quote", unit="KRW")
OPEN_ORDER = _rule("open_order", "ledger")
PRICED = _rule("priced", "ledger")
NEW_PRICE = _rule("new_price", "ledger", unit="KRW")
SELLABLE = _rule("sellable", "account", unit="shares")
CASH_KNOWN = _rule("cash_known", "account")
CASH = _rule("cash", "account", unit="shares")
CASH_MORE = _rule("cash_more", "account", unit="KRW")
ONE_SHARE = _rule("one_share", "account", unit="KRW")
ORDER_CAP = _rule("order_cap", "quote", unit="KRW")
DAY_CAP = _rule("day_cap", "ledger", unit="KRW")
REPEAT = _rule("repeat", "ledger", unit="seconds")

ORDER_RULES: Mapping[str, Rule] = {
    r.id: r for r in tuple(globals().values()) if isinstance(r, Rule)
}
"""Every rule by id, in the order in which they are asked."""
