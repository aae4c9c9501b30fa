"""What is taken from what a home keeps: the briefing, the charts, the sectors, the snapshot."""

from datetime import date, datetime, timedelta

import numpy as np
import pytest
from tests.unit.engine.council.sages import AT, DAY

from jennie_cli.engine.clock import KST
from jennie_cli.engine.council import CouncilPolicy, Figure, Post, gather
from jennie_cli.engine.council.briefing import chosen
from jennie_cli.engine.council.evidence import SectorMove
from jennie_cli.engine.council.gathering import read_charts, read_sectors
from jennie_cli.engine.council.momentum import momentum
from jennie_cli.engine.council.technicals import technicals
from jennie_cli.engine.macro.collecting import (
    Alert,
    Gap,
    MacroRecord,
    Politics,
    Scope,
)
from jennie_cli.engine.macro.collecting import Figure as Told
from jennie_cli.engine.model import PoliticalRisk
from jennie_cli.engine.sectors import SectorPolicy
from jennie_cli.engine.store import Batch, Dataset, MemoryFacts
from jennie_cli.testing import bars, batch, moment

POLICY = CouncilPolicy()
LONG = "가" * 301


def post(hours: float, text: str = LONG) -> Post:
    """Return a post of so many hours before the morning."""
    return Post(at=AT - timedelta(hours=hours), text=text)


def test_the_briefing_is_the_days_long_posts_longest_first() -> None:
    """Short posts and those of the day before are none."""
    longer = post(2, LONG + "나")
    posts = [post(1), longer, post(3, "짧다"), post(4, "가" * 300), post(8), post(-1)]
    assert (longer, post(1)) == chosen(posts, as_of=AT, day=DAY, policy=POLICY)


def test_only_the_newest_ten_are_looked_at() -> None:
    """Chatter may push the briefing out, as it did in the system before."""
    posts = [post(7.4), *(post(minutes / 60, "잡담") for minutes in range(10))]
    assert () == chosen(posts, as_of=AT, day=DAY, policy=POLICY)
    assert (post(7.4),) == chosen(posts[:10], as_of=AT, day=DAY, policy=POLICY)


def test_a_past_day_is_looked_back_to() -> None:
    """A day more for each day back, and what came after that day is not in the way."""
    yesterday = post(24)
    posts = [yesterday, *(post(minutes / 60, "오늘") for minutes in range(20))]
    day = DAY - timedelta(days=1)
    assert (yesterday,) == chosen(posts, as_of=AT, day=day, policy=POLICY)
    assert () == chosen([post(24.5)], as_of=AT, day=DAY, policy=POLICY)


def facts(*batches: Batch) -> MemoryFacts:
    """Return a store of these rows."""
    store = MemoryFacts()
    store.write(batches)
    return store


def posts_of(*rows: tuple[str, datetime, str]) -> Batch:
    """Return channel posts."""
    told = [(name, n, int(at.timestamp()), text) for n, (name, at, text) in enumerate(rows)]
    return batch(
        Dataset.CHANNEL_POSTS,
        told,
        "channel",
        "post",
        "posted_at",
        "text",
        known_at=lambda row: datetime.fromtimestamp(row[2], KST),
    )


def test_posts_are_read_from_the_store_as_known() -> None:
    """Another channel's are none, and the name may begin with @."""
    store = facts(
        posts_of(
            ("@HedgeCat0301", AT - timedelta(hours=1), LONG),
            ("other", AT - timedelta(hours=1), LONG),
            ("hedgecat0301", AT + timedelta(hours=1), LONG),
        )
    )
    told = gather(store, None, day=DAY, at=AT, policy=POLICY, sectors=SectorPolicy())
    assert (Post(at=AT - timedelta(hours=1), text=LONG),) == told.briefing
    assert ("hedgecat0301", {}, (), ()) == (
        told.channel,
        dict(told.figures),
        told.sectors,
        told.technicals,
    )


def test_charts_of_both_indices_by_either_name() -> None:
    """Rows of a later day are not known, and an index without rows has no chart."""
    days = [date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)]
    store = facts(
        batch(
            Dataset.INDEX_DAILY,
            [("0001", day, 100.0 + n) for n, day in enumerate(days)]
            + [("0001", date(2026, 2, 27), float("nan"))],
            "index_code",
            "date",
            "close",
            known_at=lambda row: moment(row[1], 16),
        )
    )
    (chart,) = read_charts(store, as_of=AT)
    assert ("KOSPI", days[1], 2, 101.0) == (chart.index, chart.day, chart.rows, chart.close)
    assert () == read_charts(facts(), as_of=AT)


def test_a_chart_of_few_rows_knows_little() -> None:
    """One close has no average of five, no RSI and no cross."""
    chart = technicals("KOSPI", DAY, np.array([100.0]))
    assert ({5: None, 20: None, 60: None, 120: None}, None, None, None, None, None, ()) == (
        dict(chart.means),
        chart.rsi,
        chart.upper,
        chart.lower,
        chart.macd,
        chart.signal,
        chart.crosses,
    )


