"""Every rule of the automatic stamp by id: what may be bought, how much of it, what may be sold.

The first ones decide, the `size_` ones are the steps of a size, each with the shares or the factor
it gave, the last ones are those of a sale. Like the rules of an order by hand they are asked once
an order, so their silence is no news.
"""

from collections.abc import Mapping

from jennie_cli.engine.rules.check import Rule


def _rule(rule_id: str, *needs: str, unit: str = "") -> Rule:
    return Rule(id=f"risk.{rule_id}", needs=needs, unit=unit)


PAUSE = _rule("pause", "flags")
BUS = _rule("bus", "bus")
LOSS_LATCH = _rule("loss_latch", "ledger")
AGE = _rule("age", "clock", unit="seconds")
BREAKER = _rule("breaker", "events")
ENTRY_HOURS = _rule("entry_hours", "calendar")
TAKEN = _rule("taken", "bus")
TRADABLE = _rule("tradable", "watchlist")
TAG_KNOWN = _rule("tag_known", "watchlist")
CONTEXT = _rule("context", "macro")
AVOIDED = _rule("avoided", "macro")
THROTTLE = _rule("throttle", "macro")
DAY_KNOWN = _rule("day_known", "ledger")
DAY_BUYS = _rule("day_buys", "ledger", unit="orders")
HELD_KNOWN = _rule("held_known", "account")
MAX_HELD = _rule("max_held", "account", unit="stocks")
HELD = _rule("held", "account")
PAST_KNOWN = _rule("past_known", "ledger")
JUST_BOUGHT = _rule("just_bought", "ledger", unit="seconds")
JUST_SOLD = _rule("just_sold", "ledger", unit="seconds")
STOPPED_OUT = _rule("stopped_out", "ledger", unit="rows")
SCORE_FLOOR = _rule("score_floor", "watchlist", unit="points")
LOCKED = _rule("locked", "bus")
QUOTE = _rule("quote", "quote")
CHASE = _rule("chase", "quote", unit="KRW")
TOP_CHANGE = _rule("top_change", "quote", unit="pct")
TOP_PRICE = _rule("top_price", "quote", unit="KRW")
ENTRY_PRICE = _rule("entry_price", "master", unit="KRW")
VALUED = _rule("valued", "quote")
PROTECTED = _rule("protected", "exits")
TOTAL = _rule("total", "account", unit="KRW")
CLOSE_KNOWN = _rule("close_known", "snapshot")
DAY_LOSS = _rule("day_loss", "snapshot", unit="KRW")
CORRELATION = _rule("correlation", "bars", unit="number")
CORRELATION_UNKNOWN = _rule("correlation_unknown", "bars", unit="number")

SIZE_BUDGET = _rule("size_budget", "account", unit="KRW")
SIZE_ATR = _rule("size_atr", "bars", unit="KRW")
SIZE_UNIT = _rule("size_unit", "bars", unit="KRW")
SIZE_RAW = _rule("size_raw", "account", unit="shares")
SIZE_ORDER_CAP = _rule("size_order_cap", "settings", unit="shares")
SIZE_DAY_CAP = _rule("size_day_cap", "ledger", unit="shares")
SIZE_POSITION = _rule("size_position", "account", unit="shares")
SIZE_CASH = _rule("size_cash", "account", unit="shares")
SMART_SKIP = _rule("smart_skip", "account", unit="shares")
SIZE_HEAT = _rule("size_heat", "exits", unit="shares")
FACTOR_TIER = _rule("factor_tier", "watchlist", unit="number")
FACTOR_TAG = _rule("factor_tag", "watchlist", unit="number")
FACTOR_MACRO = _rule("factor_macro", "macro", unit="number")
FACTOR_STALE = _rule("factor_stale", "watchlist", unit="number")
FACTOR_CORRELATION = _rule("factor_correlation", "bars", unit="number")
FACTOR = _rule("factor", "macro", unit="number")
SIZE = _rule("size", "account", unit="shares")

SECTOR_COUNT = _rule("sector_count", "master", unit="stocks")
SECTOR_LOGGED = _rule("sector_logged", "master", unit="stocks")
CASH_FLOOR = _rule("cash_floor", "account", unit="KRW")
CASH_LOGGED = _rule("cash_logged", "account", unit="KRW")
SECTOR_VALUE = _rule("sector_value", "account", unit="KRW")
STOCK_VALUE = _rule("stock_value", "account", unit="KRW")
SPREAD_SKIP = _rule("spread_skip", "account", unit="shares")
POSITION = _rule("position", "account", unit="KRW")
HEAT = _rule("heat", "exits", unit="KRW")

FROZEN = _rule("frozen", "flags")
EXIT_HOURS = _rule("exit_hours", "calendar")
EXIT_HALTED = _rule("exit_halted", "quote")
EXIT_QTY = _rule("exit_qty", "account", unit="shares")
EXIT_AT_FLOOR = _rule("exit_at_floor", "quote", unit="KRW")

BUYING_RULES: Mapping[str, Rule] = {
    r.id: r for r in tuple(globals().values()) if isinstance(r, Rule)
}
"""Every rule by id, in the order in which they are asked."""
