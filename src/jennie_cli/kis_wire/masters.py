"""One line of a stock master file: read into a stock, and written as KIS writes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from types import MappingProxyType

from jennie_cli.engine.model import Market, SecurityKind, Stock, StockStatus
from jennie_cli.kis_wire.catalogue import table
from jennie_cli.kis_wire.codes import ALERT_CODES, status_of
from jennie_cli.kis_wire.text import blank, day_of, day_text, padded, whole

ENCODING = "cp949"
MASTER_NAMES: Mapping[Market, str] = MappingProxyType(
    {Market.KOSPI: "kospi_code", Market.KOSDAQ: "kosdaq_code"}
)

_CODE, _ISIN, _NAME_BYTES = 9, 12, 40
_HEAD = _CODE + _ISIN


class BadMaster(ValueError):
    """A line is no line of this board's master."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MasterLine:
    """One line: its head, and the fields of its tail by our names, blanks cut off."""

    market: Market
    code: str
    isin: str
    name: str
    fields: Mapping[str, str]

    @property
    def status(self) -> StockStatus:
        """Return the designation that binds most."""
        f = self.fields
        return status_of(
            "",
            halted=f["halted"],
            liquidation=f["liquidation"],
            alert=f["alert"],
            overheated="Y" if f["overheat"] in {"2", "3"} else "N",
            managed=f["administrative"],
        )

    @property
    def kind(self) -> SecurityKind | None:
        """Return what the code stands for, None for a group that jennie does not know."""
        name = table("masters.toml")["kinds"].get(self.fields["group"])
        if name != SecurityKind.COMMON:
            return SecurityKind(name) if name else None
        if self.fields["spac"] == "Y":
            return SecurityKind.SPAC
        common = self.fields["preferred"] in {"", "0"}
        return SecurityKind.COMMON if common else SecurityKind.PREFERRED

    def stock(self) -> Stock | None:
        """Return the stock, None for a group that jennie does not know; BadMaster for bad fields.

        Shares are as exact as the file, which counts them in thousands.
        """
        kind = self.kind
        if kind is None:
            return None
        try:
            thousands = whole(self.fields["shares_thousand"])
            listed = self.fields["listed_on"]
            listed_on = None if blank(listed) or not listed.strip("0") else day_of(listed)
        except ValueError as error:
            raise BadMaster(f"{self.code}: {error}") from error
        return Stock(
            code=self.code,
            name=self.name,
            market=self.market,
            kind=kind,
            status=self.status,
            shares=thousands * 1000 if thousands else None,
            listed_on=listed_on,
        )


@cache
def layout(market: Market) -> Mapping[str, slice]:
    """Return where each field of the tail lies, counted from the tail's start."""
    tables = table("masters.toml")
    text = " ".join(
        (
            tables["head"][market],
            tables["body"]["shared"],
            tables["body"][market],
            tables["tail"]["shared"],
        )
    )
    parts = [word.split(":") for word in text.split()]
    edges = [0]
    for _, width in parts:
        edges.append(edges[-1] + int(width))
    places = zip(parts, pairwise(edges), strict=True)
    return MappingProxyType({name: slice(*edge) for (name, _), edge in places})


def tail_width(market: Market) -> int:
    """Return the characters of the tail: 227 for KOSPI, 221 for KOSDAQ."""
    return sum(place.stop - place.start for place in layout(market).values())


def parse_line(line: str, market: Market) -> MasterLine:
    """Return a decoded line taken apart from the right, as the name's width varies."""
    line = line.rstrip("\r\n")
    width = tail_width(market)
    if len(line) <= _HEAD + width or blank(line[:_CODE]):
        raise BadMaster(f"a line of {len(line)} characters is no line of {market}")
    tail = line[-width:]
    return MasterLine(
        market=market,
        code=line[:_CODE].strip(),
        isin=line[_CODE:_HEAD].strip(),
        name=line[_HEAD:-width].strip(),
        fields=MappingProxyType({n: tail[at].strip() for n, at in layout(market).items()}),
    )


def write_line(line: MasterLine) -> str:
    """Return a line without its end, text fields blank-filled; ValueError for one too wide.

    A field that is left out stays blank.
    """
    unknown = line.fields.keys() - layout(line.market).keys()
    if unknown:
        raise ValueError(f"no such fields in the master of {line.market}: {sorted(unknown)}")
    parts = [_fitted("code", line.code, _CODE), _fitted("isin", line.isin, _ISIN)]
    parts.append(padded(line.name, _NAME_BYTES))
    for name, place in layout(line.market).items():
        parts.append(_fitted(name, line.fields.get(name, ""), place.stop - place.start))
    return "".join(parts)


def line_of(stock: Stock, *, isin: str = "", base_price: int = 0) -> MasterLine:
    """Return the line that tells a stock; `base_price` is won."""
    flags = {
        "halted": stock.status is StockStatus.HALTED,
        "liquidation": stock.status is StockStatus.LIQUIDATION,
        "administrative": stock.status is StockStatus.ADMINISTRATIVE,
        "spac": stock.kind is SecurityKind.SPAC,
    }
    groups = {kind: group for group, kind in table("masters.toml")["kinds"].items()}
    fields = {name: "Y" if flag else "N" for name, flag in flags.items()} | {
        "group": groups.get(stock.kind, "ST"),
        "base_price": f"{base_price:09}",
        "alert": ALERT_CODES.get(stock.status, "00"),
        "overheat": "2" if stock.status is StockStatus.OVERHEATED else "0",
        "preferred": "1" if stock.kind is SecurityKind.PREFERRED else "0",
        "shares_thousand": f"{(stock.shares or 0) // 1000:015}",
        "listed_on": day_text(stock.listed_on) if stock.listed_on else "",
    }
    return MasterLine(
        market=stock.market, code=stock.code, isin=isin, name=stock.name, fields=fields
    )


def _fitted(name: str, text: str, width: int) -> str:
    if len(text) > width:
        raise ValueError(f"{name} has {len(text)} characters, not {width}")
    return text.ljust(width)
