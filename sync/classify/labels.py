"""What the addresses and links of an event call the company: the labels of domains, tenants and subdomains."""

import re
from collections.abc import Iterator

from .parties import Side, domain_of, registrable
from .reading import Reading

RELAYED = re.compile(r"\.[0-9a-f]{4,}$")


def company_labels(reading: Reading) -> Iterator[str]:
    """What domains, tenants and subdomains call the company, most telling first."""
    parties, vendors = reading.parties, reading.lexicon.vendors
    people = [guest for guest, side in parties.guests if side is Side.OUTSIDE]
    if parties.organizer and parties.side in {Side.OUTSIDE, Side.OWN}:
        people.insert(0, parties.organizer)
    for person in people:
        yield registrable(domain_of(person.email)).partition(".")[0]
    if parties.organizer and parties.side is Side.VENDOR and not reading.sender_kinds:
        local = parties.organizer.email.partition("@")[0]
        if not RELAYED.search(local):
            yield re.split(r"[+.]", local)[0]
    for host in reading.hosts:
        first, _, rest = host.partition(".")
        if first not in reading.lexicon.names["hosts"] and (vendors.kind(rest) or rest.startswith("zoom.")):
            yield first
