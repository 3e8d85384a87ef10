"""Find the people: who talks with the owner, and who arranges it. Never bots, rooms, no-reply or relay addresses."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from ..model import Participant, Person, Reply
from ..text import one_line
from .labels import RELAYED
from .names import NAME, SIGNED, clean_name, lines_of_agenda, names_at, names_with_title, signatures
from .normal import spans, squash, tokens
from .parties import Side, domain_of
from .reading import Reading, mailbox_kinds
from .things import is_thing

_VIA = re.compile(r"\s+(?:via|through|über|par)\s+\S.*$|\s*\([^)]*\)\s*$|\s*[;|\"].*$", re.IGNORECASE)
_TURNED = re.compile(r"^([^\s,]+(?: [^\s,]+)?), ([^\s,]+(?: [^\s,]+)?)$")
_FIRST_LAST = re.compile(r"[a-z]{2,}(?:-[a-z]{2,})?[._][a-z]{2,}(?:-[a-z]{2,})?")
_AND_ME = re.compile(
    r"\b(?:and|und|et|y|e|i|en|och|og|ja)\s+(?:I|me|ich|mir|moi|yo|io|me|mnie|ik|mij|jag|mig|jeg|meg|minä)\b"
)
_LIMIT = 12


def find_people(reading: Reading) -> tuple[tuple[Person, ...], Person | None]:
    """Return (who talks with the owner, who arranges it)."""
    parties = reading.parties
    organizer = parties.organizer if parties.side not in {Side.OWNER, Side.NOBODY} else None
    guests = [
        _as_person(g, reading, "attendee")
        for g, side in parties.guests
        if side is not Side.VENDOR and is_person(g, reading)
    ]
    host = _as_person(organizer, reading, "organizer") if organizer and is_person(organizer, reading) else None
    sure, weak = _named(reading, host)
    signed = list(_signed(reading))
    if guests and host and all(squash(person.name) == squash(host.name) for person in sure):
        sure = []  # "following your chat with ..." names the host, not those who come now
    groups = [_coming(group, reading) for group in (sure, guests, weak, [host] if host else [])]
    people = (
        next(filter(None, (*groups, sure, guests, weak)), [])
        or [Person(name, "", "text") for name in (*signed[:1], *_signatures(reading))][:1]
    )
    joins = host and (_AND_ME.search(reading.event.text) or (people == groups[1] and _comes_too(reading, signed)))
    if host and joins and all(squash(host.name) != squash(person.name) for person in people):
        people = [*people, host]
    return tuple(people[:_LIMIT]), _recruiter(reading, people, signed, host)


def _coming(people: list[Person], reading: Reading) -> list[Person]:
    """Leave out those who declined."""
    declined = [one for one in reading.event.attendees if one.reply is Reply.DECLINED]
    emails = {one.email for one in declined}
    names = [set(tokens(_as_person(one, reading, "").name)) for one in declined]
    return [
        person
        for person in people
        if not (person.email in emails if person.email else any(set(tokens(person.name)) <= name for name in names))
    ]


def _comes_too(reading: Reading, signed: list[str]) -> bool:
    """Tell whether the organizer said to come, by a reply of their own as an attendee, and is no recruiter by the text."""
    organizer = reading.parties.organizer
    listed = [one for one in reading.event.attendees if organizer and one.email == organizer.email]
    return not signed and any(one.reply is Reply.ACCEPTED for one in listed)


def _named(reading: Reading, host: Person | None) -> tuple[list[Person], list[Person]]:
    """Names in the text, else in the title: (after words like "interviewer", merely after "with")."""
    for source, text in (("text", reading.text.text), ("title", reading.event.title)):
        composed = unicodedata.normalize("NFC", text[:6000])
        sure: dict[str, Person] = {}
        weak: dict[str, Person] = {}
        for name in _people_only(lines_of_agenda(composed, reading), reading):
            sure.setdefault(squash(name), Person(one_line(name, 80), "", source))
        for name, certain in [] if sure else _labelled(composed, reading, host):
            if squash(name) in reading.no_people:
                continue
            if source == "text" or len(tokens(name)) == 1 or has_title(name):
                (sure if certain and source == "text" else weak).setdefault(
                    squash(name), Person(one_line(name, 80), "", source)
                )
        if not sure:
            for name in _people_only(names_with_title(composed, reading), reading):
                weak.setdefault(squash(name), Person(one_line(name, 80), "", source))
        if sure or weak:
            return _known(sure, reading), _known(weak, reading)
    return [], []


def _people_only(names: Iterable[str], reading: Reading) -> Iterator[str]:
    return (name for name in names if squash(name) not in reading.no_people)


def _signatures(reading: Reading) -> Iterator[str]:
    return _people_only(signatures(reading.text.text, reading), reading)


def has_title(name: str) -> bool:
    """Tell whether a name begins with a form of address."""
    match = NAME.fullmatch(name)
    return bool(match and match.group(1) != name)


def _known(found: dict[str, Person], reading: Reading) -> list[Person]:
    """Add addresses; two spellings of one person become one; what the sender is called is no person."""
    merged: dict[str, Person] = {}
    for person in found.values():
        mine = set(tokens(person.name))
        if any(mine < set(tokens(other.name)) for other in found.values()):
            continue  # "Ida" beside "Ida Holm"
        known = _with_address(person, reading)
        merged.setdefault(known.email or squash(known.name), known)
    return list(merged.values())


def _labelled(text: str, reading: Reading, host: Person | None) -> Iterator[tuple[str, bool]]:
    """Names after "Interviewer:", "you will meet" (certain), or "mit", "with" (not)."""
    places = spans(text)
    words = tokens(text)
    for hit in reading.lexicon.labels.find(text) if places else ():
        if "people_label" not in hit.kinds:
            continue
        end = places[hit.end - 1][1]
        certain = hit.end - hit.start > 1 or words[hit.start] not in reading.lexicon.names["with"]
        if host and (
            me := re.match(
                r"\s+(?:me|mir|moi|mig|mij|myself|conmigo|mnie)\b(?:\s+(?:and|und|et|och|en|y|i|e))?", text[end:]
            )
        ):
            yield host.name, certain
            end += me.end()
        for name in names_at(text, end, reading):
            sole = len(tokens(name)) == 1 and not has_title(name)
            if certain or not sole or reading.self_made or _participant(name, reading):
                yield name, certain


def _participant(name: str, reading: Reading) -> bool:
    wanted = set(tokens(name))
    return any(wanted <= set(tokens(guest.name)) for guest, _ in reading.parties.guests)


def _with_address(person: Person, reading: Reading) -> Person:
    """Add the address of the participant of that name."""
    wanted = set(tokens(person.name))
    everyone = [guest for guest, _ in reading.parties.guests]
    if reading.parties.organizer:
        everyone.append(reading.parties.organizer)
    matching = [
        p
        for p in everyone
        if (have := set(tokens(_as_person(p, reading, "").name))) and (wanted <= have or have <= wanted)
    ]
    if len(matching) == 1 and is_person(matching[0], reading):
        return _as_person(matching[0], reading, person.source)
    return person


def is_person(participant: Participant, reading: Reading) -> bool:
    """Tell a person from a room or a mailbox: neither a function address nor a company's or team's name."""
    if is_thing(participant, reading.lexicon):
        return False
    name = _plain_name(participant)
    words = tokens(name)
    local, domain = participant.email.partition("@")[0], domain_of(participant.email)
    kinds = mailbox_kinds(participant, reading.lexicon)
    group = not reading.lexicon.names["group"].isdisjoint(words)
    if (
        not (kinds or group)
        and len(words) > 1
        and set(tokens(local)) & set(words)
        and not _is_tenant(name, local, domain, reading)
    ):
        return True
    if "via " in participant.name.lower() or ("robot" in kinds and reading.lexicon.vendors.kind(domain) == "scheduler"):
        return (
            len(words) > 1
            and bool(NAME.fullmatch(name))
            and (squash(name) in squash(reading.event.title) or "via " in participant.name.lower())
        )
    if kinds or group or _is_tenant(name, local, domain, reading):
        return False
    hits = reading.lexicon.evidence.find(name)
    if any(not hit.kinds.isdisjoint({"recruiter", "hiring", "word", "strong"}) for hit in hits):
        return False
    return bool(words) or (bool(local) and not reading.lexicon.vendors.is_shared(domain))


def _is_tenant(name: str, local: str, domain: str, reading: Reading) -> bool:
    """Tell whether a vendor's address is that of a customer company rather than of one person."""
    if not reading.lexicon.vendors.kind(domain):
        return bool(name) and squash(name) == squash(domain.partition(".")[0])
    if RELAYED.search(local) and NAME.fullmatch(name) and " " in name:
        return False  # anna.8f02c1@ is a person behind a relay
    tenant = squash(re.split(r"[+.]", local)[0])
    return len(tenant) > 3 and squash(name).startswith(tenant[:5])


