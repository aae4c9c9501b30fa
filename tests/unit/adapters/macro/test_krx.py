"""KRX with a login against a host that speaks its protocol: sessions, refusals, changed tables."""

import asyncio
import logging
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from tests.unit.adapters.http.hosting import Asked, Said, fetcher, hosted
from tests.unit.adapters.macro.krx_host import (
    DATA,
    HTML,
    LOGIN,
    LOGOUT,
    NAME,
    PASSWORD,
    Krx,
    level,
    net,
    tables,
)

from jennie_cli.adapters.macro import KrxLogin, KrxSource
from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import JennieError, OutsideError
from jennie_cli.engine.feed import FetchFailed, FetchKind
from jennie_cli.engine.macro.collecting import Gathered, fields

DAY = date(2026, 3, 3)
EVENING = datetime(2026, 3, 3, 18, 0, tzinfo=KST)
CLOSE = EVENING.replace(hour=15, minute=30)


def asked_of(
    krx: Krx,
    *,
    now: datetime = EVENING,
    password: str = PASSWORD,
    judged: list[str] | None = None,
) -> tuple[Gathered, list[Asked]]:
    """Return what the source gathers, and what the host was asked."""
    with hosted(krx) as host:
        source = KrxSource(
            url=f"{host.url}/",
            login=KrxLogin(name=NAME, password=password),
            fetcher=fetcher(),
            judged=(judged if judged is not None else []).append,
        )

        async def collected() -> Gathered:
            try:
                return await source.collect(DAY, now)
            finally:
                await source.fetcher.close()

        return asyncio.run(collected()), host.asked


def failing(krx: Krx, **how: Any) -> JennieError:
    """Return how the source fails altogether."""
    with pytest.raises(OutsideError) as caught:
        asked_of(krx, **how)
    return caught.value


def test_a_member_is_told_indices_and_flows() -> None:
    """Levels and changes as they are, net buying in KRW 100 million, each as of the close."""
    judged: list[str] = []
    got, asked = asked_of(Krx(), judged=judged)
    assert {
        "kospi_index": 6500.0,
        "kospi_change_pct": -1.52,
        "kosdaq_index": 1100.5,
        "kosdaq_change_pct": 0.25,
        "kospi_foreign_net": 850.0,
        "kospi_institutional_net": 1200.0,
        "kospi_retail_net": -2000.0,
        "kosdaq_foreign_net": -12.5,
    } == {r.field: r.value for r in got.readings}
    assert {("krx", CLOSE)} == {(r.source, r.as_of) for r in got.readings}
    assert ({}, ["CD001"]) == (got.failed, judged)
    assert {r.field for r in got.readings} <= fields().keys()
    (login,) = [a for a in asked if a.path == LOGIN]
    blank = dict.fromkeys(("mbrNm", "telNo", "di", "certType"), "")
    assert {**blank, "mbrId": NAME, "pw": PASSWORD} == login.form
    spans = {(a.form["strtDd"], a.form["endDd"]) for a in asked if a.path == DATA}
    assert {("20260216", "20260303")} == spans


@pytest.mark.parametrize(
    ("now", "as_of"),
    [
        (CLOSE.replace(hour=11), CLOSE.replace(hour=11, minute=10)),
        (CLOSE.replace(hour=15, minute=40), CLOSE.replace(minute=20)),
        (CLOSE + timedelta(days=1), CLOSE),
    ],
)
def test_a_running_day_is_told_late(now: datetime, as_of: datetime) -> None:
    """Twenty minutes, so that a page of now goes before it."""
    got, _ = asked_of(Krx(), now=now)
    assert {as_of} == {r.as_of for r in got.readings}


def test_a_name_in_use_elsewhere_insists_once() -> None:
    """The session there ends; who is told so again is refused."""
    _, asked = asked_of(Krx(codes=("CD011", "CD001")))
    assert [None, "Y"] == [a.form.get("skipDup") for a in asked if a.path == LOGIN]
    assert "(CD011)" in failing(Krx(codes=("CD011",))).message


@pytest.mark.parametrize("ends", [LOGOUT, Said(status=403), Said(body=b"LOGOUT"), HTML])
def test_a_session_that_ends_is_begun_anew_once(ends: Said) -> None:
    """However many questions found it ended; what is asked again is told."""
    krx = Krx(ended=3, ends=ends)
    got, asked = asked_of(krx)
    assert (8, {}, 2) == (len(got.readings), got.failed, krx.sessions)
    assert 2 == len([a for a in asked if a.path == LOGIN])


def test_a_session_that_ends_for_ever_is_a_failure() -> None:
    """No third login is tried."""
    krx = Krx(ended=1_000)
    assert "HTTP 400" in failing(krx).message
    assert 2 == krx.sessions


