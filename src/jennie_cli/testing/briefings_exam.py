"""The exam of BriefingLog: subclass it in a test module and give `make`."""

from abc import ABC, abstractmethod
from dataclasses import replace
from datetime import date, datetime, timedelta

from jennie_cli.engine.briefing import (
    Bought,
    Briefing,
    BriefingLog,
    Comments,
    Held,
    Level,
    Listed,
    SecondTier,
    Story,
    Trade,
    Trades,
    Watch,
    Weather,
    Worth,
)
from jennie_cli.engine.clock import KST
from jennie_cli.engine.model import Side

FIVE = datetime(2026, 3, 4, 17, 0, 0, 123_456, tzinfo=KST)
_DAY = timedelta(days=1)
_CHIPS, _SHIPS = ("000010", "가온칩스텍"), ("000020", "한울조선")

WHOLE = Briefing(
    day=FIVE.date(),
    at=FIVE,
    profile="sim",
    source="generated",
    weather=Weather(
        kospi=Level(value=6_512.34, as_of=FIVE, change_pct=-1.23),
        kosdaq=Level(value=901.5, as_of=FIVE - _DAY, change_pct=0.4),
        usd_krw=Level(value=1_387.2, as_of=FIVE),
        sentiment="neutral_to_bullish",
        sentiment_score=63,
        regime="BULL",
        regime_day=FIVE.date(),
    ),
    worth=Worth(
        at=FIVE,
        total=50_300_000,
        settled_cash=42_000_000,
        orderable_cash=41_900_000,
        stock_value=8_300_000,
        unrealised=-120_000,
        previous_total=50_000_000,
        previous_day=date(2026, 3, 3),
    ),
    positions=(
        Held(
            code=_CHIPS[0],
            name=_CHIPS[1],
            qty=100,
            cost=8_420_000,
            price=83_000,
            value=8_300_000,
        ),
    ),
    differs=0,
    trades=Trades(
        shown=(
            Trade(
                at=FIVE - 5 * timedelta(hours=1),
                code=_SHIPS[0],
                name=_SHIPS[1],
                side=Side.SELL,
                qty=30,
                amount=1_530_000,
                fee=215,
                tax=3_060,
                profit=45_000,
            ),
        ),
        rest=0,
        bought=0,
        sold=1_530_000,
        realised=45_000,
        fees=215,
        taxes=3_060,
        costless_sales=0,
    ),
    second_tier=SecondTier(
        since=date(2026, 2, 26),
        buys=2,
        stocks=2,
        held=1,
        judged=2,
        winners=1,
        average_pct=0.75,
        best=(
            Bought(code=_SHIPS[0], name=_SHIPS[1], held=False, pnl_pct=3.03),
            Bought(code=_CHIPS[0], name=_CHIPS[1], held=True, pnl_pct=-1.43),
        ),
        worst=(),
    ),
    watch=Watch(
        day=FIVE.date(),
        listed=(
            Listed(
                rank=1,
                code=_CHIPS[0],
                name=_CHIPS[1],
                tier="TIER1",
                score=81.25,
                llm_score=78.0,
                simulated=True,
            ),
        ),
        rest=9,
    ),
    news=(
        Story(
            at=FIVE - timedelta(hours=2),
            code=_CHIPS[0],
            name=_CHIPS[1],
            title="가온칩스텍, 공급계약 <체결>",
            score=88,
            simulated=False,
        ),
    ),
    gaps={"macro": "The store is away."},
    comments=Comments(
        market="조용한 하루였어요.",
        portfolio="계좌가 조금 늘었어요.",
        tomorrow="환율을 살펴봐요.",
        closing="수고하셨어요.",
        model="claude-1",
        provider="claude",
    ),
)


class BriefingLogExam(ABC):
    """What a log of briefings must do wherever it is kept."""

    @abstractmethod
    def make(self) -> BriefingLog:
        """Return a log that holds what earlier logs of this test were given."""

    def test_a_briefing_comes_back_whole(self) -> None:
        """Every figure and every None, of its day and as the newest."""
        bare = replace(
            WHOLE, at=FIVE + _DAY, day=FIVE.date() + _DAY, worth=None, comments=None, silence="Why."
        )
        self.make().add(WHOLE)
        assert WHOLE == self.make().newest() == self.make().newest(WHOLE.day)
        self.make().add(bare)
        assert (bare, WHOLE) == (self.make().newest(), self.make().newest(WHOLE.day))

    def test_nothing_made_nothing_found(self) -> None:
        """Neither of a day nor of all."""
        assert self.make().newest() is None
        self.make().add(WHOLE)
        assert self.make().newest(WHOLE.day + _DAY) is None

    def test_a_day_told_again_is_told_by_the_last(self) -> None:
        """Within the day the moment counts, not the order of writing; one moment is one row."""
        late = replace(WHOLE, at=FIVE + timedelta(minutes=3))
        for one in (late, WHOLE, replace(late, differs=2)):
            self.make().add(one)
        assert replace(late, differs=2) == self.make().newest(WHOLE.day)
