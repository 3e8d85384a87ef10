"""Other people's stand-ins for Google, as a check on ours. Each test runs only where its server is installed.

    myworld    `pip install myworld==0.2.1` in any environment on PATH: Calendar with sync tokens and expansion
    emulate    `npm install emulate@0.11.2` (unpinned it is another project); AFTERVIEW_EMULATE = its folder: sign-in

Both know less of Google than ours does (no Tasks, no scopes, most parameters ignored), so they prove little where they
agree; where they differ, somebody should look.
"""

import json
import os
import re
import shutil
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin

import pytest

from afterview.integrations.google.events import open_events
from afterview.integrations.google.scopes import Feature, scopes_for
from afterview.integrations.google.signin import Attempt, Client, exchange
from afterview.integrations.google.tokens import Token
from afterview.sync.ports import Coverage, Done, EventRequest, Removed, Resource, Window
from tests.accounts import MovedClock, account, close
from tests.fakes.google.browser import get
from tests.servers import free_port, running

ME = "hannah@example.org"
START = datetime(2026, 9, 21, 8, tzinfo=UTC)
REQUEST = EventRequest(
    "primary", Window(START - timedelta(days=90), START + timedelta(days=180)), "Europe/Berlin", lambda _glance: True
)
LOOPBACK = """import net from "node:net";
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (port, ...rest) {
  return typeof port === "number" && typeof rest[0] !== "string"
    ? listen.call(this, port, "127.0.0.1", ...rest.filter((one) => one !== undefined)) : listen.call(this, port, ...rest);
};
"""
SEED = f"""google:
  users: [{{email: {ME}, name: Hannah, email_verified: true}}]
  calendars: [{{id: primary, user_email: {ME}, summary: Hannah, primary: true, time_zone: Europe/Berlin}}]
  calendar_events: [{{id: interview1, user_email: {ME}, calendar_id: primary, summary: Job interview,
    start_date_time: "2026-09-22T10:00:00+02:00", end_date_time: "2026-09-22T11:00:00+02:00"}}]
"""


def ask(method: str, url: str, body: object = None, token: str = "") -> dict[str, Any]:
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    raw = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url, raw, headers, method=method)  # noqa: S310 -- loopback
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 -- loopback
        return dict(json.loads(answer.read() or b"{}"))


@pytest.fixture
def myworld(tmp_path: Path) -> Iterator[tuple[str, Token]]:
    program = shutil.which("myworld")
    if program is None:
        pytest.skip("myworld is not installed")
    port = free_port()
    command = ["env", f"HOME={tmp_path}", program, "serve", "--host", "127.0.0.1", "--port", str(port)]
    with running("myworld", [*command, "--log-level", "warning"], tmp_path, port):
        home = f"http://127.0.0.1:{port}"
        world = {"user": {"email": ME, "name": "Hannah"}, "timeZone": "Europe/Berlin"}
        spec = {"name": "t", "task": "x", "servers": {"calendar": {"seed": world}}}
        made = ask("POST", f"{home}/envs", {"spec": spec})["credentials"]["agent"]["google_authorized_user"]
        token = Token(
            made["refresh_token"],
            scopes_for([Feature.READ]),
            made["client_id"],
            made["client_secret"],
            START,
            token_uri=f"{home}/gw/oauth2.googleapis.com/token",
            api=f"{home}/gw/www.googleapis.com",
        )
        yield made["token"], token


def test_a_calendar_is_read_and_followed(myworld: tuple[str, Token]) -> None:
    access, token = myworld
    place = f"{token.api}/calendar/v3/calendars/primary/events"
    entry = account({"calendars": ["primary"]}, integration="google", token=token.written(), clock=MovedClock(START))
    zone = {"timeZone": "Europe/Berlin"}

    def body(day: int, **more: object) -> dict[str, object]:
        start, end = (f"2026-09-{day}T{hour}:00:00+02:00" for hour in (10, 11))
        times = {"start": {"dateTime": start, **zone}, "end": {"dateTime": end, **zone}}
        return {"summary": "Job interview", **times, **more}

    single = ask("POST", place, body(22), access)["id"]
    ask("POST", place, body(23, recurrence=["RRULE:FREQ=WEEKLY;COUNT=2"]), access)
    first = list(open_events(entry).read(REQUEST))
    seen = {item.href: item.etag for item in first if isinstance(item, Resource)}
    assert len(seen) == 3
    assert sum("/202609" in href for href in seen) == 2
    ask("DELETE", f"{place}/{single}", None, access)
    new = ask("POST", place, body(25), access)["id"]
    assert isinstance(first[-1], Done)
    asked = EventRequest(
        "primary", REQUEST.window, REQUEST.zone, REQUEST.interesting, cursor=first[-1].cursor, known=seen
    )
    after = list(open_events(entry).read(asked))
    close(entry)
    assert isinstance(after[-1], Done)
    assert after[-1].coverage is Coverage.DELTA
    assert Removed(single) in after
    assert new in {item.href for item in after if isinstance(item, Resource)}


@pytest.fixture
def emulate(tmp_path: Path) -> Iterator[str]:
    folder, node = os.environ.get("AFTERVIEW_EMULATE"), shutil.which("node")
    if not folder or node is None:
        pytest.skip("AFTERVIEW_EMULATE does not say where emulate is")
    port = free_port()
    (tmp_path / "loopback.mjs").write_text(LOOPBACK)  # this version listens everywhere
    (tmp_path / "seed.yaml").write_text(SEED)
    command = [node, "--import", str(tmp_path / "loopback.mjs"), f"{folder}/dist/index.js", "start"]
    more = ["--service", "google", "--port", str(port), "--seed", str(tmp_path / "seed.yaml")]
    with running("emulate", [*command, *more], tmp_path, port):
        yield f"http://127.0.0.1:{port}"


def test_somebody_signs_in_and_is_read(emulate: str) -> None:
    client = Client(
        "desktop", "secret", auth_uri=f"{emulate}/o/oauth2/v2/auth", token_uri=f"{emulate}/oauth2/token", api=emulate
    )
    one = Attempt(client, scopes_for([Feature.READ]), "http://127.0.0.1:1/", "state-1")
    _, page, _ = get(one.url())
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    (action,) = set(re.findall(r'action="([^"]+)"', page))
    _, _, target = get(urljoin(emulate, action), urlencode(hidden).encode())
    token = exchange(one, one.code(one.pasted(target)), MovedClock(START))
    entry = account({"calendars": ["primary"]}, integration="google", token=token.written(), clock=MovedClock(START))
    items = list(open_events(entry).read(REQUEST))
    close(entry)
    assert [item.href for item in items if isinstance(item, Resource)] == ["interview1"]
    assert items[-1] == Done(Coverage.COMPLETE, "")  # it gives no token: everything is listed every time
