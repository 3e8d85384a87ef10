"""What has become of an appointment, from the owner's view. Calendars say it in four ways, and not always in STATUS."""

from ..model import Event, EventStatus, InterviewStatus, Owner, Reply
from .lexicon import Lexicon
from .normal import tokens
from .parties import base_address
from .reading import split_mark


def find_status(event: Event, owner: Owner, lexicon: Lexicon, mark: str | None = None) -> InterviewStatus:
    """Tell the status. `mark` is the title's status prefix where it is known already."""
    mark = split_mark(event.title, lexicon)[1] if mark is None else mark
    text = {kind for hit in lexicon.evidence.scan(tokens(f"{event.title}\n{event.text[:600]}")) for kind in hit.kinds}
    if event.status is EventStatus.CANCELLED or mark == "cancelled" or "cancelled_text" in text:
        return InterviewStatus.CANCELLED
    reply = _owner_reply(event, owner)
    if mark == "declined" or reply is Reply.DECLINED:
        return InterviewStatus.DECLINED
    if event.status is EventStatus.TENTATIVE or mark == "tentative" or "tentative_text" in text:
        return InterviewStatus.TENTATIVE
    return InterviewStatus.CONFIRMED


def _owner_reply(event: Event, owner: Owner) -> Reply:
    mine = {base_address(address) for address in owner.emails}
    for person in event.attendees:
        if person.is_owner or base_address(person.email) in mine:
            return person.reply
    return Reply.UNKNOWN
