"""The only composition root: settings, clock and adapters become a running engine."""

from jennie_cli.wiring.checkup import examine
from jennie_cli.wiring.crash import record_crash
from jennie_cli.wiring.editing import Change, change_setting, remember_home
from jennie_cli.wiring.exchange import (
    ExchangePlan,
    OpenedExchange,
    fault_table,
    home_exchange,
    serve_exchange,
)
from jennie_cli.wiring.extras import EXTRAS, need_extra
from jennie_cli.wiring.findings import Finding, Level
from jennie_cli.wiring.house import AsOf, House, open_house
from jennie_cli.wiring.markets import coverage, import_files, newest_generated_day
from jennie_cli.wiring.vault import ask_hidden
from jennie_cli.wiring.worldhost import attach_world, host_world, running_world

__all__ = [
    "EXTRAS",
    "AsOf",
    "Change",
    "ExchangePlan",
    "Finding",
    "House",
    "Level",
    "OpenedExchange",
    "ask_hidden",
    "attach_world",
    "change_setting",
    "coverage",
    "examine",
    "fault_table",
    "home_exchange",
    "host_world",
    "import_files",
    "need_extra",
    "newest_generated_day",
    "open_house",
    "record_crash",
    "remember_home",
    "running_world",
    "serve_exchange",
]
