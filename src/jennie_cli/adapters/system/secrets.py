"""Where secrets live: the environment, the machine's keyring, or an encrypted file in the home.

A headless machine has no keyring; there the file is used, opened by a passphrase. A clear-text
backend is never used, even when one is installed.
"""

import configparser
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from jennie_cli.engine.errors import HomeNotWritable, SettingsError

SERVICE = "jennie"
FILE_NAME = "secrets.cfg"
_NO_REAL_BACKEND = ("keyring.backends.fail", "keyring.backends.null", "keyrings.")


class Place(StrEnum):
    """Where a secret was found."""

    ENVIRONMENT = "environment"
    KEYRING = "keyring"
    FILE = "encrypted file"


class Backend(Protocol):
    """What keyring backends offer."""

    def get_password(self, service: str, username: str) -> str | None:
        """Return the secret, None when there is none."""
        ...

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep the secret."""
        ...

    def delete_password(self, service: str, username: str) -> None:
        """Forget the secret."""
        ...


class SecretStore:
    """Reads, keeps and removes secrets of one home by name."""

    def __init__(
        self,
        *,
        environ: Mapping[str, str],
        home: Path,
        passphrase: Callable[[bool], str],
        learn: Callable[[str], None],
    ) -> None:
        """`passphrase` gives the file's passphrase (True = it is being created); `learn` is told
        every value met, so that it can be masked.
        """
        self._environ = environ
        self._file = home / FILE_NAME
        self._owner = f"{SERVICE}:{home}"
        self._passphrase = passphrase
        self._learn = learn
        self._opened: Backend | None = None

    @property
    def opened(self) -> bool:
        """Whether the encrypted file has been opened, so that no passphrase is asked for again."""
        return self._opened is not None

    def get(self, name: str, envs: Sequence[str]) -> str | None:
        """Return a secret: environment first, then keyring, then file; None when nowhere."""
        value = next((self._environ[e] for e in envs if self._environ.get(e)), None)
        if value is None:
            value = self._from_keyring(name)
        if value is None and name in self._names_in_file():
            try:
                value = self._open_file(create=False).get_password(SERVICE, name)
            except ValueError:
                raise self._damaged() from None
        if value:
            self._learn(value)
        return value or None

    def place(self, name: str, envs: Sequence[str]) -> Place | None:
        """Return where a secret is, without opening the encrypted file."""
        if any(self._environ.get(e) for e in envs):
            return Place.ENVIRONMENT
        if self._from_keyring(name) is not None:
            return Place.KEYRING
        return Place.FILE if name in self._names_in_file() else None

    def keep(self, name: str, value: str) -> Place:
        """Store a secret in the keyring, or in the encrypted file where there is none."""
        self._learn(value)
        ring = real_keyring()
        if ring is not None:
            with _keyring_answers():
                ring.set_password(self._owner, name, value)
            return Place.KEYRING
        try:
            self._open_file(create=True).set_password(SERVICE, name, value)
        except OSError as error:
            raise HomeNotWritable(
                f"{self._file} cannot be written: {error.strerror}.", hint="Choose another --home."
            ) from None
        return Place.FILE

    def remove(self, name: str) -> Place | None:
        """Forget a secret; return where it was, None when it was nowhere but the environment."""
        ring = real_keyring()
        if ring is not None and self._from_keyring(name) is not None:
            with _keyring_answers():
                ring.delete_password(self._owner, name)
            return Place.KEYRING
        if name in self._names_in_file():
            self._cryptfile().delete_password(SERVICE, name)
            return Place.FILE
        return None

    def _from_keyring(self, name: str) -> str | None:
        ring = real_keyring()
        if ring is None:
            return None
        with _keyring_answers():
            value = ring.get_password(self._owner, name)
        if value:
            self._learn(value)
        return value

    def _names_in_file(self) -> frozenset[str]:
        """Read the names, which the file does not encrypt."""
        if not self._file.exists():
            return frozenset()
        from keyrings.cryptfile.escape import (  # type: ignore[import-untyped]  # noqa: PLC0415  # few need it
            escape,
            unescape,
        )

        parser = configparser.RawConfigParser()
        try:
            parser.read(self._file, encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError):
            raise self._damaged() from None
        section = escape(SERVICE)
        found = parser.options(section) if parser.has_section(section) else []
        return frozenset(str(unescape(option)) for option in found)

    def _open_file(self, *, create: bool) -> Backend:
        if self._opened is None:
            self._names_in_file()
            passphrase = self._passphrase(create and not self._file.exists())
            self._learn(passphrase)
            ring = self._cryptfile()
            try:
                ring.keyring_key = passphrase
            except ValueError:
                raise SettingsError(
                    f"The passphrase does not open {self._file}.",
                    hint="Give the passphrase it was made with (JENNIE_KEYRING_PASSPHRASE), or "
                    "remove the file and set the secrets again.",
                ) from None
            self._opened = ring
        return self._opened

    def _damaged(self) -> SettingsError:
        return SettingsError(
            f"{self._file} is damaged.",
            hint="Restore it from a backup, or remove it and set the secrets again.",
        )

    def _cryptfile(self) -> Any:
        from keyrings.cryptfile.cryptfile import (  # type: ignore[import-untyped]  # noqa: PLC0415  # few need it
            CryptFileKeyring,
        )

        ring = CryptFileKeyring()
        ring.file_path = str(self._file)
        return ring


@contextmanager
def _keyring_answers() -> Iterator[None]:
    """Turn a locked or failing keyring into SettingsError."""
    from keyring.errors import KeyringError  # noqa: PLC0415  # most commands need no keyring

    try:
        yield
    except KeyringError as error:
        raise SettingsError(
            f"The keyring of this machine does not answer: {error}",
            hint="Unlock it, or give the secret in the environment.",
        ) from None


def real_keyring() -> Backend | None:
    """Return the machine's keyring, None on a machine without one."""
    import keyring  # noqa: PLC0415  # most commands need no keyring

    ring = keyring.get_keyring()
    chained: Sequence[Backend] = getattr(ring, "backends", [ring])
    real = (c for c in chained if not type(c).__module__.startswith(_NO_REAL_BACKEND))
    return next(real, None)
