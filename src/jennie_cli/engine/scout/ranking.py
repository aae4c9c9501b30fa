"""One order for everything the scout ranks, so that the order of the input never matters."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.store.panels import BoolArray, FloatArray

IndexArray = NDArray[np.intp]


def ranked(
    scores: FloatArray, market_cap: FloatArray, codes: Sequence[str], within: BoolArray
) -> IndexArray:
    """Return the indices of `within`, best score first; ties by market cap, then by code.

    NaN scores are left out; an unknown market cap counts as the smallest.
    """
    chosen = np.flatnonzero(within & np.isfinite(scores))
    cap = np.nan_to_num(market_cap[chosen], nan=-1.0)
    names = np.asarray(codes)[chosen]
    return chosen[np.lexsort((names, -cap, -scores[chosen]))]
