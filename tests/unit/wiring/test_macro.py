"""Macro collection of a paper home against hosts on loopback: sources down, keys, the bus."""

import asyncio
import json
import logging
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote, quote_plus

import pytest
from tests.unit.adapters.macro import pages
from tests.unit.adapters.macro.krx_host import NAME, PASSWORD, Krx, tables
from tests.unit.adapters.macro.pages import KEY, NOW
from tests.unit.wiring.macro_home import World, down
from tests.unit.wiring.short_home import short_home

from jennie_cli.adapters.sql.moments import micros
from jennie_cli.engine.bus.names import (
    MACRO_ACCURACY,
    MACRO_LAST_FETCH,
    MACRO_NEWEST,
    MACRO_SNAPSHOT,
    MACRO_SWITCH,
)
from jennie_cli.engine.clock import ManualClock
from jennie_cli.engine.errors import InputError, Refused
from jennie_cli.engine.macro.collecting import (
    Figure,
    MacroInvalid,
    MacroRecord,
    Scope,
    snapshot_at,
)
from jennie_cli.engine.store.codec import from_json
from jennie_cli.wiring import House
from jennie_cli.wiring.bus import open_bus_of
from jennie_cli.wiring.krx import KrxState, examine_krx, krx_state, note_login
from jennie_cli.wiring.macro import (
    Collected,
    collect_macro,
    macro_status,
    macro_store_of,
    patience_within,
)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Return a home without anything in it."""
    with short_home() as root, ExitStack() as hosts:
        yield World(root, hosts, monkeypatch)


def ran(house: House, scope: Scope = Scope.FULL, *only: str, dry: bool = False) -> Collected:
    """Return one collection."""
    return asyncio.run(collect_macro(house, scope, only=only, dry=dry))


def test_a_full_run_keeps_and_tells_a_snapshot(world: World) -> None:
    """Each figure names its source; store, bus and session read the same."""
    house = world.house()
    got = ran(house)
    record = got.collection.record
    assert (True, True, 1.0) == (got.kept, got.told, record.completeness_ratio)
    assert ("fred", "ecos", "naver", "yahoo", "finnhub", "127.0.0.1") == tuple(
        record.figures[n].source
        for n in ("fed_rate", "bok_rate", "kospi_index", "dxy_index", "spy", "korea_news_sentiment")
    )
    assert record == macro_store_of(house).newest(NOW)
    seen = snapshot_at(macro_store_of(house), NOW)
    assert seen is not None
    assert (1.23, 21.5) == (seen.kospi_change_pct, seen.vix_points)

    async def said() -> tuple[str | None, ...]:
        async with open_bus_of(world.house()) as bus:
            day = NOW.date().isoformat()
            keys = (MACRO_NEWEST, MACRO_SNAPSHOT.of(day), MACRO_LAST_FETCH, MACRO_ACCURACY.of(day))
            return tuple([await bus.keys.get(key) for key in keys])

    newest, dated, last, count = asyncio.run(said())
    assert newest is not None
    assert (record, newest, NOW.isoformat()) == (from_json(MacroRecord, newest), dated, last)
    assert {"asked": 8, "failed": 0} == json.loads(count or "")


@pytest.mark.parametrize(
    ("source", "lost", "complete"),
    [
        ("fred", {"fed_rate", "treasury_10y", "us_cpi_yoy"}, 6 / 7),
        ("ecos", {"bok_rate", "korea_cpi_yoy"}, 6 / 7),
        ("naver_index", {"kospi_index", "kospi_change_pct", "kosdaq_index"}, 5 / 7),
        ("naver_flows", {"kospi_foreign_net", "kosdaq_foreign_net"}, 1.0),
        ("finnhub", {"spy", "qqq", "global_news_sentiment"}, 1.0),
        ("yahoo", {"dxy_index", "gold"}, 1.0),
    ],
)
def test_one_source_down_still_stores_a_snapshot(
    world: World, source: str, lost: set[str], complete: float
) -> None:
    """Completeness drops accordingly and the missing list names what it would have told."""
    house = world.house(answers={source: down})
    got = ran(house)
    record = got.collection.record
    assert pytest.approx(complete, abs=1e-4) == record.completeness_ratio
    assert lost <= record.missing.keys()
    assert {"failed"} == {record.missing[n].why for n in lost}
    assert record == macro_store_of(house).of(NOW.date(), NOW)
    assert 1 == got.failed_today


def test_the_vix_is_never_the_vxx(world: World) -> None:
    """Nobody is asked for it, and a chart of it in place of the VIX is refused."""
    vxx = pages.as_json(pages.chart("VXX", (45.5,)))
    house = world.house(answers={"yahoo": pages.always(vxx)})
    record = ran(house).collection.record
    assert (21.5, "fred") == (record.value("vix"), record.figures["vix"].source)
    symbols = {a.query.get("symbol") for a in world.told["finnhub"].asked}
    assert "VXX" not in symbols


def test_a_kospi_of_6500_is_accepted(world: World) -> None:
    """Also after a stored one of 5,900."""
    house = world.house()
    before = ran(house).collection.record
    figures = {**before.figures, "kospi_index": Figure(value=5_900.0, source="naver", as_of=NOW)}
    macro_store_of(house).put(replace(before, figures=figures))
    record = ran(house).collection.record
    assert (6500.12, ()) == (record.value("kospi_index"), record.rejected)


def test_sources_without_a_key_are_skipped_and_said_so(world: World) -> None:
    """What they would tell is missing for that reason, and nobody asks them."""
    got = ran(world.house(keys=False))
    missing = got.collection.record.missing
    assert {("no_key", "fred")} == {
        (missing[n].why, missing[n].said) for n in ("fed_rate", "treasury_10y")
    }
    assert [] == [a for n in ("fred", "ecos", "finnhub") for a in world.told[n].asked]


def test_too_little_is_no_snapshot(world: World) -> None:
    """Without keys and without Yahoo nothing is kept, and the error names what is missing."""
    house = world.house(keys=False, answers={"yahoo": down})
    with pytest.raises(MacroInvalid, match="5 of 6"):
        ran(house)
    assert macro_store_of(house).newest(NOW) is None


def test_a_quick_run_asks_korea_and_the_headlines(world: World) -> None:
    """What the full run told stays with its moment."""
    full = ran(world.house()).collection.record
    house = world.house()
    quick = ran(house, Scope.QUICK).collection.record
    assert full.figures["fed_rate"] == quick.figures["fed_rate"]
    asked = {name for name, host in world.told.items() if host.asked}
    assert {"naver_index", "naver_flows"} == asked


def test_a_dry_run_keeps_and_tells_nothing(world: World) -> None:
    """It fetches and judges all the same."""
    house = world.house()
    got = ran(house, dry=True)
    assert (False, False, 1.0) == (
        got.kept,
        got.told,
        got.collection.record.completeness_ratio,
    )
    assert macro_store_of(house).newest(NOW) is None


def test_named_sources_alone_are_asked(world: World) -> None:
    """Over what stands; a name nobody knows is refused before anybody is asked."""
    full = ran(world.house()).collection.record
    house = world.house()
    got = ran(house, Scope.FULL, "yahoo")
    assert {"yahoo"} == {name for name, host in world.told.items() if host.asked}
    assert full.figures["fed_rate"] == got.collection.record.figures["fed_rate"]
    with pytest.raises(InputError, match="vxx"):
        ran(house, Scope.FULL, "vxx")


def test_a_weekday_holiday_is_collected_too(world: World) -> None:
    """The world does not rest on 1 March's substitute."""
    house = world.house()
    holiday = NOW.replace(day=2)
    assert not house.calendar.is_open(holiday.date())
    house.__dict__["clock"] = ManualClock(holiday)
    record = ran(house, dry=True).collection.record
    assert holiday.date() == record.day


