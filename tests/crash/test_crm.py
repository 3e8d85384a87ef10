"""One interview, four servers: a Radicale calendar and address book, a real Tryton, and HubSpot's stand-in.

The real command takes an interview to a person, a company and a deal in each; a "no" ticked on the phone moves both deals;
a deal that a person loses in Tryton rings the phone for feedback. Killed before its writes to the ledger (every fifth one,
every single one in the deep run), it ends the same: nothing lost, nothing doubled.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.accounts import MovedClock
from tests.contract.hubspot_rig import prepared
from tests.crash.conftest import dav_place
from tests.crash.places import ForkedHome
from tests.crash.warm import Trial, Warm
from tests.fakes.hubspot.server import KEY, HubSpot
from tests.fakes.hubspot.store import Record
from tests.servers import Server
from tests.system.invitations import ANA, invitation
from tests.system.moments import DAY, HOUR, MONDAY
from tests.tryton.names import PASSWORD, USER
from tests.tryton.server import TrytonServer

CONFIG = """
[[account]]
id = "people"
integration = "carddav"
url = "{dav.url}"
username = "{dav.user}"
password = {{ env = "DAV" }}
address_book = "{book}"

[[account]]
id = "tryton"
integration = "tryton"
url = "{tryton.url}"
database = "{tryton.database}"
username = "{user}"
password = {{ env = "TRYTON" }}

