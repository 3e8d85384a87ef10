"""The XML that only address book servers are sent (RFC 6352 section 10.5, RFC 5689). Values from outside are escaped."""

from xml.sax.saxutils import escape

from afterview.integrations.dav.bodies import body, both, spaces

from .dialect import ADDRESS_BOOKS

_SPACES = spaces(ADDRESS_BOOKS)


def query_identity(uid: str, key: str) -> bytes:
    """Ask for the cards with a UID or with our mark; some servers answer with more."""
    matches = "".join(
        f'<C:prop-filter name="{name}"><C:text-match collation="i;octet" match-type="equals">{escape(text)}</C:text-match>'
        "</C:prop-filter>"
        for name, text in (("UID", uid), ("X-AFTERVIEW-ID", key))
    )
    return body(
        f'<C:addressbook-query {_SPACES}>{both(ADDRESS_BOOKS)}<C:filter test="anyof">{matches}</C:filter>'
        "</C:addressbook-query>"
    )


def make_book(title: str) -> bytes:
    """Make an address book."""
    return body(
        f"<mkcol {_SPACES}><set><prop><resourcetype><collection/><C:addressbook/></resourcetype>"
        f"<displayname>{escape(title)}</displayname></prop></set></mkcol>"
    )
