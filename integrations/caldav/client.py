"""One account's connection; the only file of this integration that imports the `caldav` library.

The steady pass goes through `integrations.dav`. The library, which takes half a second to import, answers the one question
it alone can: where a bare domain or an e-mail address has its calendars (RFC 6764, DNS).
"""

from collections.abc import Iterable

from afterview.integrations.dav.client import Dav, shared_client
from afterview.integrations.entry import Entry
from afterview.sync.ports import Clock

from .dialect import CALENDARS


def connect(url: str, user: str, password: str, clock: Clock) -> Dav:
    """Make ready to ask a calendar server; nothing is sent yet. Raises Refused for an address that cannot be one."""
    return Dav(url, user, password, clock, CALENDARS)


def open_client(entry: Entry) -> Dav:
    """Return the account's client, made once and shared by its roles."""
    return shared_client(entry, CALENDARS)


def find_by_dns(domain_or_address: str) -> Iterable[str]:
    """Ask the DNS where a domain or an e-mail address has its calendars (RFC 6764); only encrypted answers count."""
    from caldav.discovery import discover_caldav
    from caldav.lib.error import DAVError

    try:
        service = discover_caldav(domain_or_address, require_tls=True)
    except DAVError:
        return ()
    return (str(service.url),) if service else ()
