"""Names, addresses, numbers and texts between HubSpot's properties and ours."""

import pytest

from afterview.integrations.hubspot.activities import key_in, marked_text, note, note_properties, plain_text
from afterview.integrations.hubspot.convert import person, person_properties
from afterview.integrations.hubspot.shapes import NOTE_MARK
from afterview.sync.identity import note_key

KEY = note_key("a", "b")


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [("Ada Byron", "Ada", "Byron"), ("Ada Augusta Byron", "Ada Augusta", "Byron"), ("Ada", "Ada", "")],
)
def test_a_name_is_parted_before_its_last_word_and_comes_back(name: str, first: str, last: str) -> None:
    written = person_properties({"name": (name,)}, {})
    assert (written["firstname"], written.get("lastname", "")) == (first, last)
    assert person(written)["name"] == (name,)


def test_a_name_that_the_user_parted_otherwise_is_not_touched() -> None:
    now = {"firstname": "Ada", "lastname": "Augusta Byron"}
    assert person_properties({"name": ("Ada Augusta Byron",)}, now) == {}


def test_further_addresses_go_into_a_property_of_ours_and_what_is_known_stays() -> None:
    now = {"email": "ada@x.example", "hs_additional_emails": "old@x.example; Older@x.example"}
    assert person(now)["emails"] == ("ada@x.example", "old@x.example", "Older@x.example")
    wanted = {"emails": (*person(now)["emails"], "new@x.example")}
    assert person_properties(wanted, now) == {"afterview_emails": "new@x.example"}
    assert person_properties({"emails": ("b@x.example", "a@x.example")}, {}) == {
        "email": "b@x.example",
        "afterview_emails": "a@x.example",
    }


def test_a_number_stays_in_its_place_and_a_third_has_none() -> None:
    now = {"mobilephone": "+49 170 1"}
    assert person_properties({"phones": ("+49 170 1", "+49 30 2")}, now) == {"phone": "+49 30 2"}
    full = {"phone": "1", "mobilephone": "2"}
    assert person_properties({"phones": ("1", "2", "3")}, full) == {}


def test_hostile_texts_are_made_safe() -> None:
    assert person({"firstname": "A\x1b[2Jda\u202e", "lastname": "B\nyron"})["name"] == ("A da B yron",)


@pytest.mark.parametrize(
    "text", ["one\n\ntwo", "a < b & c > d", '<b>"bold"</b>', "afterview:no", "ünï ✓", "&amp;", f"{'long ' * 3999}end"]
)
def test_a_text_comes_back_as_it_was_said(text: str) -> None:
    body = marked_text(note_properties({"text": (text,)}, {})[NOTE_MARK], KEY)
    assert key_in(body) == KEY
    assert note({NOTE_MARK: body})["text"] == (text,)


def test_a_text_that_hubspots_editor_wrapped_is_still_known() -> None:
    body = (
        f'<div style="" dir="auto"><p style="margin:0;">Speak&nbsp;slower</p>\n<p><br></p><p>afterview:{KEY}</p></div>'
    )
    assert key_in(body) == KEY
    assert plain_text(body).startswith("Speak")
    assert key_in(f"see afterview:{KEY} there") == ""


@pytest.mark.parametrize("text", ["<br", "<br ", "</p", "<", "&amp;", "afterview:n-", f"<br>afterview:{KEY} "])
def test_a_text_that_is_made_to_take_long_does_not(text: str) -> None:
    assert len(plain_text(text + " " * 60_000 + text)) <= 70_000
    assert len(plain_text(text * 10_000)) <= 70_000
    assert key_in(text * 5_000 + f"<br>afterview:{KEY}") in {"", KEY}
