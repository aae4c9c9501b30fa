"""What a caller asks of one run, and what earlier runs left for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from jennie_cli.engine.model import Market
from jennie_cli.engine.scout.recalling import Recalled


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoutRequest:
    """One run. None where nothing supplies the answer yet: its rules wait instead of guessing.

    `universe`, `scorer` and `stability` override the settings; `board` limits the run to one
    market. `held` and `sold_24h` are codes, `risk_off_level` 0..3, the council's sectors groups.
    `recalled` are stocks that archived news names, none without an archive, None when it could not
    be read; `recalled_by` is the model that compared them, "words" where no vectors could be had.
    """

    run_id: str
    trade_date: date
    universe: int | None = None
    board: Market | None = None
    scorer: str | None = None
    stability: bool | None = None
    use_llm: bool = True
    held: frozenset[str] | None = None
    sold_24h: frozenset[str] | None = None
    risk_off_level: int | None = None
    council_avoid: frozenset[str] | None = None
    council_favour: frozenset[str] | None = None
    recalled: tuple[Recalled, ...] | None = ()
    recalled_by: str = ""

    @property
    def standing(self) -> bool:
        """Tell whether no option narrowed the run, so that others may trade by it."""
        return self.universe is None and self.board is None and self.scorer is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Previous:
    """Hybrid scores of earlier sessions (newest first), and who was on their newest watchlist."""

    hybrids: tuple[Mapping[str, float], ...] = ()
    watchlist: frozenset[str] = frozenset()
