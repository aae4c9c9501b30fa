"""The TOML files of a home that a person may edit; our edits keep their comments."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jennie_cli.engine.errors import SettingsError

CONFIG_FILE = "config.toml"


def read_toml(path: Path) -> Mapping[str, Any]:
    """Return the parsed file, empty when there is none. Raises SettingsError naming the line."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{path} is no valid TOML: {error}.", hint=f"Correct or remove {path}."
        ) from None
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be read: {error.strerror}.", hint=f"Check the rights of {path}."
        ) from None


def write_key(path: Path, key: str, value: Any) -> None:
    """Set one dotted key in the file, keeping everything else as it stands."""
    import tomlkit  # noqa: PLC0415  # only when writing

    text = path.read_text(encoding="utf-8") if path.exists() else ""
    document = tomlkit.parse(text)
    *sections, last = key.split(".")
    node: Any = document
    for name in sections:
        node = node.setdefault(name, tomlkit.table())
    node[last] = value
    replace_text(path, tomlkit.dumps(document))


def replace_text(path: Path, text: str) -> None:
    """Write the whole file or nothing of it."""
    beside = path.with_name(path.name + ".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)
