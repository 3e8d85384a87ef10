"""Turn the HTML that calendars put into descriptions into plain text, once. Links are kept beside it."""

import re
from html.parser import HTMLParser

_LOOKS_LIKE = re.compile(
    r"<(?:html|body|head|p|br|div|span|b|i|u|a|ul|ol|li|table|h[1-6]|font|strong|em|hr|pre)\b[^<>]*>", re.IGNORECASE
)
_BLOCKS = frozenset(
    ("p", "br", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "table", "ul", "ol", "pre")
)
_SILENT = frozenset(("script", "style", "head", "title", "template"))
_LIMIT = 200_000
_LINK = re.compile(r"https?://[^\s<>\"'\\\x00-\x1f]{3,2000}", re.IGNORECASE)
_LINKS_LIMIT = 50


def looks_like_html(text: str) -> bool:
    """Tell whether a text holds HTML tags."""
    return "<" in text and _LOOKS_LIKE.search(text) is not None


def to_text(markup: str) -> tuple[str, tuple[str, ...]]:
    """Return the plain text and the targets of its links."""
    reader = _Reader()
    reader.feed(markup[:_LIMIT])
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).split("\n"))
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return text, tuple(dict.fromkeys(reader.links))


def links_in(text: str) -> tuple[str, ...]:
    """Return the web addresses in a plain text."""
    if "://" not in text:
        return ()
    found = (match.rstrip(".,;:!?)]}>") for match in _LINK.findall(text))
    return tuple(dict.fromkeys(found))[:_LINKS_LIMIT]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.links: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        if tag in _BLOCKS:
            self.parts.append("\n")
        target = dict(attrs).get("href") if tag == "a" else None
        if target and target.lower().startswith(("http://", "https://")) and len(self.links) < _LINKS_LIMIT:
            self.links.append(target)

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        if tag in _BLOCKS and tag != "br":
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data.replace("\n", " "))
