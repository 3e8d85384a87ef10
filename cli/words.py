"""How accounts stand, in words for people. JSON keeps the raw states."""

STATES = {"reauth": "sign in again", "waiting": "not reachable", "new": "not read yet"}
NO_LIST = (
    "No list receives your follow-ups yet; `afterview accounts reconfigure ID` chooses one, `afterview setup` adds one."
)


def state_word(state: str, *, held: bool = False) -> str:
    """Name a state; an account that is well but for held deletions is held."""
    return "held" if held and state == "ok" else STATES.get(state, state)


def with_remedy(account: str, state: str, words: str) -> str:
    """Add the command to a sentence about a sign-in that is not accepted."""
    return f"{words} Run `afterview accounts reauth {account}`." if words and state == "reauth" else words
