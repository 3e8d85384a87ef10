"""A person's card <-> the engine's fields. An edit touches what it must and leaves every other line as it came.

Our lines stand in NOTE between two markers, our words among the CATEGORIES begin with "Afterview"; what stands beside them
is the user's. Cards of groups and organisations are not people and read as empty.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from afterview.integrations.ical.lines import escape
from afterview.sync.cards import CATEGORY
from afterview.sync.identity import plain
from afterview.sync.model import Fields, RecordDraft

from .properties import Property, join, made, made_for, split

BEGIN, END = "-- Afterview --", "-- /Afterview --"
_PREFIX = "av1-"
_KEY = re.compile(r"p-[0-9a-f]{32}")
_NO_PEOPLE = {"group", "org", "location", "application"}
_STOP = {"do not contact", "nicht kontaktieren", "ne pas contacter", "no contactar"}  # a category of the user's
_KINDS = {"KIND", "X-ADDRESSBOOKSERVER-KIND"}


def uid_of(key: str) -> str:
    """Return the UID (and, with ".vcf", the name) of the card for a key."""
    return _PREFIX + key


def read_card(text: str) -> tuple[str, Fields]:
    """Return our key ("" where there is none) and the fields."""
    return read_properties(_first_card(split(text)))


def read_properties(lines: Sequence[Property]) -> tuple[str, Fields]:
    """Return our key and the fields of the properties of one card."""
    kinds = {line.text().strip().lower() for line in lines if line.name in _KINDS}
    company = any(line.name == "X-ABSHOWAS" and line.text().strip().upper() == "COMPANY" for line in lines)
    if kinds & _NO_PEOPLE or company:
        return "", {}
    fields = {
        "name": _once([_name(lines)]),
        "title": _texts(lines, "TITLE")[:1],
        "company": _once([line.parts()[0].strip() for line in lines if line.name == "ORG"])[:1],
        "emails": _once([one for one in _texts(lines, "EMAIL") if "@" in one]),
        "phones": _once([one.removeprefix("tel:") for one in _texts(lines, "TEL")]),
        "block": _once([_block(line.text()) for line in lines if line.name == "NOTE"])[:1],
        "state": _once([item for item in _categories(lines) if _is_ours(item)]),
        "silent": ("yes",) if _STOP & {plain(item) for item in _categories(lines)} else (),
    }
    return _key(lines), {name: values for name, values in fields.items() if values}


def new_card(draft: RecordDraft, now: datetime) -> str:
    """Write a new card, version 3.0: the one that every server and phone takes."""
    fields = draft.fields
    name = (fields.get("name") or fields.get("emails") or ("",))[0]
    lines = [
        made("BEGIN", "VCARD"),
        made("VERSION", "3.0"),
        made("PRODID", "-//Afterview//EN"),
        made("UID", uid_of(draft.key)),
        made("REV", f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"),
        made("FN", escape(name)),
        made("N", _structured(fields.get("name", ("",))[0])),
        made("X-AFTERVIEW-ID", draft.key),
        made("END", "VCARD"),
    ]
    return edited_card(join(lines), {**fields, "name": (name,)}, draft.key, now)


def edited_card(raw: str, wanted: Fields, key: str, now: datetime) -> str:
    """Return `raw` with the wanted fields and our key; the same text where nothing differs. "" takes the key out."""
    known_key, seen = read_card(raw)
    if known_key == key and all(wanted.get(name, ()) == seen.get(name, ()) for name in {*wanted, *seen}):
        return raw
    card = _Card(raw)
    if not key:
        card.drop("X-AFTERVIEW-ID")
    elif not _KEY.fullmatch(card.text_of("X-AFTERVIEW-ID")):
        card.put(made("X-AFTERVIEW-ID", key))
    for name, values in ((name, wanted.get(name, ())) for name in sorted({*wanted, *seen})):
        if values != seen.get(name, ()):
            card.change(name, values, seen.get(name, ()))
    card.put(made("REV", f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"))
    return join(card.lines)


class _Card:
    """The lines of a resource, changed in place. Only its first card is touched."""

    def __init__(self, raw: str) -> None:
        self.lines = split(raw)
        version = self.text_of("VERSION")
        self.version = version if version in {"2.1", "4.0"} else "3.0"

    def own(self) -> list[Property]:
        return _first_card(self.lines)

    def text_of(self, name: str) -> str:
        return next((line.text().strip() for line in self.own() if line.name == name), "")

    def put(self, line: Property) -> None:
        """Replace the first property of that name, or add it."""
        old = next((one for one in self.own() if one.name == line.name), None)
        if old is None:
            self.add(line)
        else:
            self.replace(old, line)

    def drop(self, name: str) -> None:
        """Take the first property of that name out."""
        if (old := next((one for one in self.own() if one.name == name), None)) is not None:
            self.replace(old, None)

    def add(self, line: Property) -> None:
        end = next((n for n, one in enumerate(self.lines) if one.name == "END"), len(self.lines))
        self.lines.insert(end, line)

    def replace(self, old: Property, new: Property | None) -> None:
        at = next(n for n, one in enumerate(self.lines) if one is old)
        self.lines[at : at + 1] = [new] if new else []

    def change(self, name: str, values: Sequence[str], seen: Sequence[str]) -> None:
        """Bring one field from what was seen to what is wanted."""
        if name == "block":
            self._set_block(values[0] if values else "")
        elif name == "state":
            self._set_state(values)
        elif name in {"emails", "phones"}:
            for value in values:
                if value not in seen:
                    self._add_value(name, value)
        elif values:
            self._fill(name, values[0])

    def _add_value(self, name: str, value: str) -> None:
        types = ("INTERNET", "WORK") if name == "emails" and self.version == "3.0" else ("WORK",)
        self.add(made_for(self.version, "EMAIL" if name == "emails" else "TEL", value, *types))

    def _fill(self, name: str, value: str) -> None:
        if name == "company":
            self.put(made_for(self.version, "ORG", value))
        elif name == "title":
            self.put(made_for(self.version, "TITLE", value))
        elif name == "name":
            self.put(made_for(self.version, "FN", value))
            if not any(line.name == "N" and any(line.parts()) for line in self.own()):
                self.put(made("N", _structured(value)))

    def _set_block(self, text: str) -> None:
        """Put our lines where they stood, else at the end of the notes; what else is noted stays."""
        notes = [line for line in self.own() if line.name == "NOTE"]
        marked = next((line for line in notes if _found(line.text())), notes[0] if notes else None)
        before = marked.text() if marked else ""
        block = f"{BEGIN}\n{text}\n{END}" if text else ""
        if place := _found(before):
            lines = before.split("\n")
            after = "\n".join([*lines[: place[0]], *([block] if block else []), *lines[place[1] :]])
        else:
            after = f"{before.rstrip()}\n\n{block}" if before.strip() else block
        line = made_for(self.version, "NOTE", after.strip("\n")) if after.strip() else None
        if marked is not None:
            self.replace(marked, line)
        elif line is not None:
            self.add(line)

    def _set_state(self, words: Sequence[str]) -> None:
        lines = [line for line in self.own() if line.name == "CATEGORIES"]
        for line in lines[1:]:
            if any(_is_ours(item) for item in line.items()):
                self.replace(line, _categories_line([item for item in line.items() if not _is_ours(item)]))
        theirs = [item for item in lines[0].items() if not _is_ours(item)] if lines else []
        new = _categories_line([*theirs, *words])
        if lines:
            self.replace(lines[0], new)
        elif new is not None:
            self.add(new)


def _categories_line(items: Sequence[str]) -> Property | None:
    return made("CATEGORIES", ",".join(escape(item) for item in items)) if items else None


def _first_card(lines: list[Property]) -> list[Property]:
    end = next((n for n, line in enumerate(lines) if line.name == "END"), len(lines))
    return lines[:end]


def _key(lines: Sequence[Property]) -> str:
    for name, prefix in (("X-AFTERVIEW-ID", ""), ("UID", _PREFIX)):
        for line in lines:
            found = line.text().strip().removeprefix(prefix) if line.name == name else ""
            if _KEY.fullmatch(found):
                return found
    return ""


def _name(lines: Sequence[Property]) -> str:
    full = next((line.text() for line in lines if line.name == "FN" and line.text().strip()), "")
    if full:
        return " ".join(full.split())
    parts = next((line.parts() for line in lines if line.name == "N"), [])
    family, given, more = ([*parts, "", "", ""])[:3]
    return " ".join(f"{given} {more} {family}".split())


def _structured(name: str) -> str:
    """Return a name as N has it: what comes last is the family's, unless a comma says otherwise."""
    family, comma, given = name.partition(",")
    if not comma:
        given, _, family = name.strip().rpartition(" ")
        if not given:
            given, family = family, ""
    return f"{escape(family.strip())};{escape(given.strip())};;;"


def _found(note: str) -> tuple[int, int] | None:
    """Return where our lines stand in a note, markers included, as a range of its lines."""
    lines = [line.strip() for line in note.split("\n")]
    if BEGIN not in lines:
        return None
    start = lines.index(BEGIN)
    return (start, lines.index(END, start) + 1) if END in lines[start:] else None


def _block(note: str) -> str:
    place = _found(note)
    if place is None:
        return ""
    return "\n".join(line.strip() for line in note.split("\n")[place[0] + 1 : place[1] - 1]).strip()


def _categories(lines: Sequence[Property]) -> list[str]:
    return [item.strip() for line in lines if line.name == "CATEGORIES" for item in line.items()]


def _is_ours(category: str) -> bool:
    return category == CATEGORY or category.strip().startswith(f"{CATEGORY} ")


def _texts(lines: Sequence[Property], name: str) -> tuple[str, ...]:
    return _once([line.text().strip() for line in lines if line.name == name])


def _once(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
