"""The detector: is this event a job interview of the user, what has become of it, and what does it say?

Pure: no clock, no I/O (but for `load`, which reads the package's own data), no randomness. It never guesses silently:
between yes and no there is "ask", and every verdict has its reasons in plain words.
"""

from ..model import Event, InterviewStatus, Owner
from .decide import classify
from .glance import first_look
from .lessons import learn, lesson_of
from .lexicon import Learned, Lexicon
from .load import load_lexicon
from .reading import read
from .status import find_status

__all__ = ["Learned", "Lexicon", "classify", "first_look", "learn", "lesson_of", "load_lexicon", "status_of"]


def status_of(event: Event, owner: Owner) -> InterviewStatus:
    """Tell what has become of an appointment: STATUS, a title prefix in any language, the owner's reply."""
    reading = read(event, owner, load_lexicon())
    return find_status(event, owner, reading.mark, (reading.title, reading.text))
