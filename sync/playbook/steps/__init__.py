"""The steps that come with Afterview. Each rule names every follow-up it could ever have called for, standing or not."""

from .advice import paid_off, thank_advice
from .interviews import ask_interview, ask_outcome, prepare, thank_you
from .outcomes import check_in, feedback

__all__ = [
    "ask_interview",
    "ask_outcome",
    "check_in",
    "feedback",
    "paid_off",
    "prepare",
    "thank_advice",
    "thank_you",
]
