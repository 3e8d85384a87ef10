"""Set-up from nothing to an account, with the test playing the browser."""

import json
from pathlib import Path
from typing import Any

import pytest

from afterview.cli.showcase.google.oauth import client_file
from afterview.cli.showcase.google.server import Google
from afterview.integrations.flow import FlowContext, Purpose, Step, StepKind
from afterview.integrations.google.flow import Setup
from afterview.integrations.google.tokens import Token
from tests.accounts import MovedClock
from tests.fakes.google.browser import agree, get

AUTH = "https://www.googleapis.com/auth/"
EVERYTHING = {"read": True, "tasks": True, "ring": True}


class Person:
    """Somebody who goes through the set-up."""

    def __init__(self, google: Google, clock: MovedClock, purpose: Purpose = Purpose.USER, **current: Any) -> None:
        self.google = google
        self.flow = Setup()
        token = current.pop("token", "")
        secrets = {"token": token} if token else {}
        self.step = self.flow.start(FlowContext(purpose, "Europe/Berlin", clock, "gmail", current, secrets))

    def say(self, **answers: Any) -> Step:
        before = self.step.arrival
        self.step = self.flow.submit(self.step.id, answers)
        if before is not None and before is not self.step.arrival:
            before.close()
        return self.step

    def file(self) -> Step:
        return self.say(client_file=client_file(self.google.url, api=self.google.url))

    def visit(self) -> Step:
        """Go to Google's page and be sent back to this machine."""
        assert self.step.id == "sign_in", self.step
        assert get(agree(self.step.url))[0] == 200
        assert self.step.arrival is not None
        assert self.step.arrival.wait(5)
        return self.say(address="")

    def token(self) -> Token:
        assert self.step.draft is not None, self.step
        return Token.read(self.step.draft.secrets["token"])

    def close(self) -> None:
        if self.step.arrival:
            self.step.arrival.close()


def set_up(google: Google, clock: MovedClock, **chosen: bool) -> Person:
    person = Person(google, clock)
    person.say(**{**EVERYTHING, **chosen})
    person.file()
    person.visit()
    return person


def choices(step: Step) -> dict[str, str]:
    return {choice.value: choice.label for choice in step.fields[0].choices}


def test_from_nothing_to_an_account(google: Google, clock: MovedClock) -> None:
    google.calendars.add("Job hunt")
    google.calendars.add("Shared free and busy", role="freeBusyReader")
    person = set_up(google, clock)
    assert person.step.id == "calendars"
    assert list(choices(person.step)) == ["primary", "Job hunt"]
    assert person.say(calendars=["primary", "Job hunt"]).fields[0].default == "Interviews"
    done = person.say(task_list="Interviews")
    assert done.kind is StepKind.CREATE
    assert done.draft is not None
    (made,) = [one for one in google.tasks.shelves.values() if one.title == "Interviews"]
    (rings,) = [one for one in google.calendars.known.values() if one.title == "Afterview"]
    assert done.draft.settings == {
        "calendars": ["primary", "Job hunt"],
        "task_list": "Interviews",
        "reminder_calendar": rings.id,
    }
    assert done.draft.memory["list_id"] == {"title": "Interviews", "id": made.id}
    assert done.draft.unique_id == "google:hannah@example.org"
    token = person.token()
    assert token.account == "hannah@example.org"
    assert token.refresh_token not in json.dumps({**done.draft.settings, **done.draft.memory})


def test_only_what_is_switched_on_is_asked_for(google: Google, clock: MovedClock) -> None:
    person = Person(google, clock)
    person.say(read=False, tasks=True, ring=False)
    person.file()
    person.visit()
    assert person.step.id == "task_list"
    person.say(task_list="Follow-ups")
    assert person.token().scopes == (AUTH + "tasks",)
    assert person.step.draft is not None
    assert person.step.draft.settings["calendars"] == []
    assert person.step.draft.settings["reminder_calendar"] == ""
    assert person.step.draft.unique_id.startswith("google:")


def test_reading_alone_needs_no_list(google: Google, clock: MovedClock) -> None:
    person = set_up(google, clock, tasks=False)
    assert dict(person.say(calendars=[]).errors) == {"calendars": "nothing_chosen"}
    assert person.say(calendars=["primary"]).kind is StepKind.CREATE
    assert AUTH + "calendar.app.created" not in person.token().scopes


