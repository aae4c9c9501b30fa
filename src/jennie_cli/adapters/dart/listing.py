"""One page of the register's list, and what each of its answers means.

{"status": "000", "message": "정상", "page_no": 1, "page_count": 100, "total_count": 5,
"total_page": 1, "list": [{"corp_name", "stock_code", "report_nm", "rcept_no", "flr_nm",
"rcept_dt": "20260304", ...}]}
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from jennie_cli.engine.clock import KST
from jennie_cli.engine.feed import Fetched, FetchFailed, FetchKind, one_line, unlike
from jennie_cli.engine.model import Headline, NewsKind

NAME = "dart"
LINK = "https://dart.fss.or.kr/dsaf001/main.do?rcpNo="
TITLE, PUBLISHER = 300, 60

_AHEAD = timedelta(days=1)
_OK, _NONE = "000", "013"
_MEANS: Mapping[str, tuple[FetchKind, str, str]] = {
    "010": (FetchKind.BLOCKED, "the key is not registered", "jennie secrets set dart_api_key"),
    "011": (FetchKind.BLOCKED, "the key is suspended", "Look at the key on opendart.fss.or.kr."),
    "012": (FetchKind.BLOCKED, "this address may not use the key", "Look at opendart.fss.or.kr."),
    "020": (FetchKind.RATE_LIMITED, "the day's calls are used up", "Ask again tomorrow."),
    "021": (FetchKind.BAD_REQUEST, "too many companies at once", "Look for a newer jennie."),
    "100": (FetchKind.BAD_REQUEST, "a field is wrong", "Look for a newer jennie."),
    "101": (FetchKind.BLOCKED, "this access is not allowed", "Look at opendart.fss.or.kr."),
    "800": (FetchKind.SERVER, "the register is under maintenance", "Try again later."),
    "900": (FetchKind.SERVER, "an error that it does not name", "Try again later."),
    "901": (FetchKind.BLOCKED, "the key's account has lapsed", "Look at opendart.fss.or.kr."),
}
_CODE = re.compile(r"[0-9A-Z]{6}")
_NUMBER = re.compile(r"[0-9]{14}")
_DAY = re.compile(r"[0-9]{8}")
_STATUS = re.compile(r"[0-9]{3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One page: the filings of listed companies, how many pages there are, and how many rows could
    not be read.
    """

    headlines: tuple[Headline, ...] = ()
    pages: int = 0
    unreadable: int = 0


def read_listing(page: Fetched) -> Listing:
    """Return a page of the list; a day without filings has none. Raises FetchFailed."""
    try:
        answer = json.loads(page.text)
    except (ValueError, RecursionError):
        raise unlike(page, "no JSON") from None
    status = answer.get("status") if isinstance(answer, Mapping) else None
    if status == _NONE:
        return Listing()
    if status != _OK:
        raise _refused(page, status)
    rows, pages = answer.get("list"), answer.get("total_page")
    if not isinstance(rows, list) or isinstance(pages, bool) or not isinstance(pages, int):
        raise unlike(page, "no list of filings")
    listed = [row for row in rows if not _unlisted(row)]
    read = [_headline(page, row) for row in listed]
    known = tuple(headline for headline in read if headline is not None)
    if listed and not known:
        raise unlike(page, "no filing with a name, a number and a day")
    return Listing(headlines=known, pages=pages, unreadable=len(read) - len(known))


def _refused(page: Fetched, status: Any) -> FetchFailed:
    """Return what a status means; the register's own words are not repeated."""
    said = isinstance(status, str) and _STATUS.fullmatch(status)
    if not said:
        return unlike(page, "no status")
    kind, why, hint = _MEANS.get(
        str(status), (FetchKind.SERVER, "a status that nobody has named", "Try again later.")
    )
    return FetchFailed(f"{page.shown} answered {status}: {why}.", kind=kind, hint=hint)


def _unlisted(row: Any) -> bool:
    """Return whether a row says that its company has no shares on a market."""
    if not isinstance(row, Mapping) or "stock_code" not in row:
        return False
    return not str(row["stock_code"] or "").strip()


def _headline(page: Fetched, row: Any) -> Headline | None:
    """Return a filing, None for a row that lacks one of its fields or holds another's."""
    code, number, day = (_text(row, n).strip() for n in ("stock_code", "rcept_no", "rcept_dt"))
    title, name = one_line(_text(row, "report_nm"), TITLE), one_line(_text(row, "corp_name"), 60)
    at = _moment(day)
    whole = _CODE.fullmatch(code) and _NUMBER.fullmatch(number) and title and name
    if not whole or at is None or at > page.at + _AHEAD:
        return None
    return Headline(
        kind=NewsKind.FILING,
        title=title,
        at=at,
        source=NAME,
        publisher=one_line(_text(row, "flr_nm"), PUBLISHER),
        url=LINK + number,
        code=code,
        name=name,
    )


def _text(row: Any, name: str) -> str:
    value = row.get(name) if isinstance(row, Mapping) else None
    return value if isinstance(value, str) else ""


def _moment(day: str) -> datetime | None:
    """Return the midnight of Korea that a day begins with; the register tells no hour."""
    if not _DAY.fullmatch(day):
        return None
    try:
        return datetime.strptime(day, "%Y%m%d").replace(tzinfo=KST)
    except ValueError:
        return None
