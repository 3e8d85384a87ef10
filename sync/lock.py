"""One writer at a time: an exclusive lock on the state folder, gone with the process that held it."""

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from .errors import Busy, StateError


@contextmanager
def exclusive(state_dir: Path, name: str = "lock", doing: str = "is working") -> Generator[None]:
    """Hold a lock of a state folder. Raises Busy when another copy holds it, StateError when it cannot be made."""
    path = state_dir / name
    try:
        state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StateError(
            f"The state folder {state_dir} cannot be written ({error.strerror}); make it writable."
        ) from error
    try:
        _lock(descriptor, state_dir, doing)
        _sign(descriptor)
        yield
    finally:
        os.close(descriptor)  # lets the lock go


if sys.platform == "win32":
    import msvcrt

    def holder(state_dir: Path, name: str) -> int:  # noqa: ARG001 -- a locked file cannot be read there
        """Return 0: not known on this system."""
        return 0

    def _sign(descriptor: int) -> None:
        """Nothing: the lock covers the bytes of the file."""

    def _lock(descriptor: int, state_dir: Path, doing: str) -> None:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            raise _busy(state_dir, doing) from error
else:
    import fcntl

    def holder(state_dir: Path, name: str) -> int:
        """Return the process that holds a lock of the state folder, 0 where none does."""
        try:
            with (state_dir / name).open("r+b") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError:
                    written = file.read(20).decode("ascii", "replace").strip()
                    return int(written) if written.isdecimal() else 0
                return 0
        except OSError:
            return 0

    def _sign(descriptor: int) -> None:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)

    def _lock(descriptor: int, state_dir: Path, doing: str) -> None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise _busy(state_dir, doing) from error


def _busy(state_dir: Path, doing: str) -> Busy:
    return Busy(
        f"Another copy of Afterview {doing} with {state_dir}; it will do what is due, or try again in a moment."
    )
