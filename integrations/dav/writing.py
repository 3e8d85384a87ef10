"""Write one item, conditionally, with exactly one request that counts (RFC 9110 section 13).

RFC 4791 section 5.3.2 and RFC 6352 section 6.3.2 say what servers must do.

What a refusal means depends on the server; the table is in `_refusal`. A server known to ignore conditions, or not known
to heed them, is asked for the item first. No answer to a write is `Uncertain`, never a failure and never repeated here.
"""

from dataclasses import dataclass

from afterview.integrations.http import Lost, Reply, retry_at
from afterview.integrations.ical.lines import split, unescape
from afterview.sync.errors import (
    AlreadyThere,
    AuthFailed,
    Changed,
    ListGone,
    Missing,
    NotReady,
    Refused,
    Rejected,
    Uncertain,
)
from afterview.sync.text import one_line

from .client import Dav, conditions, etag_of
from .collection import Body, Collection

_UID_TAKEN = frozenset(("no-uid-conflict", "unique-scheduling-object-resource"))
_NOT_ALLOWED = frozenset(("need-privileges", "quota-not-exceeded"))


class ServerFailed(Rejected):
    """The server failed on this item (500); the item was not stored."""


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes into one collection. `conditional`: True = proven to heed conditions, False = ignores them, None = unknown."""

    collection: Collection
    conditional: bool | None

    @property
    def dav(self) -> Dav:
        return self.collection.dav

    def create(self, href: str, text: str) -> Body:
        """Create a resource, never overwrite one. Raises AlreadyThere, Rejected, Uncertain."""
        if not self.conditional and self.collection.body(href).text is not None:
            raise AlreadyThere(f"{href} is there already.")
        reply = self._send("PUT", href, text, {"If-None-Match": "*"})
        if reply.status >= 300:
            raise self._refused_create(reply, href)
        return self._stored(reply, href, text)

    def update(self, href: str, etag: str | None, before: str, text: str) -> Body:
        """Replace a resource that is still `before`. Raises Changed, Missing, Rejected, Uncertain."""
        headers = self._condition(href, etag, before)
        reply = self._send("PUT", href, text, headers)
        if reply.status >= 300:
            raise self._refused_change(reply, href)
        if self.conditional is False:
            return self._confirmed(href, text)
        return self._stored(reply, href, text)

    def still(self, href: str, etag: str | None) -> str:
        """Return the text of a resource that is still what was seen. Raises Changed, Missing."""
        seen = self.collection.body(href)
        if seen.text is None:
            raise Missing(f"{href} is gone.")
        if etag and seen.etag and seen.etag != etag:
            raise Changed(f"{href} changed since it was read.")
        return seen.text

    def delete(self, href: str, etag: str | None, before: str) -> None:
        """Delete a resource that is still `before`. Raises Changed, Missing, Uncertain."""
        reply = self._send("DELETE", href, "", self._condition(href, etag, before))
        if reply.status >= 300:
            raise self._refused_change(reply, href)

    def _condition(self, href: str, etag: str | None, before: str) -> dict[str, str]:
        """Return the header that protects the item; without a usable one, or where it is ignored, look exactly first."""
        strong = etag if etag and not etag.startswith("W/") else None
        if strong and self.conditional:
            return {"If-Match": strong}
        seen = self.collection.body(href)
        if seen.text is None:
            raise Missing(f"{href} is gone.")
        # ETags alone prove nothing here: one server gives a re-made item the ETag of the old one
        if (etag and seen.etag and seen.etag != etag) or self._meaning(seen.text) != self._meaning(before):
            raise Changed(f"{href} changed since it was read.")
        return {"If-Match": seen.etag} if seen.etag and not seen.etag.startswith("W/") else {}

    def _send(self, method: str, href: str, text: str, headers: dict[str, str]) -> Reply:
        url = self.dav.absolute(href)
        try:
            return self.dav.put(url, text, headers) if method == "PUT" else self.dav.delete(url, headers)
        except Lost as error:
            raise Uncertain(f"{error} It is not known whether {href} was written.") from error

    def _stored(self, reply: Reply, href: str, text: str) -> Body:
        """Return what the server has now; without an ETag it may have rewritten the text, so look."""
        etag = etag_of(reply)
        if etag and not etag.startswith("W/"):
            return Body(href, etag, text)
        return self.collection.body(href)

    def _confirmed(self, href: str, text: str) -> Body:
        """Read back what an unprotected write left: somebody else may have written at the same moment."""
        body = self.collection.body(href)
        if body.text is None or self._meaning(body.text) != self._meaning(text):
            raise Changed(f"{href} was changed by somebody else at the same moment.")
        return body

    def _refused_create(self, reply: Reply, href: str) -> Exception:
        if conditions(reply) & _UID_TAKEN:
            return AlreadyThere(f"{self.dav.host} has another item with the identity of {href}.")
        pause = reply.status in {429, 503} and retry_at(reply.headers, self.dav.clock())
        if (
            not pause
            and (reply.status in {409, 412} or reply.status >= 500)
            and self.collection.body(href).text is not None
        ):
            return AlreadyThere(f"{href} is there already.")
        return self._refusal(reply, href)

    def _refused_change(self, reply: Reply, href: str) -> Exception:
        if reply.status in {404, 410}:
            self.collection.token()  # raises where the whole list is gone
            return Missing(f"{href} is gone.")
        if reply.status in {409, 412}:
            gone = self.collection.body(href).text is None
            return Missing(f"{href} is gone.") if gone else Changed(f"{href} changed since it was read.")
        return self._refusal(reply, href)

    def _refusal(self, reply: Reply, href: str) -> Exception:
        """Tell what concerns the whole list from what concerns this item."""
        named = conditions(reply)
        if reply.status == 401 or named & _NOT_ALLOWED:
            return self.dav.failure(reply, self.collection.what)
        if reply.status == 403 and not named:
            return Refused(
                f"{self.collection.what} cannot be written to by the user that is signed in at {self.dav.host}."
            )
        if reply.status in {423, 429, 502, 503, 504, 507}:
            now = self.dav.clock()
            return NotReady(f"{self.dav.host} is busy (HTTP {reply.status}).", retry_at=retry_at(reply.headers, now))
        if reply.status in {404, 405, 409, 410} and self._list_is_gone():
            return ListGone(
                f"{self.collection.what} is not there any more at {self.dav.host}; reconfigure the account."
            )
        words = ", ".join(sorted(named)) or one_line(reply.text(), 120)
        kind = ServerFailed if reply.status >= 500 else Rejected
        return kind(f"{self.dav.host} does not accept {href} (HTTP {reply.status}): {words}")

    def _list_is_gone(self) -> bool:
        try:
            self.collection.token()
        except ListGone:
            return True
        except (AuthFailed, NotReady, Refused):
            return False
        return False

    def _meaning(self, text: str) -> set[tuple[str, str]]:
        """Return the properties that we own, in a form in which order, folds and blanks do not count."""
        owned = self.dav.dialect.owned
        return {(name, " ".join(unescape(line.value).split())) for line in split(text) if (name := line.name) in owned}
