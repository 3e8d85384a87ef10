"""The boundary round what one account, one push or one turn of the service does: a defect in there ends nothing else.

It must never hide a failure of the ledger: without memory nothing goes on.
"""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager

from .errors import AccountError, ConfigError, Defect, StateError
from .ledger.failure import failed


@contextmanager
def contained(name: str) -> Generator[None]:
    """Let what has a meaning through; make anything else a `Defect` of this name, with the error as its cause."""
    try:
        yield
    except (AccountError, ConfigError, StateError):
        raise
    except sqlite3.Error as error:
        raise failed(error) from error
    except Exception as error:  # a boundary: the other accounts and the bell must go on
        raise Defect(
            f"Afterview failed at {name} by a mistake of its own ({type(error).__name__}); the rest goes on, and it is "
            "tried again later. A report without your data is in the folder `reports` beside the ledger."
        ) from error
