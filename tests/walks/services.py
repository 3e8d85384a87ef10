"""The services that the walks go to: test servers in this process, and Radicale; each is there until all walks are done."""

import json
import tempfile
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

from afterview.cli.showcase.google.server import Google
from tests.accounts import MovedClock
from tests.fakes.dav import FakeDav
from tests.fakes.google.browser import agree, get
from tests.fakes.home_assistant import FakeHome
from tests.fakes.hubspot.server import HubSpot
from tests.fakes.todo import FakeCalendars, FakeList
from tests.fakes.web import Answered, Asked, WebServer
from tests.servers import Server, radicale

_RIGHTS = {"read": True, "write": True, "create": True, "delete": False}


class Services(ExitStack):
    """What the walks need, begun when first asked for."""

    @cached_property
    def folder(self) -> Path:
        return Path(self.enter_context(tempfile.TemporaryDirectory()))

    @cached_property
    def dav(self) -> FakeDav:
        made = FakeDav()
        self.callback(made.close)
        made.make("read", "VEVENT", "Job hunt")
        made.make("other", "VEVENT", "Family")
        made.make("write", "VTODO", "Interviews")
        return made

    @cached_property
    def books(self) -> Server:
        made = self.enter_context(radicale(self.folder))
        made.make_book("people")
        return made

    def google(self) -> Google:
        made = Google(MovedClock())
        self.callback(made.close)
        return made

    def hubspot(self) -> HubSpot:
        made = HubSpot(MovedClock())
        self.callback(made.close)
        return made

    @cached_property
    def pushes(self) -> str:
        """Return the host and port of a service that takes every push."""
        made = WebServer(lambda _: Answered(200, b"{}"))
        self.callback(made.close)
        return urlsplit(made.url).netloc

    def home(self) -> FakeHome:
        """Make a Home Assistant with a list that suits and one that does not, and a phone."""
        lists = {"todo.inbox": FakeList(), "todo.shopping": FakeList()}
        calendars = FakeCalendars({"calendar.personal": {}})
        made = FakeHome(lists, calendars, bits={"todo.shopping": 1 | 2 | 4}, phones={"mobile_app_pixel": []})
        self.callback(made.close)
        self._homes[made.url] = made
        return made

    @cached_property
    def _homes(self) -> dict[str, FakeHome]:
        return {}

    def visit(self, page: str, how: str) -> str:
        """Go to a sign-in page and agree or refuse there; return where it sends the browser."""
        at = urlsplit(page)
        asked = {name: values[0] for name, values in parse_qs(at.query).items()}
        home = self._homes.get(f"{at.scheme}://{at.netloc}")
        if how == "agrees" and home is None:
            return agree(page)
        if how == "agrees" and home is not None:
            home.codes["code-1"] = asked["client_id"]
        answer = {"code": "code-1"} if how == "agrees" else {"error": "access_denied"}
        return f"{asked['redirect_uri']}?{urlencode({**answer, 'state': asked['state']})}"

    @cached_property
    def tryton(self) -> str:
        """Return the address of what answers as a Tryton does, as far as set-up asks; the real one is in tests/tryton."""
        made = WebServer(_as_tryton)
        self.callback(made.close)
        return made.url


def _as_tryton(asked: Asked) -> Answered:
    call = json.loads(asked.body)
    method, params = call["method"], call["params"]
    if method == "common.db.login" and params[1]["password"] != "secret-hannah":
        return Answered(401)
    results = {
        "common.server.version": "8.0",
        "common.db.list": ["hannah"],
        "common.db.login": [1, "session"],
        "common.db.logout": None,
        "model.res.user.get_preferences": {"company": 1, "companies": [1, 2]},
        "model.company.company.search_read": [{"id": 1, "rec_name": "Hannah"}, {"id": 2, "rec_name": "Band"}],
        "model.party.relation.type.search_read": [{"id": 1, "name": "Recruiter of"}],
        "model.ir.model.access.get_access": dict.fromkeys(params[0], _RIGHTS) if "access" in method else None,
    }
    return Answered(
        200, json.dumps({"id": 0, "result": results[method]}).encode(), {"Content-Type": "application/json"}
    )


def follow(target: str) -> None:
    """Go where the page sends the browser."""
    assert get(target)[0] == 200