def test_a_chart_of_many_rows_knows_all() -> None:
    """Only the last 150 rows count; a fall after a rise crosses down."""
    close = np.r_[np.full(50, 9_999.0), np.linspace(100.0, 200.0, 149), 60.0]
    chart = technicals("KOSPI", DAY, close)
    assert (150, 60.0) == (chart.rows, chart.close)
    assert pytest.approx(np.mean(close[-120:])) == chart.means[120]
    assert ("dead_5_20",) == chart.crosses
    assert chart.rsi is not None
    assert chart.rsi < 60
    assert chart.upper is not None
    assert chart.lower is not None
    assert chart.upper > chart.lower
    turned = np.r_[np.linspace(200.0, 100.0, 100), np.linspace(100.0, 150.0, 49)]
    fallen = technicals("KOSPI", DAY, np.r_[turned, 20.0])
    risen = technicals("KOSPI", DAY, np.r_[300.0 - turned, 400.0])
    assert (("dead_5_20", "macd_down"), ("golden_5_20", "macd_up")) == (
        fallen.crosses,
        risen.crosses,
    )


def test_leaders_and_laggards_are_five_each() -> None:
    """Of twelve sectors two are neither; no sector is both."""
    moves = [SectorMove(fine=f"업종{n:02}", group="금융", day_pct=float(n)) for n in range(12)]
    told = momentum([*moves, SectorMove(fine="모름", group="기타")])
    assert [f"업종{n:02}" for n in (11, 10, 9, 8, 7)] == [m.fine for m in told.top]
    assert [f"업종{n:02}" for n in (0, 1, 2, 3, 4)] == [m.fine for m in told.bottom]
    assert {"금융": 5.5} == told.groups


def test_the_snapshot_becomes_figures_and_headlines() -> None:
    """Units in words, derived spreads, what is missing or too old, and the feed's politics."""
    taken = AT - timedelta(minutes=30)
    record = MacroRecord(
        day=DAY,
        at=taken,
        scope=Scope.FULL,
        figures={
            "vix": Told(value=26.0, source="yahoo", as_of=taken),
            "kospi_foreign_net": Told(value=-120.0, source="naver", as_of=taken),
            "treasury_10y": Told(value=4.1, source="fred", as_of=taken),
            "treasury_2y": Told(value=3.9, source="fred", as_of=taken),
            "odd": Told(value=1.0, source="x", as_of=taken),
        },
        politics=Politics(
            score=55,
            level=PoliticalRisk.HIGH,
            raw=PoliticalRisk.HIGH,
            count=1,
            alerts=(
                Alert(title="관세", source="yna", at=taken, category="trade", severity="critical"),
            ),
        ),
        missing={"usd_krw": Gap(why="no_key")},
        stale=("bok_rate",),
        completeness_ratio=0.714,
    )
    told = gather(facts(), record, day=DAY, at=AT, policy=POLICY, sectors=SectorPolicy())
    assert (
        Figure(value=-120.0, unit="억원", source="naver", as_of=taken)
        == (told.figures["kospi_foreign_net"])
    )
    assert Figure(value=0.2, unit="%p") == told.figures["treasury_spread"]
    assert "rate_differential" not in told.figures
    assert ("", 71, ("bok_rate", "usd_krw"), "elevated", PoliticalRisk.HIGH, "관세") == (
        told.figures["odd"].unit,
        told.completeness_pct,
        told.missing,
        told.vix_regime,
        told.political,
        told.headlines[0].title,
    )
    bare = MacroRecord(day=DAY, at=taken, scope=Scope.QUICK, figures={})
    quiet = gather(facts(), bare, day=DAY, at=AT, policy=POLICY, sectors=SectorPolicy())
    assert (None, None, (), True) == (
        quiet.vix_regime,
        quiet.political,
        quiet.headlines,
        quiet.empty,
    )


def test_sectors_move_as_their_stocks_do() -> None:
    """The mean of the day by fine sector; a stock nobody placed counts nowhere."""
    days = [date(2026, 2, 26), date(2026, 2, 27), date(2026, 3, 3)]
    store = facts(
        bars(
            *(
                (code, day, price, price, price, price, 1)
                for code, last in (("000001", 102), ("000002", 104), ("000003", 90))
                for day, price in zip(days, (100, 100, last), strict=True)
            )
        ),
        batch(
            Dataset.STOCK_MASTER,
            [(c, c, "KOSPI", "COMMON", "NORMAL", "은행", "naver") for c in ("000001", "000002")],
            "code",
            "name",
            "market",
            "kind",
            "status",
            "sector_fine",
            "sector_source",
            known_at=lambda _: moment(days[0], 8),
        ),
    )
    (bank,) = read_sectors(store, as_of=AT, policy=SectorPolicy())
    assert ("은행", "금융") == (bank.fine, bank.group)
    assert pytest.approx(3.0) == bank.day_pct
