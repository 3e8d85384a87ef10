from xml.parsers import expat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from afterview.integrations.dav.characters import storable


def text_of(whole: bytes, size: int) -> str:
    """Return the text of a document that comes in pieces."""
    found: list[str] = []
    parser = expat.ParserCreate()
    parser.CharacterDataHandler = found.append
    for piece in storable(whole[at : at + size] for at in range(0, len(whole), size)):
        parser.Parse(piece)
    parser.Parse(b"", True)  # noqa: FBT003 -- the last argument of expat has no name
    return "".join(found)


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
@pytest.mark.parametrize(
    ("written", "read"),
    [
        (b"a\x00b\x07\x1b[31mc", "ab[31mc"),
        (b"a&#27;b&#x1B;c&#0;d&#xD800;e", "abcde"),
        (b"&#10;&#13;&#x9;&#65;&amp;&lt;", "\n\r\tA&<"),
        (b"caf\xc3\xa9 \xe2\x82 \xff", "caf\u00e9 \ufffd \ufffd"),
        (b"\xef\xbf\xbe\xef\xbf\xbf!", "!"),
    ],
)
def test_what_xml_does_not_allow_is_left_out(written: bytes, read: str, size: int) -> None:
    assert text_of(b"<a>" + written + b"</a>", size) == read


def test_another_encoding_is_left_as_it_is() -> None:
    assert (
        text_of('<?xml version="1.0" encoding="iso-8859-1"?><a>M\u00fcller</a>'.encode("latin-1"), 1000)
        == "M\u00fcller"
    )
    assert text_of('<?xml version="1.0" encoding="utf-16"?><a>\u00fc</a>'.encode("utf-16"), 1000) == "\u00fc"


@settings(max_examples=200, derandomize=True, database=None)
@given(st.binary(max_size=60), st.integers(1, 9))
def test_no_bytes_between_two_tags_break_it(inside: bytes, size: int) -> None:
    harmless = inside.replace(b"<", b"").replace(b"&", b"").replace(b"]]>", b"")
    text_of(b"<a>" + harmless + b"</a>", size)
