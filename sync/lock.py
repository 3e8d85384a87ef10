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
        yield
    finally:
        os.close(descriptor)  # lets the lock go


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int, state_dir: Path, doing: str) -> None:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            raise _busy(state_dir, doing) from error
else:
    import fcntl

    def _lock(descriptor: int, state_dir: Path, doing: str) -> None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise _busy(state_dir, doing) from error


def _busy(state_dir: Path, doing: str) -> Busy:
    return Busy(
        f"Another copy of Afterview {doing} with {state_dir}; it will do what is due, or try again in a moment."
    )
