"""The catalogue holds what the fact sheet lists, once, and finds a TR by any of its ids."""

from collections import Counter

from jennie_cli.kis_wire import TRS, CallKind, Method, tr_of
from jennie_cli.kis_wire.catalogue import words


def test_runs_in_a_table_are_written_out() -> None:
    """`a1..3` stands for three names; other words stay."""
    assert ("x", "a1", "a2", "a3", "y") == words("x a1..3 y")


def test_every_id_leads_to_its_tr() -> None:
    """Real, paper and old ids find their TR; an unknown one finds none."""
    for tr in TRS.values():
        for id_ in filter(None, (tr.real, tr.paper, *tr.old)):
            assert tr is tr_of(id_)
    assert None is tr_of("TTTC9999R")


def test_no_id_serves_two_trs_and_no_field_comes_twice() -> None:
    """Ids are unique over the catalogue, fields and keys within their list."""
    ids = Counter(id_ for tr in TRS.values() for id_ in {tr.real, tr.paper} | {*tr.old} if id_)
    assert [] == [id_ for id_, count in ids.items() if count > 1]
    for tr in TRS.values():
        for names in (tr.query, tr.body, *(output.fields for output in tr.outputs.values())):
            assert [] == [name for name, count in Counter(names).items() if count > 1], tr.name


def test_paper_ids_follow_the_rule() -> None:
    """A paper id of an account or order TR is the real one with V first; quotes share theirs."""
    for tr in TRS.values():
        if tr.paper is not None:
            expected = "V" + tr.real[1:] if tr.ledger else tr.real
            assert expected == tr.paper


def test_what_paper_lacks_has_no_paper_id() -> None:
    """Open orders, sellable shares, holidays and rankings are real only."""
    for name in ("open_orders", "sellable", "holidays", "account_balance", "volume_rank"):
        assert None is TRS[name].id(paper=True)
    assert "VTTC8434R" == TRS["balance"].id(paper=True)


def test_kinds_put_a_sell_first_and_data_last() -> None:
    """Sell, then cancel and status, then buy, then account, then data."""
    order = ("order_sell", "order_change", "order_buy", "balance", "price")
    assert sorted(CallKind) == [TRS[name].kind for name in order]
    assert CallKind.ORDER_CHANGE is TRS["day_orders"].kind is TRS["open_orders"].kind


def test_only_posts_place_orders() -> None:
    """The three order TRs are POST and carry a body; all others are GET with a query."""
    posts = {tr.name for tr in TRS.values() if tr.places_order}
    assert {"order_sell", "order_buy", "order_change"} == posts
    for tr in TRS.values():
        assert (tr.method is Method.POST) == bool(tr.body) == (not tr.query)


def test_pages_and_rows_are_as_on_record() -> None:
    """Rows of a page differ between hosts; cursors end in their width, those of holidays bare."""
    orders, holidays = TRS["day_orders"].paging, TRS["holidays"].paging
    assert orders is not None
    assert holidays is not None
    assert (100, 15) == (orders.real_rows, orders.paper_rows)
    assert ("CTX_AREA_FK100", "CTX_AREA_NK100") == orders.keys
    assert ("CTX_AREA_FK", "CTX_AREA_NK") == holidays.keys


def test_old_orders_answer_like_those_of_the_day() -> None:
    """A TR may take keys and outputs of another."""
    assert TRS["day_orders"].outputs == TRS["old_orders"].outputs
    assert TRS["day_orders"].query == TRS["old_orders"].query
