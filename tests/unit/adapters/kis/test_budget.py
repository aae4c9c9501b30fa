"""How the 41 registrations are spent."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jennie_cli.adapters.kis import plan
from jennie_cli.adapters.kis.budget import OPERATIONS, TRADES, Wish

CODES = [f"{number:06d}" for number in range(100)]
SOME = st.lists(st.sampled_from(CODES), max_size=60)


def test_a_full_book_and_a_full_list_spend_all_41() -> None:
    """1 notice, 10 held trades, 10 held operations, 20 watched; the rest is polled."""
    spent = plan(held=CODES[:12], watched=CODES[20:60], hts_id="hts")
    assert {
        "limit": 41,
        "notices": 1,
        "trades": 30,
        "operations": 10,
        "polled": 22,
    } == spent.counts()
    assert Wish(tr_id="H0STCNI0", tr_key="hts") == spent.wishes[0]
    assert CODES[10:12] == list(spent.polled[:2])


def test_what_is_not_needed_for_held_stocks_goes_to_the_watchlist() -> None:
    """Forty symbols and the notices fit exactly."""
    spent = plan(held=(), watched=CODES[:40], hts_id="hts")
    assert (40, 1, 0) == tuple(spent.counts()[k] for k in ("trades", "notices", "polled"))


def test_the_paper_host_has_its_own_notices_and_no_operations() -> None:
    """H0STCNI9, and no H0STMKO0."""
    spent = plan(held=CODES[:3], watched=(), hts_id="hts", paper=True)
    assert ["H0STCNI9", TRADES, TRADES, TRADES] == [wish.tr_id for wish in spent.wishes]


@settings(max_examples=60)
@given(held=SOME, watched=SOME, hts_id=st.sampled_from(["", "hts"]), paper=st.booleans())
def test_every_code_is_streamed_or_polled_and_held_ones_stream_first(
    held: list[str], watched: list[str], hts_id: str, paper: bool
) -> None:
    """Never more than 41, none twice, none lost."""
    spent = plan(held=held, watched=watched, hts_id=hts_id, paper=paper)
    streamed = [wish.tr_key for wish in spent.wishes if wish.tr_id == TRADES]
    assert len(spent.wishes) <= 41
    assert len(spent.wishes) == len(set(spent.wishes))
    assert {*held, *watched} == {*streamed, *spent.polled}
    assert not {*streamed} & {*spent.polled}
    assert {*list(dict.fromkeys(held))[:10]} <= {*streamed}
    operations = {wish.tr_key for wish in spent.wishes if wish.tr_id == OPERATIONS}
    assert operations <= {*held} & {*streamed}


@pytest.mark.parametrize("twice", [("005930", "005930"), ("005930",)])
def test_a_code_held_and_watched_is_registered_once(twice: tuple[str, ...]) -> None:
    """As a held one."""
    spent = plan(held=twice, watched=twice)
    assert [TRADES, OPERATIONS] == [wish.tr_id for wish in spent.wishes]
