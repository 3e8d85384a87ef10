"""The system's own time, as the service uses it."""

import socket
from datetime import UTC, datetime

from afterview.cli.service.times import SystemTimes, gap


def test_a_sleep_ends_when_somebody_calls() -> None:
    times = SystemTimes()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.send(b"x")
        before = times.steady()
        times.sleep(60, ours)
        assert times.steady() - before < 30


def test_time_goes_on_evenly_while_the_machine_is_awake() -> None:
    times = SystemTimes()
    first = gap(times)
    assert abs((gap(times) - first).total_seconds()) < 5
    assert abs((times.now() - datetime.now(UTC)).total_seconds()) < 5


def test_being_online_is_said_by_addresses_of_this_machine() -> None:
    for address in SystemTimes().online().split():
        with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as probe:
            probe.bind((address, 0))  # only an own address can be bound
