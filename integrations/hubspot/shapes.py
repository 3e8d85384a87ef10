"""How each kind of record is kept in HubSpot: its type, its properties, and what of them is ours.

Identity is `afterview_id`, a property of our own whose values HubSpot keeps unique. Meetings, notes and tasks have no such
property: theirs is the last line of the text.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from afterview.sync.model import RecordKind

from .paths import COMPANIES, CONTACTS, DEALS, MEETINGS, NOTES, TASKS

KEY = "afterview_id"
BLOCK, STATE, ADDRESSES = "afterview_block", "afterview_state", "afterview_emails"
COMPANY, ROLE, OUTCOME = "afterview_company", "afterview_role", "afterview_outcome"
MERGED = "hs_merged_object_ids"
MEETING_MARK, NOTE_MARK, TASK_MARK = "hs_internal_meeting_notes", "hs_note_body", "hs_task_body"


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind. `modified`: the property that says when a record changed; `ties`: field -> type of what it hangs with."""

    type: str
    reads: tuple[str, ...]
    modified: str
    ties: Mapping[str, str] = field(default_factory=dict)
    mark: str = ""  # the text whose last line bears our key, where no property can

    def properties(self, more: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Return all that is asked for."""
        return (*self.reads, *((self.mark,) if self.mark else (KEY, MERGED)), *more)


SHAPES: Mapping[RecordKind, Shape] = {
    RecordKind.COMPANY: Shape(COMPANIES, ("name", "domain"), "hs_lastmodifieddate"),
    RecordKind.PERSON: Shape(
        CONTACTS,
        (
            "firstname",
            "lastname",
            "jobtitle",
            "company",
            "email",
            "hs_additional_emails",
            ADDRESSES,
            "phone",
            "mobilephone",
            BLOCK,
            STATE,
        ),
        "lastmodifieddate",
        {"company_ids": COMPANIES},
    ),
    RecordKind.APPLICATION: Shape(
        DEALS,
        ("dealname", "pipeline", "dealstage", "closedate", "closed_lost_reason", COMPANY, ROLE, OUTCOME),
        "hs_lastmodifieddate",
        {"company_ids": COMPANIES, "people_ids": CONTACTS},
    ),
    RecordKind.INTERVIEW: Shape(
        MEETINGS,
        (
            "hs_timestamp",
            "hs_meeting_title",
            "hs_meeting_start_time",
            "hs_meeting_end_time",
            "hs_meeting_location",
            "hs_meeting_outcome",
        ),
        "hs_lastmodifieddate",
        {"application_ids": DEALS, "people_ids": CONTACTS},
        mark=MEETING_MARK,
    ),
    RecordKind.NOTE: Shape(
        NOTES,
        ("hs_timestamp",),
        "hs_lastmodifieddate",
        {"application_ids": DEALS, "people_ids": CONTACTS},
        mark=NOTE_MARK,
    ),
    RecordKind.TASK: Shape(
        TASKS,
        ("hs_timestamp", "hs_task_subject", "hs_task_status"),
        "hs_lastmodifieddate",
        {"application_ids": DEALS, "people_ids": CONTACTS},
        mark=TASK_MARK,
    ),
}


@dataclass(frozen=True, slots=True)
class Own:
    """A property that set-up makes, after asking. `long`: a text of several lines."""

    type: str
    name: str
    label: str
    about: str
    long: bool = False

    @property
    def unique(self) -> bool:
        return self.name == KEY

    def definition(self) -> dict[str, object]:
        """Return what HubSpot is asked to make."""
        group = {CONTACTS: "contactinformation", COMPANIES: "companyinformation", DEALS: "dealinformation"}[self.type]
        made: dict[str, object] = {
            "name": self.name,
            "label": self.label,
            "description": self.about,
            "groupName": group,
            "type": "string",
            "fieldType": "textarea" if self.long else "text",
        }
        return {**made, "hasUniqueValue": True} if self.unique else made


_ID = ("Afterview: key", "By this Afterview recognises the record. Please leave it as it is.")
OWN = (
    Own(CONTACTS, KEY, *_ID),
    Own(CONTACTS, BLOCK, "Afterview: interviews", "The interviews with this person and how they stand.", long=True),
    Own(CONTACTS, STATE, "Afterview: standing", "How the newest application stands."),
    Own(CONTACTS, ADDRESSES, "Afterview: further addresses", "Addresses from invitations, beside the main one."),
    Own(COMPANIES, KEY, *_ID),
    Own(DEALS, KEY, *_ID),
    Own(DEALS, COMPANY, "Afterview: company", "The company of the application."),
    Own(DEALS, ROLE, "Afterview: role", "The role of the application."),
    Own(DEALS, OUTCOME, "Afterview: outcome", "Tells a withdrawn application from a lost one, with the time."),
)
