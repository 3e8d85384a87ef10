"""The XML that is sent to any server of collections (RFC 4918, RFC 5397, RFC 6578). Values from outside are escaped."""

from collections.abc import Iterable
from xml.sax.saxutils import escape

from .dialect import Dialect

_HEAD = '<?xml version="1.0" encoding="utf-8"?>'
ETAG = "<prop><getetag/></prop>"


def spaces(dialect: Dialect) -> str:
    """Declare the namespaces: DAV is the default one."""
    return f'xmlns="DAV:" xmlns:{dialect.prefix}="{dialect.namespace}"'


def body(text: str) -> bytes:
    """Return what is sent."""
    return (_HEAD + text).encode()


ETAGS = body('<propfind xmlns="DAV:"><prop><getetag/><resourcetype/></prop></propfind>')


def about(dialect: Dialect) -> bytes:
    """Ask what a collection is."""
    return body(
        f"<propfind {spaces(dialect)}><prop><resourcetype/><displayname/><sync-token/><supported-report-set/>"
        f"<current-user-privilege-set/>{dialect.about}</prop></propfind>"
    )


def who(dialect: Dialect) -> bytes:
    """Ask who is signed in, and where the collections are."""
    return body(
        f"<propfind {spaces(dialect)}><prop><resourcetype/><current-user-principal/><principal-URL/>"
        f"<{dialect.prefix}:{dialect.home}/></prop></propfind>"
    )


def homes(dialect: Dialect) -> bytes:
    """Ask a user where the collections are."""
    return body(
        f"<propfind {spaces(dialect)}><prop><resourcetype/><{dialect.prefix}:{dialect.home}/></prop></propfind>"
    )


def sync(token: str) -> bytes:
    """Ask what changed since a token; ETags only, because one server breaks on text in this answer."""
    return body(
        f'<sync-collection xmlns="DAV:"><sync-token>{escape(token)}</sync-token><sync-level>1</sync-level>{ETAG}'
        "</sync-collection>"
    )


def multiget(dialect: Dialect, hrefs: Iterable[str]) -> bytes:
    """Ask for bodies by href."""
    listed = "".join(f"<href>{escape(href)}</href>" for href in hrefs)
    report = f"{dialect.prefix}:{dialect.multiget}"
    return body(f"<{report} {spaces(dialect)}>{both(dialect)}{listed}</{report}>")


def both(dialect: Dialect) -> str:
    """Ask for ETag and text."""
    return f"<prop><getetag/><{dialect.prefix}:{dialect.data}/></prop>"
