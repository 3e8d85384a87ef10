"""The XML that only calendar servers are sent (RFC 4791 sections 5 and 7). Values from outside are escaped."""

from xml.sax.saxutils import escape, quoteattr

from afterview.integrations.dav.bodies import ETAG, body, both, spaces
from afterview.sync.ports import Window

from .dialect import CALENDARS

_SPACES = spaces(CALENDARS)


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
    prop = both(CALENDARS) if data else ETAG
    return body(
        f'<C:calendar-query {_SPACES}>{prop}<C:filter><C:comp-filter name="VCALENDAR">'
        f"<C:comp-filter name={quoteattr(component)}>{inner}</C:comp-filter></C:comp-filter></C:filter></C:calendar-query>"
    )


def make_calendar(title: str, component: str) -> bytes:
    """Make a calendar that holds one kind of component."""
    return body(
        f"<C:mkcalendar {_SPACES}><set><prop><displayname>{escape(title)}</displayname>"
        f"<C:supported-calendar-component-set><C:comp name={quoteattr(component)}/></C:supported-calendar-component-set>"
        "</prop></set></C:mkcalendar>"
    )
