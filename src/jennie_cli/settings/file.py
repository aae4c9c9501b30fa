"""The TOML files of a home that a person may edit; our edits keep their comments."""

import os
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from jennie_cli.engine.errors import HomeNotWritable, SettingsError

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
    except NotADirectoryError:
        raise HomeNotWritable(
            f"{path.parent} is not a folder.", hint="Choose a folder with --home or JENNIE_HOME."
        ) from None
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be read: {error.strerror}.", hint=f"Check the rights of {path}."
        ) from None


def urls_in(tree: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the texts of a parsed file that are URLs, however deep they lie."""
    texts = [v for v in tree.values() if isinstance(v, str) and "://" in v]
    below = (urls_in(v) for v in tree.values() if isinstance(v, Mapping))
    return (*texts, *(url for urls in below for url in urls))


def write_key(path: Path, key: str, value: Any) -> None:
    """Set one dotted key in the file, keeping everything else as it stands.

    Two writers at once lose a key: the caller holds a lock.
    """
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
    """Write the whole file, for its owner only, or nothing of it."""
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with beside.open("w", encoding="utf-8") as file:
            beside.chmod(0o600)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise
