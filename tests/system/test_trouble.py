"""When something is wrong: one clear sentence, the right exit code, no change of state, and other accounts go on."""

import pytest

from tests.fakes.web import Answered, WebServer
from tests.gate import Answer, Break
from tests.system.home import Home
from tests.system.invitations import invitation
from tests.system.moments import AFTER, HOUR, MONDAY


@pytest.fixture
def thanked(home: Home) -> Home:
    """A home with follow-ups on the phone."""
    home.enter("u1", invitation("u1", MONDAY))
    home.sync(AFTER)
    return home


def _one_sentence(home: Home, code: int, *words: str) -> None:
    """A pass fails with one sentence that holds the words, changes nothing, and the next good one goes on."""
    before = home.texts()
    ran = home.run("sync", at=home.now + HOUR)
    said = ran.out + ran.err
    assert ran.code == code, said
    assert "Traceback" not in said
    for word in words:
        assert word.lower() in said.lower(), said
    assert home.texts() == before
    home.server.gate.reset()


def test_a_wrong_password(thanked: Home) -> None:
    thanked.password = "wrong"
    thanked.write_config()
    _one_sentence(thanked, 3, "sign", "home")
    thanked.password = ""
    thanked.write_config()
    assert thanked.sync(thanked.now + HOUR)["state"] == "ok"


def test_no_network(thanked: Home) -> None:
    config = thanked.path / "config.toml"
    text = config.read_text()
    config.write_text(text.replace(thanked.server.url, "http://127.0.0.1:9"))
    _one_sentence(thanked, 4, "127.0.0.1")


@pytest.mark.parametrize(
    "answer",
    [Answer(500, b"oops"), Answer(200, b"<html>Sign in to the hotel's network</html>", {"Content-Type": "text/html"})],
)
def test_a_server_that_answers_nonsense(thanked: Home, answer: Answer) -> None:
    thanked.server.gate.plan("*", *[answer] * 40)
    _one_sentence(thanked, 4)
    assert thanked.sync(thanked.now + 2 * HOUR)["state"] == "ok"


def test_a_wrong_address(thanked: Home) -> None:
    config = thanked.path / "config.toml"
    config.write_text(
        config.read_text().replace(thanked.calendar, f"{thanked.server.url}{thanked.server.home}nothing/")
    )
    before = thanked.texts()
    ran = thanked.run("sync", at=thanked.now + HOUR)
    assert ran.code == 3
    assert thanked.texts() == before


def test_the_list_was_deleted(thanked: Home) -> None:
    thanked.server.delete(thanked.tasks)
    ran = thanked.run("sync", at=thanked.now + HOUR)
    assert ran.code == 3, ran.out + ran.err
    assert "Traceback" not in ran.out + ran.err
    assert thanked.run("tasks", "--json").json


def test_a_list_that_cannot_be_written(thanked: Home) -> None:
    thanked.enter("u2", invitation("u2", MONDAY, company="Globex", guests=(("Cy Moss", "cy@globex.example"),)))
    thanked.server.gate.plan("PUT", *[Answer(403, b"read only")] * 20)
    before = thanked.texts()
    ran = thanked.run("sync", "--json", at=thanked.now + HOUR)
    assert ran.code == 3
    account = ran.json["accounts"][0]
    assert account["created"] == 0
    assert account["error"]
    assert thanked.texts() == before


def test_a_calendar_that_is_suddenly_empty(thanked: Home) -> None:
    for number in range(5):
        guest = (("A B", f"ab@firm{number}.example"),)
        thanked.enter(f"f{number}", invitation(f"f{number}", MONDAY, company=f"Firm{number}", guests=guest))
    thanked.sync(AFTER + HOUR)
    before = thanked.texts()
    empty = b'<?xml version="1.0"?><multistatus xmlns="DAV:"></multistatus>'
    for _ in range(3):
        thanked.server.gate.plan("REPORT", *[Answer(207, empty, {"Content-Type": "application/xml"})] * 2)
        thanked.run("sync", "--full", at=thanked.now + HOUR)
        thanked.server.gate.reset()
    assert thanked.texts() == before


def test_another_account_goes_on(thanked: Home) -> None:
    feed = thanked.path / "feed.ics"
    feed.write_text(invitation("feed-1", MONDAY, company="Globex", guests=(("Cy Moss", "cy@globex.example"),)))
    thanked.write_config(more=f'[[account]]\nid = "feed"\nintegration = "ics"\npath = "{feed}"\n'
                         f'[[account]]\nid = "gone"\nintegration = "ics"\npath = "{thanked.path}/none.ics"\n')  # fmt: skip
    ran = thanked.run("sync", "--json", at=thanked.now + HOUR)
    states = {account["id"]: account["state"] for account in ran.json["accounts"]}
    assert (states["home"], states["feed"]) == ("ok", "ok")
    assert states["gone"] != "ok"
    assert ran.code != 0
    assert len(thanked.todos("thank_you")) == 2


@pytest.mark.parametrize("fault", [Break.DROP_BEFORE, Break.DROP_AFTER])
def test_a_lost_answer_makes_no_second_task(home: Home, fault: Break) -> None:
    home.enter("u1", invitation("u1", MONDAY))
    home.server.gate.plan("PUT", fault)
    home.run("sync", at=AFTER)
    home.server.gate.reset()
    home.settle()
    assert home.open_steps() == ["ask_outcome", "thank_you"]
    assert len(home.addresses()) == 2


def test_a_dry_run_sends_only_reads_and_says_what_it_would_do(home: Home) -> None:
    home.enter("u1", invitation("u1", MONDAY))
    home.server.gate.reset()
    ran = home.run("sync", "--dry-run", at=AFTER)
    assert ran.code == 0
    assert "Ana Lima" in ran.out
    assert home.server.gate.writes() == []
    assert home.todos() == {}


def test_two_copies_at_once_end_in_one_sentence(home: Home) -> None:
    import fcntl

    with (home.path / "state" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ran = home.run("sync")
    assert ran.code == 6
    assert "Traceback" not in ran.err


def test_a_certificate_that_cannot_be_trusted(thanked: Home) -> None:
    impostor = WebServer(lambda _asked: Answered(200), tls=True)
    try:
        config = thanked.path / "config.toml"
        config.write_text(config.read_text().replace(thanked.server.url, impostor.url))
        _one_sentence(thanked, 3, "certificate", "127.0.0.1")
        assert impostor.log == []
    finally:
        impostor.close()
