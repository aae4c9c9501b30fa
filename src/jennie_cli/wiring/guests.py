"""Gates and strategies of installed plugins: found by their entry points, loaded, switched."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import EntryPoint, entry_points

from jennie_cli.engine.signals import Guest, GuestPolicy, Guests
from jennie_cli.engine.signals.guests import NAME, Ask, GuestFailed
from jennie_cli.settings import Settings

_GROUP = "jennie_cli."


class Kind(StrEnum):
    """What a plugin brings; its group of entry points is `jennie_cli.` and this."""

    GATE = "gates"
    STRATEGY = "strategies"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A plugin that is installed; `ask` is None where a `problem` leaves it out."""

    name: str
    kind: Kind
    package: str
    ask: Ask | None = None
    problem: GuestFailed | None = None


def found_guests() -> tuple[Found, ...]:
    """Load every plugin that is installed, in the order of kinds and names."""
    found: dict[str, Found] = {}
    for kind in Kind:
        for entry in sorted(entry_points(group=_GROUP + kind), key=lambda each: each.name):
            one = _found(kind, entry, taken=found.get(entry.name))
            found[f"{len(found)} {entry.name}" if entry.name in found else entry.name] = one
    return tuple(found.values())


def guests_of(settings: Settings, trouble: Callable[[GuestFailed], None]) -> Guests:
    """Return the guests that the settings let in; `trouble` is told once of each thing wrong.

    What cannot be loaded is left out and told now; a strategy that is not named in the settings
    only records its hits.
    """
    policy, found, told = settings.slice(GuestPolicy), found_guests(), set[str]()

    def once(failure: GuestFailed) -> None:
        if failure.message not in told:
            told.add(failure.message)
            trouble(failure)

    for failure in (*_problems(found), *_unknown(policy, found)):
        once(failure)
    buying, off = policy.plugin_strategies, policy.plugin_gates_off
    return Guests(
        gates=tuple(g for g in _asked(found, Kind.GATE) if g.name not in off),
        strategies=tuple(
            Guest(name=g.name, ask=g.ask, enabled=g.name in buying)
            for g in _asked(found, Kind.STRATEGY)
        ),
        trouble=once,
    )


def unknown_names(settings: Settings) -> tuple[GuestFailed, ...]:
    """Return what is wrong with the names of plugins in the settings."""
    return tuple(_unknown(settings.slice(GuestPolicy), found_guests()))


def _found(kind: Kind, entry: EntryPoint, *, taken: Found | None) -> Found:
    package = f"{entry.dist.name} {entry.dist.version}" if entry.dist else entry.value

    def broken(why: str) -> Found:
        failure = GuestFailed(
            f"The plugin {entry.name} of {package} is left out: {why}",
            hint="Mend it, or uninstall it.",
        )
        return Found(name=entry.name, kind=kind, package=package, problem=failure)

    if not NAME.fullmatch(entry.name):
        return broken("its name must be of small letters, digits and _, as calm_open.")
    if taken is not None:
        return broken(f"{taken.package} brings one of that name.")
    try:
        ask = entry.load()
    except Exception as error:  # noqa: BLE001  # the code of a plugin may raise anything
        return broken(f"{type(error).__name__}: {error}")
    if not callable(ask):
        return broken(f"{entry.value} is no function.")
    return Found(name=entry.name, kind=kind, package=package, ask=ask)


def _asked(found: Iterable[Found], kind: Kind) -> Iterator[Guest]:
    for one in found:
        if one.kind is kind and one.ask is not None:
            yield Guest(name=one.name, ask=one.ask)


def _problems(found: Iterable[Found]) -> Iterator[GuestFailed]:
    for one in found:
        if one.problem is not None:
            yield one.problem


def _unknown(policy: GuestPolicy, found: Iterable[Found]) -> Iterator[GuestFailed]:
    """Yield names of the settings that no plugin has."""
    known = [(one.kind, one.name) for one in found]
    asked = (
        (Kind.STRATEGY, "plugin_strategies", policy.plugin_strategies),
        (Kind.GATE, "plugin_gates_off", policy.plugin_gates_off),
    )
    for kind, key, names in asked:
        for name in names:
            if (kind, name) not in known:
                yield GuestFailed(
                    f"signals.{key} names {name}, which no installed plugin brings.",
                    hint=f"Install it, or set others: jennie config set signals.{key} NAME,NAME",
                )
