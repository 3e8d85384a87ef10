"""The XML that is sent (RFC 4791 sections 5 and 7, RFC 5397, RFC 6578). Values from outside are escaped."""

from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from afterview.sync.ports import Window

_HEAD = '<?xml version="1.0" encoding="utf-8"?>'
_SPACES = 'xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:S="http://calendarserver.org/ns/"'
_ETAG = "<prop><getetag/></prop>"
_BOTH = "<prop><getetag/><C:calendar-data/></prop>"


def _body(text: str) -> bytes:
    return (_HEAD + text).encode()


ABOUT = _body(
    f"<propfind {_SPACES}><prop><resourcetype/><displayname/><sync-token/><supported-report-set/>"
    "<current-user-privilege-set/><C:supported-calendar-component-set/></prop></propfind>"
)
WHO = _body(
    f"<propfind {_SPACES}><prop><resourcetype/><current-user-principal/><principal-URL/><C:calendar-home-set/>"
    "</prop></propfind>"
)
HOMES = _body(f"<propfind {_SPACES}><prop><resourcetype/><C:calendar-home-set/></prop></propfind>")
ETAGS = _body(f"<propfind {_SPACES}><prop><getetag/><resourcetype/></prop></propfind>")


def sync(token: str) -> bytes:
    """Ask what changed since a token; ETags only, because one server breaks on text in this answer."""
    return _body(
        f"<sync-collection {_SPACES}><sync-token>{escape(token)}</sync-token><sync-level>1</sync-level>{_ETAG}"
        "</sync-collection>"
    )


def multiget(hrefs: Iterable[str]) -> bytes:
    """Ask for bodies by href."""
    listed = "".join(f"<href>{escape(href)}</href>" for href in hrefs)
    return _body(f"<C:calendar-multiget {_SPACES}>{_BOTH}{listed}</C:calendar-multiget>")


def query(component: str, window: Window | None, *, data: bool) -> bytes:
    """Ask for every resource with a component, VEVENT by time range; tasks are never filtered further."""
    span = ""
    if window is not None:
        starts, ends = (moment.strftime("%Y%m%dT%H%M%SZ") for moment in (window.starts_at, window.ends_at))
        span = f'<C:time-range start="{starts}" end="{ends}"/>'
    return _filtered(component, span, data=data)


def query_uid(component: str, uid: str) -> bytes:
    """Ask for the resources with a UID; some servers answer with more."""
    match = f'<C:text-match collation="i;octet">{escape(uid)}</C:text-match>'
    return _filtered(component, f'<C:prop-filter name="UID">{match}</C:prop-filter>', data=True)


def _filtered(component: str, inner: str, *, data: bool) -> bytes:
    prop = _BOTH if data else _ETAG
    return _body(
        f'<C:calendar-query {_SPACES}>{prop}<C:filter><C:comp-filter name="VCALENDAR">'
        f"<C:comp-filter name={quoteattr(component)}>{inner}</C:comp-filter></C:comp-filter></C:filter></C:calendar-query>"
    )


def make_calendar(title: str, component: str) -> bytes:
    """Make a calendar that holds one kind of component."""
    return _body(
        f"<C:mkcalendar {_SPACES}><set><prop><displayname>{escape(title)}</displayname>"
        f"<C:supported-calendar-component-set><C:comp name={quoteattr(component)}/></C:supported-calendar-component-set>"
        "</prop></set></C:mkcalendar>"
    )
