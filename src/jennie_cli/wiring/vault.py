"""The secrets of a home, and the gate before real money that needs them."""

import logging
import sys
from collections.abc import Mapping
from functools import cached_property
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING

from jennie_cli.engine.errors import SecretMissing, SettingsError
from jennie_cli.settings import (
    NEEDED_BY,
    PASSPHRASE_ENV,
    SECRETS,
    LiveOptions,
    Masker,
    Secret,
    Settings,
    secret_named,
    shaped,
    split_account,
)
from jennie_cli.wiring.home import HomeFolder

if TYPE_CHECKING:
    from jennie_cli.adapters.system import SecretStore

LOG = logging.getLogger(__name__)

SHORTEST_PASSPHRASE = 8
"""A shorter one is soon guessed, and masking a common word would give it away."""


class Vault:
    """Reads, keeps and removes the secrets that the program knows by name."""

    def __init__(self, home: Path, environ: Mapping[str, str], masker: Masker) -> None:
        """Every value met is told to `masker`."""
        self._home = home
        self._environ = environ
        self._masker = masker

    def get(self, name: str) -> str:
        """Return a secret. Raises SecretMissing, SettingsError for a wrong passphrase."""
        secret = secret_named(name)
        value = self.find(name)
        if value is None:
            raise SecretMissing(
                f"The secret {secret.name} ({secret.doc}) is not stored.",
                hint=f"jennie secrets set {secret.name}   or set {secret.envs[0]}",
            )
        return value

    def find(self, name: str) -> str | None:
        """Return a secret that one may do without, None if it is not stored."""
        secret = secret_named(name)
        return self._store.get(secret.name, secret.envs)

    def account(self, number: str, product: str) -> tuple[str, str]:
        """Return the 8 and 2 digits of the account in these secrets. SecretMissing, BadSecret."""
        digits, code = split_account(self.get(number), self.find(product))
        self._masker.learn(digits)
        return digits, code

    def places(self) -> tuple[tuple[Secret, str | None], ...]:
        """Return every known secret and where it is, None = nowhere; opens no file."""
        return tuple((s, self.place(s)) for s in SECRETS)

    def place(self, secret: Secret) -> str | None:
        """Return where one secret is."""
        found = self._store.place(secret.name, secret.envs)
        return None if found is None else found.value

    def teach(self) -> bool:
        """Tell the masker every stored secret, before a person's own words go out of the house.

        Nobody is asked for a passphrase: return False, with a line in the log, when some cannot be
        read without one, or not at all.
        """
        try:
            shut = [s.name for s in SECRETS if not self._learned(s)]
        except SettingsError as error:
            LOG.warning("stored secrets cannot be recognised in what is sent: %s", error.message)
            return False
        if shut:
            LOG.warning("not recognised in what is sent, for want of %s: %s", PASSPHRASE_ENV, shut)
        return not shut

    def _learned(self, secret: Secret) -> bool:
        """Say whether the masker knows a secret now, or there is none."""
        place = self._store.place(secret.name, secret.envs)  # a keyring's is learned by looking
        if place is not None and place.value == "encrypted file" and not self._opens_unasked:
            return False
        self.find(secret.name)
        return True

    @property
    def _opens_unasked(self) -> bool:
        return self._store.opened or bool(self._environ.get(PASSPHRASE_ENV, "").strip())

    def keep(self, secret: Secret, value: str) -> str:
        """Store a secret and return where; an account of 10 digits is kept as two. BadSecret."""
        kept = shaped({secret: value})
        HomeFolder(self._home).create()
        places = {s: self._store.keep(s.name, v).value for s, v in kept.items()}
        return places[secret]

    def remove(self, secret: Secret) -> str | None:
        """Forget a secret and return where it was."""
        found = self._store.remove(secret.name)
        return None if found is None else found.value

    def where_kept(self) -> str:
        """Say in words where a secret set now would go."""
        from jennie_cli.adapters.system import real_keyring  # noqa: PLC0415  # only when secrets are asked for

        ring = real_keyring()
        if ring is not None:
            return f"the keyring of this machine ({type(ring).__module__})"
        return (
            f"an encrypted file in the home ({self._home / 'secrets.cfg'}): this machine has no "
            f"keyring, so a passphrase opens it ({PASSPHRASE_ENV}, or asked for)"
        )

    def admit_live(self, settings: Settings) -> None:
        """Raise SettingsError or SecretMissing unless real money is allowed and possible."""
        if not settings.slice(LiveOptions).enabled:
            raise SettingsError(
                "The live profile trades real money and is not enabled in this home.",
                hint="jennie config set live.enabled true",
            )
        missing = [n for n in NEEDED_BY["live"] if self.place(secret_named(n)) is None]
        if missing:
            raise SecretMissing(
                f"The live profile needs {', '.join(missing)}.",
                hint=f"jennie secrets set {missing[0]}",
            )

    @cached_property
    def _store(self) -> "SecretStore":
        from jennie_cli.adapters.system import SecretStore  # noqa: PLC0415  # only when secrets are asked for

        return SecretStore(
            environ=self._environ,
            home=self._home,
            passphrase=self._passphrase,
            learn=self._masker.learn,
        )

    def _passphrase(self, new: bool) -> str:
        phrase = self._environ.get(PASSPHRASE_ENV, "").strip() or _typed(new)
        if new and len(phrase) < SHORTEST_PASSPHRASE:
            raise SettingsError(
                f"The passphrase is too short: at least {SHORTEST_PASSPHRASE} characters.",
                hint="A few words make a good one.",
            )
        return phrase


def ask_hidden(prompt: str) -> str:
    """Ask for a text that is not shown. The end of the input is an interrupt, as for any prompt."""
    try:
        return getpass(prompt)
    except EOFError:
        raise KeyboardInterrupt from None


def _typed(new: bool) -> str:
    """Ask for a passphrase, twice for a new file. Raises SettingsError without a terminal."""
    if not sys.stdin.isatty():
        raise SettingsError(
            "The secrets of this home are in an encrypted file, and no passphrase was given.",
            hint=f"Set {PASSPHRASE_ENV}, or run this in a terminal.",
        )
    phrase = ask_hidden("New passphrase for the secrets of this home: " if new else "Passphrase: ")
    if not phrase.strip():
        raise SettingsError("The passphrase is empty.", hint="Choose one that is not blank.")
    if new and ask_hidden("Once more: ") != phrase:
        raise SettingsError("The two passphrases differ.", hint="Try again.")
    return phrase
