"""Who is who in an event: the owner, the owner's colleagues, services, and the other side."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from ..model import Event, Owner, Participant
from .greeting import greeted
from .lexicon import Lexicon
from .normal import fold, tokens
from .things import is_thing

_SECOND_LEVEL = frozenset(
    {"ac", "co", "com", "edu", "go", "gob", "gov", "gv", "ltd", "ne", "net", "nhs", "or", "org", "plc", "sch"}
)
_NAME_PART = re.compile(r"[^a-z]+")


class Side(StrEnum):
    """Where an address stands, seen from the owner."""

    OWNER = "owner"
    OWN = "own"  # the owner's own company
    VENDOR = "vendor"  # applicant tracking, scheduling, coding, video
    SHARED = "shared"  # a calendar or service of many
    FREE = "free"  # public mail
    OUTSIDE = "outside"
    NOBODY = "nobody"


FROM_ELSEWHERE = frozenset({Side.OUTSIDE, Side.SHARED, Side.VENDOR, Side.FREE})


@dataclass(frozen=True, slots=True)
class Parties:
    """The people of one event. `guests` are neither the owner nor the organizer nor things."""

    organizer: Participant | None
    side: Side
    guests: tuple[tuple[Participant, Side], ...]
    own_domains: frozenset[str]
    owner_names: frozenset[str]  # folded words of the owner's name

    @property
    def outside_guests(self) -> tuple[Participant, ...]:
        """Guests from elsewhere."""
        return tuple(guest for guest, side in self.guests if side in {Side.OUTSIDE, Side.FREE})


def domain_of(address: str) -> str:
    """Return the part after the @."""
    return address.rpartition("@")[2] if "@" in address else ""


def registrable(domain: str) -> str:
    """Cut a domain to the part somebody registered; a rule of thumb, no public suffix list."""
    labels = domain.split(".")
    keep = 3 if len(labels) > 2 and labels[-2] in _SECOND_LEVEL and len(labels[-1]) == 2 else 2
    return ".".join(labels[-keep:])


def base_address(address: str) -> str:
    """Fold an address: lower case, without a +tag."""
    local, at, domain = address.strip().lower().rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"


def own_domains(owner: Owner, lexicon: Lexicon) -> frozenset[str]:
    """Domains of the owner's employer: those of the owner's addresses that are not public mail."""
    return _own_domains(owner.emails, owner.free_mail, lexicon.vendors.free_mail)


@lru_cache(maxsize=8)  # one owner has many events
def _own_domains(emails: frozenset[str], *free_mail: frozenset[str]) -> frozenset[str]:
    return frozenset({registrable(domain_of(address)) for address in emails}.difference({""}, *free_mail))


@lru_cache(maxsize=8)
def _base_addresses(emails: frozenset[str]) -> frozenset[str]:
    return frozenset(base_address(address) for address in emails)


def is_free(domain: str, owner: Owner, lexicon: Lexicon) -> bool:
    """Tell whether a domain is public mail."""
    return domain in owner.free_mail or domain in lexicon.vendors.free_mail


def read_parties(event: Event, owner: Owner, lexicon: Lexicon) -> Parties:
    """Sort the people of an event."""
    mine = _base_addresses(owner.emails)
    own = own_domains(owner, lexicon)

    def side(person: Participant) -> Side:
        address = base_address(person.email)
        if person.is_owner or address in mine:
            return Side.OWNER
        return _domain_side(domain_of(address), own, owner, lexicon)

    organizer = event.organizer if event.organizer and (event.organizer.email or event.organizer.name) else None
    sponsor = base_address(organizer.email) if organizer else ""
    people = [(person, side(person)) for person in event.attendees if not is_thing(person, lexicon)]
    guests = [(p, s) for p, s in people if s is not Side.OWNER and base_address(p.email) != (sponsor or None)]
    return Parties(
        organizer=organizer,
        side=side(organizer) if organizer else Side.NOBODY,
        guests=tuple(guests),
        own_domains=own,
        owner_names=_owner_names(owner, [p for p, s in people if s is Side.OWNER])
        | _greeted_names(event, lexicon, made_by_owner=organizer is not None and side(organizer) is Side.OWNER),
    )


def side_of(address: str, owner: Owner, lexicon: Lexicon) -> Side:
    """Tell where one address stands."""
    if base_address(address) in _base_addresses(owner.emails):
        return Side.OWNER
    return _domain_side(domain_of(address), own_domains(owner, lexicon), owner, lexicon)


def _domain_side(domain: str, own: frozenset[str], owner: Owner, lexicon: Lexicon) -> Side:
    if not domain:
        return Side.OUTSIDE
    if registrable(domain) in own:
        return Side.OWN
    if is_free(domain, owner, lexicon):
        return Side.FREE
    if lexicon.vendors.is_shared(domain):
        return Side.VENDOR if lexicon.vendors.kind(domain) else Side.SHARED
    return Side.VENDOR if lexicon.vendors.kind(domain) else Side.OUTSIDE


def _greeted_names(event: Event, lexicon: Lexicon, *, made_by_owner: bool) -> frozenset[str]:
    """Words of the name that the text greets; not in what the owner wrote himself."""
    if made_by_owner:
        return frozenset()
    found = greeted(event.text, lexicon.names["greeting"], lexicon.names["no_name"] | lexicon.names["small"])
    return frozenset(word for word in found if len(word) > 1)


def _owner_names(owner: Owner, entries: Iterable[Participant]) -> frozenset[str]:
    """Words of the owner's name: as set, as others write it, and as the address shows it.

    A Chinese, Japanese or Korean name is kept whole and as given name, and looked for as a part of the text.
    """
    written = (*owner.names, *(person.name for person in entries))
    return _name_words(tuple(name for name in written if "@" not in name), owner.emails)


@lru_cache(maxsize=32)
def _name_words(written: tuple[str, ...], emails: frozenset[str]) -> frozenset[str]:
    names: set[str] = set()
    for name in written:
        for part in fold(name).split():
            words = tokens(part)
            names.update(word for word in words if len(word) > 1)
            if len(words) > 1 and len(part) <= 4 and all(len(word) == 1 and not word.isascii() for word in words):
                names.update({part, part[1:]} if len(part) > 2 else {part})
    for address in emails:
        local = base_address(address).rpartition("@")[0]
        names.update(part for part in _NAME_PART.split(local) if len(part) > 2)
        if local.isalpha() and len(local) > 5:
            names.add(local[1:])  # jsmith@ for J. Smith
    return frozenset(names)
