"""The table of command families. It imports nothing, so the root help costs nothing."""

from typing import NamedTuple


class Family(NamedTuple):
    """A word after `jennie` and one line about it; its module has the same name.

    A `single` family is one command, such as `jennie init`; others hold commands.
    """

    name: str
    help: str
    single: bool = False


FAMILIES: tuple[Family, ...] = (
    Family("init", "Set up a home: profile, keys, model file", single=True),
    Family("doctor", "Check everything a day needs; say what to do", single=True),
    Family("config", "Settings with value, default and source"),
    Family("secrets", "Keys and account numbers, by name, never printed"),
    Family("data", "Import market data; coverage per table"),
    Family("calendar", "Trading days and their odd hours"),
    Family("scout", "Find the day's watchlist and explain it"),
    Family("regime", "The five-state market regime"),
    Family("sectors", "The 14 sectors with heat and caps"),
    Family("llm", "Models: choose, fetch, ask, measure, costs, check-up"),
    Family("macro", "Rates, currencies, indices and headlines of a day"),
    Family("news", "News: collected, judged, kept and shown"),
    Family("council", "The three sages: today's macro insight, and a question to them"),
    Family("briefing", "The day on one page: account, trades, news; the account's snapshot"),
    Family("trade", "Trade by hand; orders, fills, holdings; the trading flags"),
    Family("bot", "The chat bot: commands and notices in Telegram"),
    Family("backtest", "The past through the same rules; kept and compared"),
    Family("replay", "A recorded session again, byte for byte", single=True),
    Family("sim", "The built-in exchange: its world and its clock"),
)


def help_of(name: str) -> str:
    """Return the one line about a family. Raises KeyError."""
    return {f.name: f.help for f in FAMILIES}[name]
