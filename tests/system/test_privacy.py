"""What is secret stays where it belongs, and what is private shows nowhere but on the user's own screen and lists."""

import stat
from pathlib import Path

import pytest

from tests.gate import Answer
from tests.moved import Moved
from tests.servers import PASSWORD, Server
from tests.system.home import Home
from tests.system.invitations import ANA, BO, invitation
from tests.system.moments import AFTER, HOUR, MONDAY

PRIVATE = ("Ana Lima", "Bo Ek", "initech", "Hiring", "word-of-mine")


@pytest.fixture
def server(radicale: Server) -> Server:
    return radicale


@pytest.fixture
def lived(home: Home) -> Home:
    """A home in which something of everything has happened."""
    home.enter("u1", invitation("u1", MONDAY, guests=(ANA, BO)))
    home.sync(AFTER)
    address = home.addresses()[0]
    home.set(address, "DESCRIPTION", "word-of-mine")
    home.sync(AFTER + HOUR)
    return home


def arguments(home: Home) -> tuple[str, ...]:
    return "--config", str(home.path / "config.toml"), "--state-dir", str(home.path / "state")


def silent(text: str, *more: str) -> None:
    """Check that a text gives nothing away."""
    found = [word for word in (PASSWORD, *more) if word.lower() in text.lower()]
    assert not found, f"{found} in {text[:3000]}"


def test_the_password_is_nowhere_but_in_its_file(lived: Home) -> None:
    lived.server.gate.plan("*", Answer(401))
    lived.run("sync", "-vv")
    lived.run("sync", "-vv", "--full")
    lived.run("diagnostics")
    for path in lived.path.rglob("*"):
        if path.is_file() and path.name != "password":
            assert PASSWORD.encode() not in path.read_bytes(), path


def test_what_is_remembered_is_for_the_user_alone(lived: Home) -> None:
    state = lived.path / "state"
    assert stat.S_IMODE(state.stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in state.rglob("*") if path.is_file()}
    assert modes
    assert {name for name, mode in modes.items() if mode != 0o600} == set()


@pytest.mark.parametrize(
    "answer", [None, Answer(401), Answer(500, b"Ana Lima, word-of-mine"), Answer(207, b"<Ana Lima")]
)
def test_what_is_said_of_a_pass_and_kept_for_a_report_names_nobody(lived: Home, answer: Answer | None) -> None:
    if answer is not None:
        lived.server.gate.plan("*", answer, answer, answer)
    ran = lived.run("sync", "-vv", "--full", at=AFTER + 2 * HOUR)
    silent(ran.err, *PRIVATE)
    told = lived.run("diagnostics")
    silent(told.out + told.err, *PRIVATE)
    for report in (lived.path / "state").rglob("*.txt"):
        silent(report.read_text("utf-8"), *PRIVATE)


def test_the_service_names_nobody_in_its_log_and_has_no_secret_in_its_arguments(lived: Home) -> None:
    with Moved(lived.path, AFTER + 2 * HOUR, (*arguments(lived), "-vv")) as service:
        service.begin()
        silent(Path(f"/proc/{service.process.pid}/cmdline").read_bytes().decode())
        lived.server.gate.plan("*", Answer(500, b"Ana Lima"), Answer(401), Answer(207, b"<Ana Lima"))
        service.advance(AFTER + 5 * HOUR)
        lived.enter("u1", invitation("u1", MONDAY + HOUR, guests=(ANA, BO), sequence=2))
        service.advance(AFTER + 30 * HOUR)
        service.stop()
        silent(service.said(), *PRIVATE)
        assert service.said()
    for path in (lived.path / "state").rglob("*"):
        if path.is_file() and path.suffix in {".json", ".txt", ".prom", ".log"}:
            silent(path.read_text("utf-8"), *PRIVATE)
