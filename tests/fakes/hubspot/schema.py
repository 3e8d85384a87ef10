"""What the test server knows of types: their properties, the pipeline of a free account, and the rules for values."""

import re
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.hubspot.problems import Json, Problem, invalid, invalid_value

TYPES = {"0-1": "contacts", "0-2": "companies", "0-3": "deals", "0-46": "notes", "0-47": "meetings", "0-27": "tasks"}
MODIFIED = {"contacts": "lastmodifieddate"}
_COMPUTED = ("hs_object_id", "createdate", "hs_createdate", "hs_lastmodifieddate", "hs_merged_object_ids")
_DEFAULT = {
    "contacts": "firstname lastname jobtitle company email hs_additional_emails phone mobilephone city lastmodifieddate",
    "companies": "name domain city",
    "deals": "dealname pipeline dealstage closedate amount closed_lost_reason closed_won_reason",
    "notes": "hs_note_body hs_timestamp",
    "tasks": "hs_task_body hs_task_subject hs_task_status hs_timestamp",
    "meetings": "hs_timestamp hs_meeting_title hs_meeting_body hs_meeting_start_time hs_meeting_end_time "
    "hs_meeting_location hs_meeting_outcome hs_internal_meeting_notes",
}
_READ_ONLY = {*_COMPUTED, "lastmodifieddate", "hs_additional_emails"}
_OUTCOMES = {"SCHEDULED", "COMPLETED", "RESCHEDULED", "NO_SHOW", "CANCELED"}
_STATUSES = {"NOT_STARTED", "IN_PROGRESS", "WAITING", "COMPLETED", "DEFERRED"}
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_TEXTS = {"text", "textarea"}
_GROUPS = {"contacts": "contactinformation", "companies": "companyinformation", "deals": "dealinformation"}
MOMENT = "2026-01-01T00:00:00Z"


def type_named(name: str) -> str:
    """Return the type that a path names, by name or by id."""
    found = TYPES.get(name, name)
    if found not in _DEFAULT:
        raise invalid(f"Unable to infer object type from: {name}")
    return found


def stage(id_: str, label: str, order: int, probability: str) -> Json:
    """Return a stage of a pipeline."""
    closed = {"isClosed": str(probability in {"0.0", "1.0"}).lower(), "probability": probability}
    dates = {"createdAt": MOMENT, "updatedAt": MOMENT, "archived": False}
    permissions = "CRM_PERMISSIONS_ENFORCEMENT"
    return {
        "id": id_,
        "label": label,
        "displayOrder": order,
        "metadata": closed,
        "writePermissions": permissions,
        **dates,
    }


def pipeline(id_: str, label: str, *stages: Json) -> Json:
    """Return a pipeline."""
    dates = {"createdAt": MOMENT, "updatedAt": MOMENT, "archived": False}
    return {"id": id_, "label": label, "displayOrder": 0, "stages": list(stages), **dates}


def usual_pipeline() -> Json:
    return pipeline(
        "default",
        "Sales Pipeline",
        stage("appointmentscheduled", "Appointment scheduled", 0, "0.2"),
        stage("contractsent", "Contract sent", 1, "0.9"),
        stage("closedwon", "Closed won", 2, "1.0"),
        stage("closedlost", "Closed lost", 3, "0.0"),
    )


@dataclass(slots=True)
class Schema:
    """Properties and pipelines. `rules`: property -> what an account's own rule says of every value."""

    pipelines: list[Json] = field(default_factory=lambda: [usual_pipeline()])
    own: dict[str, dict[str, Json]] = field(default_factory=lambda: {name: {} for name in _DEFAULT})
    rules: dict[str, str] = field(default_factory=dict)

    def names(self, type_: str) -> set[str]:
        stages = [one["id"] for line in self.pipelines for one in line["stages"]] if type_ == "deals" else []
        entered = {f"hs_v2_date_entered_{one}" for one in stages}
        return {*_DEFAULT[type_].split(), *_COMPUTED, *self.own[type_], *entered}

    def is_unique(self, type_: str, name: str) -> bool:
        return (type_ == "contacts" and name == "email") or bool(self.own[type_].get(name, {}).get("hasUniqueValue"))

    def unique(self, type_: str) -> list[str]:
        """Return the properties of which no two records may have the same value; not the address."""
        return [name for name, one in self.own[type_].items() if one.get("hasUniqueValue")]

    def check_names(self, type_: str, names: list[str]) -> None:
        """Refuse names that are unknown. HubSpot itself passes over them where something is read; a slip must show."""
        for name in names:
            if name not in self.names(type_):
                raise invalid_value(name, "PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist')

    def check_values(self, type_: str, given: dict[str, str], after: dict[str, str]) -> None:
        """Refuse values that HubSpot or the account's own rules do not take. `after`: all values as they would be."""
        self.check_names(type_, list(given))
        for name, value in given.items():
            if name in _READ_ONLY or name.startswith("hs_v2_date_entered_"):
                raise invalid_value(name, "READ_ONLY_VALUE", f'"{name}" is a read only property')
            if name in self.rules:
                raise invalid_value(name, "VALIDATION_RULE", self.rules[name])
            if name == "email" and value and not _EMAIL.fullmatch(value):
                raise invalid_value(name, "INVALID_EMAIL", f"Email address {value} is invalid")
            if name == "hs_meeting_outcome" and value not in _OUTCOMES:
                raise invalid_value(name, "INVALID_OPTION", f"{value} was not one of the allowed options")
            if name == "hs_task_status" and value not in _STATUSES:
                raise invalid_value(name, "INVALID_OPTION", f"{value} was not one of the allowed options")
        if type_ == "deals" and {"dealstage", "pipeline"} & given.keys():
            self.stage(after.get("pipeline", "default"), after.get("dealstage", ""))
        if type_ in {"notes", "meetings", "tasks"} and not after.get("hs_timestamp"):
            raise invalid_value("hs_timestamp", "REQUIRED", "hs_timestamp is required")

    def stage(self, line: str, id_: str) -> Json:
        for one in self.pipelines:
            for found in one["stages"] if one["id"] == line else ():
                if found["id"] == id_:
                    return dict(found)
        raise invalid_value("dealstage", "INVALID_OPTION", f"{id_} was not one of the allowed options of {line}")

    def listed(self, type_: str) -> list[Json]:
        """Return the definitions of all properties."""
        usual = [
            _definition({"name": name, "label": name, "type": "string", "fieldType": "text"}, type_)
            for name in sorted(self.names(type_) - self.own[type_].keys())
        ]
        return [*usual, *self.own[type_].values()]

    def make(self, type_: str, given: Json) -> Json:
        """Make a property of the user's own."""
        if given["fieldType"] not in _TEXTS or given["type"] != "string" or given["groupName"] != _GROUPS.get(type_):
            raise invalid("Property definition is invalid")
        if given["name"] in self.names(type_):
            raise Problem(409, "OBJECT_ALREADY_EXISTS", f'A property named "{given["name"]}" already exists.')
        made = self.own[type_][given["name"]] = _definition(given, type_)
        return made


def _definition(given: Json, type_: str) -> Json:
    usual: dict[str, Any] = {"description": "", "groupName": _GROUPS.get(type_, "engagement"), "options": []}
    return {**usual, "hasUniqueValue": False, "archived": False, "createdAt": MOMENT, "updatedAt": MOMENT, **given}
