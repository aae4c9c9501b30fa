"""What models used and cost over the last days, and what of today's money is spent."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce

from jennie_cli.engine.clock import KST
from jennie_cli.engine.llm import LlmPolicy, Service, UsageTotal
from jennie_cli.wiring.house import House

MICRO = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """A service's money of today, in millionths of a US dollar, and the setting that limits it."""

    service: str
    spent_micro: int
    limit_micro: int
    setting: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCosts:
    """Sums by service, provider and model over the Korean days `first` to `last`, dearest first.

    `usd_krw` is the rate at which a sum is shown in won.
    """

    first: date
    last: date
    rows: tuple[UsageTotal, ...]
    budgets: tuple[Budget, ...]
    usd_krw: float


def model_costs(house: House, days: int) -> ModelCosts:
    """Return what the last `days` Korean days used, today among them. Raises OutsideError."""
    from jennie_cli.adapters.sql import SqlUsageBook  # noqa: PLC0415  # only for this

    book, policy = SqlUsageBook(house.records), house.settings.slice(LlmPolicy)
    last = house.wall_clock.now().astimezone(KST).date()
    first = last - timedelta(days=days - 1)
    budgets = tuple(
        Budget(
            service=service,
            spent_micro=book.spent(last, service),
            limit_micro=round(policy.budget_usd(service) * MICRO),
            setting=f"llm.{policy.budget_name(service)}",
        )
        for service in Service
    )
    rows = _summed(book.totals(first, last))
    return ModelCosts(first=first, last=last, rows=rows, budgets=budgets, usd_krw=policy.usd_krw)


def _summed(totals: Iterable[UsageTotal]) -> tuple[UsageTotal, ...]:
    """Return one row for each service, provider and model."""
    places: dict[tuple[str, str, str], list[UsageTotal]] = {}
    for total in totals:
        places.setdefault((total.service, total.provider, total.model), []).append(total)
    rows = (reduce(UsageTotal.plus, found) for found in places.values())
    return tuple(sorted(rows, key=lambda r: (-r.usd_micro, -r.calls, r.service, r.model)))
