"""Five layers, one typed tree."""

import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from jennie_cli.engine.errors import SettingsError
from jennie_cli.engine.sectors.policy import SectorPolicy
from jennie_cli.settings import (
    CLOUD_SECTIONS,
    LiveOptions,
    Settings,
    SimOptions,
    Source,
    declarations,
    declared,
)

CAP = "sectors.fixed_cap"
ENV = "MAX_SECTOR_STOCKS"


def settings(
    *,
    environ: Mapping[str, str] | None = None,
    file: Mapping[str, Any] | None = None,
    table: Mapping[str, str] | None = None,
    given: Mapping[str, str] | None = None,
) -> Settings:
    """Return settings over these layers."""
    return Settings(
        environ=environ or {}, file=file or {}, table=lambda: table or {}, given=given or {}
    )


def test_each_layer_rules_over_the_next() -> None:
    """Command line, environment, table, file, default, in this order."""
    layers: dict[str, Any] = {
        "given": {CAP: "4"},
        "environ": {ENV: "5"},
        "table": {CAP: "6"},
        "file": {"sectors": {"fixed_cap": 7}},
    }
    found = []
    while True:
        entry = settings(**layers).entry(CAP)
        found.append((entry.value, entry.source))
        if not layers:
            break
        layers.pop(next(iter(layers)))
    assert [
        (4, Source.COMMAND_LINE),
        (5, Source.ENVIRONMENT),
        (6, Source.TABLE),
        (7, Source.FILE),
        (3, Source.DEFAULT),
    ] == found


def test_a_slice_is_the_policy_of_a_room() -> None:
    """A room gets its frozen policy; a value given on the command line rules, None does not."""
    tree = settings(environ={ENV: "5"}, table={"sectors.hot_cap": "9"})
    assert SectorPolicy(fixed_cap=5, hot_cap=9) == tree.slice(SectorPolicy)
    assert SectorPolicy(fixed_cap=2, hot_cap=9) == tree.slice(
        SectorPolicy, fixed_cap=2, hot_cap=None
    )


def test_a_command_line_value_is_checked_too() -> None:
    """Ranges hold for every layer."""
    with pytest.raises(SettingsError, match=r"command line.*from 1 to 20"):
        settings().slice(SectorPolicy, fixed_cap=0)


@pytest.mark.parametrize(
    ("layers", "origin"),
    [
        ({"environ": {ENV: "many"}}, "environment MAX_SECTOR_STOCKS"),
        ({"table": {CAP: "many"}}, "table"),
        ({"file": {"sectors": {"fixed_cap": "many"}}}, "file"),
    ],
)
def test_a_wrong_value_names_its_layer(layers: dict[str, Any], origin: str) -> None:
    """The message says where to correct it."""
    with pytest.raises(SettingsError, match=rf"sectors\.fixed_cap cannot be 'many' \({origin}\)"):
        settings(**layers).entry(CAP)


def test_an_empty_variable_counts_as_unset() -> None:
    """`export X=` is how shells unset."""
    assert Source.DEFAULT is settings(environ={ENV: ""}).entry(CAP).source


def test_the_switch_before_real_money_is_not_read_from_the_table() -> None:
    """What is written to the file is read only there, so no chat command can flip it."""
    tree = settings(table={"live.enabled": "true"})
    assert LiveOptions(enabled=False) == tree.slice(LiveOptions)
    assert [
        "home", "profile", "lang", "store.url", "redis.url", "live.enabled",
        "kis.real_url", "kis.real_socket_url", "kis.paper_url", "kis.paper_socket_url",
        *(f"{name}.url" for name, _ in CLOUD_SECTIONS),
        "macro_sources.finnhub_url", "macro_sources.fred_url", "macro_sources.ecos_url",
        "macro_sources.yahoo_url", "macro_sources.naver_index_url",
        "macro_sources.naver_flows_url", "macro_sources.krx_url",
        "news_sources.naver_mobile_url", "news_sources.naver_desktop_url",
        "news_sources.dart_url", "news_sources.telegram_url", "telegram_bot.url", "chroma.url",
    ] == [d.key for d in declarations() if d.in_file]  # fmt: skip


@pytest.mark.parametrize("key", ["sectors.fixd_cap", "sector.fixed_cap"])
def test_an_unknown_key_suggests_the_nearest(key: str) -> None:
    """A typing error costs one look."""
    with pytest.raises(SettingsError) as caught:
        declared(key)
    assert f"There is no setting named '{key}'." == caught.value.message
    assert CAP in caught.value.hint


def test_a_file_with_an_unknown_key_is_refused() -> None:
    """A misspelled key in config.toml is not ignored."""
    with pytest.raises(SettingsError, match=r"named 'sectors\.fixed_kap'"):
        settings(file={"sectors": {"fixed_kap": 7}}).entries()


def test_a_prefix_selects_whole_sections_or_one_key() -> None:
    """`config show sim` and `config show sim.seed` both work; half a word does not."""
    tree = settings()
    assert ["sim.seed"] == [e.declared.key for e in tree.entries("sim")]
    assert ["sim.seed"] == [e.declared.key for e in tree.entries("sim.seed")]
    assert ["lang"] == [e.declared.key for e in tree.entries("lang")]
    with pytest.raises(SettingsError, match="'si'"):
        tree.entries("si")


def test_keys_are_unique_and_each_has_a_sentence() -> None:
    """Every setting documents itself, and its default is within its own range."""
    found = declarations()
    assert len(found) == len({d.key for d in found})
    assert [] == [d.key for d in found if not d.spec.doc.endswith(".")]
    assert len(found) == len({d.env for d in found})
    for item in found:
        default = settings(given={item.key: item.spec.default}).entry(item.key).value
        assert item.spec.default == default


def test_reading_one_key_imports_no_other_room() -> None:
    """Asking for a house setting imports neither numpy nor a room of the engine."""
    script = (
        "import sys\n"
        "from jennie_cli.settings import Settings\n"
        "print(Settings(environ={}, file={}).entry('sim.seed').value)\n"
        "print(sorted({'numpy', 'pandas', 'sqlmodel', 'keyring'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert f"{SimOptions().seed}\n[]\n" == run.stdout


def test_other_settings_for_one_piece_of_work_rule_over_all_layers() -> None:
    """The settings they came from stay as they were; a key that nobody declares is refused."""
    home = settings(given={CAP: "4"}, environ={ENV: "5"})
    assert ("9", "4") == (
        str(home.overridden({CAP: "9"}).entry(CAP).value),
        str(home.entry(CAP).value),
    )
    with pytest.raises(SettingsError, match=r"sectors\.nonsense"):
        home.overridden({"sectors.nonsense": "1"})
