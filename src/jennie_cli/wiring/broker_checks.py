"""What KIS lets us do, asked with calls that only read: nothing here can place an order.

A line that fails says what is missing: a secret, an API right, the right account, the right host.
"""

# ruff: noqa: PLC0415  # a check-up of the sim profile imports no broker

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from jennie_cli.engine.broker import BrokerBusy, BrokerUnavailable
from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import JennieError, UnknownRun, UnknownStock
from jennie_cli.engine.execution import ExecutionPolicy
from jennie_cli.engine.model import OrderType
from jennie_cli.settings import NEEDED_BY, Profile, secret_named
from jennie_cli.wiring.findings import Finding, Level, doubtful, fine, wrong
from jennie_cli.wiring.sites import Site, kis_site, open_session
from jennie_cli.wiring.witness import Witness

if TYPE_CHECKING:
    from jennie_cli.adapters.kis import KisSession
    from jennie_cli.engine.store import FactStore
    from jennie_cli.wiring.house import House

_WATCHED_OVER = time(7, 0), time(20, 30)
_STALE_S = 1.0
"""Servers write a Date header anew once a second, so it may be that old."""
_WELL_KNOWN = "005930"
_CODE = re.compile(r"\((?:HTTP \d+, )?([A-Z]{4}\d{4}|[A-Z]{3}\d{5}|\d{8})\)")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

_PAPER_LISTS_NONE = "order_rows_missing"
_SEE_QUOTE = "See the line of the quote."
_KEY = "jennie secrets set {named}_app_key, then {named}_app_secret; see docs/kis.md"
_RIGHT = "Apply for the domestic-stock API with this account at apiportal.koreainvestment.com"
_ACCOUNT = "jennie secrets set {named}_account_no: the key belongs to another account"
_HOST = "Key and host do not belong together: jennie config get kis.{host}_url"
_EXPIRED = "The 모의투자 account may have expired: apply again, then store its new key and number"
_PACE = "Another program uses this key, or the key is new: jennie config get kis.key_first_used"
_NEXT_ACT = {
    **dict.fromkeys(("EGW00101", "EGW00102", "EGW00103", "EGW00104", "EGW00105"), _KEY),
    **dict.fromkeys(("EGW00003", "EGW00004", "EGW00206", "EGW00210"), _RIGHT),
    **dict.fromkeys(("OPSQ2000", "APTR0058", "EGW00304"), _ACCOUNT),
    **dict.fromkeys(("EGW00213", "EGW02004", "EGW02006"), _HOST),
    **dict.fromkeys(("EGW00121", "EGW00122", "EGW00123"), _KEY),
    **dict.fromkeys(("EGW00201", "EGW00215"), _PACE),
    "40910000": _EXPIRED,
    "90000000": _HOST,
}
"""The next act for a code of KIS; `named` begins the names of the profile's secrets."""


def is_watched_over(now: datetime) -> bool:
    """Whether a failing broker is worth an alarm: from 07:00 to 20:30 KST."""
    first, last = _WATCHED_OVER
    return first <= now.astimezone(KST).time() < last


def examine_broker(house: "House") -> Iterator[Finding]:
    """Yield what the broker says to a paper or live profile whose secrets are stored."""
    if house.profile is Profile.SIM:
        return
    needed = (secret_named(n) for n in NEEDED_BY[house.profile])
    if any(house.vault.place(s) is None for s in needed):
        yield doubtful("broker", "not asked: a secret is missing", "See the line of the secrets.")
        return
    house.admit()
    site = kis_site(house)
    host = _host(house, site)
    yield host
    if host.level is not Level.FAIL:
        yield from asyncio.run(_all_told(house, site))


async def _all_told(house: "House", site: Site) -> list[Finding]:
    async with open_session(house, site) as session:
        return [finding async for finding in _BrokerCheck(house, site, session).findings()]