def _plain_name(participant: Participant) -> str:
    name = "" if "@" in participant.name else _VIA.sub("", participant.name).strip(" '\"")
    turned = _TURNED.match(name)
    return f"{turned.group(2)} {turned.group(1)}" if turned else name


def _without_job(name: str, reading: Reading) -> str:
    """Take a job off the front of a name: "Vrchní sestra Eva Malá"."""
    words, places = tokens(name), spans(unicodedata.normalize("NFC", name))
    jobs = [hit for hit in reading.lexicon.evidence.scan(words) if "job" in hit.kinds and len(words) - hit.end > 1]
    if not jobs or not places or jobs[0].start > 1:
        return name
    return unicodedata.normalize("NFC", name)[places[jobs[0].end][0] :]


def _as_person(participant: Participant, reading: Reading, source: str) -> Person:
    """Turn a participant into a person. A vendor's address only relays and is left out."""
    vendors, domain = reading.lexicon.vendors, domain_of(participant.email)
    email = "" if vendors.kind(domain) or vendors.is_shared(domain) else participant.email
    name = _without_job(_plain_name(participant), reading) or (_name_in_address(email, reading) if email else "")
    return Person(one_line(name, 80), email, source)


def _name_in_address(email: str, reading: Reading) -> str:
    """Read "first.last@" as a name; anything less clear is none: initials, one word, numbers, words of an office."""
    match = _FIRST_LAST.fullmatch(email.partition("@")[0])
    name = match.group().replace(".", " ").replace("_", " ").title() if match else ""
    words = tokens(name)
    office = not reading.lexicon.names["group"].isdisjoint(words) or reading.lexicon.mailboxes.scan(words)
    return "" if office else clean_name(name, reading)


