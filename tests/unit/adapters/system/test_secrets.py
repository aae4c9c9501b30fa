"""Environment, keyring, encrypted file, in this order."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.null import Keyring as NullKeyring
from keyring.errors import KeyringLocked

from jennie_cli.adapters.system import Place, SecretStore, real_keyring
from jennie_cli.engine.errors import HomeNotWritable, SettingsError

ENVS = ("JENNIE_KIS_APP_KEY", "KIS_APP_KEY")
KEY = "kis_app_key"


class MemoryRing(KeyringBackend):
    """A keyring that forgets at the end of the test."""

    priority = 1

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        """Return what was kept."""
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep it."""
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Forget it."""
        del self.kept[service, username]


def keyring_of_nothing() -> KeyringBackend:
    """Return the backend that keeps nothing."""
    return NullKeyring()  # type: ignore[no-untyped-call]


@pytest.fixture
def ring() -> Iterator[MemoryRing]:
    """Give the machine a keyring for one test."""
    before = keyring.get_keyring()
    made = MemoryRing()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def store(
    home: Path,
    environ: Mapping[str, str] | None = None,
    passphrase: Callable[[bool], str] = lambda _: "open sesame",
    learn: Callable[[str], None] = lambda _: None,
) -> SecretStore:
    """Return a store of one home."""
    return SecretStore(environ=environ or {}, home=home, passphrase=passphrase, learn=learn)


def test_the_environment_rules(tmp_path: Path, ring: MemoryRing) -> None:
    """A variable is used before the keyring, ours before the seed's."""
    secrets = store(tmp_path, {"JENNIE_KIS_APP_KEY": "ours", "KIS_APP_KEY": "seed"})
    assert Place.KEYRING is secrets.keep(KEY, "kept")
    assert ("ours", Place.ENVIRONMENT) == (secrets.get(KEY, ENVS), secrets.place(KEY, ENVS))
    assert "seed" == store(tmp_path, {"KIS_APP_KEY": "seed"}).get(KEY, ENVS)
    assert {"kept"} == set(ring.kept.values())


@pytest.mark.usefixtures("ring")
def test_a_keyring_keeps_and_forgets(tmp_path: Path) -> None:
    """What was kept is read by another process and gone after removal."""
    store(tmp_path).keep(KEY, "kept")
    secrets = store(tmp_path)
    assert ("kept", Place.KEYRING) == (secrets.get(KEY, ENVS), secrets.place(KEY, ENVS))
    assert Place.KEYRING is secrets.remove(KEY)
    assert (None, None, None) == (
        secrets.get(KEY, ENVS),
        secrets.place(KEY, ENVS),
        secrets.remove(KEY),
    )
    assert not (tmp_path / "secrets.cfg").exists()


def test_a_locked_keyring_is_a_settings_error(tmp_path: Path) -> None:
    """Reading, keeping and removing say that the keyring must be unlocked."""

    class Locked(MemoryRing):
        def get_password(self, service: str, username: str) -> str | None:
            raise KeyringLocked(f"{service} {username}")

        def set_password(self, service: str, username: str, password: str) -> None:
            raise KeyringLocked(f"{service} {username} {len(password)}")

    before = keyring.get_keyring()
    keyring.set_keyring(Locked())
    secrets = store(tmp_path)
    acts: tuple[Callable[[], object], ...] = (
        lambda: secrets.get(KEY, ENVS),
        lambda: secrets.keep(KEY, "kept"),
        lambda: secrets.remove(KEY),
    )
    for act in acts:
        with pytest.raises(SettingsError, match="keyring of this machine does not answer"):
            act()
    keyring.set_keyring(before)


@pytest.mark.usefixtures("ring")
def test_two_homes_share_no_secret(tmp_path: Path) -> None:
    """The keyring of the machine keeps homes apart."""
    store(tmp_path / "a").keep(KEY, "kept")
    assert store(tmp_path / "b").get(KEY, ENVS) is None


@pytest.mark.usefixtures("quick_cryptfile")
def test_without_a_keyring_an_encrypted_file_is_used(tmp_path: Path) -> None:
    """The file is for its owner only, holds no clear text and opens with the passphrase."""
    asked: list[bool] = []

    def passphrase(new: bool) -> str:  # the store's own shape
        asked.append(new)
        return "open sesame"

    assert Place.FILE is store(tmp_path, passphrase=passphrase).keep(KEY, "kept-in-file")
    file = tmp_path / "secrets.cfg"
    assert 0o600 == file.stat().st_mode & 0o777
    assert b"kept-in-file" not in file.read_bytes()
    again = store(tmp_path, passphrase=passphrase)
    assert Place.FILE is again.place(KEY, ENVS)
    assert [True] == asked
    assert "kept-in-file" == again.get(KEY, ENVS)
    assert [True, False] == asked
    assert Place.FILE is again.remove(KEY)
    assert again.get(KEY, ENVS) is None


@pytest.mark.usefixtures("quick_cryptfile")
def test_a_wrong_passphrase_is_a_settings_error(tmp_path: Path) -> None:
    """The file stays as it is, and the message says what opens it."""
    store(tmp_path).keep(KEY, "kept")
    before = (tmp_path / "secrets.cfg").read_bytes()
    wrong = store(tmp_path, passphrase=lambda _: "something else")
    with pytest.raises(SettingsError, match="passphrase does not open") as caught:
        wrong.get(KEY, ENVS)
    assert "JENNIE_KEYRING_PASSPHRASE" in caught.value.hint
    assert before == (tmp_path / "secrets.cfg").read_bytes()


@pytest.mark.usefixtures("quick_cryptfile")
def test_every_value_met_is_told_to_the_mask(tmp_path: Path) -> None:
    """Kept, read and passphrase values are all learned."""
    learned: list[str] = []
    store(tmp_path, learn=learned.append).keep(KEY, "kept")
    store(tmp_path, learn=learned.append).get(KEY, ENVS)
    assert ["kept", "open sesame", "open sesame", "kept"] == learned


@pytest.mark.usefixtures("quick_cryptfile")
def test_a_file_that_cannot_be_written_is_a_home_that_cannot(tmp_path: Path) -> None:
    """A missing parent that is a file is named."""
    (tmp_path / "home").write_text("")
    with pytest.raises(HomeNotWritable, match=r"secrets\.cfg cannot be written"):
        store(tmp_path / "home").keep(KEY, "kept")


def test_clear_text_backends_are_no_keyring(ring: MemoryRing) -> None:
    """Only a real backend counts; null, fail and file backends do not, even when chained."""

    class Chain(MemoryRing):
        backends = (keyring_of_nothing(), ring)

    assert ring is real_keyring()
    keyring.set_keyring(Chain())
    assert ring is real_keyring()
    keyring.set_keyring(keyring_of_nothing())
    assert real_keyring() is None


@pytest.mark.parametrize("content", [b"no section\n", b"[x]\na = \xff\n"])
def test_a_damaged_file_of_secrets_is_named(tmp_path: Path, content: bytes) -> None:
    """Already asking where a secret is says what to do."""
    (tmp_path / "secrets.cfg").write_bytes(content)
    kept = SecretStore(
        environ={}, home=tmp_path, passphrase=lambda _: "open sesame", learn=lambda _: None
    )
    with pytest.raises(SettingsError, match=r"secrets\.cfg is damaged"):
        kept.place("x", ())
    with pytest.raises(SettingsError, match=r"secrets\.cfg is damaged"):
        kept.get("x", ())
    with pytest.raises(SettingsError, match=r"secrets\.cfg is damaged"):
        kept.keep("x", "y")
