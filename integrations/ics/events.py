"""Role `event_source` for calendar files and feeds. The whole calendar is one listing; only what changed is parsed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from afterview.integrations.entry import Entry
from afterview.integrations.ical import scan
from afterview.integrations.ical.bounds import Unreadable
from afterview.integrations.ical.marks import is_current, marked
from afterview.integrations.ical.parts import Part, parts
from afterview.integrations.ical.trim import CUT
from afterview.sync.ports import Coverage, Done, EventReading, EventRequest, EventSource, Resource, Unchanged

from .client import Text, open_client
from .uids import with_stable_uids


@dataclass(frozen=True, slots=True)
class Calendar:
    """The one calendar of an account, named as the account is: a feed's address may be a secret."""

    entry: Entry

    def calendars(self) -> tuple[str, ...]:
        return (self.entry.id,)

    def read(self, request: EventRequest) -> EventReading:
        """Read everything anew unless nothing changed since the cursor."""
        source = open_client(self.entry)
        fetched = source.fetch("" if request.full else request.cursor)
        if fetched.texts is None:
            yield Done(Coverage.DELTA, fetched.stamp)
            return
        yield from self._resources(request, fetched.texts)
        yield Done(Coverage.COMPLETE, fetched.stamp)

    def _resources(self, request: EventRequest, texts: Iterable[Text]) -> Iterator[Resource | Unchanged]:
        for text in texts:
            touching = [(part, look) for part, look in _looked(text.text) if scan.may_touch(look, request.window)]
            looks = {id(part): look for part, look in touching}
            found = [part for part, _ in touching]
            stable = with_stable_uids(found, self.entry.memory) if not text.place else found
            for part, original in zip(stable, found, strict=True):
                yield self._resource(request, _href(text.place, part), part, looks[id(original)])

    def _resource(self, request: EventRequest, href: str, part: Part, look: scan.Look) -> Resource | Unchanged:
        if is_current(request.known, href, part.mark, request.window):
            return Unchanged(href)
        if look.ours:
            return Resource(href, part.mark)
        if not request.interesting(look.glance):
            return Resource(href, part.mark, skipped=look.glance)
        if part.cut:
            return Resource(href, part.mark, problem=CUT)
        from afterview.integrations.ical.read import Place, read

        place = Place(self.entry.id, request.calendar, href, request.zone)
        try:
            mark = marked(part.mark, request.window, repeats=look.repeats)
            events = read(part.text(), place, request.window)
        except Unreadable as problem:
            return Resource(href, part.mark, problem=str(problem))
        return Resource(href, mark, tuple(replace(event, uid=part.uid) for event in events))


def _looked(text: str) -> Iterator[tuple[Part, scan.Look]]:
    for part in parts(text):
        yield part, scan.look(part.body)


def _href(place: str, part: Part) -> str:
    return f"{place}#{part.uid}" if place else part.uid


def open_events(entry: Entry) -> EventSource:
    """Open the account's calendar."""
    open_client(entry)
    return Calendar(entry)
