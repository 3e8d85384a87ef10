"""Every built-in set-up flow as walks: each step, what can be wrong, signing in again, changing."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from afterview.cli.showcase.google.oauth import client_file
from afterview.cli.showcase.google.server import Google
from afterview.integrations.apprise.flow import Setup as Apprise
from afterview.integrations.caldav.flow import Setup as Caldav
from afterview.integrations.carddav.flow import Setup as Carddav
from afterview.integrations.flow import Choice, Purpose
from afterview.integrations.google.flow import Setup as GoogleSetup
from afterview.integrations.home_assistant.component_flow import Setup as Component
from afterview.integrations.home_assistant.flow import Setup as Home
from afterview.integrations.hubspot.client import connect
from afterview.integrations.hubspot.flow import Setup as Hubspot
from afterview.integrations.hubspot.probe import make, missing
from afterview.integrations.ics.flow import Setup as Ics
from afterview.integrations.tryton.flow import Setup as Tryton
from tests.fakes.home_assistant import LASTING
from tests.fakes.hubspot.server import KEY
from tests.walks import everything
from tests.walks.services import Services
from tests.walks.walk import ROOT, Turn, Walk, context, strings

AUTH = "https://www.googleapis.com/auth/"
SCOPES = ("calendar.events.readonly", "calendar.calendarlist.readonly", "tasks", "calendar.app.created")
ICS = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//feed//EN\r\nEND:VCALENDAR\r\n"
REFUSED = {"base": "denied"}
HOME = (("calendars", "calendars"), ("task_list", "task_list"), ("phone", "notify"))
PAGES = tuple(Turn(page, visits="looks") for page in ("project", "apis", "consent", "publish", "client"))


def caldav(services: Services) -> Walk:
    login = {"url": services.dav.url, "username": "alice", "password": "secret-alice"}
    turns = (
        Turn("connect", {**login, "password": "wrong"}),
        Turn("connect", login, {"password": "invalid_auth"}),
        Turn("calendars", {"calendars": ["Job hunt"]}),
        Turn("task_list", {"task_list": "Interviews"}),
        Turn("ring", {"ring_profile": "apple"}),
    )
    settings = {"calendars": ["Job hunt"], "task_list": "Interviews", "ring_profile": "apple", "url": login["url"]}
    return Walk(Caldav(), context(), turns, strings("caldav"), settings)


def caldav_again(services: Services) -> Walk:
    current = {"url": services.dav.url, "username": "alice", "task_list": "Interviews", "ring_profile": "plain"}
    turns = (
        Turn("reauth", {"password": "wrong"}),
        Turn("reauth", {"password": "secret-alice"}, {"password": "invalid_auth"}),
    )
    return Walk(Caldav(), context(Purpose.REAUTH, current), turns, strings("caldav"), current)


def caldav_changed(services: Services) -> Walk:
    current = {"url": services.dav.url, "username": "alice", "task_list": "Interviews", "ring_profile": "plain"}
    turns = (
        Turn("connect", {}),
        Turn("calendars", {"calendars": ["Job hunt", "Family"]}),
        Turn("task_list", {}),
        Turn("ring", {}),
    )
    known = context(Purpose.RECONFIGURE, current, password="secret-alice")
    return Walk(Caldav(), known, turns, strings("caldav"), {**current, "calendars": ["Job hunt", "Family"]})


def carddav(services: Services) -> Walk:
    login = {"url": services.books.url, "username": services.books.user, "password": services.books.password}
    turns = (
        Turn("connect", {**login, "password": "wrong"}),
        Turn("connect", login, {"password": "invalid_auth"}),
        Turn("address_book", {"address_book": "people"}),
    )
    return Walk(Carddav(), context(), turns, strings("carddav"), {"address_book": "people"})


def carddav_again(services: Services) -> Walk:
    current = {"url": services.books.url, "username": services.books.user, "address_book": "people"}
    turns = (Turn("reauth", {"password": services.books.password}),)
    return Walk(Carddav(), context(Purpose.REAUTH, current), turns, strings("carddav"), current)


def carddav_changed(services: Services) -> Walk:
    current = {"url": services.books.url, "username": services.books.user, "address_book": "people"}
    turns = (Turn("connect", {}), Turn("address_book", {}))
    known = context(Purpose.RECONFIGURE, current, password=services.books.password)
    return Walk(Carddav(), known, turns, strings("carddav"), current)


def _client_file(services: Services, server: Google) -> str:
    path = services.folder / f"client-{urlsplit(server.url).port}.json"
    path.write_text(client_file(server.url, api=server.url), "utf-8")
    return str(path)


def google(services: Services) -> Walk:
    """Somebody without a client file, who first refuses on Google's page and then ticks all but the tasks."""
    server = services.google()
    server.sign_in.unticked = {AUTH + "tasks"}
    path = _client_file(services, server)
    turns = (
        Turn("features", {"read": True, "tasks": True, "ring": False}),
        Turn("client_file", {}),
        *PAGES,
        Turn("client_file", {"client_file": str(services.folder / "missing.json")}),
        Turn("client_file", {"client_file": path}, {"client_file": "file_missing"}),
        Turn("sign_in", visits="refuses"),
        Turn("sign_in", errors=REFUSED, visits="agrees"),
        Turn("partial", {"option": "go_on"}, {"tasks": "off_tasks"}),
        Turn("calendars", {"calendars": ["primary"]}),
    )
    return Walk(GoogleSetup(), context(), turns, strings("google"), {"calendars": ["primary"], "task_list": ""})


