"""What anybody can put into an invitation does not reach a terminal or a property."""

import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from afterview.sync.text import one_line, paragraphs

_UNSAFE = {"Cc", "Cs", "Zl", "Zp"}


@given(st.text(st.characters()))
@example("plain\u034f joiner")
@example("\x1b[31mred\x1b[0m \u202egnp.exe \ud800 \u2028")
def test_nothing_that_acts_stays(text: str) -> None:
    line, text = one_line(text), paragraphs(text)
    assert not {unicodedata.category(c) for c in line} & _UNSAFE
    assert not {unicodedata.category(c) for c in text if c not in "\n\t"} & _UNSAFE
    assert not {*line, *text} & {*"\u034f\u200b\u00ad\ufeff\u202e\u2066\u200e"}


def test_what_is_harmless_stays() -> None:
    assert one_line("  Grüße,\n żółć 面接 👋🏽 ") == "Grüße, żółć 面接 👋🏽"
    assert paragraphs("a\r\n\tb\rc") == "a\n\tb\nc"
