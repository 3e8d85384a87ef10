"""Turn the HTML that calendars put into descriptions into plain text, once. Links are kept beside it.

Read in one go from front to back, whatever is in it: the standard library's parser goes over broken markup again and again
(measured: minutes for 200 kB of "<!--"), and raises where a declaration makes no sense.
"""

import re
from html import unescape

_LOOKS_LIKE = re.compile(
    r"<(?:html|body|head|p|br|div|span|b|i|u|a|ul|ol|li|table|h[1-6]|font|strong|em|hr|pre)\b[^<>]*>", re.IGNORECASE
)
_BLOCKS = frozenset(
    ("p", "br", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "table", "ul", "ol", "pre")
)
_SILENT = frozenset(("script", "style", "head", "title", "template"))
_LITERAL = frozenset(("script", "style"))  # in these a "<" means nothing
_LIMIT = 200_000
_TAG = re.compile(r"</?([A-Za-z][^\s/>]*+)((?:[^>\"']|\"[^\"]*+\"|'[^']*+')*+)>")
_TAG_LIMIT = 5_000
_BROKEN_LIMIT = 50  # tags whose quotes do not close; after that many a tag ends at the next ">"
_HREF = re.compile(r"""(?:^|[\s"'/])href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_LINK = re.compile(r"https?://[^\s<>\"'\\\x00-\x1f]{3,2000}", re.IGNORECASE)
_LINKS_LIMIT = 50


def looks_like_html(text: str) -> bool:
    """Tell whether a text holds HTML tags."""
    return "<" in text and _LOOKS_LIKE.search(text) is not None


def to_text(markup: str) -> tuple[str, tuple[str, ...]]:
    """Return the plain text and the targets of its links."""
    reader = _Reader(markup[:_LIMIT])
    reader.read()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).split("\n"))
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return text, tuple(dict.fromkeys(reader.links))


def links_in(text: str) -> tuple[str, ...]:
    """Return the web addresses in a plain text."""
    if "://" not in text:
        return ()
    found = (match.rstrip(".,;:!?)]}>") for match in _LINK.findall(text))
    return tuple(dict.fromkeys(found))[:_LINKS_LIMIT]


class _Reader:
    """Goes over a markup once. Whatever is open at its end is closed there."""

    def __init__(self, markup: str) -> None:
        self.parts: list[str] = []
        self.links: list[str] = []
        self._markup = markup
        self._lower = markup.lower() if len(markup.lower()) == len(markup) else markup
        self._silent = 0
        self._broken = 0

    def read(self) -> None:
        at, end = 0, len(self._markup)
        while at < end:
            opens = self._markup.find("<", at)
            self._say(self._markup[at : opens if opens >= 0 else end])
            at = self._past(opens) if opens >= 0 else end

    def _say(self, text: str) -> None:
        if text and not self._silent:
            self.parts.append(unescape(text).replace("\n", " "))

    def _past(self, at: int) -> int:
        """Take what begins with the "<" at a place; return where to go on."""
        mark = self._markup[at + 1 : at + 2]
        if self._markup.startswith("<!--", at):
            return self._after("-->", at + 4)
        if mark in {"!", "?"}:
            return self._after(">", at + 2)
        if not (mark == "/" or (mark.isascii() and mark.isalpha())):
            self._say("<")
            return at + 1
        return self._tag(at)

    def _after(self, sign: str, start: int) -> int:
        found = self._markup.find(sign, start)
        return len(self._markup) if found < 0 else found + len(sign)

    def _tag(self, at: int) -> int:
        whole = self._whole_tag(at)
        if not whole:
            return self._after(">", at + 1)
        name, closes = whole[1].lower(), self._markup[at + 1] == "/"
        after = at + len(whole[0])
        if closes:
            self._closed(name)
            return after
        self._opened(name, whole[2])
        if name in _LITERAL:
            found = self._lower.find(f"</{name}", after)
            return len(self._markup) if found < 0 else found
        return after

    def _whole_tag(self, at: int) -> re.Match[str] | None:
        if self._broken >= _BROKEN_LIMIT:
            end = self._markup.find(">", at)
            return _BARE.match(self._markup[at : min(end + 1, at + _TAG_LIMIT)]) if end >= 0 else None
        found = _TAG.match(self._markup[at : at + _TAG_LIMIT])
        self._broken += found is None
        return found

    def _opened(self, name: str, attributes: str) -> None:
        self._silent += name in _SILENT
        if name in _BLOCKS:
            self.parts.append("\n")
        match = _HREF.search(attributes) if name == "a" else None
        target = unescape(next((one for one in match.groups() if one), "")) if match else ""
        if target.lower().startswith(("http://", "https://")) and len(self.links) < _LINKS_LIMIT:
            self.links.append(target)

    def _closed(self, name: str) -> None:
        if name in _SILENT:
            self._silent = max(0, self._silent - 1)
        if name in _BLOCKS and name != "br":
            self.parts.append("\n")


_BARE = re.compile(r"</?([A-Za-z][^\s/>]*+)([^>]*+)>")
