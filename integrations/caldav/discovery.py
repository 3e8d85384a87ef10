"""Find the collections of a user (RFC 6764 section 6, RFC 5397, RFC 4791 section 6.2.1).

the address as given -> is it a calendar?  yes: that is all
-> principal -> calendar home -> its collections
/.well-known/caldav  -> the same from where it redirects to
bare domain or e-mail address -> DNS, then the same
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from urllib.parse import urljoin, urlsplit

from afterview.integrations.entry import Entry
from afterview.integrations.http import Lost
from afterview.sync.errors import AuthFailed, ListGone, NotReady, Refused
from afterview.sync.text import one_line

from . import bodies
from .client import Dav
from .multistatus import CAL, DAV, Row, canonical

_URLS = "urls"  # in the memory: name of a collection -> its address
_KINDS = ("VEVENT", "VTODO")


@dataclass(frozen=True, slots=True)
class Found:
    """One collection. `components` is what it says it holds; `sync` whether it offers changes by token."""

    url: str
    title: str
    components: tuple[str, ...] = _KINDS
    writable: bool = True
    sync: bool = True


def discover(dav: Dav) -> list[Found]:
    """Return every calendar of the signed-in user, [] if there is none yet. Raises what kept them from being found."""
    trouble: NotReady | Refused | None = None
    for start in _starts(dav):
        try:
            found = _from(dav, start)
        except AuthFailed:
            raise
        except (NotReady, Refused) as error:
            trouble = trouble or error
            continue
        if found:
            return found
    if trouble is None:
        return []  # the service answered, and the user has no calendar yet
    if isinstance(trouble, NotReady):
        raise trouble
    raise Refused(f"There is no calendar server at {one_line(dav.url, 150)}; check the address.") from trouble


def home(dav: Dav) -> str:
    """Return the address of the calendar home, for making a collection in it."""
    for start in _starts(dav):
        try:
            homes = _homes(dav, start)
        except (NotReady, Refused):
            continue
        if homes:
            return homes[0]
    raise Refused(f"{dav.host} does not say where the user's calendars are kept.")


def locate(entry: Entry, dav: Dav, name: str, component: str) -> str:
    """Return the address of a configured collection: an address as it is, a name as remembered or found."""
    if "://" in name or name.startswith("/"):
        return dav.absolute(name)
    known = entry.memory.get(_URLS)
    urls: dict[str, str] = dict(known) if isinstance(known, dict) else {}
    memory_name = f"{component}:{name}"
    if memory_name in urls:
        return dav.absolute(urls[memory_name])
    every = discover(dav)
    fitting = [found for found in every if component in found.components]
    matching = [found for found in fitting if name in {found.title, found.url}]
    matching = matching or [found for found in fitting if found.url.rstrip("/").rpartition("/")[2] == name]
    if not matching:
        offered = ", ".join(f'"{one_line(found.title, 40)}"' for found in fitting[:8]) or "none"
        kind = "task list" if component == "VTODO" else "calendar"
        raise ListGone(f'There is no {kind} named "{one_line(name, 60)}" at {dav.host}; there are: {offered}.')
    urls[memory_name] = matching[0].url
    entry.memory.set(_URLS, urls)
    return matching[0].url


def remembered(found: Found) -> dict[str, object]:
    """Return a collection as JSON values."""
    return asdict(found)


def _starts(dav: Dav) -> Iterator[str]:
    yield dav.url
    well_known = _well_known(dav)
    if well_known:
        yield well_known
    if urlsplit(dav.url).path not in {"", "/"}:
        yield urljoin(dav.url, "/")


def _well_known(dav: Dav) -> str:
    """Follow /.well-known/caldav to where the service is; "" where it leads nowhere."""
    try:
        with dav.web.stream("PROPFIND", urljoin(dav.url, "/.well-known/caldav"), bodies.WHO, {"Depth": "0"}) as stream:
            moved = stream.url
    except (NotReady, Refused, Lost):
        return ""
    return moved if urlsplit(moved).netloc == urlsplit(dav.url).netloc else ""


def _from(dav: Dav, start: str) -> list[Found]:
    about = dav.propfind(start, bodies.ABOUT, 0, "The address")
    here = [_found(dav, row) for row in about if _is_calendar(row)]
    if here:
        return here
    found: list[Found] = []
    for place in _homes(dav, start):
        rows = dav.propfind(place, bodies.ABOUT, 1, "The list of calendars")
        found += [_found(dav, row) for row in rows if _is_calendar(row)]
    return sorted(found, key=lambda one: (one.title.casefold(), one.url))


def _homes(dav: Dav, start: str) -> list[str]:
    who = dav.propfind(start, bodies.WHO, 0, "The address")
    homes = _hrefs(who, f"{CAL} calendar-home-set")
    if not homes:
        principals = _hrefs(who, f"{DAV} current-user-principal") or _hrefs(who, f"{DAV} principal-URL")
        for principal in principals[:2]:
            homes += _hrefs(
                dav.propfind(dav.absolute(principal), bodies.HOMES, 0, "The user"), f"{CAL} calendar-home-set"
            )
    return [dav.absolute(href) for href in dict.fromkeys(homes)]


def _hrefs(rows: list[Row], name: str) -> list[str]:
    return [href for row in rows if name in row.props for href in row.props[name].hrefs()]


def _is_calendar(row: Row) -> bool:
    kind = row.props.get(f"{DAV} resourcetype")
    return row.status < 300 and kind is not None and f"{CAL} calendar" in kind.names()


def _found(dav: Dav, row: Row) -> Found:
    listed = row.props.get(f"{CAL} supported-calendar-component-set")
    components = tuple(kind for name, kind, _ in listed.inner if name == f"{CAL} comp") if listed else _KINDS
    rights = row.props.get(f"{DAV} current-user-privilege-set")
    can = rights.names() if rights else set()
    path = canonical(row.href)
    return Found(
        url=dav.absolute(path),
        title=one_line(row.text("displayname"), 100) or path.rstrip("/").rpartition("/")[2],
        components=components or _KINDS,
        writable=not can or bool(can & {f"{DAV} write", f"{DAV} write-content", f"{DAV} bind", f"{DAV} all"}),
        sync=bool(row.text("sync-token")),
    )
