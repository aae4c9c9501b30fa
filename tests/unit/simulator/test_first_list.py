"""The first list that anyone sees of a new world teaches what the lists are about."""

import pytest
from benchmarks.world_seed import lesson

from jennie_cli.engine.venue import Calendar
from jennie_cli.settings import SimOptions

pytestmark = pytest.mark.slow


def test_the_default_seed_teaches(calendar: Calendar) -> None:
    """The default world starts with two TIER1, three RECON, a veto, a COOL cap and six sectors."""
    first = lesson(SimOptions().seed, calendar)
    assert first.tier1 >= 2
    assert first.recon >= 3
    assert first.vetoed >= 1
    assert first.cool >= 1
    assert first.capped >= 1
    assert first.groups >= 6
    assert first.teaches
