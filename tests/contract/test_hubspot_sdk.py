"""HubSpot's own client as a second opinion: on the test server's answers, in its strict mode, and on each of our requests.

Deals go by `0-3` in our paths as in its own; where a type is a parameter, both are given the same name.
"""

import importlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from afterview.integrations.hubspot.client import Client, connect
from afterview.integrations.hubspot.objects import Objects
from afterview.integrations.hubspot.paths import COMPANIES, CONTACTS, DEALS
from afterview.integrations.hubspot.probe import make, missing, portal
from afterview.integrations.hubspot.shapes import KEY, MEETING_MARK, SHAPES, Own
from afterview.integrations.hubspot.stages import read_pipelines
from afterview.integrations.hubspot.ties import Ties
from afterview.sync.identity import application_key, company_key, event_key, follow_up_key, note_key, person_key
from afterview.sync.model import Fields, RecordDraft, RecordKind
from tests.accounts import MovedClock
from tests.contract.hubspot_rig import HubSpotRig
from tests.fakes.hubspot.server import KEY as SERVICE_KEY
from tests.fakes.hubspot.server import HubSpot
from tests.fakes.web import Asked

PERSON_KEY, COMPANY_KEY, DEAL_KEY = (
    person_key("", "ada@initech.example", ""),
    company_key("initech"),
    application_key("i"),
)
MEETING_KEY, NOTE_KEY, TASK_KEY = event_key("u", ""), note_key("said"), follow_up_key("thank_you", "1")
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
OWN = Own(COMPANIES, "afterview_trial", "Trial", "Only here.", long=True)
AT = "2026-09-07T08:00:00.000Z"
MARKED = f"afterview:{MEETING_KEY}"
PERSON: Fields = {"name": ("Ada Byron",), "emails": ("ada@initech.example",)}
DEAL: Fields = {"name": ("Initech, Engineer",), "company": ("Initech",), "role": ("Engineer",), "stage": ("open",)}
MEETING: Fields = {"name": ("Interview",), "starts_at": (AT,), "ends_at": (AT,), "standing": ("scheduled",)}


@dataclass
class World:
    """The test server, our client with its adapter, and HubSpot's own."""

    rig: HubSpotRig
    client: Client
    theirs: Any

    @property
    def hubspot(self) -> HubSpot:
        return self.rig.hubspot

    def objects(self, kind: RecordKind) -> Objects:
        return Objects(
            self.client, SHAPES[kind], (*SHAPES[kind].reads, KEY) if not SHAPES[kind].mark else (MEETING_MARK,)
        )

    def make(self, kind: RecordKind, key: str, fields: Fields) -> None:
        for one in list(self.hubspot.store.records.values()):  # as if for the first time
            if key in str(one.properties):
                del self.hubspot.store.records[one.id]
        self.rig.again().create(RecordDraft(kind, key, fields))

    def id_of(self, type_: str) -> str:
        return self.hubspot.store.of(type_)[-1].id


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    rig = HubSpotRig()
    rig.hubspot.nulls = False  # the official client takes a null for an error, HubSpot gives it
    client = connect(rig.hubspot.url, SERVICE_KEY, MovedClock())
    official: Any = importlib.import_module("hubspot_sdk")  # so that type checkers do not read its 31 MB
    theirs = official.HubSpot(
        access_token=SERVICE_KEY, base_url=rig.hubspot.url, max_retries=0, _strict_response_validation=True
    )
    made = World(rig, client, theirs)
    made.make(RecordKind.COMPANY, COMPANY_KEY, {"name": ("Initech",)})
    made.make(RecordKind.PERSON, PERSON_KEY, PERSON)
    made.make(RecordKind.APPLICATION, DEAL_KEY, DEAL)
    made.make(RecordKind.INTERVIEW, MEETING_KEY, MEETING)
    rig.hubspot.store.archive(rig.hubspot.store.make("contacts", {"email": "gone@x.example"}).id)
    rig.later()
    yield made
    theirs.close()
    client.close()
    rig.close()


def own_made(world: World) -> None:
    world.hubspot.schema.own["companies"].pop(OWN.name, None)
    make(world.client, [OWN])
    world.hubspot.schema.own["companies"].pop(OWN.name)


def upserted(key: str, **properties: str) -> list[dict[str, Any]]:
    return [{"id": key, "id_property": KEY, "properties": properties}]


def changed(world: World, kind: RecordKind, key: str, **fields: tuple[str, ...]) -> None:
    book = world.rig.again()
    (found,) = book.find(kind, key)
    book.update(found, {**found.fields, **fields}, key)


