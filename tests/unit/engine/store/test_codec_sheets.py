"""A packed sheet comes back to the last bit, and damaged or hostile bytes are refused."""

import zlib
from dataclasses import fields
from datetime import datetime
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jennie_cli.engine.clock import KST
from jennie_cli.engine.store.codec_sheets import pack, unpack
from jennie_cli.engine.store.evaluations import NOT_ASKED, Form, Judging, Question, Sheet

AT = datetime(2026, 3, 3, 9, 1, tzinfo=KST)
FIGURES = [0.0, -0.0, np.nan, np.inf, -np.inf, 5e-324, 1 / 3, 70_000.0, 1e308]


@st.composite
def sheets(draw: st.DrawFn) -> Sheet:
    """Draw a sheet of any size, none and one included, with every kind of figure."""
    rows, stocks, asked = (draw(st.integers(0, most)) for most in (5, 9, 4))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    shape = (rows, stocks)
    return Sheet(
        at=AT,
        judging=draw(st.sampled_from(Judging)),
        codes=tuple(f"{n:06d}" for n in range(stocks)),
        counted=tuple(f"gate.규칙{n}" for n in range(rows)),
        questions=tuple(
            Question(rule=f"gate.{n}", unit="KRW", form=[*Form][n % 3]) for n in range(asked)
        ),
        deciding=np.asarray(
            rng.integers(NOT_ASKED, asked, shape, dtype=np.int16),
            order=draw(st.sampled_from(["C", "F"])),
        ),
        value=rng.choice([*FIGURES, rng.normal()], shape),
        limit=rng.choice(FIGURES[: draw(st.integers(1, 9))], shape),
        passed=rng.random(shape) < 0.5,
    )


def bits(sheet: Sheet) -> list[Any]:
    """Return every field, arrays as their kind, shape and bytes."""
    values = [getattr(sheet, f.name) for f in fields(Sheet)]
    return [(v.dtype, v.shape, v.tobytes()) if isinstance(v, np.ndarray) else v for v in values]


@settings(max_examples=100, deadline=None)
@given(sheets())
def test_a_sheet_comes_back_to_the_last_bit(sheet: Sheet) -> None:
    """Signed zeros, infinities and unknown figures included."""
    assert bits(sheet) == bits(unpack(pack(sheet), at=sheet.at, judging=sheet.judging))


@settings(max_examples=60, deadline=None)
@given(sheets(), st.data())
def test_a_damaged_sheet_is_refused(sheet: Sheet, data: st.DataObject) -> None:
    """A byte that turned, bytes that are gone and bytes that were added are all noticed."""
    packed = pack(sheet)
    place = data.draw(st.integers(0, len(packed) - 1))
    turned = bytearray(packed)
    turned[place] ^= data.draw(st.integers(1, 255))
    for bad in (bytes(turned), packed[:place], packed + b"x"):
        try:
            same = bits(unpack(bad, at=sheet.at, judging=sheet.judging)) == bits(sheet)
        except ValueError:
            continue
        # a turned bit of zlib's own header may say nothing about what follows
        assert same


def made(head: object, body: bytes = b"") -> bytes:
    """Return bytes of a head of somebody's own making."""
    plain = orjson.dumps(head)
    return zlib.compress(len(plain).to_bytes(4, "little") + plain + body)


NOTHING: dict[str, Any] = {"codes": [], "counted": [], "questions": [], "rows": []}
ONE = {
    "codes": ["005930"],
    "counted": ["gate.rsi"],
    "questions": [{"rule": "gate.rsi", "unit": "", "form": "number"}],
    "rows": [0, 0],
}


@pytest.mark.parametrize(
    "packed",
    [
        b"",
        b"\x80\x04\x95nonsense",
        zlib.compress(b""),
        zlib.compress(bytes(1 << 27)),
        zlib.compress((1 << 31).to_bytes(4, "little")),
        made([]),
        made(None),
        made({}),
        made({"codes": 1} | NOTHING | {"rows": 7}),
        made(NOTHING, b"more"),
        made(ONE, bytes(10)),
        made(ONE | {"rows": [0, 1_000_000]}, bytes(19)),
        made(ONE | {"rows": [0, "x"]}, bytes(19)),
        made(ONE | {"rows": [0.5, 0.5]}, bytes(11)),
        made(ONE | {"questions": [{"rule": "r", "unit": "", "form": "pickle"}]}, bytes(11)),
        made(ONE | {"questions": []}, bytes(11)),
        made(ONE | {"questions": [3]}, bytes(11)),
    ],
)
def test_hostile_bytes_are_refused(packed: bytes) -> None:
    """Whatever they claim to be, they are an error and nothing else."""
    with pytest.raises(ValueError):  # noqa: PT011  # every fault has words of its own
        unpack(packed, at=AT, judging=Judging.GATES)


def test_the_hostile_bytes_are_near_misses() -> None:
    """What they were made from is a sheet, so that each is refused for its own fault."""
    assert 0 == len(unpack(made(NOTHING), at=AT, judging=Judging.GATES).codes)
    sheet = unpack(made(ONE, bytes(11)), at=AT, judging=Judging.GATES)
    told = sheet.of("005930")
    assert told is not None
    assert (0.0, False) == (told.checks[0].value, told.checks[0].passed)


@pytest.mark.parametrize("form", Form)
@pytest.mark.parametrize("figure", [99.0, -1.0, 1e300, np.inf, 2.5])
def test_a_figure_that_is_no_time_and_no_regime_is_still_told(form: Form, figure: float) -> None:
    """A tampered record is read to its end."""
    sheet = Sheet(
        at=AT,
        judging=Judging.GATES,
        codes=("005930",),
        counted=("gate.regime",),
        questions=(Question(rule="gate.regime", unit="regime", form=form),),
        deciding=np.zeros((1, 1), np.int16),
        value=np.array([[figure]]),
        limit=np.array([[np.nan]]),
        passed=np.array([[True]]),
    )
    told = unpack(pack(sheet), at=AT, judging=Judging.GATES).of("005930")
    assert told is not None
    expected = str if form is Form.CLOCK and np.isfinite(figure) else float
    assert (expected, None) == (type(told.checks[0].value), told.checks[0].limit)
