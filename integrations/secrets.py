"""Turn a pointer to a secret into the secret, when it is needed and not before; and keep secrets out of what is shown.

Secrets are never stored, logged or put into an error's sentence. A command is run without a shell; of its output the
first line counts. Nothing else in the program reads a secret.
"""

import os
import re
import subprocess
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from afterview.sync.config import SecretRef, SecretSource
from afterview.sync.errors import ConfigError
from afterview.sync.text import one_line

SERVICE = "afterview"  # the name under which the system's keyring shows our secrets
COMMAND_TIMEOUT_S = 120  # a password manager may ask its owner to unlock it
HIDDEN = "********"
_LONG_ENOUGH = 4
_KEY_LENGTH = 32
_USERINFO = re.compile(r"(?<=://)[^/@\s]+@")


class Vault:
    """Resolves the secrets of one configuration, each once, and remembers them only to hide them.

    `folder` is where the configuration lies: relative files start there.
    """

    def __init__(self, folder: Path, environ: Mapping[str, str] = os.environ) -> None:
        self._folder = folder
        self._environ = environ
        self._resolved: dict[tuple[str, str], str] = {}

    def of(self, account_id: str, refs: Mapping[str, SecretRef]) -> Callable[[str], str]:
        """Return the `secret(name)` of one account: "" where it is not set; raises ConfigError where it fails."""

        def secret(name: str) -> str:
            if name not in refs:
                return ""
            if (account_id, name) not in self._resolved:
                self._resolved[account_id, name] = self.resolve(refs[name], account_id, name)
            return self._resolved[account_id, name]

        return secret

    def resolve(self, ref: SecretRef, account_id: str, name: str) -> str:
        """Resolve one pointer. Raises ConfigError."""
        what = f"{name} of account {account_id}"
        match ref.source:
            case SecretSource.PLAIN:
                found = ref.value[0]
            case SecretSource.ENV:
                found = self._environ.get(ref.value[0], "")
                if not found:
                    raise ConfigError(
                        f"The {what} should be in the environment variable {ref.value[0]}, which is not set."
                    )
            case SecretSource.FILE:
                found = _from_file(self._folder / Path(ref.value[0]).expanduser(), what)
            case SecretSource.COMMAND:
                found = _from_command(ref.value, what, self._folder)
            case SecretSource.KEYRING:
                found = _from_keyring(account_id, name, what)
        return found

    def hide(self, text: str) -> str:
        """Return text without any secret that was resolved so far, and without user names and passwords in URLs."""
        for found in sorted(self._resolved.values(), key=len, reverse=True):
            if len(found) >= _LONG_ENOUGH:
                text = text.replace(found, HIDDEN)
        return _USERINFO.sub(f"{HIDDEN}@", text)


def _first_line(text: str, what: str, where: str) -> str:
    line = text.split("\n", 1)[0].rstrip("\r")
    if not line:
        raise ConfigError(f"The {what} is empty: {where} gave nothing on its first line.")
    return line