def test_the_switch_turns_collection_off(world: World) -> None:
    """Absent is on; the status says which."""
    house = world.house()

    async def switch(said: str) -> None:
        async with open_bus_of(world.house()) as bus:
            await bus.keys.put(MACRO_SWITCH, said)

    asyncio.run(switch("false"))
    with pytest.raises(Refused, match="switched off"):
        ran(house)
    assert not asyncio.run(macro_status(house)).enabled
    asyncio.run(switch("true"))
    assert ran(house).kept


def test_a_dead_bus_delays_no_snapshot(world: World) -> None:
    """It is kept, and the answer says that the bus was not told."""
    house = world.house()
    house.__dict__["settings"] = house.settings.overridden({"redis.url": "redis://127.0.0.1:1"})
    got = ran(house)
    assert (True, False) == (got.kept, got.told)
    assert asyncio.run(macro_status(house)).enabled


def test_the_status_tells_allowances_and_asks_nobody(world: World) -> None:
    """What other processes asked counts too."""
    ran(world.house())
    house = world.house()
    found = asyncio.run(macro_status(house))
    used = {use.budget: use.day_used for use in found.budgets}
    assert (18, 6, 4, 8) == (
        used["fred"],
        used["ecos"],
        used["finnhub"],
        found.asked_today,
    )
    assert found.record is not None
    assert [] == [a for host in world.told.values() for a in host.asked]


@pytest.mark.parametrize("damage", ["{", '{"day": "2026-03-04", "figures": {"vix": 1}}', "null"])
def test_a_damaged_snapshot_stops_no_collection(
    world: World, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    """It is named and passed over: a quick run lies over the one before, the status tells both."""
    house = world.house()
    sound = ran(house).collection.record
    store = macro_store_of(house)
    earlier = replace(sound, at=NOW - timedelta(hours=2))
    store.put(earlier)
    with house.records.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE enhanced_macro_snapshot SET body = ? WHERE at = ?", (damage, micros(NOW))
        )
    found = asyncio.run(macro_status(house))
    assert (earlier, 1) == (found.record, len(found.damaged))
    house.__dict__["clock"] = ManualClock(NOW + timedelta(minutes=30))
    got = ran(house, Scope.QUICK)
    assert sound.figures["fed_rate"] == got.collection.record.figures["fed_rate"]
    assert found.damaged == got.damaged
    assert "2026-03-04 11:00:00" in got.damaged[0]
    assert got.damaged[0] in caplog.messages
    later = asyncio.run(macro_status(house))
    assert (got.collection.record, ()) == (later.record, later.damaged)