[[account]]
id = "hubspot"
integration = "hubspot"
url = "{hubspot.url}"
token = {{ env = "HUBSPOT" }}
pipeline = "default"
stage = "appointmentscheduled"
withdrawn_stage = "withdrawn"
"""
MINUTE = timedelta(minutes=1)
DEAL = "sale.opportunity"
DEEP = bool(os.environ.get("AFTERVIEW_DEEP"))
EACH = 1 if DEEP else 5  # every such write to the ledger is one that a process dies before


@dataclass
class Office:
    """A user and four servers."""

    home: ForkedHome
    book: str
    tryton: TrytonServer
    hubspot: HubSpot
    clock: MovedClock
    kills: int = 0

    def at(self, now: datetime) -> None:
        self.home.now = self.clock.now = now

    def sync(self) -> Trial:
        ran = self.home.run("sync", "--json")
        assert ran.killed or ran.code == 0, f"{ran.code}\n{ran.err}\n{ran.out}"
        return ran

    def sync_killed_at_every_write(self, step: int) -> None:
        """Die before the first write, then before the second, and so on, until a pass lives to its end."""
        dies = 0
        while True:
            self.home.dies = dies
            ran = self.sync()
            self.home.dies = None
            if not ran.killed:
                return
            self.kills += 1
            dies += step

    def rest(self) -> None:
        """Make quiet passes until there is nothing to do; the clock goes on, for what is waited for."""
        for _ in range(3):
            self.at(self.home.now + 20 * MINUTE)
            self.sync()

    # What is there

    def cards(self) -> list[str]:
        _, body = self.home.server.ask("PROPFIND", self.home.server.path(self.book), "", Depth="1")
        names = {
            part.partition(b"<")[0].decode() for part in body.split(b"href>") if b".vcf" in part.partition(b"<")[0]
        }
        texts = [self.home.server.get(self.home.server.url + name) for name in sorted(names)]
        return [text for text in texts if text]

    def deals(self) -> dict[str, str]:
        """Return company -> state of every deal in Tryton."""
        rows = [self.tryton.one(DEAL, str(one), "party.name", "state") for one in self.tryton.ids(DEAL)]
        found = {str(row["party."]["name"]): str(row["state"]) for row in rows}
        assert len(found) == len(rows), rows
        return found

    def hub_deals(self) -> dict[str, str]:
        rows = [one.properties for one in self.hubspot.all("deals")]
        assert len({row["dealname"] for row in rows}) == len(rows), rows
        return {str(row["dealname"]): str(row["dealstage"]) for row in rows}

    def hub(self, type_: str) -> list[Record]:
        return self.hubspot.all(type_)

    def parties(self) -> list[str]:
        names = [
            self.tryton.one("party.party", str(one), "name")["name"]
            for one in self.tryton.ids("party.party", ["id", ">", 1])
        ]
        return sorted(str(name) for name in names)

    def open_feedback(self) -> list[Any]:
        return [todo for todo in self.home.todos("feedback").values() if str(todo.get("STATUS")) == "NEEDS-ACTION"]


@pytest.fixture
def office(radicale: Server, tryton: TrytonServer, tmp_path: Path, warm: Warm) -> Iterator[Office]:
    clock = MovedClock(MONDAY - DAY)
    hubspot = prepared(clock)
    hubspot.store.lag = timedelta(seconds=10)
    tryton.empty()
    home = dav_place(radicale, tmp_path, warm).home
    book = radicale.make_book(f"crm-{tmp_path.name[-20:]}".replace("_", "-"))
    home.write_config(more=CONFIG.format(dav=radicale, book=book, tryton=tryton, user=USER, hubspot=hubspot))
    home.environ = {"DAV": radicale.password, "TRYTON": PASSWORD, "HUBSPOT": KEY}
    made = Office(home, book, tryton, hubspot, clock)
    made.at(MONDAY - DAY)
    made.sync()
    yield made
    hubspot.close()


def test_from_the_calendar_to_every_place_and_back_killed_at_each_step(office: Office) -> None:
    office.home.enter("u1", invitation("u1", MONDAY, guests=(ANA,)))
    office.home.enter("u2", invitation("u2", MONDAY + HOUR, company="Hooli", guests=(("Cy Moss", "cy@hooli.example"),)))
    office.at(MONDAY + 3 * HOUR)
    office.sync_killed_at_every_write(step=EACH)
    office.rest()
    assert office.kills > (40 if DEEP else 6)
    _everything_is_there_once(office)

    initech = _heard_from(office, "Initech")
    office.at(MONDAY + 4 * HOUR)
    office.home.tick(initech)
    office.sync_killed_at_every_write(step=EACH)
    office.rest()
    assert _by_company(office.deals()) == {"Initech": "lost", "Hooli": "lead"}
    assert _by_company(office.hub_deals()) == {"Initech": "closedlost", "Hooli": "appointmentscheduled"}
    assert len(office.open_feedback()) == 0 or "Initech" in str(office.open_feedback()[0]["SUMMARY"])

    (deal,) = [one for one in office.tryton.ids(DEAL) if office.tryton.one(DEAL, str(one), "state")["state"] == "lead"]
    office.tryton.call(f"{DEAL}.lost", [deal])
    office.at(MONDAY + DAY)
    office.sync_killed_at_every_write(step=3)
    assert _by_company(office.hub_deals())["Hooli"] == "appointmentscheduled"  # it may have been a slip of the hand
    office.rest()
    assert _by_company(office.hub_deals()) == {"Initech": "closedlost", "Hooli": "closedlost"}
    office.at(MONDAY + 3 * DAY)
    office.sync()
    asked = {str(todo["SUMMARY"]): todo for todo in office.home.todos("feedback").values()}
    assert len(asked) == 2
    assert all(any(part.name == "VALARM" for part in todo.subcomponents) for todo in asked.values())
    assert any("Hooli" in title or "Cy Moss" in title for title in asked)
    _everything_is_there_once(office)


def _heard_from(office: Office, company: str) -> str:
    return next(
        address for address, todo in office.home.todos("ask_outcome").items() if company in str(todo["SUMMARY"])
    )


def _by_company(deals: dict[str, str]) -> dict[str, str]:
    return {next(name for name in ("Initech", "Hooli") if name in deal): stage for deal, stage in deals.items()}


def _everything_is_there_once(office: Office) -> None:
    cards = office.cards()
    assert sorted(text.count("FN:") for text in cards) == [1] * len(cards)
    for name in ("Ana Lima", "Cy Moss"):
        assert sum(f"FN:{name}" in text for text in cards) == 1, cards
        assert office.parties().count(name) == 1, office.parties()
        assert sum(one.properties.get("lastname", "").endswith(name.split()[1]) for one in office.hub("contacts")) == 1
    for name in ("Initech", "Hooli"):
        assert office.parties().count(name) == 1, office.parties()
        assert sum(one.properties.get("name") == name for one in office.hub("companies")) == 1
    assert len(office.deals()) == len(office.hub_deals()) == 2
    for steps in ("thank_you", "ask_outcome"):
        texts = [str(todo["SUMMARY"]) for todo in office.home.todos(steps).values()]
        assert len(texts) == len(set(texts))
