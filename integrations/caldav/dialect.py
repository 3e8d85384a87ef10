"""CalDAV in the words of `integrations.dav` (RFC 4791)."""

from afterview.integrations.dav.dialect import Dialect

CALENDARS = Dialect(
    namespace="urn:ietf:params:xml:ns:caldav",
    prefix="C",
    media="text/calendar",
    begins="BEGIN:VCALENDAR",
    data="calendar-data",
    multiget="calendar-multiget",
    home="calendar-home-set",
    collection="calendar",
    about="<C:supported-calendar-component-set/>",
    well_known="/.well-known/caldav",
    owned=frozenset(("SUMMARY", "DESCRIPTION", "DUE", "STATUS", "COMPLETED", "X-AFTERVIEW-ID")),
    server="calendar server",
    content="calendar data",
    plural="calendars",
)