@pytest.mark.parametrize("code", ["CD005", "CD010", "CD099"])
def test_a_refused_login_is_tried_once(code: str, caplog: pytest.LogCaptureFixture) -> None:
    """Its code is told, the password never, though the host tells it back."""
    caplog.set_level(logging.DEBUG)
    judged: list[str] = []
    with hosted(Krx(codes=(code,))) as host:
        source = KrxSource(
            url=host.url,
            login=KrxLogin(name=NAME, password=PASSWORD),
            fetcher=fetcher(),
            judged=judged.append,
        )
        with pytest.raises(FetchFailed, match=code) as caught:
            asyncio.run(source.collect(DAY, EVENING))
        assert 1 == len([a for a in host.asked if a.path == LOGIN])
        assert [code] == judged
        assert FetchKind.BLOCKED is caught.value.kind
        said = f"{caught.value} {caught.value.hint} {source!r} {caplog.text}"
        assert [w for w in (NAME, PASSWORD) if w in said] == []


@pytest.mark.parametrize(
    "said",
    [
        HTML,
        Said(body=b"[1]"),
        Said(body=b'{"_error_code": "pl4nted+p@ss w/rd"}'),
        Said(body=b"[" * 50_000),
    ],
)
def test_a_login_page_that_has_changed_is_no_refusal(said: Said) -> None:
    """Nobody has said that the password is wrong."""
    judged: list[str] = []

    def answer(asked: Asked) -> Said:
        return said if asked.path == LOGIN else Krx()(asked)

    with hosted(answer) as host:
        login = KrxLogin(name=NAME, password=PASSWORD)
        source = KrxSource(url=host.url, login=login, fetcher=fetcher(), judged=judged.append)
        with pytest.raises(FetchFailed) as caught:
            asyncio.run(source.collect(DAY, EVENING))
    assert (FetchKind.LAYOUT_CHANGED, []) == (caught.value.kind, judged)
    assert PASSWORD not in caught.value.message


@pytest.mark.parametrize("status", [302, 307])
def test_a_login_is_sent_nowhere_else(status: int) -> None:
    """A host that moves the form does not get it moved."""

    def answer(asked: Asked) -> Said:
        if asked.path == LOGIN:
            return Said(status=status, headers={"Location": "/elsewhere"})
        return Krx()(asked)

    with hosted(answer) as host:
        login = KrxLogin(name=NAME, password=PASSWORD)
        source = KrxSource(url=host.url, login=login, fetcher=fetcher())
        with pytest.raises(FetchFailed, match="elsewhere"):
            asyncio.run(source.collect(DAY, EVENING))
        assert [] == [a for a in host.asked if a.path == "/elsewhere"]


def test_a_password_is_sent_in_no_clear() -> None:
    """Only to this machine itself."""
    login = KrxLogin(name=NAME, password=PASSWORD)
    source = KrxSource(url="http://data.krx.invalid", login=login, fetcher=fetcher())
    with pytest.raises(FetchFailed, match="not https"):
        asyncio.run(source.collect(DAY, EVENING))


FLOWS = ("MDCSTAT02202", "STK")
INDEX = ("MDCSTAT00301", "1")


@pytest.mark.parametrize(
    ("table", "told", "lost"),
    [
        (FLOWS, [net("2026/03/03", 1, 2, 3, 4, total=99)], "kospi_foreign_net"),
        (FLOWS, [net("2026/03/03", 1, 2, 3)], "kospi_retail_net"),
        (FLOWS, [net("03.03", 1, 2, 3, 4)], "kospi_retail_net"),
        (FLOWS, [None, 7, []], "kospi_foreign_net"),
        (FLOWS, {"rows": 1}, "kospi_institutional_net"),
        (FLOWS, HTML, "kospi_foreign_net"),
        (FLOWS, Said(body=b"x" * 200_000), "kospi_foreign_net"),
        (
            INDEX,
            [level("2026/03/03", "6,500.00", "9.99"), level("2026/02/27", "6,600.00", "0.1")],
            "kospi_change_pct",
        ),
        (INDEX, [level("2026/03/03", "6,500.00", "none")], "kospi_index"),
        (INDEX, [level("9" * 5_000, "6,500.00", "1.0")], "kospi_index"),
    ],
)
def test_a_table_that_has_changed_costs_its_own_figures(
    table: tuple[str, str], told: Any, lost: str
) -> None:
    """By name; the other board is told all the same."""
    answers: Mapping[tuple[str, str], Any] = {**tables(), table: told}
    got, _ = asked_of(Krx(told=answers))
    assert lost in got.failed
    assert lost not in {r.field for r in got.readings}
    assert {"kosdaq_index", "kosdaq_foreign_net"} <= {r.field for r in got.readings}


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        (FLOWS, []),
        (FLOWS, [net("2026/03/03", 0, 0, 0, 0), net("2026/03/04", 1, 2, 3, 4)]),
        (INDEX, [level("2026/03/03", "-", "")]),
    ],
)
def test_what_is_not_told_yet_is_no_failure(table: tuple[str, str], rows: Any) -> None:
    """Neither is a day after the one that is asked about."""
    got, _ = asked_of(Krx(told={**tables(), table: rows}))
    assert {} == got.failed
    lost = "kospi_foreign_net" if table == FLOWS else "kospi_index"
    assert lost not in {r.field for r in got.readings}
