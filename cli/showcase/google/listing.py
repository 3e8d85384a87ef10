"""events.list and events.instances: expansion, filters, sync tokens.

behaviour                                                       source
eight parameters may not come with a sync token = 400           document (syncToken)
other parameters must be those of the first request = 400       document says "undefined"; made strict
expired token = 410 fullSyncRequired, broken token = 400        document; Google's guide to synchronisation
a delta names what was deleted, with little more than its id    document (status)
a delta names changed events outside the first window, too      unknown; the harder case
nextSyncToken stands on the last page only                      googleapis/google-api-php-client#2637
updatedMin older than four weeks = 410 updatedMinTooLongAgo     document; the age is unknown
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .calendars import Calendar, Stored
from .contract import Call, Json
from .events import Events
from .formats import moment
from .pages import Pages, query_of
from .problems import Problem, invalid
from .repeats import instant, start_of, starts

FORBIDDEN = frozenset((
    "iCalUID", "orderBy", "privateExtendedProperty", "q", "sharedExtendedProperty", "timeMin", "timeMax", "updatedMin",
))  # fmt: skip
_FREE = frozenset((
    "syncToken", "pageToken", "maxResults", "fields", "prettyPrint", "alt", "quotaUser", "key", "timeMin", "timeMax",
))  # fmt: skip
_NO_TOKEN = FORBIDDEN - {"timeMin", "timeMax"}
PAGE_LIMIT = 2500
_OLDEST = timedelta(weeks=4)


@dataclass(frozen=True, slots=True)
class _Token:
    """What a sync token stands for."""

    calendar: str
    revision: int
    query: str
    low: datetime | None
    high: datetime | None


@dataclass(slots=True)
class Listing:
    """The listing methods."""

    events: Events
    pages: Pages
    tokens: dict[str, _Token] = field(default_factory=dict)

    def handlers(self) -> Mapping[str, Callable[[Call], Json | None]]:
        """Return what answers each method."""
        return {"calendar.events.list": self._list, "calendar.events.instances": self._instances}

    def expire(self) -> None:
        """Let every sync token die."""
        self.tokens.clear()

    def _list(self, call: Call) -> Json:
        calendar = self.events.calendars.reached(call)
        _check(call, self.events.clock())
        token = self._token(call, calendar) if call["syncToken"] else None
        if token:
            items = list(self._changes(calendar, call, token))
        else:
            items = [one for one in self._everything(calendar, call) if _is_wanted(one, call)]
        if call["orderBy"] == "startTime":
            items.sort(key=lambda one: instant(start_of(one)))
        if call["orderBy"] == "updated":
            items.sort(key=lambda one: str(one["updated"]))
        return self._page(calendar, call, items, token)

    def _instances(self, call: Call) -> Json:
        calendar = self.events.calendars.reached(call)
        series = calendar.events.get(call["eventId"])
        if series is None or not series.body.get("recurrence"):
            raise invalid("The event is not a series.")
        own = [
            self.events.resource(one)
            for one in calendar.events.values()
            if one.body.get("recurringEventId") == call["eventId"]
            and (call["showDeleted"] or one.body["status"] != "cancelled")
        ]
        items = [*self.events.instances(calendar, series, *_window(call)), *own]
        return self._page(calendar, call, items, None, tokens=False)

    def _page(
        self, calendar: Calendar, call: Call, items: list[Json], token: _Token | None, *, tokens: bool = True
    ) -> Json:
        last: Json = {}
        if tokens and not call.given & _NO_TOKEN and not call["pageToken"]:
            low, high = (token.low, token.high) if token else _window(call)
            name = f"sync-{len(self.tokens) + 1}-{self.events.calendars.revision}"
            self.tokens[name] = _Token(calendar.id, self.events.calendars.revision, query_of(call, _FREE), low, high)
            last = {"nextSyncToken": name}
        page, more = self.pages.cut(call, items, call["maxResults"] or 250, PAGE_LIMIT, last)
        return {
            "kind": "calendar#events",
            "etag": f'"{calendar.revision}"',
            "summary": calendar.title,
            "timeZone": calendar.zone,
            "accessRole": calendar.role,
            "defaultReminders": [],
            "items": page,
            **more,
        }

    def _token(self, call: Call, calendar: Calendar) -> _Token:
        token = self.tokens.get(call["syncToken"])
        if token is None:
            if not call["syncToken"].startswith("sync-"):
                raise invalid("Invalid sync token value.")
            raise Problem(410, "fullSyncRequired", "Sync token is no longer valid, a full sync is required.")
        if token.calendar != calendar.id or token.query != query_of(call, _FREE):
            raise invalid("The sync token belongs to a request with other parameters.")
        return token

    def _everything(self, calendar: Calendar, call: Call) -> Iterator[Json]:
        low, high = _window(call)
        for stored in list(calendar.events.values()):
            gone = stored.body["status"] == "cancelled"
            if stored.body.get("recurrence") and call["singleEvents"]:
                if not gone:
                    yield from self.events.instances(calendar, stored, low, high)
            elif not gone or call["showDeleted"] or call["updatedMin"] or _is_hole(stored, call):
                yield self.events.resource(stored) if not gone else _stub(self.events.resource(stored))

    def _changes(self, calendar: Calendar, call: Call, token: _Token) -> Iterator[Json]:
        for stored in list(calendar.events.values()):
            if stored.revision <= token.revision:
                continue
            resource = self.events.resource(stored)
            if stored.body.get("recurrence") and call["singleEvents"]:
                yield from self._changed_series(calendar, stored, token)
            elif stored.body["status"] == "cancelled":
                yield _stub(resource)
            elif not call["eventTypes"] or resource["eventType"] in call["eventTypes"]:
                yield resource

    def _changed_series(self, calendar: Calendar, series: Stored, token: _Token) -> Iterator[Json]:
        """Yield the instances that there are now, and a stub for each that was shown once and is no more."""
        before = dict(series.shown)
        gone = series.body["status"] == "cancelled"
        if not gone:
            yield from self.events.instances(calendar, series, token.low, token.high)
        now = set() if gone else {instant(at) for at in starts(series.body, None, _latest(before))}
        for instance_id, original in before.items():
            if instant(start_of({"start": original})) not in now and not _lives(calendar, instance_id, gone=gone):
                stub = {"id": instance_id, "recurringEventId": series.body["id"], "originalStartTime": original}
                yield _stub({**stub, "etag": f'"{series.revision}"'})


def _lives(calendar: Calendar, instance_id: str, *, gone: bool) -> bool:
    return instance_id in calendar.events and not gone


def _latest(shown: Mapping[str, Json]) -> datetime | None:
    moments = [instant(start_of({"start": original})) for original in shown.values()]
    return max(moments) + timedelta(seconds=1) if moments else None


def _stub(resource: Json) -> Json:
    """Return what is left of a deleted event."""
    names = ("id", "etag", "recurringEventId", "originalStartTime")
    kept: Json = {name: resource[name] for name in names if name in resource}
    return {"kind": "calendar#event", "status": "cancelled", **kept}


def _is_hole(stored: Stored, call: Call) -> bool:
    """Tell whether it is a cancelled instance, which an unexpanded listing names always."""
    return bool(stored.body.get("recurringEventId")) and not call["singleEvents"]


def _window(call: Call) -> tuple[datetime | None, datetime | None]:
    low, high = call["timeMin"], call["timeMax"]
    return (moment(low) if low else None), (moment(high) if high else None)


def _check(call: Call, now: datetime) -> None:
    if call["syncToken"] and (wrong := call.given & FORBIDDEN):
        raise invalid(f"Sync token cannot be used with {', '.join(sorted(wrong))}.")
    if call["syncToken"] and call["showDeleted"] is False:
        raise invalid("Sync token cannot be used with showDeleted=false.")
    if call["orderBy"] == "startTime" and not call["singleEvents"]:
        raise invalid("The requested ordering is not available for the particular query.")
    low, high = _window(call)
    if low and high and low >= high:
        raise Problem(400, "timeRangeEmpty", "The specified time range is empty.")
    if call["updatedMin"] and now - moment(call["updatedMin"]) > _OLDEST:
        raise Problem(410, "updatedMinTooLongAgo", "The requested minimum modification time lies too far in the past.")


def _is_wanted(event: Json, call: Call) -> bool:
    if call["eventTypes"] and event.get("eventType", "default") not in call["eventTypes"]:
        return False
    if call["updatedMin"] and moment(event.get("updated", "1970-01-01T00:00:00Z")) < moment(call["updatedMin"]):
        return False
    if call["iCalUID"] and event.get("iCalUID") != call["iCalUID"]:
        return False
    if call["q"] and call["q"].lower() not in f"{event.get('summary')} {event.get('description')}".lower():
        return False
    for kind in ("private", "shared"):
        properties = event.get("extendedProperties", {}).get(kind, {})
        wanted = [pair.partition("=") for pair in call[f"{kind}ExtendedProperty"] or ()]
        if any(properties.get(name) != value for name, _, value in wanted):
            return False
    return "start" not in event or _is_inside(event, *_window(call))


def _is_inside(event: Json, low: datetime | None, high: datetime | None) -> bool:
    begins, ends = instant(start_of(event)), instant(start_of(event, "end"))
    return (high is None or begins < high) and (low is None or max(ends, begins + timedelta(microseconds=1)) > low)