EVENING = NOW.replace(hour=18)


def in_the_evening(house: House) -> House:
    """Return the home after the close."""
    house.__dict__["clock"] = ManualClock(EVENING)
    return house


def of_today() -> Krx:
    """Return KRX with the day's row on top."""
    told = {key: [dict(row) for row in rows] for key, rows in tables().items()}
    for rows in told.values():
        rows[0]["TRD_DD"] = f"{NOW:%Y/%m/%d}"
    return Krx(told=told)


def test_krx_goes_before_naver_and_naver_stands_in(world: World) -> None:
    """With a login the exchange is believed of its own day; without an answer the page is."""
    names = ("kospi_index", "kospi_foreign_net")
    record = ran(in_the_evening(world.house(krx=of_today()))).collection.record
    assert {"krx"} == {record.figures[n].source for n in ("kospi_foreign_net", "kospi_retail_net")}
    got = ran(in_the_evening(world.house(krx=Krx(ended=1_000))))
    assert {"naver"} == {got.collection.record.figures[n].source for n in names}
    assert ["krx"] == [r.name for r in got.collection.reports if r.failure]
    got = ran(in_the_evening(world.house()))
    assert {"naver"} == {got.collection.record.figures[n].source for n in names}


def test_a_login_refused_today_is_not_tried_again(world: World) -> None:
    """Unless somebody names the source: a name is locked by trying."""
    house = world.house(krx=Krx(codes=("CD005",)))
    assert KrxState.READY is asyncio.run(macro_status(house)).krx
    got = ran(house)
    assert got.kept
    assert KrxState.REFUSED is asyncio.run(macro_status(house)).krx
    assert ["doubtful"] == ["doubtful" for f in examine_krx(house) if f.todo]
    house = world.house(krx=Krx())
    ran(house)
    assert [] == world.told["krx"].asked
    named = ran(house, Scope.FULL, "krx")
    assert ["krx"] == [r.name for r in named.collection.reports if r.failure is None]
    assert KrxState.READY is asyncio.run(macro_status(house)).krx
    note = house.folder.fetched / "krx.json"
    for kept in ('{"refused": "2020-01-02"}', "[]", "no json"):
        note.write_text(kept, encoding="utf-8")
        assert KrxState.READY is krx_state(house)


def test_without_a_login_krx_is_skipped(world: World) -> None:
    """And listed as what could be asked."""
    house = world.house()
    with pytest.raises(InputError, match="vxx") as caught:
        ran(house, Scope.FULL, "vxx")
    assert "krx" in caught.value.hint
    assert KrxState.NO_KEY is krx_state(house)
    assert ["no login: Naver tells indices and flows"] == [f.detail for f in examine_krx(house)]


def test_a_note_that_cannot_be_kept_stops_nothing(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """It is logged."""
    house = world.house(krx=Krx())
    (house.folder.fetched / "krx.json").mkdir(parents=True)
    note_login(house, refused=True)
    assert "cannot be kept" in caplog.text


def test_no_key_is_kept_anywhere(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """Neither in the store, nor in kept pages, nor in a log, whatever went wrong."""
    caplog.set_level(logging.DEBUG)
    for krx in (Krx(), Krx(codes=("CD011", "CD001"), ended=2), Krx(codes=("CD005",))):
        ran(world.house(krx=krx))
    planted = [w.encode() for w in (NAME, PASSWORD, quote_plus(PASSWORD), quote(PASSWORD))]
    kept = [f.read_bytes() for f in world.root.rglob("*") if f.is_file()]
    assert not [w for w in planted for text in (*kept, caplog.text.encode()) if w in text]
    ran(world.house())
    ran(world.house(answers=dict.fromkeys(("fred", "ecos", "finnhub"), down)))
    texts = [f.read_bytes() for f in world.root.rglob("*") if f.is_file()]
    assert texts
    assert not any(KEY.encode() in text for text in texts)


@pytest.mark.parametrize(
    ("ceiling_s", "tries", "wait_s", "seconds"),
    [(60.0, 3, 1.0, 16.75), (60.0, 1, 1.0, 54.0), (60.0, 2, 0.5, 26.6875), (1.0, 5, 1.0, 0.1)],
)
def test_every_try_ends_below_the_ceiling(
    ceiling_s: float, tries: int, wait_s: float, seconds: float
) -> None:
    """Three of half a minute each would cost a source all it has."""
    assert seconds == patience_within(ceiling_s, tries=tries, wait_s=wait_s)
