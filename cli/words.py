"""How accounts stand, in words for people. JSON keeps the raw states."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from afterview.sync.engine.report import AccountReport

STATES = {"reauth": "sign in again", "waiting": "not reachable", "new": "not used yet"}
NO_LIST = (
    "No list receives your follow-ups yet; `afterview accounts reconfigure ID` chooses one, `afterview setup` adds one."
)


def state_word(state: str, *, held: bool = False) -> str:
    """Name a state; an account that is well but for held deletions is held."""
    return "held" if held and state == "ok" else STATES.get(state, state)


def counts(report: "AccountReport") -> str:
    """Say what a pass did for an account, "" for nothing."""
    found = {
        "created": report.created,
        "changed": report.changed,
        "withdrawn": report.withdrawn,
        "taken over from you": report.facts,
        "uncertain": report.uncertain,
    }
    return ", ".join(f"{count} {words}" for words, count in found.items() if count)


def with_remedy(account: str, state: str, words: str) -> str:
    """Add the command to a sentence about a sign-in that is not accepted."""
    return f"{words} Run `afterview accounts reauth {account}`." if words and state == "reauth" else words
