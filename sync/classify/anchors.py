"""What an event must have at all to be worth weighing.

The full path and the cheap first look share this one table, so the first look can never skip what the full path would
call yes or ask.
"""

from .parties import Side

_POINTING = frozenset({"strong", "word", "round", "hiring", "recruiter", "candidate"})
_FROM_ELSEWHERE = _POINTING | {"job", "talk", "vendor"}
_FROM_WITHIN = frozenset({"candidate", "applicant", "internal"})  # without these it is the owner's daily work


def wanted_kinds(side: Side) -> frozenset[str]:
    """Kinds of terms of which an event from this side needs at least one."""
    if side in {Side.NOBODY, Side.OWNER}:
        return _POINTING
    return _FROM_WITHIN if side is Side.OWN else _FROM_ELSEWHERE
