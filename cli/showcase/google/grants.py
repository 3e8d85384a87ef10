"""Which access token may do what: the sign-in endpoints issue, the services ask. Tokens are plain words, never secrets."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

OWNER = "hannah@example.org"
_NUMBERS = itertools.count(1)  # no two servers ever give the same token


@dataclass(slots=True)
class Grant:
    """What one access token stands for. A token that expired or was revoked is answered with 401."""

    scopes: frozenset[str]
    account: str = OWNER
    dead: bool = False


@dataclass(slots=True)
class Grants:
    """Access tokens -> grants. `revoked`: the user took the whole consent back, no token lives and none is issued."""

    tokens: dict[str, Grant] = field(default_factory=dict)
    revoked: bool = False
    numbers: Iterator[int] = _NUMBERS

    def issue(self, scopes: Iterable[str], account: str = OWNER) -> str:
        """Make a new access token for these scopes (full addresses) and return it."""
        token = f"access-{next(self.numbers)}"
        self.tokens[token] = Grant(frozenset(scopes), account)
        return token

    def find(self, token: str) -> Grant | None:
        """Return what a token may do; None for one that is unknown, expired or revoked."""
        grant = self.tokens.get(token)
        return None if grant is None or grant.dead or self.revoked else grant

    def expire(self) -> None:
        """Let every access token die, as after an hour; a refresh brings a new one."""
        for grant in self.tokens.values():
            grant.dead = True

    def revoke(self) -> None:
        """Take the whole consent back, as on the account page: refreshing must fail with invalid_grant from now on."""
        self.revoked = True
        self.expire()
