"""Find the collections of a user (RFC 6764 section 6, RFC 5397, RFC 4791 section 6.2.1, RFC 6352 section 7.1.1).

the address as given -> is it a collection of the kind?  yes: that is all
-> principal -> home -> its collections
/.well-known/...     -> the same from where it redirects to
"""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from afterview.integrations.http import Lost
from afterview.sync.errors import AuthFailed, NotReady, Refused
from afterview.sync.text import one_line

from . import bodies
from .client import Dav
from .multistatus import DAV, Row, canonical

_WRITES = frozenset(f"{DAV} {right}" for right in ("write", "write-content", "bind", "all"))


@dataclass(frozen=True, slots=True)
class Found:
    """One collection. `components` = what it says it holds, () without a word; `sync` = it offers changes by token."""

    url: str
    title: str
    components: tuple[str, ...] = ()
    writable: bool = True
    sync: bool = True


def discover(dav: Dav) -> list[Found]:
    """Return every collection of the signed-in user, [] if there is none yet. Raises what kept them from being found."""
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
        return []  # the service answered, and the user has none yet
    if isinstance(trouble, NotReady):
        raise trouble
    raise Refused(f"There is no {dav.dialect.server} at {one_line(dav.url, 150)}; check the address.") from trouble


def home(dav: Dav) -> str:
    """Return the address of the user's home, for making a collection in it."""
    for start in _starts(dav):
        try:
            homes = _homes(dav, start)
        except (NotReady, Refused):
            continue
        if homes:
            return homes[0]
    raise Refused(f"{dav.host} does not say where the user's {dav.dialect.plural} are kept.")


def _starts(dav: Dav) -> Iterator[str]:
    yield dav.url
    well_known = _well_known(dav)
    if well_known:
        yield well_known
    if urlsplit(dav.url).path not in {"", "/"}:
        yield urljoin(dav.url, "/")


def _well_known(dav: Dav) -> str:
    """Follow the well-known address to where the service is; "" where it leads nowhere."""
    url = urljoin(dav.url, dav.dialect.well_known)
    try:
        with dav.web.stream("PROPFIND", url, bodies.who(dav.dialect), {"Depth": "0"}) as stream:
            moved = stream.url
    except (NotReady, Refused, Lost):
        return ""
    return moved if urlsplit(moved).netloc == urlsplit(dav.url).netloc else ""


def _from(dav: Dav, start: str) -> list[Found]:
    asked = bodies.about(dav.dialect)
    here = [_found(dav, row) for row in dav.propfind(start, asked, 0, "The address") if _is_one(dav, row)]
    if here:
        return here
    found: list[Found] = []
    for place in _homes(dav, start):
        rows = dav.propfind(place, asked, 1, f"The list of {dav.dialect.plural}")
        found += [_found(dav, row) for row in rows if _is_one(dav, row)]
    return sorted(found, key=lambda one: (one.title.casefold(), one.url))


def _homes(dav: Dav, start: str) -> list[str]:
    named = dav.dialect.name(dav.dialect.home)
    who = dav.propfind(start, bodies.who(dav.dialect), 0, "The address")
    homes = _hrefs(who, named)
    if not homes:
        principals = _hrefs(who, f"{DAV} current-user-principal") or _hrefs(who, f"{DAV} principal-URL")
        for principal in principals[:2]:
            rows = dav.propfind(dav.absolute(principal), bodies.homes(dav.dialect), 0, "The user")
            homes += _hrefs(rows, named)
    return [dav.absolute(href) for href in dict.fromkeys(homes)]


def _hrefs(rows: list[Row], name: str) -> list[str]:
    return [href for row in rows if name in row.props for href in row.props[name].hrefs()]


def _is_one(dav: Dav, row: Row) -> bool:
    kind = row.props.get(f"{DAV} resourcetype")
    return row.status < 300 and kind is not None and dav.dialect.name(dav.dialect.collection) in kind.names()


def _found(dav: Dav, row: Row) -> Found:
    listed = row.props.get(dav.dialect.name("supported-calendar-component-set"))
    component = dav.dialect.name("comp")
    rights = row.props.get(f"{DAV} current-user-privilege-set")
    can = rights.names() if rights else set()
    path = canonical(row.href)
    return Found(
        url=dav.absolute(path),
        title=one_line(row.text("displayname"), 100) or path.rstrip("/").rpartition("/")[2],
        components=tuple(kind for name, kind, _ in listed.inner if name == component) if listed else (),
        writable=not can or bool(can & _WRITES),
        sync=bool(row.text("sync-token")),
    )
