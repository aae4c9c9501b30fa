"""Who competes with whom."""

from datetime import date, datetime
from typing import Any

from jennie_cli.engine.clock import KST
from jennie_cli.engine.news import read_peers
from jennie_cli.engine.store import Dataset, MemoryFacts
from jennie_cli.testing import batch

AT = datetime(2026, 3, 3, 9, tzinfo=KST)


def master(code: str, sector: str | None, **given: Any) -> dict[str, Any]:
    """Return a row of the stock master."""
    known: dict[str, Any] = {
        "code": code,
        "name": f"회사{code[-2]}",
        "market": "KOSPI",
        "kind": "COMMON",
        "status": "NORMAL",
        "sector_fine": sector,
        "delisted_on": None,
    }
    return known | given


def test_competitors_are_the_living_of_one_sector() -> None:
    """Largest first, at most so many, never the stock itself."""
    facts = MemoryFacts()
    rows = [
        master("000010", "은행"),
        master("000020", "은행"),
        master("000030", "은행"),
        master("000040", "은행", status="HALTED"),
        master("000050", "은행", kind="PREFERRED"),
        master("000060", "은행", delisted_on=date(2026, 1, 5)),
        master("000070", "은행", delisted_on=date(2027, 1, 5)),
        master("000080", "조선"),
        master("000090", None),
    ]
    names = tuple(rows[0])
    told = [tuple(row[name] for name in names) for row in rows]
    caps = [
        (code, date(2026, 3, day), "KOSPI", 1, 1, 1, cap, 1)
        for code, day, cap in (("000020", 2, 5), ("000020", 1, 99), ("000030", 2, 9))
    ]
    facts.write(
        [
            batch(Dataset.STOCK_MASTER, told, *names, known_at=lambda _: AT),
            batch(
                Dataset.MARKET_CAPS,
                caps,
                *("code", "date", "market", "close", "volume", "value", "market_cap", "shares"),
                known_at=lambda _: AT,
            ),
        ]
    )
    peers = read_peers(facts, as_of=AT, most=2)
    assert ["000030", "000020"] == [peer.code for peer in peers.of("000010")]
    assert ["000030", "000020"] == [peer.code for peer in peers.of("000040")]
    assert [[], [], []] == [[*peers.of(code)] for code in ("000080", "000090", "999999")]
