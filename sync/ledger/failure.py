"""What to say when the ledger fails, in one place: full, damaged and locked call for different things."""

import sqlite3

from ..errors import StateError


def failed(error: sqlite3.Error) -> StateError:
    """Return what a person is told; `OperationalError` is about the disk or a lock, any other about the file itself."""
    if isinstance(error, sqlite3.OperationalError):
        return StateError(
            f"The ledger could not be read or written ({error}); nothing further was sent. Free some disk space, then run "
            "`afterview sync` again."
        )
    return StateError(
        f"The ledger is damaged ({error}); nothing further was sent. Restore it from a backup, or move it away and run "
        "`afterview sync`: what stands on your lists is taken over again."
    )