def test_nothing_chosen_is_asked_again(google: Google, clock: MovedClock) -> None:
    person = Person(google, clock)
    step = person.say(read=False, tasks=False, ring=True)
    assert (step.id, dict(step.errors)) == ("features", {"base": "nothing_chosen"})


def test_whoever_has_no_file_is_led_through_the_console(google: Google, clock: MovedClock) -> None:
    person = Person(google, clock)
    assert not person.say(**EVERYTHING).fields[0].required
    person.say(client_file="")
    pages: list[str] = []
    while person.step.kind is StepKind.BROWSER and person.step.id != "sign_in":
        pages.append(person.step.url)
        person.say()
    assert len(pages) == 5
    assert all(page.startswith("https://console.cloud.google.com/") for page in pages)
    assert person.step.id == "client_file"
    assert person.step.fields[0].required
    assert person.file().id == "sign_in"
    person.close()


def test_a_wrong_file_is_asked_for_again(google: Google, clock: MovedClock, tmp_path: Path) -> None:
    person = Person(google, clock)
    person.say(**EVERYTHING)
    path = tmp_path / "client.json"
    path.write_text(client_file(google.url, kind="web"), "utf-8")
    assert dict(person.say(client_file=str(path)).errors) == {"client_file": "file_web"}
    path.write_text(client_file(google.url), "utf-8")
    assert person.say(client_file=str(path)).id == "sign_in"
    person.close()


def test_on_a_machine_without_a_browser_the_address_is_pasted(google: Google, clock: MovedClock) -> None:
    person = Person(google, clock)
    person.say(**EVERYTHING)
    person.file()
    page = person.step.url
    target = agree(page)
    mistyped = person.say(address="http://127.0.0.1/")
    assert dict(mistyped.errors) == {"base": "not_the_address"}
    assert mistyped.url == page  # the same attempt still counts
    assert person.say(address=target).id == "calendars"


def test_five_minutes_without_an_answer_bring_a_new_address(google: Google, clock: MovedClock) -> None:
    person = Person(google, clock)
    person.say(**EVERYTHING)
    person.file()
    page = person.step.url
    step = person.say(address="")
    assert dict(step.errors) == {"base": "timed_out"}
    assert step.url != page
    person.close()


def test_what_was_left_out_is_said_and_stays_off(google: Google, clock: MovedClock) -> None:
    google.sign_in.unticked = {AUTH + "calendar.app.created"}
    person = set_up(google, clock)
    assert person.step.id == "partial"
    assert dict(person.step.errors) == {"ring": "off_ring"}
    person.say(option="go_on")
    person.say(calendars=["primary"])
    assert person.say(task_list="Interviews").draft is not None
    assert AUTH + "calendar.app.created" not in person.token().scopes
    assert person.step.draft is not None
    assert person.step.draft.settings["reminder_calendar"] == ""


def test_what_was_left_out_can_be_ticked_after_all(google: Google, clock: MovedClock) -> None:
    google.sign_in.unticked = {AUTH + "tasks"}
    person = set_up(google, clock)
    google.sign_in.unticked = set()
    assert person.say(option="sign_in_again").id == "sign_in"
    assert person.visit().id == "calendars"
    person.say(calendars=["primary"])
    assert person.step.id == "task_list"


def test_without_the_list_of_calendars_they_are_named_by_hand(google: Google, clock: MovedClock) -> None:
    google.sign_in.unticked = {AUTH + "calendar.calendarlist.readonly"}
    person = set_up(google, clock)
    assert person.step.fields[0].choices == ()
    assert person.step.fields[0].default == ["primary"]
    person.say(calendars=["primary", "team@group.calendar.google.com"])
    person.say(task_list="Interviews")
    assert person.token().account == "hannah@example.org"


def test_nothing_ticked_at_all(google: Google, clock: MovedClock) -> None:
    google.sign_in.unticked = {AUTH + "tasks", AUTH + "calendar.events.readonly"}
    person = set_up(google, clock)
    assert (person.step.id, dict(person.step.errors)) == ("sign_in", {"base": "nothing_granted"})
    person.close()


def test_a_no_on_googles_page(google: Google, clock: MovedClock) -> None:
    google.sign_in.denies = True
    person = set_up(google, clock)
    assert (person.step.id, dict(person.step.errors)) == ("sign_in", {"base": "denied"})
    person.close()


def test_a_service_that_is_not_switched_on_is_named_and_tried_again(google: Google, clock: MovedClock) -> None:
    google.fail("tasks.*", 403, "accessNotConfigured")
    person = set_up(google, clock)
    assert person.step.id == "trouble"
    assert "choose Enable" in person.step.placeholders["reason"]
    assert person.say(option="try_again").id == "calendars"


