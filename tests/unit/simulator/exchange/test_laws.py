"""Laws that hold for any tape and any orders, however time is cut into steps."""

from collections import Counter
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.simulator.exchange.floor import CLOSE, CODE, DAY, INTAKE, MINUTE, listing, session

from jennie_cli.engine.errors import InputError
from jennie_cli.engine.feed import DayBar
from jennie_cli.engine.model import Side
from jennie_cli.simulator.exchange import (
    Ended,
    EndReason,
    Exchange,
    ExchangeOrder,
    Executed,
    Happening,
    Pricing,
    Rejected,
    Remainder,
    Traded,
    TradingMode,
)
from jennie_cli.simulator.tapes import generated_prints

pytestmark = pytest.mark.slow

OTHER = "990002"
LONG = settings(max_examples=20, deadline=None)


@dataclass(frozen=True, kw_only=True)
class Act:
    """One thing a member does: enter, cut or move an order, or see a halt or break put in."""

    at: int
    kind: str
    side: Side
    pricing: Pricing
    remainder: Remainder
    qty: int
    price: int
    target: int
    code: str


@st.composite
def acts(draw: st.DrawFn) -> list[Act]:
    """Draw a day's acts in order of time, most of them near the tape's prices."""
    found = []
    kinds = st.sampled_from(["enter"] * 8 + ["cut", "move", "halt", "resume", "break"])
    for at in sorted(draw(st.lists(st.integers(INTAKE, CLOSE), min_size=1, max_size=25))):
        act = Act(
            at=at,
            kind=draw(kinds),
            side=draw(st.sampled_from(Side)),
            pricing=draw(st.sampled_from(Pricing)),
            remainder=draw(st.sampled_from(Remainder)),
            qty=draw(st.integers(1, 3000)),
            price=draw(st.integers(900, 1100)) * 10,
            target=draw(st.integers(0, 24)),
            code=draw(st.sampled_from([CODE, OTHER])),
        )
        found.append(act)
    return found


