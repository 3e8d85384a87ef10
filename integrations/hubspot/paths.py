"""Where things are in HubSpot's dated API. The release stands in one place; each is supported for 18 months.

Deals go by their type id, as in HubSpot's own reference of this release; the other types go by name.
"""

from urllib.parse import quote

RELEASE = "2026-03"
ADDRESS = "https://api.hubapi.com"
CONTACTS, COMPANIES, DEALS, MEETINGS, NOTES, TASKS = "contacts", "companies", "0-3", "meetings", "notes", "tasks"
DETAILS = f"/account-info/{RELEASE}/details"


def objects(kind: str, *rest: str) -> str:
    """Return the address of all records of a type, of one of them, or of a batch operation."""
    return "/".join((f"/crm/objects/{RELEASE}/{kind}", *(quote(part, safe="") for part in rest)))


def properties(kind: str) -> str:
    """Return the address of the definitions of a type's properties."""
    return f"/crm/properties/{RELEASE}/{kind}"


def associations(kind: str, other: str, operation: str) -> str:
    """Return the address of a batch operation on what hangs together."""
    return f"/crm/associations/{RELEASE}/{kind}/{other}/batch/{operation}"


def pipelines() -> str:
    """Return the address of the pipelines that deals go through."""
    return f"/crm/pipelines/{RELEASE}/{DEALS}"