def google_again(services: Services) -> Walk:
    current = {"calendars": ["primary"], "task_list": "Interviews"}
    server = services.google()
    known = context(Purpose.REAUTH, current, token=server.consent(*SCOPES))
    turns = (Turn("reauth", {"client_file": _client_file(services, server)}), Turn("sign_in", visits="agrees"))
    return Walk(GoogleSetup(), known, turns, strings("google"), current)


def google_changed(services: Services) -> Walk:
    """A service that does not answer at first."""
    server = services.google()
    server.fail("tasks.*", 403, "accessNotConfigured")
    current = {"calendars": ["primary"], "task_list": "Interviews"}
    known = context(Purpose.RECONFIGURE, current, token=server.consent(*SCOPES))
    turns = (
        Turn("features", {}),
        Turn("trouble", {"option": "try_again"}, {"base": "trouble"}),
        Turn("calendars", {}),
        Turn("task_list", {"task_list": "Follow-ups"}),
    )
    return Walk(GoogleSetup(), known, turns, strings("google"), {**current, "task_list": "Follow-ups"})


def ics(services: Services) -> Walk:
    path = services.folder / "a.ics"
    path.write_text(ICS, newline="")
    turns = (
        Turn("source", {"source": str(services.folder / "missing.ics")}),
        Turn("source", {"source": str(path)}, {"source": "refused"}),
    )
    return Walk(Ics(), context(), turns, strings("ics"), {"path": str(path)})


def ics_again(services: Services) -> Walk:
    walk = ics(services)
    known = context(Purpose.REAUTH, {"path": walk.settings["path"]})
    return replace(walk, context=known, turns=(Turn("source", {}),))


def ics_changed(services: Services) -> Walk:
    walk = ics_again(services)
    return replace(walk, context=replace(walk.context, purpose=Purpose.RECONFIGURE))


def apprise(services: Services) -> Walk:
    turns = (
        Turn("address", {"url": "nowhere"}),
        Turn("address", {"url": f"json://{services.pushes}/"}, {"url": "refused"}),
    )
    return Walk(Apprise(), context(), turns, strings("apprise"))


def apprise_again(services: Services) -> Walk:
    turns = (Turn("address", {"url": f"json://{services.pushes}/"}),)
    return Walk(Apprise(), context(Purpose.REAUTH), turns, strings("apprise"))


def hubspot(services: Services) -> Walk:
    made = services.hubspot()
    turns = (
        Turn("connect", {"token": "pat-wrong"}),
        Turn("connect", {"token": KEY}, {"token": "invalid_auth"}),
        Turn("stages", {"stage": "contractsent"}),
        Turn("properties", {"make": False}),
    )
    return Walk(Hubspot(made.url), context(), turns, strings("hubspot"), aborts="needs_properties")


