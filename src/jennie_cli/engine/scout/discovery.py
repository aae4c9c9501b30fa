"""Where candidates come from; every source speaks before any filter does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from jennie_cli.engine.model import Market
from jennie_cli.engine.scoring.market import MarketView
from jennie_cli.engine.scout.eligibility import codes_in
from jennie_cli.engine.scout.measure import Measured
from jennie_cli.engine.scout.policy import ScoutPolicies, ScoutPolicy
from jennie_cli.engine.scout.ranking import IndexArray, ranked
from jennie_cli.engine.scout.request import ScoutRequest
from jennie_cli.engine.sectors import hot_members
from jennie_cli.engine.store.panels import BoolArray

_BOARDS = (Market.KOSPI, Market.KOSDAQ)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """The union of all sources as ascending stock indices, and what each source named."""

    stocks: IndexArray
    by_source: Mapping[str, IndexArray]

    def sources(self, stock: int) -> tuple[str, ...]:
        """Return which sources named a stock."""
        return tuple(name for name, found in self.by_source.items() if stock in found)


def discover(measured: Measured, request: ScoutRequest, policies: ScoutPolicies) -> Candidates:
    """Return the candidates of a run, limited to the board that was asked for."""
    view = measured.view
    policy = policies.scout
    within = _on_board(view, request.board)
    found = {
        "market_cap": _by_cap(view, request, policy),
        "hot_sector": hot_members(
            measured.trends,
            [s.sector_fine for s in view.stocks],
            view.market_cap,
            sectors=policy.hot_sectors,
            names=policy.hot_sector_names,
            policy=policies.sectors,
            counted=within & measured.eligibility.eligible,
        ),
        "momentum": _by_momentum(measured, within, policy.momentum_top_n),
    }
    if request.recalled:
        found["archived_news"] = _named(view, within, [one.code for one in request.recalled])
    if not len(found["market_cap"]):
        found["static"] = _named(view, within, codes_in(policy.blue_chips))
    return Candidates(stocks=np.unique(np.concatenate(list(found.values()))), by_source=found)


def board_sizes(universe: int, board: Market | None, kospi_share: float) -> tuple[int, int]:
    """Return how many stocks KOSPI and KOSDAQ send; one board alone sends them all."""
    if board is not None:
        return (universe, 0) if board is Market.KOSPI else (0, universe)
    kospi = round(universe * kospi_share)
    return kospi, universe - kospi


def _by_cap(view: MarketView, request: ScoutRequest, policy: ScoutPolicy) -> IndexArray:
    universe = request.universe or policy.universe_size
    sizes = board_sizes(universe, request.board, policy.kospi_share_ratio)
    picks = [
        ranked(view.market_cap, view.market_cap, view.bars.codes, _on_board(view, board))[:size]
        for board, size in zip(_BOARDS, sizes, strict=True)
    ]
    return np.concatenate(picks)


def _by_momentum(measured: Measured, within: BoolArray, top: int) -> IndexArray:
    lead = measured.table.parts["momentum"]["six_month_relative"]
    score = np.where(lead.missing[-1], np.nan, lead.input[-1])
    view = measured.view
    return ranked(score, view.market_cap, view.bars.codes, within)[:top]


def _named(view: MarketView, within: BoolArray, codes: Sequence[str]) -> IndexArray:
    return np.flatnonzero(within & np.isin(np.asarray(view.bars.codes), codes))


def _on_board(view: MarketView, board: Market | None) -> BoolArray:
    if board is None:
        return np.ones(len(view.bars.codes), dtype=bool)
    return np.asarray(view.board == _BOARDS.index(board))