@st.composite
def venues(draw: st.DrawFn) -> tuple[DayBar, TradingMode, int]:
    """Draw what an exchange is made from."""
    low = draw(st.integers(900, 1000)) * 10
    high = low + draw(st.integers(0, 150)) * 10
    opened, close = (draw(st.integers(low // 10, high // 10)) * 10 for _ in range(2))
    volume = draw(st.integers(4, 20_000))
    bar = DayBar(code=CODE, day=DAY, open=opened, high=high, low=low, close=close, volume=volume)
    mode = draw(st.sampled_from([TradingMode.CONTINUOUS] * 4 + [TradingMode.SINGLE_PRICE]))
    return bar, mode, draw(st.integers(0, 99))


def opened(made: tuple[DayBar, TradingMode, int]) -> Exchange:
    """Return an exchange of two stocks."""
    bar, mode, seed = made
    listings = [listing(mode=mode), listing(code=OTHER)]
    tapes = {
        one.code: generated_prints(seed=seed, session=session(), bar=bar, listing=one)
        for one in listings
    }
    return Exchange(session=session(), listings=listings, prints=tapes, seed=seed)


def act(venue: Exchange, number: int, one: Act) -> list[Happening]:
    """Do one act; what the exchange rejects does nothing."""
    try:
        match one.kind:
            case "enter":
                return venue.enter(made_order(number, one))
            case "cut":
                return venue.reduce(str(one.target), one.qty if one.qty % 2 else None)
            case "move":
                return venue.replace(str(one.target), str(number), price=one.price)
            case "halt":
                venue.halt(one.code, one.at + 1)
            case "resume":
                venue.resume(one.code, one.at + 1)
            case _:
                venue.break_market(one.at + 1)
    except (Rejected, InputError):
        pass
    return []


def made_order(number: int, one: Act) -> ExchangeOrder:
    """Return the order of an act."""
    stop = one.price if one.pricing is Pricing.STOP_LIMIT else None
    return ExchangeOrder(
        number=str(number),
        owner=f"owner {number % 3}",
        code=one.code,
        side=one.side,
        qty=one.qty,
        pricing=one.pricing,
        price=one.price if one.pricing.names_price else None,
        stop=stop,
        remainder=one.remainder,
    )


def played(venue: Exchange, script: list[Act], cuts: list[int]) -> list[Happening]:
    """Return everything that happened when time also stops at the cuts."""
    happened: list[Happening] = []
    steps = [(one.at, 1, n) for n, one in enumerate(script)] + [(at, 0, -1) for at in cuts]
    for at, _, n in sorted(steps):
        happened += venue.advance(at)
        if n >= 0:
            happened += act(venue, n, script[n])
        else:
            venue.book(CODE)
            venue.board(OTHER)
    return happened + venue.advance(CLOSE + MINUTE)


@given(made=venues(), script=acts(), cuts=st.lists(st.integers(0, CLOSE), max_size=40))
@LONG
def test_how_time_is_cut_changes_nothing(
    made: tuple[DayBar, TradingMode, int], script: list[Act], cuts: list[int]
) -> None:
    """The same tape and acts at the same ms give the same happenings, looked at or not."""
    assert played(opened(made), script, []) == played(opened(made), script, cuts)


@given(made=venues(), script=acts())
@LONG
def test_shares_are_neither_made_nor_lost(
    made: tuple[DayBar, TradingMode, int], script: list[Act]
) -> None:
    """What an order traded, what was cut from it and what died with it are its quantity."""
    venue = opened(made)
    happened = played(venue, script, [])
    filled, dead = Counter[str](), Counter[str]()
    for one in happened:
        if isinstance(one, Executed):
            filled[one.number] += one.qty
        elif isinstance(one, Ended):
            dead[one.number] += 1
            assert one.reason is not EndReason.FILLED or 0 == one.qty
    assert set(filled) <= set(dead)
    assert {1} >= set(dead.values())
    for number in dead:
        entered = script[int(number)]
        whole = entered.qty if entered.kind == "enter" else 25 * 3000
        assert filled[number] <= whole
        assert 0 == venue.left(number)


@given(made=venues(), script=acts())
@LONG
def test_no_order_trades_beyond_its_own_limit(
    made: tuple[DayBar, TradingMode, int], script: list[Act]
) -> None:
    """A buy never pays more than it named, a sell never gets less."""
    for one in played(opened(made), script, []):
        if isinstance(one, Executed):
            entered = script[int(one.number)]
            if entered.kind == "enter" and entered.pricing in {Pricing.LIMIT, Pricing.STOP_LIMIT}:
                worse = one.price > entered.price
                worse = worse if one.side is Side.BUY else one.price < entered.price
                assert not worse


@given(made=venues(), script=acts(), cuts=st.lists(st.integers(0, CLOSE), max_size=40))
@LONG
def test_the_book_is_never_crossed_and_always_in_order(
    made: tuple[DayBar, TradingMode, int], script: list[Act], cuts: list[int]
) -> None:
    """Bids stand below asks, best first, inside the limits, each level with shares."""
    venue = opened(made)
    steps = [(one.at, 1, n) for n, one in enumerate(script)] + [(at, 0, -1) for at in cuts]
    for at, _, n in sorted(steps):
        venue.advance(at)
        if n >= 0:
            act(venue, n, script[n])
        for code in venue.codes:
            book, board = venue.book(code), venue.board(code)
            asks, bids = [p for p, _ in book.asks], [p for p, _ in book.bids]
            assert sorted(set(asks)) == asks
            assert sorted(set(bids), reverse=True) == bids
            assert not (asks and bids) or bids[0] < asks[0]
            assert all(qty > 0 for _, qty in (*book.asks, *book.bids))
            assert all(board.lower_limit <= p <= board.upper_limit for p in (*asks, *bids))
            assert max(len(asks), len(bids)) <= 10


@given(made=venues(), script=acts())
@LONG
def test_the_board_adds_up(made: tuple[DayBar, TradingMode, int], script: list[Act]) -> None:
    """The day's volume is the tape's that traded and the members' own; streams agree with it."""
    venue = opened(made)
    happened = played(venue, script, [])
    for code in venue.codes:
        own = sum(h.qty for h in happened if isinstance(h, Traded) and h.code == code)
        board, whole = venue.board(code), venue.prints_so_far(code)
        assert board.volume == int(whole.qty.sum())
        assert board.value == int((whole.price * whole.qty).sum())
        assert len(whole) == board.trades
        halted = any(one.kind == "halt" and one.code == code for one in script)
        assert halted or board.volume == made[0].volume + own
        assert halted or board.last == made[0].close
        part = 10_000_000
        starts = range(-1, 90_000_000, part)
        pieces = [venue.prints_between(code, start, start + part) for start in starts]
        assert [row for piece in pieces for row in piece.trades()] == whole.trades()
