"""The test server of HubSpot for the contract suites of books and CRMs."""

import itertools
from dataclasses import dataclass, field
from datetime import timedelta

from afterview.integrations.entry import Entry
from afterview.integrations.hubspot.client import open_client
from afterview.integrations.hubspot.crm import open_crm
from afterview.integrations.hubspot.shapes import OWN
from afterview.sync.model import RecordKind
from afterview.sync.ports import Book
from tests.accounts import MovedClock, Notebook, account, close
from tests.fakes.hubspot.schema import stage
from tests.fakes.hubspot.server import KEY, HubSpot
from tests.fakes.hubspot.store import Record

PROPERTIES = {"name": "firstname", "title": "jobtitle", "company": "company", "emails": "email", "phones": "phone"}
TYPES = {RecordKind.PERSON: "contacts", RecordKind.COMPANY: "companies", RecordKind.APPLICATION: "deals"}
STAGES = {"open": "contractsent", "won": "closedwon", "lost": "closedlost", "withdrawn": "withdrawn"}
_NUMBERS = itertools.count(1)
SETTINGS = {"pipeline": "default", "stage": "appointmentscheduled", "withdrawn_stage": "withdrawn"}


def prepared(clock: MovedClock) -> HubSpot:
    """Return a server as set-up leaves it, with a stage of the user's own for withdrawn applications."""
    hubspot = HubSpot(clock)
    hubspot.schema.pipelines[0]["stages"].append(stage("withdrawn", "Withdrawn", 4, "0.0"))
    for own in OWN:
        type_ = {"0-3": "deals"}.get(own.type, own.type)
        hubspot.schema.make(type_, own.definition())
    return hubspot


@dataclass(slots=True)
class HubSpotRig:
    """An account and the person who works in it."""

    settings: dict[str, str] = field(default_factory=lambda: dict(SETTINGS))
    lag: timedelta = timedelta(seconds=10)
    name: str = "hubspot"
    doubles: bool = False
    clock: MovedClock = field(default_factory=MovedClock)
    hubspot: HubSpot = field(init=False)
    book: Book = field(init=False)
    opened: list[Entry] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.hubspot = prepared(self.clock)
        self.hubspot.store.lag = self.lag
        self.book = self.again()

    def again(self) -> Book:
        return self.opened_with(KEY)

    def opened_with(self, key: str) -> Book:
        settings = {**self.settings, "url": self.hubspot.url}
        entry = account(settings, integration="hubspot", token=key, clock=self.clock, memory=Notebook())
        self.opened.append(entry)
        open_client(entry).pace.sleep = self.waited.append  # no test sits it out
        return open_crm(entry)

    def close(self) -> None:
        for entry in self.opened:
            close(entry)
        self.hubspot.close()

    def record(self, remote_id: str) -> Record:
        return self.hubspot.store.records[remote_id]

    # What a person does.
    def add(self, **fields: str) -> str:
        given = {PROPERTIES[name]: value for name, value in fields.items()}
        return self.hubspot.store.make("contacts", {**given, "city": "Ulm"}).id

    def edit(self, remote_id: str, drop: str, **fields: str) -> None:
        given = {PROPERTIES[name]: value for name, value in fields.items()}
        gone = {PROPERTIES[drop]: ""} if drop else {}
        self.hubspot.store.change(self.record(remote_id), {**gone, **given})
        self.later()

    def delete(self, remote_id: str) -> None:
        self.hubspot.store.archive(remote_id)

    def other(self, remote_id: str) -> str:
        return "X-OWN:1" if self.record(remote_id).properties.get("city") == "Ulm" else ""

    def add_company(self, name: str, domain: str = "") -> str:
        return self.hubspot.store.make("companies", {"name": name, "domain": domain}).id

    def add_deal(self, company: str, role: str) -> str:
        deal = self.hubspot.store.make("deals", {"dealname": role, "dealstage": "contractsent"})
        self.hubspot.store.ties.add(frozenset({deal.id, company}))
        return deal.id

    def move(self, deal: str, stage: str) -> None:
        self.hubspot.store.change(self.record(deal), {"dealstage": STAGES[stage]})

    def archive(self, kind: RecordKind, remote_id: str) -> None:
        assert self.record(remote_id).type == TYPES[kind]
        self.hubspot.store.archive(remote_id)

    def later(self) -> None:
        self.clock.move(seconds=self.lag.total_seconds() + 1)
