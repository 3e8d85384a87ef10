"""What the contract suites need of Tryton: the port under test, and a person at a Tryton client beside it."""

from dataclasses import dataclass, field

from afterview.integrations.entry import Entry
from afterview.integrations.tryton.crm import open_crm
from afterview.sync.model import RecordKind
from afterview.sync.ports import Book
from tests.accounts import MovedClock, Notebook, account, close
from tests.tryton.names import PASSWORD, USER
from tests.tryton.server import TrytonServer

_TYPES = {"emails": "email", "phones": "phone"}
_OWN = {"type": "other", "value": "X-OWN:1"}
PARTY, CONTACT, DEAL = "party.party", "party.contact_mechanism", "sale.opportunity"
_BUTTONS = {"open": "lead", "lost": "lost", "withdrawn": "cancel"}


@dataclass(slots=True)
class TrytonRig:
    """A Tryton in which nobody has entered anything yet, if it is `emptied`."""

    server: TrytonServer
    name: str = "tryton"
    doubles: bool = False
    relation: str = "works for"
    emptied: bool = True
    clock: MovedClock = field(default_factory=MovedClock)
    memory: Notebook = field(default_factory=Notebook)
    book: Book = field(init=False)
    opened: list[Entry] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.emptied:
            self.server.empty()
        self.server.gate.reset()
        self.book = self.again()

    def entry(self) -> Entry:
        settings = {
            "url": self.server.url,
            "database": self.server.database,
            "username": USER,
            "relation": self.relation,
        }
        entry = account(settings, integration="tryton", password=PASSWORD, clock=self.clock, memory=self.memory)
        self.opened.append(entry)
        return entry

    def again(self) -> Book:
        return open_crm(self.entry())

    def close(self) -> None:
        for entry in self.opened:
            close(entry)

    def add(self, **fields: str) -> str:
        contacts = [{"type": _TYPES[name], "value": value} for name, value in fields.items() if name in _TYPES]
        values = {"name": fields.get("name"), "contact_mechanisms": [["create", [*contacts, _OWN]]]}
        (made,) = self.server.call(f"{PARTY}.create", [values])
        return str(made)

    def edit(self, remote_id: str, drop: str, **fields: str) -> None:
        if "name" in fields:
            self.server.call(f"{PARTY}.write", [int(remote_id)], {"name": fields["name"]})
        for name in filter(_TYPES.__contains__, (drop, *fields)):
            there = self.server.ids(CONTACT, ["party", "=", int(remote_id)], ["type", "=", _TYPES[name]])
            self.server.call(f"{CONTACT}.delete", there)
            if name in fields:
                made = {"party": int(remote_id), "type": _TYPES[name], "value": fields[name]}
                self.server.call(f"{CONTACT}.create", [made])

    def delete(self, remote_id: str) -> None:
        self.server.call(f"{PARTY}.delete", [int(remote_id)])

    def add_company(self, name: str, domain: str = "") -> str:
        site = [{"type": "website", "value": f"http://www.{domain}/jobs"}] if domain else []
        (made,) = self.server.call(f"{PARTY}.create", [{"name": name, "contact_mechanisms": [["create", site]]}])
        return str(made)

    def add_deal(self, company: str, role: str) -> str:
        values = {"party": int(company), "description": role, "company": 1}
        (made,) = self.server.call(f"{DEAL}.create", [values])
        return str(made)

    def move(self, deal: str, stage: str) -> None:
        self.server.call(f"{DEAL}.{_BUTTONS[stage]}", [int(deal)])

    def archive(self, kind: RecordKind, remote_id: str) -> None:
        if kind is not RecordKind.APPLICATION:
            self.server.call(f"{PARTY}.write", [int(remote_id)], {"active": False})
            return
        if self.server.one(DEAL, remote_id, "state")["state"] != "cancelled":
            self.move(remote_id, "withdrawn")
        self.server.call(f"{DEAL}.delete", [int(remote_id)])

    def later(self) -> None:
        """It never lags."""

    def other(self, remote_id: str) -> str:
        there = self.server.ids(CONTACT, ["party", "=", int(remote_id)], ["value", "=", "X-OWN:1"])
        return "X-OWN:1" if there else ""
