"""A login at KRX's data market, and the tables that it opens.

The steps and fields are those that the site's own page takes: the page gives a session cookie, the
form of name and password makes it a member's. A name that is in use elsewhere is told so once, and
goes on here if it insists. A session that has ended answers 400, 403, the word LOGOUT or a page.
"""

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from jennie_cli.adapters.macro.answers import changed, get_json, part
from jennie_cli.engine.feed import Ask, Fetched, Fetcher, FetchFailed, FetchKind

LOGGED_IN = "CD001"
_NEW_PASSWORD = "CD010"  # noqa: S105  # a code of the host, no secret
_IN_USE = "CD011"
_CODE = re.compile(r"CD\d{3}")
_CLIENT = "/contents/MDC/COMS/client"
_PAGE, _FRAME, _LOGIN = f"{_CLIENT}/MDCCOMS001.cmd", f"{_CLIENT}/view/login.jsp", "MDCCOMS001D1.cmd"
_DATA = "/comm/bldAttendant/getJsonData.cmd"
_OUTER = "/contents/MDC/MDI/outerLoader/index.cmd"
_ENDED = frozenset({FetchKind.BAD_REQUEST, FetchKind.BLOCKED, FetchKind.LAYOUT_CHANGED})
_MOST_LOGINS = 2
_MOST_ROWS = 400
_HERE = frozenset({"127.0.0.1", "localhost", "::1"})


class LoginRefused(FetchFailed):
    """KRX knows the name or the password not, or wants something else of its owner first."""

    code = "login_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class KrxLogin:
    """Who logs in; never shown."""

    name: str = field(repr=False)
    password: str = field(repr=False)


@dataclass(slots=True, kw_only=True)
class KrxSession:
    """One session of one collection; `judged` is told each code that a login was answered with."""

    url: str
    login: KrxLogin
    fetcher: Fetcher
    budget: str
    judged: Callable[[str], None] = lambda _: None
    _cookies: dict[str, str] = field(default_factory=dict, repr=False)
    _logins: int = 0
    _door: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def begin(self) -> None:
        """Log in. Raises LoginRefused, FetchFailed."""
        await self._enter(0)

    async def rows(self, table: str, query: Mapping[str, str]) -> tuple[Sequence[Any], Fetched]:
        """Return the rows of a table; a session that has ended is begun anew once.

        Raises LoginRefused, FetchFailed.
        """
        seen = self._logins
        try:
            return await self._rows(table, query)
        except FetchFailed as error:
            if error.kind not in _ENDED or seen >= _MOST_LOGINS:
                raise
        await self._enter(seen)
        return await self._rows(table, query)

    async def _rows(self, table: str, query: Mapping[str, str]) -> tuple[Sequence[Any], Fetched]:
        told, page = await get_json(
            self.fetcher,
            self._ask(_DATA, _OUTER, form={"bld": table, "locale": "ko_KR", **query}),
        )
        rows = part(told, "output")
        if not isinstance(rows, list):
            raise changed(page, "no rows")
        return rows[:_MOST_ROWS], page

    async def _enter(self, seen: int) -> None:
        """Log in, unless another question has done so since `seen` logins."""
        async with self._door:
            if self._logins > seen:
                return
            self._insist_safe()
            self._logins += 1
            self._cookies.clear()
            self._take(await self.fetcher.get(self._ask(_PAGE, _PAGE)))
            frame = self._ask(_FRAME, _PAGE, query={"site": "mdc"})
            self._take(await self.fetcher.get(frame))
            code, page = await self._sent({})
            if code == _IN_USE:
                code, page = await self._sent({"skipDup": "Y"})
            self.judged(code)
            if code != LOGGED_IN:
                raise _refused(code, page)

    async def _sent(self, more: Mapping[str, str]) -> tuple[str, Fetched]:
        """Return the code that the login is answered with."""
        blank = dict.fromkeys(("mbrNm", "telNo", "di", "certType"), "")
        who = {"mbrId": self.login.name, "pw": self.login.password}
        asked = self._ask(f"{_CLIENT}/{_LOGIN}", _PAGE, form={**blank, **who, **more})
        told, page = await get_json(self.fetcher, asked)
        self._take(page)
        code = part(told, "_error_code")
        if not isinstance(code, str) or not _CODE.fullmatch(code):
            raise changed(page, "a login without a code")
        return code, page

    def _take(self, page: Fetched) -> None:
        self._cookies.update(page.cookies)

    def _ask(
        self,
        path: str,
        from_path: str,
        *,
        query: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
    ) -> Ask:
        base = self.url.rstrip("/")
        headers = {"referer": f"{base}{from_path}"}
        if self._cookies:
            headers["cookie"] = "; ".join(f"{n}={v}" for n, v in self._cookies.items())
        if path == _DATA:
            headers["x-requested-with"] = "XMLHttpRequest"
        return Ask(
            url=f"{base}{path}",
            budget=self.budget,
            query=query or {},
            form=form,
            headers=headers,
            secrets=tuple(self._cookies.values()),
        )

    def _insist_safe(self) -> None:
        """Raise FetchFailed for an address that would carry a password in the clear."""
        parts = urlsplit(self.url)
        if parts.scheme != "https" and parts.hostname not in _HERE:
            raise FetchFailed(
                "The address of KRX is not https, so the login was not sent.",
                kind=FetchKind.BAD_REQUEST,
                hint="jennie config reset macro_sources.krx_url",
            )


def _refused(code: str, page: Fetched) -> LoginRefused:
    if code == _NEW_PASSWORD:
        return LoginRefused(
            f"{page.shown} wants a new password before anybody logs in ({code}).",
            kind=FetchKind.BLOCKED,
            hint="Change it at data.krx.co.kr, then: jennie secrets set krx_pw",
        )
    return LoginRefused(
        f"{page.shown} refused the login ({code}).",
        kind=FetchKind.BLOCKED,
        hint="jennie secrets set krx_id, krx_pw; then: jennie macro collect --sources krx",
    )
