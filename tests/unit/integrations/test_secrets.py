import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import NoKeyringError, PasswordDeleteError

from afterview.integrations.secrets import Vault, forget, keep
from afterview.sync.config import SecretRef, SecretSource
from afterview.sync.errors import ConfigError


class InMemory(KeyringBackend):
    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError


class Closed(InMemory):
    def get_password(self, service: str, username: str) -> str | None:
        raise NoKeyringError("no back end")


@pytest.fixture
def ring() -> Iterator[InMemory]:
    before = keyring.get_keyring()
    ring = InMemory()
    keyring.set_keyring(ring)
    yield ring
    keyring.set_keyring(before)


@pytest.fixture
def no_ring(ring: InMemory) -> None:
    keyring.set_keyring(Closed())


def resolve(folder: Path, source: SecretSource, *value: str) -> str:
    return Vault(folder, {"DAV": "from-env"}).of("home", {"password": SecretRef(source, value)})("password")


def test_each_source(tmp_path: Path, ring: InMemory) -> None:
    (tmp_path / "dav").write_text("from-file\nsecond line\n", "utf-8")
    ring.kept["afterview", "home/password"] = "from-keyring"
    assert resolve(tmp_path, SecretSource.ENV, "DAV") == "from-env"
    assert resolve(tmp_path, SecretSource.FILE, "dav") == "from-file"
    assert (
        resolve(tmp_path, SecretSource.COMMAND, sys.executable, "-c", "print('from-command\\nmore')") == "from-command"
    )
    assert resolve(tmp_path, SecretSource.KEYRING) == "from-keyring"
    assert resolve(tmp_path, SecretSource.PLAIN, "plain") == "plain"


def test_a_secret_that_is_not_configured_is_empty(tmp_path: Path) -> None:
    assert not Vault(tmp_path, {}).of("home", {})("password")


@pytest.mark.parametrize(
    ("source", "value", "words"),
    [
        (SecretSource.ENV, ("NOT_SET",), "environment variable NOT_SET, which is not set"),
        (SecretSource.FILE, ("nothing",), "nothing, which cannot be read"),
        (SecretSource.FILE, ("empty",), "is empty"),
        (SecretSource.COMMAND, ("av-no-such-command",), "av-no-such-command .* cannot be started"),
        (
            SecretSource.COMMAND,
            (sys.executable, "-c", "import sys; print('hunter22'); sys.exit('locked')"),
            "ended with code 1: locked",
        ),
        (SecretSource.COMMAND, (sys.executable, "-c", ""), "gave nothing on its first line"),
        (SecretSource.KEYRING, (), "afterview accounts reauth home"),
    ],
)
def test_what_fails_is_said_without_the_secret(
    tmp_path: Path, ring: InMemory, source: SecretSource, value: tuple[str, ...], words: str
) -> None:
    (tmp_path / "empty").touch()
    with pytest.raises(ConfigError, match=words) as caught:
        resolve(tmp_path, source, *value)
    assert "password of account home" in str(caught.value)
    assert "hunter22" not in str(caught.value)


def test_a_keyring_without_back_end_is_said(tmp_path: Path, no_ring: None) -> None:
    with pytest.raises(ConfigError, match="cannot be read from the keyring: no back end"):
        resolve(tmp_path, SecretSource.KEYRING)


def test_a_command_runs_once(tmp_path: Path) -> None:
    script = f"import pathlib; p = pathlib.Path({str(tmp_path / 'n')!r}); p.touch(exist_ok=False); print('x')"
    secret = Vault(tmp_path).of("home", {"password": SecretRef(SecretSource.COMMAND, (sys.executable, "-c", script))})
    assert secret("password") == secret("password") == "x"


def test_what_was_resolved_is_hidden_wherever_it_appears(tmp_path: Path) -> None:
    vault = Vault(tmp_path, {"DAV": "hunter22"})
    vault.of("home", {"password": SecretRef(SecretSource.ENV, ("DAV",))})("password")
    shown = vault.hide("failed for hunter22 at https://hannah:x@dav.example.org/")
    assert shown == "failed for ******** at https://********@dav.example.org/"


def test_kept_in_the_keyring_and_forgotten(tmp_path: Path, ring: InMemory) -> None:
    assert keep("home", "password", "s3cret", tmp_path) == {"keyring": True}
    assert resolve(tmp_path, SecretSource.KEYRING) == "s3cret"
    assert list(tmp_path.iterdir()) == []
    forget("home", {"password": SecretRef(SecretSource.KEYRING)}, tmp_path)
    assert ring.kept == {}
    forget("home", {"password": SecretRef(SecretSource.KEYRING)}, tmp_path)


def test_another_configurations_secret_in_the_keyring_is_not_overwritten(tmp_path: Path, ring: InMemory) -> None:
    keep("home", "password", "first", tmp_path)
    assert keep("home", "password", "second", tmp_path) == {"file": "secrets/home-password"}
    assert ring.kept["afterview", "home/password"] == "first"
    assert keep("home", "password", "third", tmp_path, replace=True) == {"keyring": True}


def test_without_a_keyring_a_file_of_the_owner_alone(tmp_path: Path, no_ring: None) -> None:
    reference = keep("home", "password", "s3cret", tmp_path)
    path = tmp_path / str(reference["file"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert resolve(tmp_path, SecretSource.FILE, str(reference["file"])) == "s3cret"
    keep("home", "password", "newer", tmp_path)
    assert resolve(tmp_path, SecretSource.FILE, str(reference["file"])) == "newer"
    forget("home", {"password": SecretRef(SecretSource.FILE, (str(reference["file"]),))}, tmp_path)
    assert not path.exists()


def test_a_file_that_the_user_keeps_elsewhere_is_never_removed(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("x\n", "utf-8")
    forget("home", {"password": SecretRef(SecretSource.FILE, ("mine",))}, tmp_path)
    assert (tmp_path / "mine").exists()
