"""The cheap first look at the raw text of a calendar resource, before any parsing.

It answers "cannot be an interview" only where the full path could not say yes or ask: every word that the full path needs
must stand somewhere in the raw text. Must never be cleverer than that.
"""

import html
import re

from ..identity import event_key
from ..model import Glance, Owner
from .anchors import wanted_kinds
from .lexicon import Learned, Lexicon
from .normal import fresh_tokens
from .parties import Side, base_address, domain_of, own_domains, registrable

_ADDRESS = re.compile(r"[^\s<>:;,\"']+@[^\s<>;,\"']+")
_FOLD = re.compile(r"\r?\n[ \t]")
_ROLE = re.compile(r"ROLE=[A-Z-]+")  # a parameter of attendees, no job
_BREAK = re.compile(r"</?(?:p|br|div|li|tr|td|th|h[1-6]|hr|table|ul|ol|pre)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")


def first_look(glance: Glance, owner: Owner, lexicon: Lexicon, learned: Learned = Learned()) -> bool:  # noqa: B008 (frozen)
    """Return False if the event certainly is not an interview and need not be parsed."""
    return _concerns(glance, learned) or lexicon.evidence.touches(
        fresh_tokens(_readable(glance.raw)), wanted_kinds(_side(glance, owner, lexicon))
    )


def _concerns(glance: Glance, learned: Learned) -> bool:
    """Tell whether a correction of the user may make this an interview whatever the text says."""
    if learned.events and learned.events.get(event_key(glance.uid, "")):
        return True
    if learned.series.get(glance.uid):
        return True
    trusted = [name for taught in (learned.senders, learned.domains) for name, count in taught.items() if count > 0]
    if not trusted:
        return False
    raw = f"{glance.organizer_raw}\n{glance.raw}".lower()
    return any(all(part in raw for part in name.split("@")) for name in trusted)  # a +tag may stand before the @


def _side(glance: Glance, owner: Owner, lexicon: Lexicon) -> Side:
    """Who sent it, as far as the raw organizer tells; in doubt somebody from elsewhere, who needs the least."""
    if not glance.organizer_raw:
        return Side.NOBODY
    match = _ADDRESS.search(glance.organizer_raw)
    address = base_address(match.group()) if match else ""
    if address in {base_address(mine) for mine in owner.emails}:
        return Side.OWNER
    return Side.OWN if registrable(domain_of(address)) in own_domains(owner, lexicon) else Side.OUTSIDE


def _readable(raw: str) -> str:
    """Undo what may cut a word in two: folded lines, escapes, entities."""
    start = raw.find("BEGIN:VEVENT")
    text = raw[start:] if start > 0 else raw
    if "\n " in text or "\n\t" in text:
        text = _FOLD.sub("", text)
    if "\\" in text:
        text = _ESCAPE.sub(lambda match: chr(int(match.group(1), 16)), text.replace("\\n", " ").replace("\\N", " "))
    if "&" in text:
        text = html.unescape(text.replace("\\;", ";"))  # an entity's end is escaped in a calendar
    if "</" in text or "/>" in text:
        text = f"{text}\n{_TAG.sub('', _BREAK.sub(' ', text))}"  # a tag ends a line, or stands in the middle of a word
    if "ROLE=" in text:
        text = text.replace(";ROLE=REQ-PARTICIPANT", "")  # nearly all of them
    return _ROLE.sub("", text) if "ROLE=" in text else text
