"""The probes for a real account run against the stand-in, so that they work on the day somebody has one."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from afterview.cli.showcase.google.server import Google
from afterview.integrations.google.tokens import Token
from tests.live.place import Account, opened
from tests.live.probes import Probe, probes
from tests.running import ROOT

SEEN = {
    "if match": "200",
    "lag": "seen at the first look",
    "deleted task": "GET 200 deleted=True, PATCH 404, DELETE 404",
    "late due": "2030-11-30T00:00:00.000Z",
    "outside window": "named",
    "deleted series": "3 stubs, 0 of the series itself, 3 with their original start",
    "updated min": "7 d: 200, 27 d: 200, 29 d: 410, 60 d: 410, 365 d: 410",
    "instance id": "something else",
    "wide refresh": "400 invalid_scope",
}


@pytest.fixture
def google() -> Iterator[Google]:
    made = Google()
    yield made
    made.close()
    assert made.broken == []


@pytest.fixture
def account(google: Google) -> Iterator[Account]:
    token = Token.read(google.consent("tasks", "calendar.app.created"))
    with opened(token, google.clock) as made:
        yield made


@pytest.mark.parametrize("probe", list(probes()), ids=lambda probe: probe.name)
def test_a_probe_sees_what_the_stand_in_does(account: Account, probe: Probe) -> None:
    seen = probe.run(account)
    assert seen == SEEN.get(probe.name, seen)
    assert probe.question.endswith(".")


def test_what_was_made_is_taken_away(google: Google) -> None:
    with opened(Token.read(google.consent("tasks", "calendar.app.created")), google.clock):
        assert (len(google.tasks.shelves), len(google.calendars.known)) == (2, 2)
    assert (len(google.tasks.shelves), len(google.calendars.known)) == (1, 1)


def test_it_is_off_unless_somebody_asks() -> None:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("AFTERVIEW")}
    environ["PYTHONPATH"] = f"{ROOT / '.dev'}{os.pathsep}{ROOT}"
    command = [sys.executable, "-m", "tests.live"]
    ran = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert ran.stderr.startswith("Off.")