def hubspot_again(services: Services) -> Walk:
    known = context(Purpose.REAUTH, {"portal": "4711", "pipeline": "default"}, token=KEY)
    made = services.hubspot()
    client = connect(made.url, KEY, known.clock)
    make(client, missing(client))  # what the first set-up made there
    client.close()
    turns = (Turn("reauth", {"token": "pat-wrong"}), Turn("reauth", {"token": KEY}, {"token": "invalid_auth"}))
    return Walk(Hubspot(made.url), known, turns, strings("hubspot"), {"portal": "4711"})


def hubspot_changed(services: Services) -> Walk:
    known = context(Purpose.RECONFIGURE, {"portal": "4711", "pipeline": "default"}, token=KEY)
    turns = (Turn("connect", {}), Turn("stages", {"stage": "contractsent"}), Turn("properties", {"make": True}))
    made = services.hubspot()
    return Walk(Hubspot(made.url), known, turns, strings("hubspot"), {"stage": "contractsent"})


def tryton(services: Services) -> Walk:
    login = {"url": services.tryton, "username": "hannah", "password": "secret-hannah"}
    turns = (
        Turn("connect", {**login, "password": "wrong"}),
        Turn("connect", login, {"password": "invalid_auth"}),
        Turn("keeping", {"company": "Hannah", "relation": "Recruiter of"}),
    )
    settings = {"database": "hannah", "company": "Hannah", "relation": "Recruiter of"}
    return Walk(Tryton(), context(), turns, strings("tryton"), settings)


def tryton_again(services: Services) -> Walk:
    current = {"url": services.tryton, "database": "hannah", "username": "hannah", "company": "Band"}
    turns = (Turn("reauth", {"password": "secret-hannah"}),)
    return Walk(Tryton(), context(Purpose.REAUTH, current), turns, strings("tryton"), {"company": "Band"})


def tryton_changed(services: Services) -> Walk:
    current = {"url": services.tryton, "database": "hannah", "username": "hannah", "company": "Band"}
    known = context(Purpose.RECONFIGURE, current, password="secret-hannah")
    turns = (Turn("connect", {}), Turn("keeping", {"company": "Hannah"}))
    return Walk(Tryton(), known, turns, strings("tryton"), {"company": "Hannah"})


def home(services: Services) -> Walk:
    """Somebody who first refuses on Home Assistant's page, then signs in there."""
    url = services.home().url
    chosen = {"calendars": ["calendar.personal"], "task_list": "todo.inbox", "notify": "mobile_app_pixel"}
    turns = (
        Turn("connect", {"url": "http://127.0.0.1:9"}),
        Turn("connect", {"url": url}, {"url": "cannot_connect"}),
        Turn("sign_in", {"option": "browser"}),
        Turn("browser", visits="refuses"),
        Turn("browser", errors=REFUSED, visits="agrees"),
        *(Turn(step, {name: chosen[name]}) for step, name in HOME),
    )
    return Walk(Home(), context(), turns, strings("home_assistant"), {"url": url, **chosen})


def home_again(services: Services) -> Walk:
    current = {"url": services.home().url, "calendars": ["calendar.personal"], "task_list": "todo.inbox"}
    turns = (
        Turn("reauth", {}),
        Turn("sign_in", {"option": "token"}),
        Turn("token", {"token": "worn-out-token"}),
        Turn("token", {"token": LASTING}, {"token": "token_refused"}),
    )
    return Walk(Home(), context(Purpose.REAUTH, current), turns, strings("home_assistant"), current)


def home_changed(services: Services) -> Walk:
    current = {"url": services.home().url, "calendars": [], "task_list": "todo.inbox"}
    known = context(Purpose.RECONFIGURE, current, token=LASTING)
    turns = (
        Turn("connect", {}),
        Turn("calendars", {"calendars": ["calendar.personal"]}),
        Turn("task_list"),
        Turn("phone"),
    )
    return Walk(Home(), known, turns, strings("home_assistant"), {**current, "calendars": ["calendar.personal"]})


