"""The search of the test server: late, at most ten thousand hits deep, two hundred a page."""

from datetime import UTC, datetime

from tests.fakes.hubspot.problems import Json, invalid
from tests.fakes.hubspot.schema import MODIFIED
from tests.fakes.hubspot.store import Store, shown

LARGEST = 200


def search(store: Store, type_: str, body: Json, *, nulls: bool) -> Json:
    """Find what changed since a moment, oldest first; nothing else is asked for here."""
    store.schema.check_names(type_, body["properties"])
    name = MODIFIED.get(type_, "hs_lastmodifieddate")
    (group,) = body["filterGroups"]
    (wanted,) = group["filters"]
    if wanted["propertyName"] != name or wanted["operator"] != "GTE" or body["sorts"] != [name]:
        raise invalid("There was a problem with the request: only changes since a moment are searched for here")
    after, limit = int(body["after"]), body["limit"]
    if limit > LARGEST or after + limit > store.deepest:
        raise invalid(f"The limit is {LARGEST} a page and {store.deepest} in all")
    since = datetime.fromtimestamp(int(wanted["value"]) / 1000, UTC)
    hits = sorted((one for one in store.indexed(type_) if one.changed_at >= since), key=lambda one: one.changed_at)
    part = hits[after : after + limit]
    answer: Json = {"total": len(hits), "results": [shown(one, body["properties"], nulls=nulls) for one in part]}
    following = after + len(part)
    return {**answer, "paging": {"next": {"after": str(following)}}} if following < len(hits) else answer
