"""Find out whether an address book can hold our cards by writing one of our own, which is deleted at the end.

    create -> read back -> create again (must fail) -> edit with a stale condition (must fail) -> delete
The user's own cards are not looked at.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from afterview.integrations.dav.client import Dav
from afterview.integrations.dav.collection import Collection
from afterview.integrations.http import Lost
from afterview.integrations.vcard.card import new_card, read_card, uid_of
from afterview.sync.errors import Refused
from afterview.sync.identity import person_key
from afterview.sync.model import RecordDraft, RecordKind
from afterview.sync.text import one_line

from .contacts import CONDITIONAL

_STALE = '"afterview-never-was-this"'


class NotUsable(Exception):
    """The address book cannot hold our cards; the message is one sentence."""


def probe(collection: Collection, now: datetime) -> dict[str, Any]:
    """Try the book out; return what the account shall remember. Raises `NotUsable`, and `AccountError`."""
    trial = _Trial(collection, now)
    try:
        trial.create()
        trial.read_back()
        return {CONDITIONAL: trial.heeds_conditions()}
    finally:
        trial.clean_up()


@dataclass(slots=True)
class _Trial:
    collection: Collection
    now: datetime

    @property
    def dav(self) -> Dav:
        return self.collection.dav

    @property
    def draft(self) -> RecordDraft:
        key = person_key("Afterview: trying this address book out", "", self.now.isoformat())
        return RecordDraft(RecordKind.PERSON, key, {"name": ("Afterview, this card goes away by itself",)})

    @property
    def href(self) -> str:
        return f"{self.collection.path}{uid_of(self.draft.key)}.vcf"

    def create(self) -> None:
        refusal = self._put({"If-None-Match": "*"})
        if refusal:
            raise NotUsable(f"{self.collection.what} does not take new cards: {refusal}.")

    def read_back(self) -> None:
        """See whether what was stored is what was sent."""
        key, fields = read_card(self.collection.body(self.href).text or "")
        if key != self.draft.key or fields.get("name") != self.draft.fields["name"]:
            raise NotUsable(f"{self.collection.what} does not keep a card as it was sent.")

    def heeds_conditions(self) -> bool:
        """Send two requests that a server must refuse; tell whether it did."""
        return bool(self._put({"If-None-Match": "*"})) and bool(self._put({"If-Match": _STALE}))

    def clean_up(self) -> None:
        """Delete the card; that it is there no more is what counts."""
        url = self.dav.absolute(self.href)
        try:
            reply = self.dav.delete(url, {})
        except Lost:
            reply = self.dav.delete(url, {})
        if reply.status == 403:
            raise Refused(f"{self.collection.what} does not let cards be deleted; remove the trial card by hand.")

    def _put(self, conditions: Mapping[str, str]) -> str:
        """Store the card; return the refusal in words, "" if it was taken. A refusal of the whole account raises."""
        reply = self.dav.put(self.dav.absolute(self.href), new_card(self.draft, self.now), conditions)
        if reply.status < 300:
            return ""
        if reply.status in {401, 423, 429, 502, 503, 504}:
            raise self.dav.failure(reply, self.collection.what)
        return f"HTTP {reply.status} {one_line(reply.text(), 80)}".strip()
