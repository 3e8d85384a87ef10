"""A file with many cards, in every version, whole or broken."""

import pytest

from afterview.integrations.vcard.many import LARGEST, MOST, TooMuch, is_cards, read_cards

FILE = (
    "\ufeffBEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:L=C3=B6w;=\r\nEva\r\n"
    "EMAIL;INTERNET:eva@corp.example\r\nAGENT:\r\nBEGIN:VCARD\r\nFN:Smith\r\nEND:VCARD\r\nTEL;WORK:+49 1\r\nEND:VCARD\r\n"
    "\r\nbegin:vcard\r\nVERSION:3.0\r\nFN:Ana\\, Lima\r\nitem1.EMAIL;TYPE=INTERNET:ana@initech.\r\n example\r\nEND:VCARD\r\n"
    "BEGIN:VCARD\r\nVERSION:4.0\r\nKIND:group\r\nFN:All\r\nEND:VCARD\r\n"
    "noise\r\nBEGIN:VCARD\r\nFN:Broken\r\nBEGIN:VCARD\r\nVERSION:4.0\r\nFN:Bo\r\nORG:Hooli;Sales\r\nTITLE:CTO\r\nTEL;VALUE=uri:tel:+2\r\n"
)


def test_every_card_is_read_by_itself_with_the_line_it_begins_at() -> None:
    assert is_cards(FILE)
    found = read_cards(FILE)
    assert [(one.number, one.fields.get("name")) for one in found] == [
        (1, ("Eva Löw",)),
        (13, ("Ana, Lima",)),
        (19, None),
        (25, ("Broken",)),
        (27, ("Bo",)),
    ]
    eva, ana, _, _, bo = (one.fields for one in found)
    assert (eva["emails"], eva["phones"]) == (("eva@corp.example",), ("+49 1",))
    assert ana["emails"] == ("ana@initech.example",)
    assert (bo["company"], bo["title"], bo["phones"]) == (("Hooli",), ("CTO",), ("+2",))


@pytest.mark.parametrize("text", ["", "END:VCARD\n" * 3, "FN:x\n", "AGENT:\n" * 3, "BEGIN:VCARD"])
def test_what_holds_no_card_gives_none_or_an_empty_one(text: str) -> None:
    assert all(not one.fields for one in read_cards(text))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x" * (LARGEST + 1), "export it without pictures"),
        ("BEGIN:VCARD\nEND:VCARD\n" * (MOST + 1), "more than 20000 cards"),
        ("\n" * 1_000_001, "more than 500000 lines"),
    ],
)
def test_there_are_bounds(text: str, words: str) -> None:
    with pytest.raises(TooMuch, match=words):
        read_cards(text)


def test_long_values_and_many_empty_lines_take_no_time_to_speak_of() -> None:
    parts = ("NOTE;ENCODING=QUOTED-PRINTABLE:" + "a=\n" * 100_000, "\n" * 200_000, "PHOTO:" + "AAAA\n " * 100_000)
    (one,) = read_cards("BEGIN:VCARD\nFN:Ana\n" + "\n".join(parts) + "\nEND:VCARD\n")
    assert one.fields["name"] == ("Ana",)
