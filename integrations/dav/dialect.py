"""What differs between calendars (CalDAV, RFC 4791) and address books (CardDAV, RFC 6352), as data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dialect:
    """One of the two. Element names are in `namespace`; `owned` are the properties that a write of ours is about.

    `collection` is the resource type of a collection, `about` what else a collection is asked about.
    """

    namespace: str
    prefix: str  # of the namespace in what is sent
    media: str  # content type of a resource
    begins: str  # how the text of a resource begins
    data: str  # element that holds the text of a resource
    multiget: str  # report that fetches resources by href
    home: str  # property that names the home of a user's collections
    collection: str
    about: str
    well_known: str
    owned: frozenset[str]
    server: str  # words for sentences
    content: str
    plural: str

    def name(self, element: str) -> str:
        """Return an element's name as the reader of answers spells it."""
        return f"{self.namespace} {element}"
