"""A stock held is split overnight: the session moves its stop before the open, and sells nothing.

In the generated market of this seed one stock is split for five on the sixth session.
"""

import pytest
from tests.contract.test_trade_run import Home

SEED, CODE, SPLIT_FOR, QTY = "1", "966190", 5, 20
EVE, CLOSED, MORNING = "2025-07-07T15:00:00+09:00", "2025-07-07T15:50:00+09:00", "2025-07-08"

pytestmark = pytest.mark.slow


def test_a_split_moves_the_stop_and_the_shares(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Five shares of a fifth, told as such; without that the first price is a loss of 80 %."""
    home = Home(tmp_path_factory.mktemp("split") / "home")
    home.told("config", "set", "sim.seed", SEED)
    home.told("sim", "clock", "set", EVE)
    home.told("trade", "buy", CODE, str(QTY), "--yes")
    before = home.told("trade", "positions")["positions"][0]
    home.told("sim", "clock", "set", CLOSED)
    done = home.run("--lang", "en", "trade", "run", "--until", "09:02", "--json")
    assert 0 == done.returncode, done.stderr
    assert "base price 20.00% of the last close" in done.stderr
    assert f"{QTY} became {QTY * SPLIT_FOR} by the ex-date" in done.stderr
    after = home.told("trade", "positions")["positions"][0]
    assert (CODE, QTY * SPLIT_FOR) == (after["code"], after["qty"])
    assert before["avg_price"] == SPLIT_FOR * after["avg_price"]
    assert MORNING == home.told("sim", "clock", "show")["now"][:10]
    assert home.told("trade", "reconcile")["differences"] == []