PROPERTIES = {"jobtitle": "", "company": "", "afterview_block": "", "afterview_state": ""}
FILTER = {"property_name": "lastmodifieddate", "operator": "GTE", "value": str(int(SINCE.timestamp() * 1000))}
Does = Callable[[World], object]
# what is done -> how its path ends, by us, by HubSpot's own client
OPERATIONS: dict[str, tuple[str, Does, Does]] = {
    "account": ("details", lambda w: portal(w.client), lambda w: w.theirs.account.get()),
    "pipelines": ("0-3", lambda w: read_pipelines(w.client), lambda w: w.theirs.crm.pipelines.list(DEALS)),
    "properties": (CONTACTS, lambda w: missing(w.client), lambda w: w.theirs.crm.properties.list(CONTACTS)),
    "new property": (
        COMPANIES,
        own_made,
        lambda w: w.theirs.crm.properties.create(
            COMPANIES,
            name=OWN.name,
            label=OWN.label,
            description=OWN.about,
            group_name="companyinformation",
            type="string",
            field_type="textarea",
        ),
    ),
    "contact": (
        "contacts/batch/upsert",
        lambda w: w.make(RecordKind.PERSON, PERSON_KEY, PERSON),
        lambda w: w.theirs.crm.objects.contacts.batch.upsert(
            inputs=upserted(PERSON_KEY, firstname="Ada", lastname="Byron", email="ada@initech.example")
        ),
    ),
    "company": (
        "companies/batch/upsert",
        lambda w: w.make(RecordKind.COMPANY, COMPANY_KEY, {"name": ("Initech",)}),
        lambda w: w.theirs.crm.objects.companies.batch.upsert(inputs=upserted(COMPANY_KEY, name="Initech")),
    ),
    "deal": (
        "0-3/batch/upsert",
        lambda w: w.make(RecordKind.APPLICATION, DEAL_KEY, DEAL),
        lambda w: w.theirs.crm.objects.deals.batch.upsert(
            inputs=upserted(
                DEAL_KEY,
                dealname="Initech, Engineer",
                afterview_company="Initech",
                afterview_role="Engineer",
                pipeline="default",
                dealstage="appointmentscheduled",
            )
        ),
    ),
    "meeting": (
        "meetings",
        lambda w: w.make(RecordKind.INTERVIEW, MEETING_KEY, MEETING),
        lambda w: w.theirs.crm.objects.meetings.create(
            associations=[],
            properties={
                "hs_timestamp": AT,
                "hs_meeting_title": "Interview",
                "hs_meeting_start_time": AT,
                "hs_meeting_end_time": AT,
                "hs_meeting_outcome": "SCHEDULED",
                MEETING_MARK: MARKED,
            },
        ),
    ),
    "note": (
        "notes",
        lambda w: w.make(RecordKind.NOTE, NOTE_KEY, {"text": ("Slower & clearer",), "at": (AT,)}),
        lambda w: w.theirs.crm.objects.notes.create(
            associations=[],
            properties={
                "hs_timestamp": AT,
                "hs_note_body": f"Slower &amp; clearer<br><br>afterview:{NOTE_KEY}",
            },
        ),
    ),
    "task": (
        "tasks",
        lambda w: w.make(RecordKind.TASK, TASK_KEY, {"name": ("Thank Ada",), "due_at": (AT,), "standing": ("open",)}),
        lambda w: w.theirs.crm.objects.tasks.create(
            associations=[],
            properties={
                "hs_timestamp": AT,
                "hs_task_subject": "Thank Ada",
                "hs_task_status": "NOT_STARTED",
                "hs_task_body": f"afterview:{TASK_KEY}",
            },
        ),
    ),
    "change of a contact": (
        "contacts/ID",
        lambda w: changed(w, RecordKind.PERSON, PERSON_KEY, title=("CTO",)),
        lambda w: w.theirs.crm.objects.contacts.update(w.id_of("contacts"), properties={"jobtitle": "CTO"}),
    ),
    "change of a company": (
        "companies/ID",
        lambda w: changed(w, RecordKind.COMPANY, COMPANY_KEY, domain=("initech.example",)),
        lambda w: w.theirs.crm.objects.companies.update(w.id_of("companies"), properties={"domain": "initech.example"}),
    ),
    "move of a deal": (
        "0-3/ID",
        lambda w: changed(w, RecordKind.APPLICATION, DEAL_KEY, stage=("lost",)),
        lambda w: w.theirs.crm.objects.deals.update(w.id_of("deals"), properties={"dealstage": "closedlost"}),
    ),
    "change of a meeting": (
        "meetings/ID",
        lambda w: changed(w, RecordKind.INTERVIEW, MEETING_KEY, place=("Room 5",)),
        lambda w: w.theirs.crm.objects.meetings.update(
            w.id_of("meetings"), properties={"hs_meeting_location": "Room 5"}
        ),
    ),
    "by our key": (
        "contacts/batch/read",
        lambda w: w.objects(RecordKind.PERSON).under(PERSON_KEY),
        lambda w: w.theirs.crm.objects.contacts.batch.get(
            inputs=[{"id": PERSON_KEY}],
            id_property=KEY,
            properties=w.objects(RecordKind.PERSON).names,
            properties_with_history=[],
        ),
    ),
    "by id, one missing": (
        "0-3/batch/read",
        lambda w: w.objects(RecordKind.APPLICATION).several([w.id_of("deals"), "1"]),
        lambda w: w.theirs.crm.objects.deals.batch.get(
            inputs=[{"id": w.id_of("deals")}, {"id": "1"}],
            properties=w.objects(RecordKind.APPLICATION).names,
            properties_with_history=[],
        ),
    ),
    "one": (
        "companies/ID",
        lambda w: w.objects(RecordKind.COMPANY).get(w.id_of("companies")),
        lambda w: w.theirs.crm.objects.companies.get(
            w.id_of("companies"), properties=w.objects(RecordKind.COMPANY).names
        ),
    ),
    "all": (
        "meetings",
        lambda w: list(w.objects(RecordKind.INTERVIEW).all()),
        lambda w: w.theirs.crm.objects.meetings.list(limit=100, archived=False, properties=[MEETING_MARK]),
    ),
    "the bin": (
        "contacts",
        lambda w: list(w.objects(RecordKind.PERSON).all(archived=True)),
        lambda w: w.theirs.crm.objects.contacts.list(
            limit=100, archived=True, properties=w.objects(RecordKind.PERSON).names
        ),
    ),
    "what changed": (
        "contacts/search",
        lambda w: list(w.objects(RecordKind.PERSON).changed(SINCE)),
        lambda w: w.theirs.crm.objects.contacts.search(
            filter_groups=[{"filters": [FILTER]}],
            sorts=["lastmodifieddate"],
            properties=w.objects(RecordKind.PERSON).names,
            limit=200,
            after="0",
        ),
    ),
    "tie": (
        "0-3/contacts/batch/associate/default",
        lambda w: Ties(w.client).add(DEALS, w.id_of("deals"), CONTACTS, [w.id_of("contacts")]),
        lambda w: w.theirs.crm.associations.batch.create_default(
            CONTACTS,
            from_object_type=DEALS,
            inputs=[{"from": {"id": w.id_of("deals")}, "to": {"id": w.id_of("contacts")}}],
        ),
    ),
    "ties": (
        "0-3/contacts/batch/read",
        lambda w: Ties(w.client).read(DEALS, CONTACTS, [w.id_of("deals")]),
        lambda w: w.theirs.crm.associations.batch.get(
            CONTACTS, from_object_type=DEALS, inputs=[{"id": w.id_of("deals")}]
        ),
    ),
}
_GET = {"account", "pipelines", "properties", "one", "all", "the bin"}


