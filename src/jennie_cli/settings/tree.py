"""One typed tree of settings, composed of what each room declares, read through five layers.

Command line > environment > table > file > default. A room's policy module is imported only when
one of its keys is asked for.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from difflib import get_close_matches
from enum import StrEnum
from importlib import import_module
from importlib.resources import files
from types import MappingProxyType
from typing import Any, TypeVar, get_type_hints

from jennie_cli.engine.errors import SettingsError
from jennie_cli.engine.model import Setting, settings_of
from jennie_cli.settings.house import HOUSE_SECTIONS
from jennie_cli.settings.values import read_value

T = TypeVar("T")

_ENGINE = "jennie_cli.engine"
_NOTHING: Mapping[str, str] = MappingProxyType({})
_IN_FILE = frozenset({"home", "profile", "lang", "live.enabled"})


class Source(StrEnum):
    """The layer a value came from, strongest first."""

    COMMAND_LINE = "command line"
    ENVIRONMENT = "environment"
    TABLE = "table"
    FILE = "file"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """One declared setting: its key, its type and what it says about itself."""

    key: str
    kind: Any
    spec: Setting

    @property
    def env(self) -> str:
        """The environment variable: the seed's name, else JENNIE_ and the key."""
        return self.spec.env or "JENNIE_" + self.key.upper().replace(".", "_")

    @property
    def in_file(self) -> bool:
        """Whether `config set` writes it to config.toml: what is needed to open the store, URLs,
        and the switch before real money.
        """
        last = self.key.rpartition(".")[2]
        return self.key in _IN_FILE or last == "url" or last.endswith("_url")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A setting with its value now and the layer that gave it."""

    declared: Declared
    value: Any
    source: Source


class Settings:
    """The settings of one home as one call sees them."""

    def __init__(
        self,
        *,
        environ: Mapping[str, str],
        file: Mapping[str, Any],
        table: Callable[[], Mapping[str, str]] = dict,
        given: Mapping[str, str] = _NOTHING,
    ) -> None:
        """`file` is the parsed config.toml; `table` reads the CONFIG table on first need; `given`
        are keys set by global options.
        """
        self._environ = environ
        self._given = given
        self._file = file
        self._read_table = table
        self._table: Mapping[str, str] | None = None

    def overridden(self, given: Mapping[str, str]) -> "Settings":
        """Return these settings with others on top, by key, for one piece of work.

        Raises SettingsError when no room declares a key.
        """
        for key in given:
            declared(key)
        return Settings(
            environ=self._environ,
            file=self._file,
            table=self._table_values,
            given={**self._given, **given},
        )

    def entry(self, key: str) -> Entry:
        """Return one setting. Raises SettingsError when no room declares the key."""
        return self._entry(declared(key))

    def entries(self, prefix: str = "") -> tuple[Entry, ...]:
        """Return the settings whose key starts with `prefix`, in the order of the tree.

        Raises SettingsError for a wrong value in any layer and for an unknown key in the file.
        """
        for key in _flat(self._file):
            declared(key)
        wanted = [s for s in sections() if not prefix or s == _head(prefix)]
        found = [d for s in wanted for d in _declared_under(s) if _under(d.key, prefix)]
        if not found:
            raise unknown_key(prefix)
        return tuple(self._entry(d) for d in found)

    def slice(self, policy: type[T], **given: Any) -> T:
        """Return the policy of a room; `given` are command line values, None = not given."""
        section = _section_of(policy)
        values: dict[str, Any] = {}
        for item in _declared_in(section, policy):
            name = item.spec.name
            raw = given.get(name)
            values[name] = (
                self._entry(item).value
                if raw is None
                else read_value(item.key, item.kind, item.spec, raw, origin="command line")
            )
        return policy(**values)

    def _entry(self, item: Declared) -> Entry:
        for source, raw in self._layers(item):
            if raw is not None:
                origin = f"environment {item.env}" if source is Source.ENVIRONMENT else source.value
                value = read_value(item.key, item.kind, item.spec, raw, origin=origin)
                return Entry(declared=item, value=value, source=source)
        return Entry(declared=item, value=item.spec.default, source=Source.DEFAULT)

    def _layers(self, item: Declared) -> Iterator[tuple[Source, Any]]:
        yield Source.COMMAND_LINE, self._given.get(item.key)
        yield Source.ENVIRONMENT, self._environ.get(item.env) or None
        if not item.in_file:
            yield Source.TABLE, self._table_values().get(item.key)
        yield Source.FILE, _dig(self._file, item.key)

    def _table_values(self) -> Mapping[str, str]:
        if self._table is None:
            self._table = self._read_table()
        return self._table


def sections() -> tuple[str, ...]:
    """Return the names of all sections: the house's own, then every room with a policy."""
    rooms = (r.name for r in files(_ENGINE).iterdir() if r.joinpath("policy.py").is_file())
    own = tuple(name for name, _ in HOUSE_SECTIONS)
    return (*own, *sorted(set(rooms) - set(own)))


def declarations() -> tuple[Declared, ...]:
    """Return every declared setting of the program."""
    return tuple(d for s in sections() for d in _declared_under(s))


def declared(key: str) -> Declared:
    """Return the declaration of one key, importing only its room. Raises SettingsError."""
    section = key.rpartition(".")[0]
    if section in sections():
        for item in _declared_under(section):
            if item.key == key:
                return item
    raise unknown_key(key)


def unknown_key(key: str) -> SettingsError:
    """Return the error for a key that nothing declares, with the nearest ones that exist."""
    near = get_close_matches(key, [d.key for d in declarations()], n=3, cutoff=0.5)
    hint = f"Did you mean {', '.join(near)}?" if near else "jennie config show lists them all."
    return SettingsError(f"There is no setting named '{key}'.", hint=hint)


def _declared_under(section: str) -> tuple[Declared, ...]:
    return tuple(d for p in _policies(section) for d in _declared_in(section, p))


def _policies(section: str) -> tuple[type, ...]:
    own = tuple(policy for name, policy in HOUSE_SECTIONS if name == section)
    if own and not files(_ENGINE).joinpath(section, "policy.py").is_file():
        return own
    module = import_module(f"{_ENGINE}.{section}.policy")
    room = (
        member
        for member in vars(module).values()
        if isinstance(member, type)
        and is_dataclass(member)
        and member.__module__ == module.__name__
        and settings_of(member)
    )
    return (*own, *room)


def _declared_in(section: str, policy: type) -> tuple[Declared, ...]:
    kinds = get_type_hints(policy)
    dot = f"{section}." if section else ""
    return tuple(
        Declared(key=dot + spec.name, kind=kinds[spec.name], spec=spec)
        for spec in settings_of(policy)
    )


def _section_of(policy: type) -> str:
    for name, own in HOUSE_SECTIONS:
        if own is policy:
            return name
    return policy.__module__.removeprefix(f"{_ENGINE}.").removesuffix(".policy")


def _head(prefix: str) -> str:
    """Return the section a prefix lies in; keys without a dot live in the nameless one."""
    section = prefix.partition(".")[0]
    return section if section in sections() else ""


def _under(key: str, prefix: str) -> bool:
    return not prefix or key == prefix or key.startswith(prefix.rstrip(".") + ".")


def _dig(tree: Mapping[str, Any], key: str) -> Any:
    node: Any = tree
    for part in key.split("."):
        node = node.get(part) if isinstance(node, Mapping) else None
    return node


def _flat(tree: Mapping[str, Any], dot: str = "") -> Iterator[str]:
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{dot}{name}.")
        else:
            yield dot + name
