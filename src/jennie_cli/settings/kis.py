"""How KIS is reached and how hard it may be asked; the keys themselves are secrets."""

from dataclasses import dataclass
from datetime import date, timedelta

from jennie_cli.engine.errors import SettingsError
from jennie_cli.engine.model import setting


@dataclass(frozen=True, slots=True, kw_only=True)
class KisOptions:
    """Korea Investment & Securities: addresses, rates and patience."""

    real_url: str = setting("", "REST address of a real key; empty = the one of KIS.")
    real_socket_url: str = setting("", "WebSocket address of a real key; empty = the one of KIS.")
    paper_url: str = setting("", "REST address of a 모의투자 key; empty = the one of KIS.")
    paper_socket_url: str = setting(
        "", "WebSocket address of a 모의투자 key; empty = the one of KIS."
    )
    real_rate: float = setting(
        15.0, "Calls a second with a real key; KIS allows 18.", unit="calls/s", low=0.1, high=18.0
    )
    paper_rate: float = setting(
        1.0, "Calls a second with a 모의투자 key; KIS allows 1.", unit="calls/s", low=0.1, high=1.0
    )
    new_key_rate: float = setting(
        3.0,
        "Calls a second in the first days of a real key; KIS allows 3.",
        unit="calls/s",
        low=0.1,
        high=3.0,
    )
    new_key_days: int = setting(3, "How long a real key is new.", unit="days", low=0, high=30)
    key_first_used: str = setting(
        "", "Day the real key was first used, YYYY-MM-DD; empty = the day jennie first used it."
    )
    order_timeout_s: float = setting(
        10.0, "An order call without an answer is UNKNOWN after this.", unit="s", low=0.1, high=60.0
    )
    data_timeout_s: float = setting(
        5.0, "A reading call without an answer has failed after this.", unit="s", low=0.1, high=60.0
    )
    order_wait_s: float = setting(
        4.5,
        "Longest wait of an order call for its turn; then it is not sent.",
        unit="s",
        low=0.1,
        high=60.0,
    )
    data_wait_s: float = setting(
        2.0, "Longest wait of a market data call for its turn.", unit="s", low=0.1, high=600.0
    )
    poll_held_s: float = setting(
        3.0,
        "Between two polls of a held stock without a stream.",
        unit="s",
        low=0.5,
        high=60.0,
        env="KIS_POLLING_INTERVAL_SEC",
    )
    poll_others_s: float = setting(
        10.0, "Between two polls of another stock without a stream.", unit="s", low=0.5, high=300.0
    )
    silence_s: float = setting(
        30.0, "A socket that says nothing for so long is replaced.", unit="s", low=0.1, high=300.0
    )

    def is_new_key(self, day: date, *, since: date | None = None) -> bool:
        """Whether the real key is in its first days; `since` counts where no day is set.

        Raises SettingsError for a bad date.
        """
        first = self._first_used() or since
        return first is not None and first <= day < first + timedelta(days=self.new_key_days)

    def _first_used(self) -> date | None:
        if not self.key_first_used:
            return None
        try:
            return date.fromisoformat(self.key_first_used)
        except ValueError:
            raise SettingsError(
                f"kis.key_first_used is no date: '{self.key_first_used}'.",
                hint="jennie config set kis.key_first_used YYYY-MM-DD",
            ) from None