def test_a_list_and_a_calendar_of_an_earlier_set_up_are_used_again(google: Google, clock: MovedClock) -> None:
    for _ in range(2):
        person = set_up(google, clock)
        person.say(calendars=["primary"])
        person.say(task_list="Interviews")
    assert [one.title for one in google.tasks.shelves.values()].count("Interviews") == 1
    assert [one.title for one in google.calendars.known.values()].count("Afterview") == 1


def test_two_lists_of_one_name_cannot_be_told_apart(google: Google, clock: MovedClock) -> None:
    google.tasks.add_list("Interviews")
    google.tasks.add_list("Interviews")
    person = set_up(google, clock)
    person.say(calendars=["primary"])
    assert dict(person.say(task_list="Interviews").errors) == {"task_list": "two_lists"}
    assert person.say(task_list="Follow-ups").kind is StepKind.CREATE


def finished(google: Google, clock: MovedClock, **chosen: bool) -> dict[str, Any]:
    """Return the settings and the token of an account that was set up."""
    person = set_up(google, clock, **chosen)
    if person.step.id == "calendars":
        person.say(calendars=["primary"])
    if person.step.id == "task_list":
        person.say(task_list="Interviews")
    assert person.step.draft is not None
    return {**person.step.draft.settings, "token": person.step.draft.secrets["token"]}


def test_signing_in_again_keeps_the_settings_and_asks_for_no_file(google: Google, clock: MovedClock) -> None:
    settings = finished(google, clock)
    google.grants.revoke()
    clock.move(days=8)
    person = Person(google, clock, Purpose.REAUTH, **settings)
    assert person.step.id == "reauth"
    assert not person.step.fields[0].required
    assert person.say(client_file="").id == "sign_in"
    assert "login_hint=hannah" in person.step.url
    assert person.visit().kind is StepKind.CREATE
    assert person.step.draft is not None
    assert person.step.draft.settings == {name: one for name, one in settings.items() if name != "token"}
    assert person.token().consented_at == clock()
    assert person.token().refresh_token != Token.read(settings["token"]).refresh_token


def test_signing_in_again_as_somebody_else_is_noticed(google: Google, clock: MovedClock) -> None:
    settings = finished(google, clock)
    settings["token"] = settings["token"].replace("hannah@example.org", "other@example.org")
    person = Person(google, clock, Purpose.REAUTH, **settings)
    person.say(client_file="")
    assert dict(person.visit().errors) == {"base": "other_account"}
    assert person.step.placeholders["reason"] == "other@example.org"
    person.close()


def test_without_a_readable_consent_the_file_is_needed_again(google: Google, clock: MovedClock) -> None:
    person = Person(google, clock, Purpose.REAUTH, task_list="Interviews")
    assert person.step.fields[0].required


def test_adding_a_feature_asks_for_all_of_them_at_once(google: Google, clock: MovedClock) -> None:
    settings = finished(google, clock, ring=False, read=False)
    person = Person(google, clock, Purpose.RECONFIGURE, **settings)
    assert {field.key: field.default for field in person.step.fields} == {"read": False, "tasks": True, "ring": False}
    assert person.say(**EVERYTHING).id == "sign_in"
    person.visit()
    person.say(calendars=["primary"])
    person.say(task_list="Interviews")
    assert len(person.token().scopes) == 4


def test_changing_the_calendars_needs_no_new_sign_in(google: Google, clock: MovedClock) -> None:
    google.calendars.add("Job hunt")
    settings = finished(google, clock)
    person = Person(google, clock, Purpose.RECONFIGURE, **settings)
    assert person.say(**EVERYTHING).id == "calendars"
    assert person.step.fields[0].default == ["primary"]
    person.say(calendars=["Job hunt"])
    assert person.say(task_list="Interviews").draft is not None
    assert person.token().refresh_token == Token.read(settings["token"]).refresh_token
    assert [one.title for one in google.calendars.known.values()].count("Afterview") == 1


@pytest.mark.parametrize("purpose", list(Purpose))
def test_no_step_shows_a_secret(google: Google, clock: MovedClock, purpose: Purpose) -> None:
    settings = finished(google, clock)
    person = Person(google, clock, purpose, **settings)
    token = Token.read(settings["token"])
    for secret in (token.refresh_token, token.client_secret):
        assert secret not in repr(person.step)
