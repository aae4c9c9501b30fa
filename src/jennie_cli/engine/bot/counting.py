"""How many orders a chat gave today. While nobody can count, nothing is bought from a chat."""

from datetime import date

from jennie_cli.engine.bot.policy import BotPolicy
from jennie_cli.engine.bus import BusDown, Keys
from jennie_cli.engine.bus.names import BOT_TRADES
from jennie_cli.engine.errors import Refused
from jennie_cli.engine.messages import text
from jennie_cli.engine.model import Side


class ManualTrades:
    """Counts orders by chat and day."""

    def __init__(self, keys: Keys, *, policy: BotPolicy) -> None:
        """Count on the bus, so that a start does not forget."""
        self._keys, self._most = keys, policy.manual_trades

    async def count(self, chat: int, day: date, side: Side, lang: str) -> None:
        """Count one more order. Raises Refused beyond the limit, and for a buy that cannot be
        counted; a sale passes uncounted.
        """
        key = BOT_TRADES.of(f"{day:%Y%m%d}:{chat}")
        try:
            told = await self._keys.get(key)
            given = int(told) if told is not None and told.isdecimal() else 0
            if given < self._most:
                await self._keys.put(key, str(given + 1))
                return
        except BusDown as error:
            if side is Side.SELL:
                return
            raise Refused(
                text("bot.uncounted", lang), hint=text("bot.uncounted_hint", lang)
            ) from error
        raise Refused(
            text("bot.too_many", lang, count=given, most=self._most),
            hint=text("bot.too_many_hint", lang),
        )