def _recruiter(reading: Reading, people: list[Person], signed: list[str], host: Person | None) -> Person | None:
    """Who says of himself to be a recruiter; else the mailbox that sent it; else the host who is not among the people."""
    everybody = [*people, *([host] if host else [])]
    for name in signed:
        known = [person for person in everybody if set(tokens(name)) <= set(tokens(person.name))]
        if known and len(people) > 1 and host is None:
            continue  # one of the panel is from HR; the mailbox arranges it
        return known[0] if known else Person(name, "", "text")
    organizer = reading.parties.organizer
    if organizer and host is None and reading.parties.side in {Side.OUTSIDE, Side.OWN} and organizer.email:
        return Person("" if "@" in organizer.name else one_line(organizer.name, 80), organizer.email, "organizer")
    if host and all(squash(host.name) != squash(person.name) for person in people):
        return host
    words = [*reading.title.words, *reading.text.words]
    if host and len(people) == 1 and reading.lexicon.stages.touches(words, frozenset({"recruiter_screen"})):
        return people[0]
    return None


def _signed(reading: Reading) -> Iterator[str]:
    """Names right before a recruiter's title: "Ida Holm, Recruiting Coordinator", "Ida (RH)"."""
    for text in (reading.text.text, reading.event.title):
        composed = unicodedata.normalize("NFC", text[:6000])
        places = spans(composed)
        for hit in reading.lexicon.stages.find(composed) if places else ():
            if "recruiter_screen" not in hit.kinds:
                continue
            begin = places[hit.start][0]
            tail = SIGNED.search(composed[max(0, begin - 70) : begin])
            if tail and (name := clean_name(tail.group(1), reading)) and squash(name) not in reading.no_people:
                yield one_line(name, 80)