class _BrokerCheck:
    """One round of questions; the first that nobody answers ends it."""

    def __init__(self, house: "House", site: Site, session: "KisSession") -> None:
        from jennie_cli.adapters.kis import KisAccount, KisOrders, KisQuotes

        self._house = house
        self._site = site
        self._session = session
        self._witness = Witness(session, house.wall_clock)
        self._account = KisAccount(self._witness, site.account)
        self._orders = KisOrders(self._witness, site.account, site.clock)
        self._quotes = KisQuotes(self._witness, clock=site.clock, calendar=house.calendar)
        self._held: tuple[str, ...] = ()
        self._nameless = False

    async def findings(self) -> AsyncIterator[Finding]:
        """Ask everything, one after the other, for the rate of a paper key is one a second."""
        asked = (
            ("token", self._token),
            ("balance", self._balance),
            ("orders", self._day_orders),
            ("quote", self._quote),
            ("buying power", self._buying_power),
            ("holidays", self._holidays),
        )
        for name, ask in asked:
            try:
                yield await ask()
            except JennieError as error:
                yield _failed(self._house, name, error)
                if name == "token" or _is_outage(error):
                    return
        yield self._skew()
        for finding in self._stream():
            yield finding

    async def _token(self) -> Finding:
        await self._session.tokens.token()
        until = self._session.tokens.until
        lasts = f"until {until.astimezone(KST):%m-%d %H:%M} KST" if until else "its end is not told"
        return fine("token", f"accepted, good {lasts}")

    async def _balance(self) -> Finding:
        state = await self._account.state()
        self._held = tuple(h.code for h in state.holdings)
        return fine("balance", f"{len(self._held)} stocks held, {state.settled_cash:,} won at D+2")

    async def _buying_power(self) -> Finding:
        if self._nameless:
            return doubtful("buying power", "not asked: no stock of the host is known", _SEE_QUOTE)
        code = self._probe()
        power = await self._account.buying_power(code, type_=OrderType.MARKET, price=None)
        return fine("buying power", f"{power.cash:,} won in cash, {power.qty:,} shares of {code}")

    async def _day_orders(self) -> Finding:
        found = await self._orders.orders(self._site.clock.now().astimezone(KST).date())
        return fine("orders", f"{len(found)} orders of today can be read")

    async def _quote(self) -> Finding:
        try:
            quote = await self._quotes.quote(self._probe())
        except UnknownStock as error:
            self._nameless = True
            return doubtful("quote", error.message, "jennie data import the host's stock master")
        return fine("quote", f"{quote.code} stands at {quote.price:,} won")

    async def _holidays(self) -> Finding:
        if self._witness.paper:
            return fine("holidays", "not told to a 모의투자 key; jennie knows the calendar")
        calendar = self._house.calendar
        told = await self._quotes.open_days(self._site.clock.now().astimezone(KST).date())
        other = [day for day, is_open in told if calendar.is_open(day) is not is_open]
        if not other:
            return fine("holidays", f"as in our calendar for {len(told)} days")
        first = f"KIS and our calendar differ on {', '.join(map(str, other))}"
        return doubtful("holidays", first, f"jennie calendar add {other[0]} open|closed --reason R")

    def _probe(self) -> str:
        return self._held[0] if self._held else _any_code(self._house)

    def _skew(self) -> Finding:
        """Compare clocks; how far ours may be off is what a lost order's search allows."""
        todo = "Keep the system clock synchronised (NTP)."
        told = self._witness.ahead_s
        if told is None:
            return doubtful("clock", "skew unknown: the answers carried no Date header", todo)
        least, most = told
        width = f"between {least:+.1f} and {most:+.1f} s against KIS, by its Date header"
        if least > most:
            return doubtful("clock", "skew unknown: the Date headers contradict each other", todo)
        surely = max(least, -most)
        allowed = self._house.settings.slice(ExecutionPolicy).before_seconds
        if surely > allowed:
            return wrong("clock", width, todo)
        return doubtful("clock", width, todo) if surely > _STALE_S else fine("clock", width)

    def _stream(self) -> Iterator[Finding]:
        from jennie_cli.adapters.kis import plan, socket_holder

        hts_id, paper = self._site.hts_id, self._witness.paper
        spent = plan(
            held=self._held, watched=_watchlist(self._house), hts_id=hts_id, paper=paper
        ).counts()
        used = spent["notices"] + spent["trades"] + spent["operations"]
        yield fine(
            "subscriptions",
            f"{used} of {spent['limit']}: {spent['notices']} notices, {spent['trades']} trades, "
            f"{spent['operations']} market operations; {spent['polled']} stocks polled",
        )
        if not hts_id:
            yield doubtful(
                "notices",
                "no HTS id: fills are learnt by asking, seconds later",
                "jennie secrets set kis_hts_id",
            )
        holder = socket_holder(self._session)
        state = "free" if holder is None else f"held by process {holder}, as one process may"
        yield fine("socket", state)