class Rooms:
    """A Home Assistant as the component's set-up sees it."""

    def phones(self) -> Sequence[Choice]:
        return (Choice("", "-"), Choice("mobile_app_pixel", "pixel"))

    def unfit(self, entity: str) -> str:
        return "" if entity == "todo.inbox" else "list_lacks"


def _component_strings() -> Mapping[str, Any]:
    path: Path = ROOT / "integrations" / "home_assistant" / "component" / "translations" / "en.json"
    texts = json.loads(path.read_text("utf-8"))
    steps = {**texts["config"]["step"], "init": texts["options"]["step"]["init"]}
    return {"setup": {**texts["config"], "step": steps}}


def component(services: Services) -> Walk:
    places = {"calendars": ["calendar.personal", "calendar.work"], "list": "todo.inbox"}
    turns = (
        Turn("user", {**places, "list": "todo.shopping"}),
        Turn("user", {**places, "emails": ["hannah@example.org"]}, {"list": "list_lacks"}),
        Turn("playbook", {"thank_you_hours": 48, "check_in": False}),
        Turn("phone", {"phone": "mobile_app_pixel", "brief": "07:30:00"}),
    )
    settings = {**places, "emails": ["hannah@example.org"], "thank_you_hours": 48, "check_in": False, "brief": "07:30"}
    return Walk(Component(Rooms()), context(), turns, _component_strings(), {**settings, "phone": "mobile_app_pixel"})


def component_changed(services: Services) -> Walk:
    known = context(Purpose.RECONFIGURE, {"calendars": ["calendar.personal"], "list": "todo.inbox"})
    turns = (Turn("reconfigure", {"words": ["kennenlernen"]}),)
    return Walk(Component(Rooms()), known, turns, _component_strings(), {"words": ["kennenlernen"]})


def component_options(services: Services) -> Walk:
    turns = (Turn("init", {"prepare": True}), Turn("phone", {"phone": "mobile_app_pixel"}))
    return Walk(Component(Rooms(), options=True), context(), turns, _component_strings(), {"prepare": True})


FILLED = {
    "text": "x",
    "secret": "s3cret",
    "number": 9,
    "half": 1.5,
    "bool": True,
    "select": "b",
    "several": ["a", "b"],
    "list": ["one", "two"],
    "entity": "calendar.personal",
    "entities": ["todo.inbox", "todo.work"],
    "path": "/nowhere",
}
KEPT = {"url": "https://dav.example.org/", "minutes": 15, "time": "22:00:00", "maybe": "", "text": "xy"}


def every_kind(services: Services) -> Walk:
    turns = (
        Turn("form", FILLED),
        Turn("form", {**FILLED, "text": "xy"}, {"text": "too_short"}),
        Turn("menu", {"option": "page"}),
        Turn("page", visits="looks"),
        Turn("work"),
        Turn("trouble", {"option": "again"}, {"base": "broke"}),
        Turn("work"),
    )
    settings = {name: value for name, value in {**FILLED, **KEPT}.items() if name != "secret"}
    return Walk(everything.Setup(), context(), turns, everything.STRINGS, settings)


def every_kind_stopped(services: Services) -> Walk:
    turns = (
        Turn("form", {**FILLED, "text": "xy"}),
        Turn("menu", {"option": "work"}),
        Turn("work"),
        Turn("trouble", {"option": "stop"}, {"base": "broke"}),
    )
    return Walk(everything.Setup(), context(), turns, everything.STRINGS, aborts="given_up")


WALKS: Mapping[str, Callable[[Services], Walk]] = {
    walk.__name__: walk
    for walk in (
        caldav, caldav_again, caldav_changed, carddav, carddav_again, carddav_changed, google, google_again, google_changed,
        ics, ics_again, ics_changed, apprise, apprise_again, hubspot, hubspot_again, hubspot_changed,
        tryton, tryton_again, tryton_changed, home, home_again, home_changed,
        component, component_changed, component_options, every_kind, every_kind_stopped,
    )
}  # fmt: skip
