"""What calls cost: USD for a million tokens in and out, by provider, model and Korean day.

The table is `prices.toml` beside this file, with a source for each row. A model without a row
costs as much as the dearest of all: an unknown price must not pass the budget as a small one, and
one provider may sell models of all makers. Each such model is told of in the log once.
"""

import logging
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from importlib.resources import files
from typing import Any

from jennie_cli.engine.errors import BadFile

LOG = logging.getLogger(__name__)

_ANY = "*"
_DEAREST = Decimal(10_000)
_DATED = re.compile(r"-(?:\d{8}|\d{4}-\d{2}-\d{2}|latest)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """One row: USD for a million tokens in and out, from a Korean day on."""

    provider: str
    model: str
    since: date
    usd_in: Decimal
    usd_out: Decimal
    source: str


@dataclass(slots=True)
class PriceTable:
    """The prices of all days."""

    rows: tuple[Price, ...]
    _told: set[tuple[str, str]] = field(default_factory=set)

    def over(self, own: Iterable[Price]) -> "PriceTable":
        """Return a table where the rows of a home replace ours for the same provider and model."""
        own = tuple(own)
        replaced = {(row.provider, row.model) for row in own}
        kept = (r for r in self.rows if (r.provider, r.model) not in replaced)
        return PriceTable((*kept, *own))

    def price(self, provider: str, model: str, day: date) -> Price:
        """Return what a model cost on a Korean day; before its first row that row counts.

        An id with a date at its end is the model without it.
        """
        rows = self._rows(provider, model)
        return _in_force(rows, day) if rows else self._dearest(provider, model, day)

    def knows(self, provider: str, model: str) -> bool:
        """Return whether a model has a row, so that what it costs is no estimate."""
        return bool(self._rows(provider, model))

    def _rows(self, provider: str, model: str) -> list[Price]:
        for known in (model, undated(model), _ANY):
            if rows := [r for r in self.rows if (r.provider, r.model) == (provider, known)]:
                return rows
        return []

    def cost(self, provider: str, model: str, day: date, tokens_in: int, tokens_out: int) -> int:
        """Return the millionths of a US dollar that so many tokens cost, rounded half up."""
        price = self.price(provider, model, day)
        exact = tokens_in * price.usd_in + tokens_out * price.usd_out
        return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))

    def _dearest(self, provider: str, model: str, day: date) -> Price:
        models = {(r.provider, r.model) for r in self.rows}
        rows = (_in_force(self._rows(*each), day) for each in models)
        dearest = max(rows, key=lambda row: (row.usd_out, row.usd_in, row.model))
        if (provider, model) not in self._told:
            self._told.add((provider, model))
            LOG.warning(
                "no price is known for %s %s: estimated as %s %s, USD %s in and %s out a million",
                provider,
                model,
                dearest.provider,
                dearest.model,
                dearest.usd_in,
                dearest.usd_out,
            )
        return dearest


def undated(model: str) -> str:
    """Return a model id without the date that a provider may put at its end."""
    return _DATED.sub("", model)


def packaged_prices() -> PriceTable:
    """Return the table of the package."""
    text = (files(__package__) / "prices.toml").read_text(encoding="utf-8")
    return PriceTable(prices_of(text, name="prices.toml"))


def prices_of(text: str, *, name: str) -> tuple[Price, ...]:
    """Return the rows of a price file called `name`. Raises BadFile saying which row is wrong."""
    try:
        rows = tomllib.loads(text).get("price", [])
    except tomllib.TOMLDecodeError as error:
        raise _bad(name, f"it is no TOML: {error}") from None
    if not isinstance(rows, list) or not rows:
        raise _bad(name, "it has no [[price]]")
    return tuple(_price(name, number, row) for number, row in enumerate(rows, 1))


def _price(name: str, number: int, row: Any) -> Price:
    try:
        since = row["from"]
        price = Price(
            provider=str(row["provider"]),
            model=str(row["model"]),
            since=since,
            usd_in=_usd(row["in"]),
            usd_out=_usd(row["out"]),
            source=str(row["source"]),
        )
    except KeyError as error:
        raise _bad(name, f"row {number} lacks {error}") from None
    except (InvalidOperation, TypeError, ValueError) as error:
        raise _bad(name, f"row {number}: {error}") from None
    if type(since) is not date:
        raise _bad(name, f"row {number}: from is no date such as 2026-11-01")
    return price


def _usd(written: Any) -> Decimal:
    if not isinstance(written, str):
        raise TypeError(f'a price is a text such as "0.27", not {written!r}')
    usd = Decimal(written)
    if not 0 <= usd <= _DEAREST:
        raise ValueError(f"{written} is no price for a million tokens in USD")
    return usd


def _in_force(rows: Iterable[Price], day: date) -> Price:
    ordered = sorted(rows, key=lambda row: row.since)
    return next((row for row in reversed(ordered) if row.since <= day), ordered[0])


def _bad(name: str, why: str) -> BadFile:
    return BadFile(
        f"The prices in {name} cannot be used: {why}.",
        hint="Each [[price]] has provider, model, from, in, out and source: see docs/models.md.",
    )
