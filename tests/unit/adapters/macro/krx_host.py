"""KRX's data market on loopback: a page, a frame, a form, cookies, and tables behind them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.unit.adapters.http.hosting import Asked, Said
from tests.unit.adapters.macro.pages import as_json

NAME, PASSWORD = "planted-member", "pl4nted+p@ss w/rd"
LOGIN = "/contents/MDC/COMS/client/MDCCOMS001D1.cmd"
DATA = "/comm/bldAttendant/getJsonData.cmd"
HTML = Said(body=b"<html><body>Service is being checked.</body></html>")
LOGOUT = Said(status=400, body=b"LOGOUT")


def level(day: str, close: str, change: str, kind: str = "1") -> dict[str, str]:
    """Return a day of an index as the table has it; a fall is told with its sign."""
    moved = {"FLUC_TP_CD": kind, "PRV_DD_CMPR": "0.00", "UPDN_RATE": change}
    return {"TRD_DD": day, "CLSPRC_IDX": close, **moved, "ACC_TRDVOL": "412,345"}


def net(day: str, *parts: int, total: int | None = None) -> dict[str, str]:
    """Return a day of net buying in won: institutions, companies, people, foreigners."""
    columns = {f"TRDVAL{n}": f"{won:,}" for n, won in enumerate(parts, 1)}
    return {"TRD_DD": day, **columns, "TRDVAL_TOT": str(sum(parts) if total is None else total)}


def tables() -> dict[tuple[str, str], Any]:
    """Return what the tables tell, by their name and board."""
    return {
        ("MDCSTAT00301", "1"): [
            level("2026/03/03", "6,500.00", "-1.52", "2"),
            level("2026/02/27", "6,600.00", "0.10"),
        ],
        ("MDCSTAT00301", "2"): [level("2026/03/03", "1,100.50", "0.25")],
        ("MDCSTAT02202", "STK"): [
            net("2026/03/03", 120_000_000_000, -5_000_000_000, -200_000_000_000, 85_000_000_000),
            net("2026/02/27", 1, -1, 0, 0),
        ],
        ("MDCSTAT02202", "KSQ"): [net("2026/03/03", -10, 0, 1_250_000_010, -1_250_000_000)],
    }


@dataclass(slots=True)
class Krx:
    """The host. `codes` are what logins are answered with, in turn, the last one for good.

    `ended` is how often a table is refused as after the end of a session, by `ends`.
    """

    codes: tuple[str, ...] = ("CD001",)
    told: Mapping[tuple[str, str], Any] = field(default_factory=tables)
    ended: int = 0
    ends: Said = LOGOUT
    sessions: int = 0
    members: set[str] = field(default_factory=set)

    def __call__(self, asked: Asked) -> Said:
        """Answer as the site does: without the page no login, without a login no table."""
        cookie = asked.headers.get("cookie", "")
        if asked.path.endswith("MDCCOMS001.cmd"):
            self.sessions += 1
            made = f"JSESSIONID=s{self.sessions}.mdc; Path=/; HttpOnly"
            return Said(body=b"<html/>", headers={"Set-Cookie": made})
        if asked.path.endswith("login.jsp"):
            return Said(body=b"<html/>" if cookie else b"", status=200 if cookie else 400)
        if asked.path == LOGIN:
            return self._login(asked.form, cookie)
        return self._table(asked.form, cookie)

    def _login(self, form: Mapping[str, str], cookie: str) -> Said:
        code, *rest = self.codes
        self.codes = tuple(rest) or self.codes
        if (form.get("mbrId"), form.get("pw")) != (NAME, PASSWORD):
            code = "CD005"
        if code == "CD001":
            self.members.add(cookie)
        return as_json({"_error_code": code, "_error_message": f"{form.get('pw')} is told back"})

    def _table(self, form: Mapping[str, str], cookie: str) -> Said:
        if cookie not in self.members:
            return LOGOUT
        if self.ended:
            self.ended -= 1
            return self.ends
        table = form["bld"].rpartition("/")[2]
        told = self.told[table, form.get("indIdx") or form["mktId"]]
        return told if isinstance(told, Said) else as_json({"output": told})
