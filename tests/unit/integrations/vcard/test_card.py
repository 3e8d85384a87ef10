"""Cards of every version, as phones and programs write them: read, and edited without harm to what we do not know."""

from datetime import UTC, datetime

import pytest

from afterview.integrations.vcard.card import edited_card, new_card, read_card, uid_of
from afterview.sync.identity import person_key
from afterview.sync.model import Fields, RecordDraft, RecordKind

NOW = datetime(2026, 9, 1, 9, tzinfo=UTC)
KEY = person_key("", "ada@initech.example", "")
WANTED: Fields = {
    "name": ("Ada Byron",),
    "title": ("CTO",),
    "company": ("Initech, Inc.",),
    "emails": ("ada@initech.example",),
    "phones": ("+44 20 1",),
    "block": ("Initech, Engineer: interview 2026-09-01, open\nGlobex: interview 2026-08-01; no",),
    "state": ("Afterview", "Afterview open"),
}
OLD = (  # version 2.1, as old phones and address book exports write it
    "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=C3=B6rg\r\n"
    "FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:J=C3=B6rg M=C3=BC=\r\nller\r\nTEL;CELL:+49 1\r\n"
    "EMAIL;INTERNET:j@x.example\r\n"
    "NOTE;ENCODING=QUOTED-PRINTABLE:mine=0D=0A=\r\nand more\r\nPHOTO;ENCODING=BASE64;JPEG:\r\n /9j/4AAQ\r\n SkZJRg==\r\n\r\n"
    "END:VCARD\r\n"
)
APPLE = (
    "BEGIN:VCARD\r\nVERSION:3.0\r\nPRODID:-//Apple Inc.//iPhone OS 19//EN\r\nN:Byron;Ada;;;\r\nFN:Ada Byron\r\n"
    "item1.EMAIL;type=INTERNET;type=pref:Ada@Initech.example\r\nitem1.X-ABLabel:_$!<Other>!$_\r\n"
    "X-FOO;BAR=1:baz\\, qux\r\n"
    "TEL;type=CELL;type=VOICE:+44 20 1\r\n"
    "PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQ\r\n"
    " gFBQQEBQoHBwYIDAoMDAsKCwsN\r\nNOTE:met in Bath\\nlikes engines\r\n"
    "CATEGORIES:friends,science\r\nORG:Initech\\, Inc.;R&D\r\n"
    "END:VCARD\r\n"
)
NEWEST = (
    "BEGIN:VCARD\r\nVERSION:4.0\r\nUID:urn:uuid:1\r\nFN;ALTID=1;LANGUAGE=jp:Eda\r\nFN:Ada\r\nEMAIL;PREF=1:a@x.example\r\n"
    'TEL;VALUE=uri;TYPE="voice,home":tel:+33-1\r\nRELATED;TYPE=friend;VALUE=text:hi; there\r\nBDAY:--0412\r\nEND:VCARD\r\n'
)


def edited(raw: str, **changes: tuple[str, ...]) -> str:
    return edited_card(raw, {**read_card(raw)[1], **changes}, KEY, NOW)


def kept(raw: str, text: str, *names: str) -> None:
    """See that every line of `raw` stands in `text` as it came and in its order, those with a name in `names` aside."""
    inside = [line for line in raw.split("\r\n") if line and not line.startswith(names)]
    at = -1
    lines = text.split("\r\n")
    for line in inside:
        assert line in lines[at + 1 :], line
        at = lines.index(line, at + 1)


def test_a_new_card_comes_back_as_it_was_meant() -> None:
    text = new_card(RecordDraft(RecordKind.PERSON, KEY, WANTED), NOW)
    assert read_card(text) == (KEY, WANTED)
    assert "\r\nN:Byron;Ada;;;\r\n" in text
    assert f"\r\nUID:{uid_of(KEY)}\r\n" in text
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75


def test_a_card_without_a_name_goes_by_the_address() -> None:
    _, fields = read_card(new_card(RecordDraft(RecordKind.PERSON, KEY, {"emails": ("ada@x.example",)}), NOW))
    assert fields["name"] == ("ada@x.example",)


def test_all_versions_are_read() -> None:
    assert read_card(OLD)[1] == {"name": ("Jörg Müller",), "emails": ("j@x.example",), "phones": ("+49 1",)}
    apple = read_card(APPLE)[1]
    assert (apple["emails"], apple["company"], apple["phones"]) == (
        ("Ada@Initech.example",),
        ("Initech, Inc.",),
        ("+44 20 1",),
    )
    assert read_card(NEWEST)[1] == {"name": ("Eda",), "emails": ("a@x.example",), "phones": ("+33-1",)}


