"""From an interview in a calendar to an opportunity in Tryton: the real command, set up by answers and at a terminal."""

import tomllib
from pathlib import Path

import pexpect
import pytest

from tests.running import COMMAND, environment
from tests.servers import Server
from tests.system.home import Home
from tests.system.invitations import ANA, invitation
from tests.system.moments import AFTER, MONDAY
from tests.tryton.names import PASSWORD, USER
from tests.tryton.server import TrytonServer

DEAL = "sale.opportunity"
ANSWERS = """integration = "tryton"
id = "crm"
[answers]
url = "{url}"
username = "{user}"
password = {{ file = "tryton-password" }}
relation = "works for"
lost_reason = "Not this time"
"""


@pytest.fixture
def server(radicale: Server) -> Server:
    """One calendar server is enough here."""
    return radicale


def test_an_interview_becomes_an_opportunity_and_a_no_loses_it(fresh: Home, tryton: TrytonServer) -> None:
    home = fresh
    tryton.empty()
    (home.path / "answers.toml").write_text(ANSWERS.format(url=tryton.url, user=USER), "utf-8")
    (home.path / "tryton-password").write_text(PASSWORD, "utf-8")
    made = home.run("setup", "--answers", str(home.path / "answers.toml"))
    assert made.code == 0, made.err
    assert PASSWORD not in (home.path / "config.toml").read_text("utf-8")
    tried = home.run("accounts", "test", "crm")
    assert (tried.code, "CRM crm" in tried.out) == (0, True), tried.out
    home.enter("u1", invitation("u1", MONDAY, guests=(ANA,)))
    ran = home.run("sync", "--json", at=AFTER)
    assert ran.code == 0, ran.err
    (deal,) = tryton.ids(DEAL)
    company = str(tryton.one(DEAL, str(deal), "party.name")["party."]["name"])
    assert home.run("outcome", company, "no").code == 0
    assert home.run("sync").code == 0
    row = tryton.one(DEAL, str(deal), "state", "lost_reason")
    assert (row["state"], row["lost_reason"]) == ("lost", "Not this time")


def test_a_person_sets_a_tryton_up_at_a_terminal(fresh: Home, tryton: TrytonServer, tmp_path: Path) -> None:
    home = fresh
    files = ["--config", str(home.path / "config.toml"), "--state-dir", str(home.path / "state")]
    wizard = pexpect.spawn(
        COMMAND[0],
        [*COMMAND[1:], *files, "setup", "tryton", "--no-color"],
        env={**environment(tmp_path), "AFTERVIEW_NOW": AFTER.isoformat()},
        encoding="utf-8",
        timeout=20,
        dimensions=(60, 200),
        cwd=str(tmp_path),
    )
    for question, reply in (
        ("Address: ", tryton.url),
        ("Database: ", ""),
        ("User name: ", USER),
        ("Password: ", "wrong"),
        ("Address [", ""),
        ("Database", ""),
        ("User name [", ""),
        ("Password: ", PASSWORD),
    ):
        wizard.expect_exact(question)
        wizard.sendline(reply)
    wizard.expect_exact("works for")
    wizard.sendline("1")
    for question, reply in (
        ("with this name: ", ""),
        ("turned down [No offer]: ", ""),
        ("Name [", "crm"),
        ("another account", "n"),
    ):
        wizard.expect_exact(question)
        wizard.sendline(reply)
    wizard.expect(pexpect.EOF)
    wizard.close()
    assert wizard.exitstatus == 0, wizard.before
    written = tomllib.loads((home.path / "config.toml").read_text("utf-8"))["account"][-1]
    assert {name: written[name] for name in ("id", "integration", "database", "relation")} == {
        "id": "crm",
        "integration": "tryton",
        "database": "crm",  # the only one
        "relation": "works for",
    }
    assert PASSWORD not in str(written)
