"""What a trader can check by hand: the bars of one stock in, what the scanner says of them out.

The numbers are those of the acceptance cases of the trading specification, section 15.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, time
from typing import Any

import numpy as np
import pytest
from tests.unit.engine.research.test_walk_entries import only
from tests.unit.engine.research.walk_cases import (
    CODE,
    DAY,
    Chart,
    at,
    candidates,
    past,
    quiet,
    still,
)
from tests.unit.engine.signals.gate_cases import EXAM_DAY
from tests.unit.engine.trading.session.hearing import ear, heard, minutes_of, ticks

from jennie_cli.engine.model import Regime, Strategy
from jennie_cli.engine.research.past import PastSession
from jennie_cli.engine.rules.gates import NOTES
from jennie_cli.engine.signals import SignalPolicy, StrategyPolicy, own_lists
from jennie_cli.engine.store import Judging
from jennie_cli.engine.trading.session import Given, Scanned, SessionPolicies, Settled

RECON: dict[str, Any] = {"is_recon": np.array([True])}
"""A RECON stock that the model scores well: in a bull market every bar of it is wished for."""
WISH = "RECON_BULL_ENTRY"
ANY_TIME = SignalPolicy(cooldown_seconds=0)
CALM = SignalPolicy(rsi_max=100.0)
UNLISTED: dict[str, Any] = {"list_days": np.array([np.nan])}


def told(
    chart: Chart, *, gates: SignalPolicy = ANY_TIME, day: date = DAY, **changes: Any
) -> dict[str, list[str]]:
    """Return what is said of a wished-for stock, by the time at which its bars end."""
    session = past({CODE: chart}, day=day, candidates=candidates([CODE], day, **RECON, **changes))
    return words(heard(session, SessionPolicies(signals=gates)))


def words(said: Iterable[Scanned]) -> dict[str, list[str]]:
    """Return signals, what became of those that waited, and the gates that block; by time."""
    table: dict[str, list[str]] = {}
    for scanned in said:
        for sheet in (sheet for write in scanned.said for sheet in write()):
            judged = sheet.of(CODE)
            if sheet.judging is Judging.GATES and judged is not None:
                table[f"{sheet.at:%H:%M}"] = [
                    f"blocked {check.rule.removeprefix('gate.')}"
                    for check in judged.checks
                    if not check.passed and check.rule not in NOTES
                ]
        for one in scanned.found:
            table[clock(one.second)].append(word(one))
    return table


def word(one: Given | Settled) -> str:
    """Return what was found in words."""
    if isinstance(one, Given):
        return f"{one.strategy}, waits" if one.waits else str(one.strategy)
    return f"dropped {one.dropped_by.removeprefix('strategy.')}" if one.dropped_by else "confirmed"


def figure(said: Sequence[Scanned], rule: str) -> str:
    """Return the figure of a gate at the last bar, in four digits."""
    judged = next(
        found
        for write in said[-1].said
        for sheet in write()
        if sheet.judging is Judging.GATES and (found := sheet.of(CODE)) is not None
    )
    (value,) = (check.value for check in judged.checks if check.rule == rule)
    return "unknown" if value is None else f"{value:.4g}"


def clock(second: int) -> str:
    """Return a second of the day as a clock shows it."""
    return f"{second // 3600:02}:{second // 60 % 60:02}"


def on_volume(session: PastSession, shares: int) -> PastSession:
    """Return the session with so many shares traded in its last minute."""
    volume = session.bars.volume.copy()
    volume[-1] = shares
    return replace(session, bars=replace(session.bars, volume=volume))


def ending(*clocks: str) -> Chart:
    """Return a chart of minutes that end at these times, after enough of them in the morning."""
    ends = {_minutes(c) - 541 for c in clocks}
    busy = {*range(60, 85), *ends} if min(ends) >= 60 else {*range(25), *ends}
    return [(10_000,) * 4 if n in busy else None for n in range(max(ends) + 1)]


def _minutes(at_clock: str) -> int:
    moment = time.fromisoformat(at_clock)
    return moment.hour * 60 + moment.minute


CASE_1 = [
    (18, "09:39", ["blocked min_bars"]),
    (19, "09:40", ["blocked min_bars"]),
    (20, "09:41", [WISH]),
]


@pytest.mark.parametrize(("bars", "ends", "expected"), CASE_1)
def test_case_1_twenty_bars_of_this_session(bars: int, ends: str, expected: list[str]) -> None:
    """The stock trades from 09:21 on: its nineteenth bar blocks, its twentieth is bought."""
    assert expected == told([*[None] * 21, *still(bars)])[ends]


CASE_2 = {
    DAY: [
        ("09:29", ["blocked no_trade_window"]),
        ("09:30", [WISH]),
        ("13:59", [WISH]),
        ("14:00", ["blocked danger_zone"]),
        ("14:59", ["blocked danger_zone"]),
        ("15:00", [WISH]),
        ("15:19", [WISH]),
        ("15:20", ["blocked last_entry"]),
    ],
    EXAM_DAY: [
        ("10:29", ["blocked no_trade_window"]),
        ("10:30", [WISH]),
        ("14:00", [WISH]),
        ("15:00", ["blocked danger_zone"]),
        ("16:00", [WISH]),
        ("16:20", ["blocked last_entry"]),
    ],
}


@pytest.mark.parametrize("day", CASE_2)
def test_case_2_the_times_of_day(day: date) -> None:
    """A bar is judged at the second in which it ends; on the exam day all moves by an hour."""
    said = told(ending(*(at_clock for at_clock, _ in CASE_2[day])), day=day)
    assert CASE_2[day] == [(at_clock, said[at_clock]) for at_clock, _ in CASE_2[day]]


FEW = replace(ANY_TIME, min_bars=10)
CASE_3 = [
    ("75", 20, (90, -30), ANY_TIME, [WISH]),
    ("75.12", 20, (151, -50), ANY_TIME, ["blocked rsi"]),
    ("unknown", 12, (90, -30), FEW, [WISH]),
]


@pytest.mark.parametrize(("rsi", "bars", "moves", "gates", "expected"), CASE_3)
def test_case_3_an_overbought_stock(
    rsi: str, bars: int, moves: tuple[int, int], gates: SignalPolicy, expected: list[str]
) -> None:
    """A rise and a fall early in the day make the RSI of the bar that ends at 09:30."""
    rise, fall = moves
    closes = [1_500, 1_500 + rise, *[1_500 + rise + fall] * (bars - 2)]
    chart = [*[None] * (30 - bars), *((c, c, c, c) for c in closes)]
    session = past({CODE: chart}, candidates=candidates([CODE], **RECON))
    said = heard(session, SessionPolicies(signals=gates))
    assert expected == words(said)["09:30"]
    assert rsi == figure(said, "gate.rsi")


CASE_4 = [
    # volume, price, ratio, flags, what becomes of it
    (210, 10_000, "2.1", "1", [WISH]),
    (210, 10_230, "2.1", "2", ["blocked combined_risk"]),
    (200, 10_230, "2", "1", [WISH]),
    (200, 10_000, "2", "0", [WISH]),
]


@pytest.mark.parametrize(("volume", "price", "ratio", "flags", "expected"), CASE_4)
def test_case_4_two_flags_block(
    volume: int, price: int, ratio: str, flags: str, expected: list[str]
) -> None:
    """After 29 minutes of 100 shares at 10,000 won comes one of more shares; 10,230 won are 2.1 %
    above the VWAP.
    """
    session = past({CODE: [*still(29), *still(1, price)]}, candidates=candidates([CODE], **RECON))
    said = heard(on_volume(session, volume), SessionPolicies(signals=CALM))
    assert expected == words(said)["09:30"]
    assert (ratio, flags) == (figure(said, "gate.volume"), figure(said, "gate.combined_risk"))


CASE_5 = [(599, "09:40"), (600, "09:40"), (601, "09:41")]


@pytest.mark.parametrize(("seconds", "next_time"), CASE_5)
def test_case_5_a_signal_rests(seconds: int, next_time: str) -> None:
    """Signalled at 09:30; bars that end 599 s later and less are blocked, those after pass."""
    said = told([*quiet(), *still(12)], gates=SignalPolicy(cooldown_seconds=seconds))
    wished = [at_clock for at_clock, one in said.items() if one == [WISH]]
    assert ["09:30", next_time] == wished
    assert ["blocked cooldown"] == said["09:39"]


@pytest.mark.parametrize(("remembered", "next_time"), [(True, "09:40"), (False, "09:36")])
def test_case_5_a_rest_survives_a_restart(*, remembered: bool, next_time: str) -> None:
    """A scanner killed at 09:35 and begun anew rests on, if what it had signalled is known."""
    session = past({CODE: [*quiet(), *still(12)]}, candidates=candidates([CODE], **RECON))
    minutes = minutes_of(session.bars)
    first = ear(session, SessionPolicies())
    for minute in minutes[:35]:
        list(first.hear([minute]))
    until = {CODE: float(first.rests.signal[0])} if remembered else {}
    second = ear(session, SessionPolicies(), signalled_until=until)
    second.maker.add(ticks(session, minutes[:35]))
    second.maker.close_minutes(at("09:35:01"))
    said = words([one for minute in minutes[35:] for one in second.hear([minute])])
    assert next_time == next(at_clock for at_clock, one in said.items() if one == [WISH])


BREAKOUT = [(10_000 - 10 * (n % 2),) * 4 for n in range(70)] + [(10_020,) * 4]
WAVE = [10_000 - 10 * (n % 2) for n in range(40)]
REBOUND = [(c, c, c, c) for c in (*WAVE, 9_970, 9_950, 9_930, 9_940, 9_970)]
CASE_6 = [
    ("breakout", BREAKOUT, Regime.BULL, ["SHORT_TERM_HIGH_BREAKOUT, waits"]),
    ("breakout", BREAKOUT, Regime.NEUTRAL, []),
    ("rsi cross", REBOUND, Regime.NEUTRAL, ["RSI_REBOUND"]),
    ("rsi cross", REBOUND, Regime.BULL, []),
]


@pytest.mark.parametrize(("what", "chart", "regime", "expected"), CASE_6)
def test_case_6_each_regime_has_its_strategies(
    what: str, chart: Chart, regime: Regime, expected: list[str]
) -> None:
    """A breakout on 2.5 times the volume, and an RSI that comes back over 40."""
    own, momentum_pct = own_lists([{Strategy.RSI_REBOUND: None}], StrategyPolicy())
    session = past(
        {CODE: chart},
        regime=regime,
        candidates=candidates([CODE], **UNLISTED, own=own, momentum_pct=momentum_pct),
    )
    volume = 250 if what == "breakout" else 100
    said = words(heard(on_volume(session, volume), SessionPolicies(signals=CALM)))
    assert expected == list(said.values())[-1]


MORNING: Chart = still(30, 9_850)
AFTERNOON: Chart = [*[None] * 268, *still(30, 9_850)]
CASE_7 = [
    ("a lower close", MORNING, [9_999], ["09:32 dropped held_price"]),
    ("held", MORNING, [10_000], ["09:32 confirmed"]),
    ("held for long", MORNING, [10_000] * 8, ["09:32 confirmed"]),
    ("held a minute too late", MORNING, [None, 10_000], ["09:33 dropped next_minute"]),
    ("lower, then held", MORNING, [9_990, 10_000], ["09:32 dropped held_price"]),
    ("held into the danger zone", AFTERNOON, [10_000], ["14:00 dropped gates_again"]),
    ("no other trade", MORNING, [], []),
]


@pytest.mark.parametrize(("case", "before", "closes", "expected"), CASE_7)
def test_case_7_a_momentum_signal_waits_for_its_bar(
    case: str, before: Chart, closes: Sequence[int | None], expected: list[str]
) -> None:
    """After half an hour at 9,850 won a bar closes at 10,000: what its next closes make of it."""
    later = [None if c is None else (c, c, c, c) for c in closes]
    session = past({CODE: [*before, *still(1), *later]}, candidates=candidates([CODE], **UNLISTED))
    policies = SessionPolicies(signals=CALM, strategies=only(Strategy.MOMENTUM))
    said = heard(session, policies)
    found = [f"{clock(one.second)} {word(one)}" for turn in said for one in turn.found]
    given = "13:59" if before is AFTERNOON else "09:31"
    assert [f"{given} MOMENTUM, waits", *expected] == found, case


CASE_10 = [
    ({"is_blocked": np.array([True])}, ["blocked tier"]),
    ({"is_tradable": np.array([False])}, ["blocked tradable"]),
    ({}, [WISH]),
]


@pytest.mark.parametrize(("changes", "expected"), CASE_10)
def test_case_10_a_barred_stock(changes: dict[str, Any], expected: list[str]) -> None:
    """Tier BLOCKED or not tradable: no signal with every other gate open."""
    assert expected == told([*quiet(), *still(3)], **changes)["09:31"]
