"""From evidence to fills."""

from datetime import date, datetime, time

from tests.unit.engine.portfolio.story import CODE, DAY, at, filled, foreign, row, taken

from jennie_cli.engine.clock import KST
from jennie_cli.engine.model import Fill, NoticeKind, Side
from jennie_cli.engine.portfolio import FillBook, fills_of
from jennie_cli.engine.store import Act, DayEnded, Evidence, LedgerEvent, NoticeSeen


def told(events: list[LedgerEvent]) -> list[tuple[str, str | None, int, int]]:
    """Key, order, shares and won of every fill."""
    return [(f.key, f.order_id, f.qty, f.amount) for f in fills_of(events)]


def test_a_notice_is_a_fill_of_the_order_that_owns_the_number() -> None:
    """Every field comes from the notice but the order, which comes from the claim."""
    fill = Fill(
        key="2026-03-03:7:090001:70000:3",
        broker_id="7",
        order_id="a",
        code=CODE,
        side=Side.SELL,
        qty=3,
        amount=210_000,
        at=at(1),
        source="notice",
    )
    notice = filled("7", 3, 70_000, second=1.5, side=Side.SELL)
    assert (fill,) == fills_of([notice, taken("7", "a")])


def test_equal_notices_count_once_until_a_row_shows_more() -> None:
    """A notice told twice is one fill; two equal executions are told apart by the records."""
    twice: list[LedgerEvent] = [taken("7", "a"), filled("7", 3, 100), filled("7", 3, 100, seen=9)]
    single = ("2026-03-03:7:090000:100:3", "a", 3, 300)
    assert [single] == told([*twice])
    assert [single] == told([*twice, row("7", 3, 300, second=10)])
    balance = ("2026-03-03:7:total", "a", 3, 300)
    assert [single, balance] == told([*twice, row("7", 6, 600, second=10)])


def test_what_no_notice_told_is_balanced_at_the_first_row_that_showed_it() -> None:
    """Shares and won of the balance are the difference, its time the first such reading."""
    events: list[LedgerEvent] = [
        taken("7", "a"),
        filled("7", 3, 100, second=1),
        row("7", 10, 1_007, second=8.7),
        row("7", 10, 1_007, second=5.3),
        row("7", 4, 401, second=4),
    ]
    balance = fills_of(events)[-1]
    assert ("2026-03-03:7:total", 7, 707, at(5), "total") == (
        balance.key,
        balance.qty,
        balance.amount,
        balance.at,
        balance.source,
    )


def test_a_fill_that_only_the_next_day_learns_of_stays_on_its_day() -> None:
    """After the last venue of its day has closed nothing of that day can have traded."""
    (fill,) = fills_of([taken("7", "a"), row("7", 5, 500, second=24 * 3600)])
    assert datetime.combine(DAY, time(20), KST) == fill.at


def test_notices_ahead_of_the_records_stand_alone() -> None:
    """A row read before the last execution takes nothing away."""
    events: list[LedgerEvent] = [
        taken("7", "a"),
        filled("7", 3, 100),
        filled("7", 4, 101),
        row("7", 3, 300),
    ]
    assert [3, 4] == sorted(f.qty for f in fills_of(events))


def test_a_fill_of_an_old_number_belongs_to_the_order_after_a_modify() -> None:
    """The chain of numbers is one order's."""
    events: list[LedgerEvent] = [
        taken("7", "a"),
        taken("8", "a", act=Act.MODIFY),
        filled("8", 1, 100, second=2),
        filled("7", 2, 100, second=1),
    ]
    assert [("7", "a"), ("8", "a")] == [(f.broker_id, f.order_id) for f in fills_of(events)]


def test_evidence_of_an_unclaimed_number_is_held_out_until_it_is_claimed_or_foreign() -> None:
    """Nothing is guessed: EXTERNAL fills carry no order, and a late claim wins."""
    seen: list[LedgerEvent] = [filled("7", 1, 100), row("7", 1, 100, second=2)]
    key = "2026-03-03:7:090000:100:1"
    assert [] == told(seen)
    assert [(key, None, 1, 100)] == told([*seen, foreign("7")])
    assert [(key, "a", 1, 100)] == told([*seen, foreign("7"), taken("7", "a")])


def test_a_reply_is_trusted_over_a_match_in_the_records() -> None:
    """Two claims of one number are settled by how they were made, not by their order."""
    claims: list[LedgerEvent] = [taken("7", "b", how=Evidence.RECORDS), taken("7", "a")]
    for events in (claims, claims[::-1]):
        assert ["a"] == [f.order_id for f in fills_of([*events, filled("7", 1, 100)])]


def test_a_number_is_unique_within_its_day_only() -> None:
    """The same number on the next day is another order's."""
    tomorrow = date(2026, 3, 4)
    events: list[LedgerEvent] = [
        taken("7", "a"),
        taken("7", "b", day=tomorrow),
        filled("7", 1, 100),
        filled("7", 1, 100, day=tomorrow),
    ]
    assert ["a", "b"] == [f.order_id for f in fills_of(events)]


def test_only_fills_make_fills() -> None:
    """Accepted orders, empty rows and ended days say nothing of shares."""
    accepted = filled("7", 5, 100).notice
    notice = NoticeSeen(
        at=at(0),
        notice=type(accepted)(
            kind=NoticeKind.ACCEPTED,
            **{n: getattr(accepted, n) for n in accepted.__slots__ if n != "kind"},
        ),
    )
    events: list[LedgerEvent] = [
        taken("7", "a"),
        notice,
        row("7", 0, 0),
        DayEnded(at=at(0), day=DAY),
    ]
    assert () == fills_of(events)


def test_fills_stand_in_the_order_of_trading() -> None:
    """Second, buys before sells, broker number as a number, key."""
    events: list[LedgerEvent] = [
        *(taken(n, "a") for n in ("9", "10", "11")),
        filled("10", 1, 100, second=1),
        filled("9", 1, 100, second=1),
        filled("11", 1, 100, second=1, side=Side.SELL),
        filled("11", 1, 100, second=0),
    ]
    assert ["11", "9", "10", "11"] == [f.broker_id for f in fills_of(events)]


def test_a_book_grows_with_the_evidence() -> None:
    """Adding event by event tells the same as reading all at once."""
    events: list[LedgerEvent] = [taken("7", "a"), filled("7", 1, 100), row("7", 3, 300)]
    book = FillBook()
    for event in events:
        book.add(event)
    assert fills_of(events) == book.fills()
