"""Names and codes are invented and unmistakable."""

import csv
from pathlib import Path

import numpy as np
import pytest
from tests.unit.simulator.conftest import Made

from jennie_cli.engine.sectors import GROUPS, group_of
from jennie_cli.simulator.dynamics import package_table
from jennie_cli.simulator.roster import build_roster


def test_names_and_codes_are_unique(made: Made) -> None:
    """No two stocks share a name or a code."""
    cast = build_roster(11)
    assert len(cast.code) == len(set(cast.code)) == len(set(cast.name))
    assert all(len(c) == 6 and c[0] == "9" for c in cast.code)
    assert len(set(made.master("name"))) == len(made.codes)


def test_a_common_stock_ends_in_0_and_its_preferred_share_in_5(made: Made) -> None:
    """Codes follow the exchange's habit for preferred shares."""
    names = dict(zip(made.codes, made.master("name"), strict=True))
    for code, kind in zip(made.codes, made.master("kind"), strict=True):
        if kind == "PREFERRED":
            assert code.endswith("5")
            assert names[code[:-1] + "0"] + "우" == names[code]
        else:
            assert code.endswith("0")


def test_every_kind_of_listing_is_there(made: Made) -> None:
    """Preferred shares, SPACs, REITs and ETFs stand beside the common stocks."""
    assert {"COMMON", "PREFERRED", "SPAC", "REIT", "ETF"} == set(made.master("kind"))


def test_all_14_groups_have_stocks_and_few_are_other(made: Made) -> None:
    """Each group has common stocks; at most a tenth belongs to the last one."""
    common = made.master("kind") == "COMMON"
    groups = [group_of(f, "generated") for f in made.master("sector_fine")[common]]
    assert set(GROUPS) == set(groups)
    assert float(np.mean([g == "기타" for g in groups])) <= 0.10


@pytest.mark.data
def test_no_name_that_can_be_coined_is_a_real_one(market_data: Path) -> None:
    """Whatever the seed, neither name nor code is one of the real stock master."""
    with (market_data / "stock_master.csv").open(encoding="utf-8-sig", newline="") as file:
        real = list(csv.DictReader(file))
    table = package_table("names.toml")
    words = [a + b for a in table["first"] for b in table["second"]]
    trades = [s for many in (*table["groups"].values(), *table["fine"].values()) for s in many]
    coined = {w + t for w in words if w not in table["skip"] for t in trades}
    assert not coined & {row["name"] for row in real}
    assert not set(build_roster(11).code) & {row["code"] for row in real}
