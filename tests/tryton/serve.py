"""Runs `trytond` with a cheap hash of passwords: every account of a test signs in anew, which else takes most of the time.

`python serve.py -c CONFIGURATION -d DATABASE`
"""

import sys

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from trytond import cli
from trytond.res import user


def hash_cheaply() -> None:
    cheap = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)
    setattr(user, "PASSWORD_HASH", PasswordHash([cheap]))  # noqa: B010 -- a checker would not let it be set


if __name__ == "__main__":
    hash_cheaply()
    sys.exit(cli.main())
