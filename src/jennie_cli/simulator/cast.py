"""Who is on stage: which stocks exist, how large they are, their trade, code and name."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.model import SecurityKind
from jennie_cli.engine.sectors import FINE, GROUPS
from jennie_cli.engine.store.panels import BoolArray, FloatArray
from jennie_cli.simulator.dynamics import package_table
from jennie_cli.simulator.names import coin_names

KOSPI, KOSDAQ = 0, 1
ALWAYS_LISTED = -1
FINES: tuple[str, ...] = tuple(FINE)
_PREFERRED, _SPACS, _REITS, _ETFS = 40, 40, 20, 30
_NEWCOMERS, _LISTING_EVERY, _BIG_NEWCOMER_EVERY = 300, 4, 8
_KOSDAQ_SHARE = 0.75
_OWN_FINE = {SecurityKind.SPAC: "기타금융", SecurityKind.REIT: "부동산", SecurityKind.ETF: "기타"}

IntArray = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """All stocks in order of appearance, (N,) each. `cap` is KRW on the first day; `parent` is
    the place of a preferred share's company, -1 for others; `list_day` a day number.
    """

    kind: tuple[SecurityKind, ...]
    board: IntArray
    cap: FloatArray
    parent: IntArray
    list_day: IntArray

    def is_kind(self, *kinds: SecurityKind) -> BoolArray:
        """Return which stocks are of one of these kinds."""
        return np.array([k in kinds for k in self.kind])


def draw_cast(rng: np.random.Generator) -> Cast:
    """Return every stock that is or will be listed."""
    caps = [_ranked_caps(rng, "KOSPI"), _ranked_caps(rng, "KOSDAQ")]
    boards = [np.full(c.size, i) for i, c in enumerate(caps)]
    preferred = np.sort(rng.choice(160, _PREFERRED, replace=False))
    preferred[0] = 0
    caps += [
        caps[0][preferred] * rng.uniform(0.05, 0.12, _PREFERRED),
        rng.uniform(6e9, 2e10, _SPACS),
        rng.uniform(1e11, 9e11, _REITS),
        10 ** rng.uniform(10.5, 12.8, _ETFS),
        _newcomer_caps(rng),
    ]
    boards += [np.full(n, b) for n, b in ((_PREFERRED, KOSPI), (_SPACS, KOSDAQ))]
    boards += [np.full(_REITS + _ETFS, KOSPI), (rng.random(_NEWCOMERS) < _KOSDAQ_SHARE) * 1]
    commons = boards[0].size + boards[1].size
    kinds = [SecurityKind.COMMON] * commons + [SecurityKind.PREFERRED] * _PREFERRED
    kinds += [SecurityKind.SPAC] * _SPACS + [SecurityKind.REIT] * _REITS
    kinds += [SecurityKind.ETF] * _ETFS + [SecurityKind.COMMON] * _NEWCOMERS
    parent = np.full(len(kinds), -1)
    parent[commons : commons + _PREFERRED] = preferred
    list_day = np.full(len(kinds), ALWAYS_LISTED)
    slots = _LISTING_EVERY * np.arange(_NEWCOMERS) + rng.integers(2, 5, _NEWCOMERS)
    list_day[-_NEWCOMERS:] = slots
    return Cast(
        kind=tuple(kinds),
        board=np.concatenate(boards).astype(np.intp),
        cap=np.concatenate(caps),
        parent=parent,
        list_day=list_day,
    )


def _ranked_caps(rng: np.random.Generator, board: str) -> FloatArray:
    points = package_table("dynamics.toml")["size"][board]
    ranks = np.arange(1, points["rank"][-1] + 1)
    log_cap = np.interp(np.log(ranks), np.log(points["rank"]), np.log(points["cap"]))
    return np.asarray(np.exp(log_cap + rng.normal(0.0, 0.08, ranks.size)))


def _newcomer_caps(rng: np.random.Generator) -> FloatArray:
    caps = np.exp(rng.normal(np.log(1.4e11), 0.6, _NEWCOMERS))
    # some must be large enough to be ranked before they have a history
    caps[3::_BIG_NEWCOMER_EVERY] = rng.uniform(2e12, 6e12, caps[3::_BIG_NEWCOMER_EVERY].size)
    return caps


def fine_sectors(rng: np.random.Generator, cast: Cast) -> IntArray:
    """Return each stock's fine sector as a place in FINES."""
    drawn = np.where(cast.board == KOSPI, _fines(rng, cast, KOSPI), _fines(rng, cast, KOSDAQ))
    for kind, fine in _OWN_FINE.items():
        drawn[cast.is_kind(kind)] = FINES.index(fine)
    child = cast.parent >= 0
    drawn[child] = drawn[cast.parent[child]]
    return drawn


def _fines(rng: np.random.Generator, cast: Cast, board: int) -> IntArray:
    shares = package_table("dynamics.toml")["groups"]
    weight = np.zeros(len(FINES))
    for group in GROUPS:
        members = [i for i, f in enumerate(FINES) if FINE[f] == group]
        ladder = 1.0 / (np.arange(len(members)) + 2.0)
        weight[members] = shares[group][board] * ladder / ladder.sum()
    return rng.choice(len(FINES), cast.board.size, p=weight / weight.sum())


def draw_codes(rng: np.random.Generator, cast: Cast) -> list[str]:
    """Return six-character codes in ranges that the exchange does not use."""
    kospi = iter(f"96{n:03d}0" for n in rng.permutation(1000))
    kosdaq = iter(f"{n + 97_000:05d}0" for n in rng.permutation(2000))
    other = iter(f"99{n:03d}0" for n in rng.permutation(1000))
    codes: list[str] = []
    for kind, board, parent in zip(cast.kind, cast.board, cast.parent, strict=True):
        if parent >= 0:
            codes.append(codes[parent][:-1] + "5")
        elif kind is not SecurityKind.COMMON:
            codes.append(next(other))
        else:
            codes.append(next(kospi if board == KOSPI else kosdaq))
    return codes


def draw_names(rng: np.random.Generator, cast: Cast, fine: IntArray) -> list[str]:
    """Return unique coined names; a preferred share carries its company's name."""
    fines = [FINES[f] for f in fine]
    names = coin_names(rng, cast.kind, fines, [FINE[f] for f in fines])
    return [
        names[parent] + "우" if parent >= 0 else name
        for name, parent in zip(names, cast.parent, strict=True)
    ]
