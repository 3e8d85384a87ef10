"""CardDAV in the words of `integrations.dav` (RFC 6352)."""

from afterview.integrations.dav.dialect import Dialect

ADDRESS_BOOKS = Dialect(
    namespace="urn:ietf:params:xml:ns:carddav",
    prefix="C",
    media="text/vcard",
    begins="BEGIN:VCARD",
    data="address-data",
    multiget="addressbook-multiget",
    home="addressbook-home-set",
    collection="addressbook",
    about="",
    well_known="/.well-known/carddav",
    owned=frozenset(("FN", "EMAIL", "TEL", "TITLE", "ORG", "NOTE", "CATEGORIES", "X-AFTERVIEW-ID")),
    server="address book server",
    content="address book data",
    plural="address books",
)
