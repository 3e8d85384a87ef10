"""From an interview in a calendar to a deal in HubSpot, with the real command: set-up, a pass, a rotated key, an outcome."""

from collections.abc import Iterator

import pytest

from tests.accounts import MovedClock
from tests.fakes.hubspot.server import KEY, HubSpot
from tests.servers import Server
from tests.system.home import MINUTE, Home
from tests.system.invitations import ANA, invitation
from tests.system.moments import AFTER, DAY, MONDAY, utc


@pytest.fixture
def server(radicale: Server) -> Server:
    """One calendar server is enough here."""
    return radicale


@pytest.fixture
def hubspot() -> Iterator[HubSpot]:
    made = HubSpot(MovedClock(utc(2026, 9, 7, 10)))
    yield made
    made.close()


def answered(home: Home, command: str, answers: str) -> None:
    path = home.path / "answers.toml"
    path.write_text(f"[answers]\n{answers}", "utf-8")
    ran = home.run("accounts", command, "crm", "--answers", str(path))
    assert ran.code == 0, ran.err


def test_the_real_command_keeps_a_hubspot_account(fresh: Home, hubspot: HubSpot) -> None:
    home = fresh
    (home.path / "secrets").mkdir()
    (home.path / "secrets" / "crm-token").write_text(KEY, "utf-8")
    secret = 'token = { file = "secrets/crm-token" }'
    home.write_config(account=f'[[account]]\nid = "crm"\nintegration = "hubspot"\n{secret}\nurl = "{hubspot.url}"\n')
    answered(home, "reconfigure", 'stage = "Contract sent"\nmake = true\n')
    tried = home.run("accounts", "test", "crm")
    assert (tried.code, "CRM HubSpot" in tried.out) == (0, True), tried.out
    home.enter("u1", invitation("u1", MONDAY, guests=(ANA,)))
    ran = home.run("sync", "--json", at=AFTER)
    assert ran.code == 0, ran.err
    (deal,) = hubspot.all("deals")
    assert deal.properties["dealstage"] == "contractsent"
    assert "Ana" in {one.properties["firstname"] for one in hubspot.all("contacts")}
    hubspot.keys = {"pat-second": None}
    assert home.run("outcome", deal.properties["afterview_company"], "no").code == 0
    refused = home.run("sync", at=AFTER + MINUTE)
    assert refused.code == 3
    assert "afterview accounts reauth crm" in refused.out + refused.err
    answered(home, "reauth", 'token = "pat-second"\n')
    assert home.run("sync", at=AFTER + DAY / 24).code == 0
    assert hubspot.store.records[deal.id].properties["dealstage"] == "closedlost"
