"""Which ledgers this Afterview can read; apart from the ledger itself, so that `status` need not load it."""

from .errors import StateError

VERSION = 3  # the number of migrations in `ledger.schema`


def newer(version: int) -> StateError:
    """Return what a person is told of a ledger that a newer Afterview wrote."""
    return StateError(
        f"The ledger was written by a newer Afterview (version {version}, this one knows {VERSION}); "
        "update Afterview, or point --state-dir at another folder."
    )
