"""Gates and strategies of plugins: asked of the same bars as our own, after them.

A guest is not trusted: it sees copies of nothing that it could change, its rules carry its name,
and whatever goes wrong in it is told and counts as a no.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.errors import OutsideError
from jennie_cli.engine.indicators import SessionBars
from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.macro.policy import ALLOWED_AT_RISK
from jennie_cli.engine.model import Regime
from jennie_cli.engine.rules import Rule
from jennie_cli.engine.rules.guests import PREFIX, WORKS
from jennie_cli.engine.signals.figures import Figures
from jennie_cli.engine.signals.inputs import REGIMES, Candidates, Flags, Seconds, Weather
from jennie_cli.engine.signals.strategies_scene import Condition

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
"""What plugins and their rules may be called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What a guest sees: the bars of a session so far, or of a whole past one; nothing is writable.

    Arrays are (bars, stocks), those of the stocks (stocks,), NaN where unknown. Row i of a column
    is the stock's own i-th bar of the session, `known` where there is one; `second` is when it
    ends and is judged, in seconds since midnight KST, as `opens` and `closes` of the session.
    Prices and `vwap` are won, `volume` shares, `volume_ratio` multiples of the earlier mean,
    `rsi` and the scores 0..100. `regime` is that of the morning.

    What is said of row t may rest on rows 0..t alone, and of one stock on that stock alone: which
    others stand beside it changes from call to call.
    """

    codes: tuple[str, ...]
    known: Flags
    second: Seconds
    opens: int
    closes: int
    regime: Regime
    open: FloatArray
    high: FloatArray
    low: FloatArray
    close: FloatArray
    volume: FloatArray
    rsi: FloatArray
    volume_ratio: FloatArray
    vwap: FloatArray
    base_price: FloatArray
    hybrid_score: FloatArray
    llm_score: FloatArray


Ask = Callable[[View], Sequence[Condition]]
"""A gate or a strategy: the conditions that must all hold."""


class GuestFailed(OutsideError):
    """A plugin cannot be loaded, or gave no answer that can be read."""

    code = "plugin_failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """A gate or strategy of a plugin; a strategy that is not `enabled` only records its hits."""

    name: str
    ask: Ask
    enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """What one strategy of a plugin says, as a layer of the table of strategies."""

    name: str
    enabled: bool
    allowed: Flags
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What the guests said of the bars of one View."""

    gates: tuple[Condition, ...] = ()
    strategies: tuple[Layer, ...] = ()

    def latest(self, count: NDArray[np.int64]) -> "Heard":
        """Return what was said of each stock's last bar, (1, stocks), of `count` that it has."""
        row = np.maximum(count - 1, 0)[None, :]
        return Heard(
            gates=tuple(_at(condition, row) for condition in self.gates),
            strategies=tuple(
                replace(layer, conditions=tuple(_at(c, row) for c in layer.conditions))
                for layer in self.strategies
            ),
        )


def _unheard(_: GuestFailed) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guests:
    """The guests of a session; `trouble` is told whenever one fails."""

    gates: tuple[Guest, ...] = ()
    strategies: tuple[Guest, ...] = ()
    trouble: Callable[[GuestFailed], None] = field(default=_unheard, compare=False)

    @property
    def told(self) -> str:
        """Who is there, in words; empty without any."""
        named = [("gate", guest) for guest in self.gates]
        named += [("strategy", guest) for guest in self.strategies]
        return ", ".join(f"{k} {g.name}{'' if g.enabled else ' (off)'}" for k, g in named)

    def hear(
        self, bars: SessionBars, figures: Figures, candidates: Candidates, weather: Weather
    ) -> Heard:
        """Ask every guest about every bar; `figures` are those of the bars."""
        if not self.gates and not self.strategies:
            return Heard()
        view = _view(bars, figures, candidates, weather)
        # no macro side knows a guest, so none is let in where it picks the strategies
        calm = np.asarray(weather.risk_off_level < min(ALLOWED_AT_RISK))
        return Heard(
            gates=tuple(c for guest in self.gates for c in self._said(guest, view)),
            strategies=tuple(
                Layer(
                    name=PREFIX + guest.name,
                    enabled=guest.enabled,
                    allowed=calm,
                    conditions=self._said(guest, view),
                )
                for guest in self.strategies
            ),
        )

    def _said(self, guest: Guest, view: View) -> tuple[Condition, ...]:
        """Return whether a guest answered, and its conditions if it did."""
        try:
            with np.errstate(all="ignore"):
                said = answers(guest.ask, view)
        except Exception as error:  # noqa: BLE001  # the code of a guest may raise anything
            self.trouble(
                GuestFailed(
                    f"The plugin {guest.name} failed: {type(error).__name__}: {error}",
                    hint="What it was asked counts as a no. Mend it, or uninstall it.",
                )
            )
            return (_works(guest, works=False),)
        named = (replace(c, rule=_named(guest, c.rule)) for c in said)
        return (_works(guest, works=True), *named)


