"""What the check-up makes of a broker's answers, and that it only reads."""

import os
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.unit.adapters.kis.answering import OK

from jennie_cli.adapters.kis import NEW_KEY_PACE, socket_holder
from jennie_cli.engine.clock import KST, ManualClock
from jennie_cli.engine.errors import SettingsError
from jennie_cli.settings import Masker, Options, Profile
from jennie_cli.wiring import Finding, House, Level, broker_checks, open_house
from jennie_cli.wiring.sites import Site, kis_site, open_session

MORNING = datetime(2026, 11, 23, 10, 0, 0, tzinfo=KST)
NIGHT = datetime(2026, 11, 23, 22, 0, 0, tzinfo=KST)
SUNDAY = datetime(2026, 11, 22, 10, 0, 0, tzinfo=KST)
HELD = {
    **dict.fromkeys(("pchs_amt", "prpr", "evlu_amt"), "71000"),
    "pdno": "000660",
    "prdt_name": "n",
    "hldg_qty": "1",
    "ord_psbl_qty": "1",
    "loan_dt": "",
}
PRICES = "stck_prpr stck_sdpr stck_oprc stck_hgpr stck_lwpr stck_mxpr stck_llam acml_vol"
BODIES: dict[str, dict[str, Any]] = {
    "tokenP": {"access_token": "t" * 40, "expires_in": 86400},
    "inquire-balance": {
        "output1": [HELD],
        "output2": [{"dnca_tot_amt": "5", "prvs_rcdl_excc_amt": "5000000"}],
    },
    "inquire-psbl-order": {
        "output": {"nrcvb_buy_amt": "4000000", "nrcvb_buy_qty": "40", "psbl_qty_calc_unpr": "1"}
    },
    "inquire-daily-ccld": {"output1": [], "output2": {"tot_ord_qty": "0"}},
    "inquire-price": {
        "output": {
            **dict.fromkeys((*PRICES.split(), "acml_tr_pbmn"), "71000"),
            "iscd_stat_cls_code": "55",
            "vi_cls_code": "N",
        }
    },
    "chk-holiday": {
        "output": [{"bass_dt": "20261123", "opnd_yn": "Y"}, {"bass_dt": "20261128", "opnd_yn": "N"}]
    },
}


