"""Tell the rooms and note-taking services among the participants, which calendars often list like people."""

import re

from ..model import Participant, ParticipantKind
from .lexicon import Lexicon
from .normal import tokens

_NUMBER = re.compile(r"(?<=[^\W\d_])(?=\d)")  # "room4" is "room 4"


def is_thing(person: Participant, lexicon: Lexicon) -> bool:
    """Tell whether a participant is a room, a device or a note-taking service, by its kind, its name or its address."""
    domain = person.email.rpartition("@")[2]
    if person.kind in {ParticipantKind.ROOM, ParticipantKind.RESOURCE} or ".resource." in f".{domain}":
        return True
    name = "" if "@" in person.name else person.name
    return _names_thing(name, lexicon) or (len(tokens(name)) < 2 and _names_thing(person.email, lexicon, surely=True))


def _names_thing(text: str, lexicon: Lexicon, *, surely: bool = False) -> bool:
    """Look for the words in a name; `surely` passes over those that are family names too: Sala, Hall, Gong."""
    words = tokens(_NUMBER.sub(" ", text))
    numbered = any(word.isdecimal() or len(word) == 1 for word in words)
    for hit in lexicon.things.scan(words):
        if "anywhere" in hit.kinds:
            return True
        if surely:
            continue
        if "first" in hit.kinds and hit.start == 0 and len(words) > 1:
            return True
        if "numbered" in hit.kinds and numbered:
            return True
        if "whole" in hit.kinds and hit.end - hit.start == len(words):
            return True
    return False