NO_GUESTS = Guests()


def answers(ask: Ask, view: View) -> tuple[Condition, ...]:
    """Return what a guest answers, every array (bars, stocks).

    Raises TypeError or ValueError for an answer that cannot be read, and what the guest raises.
    """
    said = tuple(_read(condition, view.known.shape) for condition in ask(view))
    names = [condition.rule.id for condition in said]
    if not said or len(set(names)) < len(names):
        raise ValueError(f"it must answer with conditions of different names, not {names}")
    return said


def _read(said: object, shape: tuple[int, ...]) -> Condition:
    if not isinstance(said, Condition):
        raise TypeError(f"it must answer with Conditions, not {type(said).__name__}")
    if not NAME.fullmatch(said.rule.id) or said.rule.id == WORKS:
        raise ValueError(f"'{said.rule.id}' is no name for a rule of a plugin")
    passed = np.asarray(said.passed)
    if passed.dtype != np.bool_:
        raise TypeError(f"whether {said.rule.id} holds must be true or false, not {passed.dtype}")
    return Condition(
        rule=said.rule,
        value=_full(said.value, shape),
        limit=_full(said.limit, shape),
        # a copy, for the guest may keep what it gave and change it
        passed=np.array(np.broadcast_to(passed, shape)),
    )


def _full(figure: object, shape: tuple[int, ...]) -> FloatArray:
    return np.array(np.broadcast_to(np.asarray(figure, dtype=np.float64), shape))


def _works(guest: Guest, *, works: bool) -> Condition:
    nothing = np.asarray(np.nan)
    return Condition(
        rule=_named(guest, Rule(id=WORKS, needs=("plugin",))),
        value=nothing,
        limit=nothing,
        passed=np.asarray(works),
    )


def _named(guest: Guest, rule: Rule) -> Rule:
    return replace(rule, id=f"{PREFIX}{guest.name}.{rule.id}")


def _at(condition: Condition, row: NDArray[np.int64]) -> Condition:
    def of(array: NDArray[Any]) -> NDArray[Any]:
        return np.take_along_axis(array, row, axis=0) if array.ndim else array

    return Condition(
        rule=condition.rule,
        value=of(condition.value),
        limit=of(condition.limit),
        passed=of(condition.passed),
    )


def _view(bars: SessionBars, figures: Figures, candidates: Candidates, weather: Weather) -> View:
    """Return what a guest may see of bars and their figures."""
    known = bars.known
    arrays: Mapping[str, NDArray[Any]] = {
        "known": known,
        "second": np.where(known, (bars.minute.astype(np.int64) + 1) * 60, 0),
        **{name: getattr(bars, name) for name in ("open", "high", "low", "close", "volume")},
        **{name: getattr(figures, name) for name in ("rsi", "volume_ratio", "vwap")},
        **{n: getattr(candidates, n) for n in ("base_price", "hybrid_score", "llm_score")},
    }
    return View(
        codes=candidates.codes,
        opens=weather.opens,
        closes=weather.closes,
        regime=REGIMES[int(weather.regime.flat[0])],
        **{name: _sealed(array) for name, array in arrays.items()},
    )


def _sealed(array: NDArray[Any]) -> NDArray[Any]:
    sealed = array.view()
    sealed.flags.writeable = False
    return sealed