def told(asked: Asked) -> tuple[str, str, dict[str, str], Any]:
    """Return what a request says, without the order of a query."""
    parts = urlsplit(asked.path)
    return asked.method, parts.path, dict(parse_qsl(parts.query)), json.loads(asked.body) if asked.body else None


def is_one(asked: Asked, ending: str, *, reads: bool) -> bool:
    path = urlsplit(asked.path).path
    fits = path.rpartition("/")[0].endswith(ending[:-3]) if ending.endswith("/ID") else path.endswith(f"/{ending}")
    return fits and (asked.method == "GET") is reads


@pytest.mark.parametrize("name", OPERATIONS)
def test_our_request_is_the_official_one_and_its_answer_is_taken_in_strict_mode(world: World, name: str) -> None:
    ending, ours, official = OPERATIONS[name]
    log = world.hubspot.web.log
    log.clear()
    ours(world)
    mine = [asked for asked, status in log if is_one(asked, ending, reads=name in _GET) and status < 300]
    log.clear()
    official(world)
    (theirs,) = [asked for asked, _ in log]
    assert told(mine[-1]) == told(theirs)
    assert mine[-1].headers["authorization"] == theirs.headers["authorization"]


def manner(path: str) -> str:
    """Return what a path asks for, whatever the type and the record."""
    types = {CONTACTS, COMPANIES, DEALS, "meetings", "notes", "tasks"}
    return "/".join(part for part in path.split("/")[4:] if part not in types and not part.isdecimal())


def test_every_manner_of_request_was_compared(world: World) -> None:
    """A reading, whole and of what changed, asks for nothing that has no line above."""
    compared = {manner(f"/crm/objects/2026-03/{ending}".replace("/ID", "/1")) for ending, _, _ in OPERATIONS.values()}
    world.hubspot.web.log.clear()
    for kind in (RecordKind.COMPANY, RecordKind.PERSON, RecordKind.APPLICATION):
        listing = world.rig.again().read(kind, "", {}, full=True)
        world.rig.again().read(kind, listing.cursor, dict.fromkeys(listing.present, ""), full=False)
    asked = {manner(urlsplit(one.path).path) for one, _ in world.hubspot.web.log}
    assert asked == {"", "search", "batch/read"}
    assert asked <= compared
