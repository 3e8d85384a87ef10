"""Take out of an answer what XML 1.0 (section 2.2) does not allow: servers hand on what stands in an entry.

One such character would otherwise cost the whole list.
"""

import codecs
import re
from collections.abc import Iterable, Iterator

_CONTROLS = bytes([*range(9), 11, 12, *range(14, 32)])
_REFERENCE = re.compile(
    r"&#(?:0*(?:[0-8]|1[1245-9]|2\d|3[01])|x0*(?:[0-8bcefBCEF]|1[0-9a-fA-F])|x[dD][89a-fA-F][0-9a-fA-F]{2});"
)
_OTHER = re.compile(
    rb"""(?:\xff\xfe|\xfe\xff|\x00|.\x00|\s*<\?xml[^>]{0,100}encoding=["'](?!utf-?8["']))""", re.IGNORECASE | re.DOTALL
)
_LONGEST_REFERENCE = 16


def storable(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield an answer in UTF-8 without the characters that end a parser; one in another encoding as it is."""
    decoder = None
    held = ""
    for number, piece in enumerate(pieces):
        if decoder is None:
            if not number and _OTHER.match(piece):
                yield piece
                yield from pieces
                return
            decoder = codecs.getincrementaldecoder("utf-8")("replace")
        text = held + decoder.decode(piece.translate(None, _CONTROLS))
        cut = text.rfind("&", max(0, len(text) - _LONGEST_REFERENCE))
        text, held = (text[:cut], text[cut:]) if cut >= 0 else (text, "")
        yield _allowed(text)
    if decoder is not None:
        yield _allowed(held + decoder.decode(b"", final=True))


def _allowed(text: str) -> bytes:
    text = _REFERENCE.sub("", text) if "&#" in text else text
    return text.replace("\ufffe", "").replace("\uffff", "").encode()