class Gateway:
    """A host of which single answers can be changed; it notes what it is asked."""

    def __init__(self, clock: ManualClock) -> None:
        """Every answer takes a tenth of a second."""
        self.clock = clock
        self.ahead = timedelta()
        self.instead: dict[str, tuple[int, dict[str, Any]]] = {}
        self.dead = False
        self.asked: list[tuple[str, str]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer a request."""
        name = request.url.path.rsplit("/", 1)[-1]
        self.asked.append((request.method, name))
        if self.dead:
            raise httpx.ConnectError("no route")
        self.clock.advance(0.1)
        status, body = self.instead.get(name, (200, OK | BODIES[name]))
        stamp = format_datetime((self.clock.now() - self.ahead).replace(microsecond=0))
        return httpx.Response(status, json=body, headers={"date": stamp})

    def refuse(self, name: str, code: str, *, status: int = 500) -> None:
        """Answer one path with a code from now on."""
        self.instead[name] = (status, {"rt_cd": "1", "msg_cd": code, "msg1": "no"})


class Desk:
    """A home with keys, and the host behind them."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Start on a Monday morning with a key of the real host."""
        self._folder = folder
        self._patch = monkeypatch
        self.gateway = Gateway(ManualClock(MORNING))
        for prefix in ("KIS", "KIS_VIRTUAL"):
            monkeypatch.setenv(f"{prefix}_APP_KEY", "k" * 36)
            monkeypatch.setenv(f"{prefix}_APP_SECRET", "s" * 180)
            monkeypatch.setenv(f"{prefix}_ACCOUNT_NO", "1234567801")
        monkeypatch.setenv("JENNIE_LIVE_ENABLED", "true")
        monkeypatch.setattr(broker_checks, "kis_site", self._site)

    def at(self, profile: str, url: str) -> "Desk":
        """Point a profile at another host."""
        self._patch.setenv(f"JENNIE_KIS_{'PAPER' if profile == 'paper' else 'REAL'}_URL", url)
        return self

    def _site(self, house: House) -> Site:
        return replace(kis_site(house), transport=httpx.MockTransport(self.gateway))

    def house(self, profile: str = "live", now: datetime | None = None) -> House:
        """Return the house, its wall clock standing at `now`."""
        if now is not None:
            self.gateway.clock = ManualClock(now)
        options = Options(home=self._folder / "home", profile=Profile(profile))
        house = open_house(options, Masker())
        house.__dict__["wall_clock"] = self.gateway.clock
        return house

    def examined(self, profile: str = "live", now: datetime | None = None) -> dict[str, Finding]:
        """Return the findings by name."""
        house = self.house(profile, now)
        try:
            return {f.name: f for f in broker_checks.examine_broker(house)}
        finally:
            house.close()


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A home with keys."""
    return Desk(tmp_path, monkeypatch)


def test_a_good_key_is_told_in_every_line(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Token, balance, power, orders, quote, holidays, clock, budget and socket are fine."""
    monkeypatch.setenv("KIS_HTS_ID", "trader")
    found = desk.examined()
    assert set() == {f.name for f in found.values() if f.level is not Level.OK}
    assert "accepted, good until 11-24 10:00 KST" == found["token"].detail
    assert "1 stocks held, 5,000,000 won at D+2" == found["balance"].detail
    assert "4,000,000 won in cash, 40 shares of 000660" == found["buying power"].detail
    assert "as in our calendar for 2 days" == found["holidays"].detail
    told = "3 of 41: 1 notices, 1 trades, 1 market operations; 0 stocks polled"
    assert told == found["subscriptions"].detail
    assert "free" == found["socket"].detail


def test_nothing_but_reading_is_asked(desk: Desk) -> None:
    """The only thing ever posted is the wish for a token, once for both check-ups."""
    desk.examined()
    desk.examined()
    assert [("POST", "tokenP")] == [a for a in desk.gateway.asked if a[0] == "POST"]
    assert not {name for _, name in desk.gateway.asked} & {"order-cash", "order-rvsecncl"}


def test_a_paper_key_is_not_asked_what_it_cannot_tell(desk: Desk) -> None:
    """No holidays there, and no word on market operation."""
    found = desk.examined("paper")
    assert "chk-holiday" not in {name for _, name in desk.gateway.asked}
    assert (Level.OK, True) == (
        found["holidays"].level,
        "not told to a 모의투자 key" in found["holidays"].detail,
    )
    assert "0 market operations" in found["subscriptions"].detail
    assert "jennie secrets set kis_hts_id" == found["notices"].todo


@pytest.mark.parametrize(
    ("path", "code", "line", "todo"),
    [
        ("inquire-balance", "OPSQ2000", "balance", "jennie secrets set kis_account_no"),
        ("inquire-balance", "EGW00206", "balance", "Apply for the domestic-stock API"),
        ("inquire-psbl-order", "APTR0058", "buying power", "jennie secrets set kis_account_no"),
        ("inquire-price", "EGW02004", "quote", "jennie config get kis.real_url"),
        ("chk-holiday", "EGW00004", "holidays", "Apply for the domestic-stock API"),
    ],
)
def test_what_is_missing_is_named(path: str, code: str, line: str, todo: str, desk: Desk) -> None:
    """A code of KIS becomes the next act, at night too; the other lines are still asked."""
    desk.gateway.refuse(path, code)
    found = desk.examined(now=NIGHT)
    assert Level.FAIL is found[line].level
    assert code in found[line].detail
    assert todo in found[line].todo
    assert "socket" in found


def test_an_expired_paper_account_is_named(desk: Desk) -> None:
    """Account and key end together."""
    desk.gateway.refuse("inquire-balance", "40910000", status=200)
    found = desk.examined("paper")["balance"]
    assert Level.FAIL is found.level
    assert "may have expired" in found.todo


def test_a_refusal_is_no_outage(desk: Desk) -> None:
    """What KIS refuses at night it refuses by day; what it cannot do at night it may not do."""
    desk.gateway.refuse("inquire-daily-ccld", "APBK1744", status=200)
    found = desk.examined(now=NIGHT)
    assert Level.FAIL is found["orders"].level
    assert "socket" in found
    desk.gateway.refuse("inquire-daily-ccld", "EGW00002")
    found = desk.examined(now=NIGHT)
    assert Level.WARN is found["orders"].level
    assert "orders" == list(found)[-1]


def test_an_answer_that_cannot_be_read_is_no_outage(desk: Desk) -> None:
    """What KIS changed fails at night too; a list that is known to stay empty does not."""
    desk.gateway.instead["inquire-balance"] = (200, OK | {"output1": [], "output2": []})
    found = desk.examined(now=NIGHT)
    assert (Level.FAIL, True) == (found["balance"].level, "socket" in found)
    body = {"output1": [], "output2": {"tot_ord_qty": "3"}}
    desk.gateway.instead["inquire-daily-ccld"] = (200, OK | body)
    assert Level.WARN is desk.examined("paper")["orders"].level


def test_a_host_with_other_stocks_is_told(desk: Desk) -> None:
    """A rehearsal plays stocks that nobody has imported; the other lines are still asked."""
    nothing = dict.fromkeys(PRICES.split(), "0")
    desk.gateway.instead["inquire-price"] = (200, OK | {"output": nothing})
    found = desk.examined()
    assert (Level.WARN, Level.WARN) == (found["quote"].level, found["buying power"].level)
    assert "inquire-psbl-order" not in {name for _, name in desk.gateway.asked}
    assert "socket" in found


@pytest.mark.parametrize("code", ["EGW00103", "EGW00105"])
def test_a_wrong_key_ends_the_questions(code: str, desk: Desk) -> None:
    """Without a token nothing else can be asked."""
    body = {"error_code": code, "error_description": "no"}
    desk.gateway.instead["tokenP"] = (403, body)
    found = desk.examined("paper")
    assert ["host", "token"] == list(found)
    assert Level.FAIL is found["token"].level
    assert "jennie secrets set kis_paper_app_key" in found["token"].todo
    assert 1 == len(desk.gateway.asked)


def test_a_token_that_comes_a_minute_later_is_no_failure(desk: Desk) -> None:
    """KIS issues one a minute."""
    body = {"error_code": "EGW00133", "error_description": "no"}
    desk.gateway.instead["tokenP"] = (403, body)
    assert Level.WARN is desk.examined()["token"].level


@pytest.mark.parametrize(
    ("profile", "now", "level"),
    [
        ("live", MORNING, Level.FAIL),
        ("live", MORNING.replace(hour=7), Level.FAIL),
        ("live", MORNING.replace(hour=6, minute=59), Level.WARN),
        ("live", NIGHT.replace(hour=20, minute=29), Level.FAIL),
        ("live", NIGHT.replace(hour=20, minute=30), Level.WARN),
        ("live", SUNDAY, Level.FAIL),
        ("paper", SUNDAY, Level.WARN),
    ],
)
def test_a_silent_host_alarms_in_its_hours_only(
    profile: str, now: datetime, level: Level, desk: Desk
) -> None:
    """From 07:00 to 20:30, for the paper host on open days; one line is enough."""
    desk.gateway.dead = True
    found = desk.examined(profile, now)
    assert ["host", "token"] == list(found)
    assert level is found["token"].level
    assert (level is Level.WARN) is ("No alarm" in found["token"].detail)


def test_a_calendar_that_differs_is_told(desk: Desk) -> None:
    """With the day, and how to add it."""
    body = {"output": [{"bass_dt": "20261124", "opnd_yn": "N"}]}
    desk.gateway.instead["chk-holiday"] = (200, OK | body)
    found = desk.examined()["holidays"]
    assert (Level.WARN, True) == (found.level, "2026-11-24" in found.detail)
    assert found.todo.startswith("jennie calendar add 2026-11-24")


@pytest.mark.parametrize(
    ("ahead", "level"),
    [(0.0, Level.OK), (-1.0, Level.OK), (1.9, Level.WARN), (4.0, Level.FAIL), (-4.0, Level.FAIL)],
)
def test_a_clock_that_is_off_is_told(ahead: float, level: Level, desk: Desk) -> None:
    """An order whose answer is lost is searched for by its time, two seconds about it."""
    desk.gateway.ahead = timedelta(seconds=ahead)
    assert level is desk.examined()["clock"].level


@pytest.mark.parametrize(
    ("profile", "url", "level", "said"),
    [
        ("live", "", Level.OK, "openapi.koreainvestment.com:9443, 3 calls a second (new key)"),
        ("paper", "", Level.OK, "openapivts.koreainvestment.com:29443, 1 calls a second"),
        ("live", "http://127.0.0.1:9", Level.WARN, "is not KIS (kis.real_url)"),
        ("live", "https://example.com", Level.WARN, "is not KIS (kis.real_url)"),
        ("paper", "http://user:pw@example.com:9", Level.FAIL, "would get the key in clear text"),
        ("live", "https://openapivts.koreainvestment.com:29443", Level.FAIL, "모의투자 keys"),
        ("paper", "https://openapi.koreainvestment.com:9443", Level.FAIL, "host of real keys"),
    ],
)
def test_a_key_goes_to_no_wrong_host(
    profile: str, url: str, level: Level, said: str, desk: Desk
) -> None:
    """The address is judged before anything is sent; a word that opens it is not shown."""
    found = desk.at(profile, url).examined(profile)
    assert level is found["host"].level
    assert said in found["host"].detail
    assert "pw" not in found["host"].detail
    assert (level is Level.FAIL) is (not desk.gateway.asked)


def test_a_key_is_new_for_three_days_from_its_first_use(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is slower then, without a setting; a day that is set rules."""
    now = desk.gateway.clock.now()
    told = [
        desk.examined(now=now + timedelta(days=days))["host"].detail.split(", ")[1]
        for days in (0, 2, 3)
    ]
    assert ["3 calls a second (new key)"] * 2 + ["15 calls a second"] == told
    monkeypatch.setenv("JENNIE_KIS_KEY_FIRST_USED", f"{now.date() + timedelta(days=3)}")
    assert "(new key)" in desk.examined(now=now + timedelta(days=3))["host"].detail


@pytest.mark.parametrize(("days", "limit"), [(0, 3.0), (9, 18.0)])
def test_the_distance_of_calls_follows_the_limit_of_the_key(
    desk: Desk, days: int, limit: float
) -> None:
    """A new key is held to the three a second that KIS counts."""
    house = desk.house()
    first = kis_site(house)
    desk.gateway.clock.advance(days * 86_400)
    assert limit == kis_site(house).pace.limit
    assert NEW_KEY_PACE == first.pace


def test_an_order_that_could_be_taken_for_lost_is_a_matter_of_settings(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Waiting and answering together end before another process judges the call."""
    house = desk.house()
    open_session(house, kis_site(house))
    monkeypatch.setenv("JENNIE_KIS_ORDER_WAIT_S", "5")
    house = desk.house()
    with pytest.raises(
        SettingsError, match=r"together are 15 s; after execution.call_seconds = 15"
    ):
        open_session(house, kis_site(house))


def test_nobody_is_asked_without_secrets_or_in_sim(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line says that it was not; sim has no broker."""
    monkeypatch.delenv("KIS_APP_SECRET")
    found = desk.examined()
    assert ["broker"] == list(found)
    assert Level.WARN is found["broker"].level
    assert {} == desk.examined("sim")
    assert [] == desk.gateway.asked


def test_the_holder_of_the_socket_is_named(desk: Desk) -> None:
    """Another process has the one socket of the key."""
    house = desk.house()
    session = open_session(house, kis_site(house))
    held = session.folder.claim("socket.lock")
    assert held is not None
    assert f"held by process {os.getpid()}" in desk.examined()["socket"].detail
    os.close(held)
    assert None is socket_holder(session)


def test_keys_are_shared_in_one_private_place_whatever_the_login(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cron job without a login and a shell meet there, and a logout does not empty it."""
    house = desk.house()
    first = kis_site(house).runtime
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    assert first == kis_site(house).runtime
    expected = tmp_path / "xdg" / "state" / "jennie-cli" / "kis"
    assert (expected, 0o700) == (first, first.stat().st_mode & 0o777)
