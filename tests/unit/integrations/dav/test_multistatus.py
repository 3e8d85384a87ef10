from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterview.integrations.dav.multistatus import Multistatus, NotMultistatus, Row, canonical, error_conditions

TEXT = """<?xml version="1.0"?>
<d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">
 <d:response><d:href>/a/1.ics</d:href><d:propstat><d:prop><d:getetag>"1"</d:getetag>
  <c:calendar-data>BEGIN:VCALENDAR&#13;
SUMMARY:a &amp; b &lt;c&gt; é 🎉
END:VCALENDAR</c:calendar-data></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>
  <d:propstat><d:prop><d:displayname/></d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat></d:response>
 <d:response><d:href>/a/2.ics</d:href><d:status>HTTP/1.1 404 Not Found</d:status></d:response>
 <d:response><d:href>/a/</d:href><d:propstat><d:prop><d:resourcetype><d:collection/><c:calendar/></d:resourcetype>
  <c:supported-calendar-component-set><c:comp name="VTODO"/></c:supported-calendar-component-set>
  <d:current-user-principal><d:href>/u/</d:href></d:current-user-principal></d:prop>
  <d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>
 <d:sync-token>token-1</d:sync-token>
</d:multistatus>""".encode()


def pieces(size: int) -> Iterator[bytes]:
    for start in range(0, len(TEXT), size):
        yield TEXT[start : start + size]


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_rows_are_the_same_however_the_answer_arrives(size: int) -> None:
    reader = Multistatus()
    first, gone, about = list(reader.rows(pieces(size)))
    assert (first.href, first.status, first.etag) == ("/a/1.ics", 200, '"1"')
    assert first.data == "BEGIN:VCALENDAR\r\nSUMMARY:a & b <c> é 🎉\nEND:VCALENDAR"
    assert "DAV: displayname" not in first.props
    assert (gone.href, gone.status) == ("/a/2.ics", 404)
    assert about.is_collection
    assert about.props["DAV: current-user-principal"].hrefs() == ["/u/"]
    comps = about.props["urn:ietf:params:xml:ns:caldav supported-calendar-component-set"].inner
    assert [kind for _, kind, _ in comps] == ["VTODO"]
    assert reader.sync_token == "token-1"


def test_rows_come_before_the_answer_is_complete() -> None:
    def endless() -> Iterator[bytes]:
        yield TEXT[: TEXT.index(b"/a/2.ics")]
        raise AssertionError("read further than needed")

    assert next(Multistatus().rows(endless())).href == "/a/1.ics"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>log in</body></html>",
        TEXT[:-20],
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><multistatus xmlns="DAV:"><x>&b;</x></multistatus>',
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><multistatus xmlns="DAV:"/>',
        b'<multistatus xmlns="DAV:">' + b"<a>" * 100 + b"</a>" * 100 + b"</multistatus>",
    ],
)
def test_what_is_not_whole_and_plain_is_refused(body: bytes) -> None:
    with pytest.raises(NotMultistatus):
        list(Multistatus().rows([body]))


def test_the_reason_of_a_refusal_is_found() -> None:
    body = b'<?xml version="1.0"?><d:error xmlns:d="DAV:"><d:valid-sync-token/></d:error>'
    assert error_conditions(body) == {"valid-sync-token"}
    assert error_conditions(b"<html/>") == frozenset()
    assert error_conditions(b"") == frozenset()


@pytest.mark.parametrize(
    ("href", "path"),
    [
        ("/a/b%40c%20d%C3%A9.ics", "/a/b@c%20d%C3%A9.ics"),
        ("/a/b@c d%c3%a9.ics", "/a/b@c%20d%C3%A9.ics"),
        ("https://dav.example.org:8443/a/b.ics", "/a/b.ics"),
        ("/a/b%2dc.ics", "/a/b-c.ics"),
        ("/a/b:c.ics", "/a/b:c.ics"),
    ],
)
def test_one_resource_has_one_spelling(href: str, path: str) -> None:
    assert canonical(href) == path


@given(st.text())
def test_a_spelling_is_final(href: str) -> None:
    once = canonical("/" + href)
    assert canonical(once) == once


def test_a_row_without_anything_is_harmless() -> None:
    assert (Row().etag, Row().data, Row().is_collection) == ("", "", False)


def test_half_a_character_costs_nothing_but_itself() -> None:  # one server sends such
    text = '<multistatus xmlns="DAV:"><response><href>/a&#xD83D;b</href></response></multistatus>'
    assert [row.href for row in Multistatus().rows([text.encode()])] == ["/ab"]


def test_a_text_that_is_too_large_is_said_and_costs_no_other() -> None:
    row = (
        "<response><href>/{0}</href><propstat><prop><C:calendar-data>{1}</C:calendar-data></prop>"
        "<status>HTTP/1.1 200 OK</status></propstat></response>"
    )
    spaces = 'xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"'
    text = f"<multistatus {spaces}>{row.format('a', 'x' * 4_100_000)}{row.format('b', 'x')}</multistatus>".encode()
    pieces = (text[at : at + 65536] for at in range(0, len(text), 65536))
    assert [(one.href, one.status, one.cut) for one in Multistatus().rows(pieces)] == [
        ("/a", 200, True),
        ("/b", 200, False),
    ]