@pytest.mark.parametrize("raw", [OLD, APPLE, NEWEST])
def test_an_edit_leaves_what_it_does_not_know(raw: str) -> None:
    phones = (*read_card(raw)[1].get("phones", ()), "+44 20 2")
    text = edited(
        raw, phones=phones, block=("Initech: interview 2026-09-01, open",), state=("Afterview", "Afterview open")
    )
    kept(raw, text, "NOTE", "CATEGORIES", "and more")
    key, fields = read_card(text)
    assert key == KEY
    assert fields["phones"] == phones
    assert fields["block"] == ("Initech: interview 2026-09-01, open",)
    assert fields["state"] == ("Afterview", "Afterview open")
    assert edited_card(text, fields, KEY, NOW) == text


def test_what_the_user_noted_and_sorted_stays_beside_ours() -> None:
    first = edited(APPLE, block=("one",), state=("Afterview", "Afterview open"))
    assert "NOTE:met in Bath\\nlikes engines\\n\\n-- Afterview --\\none\\n-- /Afterview --" in first.replace(
        "\r\n ", ""
    )
    assert "CATEGORIES:friends,science,Afterview,Afterview open" in first
    around = first.replace("-- /Afterview --", "-- /Afterview --\\nand after")
    again = edited(around, block=("two\nlines",), state=("Afterview", "Afterview no")).replace("\r\n ", "")
    assert "likes engines\\n\\n-- Afterview --\\ntwo\\nlines\\n-- /Afterview --\\nand after" in again
    assert "CATEGORIES:friends,science,Afterview,Afterview no" in again
    cleared = edited(again, block=(), state=())
    assert "Afterview" not in cleared.replace("X-AFTERVIEW-ID", "")
    assert "likes engines" in cleared
    assert "and after" in cleared


def test_an_old_card_keeps_its_version_and_its_notes() -> None:
    text = edited(OLD, block=("Köln: interview 2026-09-01, open",), title=("Geschäftsführung, Köln",))
    assert "VERSION:2.1" in text
    assert read_card(text)[1]["block"] == ("Köln: interview 2026-09-01, open",)
    assert read_card(text)[1]["title"] == ("Geschäftsführung, Köln",)
    assert "mine=0D=0A" in text


def test_groups_and_companies_are_not_people() -> None:
    for line in ("KIND:group", "X-ADDRESSBOOKSERVER-KIND:group", "X-ABShowAs:COMPANY", "KIND:org"):
        assert read_card(APPLE.replace("FN:Ada", f"{line}\r\nFN:Ada")) == ("", {})


def test_hostile_text_stays_inside_its_property() -> None:
    evil = "x\r\nEMAIL:evil@x.example\nEND:VCARD\x00;,\\"
    text = new_card(RecordDraft(RecordKind.PERSON, KEY, {"name": (evil,), "title": (evil,), "block": (evil,)}), NOW)
    assert text.count("END:VCARD\r\n") == 1
    assert "emails" not in read_card(text)[1]
    for broken in (
        "",
        "x",
        "BEGIN:VCARD",
        "BEGIN:VCARD\r\nFN",
        ":::",
        "FN;ENCODING=QUOTED-PRINTABLE:=\r\n",
        "N:;;\r\nORG:",
    ):
        read_card(broken)
        assert read_card(edited_card(broken, {"title": ("CTO",)}, KEY, NOW))[0] == KEY
    unclosed = edited(APPLE.replace("likes", "-- Afterview --\\nlikes"), block=("one",))
    assert "likes engines" in unclosed
    assert read_card(edited(NEWEST.replace("FN:Ada", "FN;ENCODING=QUOTED-PRINTABLE;CHARSET=x-no:=C3"), title=("x",)))[0]


def test_the_mark_of_another_program_is_not_taken_for_ours() -> None:
    assert read_card(APPLE.replace("X-FOO;BAR=1:baz\\, qux", "X-AFTERVIEW-ID:me"))[0] == ""
    assert read_card(APPLE.replace("X-FOO;BAR=1:baz\\, qux", f"UID:{uid_of(KEY)}"))[0] == KEY


@pytest.mark.parametrize(
    "category", ["Do not contact", "friends,NICHT KONTAKTIEREN", "Ne pas contacter", "No contactar"]
)
def test_a_stop_among_the_users_categories_is_read_and_left_alone(category: str) -> None:
    raw = f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ada\r\nEMAIL:ada@x.example\r\nCATEGORIES:{category}\r\nEND:VCARD\r\n"
    _, fields = read_card(raw)
    assert fields["silent"] == ("yes",)
    edited = edited_card(raw, {**fields, "title": ("CTO",), "state": ("Afterview",)}, KEY, NOW)
    assert category in edited
    assert read_card(edited)[1]["silent"] == ("yes",)


def test_our_key_is_taken_out_of_a_card_that_is_given_up() -> None:
    raw = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:theirs\r\nFN:Ada Byron\r\nEND:VCARD\r\n"
    with_key = edited_card(raw, {"name": ("Ada Byron",)}, KEY, NOW)
    assert read_card(with_key)[0] == KEY
    without = edited_card(with_key, read_card(with_key)[1], "", NOW)
    assert read_card(without) == ("", {"name": ("Ada Byron",)})
    assert "UID:theirs" in without
