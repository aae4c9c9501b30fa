"""Plugins are found by their entry points; one that is broken is told and left out."""

from collections.abc import Sequence
from typing import Any

import pytest
from tests.unit.conftest import Jennie
from tests.unit.wiring.installed import Entry, install

from jennie_cli.api import Condition, Rule, View, holds
from jennie_cli.engine.signals.guests import GuestFailed
from jennie_cli.settings import Settings
from jennie_cli.wiring.guests import guests_of

GATES, STRATEGIES = "jennie_cli.gates", "jennie_cli.strategies"


def never(view: View) -> Sequence[Condition]:
    """Say no to everything."""
    return (holds(Rule(id="ever"), ~view.known),)


def absent() -> Any:
    """Fail as a plugin does whose package lacks something."""
    raise ModuleNotFoundError("No module named 'lost'")


def let_in(**given: str) -> tuple[str, list[str]]:
    """Return who is let in under some settings, in words, and what is told."""
    told: list[GuestFailed] = []
    keys = {f"signals.{key}": value for key, value in given.items()}
    return guests_of(Settings(environ={}, file={}, given=keys), told.append).told, [
        failure.message for failure in told
    ]


def test_gates_are_on_and_strategies_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have a switch by name, and a name that nobody has is told."""
    install(
        monkeypatch,
        Entry(STRATEGIES, "quick", lambda: never),
        Entry(GATES, "calm", lambda: never),
        Entry(GATES, "bold", lambda: never),
    )
    assert ("gate bold, gate calm, strategy quick (off)", []) == let_in()
    asked = let_in(plugin_strategies="quick,lost", plugin_gates_off="bold")
    assert "gate calm, strategy quick" == asked[0]
    assert ["signals.plugin_strategies names lost, which no installed plugin brings."] == asked[1]


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (Entry(GATES, "lame", absent), "ModuleNotFoundError: No module named 'lost'"),
        (Entry(GATES, "lame", lambda: 3), "some_plugin:ask is no function."),
        (Entry(GATES, "La.me", lambda: never), "its name must be"),
        (Entry(STRATEGIES, "calm", lambda: never), "some-plugin 1.0 brings one of that name."),
    ],
)
def test_a_plugin_that_cannot_be_loaded_is_left_out(
    monkeypatch: pytest.MonkeyPatch, entry: Entry, why: str
) -> None:
    """It is told with its package and the reason; the others are there."""
    install(monkeypatch, Entry(GATES, "calm", lambda: never), entry)
    there, (told,) = let_in()
    assert "gate calm" == there
    assert told.startswith(f"The plugin {entry.name} of some-plugin 1.0 is left out: ")
    assert why in told


def test_trouble_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plugin that fails at every bar does not fill the screen."""
    told: list[GuestFailed] = []
    install(monkeypatch)
    guests = guests_of(Settings(environ={}, file={}), told.append)
    for words in ("one", "one", "other"):
        guests.trouble(GuestFailed(words))
    assert ["one", "other"] == [failure.message for failure in told]


def test_doctor_names_every_plugin(jennie: Jennie, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is broken is a warning with what to do; without any that is said."""
    install(monkeypatch, Entry(GATES, "calm", lambda: never), Entry(GATES, "lame", absent))
    found = [c for c in jennie("doctor", "--json").document["checks"] if c["name"] == "plugin"]
    assert ["calm (gate) of some-plugin 1.0"] == [c["detail"] for c in found if c["level"] == "ok"]
    (lame,) = (c for c in found if c["level"] == "warn")
    assert "lost" in lame["detail"]
    assert "Mend it, or uninstall it." == lame["todo"]
    install(monkeypatch)
    found = jennie("doctor", "--json").document["checks"]
    assert "none installed" in {c["detail"] for c in found if c["name"] == "plugins"}