def _host(house: "House", site: Site) -> Finding:
    """Judge the address before a key is sent to it."""
    from jennie_cli.kis_wire.hosts import PAPER_HOSTS, REAL_HOSTS

    paper = house.profile is Profile.PAPER
    ours, other = (PAPER_HOSTS, REAL_HOSTS) if paper else (REAL_HOSTS, PAPER_HOSTS)
    url = site.access.rest_url
    key = f"kis.{'paper' if paper else 'real'}_url"
    back = f'jennie config set {key} ""'
    parts = urlsplit(url)
    shown = f"{parts.scheme}://{parts.hostname}:{parts.port}"
    if parts.hostname == urlsplit(ours.rest).hostname:
        pace = f"{site.pace.per_second:g} calls a second"
        return fine("host", f"{shown}, {pace}{' (new key)' if site.new_key else ''}")
    if parts.hostname == urlsplit(other.rest).hostname:
        what = "the host of real keys" if paper else "the host of 모의투자 keys"
        return wrong("host", f"{shown} is {what}, and the profile is {house.profile}", back)
    if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        return wrong("host", f"{shown} would get the key in clear text", back)
    return doubtful("host", f"{shown} is not KIS ({key})", f"{back}   for the host of KIS")


def _failed(house: "House", name: str, error: JennieError) -> Finding:
    """Name what is missing; at night and for a short rush it is a note and no alarm."""
    paper = house.profile is Profile.PAPER
    todo = _NEXT_ACT.get(_code_of(error) or "", "")
    if todo and not isinstance(error, BrokerBusy):
        named = {"named": "kis_paper" if paper else "kis", "host": "paper" if paper else "real"}
        return wrong(name, error.message, todo.format(**named))
    if isinstance(error, BrokerBusy) or error.code == _PAPER_LISTS_NONE:
        return doubtful(name, error.message, todo or error.hint)
    if not _is_outage(error):
        return wrong(name, error.message, error.hint)
    quiet = _quiet(house)
    if quiet:
        return doubtful(name, f"{error.message} No alarm: {quiet}.", "Try again in its hours.")
    return wrong(name, error.message, error.hint or "Look at the network and at KIS's notices.")


def _is_outage(error: JennieError) -> bool:
    """Whether the host cannot answer at all, which is no word on this call."""
    from jennie_cli.kis_wire import MessageKind, meaning

    if type(error) is not BrokerUnavailable:  # a busy or an unreadable host did answer
        return False
    code = _code_of(error)
    kind = MessageKind.UNKNOWN if code is None else meaning(code, rt_cd="1").kind
    return kind in {MessageKind.RETRY_READ, MessageKind.UNKNOWN}


def _quiet(house: "House") -> str:
    """Return why KIS may be silent now, empty when it should answer."""
    now = house.wall_clock.now().astimezone(KST)
    if not is_watched_over(now):
        return "outside 07:00-20:30 KIS may be closed"
    if house.profile is Profile.PAPER and not house.calendar.is_open(now.date()):
        return "on closed days the paper host may be down"
    return ""


def _code_of(error: JennieError) -> str | None:
    found = _CODE.search(error.message)
    return found[1] if found else None


def _any_code(house: "House") -> str:
    """Return a stock that the host should know: the best known, or one of our own master."""
    from jennie_cli.engine.store import Dataset

    facts: FactStore = house.facts
    known = facts.read(Dataset.STOCK_MASTER, as_of=house.clock.now())["code"].tolist()
    return _WELL_KNOWN if _WELL_KNOWN in known or not known else str(min(known))


def _watchlist(house: "House") -> tuple[str, ...]:
    try:
        return tuple(entry.code for entry in house.runs.watchlist())
    except UnknownRun:
        return ()
