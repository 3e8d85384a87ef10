"""From an interview to a card on a real server, with trouble on the way: engine, integration and the user's phone."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import pytest

from afterview.integrations.carddav.client import open_client
from afterview.integrations.carddav.contacts import open_contacts
from afterview.integrations.carddav.flow import Setup
from afterview.integrations.flow import FlowContext, Purpose, StepKind
from afterview.sync.engine.report import AccountReport
from afterview.sync.ledger import Ledger
from afterview.sync.model import FactKind, RecordKind
from afterview.sync.ports import Book
from afterview.sync.runner import AccountSpec, one_pass
from tests.accounts import MovedClock, Notebook, account, close
from tests.contract.book_rigs import CardRig
from tests.fakes.memory import MemoryConnection, MemoryEvents
from tests.gate import Answer, Break
from tests.servers import Server
from tests.unit.sync.engine.world import ANA, BO, DAY, HOUR, MONDAY, World, interview


@dataclass
class Life:
    """A world with an address book on a real server."""

    world: World
    rig: CardRig
    said: list[AccountReport] = field(default_factory=list)

    def run(self, at: datetime | None = None) -> AccountReport:
        world, book = self.world, self.rig.again()
        world.now = at or world.now + HOUR
        home = MemoryConnection("home", MemoryEvents(world.events, world.calendars))
        specs = [
            AccountSpec("book", lambda: MemoryConnection("book", book=book), book=True),
            AccountSpec("home", lambda: home),
        ]
        with Ledger.open(world.path) as ledger:
            terms = replace(world.terms(), accounts=frozenset({"home", "book"}))
            return one_pass(ledger, specs, terms, lambda: world.now).accounts[0]

    def cards(self) -> dict[str, tuple[str, str]]:
        """Return name -> (remote id, text) of every card."""
        listing = self.rig.again().read(RecordKind.PERSON, "", {}, full=True)
        return {one.fields["name"][0]: (one.remote_id, self.rig.text(one.remote_id)) for one in listing.changed}


@pytest.fixture(params=("radicale", "xandikos"))
def server(request: pytest.FixtureRequest) -> Server:
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Server)
    return found


@pytest.fixture
def life(server: Server, tmp_path: Path) -> Iterator[Life]:
    world = World(tmp_path)
    world.enter(interview(guests=(ANA, BO)))
    made = Life(world, CardRig(server))
    yield made
    made.rig.close()


def test_the_people_of_an_interview_get_a_card_and_a_second_pass_writes_nothing(life: Life, server: Server) -> None:
    assert (life.run().state, life.run().created) == ("ok", 0)
    cards = life.cards()
    assert {"Ana Lima", "Bo Ek"} <= set(cards)
    text = cards["Ana Lima"][1]
    assert "EMAIL;TYPE=INTERNET;TYPE=WORK:ana.lima@initech.example" in text or "ana.lima@initech.example" in text
    assert "Initech" in text
    assert "interview 2026-09-07\\, open" in text
    server.gate.log.clear()
    life.run()
    assert server.gate.writes() == []
    assert len(server.gate.log) == 1


def test_a_card_of_the_users_own_is_found_by_address_and_only_filled(life: Life) -> None:
    own = life.rig.add(name="Ana (Initech)", emails="Ana.Lima@Initech.example", phones="+351 1", block="met in Porto")
    assert life.run().changed == 1
    text = life.rig.text(own)
    assert "FN:Ana (Initech)" in text
    assert "NOTE:met in Porto\\n\\n-- Afterview --" in text
    assert "X-OWN:1" in text
    assert "Ana Lima" not in life.cards()


def test_an_outcome_reaches_the_card_and_what_the_user_wrote_stays(life: Life) -> None:
    life.run()
    remote_id, text = life.cards()["Ana Lima"]
    note = next(line for line in text.split("\r\n") if line.startswith("NOTE:"))
    life.rig.edit(remote_id, "", title="CTO", block=note.removeprefix("NOTE:") + "\\nlikes chess")
    life.run()
    with Ledger.open(life.world.path) as ledger:
        key = next(one.key for one in ledger.calendars.sightings())
    life.world.record(FactKind.OUTCOME, key, outcome="no")
    assert life.run().changed >= 1
    text = life.rig.text(remote_id)
    assert "\\, no\\n-- /Afterview --\\nlikes chess" in text
    assert "TITLE:CTO" in text
    assert "Afterview no" in text


def test_what_the_user_deletes_is_never_made_again(life: Life) -> None:
    life.run()
    life.rig.delete(life.cards()["Ana Lima"][0])
    for _ in range(2):
        life.run(life.world.now + DAY)
    assert "Ana Lima" not in life.cards()
    assert "Bo Ek" in life.cards()


@pytest.mark.parametrize("fault", [Break.DROP_BEFORE, Break.DROP_AFTER, Break.FAILED_AFTER, Break.BUSY_AFTER])
def test_a_lost_or_false_answer_loses_and_doubles_nobody(life: Life, server: Server, fault: Break) -> None:
    server.gate.plan("PUT", fault)
    for _ in range(3):
        life.run()
    keys = [one for one in life.cards() if one in {"Ana Lima", "Bo Ek"}]
    assert sorted(keys) == ["Ana Lima", "Bo Ek"]
    assert len(life.rig.again().read(RecordKind.PERSON, "", {}, full=True).present) == len(life.cards())
    server.gate.log.clear()
    life.run()
    assert server.gate.writes() == []


def test_a_refused_card_is_parked_with_the_servers_words_and_stops_nobody(life: Life, server: Server) -> None:
    server.gate.plan("PUT", Answer(415, b"no such cards here"))
    report = life.run()
    assert report.state == "ok"
    assert "no such cards here" in report.parked[0]
    assert len({"Ana Lima", "Bo Ek"} & set(life.cards())) == 1
    assert life.run().parked == report.parked
    life.run(life.world.now + 2 * DAY)
    assert {"Ana Lima", "Bo Ek"} <= set(life.cards())


def test_an_address_book_that_is_emptied_is_not_believed_at_once(life: Life, server: Server) -> None:
    life.world.enter(*(interview(f"v{n}", MONDAY + n * DAY, company=f"Firm{n}") for n in range(1, 5)))
    life.run()
    life.run()  # a deletion before a reading has seen what was made is told by the next complete one only
    for remote_id, _ in life.cards().values():
        life.rig.delete(remote_id)
    report = life.run()
    assert "afterview sync --accept-deletions" in report.held[0]


def login(server: Server, **other: str) -> dict[str, str]:
    return {"url": server.url, "username": server.user, "password": server.password, **other}


def context(purpose: Purpose = Purpose.USER, **current: str) -> FlowContext:
    return FlowContext(purpose, "Europe/Berlin", MovedClock(), "people", current)


def test_set_up_finds_makes_and_tries_a_book(server: Server) -> None:
    server.make_book(f"known-{server.name}")
    flow = Setup()
    assert flow.start(context()).id == "connect"
    books = flow.submit("connect", login(server))
    assert books.id == "address_book", books
    assert f"known-{server.name}" in [choice.label for one in books.fields for choice in one.choices]
    assert flow.submit("address_book", {"address_book": ""}).errors == {"base": "nothing_chosen"}
    done = flow.submit("address_book", {"new_book": f"People {server.name}"})
    assert done.kind is StepKind.CREATE, done
    assert done.draft is not None
    assert done.draft.memory["conditional"] is True
    assert done.draft.secrets == {"password": server.password}
    memory = Notebook(dict(done.draft.memory))
    entry = account(dict(done.draft.settings), integration="carddav", password=server.password, memory=memory)
    book: Book = open_contacts(entry)
    assert book.read(RecordKind.PERSON, "", {}, full=False).present == frozenset()  # the trial card is gone
    close(entry)
    named = account(dict(done.draft.settings), integration="carddav", password=server.password)
    assert open_contacts(named).find(RecordKind.PERSON, "p-" + "0" * 32) == ()
    close(named)


def test_set_up_says_what_is_wrong_and_signs_in_again(server: Server) -> None:
    flow = Setup()
    flow.start(context())
    assert flow.submit("connect", login(server, password="wrong")).errors == {"password": "invalid_auth"}
    assert flow.submit("connect", login(server, url="ftp://x.example")).errors == {"url": "refused"}
    again = Setup()
    current = {"url": server.url, "username": server.user, "address_book": "People"}
    assert again.start(context(Purpose.REAUTH, **current)).id == "reauth"
    done = again.submit("reauth", {"username": server.user, "password": server.password})
    assert done.draft is not None
    assert done.draft.settings["address_book"] == "People"


def test_a_client_is_shared(server: Server) -> None:
    entry = account(login(server), integration="carddav", password=server.password)
    assert open_client(entry) is open_client(entry)
    close(entry)
