"""One account's connection; the only file of this integration that imports the `caldav` library.

That library also knows the DNS records of address books (RFC 6764); everything else goes through `integrations.dav`.
"""

from collections.abc import Iterable

from afterview.integrations.dav.client import Dav, shared_client
from afterview.integrations.entry import Entry
from afterview.sync.ports import Clock

from .dialect import ADDRESS_BOOKS


def connect(url: str, user: str, password: str, clock: Clock) -> Dav:
    """Make ready to ask a server; nothing is sent yet. Raises Refused for an address that cannot be one."""
    return Dav(url, user, password, clock, ADDRESS_BOOKS)


def open_client(entry: Entry) -> Dav:
    """Return the account's client, made once."""
    return shared_client(entry, ADDRESS_BOOKS)


def find_by_dns(domain_or_address: str) -> Iterable[str]:
    """Ask the DNS where a domain or an e-mail address has its address books; only encrypted answers count."""
    from caldav.discovery import discover_carddav
    from caldav.lib.error import DAVError

    try:
        service = discover_carddav(domain_or_address, require_tls=True)
    except DAVError:
        return ()
    return (str(service.url),) if service else ()
