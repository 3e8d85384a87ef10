"""Set-up tries a list out on servers that bend the rules, and proposes what they take."""

from typing import Any

from afterview.integrations.caldav.flow import Setup
from afterview.integrations.flow import FlowContext, Purpose, Step
from tests.accounts import MovedClock
from tests.contract.rigs import todo_text
from tests.fakes.dav import HOME, FakeDav, Quirks


def set_up(server: FakeDav, **answers: Any) -> Step:
    """Run the flow with answers until it has none."""
    flow = Setup()
    step = flow.start(FlowContext(Purpose.USER, "UTC", MovedClock()))
    given: dict[str, dict[str, Any]] = {
        "connect": {"url": server.url, "username": server.user, "password": server.password},
        "calendars": {"calendars": []},
        **answers,
    }
    while step.id in given and not step.errors:
        step = flow.submit(step.id, given.pop(step.id))
    return step


def test_a_server_found_only_by_its_well_known_address() -> None:
    server = FakeDav(quirks=Quirks(weak_discovery=True))
    server.make("a", "VEVENT", "Job hunt")
    step = set_up(server)
    assert step.id == "task_list"
    server.close()


def test_the_trial_proposes_what_the_server_takes() -> None:
    for quirks, profile, alarms in (
        (Quirks(), "android", True),
        (Quirks(alarms="absolute"), "apple", True),
        (Quirks(alarms="none"), "android", False),
    ):
        server = FakeDav(quirks=quirks)
        server.make("t", "VTODO", "Tasks")
        ring = set_up(server, task_list={"task_list": "Tasks"})
        assert ring.id == "ring", ring
        assert ring.placeholders["proposed"] == profile
        done = set_up(server, task_list={"task_list": "Tasks"}, ring={"ring_profile": profile})
        assert done.draft is not None
        assert done.draft.memory["alarms"] is alarms
        assert done.draft.memory["conditional"] is True
        assert server.shelves[f"{HOME}t/"].items == {}
        server.close()


def test_the_trial_notices_a_server_that_ignores_conditions() -> None:
    server = FakeDav(quirks=Quirks(conditions=False))
    server.make("t", "VTODO", "Tasks")
    done = set_up(server, task_list={"task_list": "Tasks"}, ring={"ring_profile": "android"})
    assert done.draft is not None
    assert done.draft.memory["conditional"] is False
    server.close()


def test_a_list_full_of_apples_own_tasks_is_proposed_as_apple() -> None:
    server = FakeDav()
    address = server.make("t", "VTODO", "Tasks")
    text = todo_text("own-1", "SUMMARY:Milk").replace("-//phone//phone//EN", "-//Apple Inc.//iOS 18.1//EN")
    server.put(address + "own-1.ics", text)
    ring = set_up(server, task_list={"task_list": "Tasks"})
    assert ring.placeholders["proposed"] == "apple"
    server.close()


def test_a_list_that_cannot_be_written_comes_back_as_a_question() -> None:
    server = FakeDav()
    server.make("t", "VTODO", "Tasks")
    server.read_only = True
    step = set_up(server, task_list={"task_list": "Tasks"})
    assert step.id == "task_list"
    assert step.errors
    server.close()
