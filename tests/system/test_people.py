"""From an interview in a calendar to a person in an address book: the real command on a real server."""

import pytest

from tests.servers import Server
from tests.system.home import Home
from tests.system.invitations import ANA, invitation
from tests.system.moments import AFTER, DAY, MONDAY


@pytest.fixture
def server(radicale: Server) -> Server:
    """One server is enough here: the contract suite asks both."""
    return radicale


ANSWERS = """integration = "carddav"
id = "people"
[answers]
url = "{server.url}"
username = "{server.user}"
password = {{ file = "password" }}
new_book = "Met in interviews"
"""


def cards(server: Server) -> str:
    """Return every card in the book that set-up made, as the phone gets them."""
    path = f"{server.books}afterview-met-in-interviews/"
    asked = '<C:addressbook-query xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav"><prop><C:address-data/></prop>'
    status, body = server.ask("REPORT", path, f"{asked}<C:filter/></C:addressbook-query>", Depth="1")
    assert status == 207, body[:300]
    return body.decode().replace("\r\n ", "").replace("&#13;\n ", "").replace("\n ", "")


def test_an_interview_makes_a_person_and_the_commands_show_whom(home: Home) -> None:
    (home.path / "answers.toml").write_text(ANSWERS.format(server=home.server), "utf-8")
    made = home.run("setup", "--answers", str(home.path / "answers.toml"))
    assert made.code == 0, made.err
    tried = home.run("accounts", "test", "people")
    assert (tried.code, "It can be read" in tried.out) == (0, True), tried.out
    home.enter("u1", invitation("u1", MONDAY, guests=(ANA,)))
    ran = home.run("sync", "--json", at=AFTER)
    assert ran.code == 0, ran.err
    people = next(one for one in ran.json["accounts"] if one["id"] == "people")
    assert people["created"] >= 1
    assert "FN:Ana Lima" in cards(home.server)
    assert home.open_steps() == ["ask_outcome", "thank_you"]
    home.server.gate.reset()
    assert home.run("sync", at=AFTER + DAY / 24).code == 0
    assert home.server.gate.writes() == []