def _from_file(path: Path, what: str) -> str:
    try:
        return _first_line(path.read_text("utf-8"), what, f"the file {path}")
    except OSError as error:
        raise ConfigError(f"The {what} should be in the file {path}, which cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise ConfigError(f"The {what} should be in the file {path}, which is not UTF-8 text.") from None


def _from_command(words: tuple[str, ...], what: str, folder: Path) -> str:
    program = Path(words[0]).name
    try:
        done = subprocess.run(  # noqa: S603 -- the user's own command, without a shell
            [os.path.expanduser(words[0]), *words[1:]],  # noqa: PTH111 -- a bare name must stay one, for PATH
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=COMMAND_TIMEOUT_S,
            check=False,
        )
    except OSError as error:
        raise ConfigError(f"The command {program} for the {what} cannot be started: {error.strerror}.") from None
    except subprocess.TimeoutExpired:
        raise ConfigError(f"The command {program} for the {what} did not end within {COMMAND_TIMEOUT_S} s.") from None
    if done.returncode != 0:
        said = one_line(done.stderr.decode("utf-8", "replace"), 120)
        raise ConfigError(f"The command {program} for the {what} ended with code {done.returncode}" + _tail(said))
    return _first_line(done.stdout.decode("utf-8", "replace"), what, f"the command {program}")


def _tail(said: str) -> str:
    return f": {said}" if said else "."


def _from_keyring(account_id: str, name: str, what: str) -> str:
    try:
        import keyring
        import keyring.errors
    except ImportError:
        raise ConfigError(
            f'The {what} should be in the keyring; install the Python package "keyring", or write {{ file = "path" }}.'
        ) from None
    try:
        found = keyring.get_password(SERVICE, f"{account_id}/{name}")
    except (keyring.errors.KeyringError, RuntimeError) as error:  # no back end at all is a RuntimeError
        raise ConfigError(f"The {what} cannot be read from the keyring: {one_line(str(error), 120)}") from None
    if not found:
        raise ConfigError(f"The {what} is not in the keyring; run `afterview accounts reauth {account_id}`.")
    return str(found)


def keep(account_id: str, name: str, secret: str, folder: Path, *, replace: bool = False) -> dict[str, object]:
    """Put a secret away and return the pointer for the configuration: the keyring where there is one, else a file.

    The file is `folder/secrets/ACCOUNT-NAME`, readable by its owner only. A different secret that the keyring already
    has under this name (another configuration's) is overwritten only with `replace`. Raises ConfigError if neither works.
    """
    if _to_keyring(account_id, name, secret, replace=replace):
        return {"keyring": True}
    path = folder / "secrets" / f"{account_id}-{name}"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = path.with_name(path.name + ".new")
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(secret + "\n")
        new.replace(path)
    except OSError as error:
        raise ConfigError(f"The {name} of account {account_id} cannot be kept in {path}: {error.strerror}.") from None
    return {"file": f"secrets/{path.name}"}


def own_key(path: Path) -> bytes:
    """Return a key of our own that lies in a file only its owner can read; made when it is first asked for.

    Raises ConfigError where it cannot be made or is not what we made.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            new = path.with_name(f"{path.name}.{os.getpid()}")
            with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(os.urandom(_KEY_LENGTH))
            with suppress(FileExistsError):
                path.hardlink_to(new)  # whole or not at all, and only if nobody else was faster
            new.unlink()
        found = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"The key {path} cannot be kept: {error.strerror}; make the folder writable.") from None
    if len(found) != _KEY_LENGTH:
        raise ConfigError(f"The key {path} is damaged; delete it, and a new one is made.")
    return found


def forget(account_id: str, refs: Mapping[str, SecretRef], folder: Path) -> None:
    """Remove what `keep` stored for an account; secrets that the user keeps elsewhere stay where they are."""
    for name, ref in refs.items():
        if ref.source is SecretSource.KEYRING:
            _drop_from_keyring(account_id, name)
        if ref.source is SecretSource.FILE and ref.value[0] == f"secrets/{account_id}-{name}":
            (folder / ref.value[0]).unlink(missing_ok=True)


def _to_keyring(account_id: str, name: str, secret: str, *, replace: bool) -> bool:
    try:
        import keyring
        import keyring.errors
    except ImportError:
        return False
    try:
        there = keyring.get_password(SERVICE, f"{account_id}/{name}")
        if there and there != secret and not replace:
            return False
        keyring.set_password(SERVICE, f"{account_id}/{name}", secret)
    except (keyring.errors.KeyringError, RuntimeError):
        return False
    return True


def _drop_from_keyring(account_id: str, name: str) -> None:
    try:
        import keyring
        import keyring.errors
    except ImportError:
        return
    try:
        keyring.delete_password(SERVICE, f"{account_id}/{name}")
    except (keyring.errors.KeyringError, RuntimeError):
        return  # it was not there: nothing to forget
