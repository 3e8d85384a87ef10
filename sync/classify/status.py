"""What has become of an appointment, from the owner's view. Calendars say it in four ways, and not always in STATUS."""

from ..model import Event, EventStatus, InterviewStatus, Owner, Reply
from .parties import base_address
from .reading import Field

_BEGINNING = 120  # tokens of a text in which it speaks of its own appointment


def find_status(event: Event, owner: Owner, mark: str, fields: tuple[Field, ...]) -> InterviewStatus:
    """Tell the status. `mark` is the title's status prefix; `fields` are the title and the text."""
    said = {kind for field in fields for hit in field.hits if hit.start < _BEGINNING for kind in hit.kinds}
    if event.status is EventStatus.CANCELLED or mark == "cancelled" or "cancelled_text" in said:
        return InterviewStatus.CANCELLED
    if mark == "declined" or _owner_declined(event, owner):
        return InterviewStatus.DECLINED
    if event.status is EventStatus.TENTATIVE or mark == "tentative" or "tentative_text" in said:
        return InterviewStatus.TENTATIVE
    return InterviewStatus.CONFIRMED


def _owner_declined(event: Event, owner: Owner) -> bool:
    declined = [person for person in event.attendees if person.reply is Reply.DECLINED]
    mine = {base_address(address) for address in owner.emails} if declined else set()
    return any(person.is_owner or base_address(person.email) in mine for person in declined)
