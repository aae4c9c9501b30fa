"""The whole tree keeps the house rules, and every rule is shown to catch what it is meant for."""

import subprocess
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pytest
from tests.house.checks import modes, names, prose, sizes, stamps
from tests.house.checks.sources import Source, planted, read

TOP = Path(__file__).parents[2]
Check = Callable[[Sequence[Source]], Iterable[str]]

CHECKS: tuple[Check, ...] = (
    sizes.long_modules,
    sizes.long_functions,
    sizes.median_function,
    sizes.crowded_classes,
    sizes.wide_ports,
    names.drawers,
    names.unnamed_floats,
    modes.mode_flags,
    modes.free_dice,
    modes.stubs,
    stamps.forged_stamps,
    prose.captions,
    prose.silent_names,
    prose.silent_tests,
)

LONG_BODY = "".join(f"    x = {n}\n" for n in range(60))
MONEY = "src/jennie_cli/engine/risk/limits.py"
ROOM = "src/jennie_cli/engine/exits/__init__.py"
GATE = "src/jennie_cli/engine/risk/gate.py"
LIFE = "src/jennie_cli/engine/execution/life.py"


@pytest.fixture(scope="module")
def house() -> tuple[Source, ...]:
    """Return every module of the house."""
    return read(TOP, "src", "tests", "benchmarks", "docs")


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_house_keeps_rule(check: Check, house: tuple[Source, ...]) -> None:
    """No module of the house breaks this rule."""
    assert [] == list(check(house))


@pytest.mark.parametrize(
    ("check", "path", "text"),
    [
        (sizes.long_modules, GATE, "x = 1\n" * 501),
        (sizes.long_functions, GATE, f"def f():\n{LONG_BODY}"),
        (sizes.long_functions, "tests/unit/test_x.py", f"async def test_f():\n{LONG_BODY}"),
        (sizes.median_function, GATE, "def f():\n" + "    x = 1\n" * 10),
        (
            sizes.crowded_classes,
            GATE,
            "class A:\n" + "".join(f" def f{n}(self): x\n" for n in range(21)),
        ),
        (
            sizes.wide_ports,
            GATE,
            "class A(Protocol[T]):\n" + "".join(f" def f{n}(self): ...\n" for n in range(8)),
        ),
        (names.drawers, "src/jennie_cli/engine/risk/utils.py", ""),
        (names.drawers, "src/jennie_cli/common/prices.py", ""),
        (names.drawers, GATE, "class OrderManager: pass"),
        (names.drawers, GATE, "class Base: pass"),
        (names.unnamed_floats, MONEY, "class A:\n    price: float | None"),
        (names.unnamed_floats, MONEY, "class A:\n    price: 'float'"),
        (names.unnamed_floats, MONEY, "def f(*, cash: float): pass"),
        (names.unnamed_floats, MONEY, "class A:\n    def share(self) -> tuple[float, int]: pass"),
        (modes.mode_flags, GATE, "def f(is_live): pass"),
        (modes.mode_flags, GATE, "self.paper_mode = True"),
        (modes.mode_flags, GATE, "run(use_live=True)"),
        (modes.mode_flags, GATE, "if settings.profile: pass"),
        (modes.mode_flags, GATE, "fee = TABLE[profile]"),
        (modes.mode_flags, GATE, "match world.profile:\n    case _: pass"),
        (modes.mode_flags, GATE, "x = 1 if where == 'live' else 2"),
        (modes.mode_flags, GATE, "x = where in {'sim', 'paper'}"),
        (modes.free_dice, "src/jennie_cli/simulator/tape.py", "r = np.random.default_rng()"),
        (modes.stubs, GATE, "def f():\n    raise NotImplementedError"),
        (modes.stubs, GATE, "def f():\n    'Say it.'\n    ..."),
        (stamps.forged_stamps, LIFE, "send(ApprovedOrder(intent=i, checks=()))"),
        (stamps.forged_stamps, LIFE, "x = risk.ApprovedChange(qty=1)"),
        (stamps.forged_stamps, LIFE, "from r import ApprovedOrder as Yes\nx = Yes(intent=i)"),
        (prose.captions, ROOM, ""),
        (prose.captions, ROOM, "'''Two\nlines.'''"),
        (prose.captions, ROOM, "'''A caption.'''\nx = 1"),
        (prose.captions, ROOM, "'''A caption.'''\nfrom a import b"),
        (prose.captions, ROOM, "'''A caption.'''\nfrom a import b, c\n__all__ = ['c', 'b']"),
        (prose.captions, ROOM, "'''A caption.'''\nfrom a import b\n__all__ = ['b', 'c']"),
        (prose.silent_names, GATE, "x = 1"),
        (prose.silent_names, GATE, "'''Why.'''\nclass A:\n    '''What.'''\n    def f(self): pass"),
        (prose.silent_tests, "tests/unit/test_x.py", "def test_f(): pass"),
        (prose.silent_tests, "tests/unit/test_x.py", "def test_f():\n    'One. Two.'"),
    ],
)
def test_rule_catches_planted_source(check: Check, path: str, text: str) -> None:
    """A planted violation is reported with its path, once."""
    complaints = list(check([planted(path, text)]))
    assert 1 == len(complaints)
    assert check is sizes.median_function or path in complaints[0]


CLEAN = '''"""Decides how large a position may be."""

from typing import Protocol, overload

FEES = {"live": 1}


class Ledger(Protocol):
    """Tells what is owned."""

    def cash(self) -> int:
        """Return won."""
        ...


class Sizer:
    """Sizes a position."""

    heat_pct: float = 5.0

    def weight(self, price: int, *, atr_ratio: float) -> int:
        """Return won."""
        return int(price * atr_ratio)

    def gap_pct(self, bars: FloatArray) -> float:
        """Return percent."""
        return default_rng(7).normal()
'''


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_rule_leaves_good_source_alone(check: Check) -> None:
    """A module that keeps the rules is not complained about."""
    good = planted(MONEY, CLEAN)
    caption = planted(
        ROOM, "'''Exits.'''\nfrom a import Bar, C_D, c\n__all__ = ['C_D', 'Bar', 'c']"
    )
    case = planted("tests/unit/test_x.py", "def test_f():\n    'A fee of 0.015 % is kept.'")
    assert [] == list(check([good, caption, case]))


def tracked_texts() -> dict[str, str]:
    """Return the text of every file that git tracks or would track."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "-co", "--exclude-standard"]
    done = subprocess.run(command, cwd=TOP, capture_output=True, text=True, check=True)
    files = [TOP / name for name in done.stdout.splitlines()]
    return {
        str(file.relative_to(TOP)): file.read_text("utf-8", errors="replace")
        for file in files
        if file.is_file()
    }


def test_repository_holds_no_debris() -> None:
    """No tracked file holds a note to do it later, a path of one machine or a registry's host."""
    texts = tracked_texts()
    assert "pyproject.toml" in texts
    assert [] == list(prose.debris(texts))


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("# TO" + "DO later", "a note to do it later"),
        ("cd /wo" + "rk/main", "a path of one machine"),
        ("at /tm" + "p/w/dev", "a path of one machine"),
        ("http://py" + "pi.org", "the host of a registry"),
    ],
)
def test_debris_is_found(line: str, kind: str) -> None:
    """Each kind of debris is reported with its file and line."""
    assert [f"a.md:2 holds {kind}"] == list(prose.debris({"a.md": f"ok\n{line}\n"}))
