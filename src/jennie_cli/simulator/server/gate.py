"""What stands before every call: key, token, TR and host, and the rate limit; then the handler.

The order is the gateway's: who is calling comes before what is asked, and a call turned away for
its rate has done nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from jennie_cli.kis_wire import Tr, tr_of
from jennie_cli.simulator.server.envelope import Turned, turned
from jennie_cli.simulator.server.faults import Fault, Faults
from jennie_cli.simulator.server.oauth import KEY_LENGTH, SECRET_LENGTH, KeyDesk
from jennie_cli.simulator.server.rates import GatewayTime, RateWindow


@dataclass(frozen=True, slots=True, kw_only=True)
class Knock:
    """A call as it arrived: method, path, and headers with names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]


class Gate:
    """Lets calls pass to their TR or turns them away."""

    def __init__(
        self, desk: KeyDesk, faults: Faults, rates: RateWindow, time: GatewayTime, *, paper: bool
    ) -> None:
        """`paper` says which host this is."""
        self._desk = desk
        self._faults = faults
        self._rates = rates
        self._time = time
        self._paper = paper

    def admit(self, knock: Knock) -> tuple[Tr, str]:
        """Return the TR that is called and the app key. Raises Turned."""
        key = keys_of(knock.headers)
        counted = self._rates.admit(key, self._time.seconds())
        if self._faults.strike(Fault.MAINTENANCE, knock.path):
            raise turned("EGW00002")
        self._check_token(knock, key)
        tr = self._tr(knock)
        if not counted or self._faults.strike(Fault.RATE, knock.path):
            raise turned("EGW00201")
        return tr, key

    def _check_token(self, knock: Knock, key: str) -> None:
        kind, _, text = knock.headers.get("authorization", "").partition(" ")
        if text and kind.lower() != "bearer":
            raise turned("EGW00205")
        token = self._desk.token(text.strip(), key)
        if token is None:
            raise turned("EGW00121")
        if self._faults.strike(Fault.TOKEN_EXPIRED, knock.path):
            self._desk.kill(token, late=True)
        if self._faults.strike(Fault.TOKEN_REVOKED, knock.path):
            self._desk.kill(token, late=False)
        if token.dead:
            raise turned("EGW00121")
        if self._desk.expired(token):
            raise turned("EGW00123")

    def _tr(self, knock: Knock) -> Tr:
        tr_id = knock.headers.get("tr_id", "").strip()
        tr = tr_of(tr_id)
        if tr is None:
            raise self._unknown(tr_id)
        if tr_id not in _served(tr, paper=self._paper):
            raise self._misplaced(tr)
        if (tr.path, tr.method) != (knock.path, knock.method):
            raise turned("EGW00203")
        return tr

    def _misplaced(self, tr: Tr) -> Turned:
        if not self._paper:
            return turned("EGW02004")
        return turned("EGW02006" if tr.paper is None else "EGW00213")

    def _unknown(self, tr_id: str) -> Turned:
        if tr_id.startswith("V"):
            return turned("90000000") if self._paper else turned("EGW02004")
        return turned("EGW02006") if self._paper else turned("OPSQ0002")


def keys_of(headers: Mapping[str, str]) -> str:
    """Return the app key of a call. Raises Turned for a pair that is none."""
    key, secret = headers.get("appkey", ""), headers.get("appsecret", "")
    if not key:
        raise turned("EGW00102")
    if len(key) != KEY_LENGTH:
        raise turned("EGW00103")
    if not secret:
        raise turned("EGW00104")
    if len(secret) != SECRET_LENGTH:
        raise turned("EGW00105")
    return key


def _served(tr: Tr, *, paper: bool) -> set[str]:
    """Return the ids under which a host serves a TR, those of old included."""
    current = tr.id(paper=paper)
    if current is None:
        return set()
    return {current, *(old for old in tr.old if old.startswith("V") is paper)}
